package debian

import "strings"

// releases are Debian's releases by number, oldest first. Testing and unstable have no number.
var releases = []struct{ number, codename string }{
	{"7", "wheezy"},
	{"8", "jessie"},
	{"9", "stretch"},
	{"10", "buster"},
	{"11", "bullseye"},
	{"12", "bookworm"},
	{"13", "trixie"},
	{"14", "forky"},
	{"15", "duke"},
}

// Codename is the codename of a release called by number ("12", "12.5", "Debian:12"), codename
// ("bookworm") or suite of it ("bookworm-security"). ok is false for what is no known release; sid is
// one.
func Codename(release string) (codename string, ok bool) {
	r := strings.ToLower(strings.TrimSpace(release))
	r = strings.TrimLeft(strings.TrimPrefix(r, "debian"), ":/ ")
	r, _, _ = strings.Cut(r, "-")
	if r == "sid" || r == "unstable" {
		return "sid", true
	}
	number, _, _ := strings.Cut(r, ".")
	for _, known := range releases {
		if r == known.codename || number == known.number {
			return known.codename, true
		}
	}
	return "", false
}

// Codenames lists the releases that Codename knows, for messages.
func Codenames() []string {
	names := make([]string, 0, len(releases)+1)
	for _, r := range releases {
		names = append(names, r.codename)
	}
	return append(names, "sid")
}
