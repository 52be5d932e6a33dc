package debian

import "strings"

// ubuntu are Ubuntu's releases by number, oldest first. They are written down here although
// distro-info-data, a feed, lists them too: an inventory is matched without a server, and an advisory is
// read before any feed is there. A test holds them against that list. Those before 16.04 but the one with
// long-term support are left out: nobody publishes anything about them, and 14.10 or 15.10 would be a
// point release of Debian's as well.
var ubuntu = []struct{ number, codename string }{
	{"14.04", "trusty"},
	{"16.04", "xenial"},
	{"16.10", "yakkety"},
	{"17.04", "zesty"},
	{"17.10", "artful"},
	{"18.04", "bionic"},
	{"18.10", "cosmic"},
	{"19.04", "disco"},
	{"19.10", "eoan"},
	{"20.04", "focal"},
	{"20.10", "groovy"},
	{"21.04", "hirsute"},
	{"21.10", "impish"},
	{"22.04", "jammy"},
	{"22.10", "kinetic"},
	{"23.04", "lunar"},
	{"23.10", "mantic"},
	{"24.04", "noble"},
	{"24.10", "oracular"},
	{"25.04", "plucky"},
	{"25.10", "questing"},
	{"26.04", "resolute"},
	{"26.10", "stonking"},
	{"27.04", "tenacious"},
}

// UbuntuCodename is the codename of a release of Ubuntu called by number ("22.04", "22.04.5",
// "Ubuntu:22.04:LTS"), codename ("jammy") or suite of it ("jammy-security").
func UbuntuCodename(release string) (codename string, ok bool) {
	r := strings.ToLower(strings.TrimSpace(release))
	r = strings.TrimLeft(strings.TrimPrefix(r, "ubuntu"), ":/ ")
	r, _, _ = strings.Cut(r, "-")
	r = strings.TrimRight(strings.TrimSuffix(r, "lts"), ": ")
	number := r
	if parts := strings.SplitN(r, ".", 3); len(parts) == 3 {
		number = parts[0] + "." + parts[1]
	}
	for _, known := range ubuntu {
		if r == known.codename || number == known.number {
			return known.codename, true
		}
	}
	return "", false
}

// Release is the codename of a release of Debian or Ubuntu, called as Codename and UbuntuCodename take it.
// No codename is one of both.
func Release(name string) (codename string, ok bool) {
	if codename, ok = UbuntuCodename(name); ok {
		return codename, true
	}
	return Codename(name)
}

// Releases lists the releases that Release knows, for messages.
func Releases() []string {
	names := Codenames()
	for _, r := range ubuntu {
		names = append(names, r.codename)
	}
	return names
}

// Distribution is whose release a codename is, "Debian" or "Ubuntu"; empty for one that is not known.
func Distribution(codename string) string {
	for _, r := range ubuntu {
		if r.codename == codename {
			return "Ubuntu"
		}
	}
	if _, ok := Codename(codename); ok {
		return "Debian"
	}
	return ""
}
