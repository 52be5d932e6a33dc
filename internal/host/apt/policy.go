// Package apt speaks with the package manager of a Debian host: it parses what apt prints, and builds
// the argument vectors and preferences with which apt does exactly what was ordered and nothing else.
//
// The parsers are pure functions over bytes and bounded; each is held against real output of the
// supported releases. Whatever they do not understand is an error, not an empty answer: "nothing to
// do" must only ever mean that.
//
// How exact versions are installed (see Pins): not by "apt-get install name=version", which marks
// every named package as wanted by hand, but by "apt-get upgrade --with-new-pkgs" under preferences of
// our own, in which every package is pinned to what is installed and the ordered ones to their ordered
// version. An upgrade never removes a package, leaves held packages alone, keeps the marks of what is
// installed and marks what it pulls in as a dependency.
package apt

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// Bounds of what is parsed.
const (
	maxLine     = 1 << 20
	maxPackages = 100_000
	maxVersions = 200 // of one package
	maxSources  = 200 // of one version, and of repositories on one host
)

// Policy is what apt would choose for one package, and where its versions can be had.
type Policy struct {
	Name      string // bare for the host's own architecture, else "name:arch"
	Installed string // empty: not installed
	Candidate string // empty: none
	Versions  []Version
}

// Version is one version of a package with the repositories that offer it, named as apt names them.
type Version struct {
	Version string
	Sources []string
}

// Sources gives the repositories that offer a version of the package.
func (p Policy) Sources(version string) []string {
	for _, v := range p.Versions {
		if v.Version == version {
			return v.Sources
		}
	}
	return nil
}

// Offers gives every repository that offers a version of the package, also where two of them offer something of their
// own under the same version, which apt then lists twice.
func (p Policy) Offers(version string) []string {
	var all []string
	for _, v := range p.Versions {
		if v.Version == version {
			all = append(all, v.Sources...)
		}
	}
	return all
}

// ParsePolicies reads "apt-cache policy NAME…".
func ParsePolicies(r io.Reader) (map[string]Policy, error) {
	found := map[string]Policy{}
	var p *Policy
	done := func() {
		if p != nil {
			found[p.Name] = *p
		}
	}
	err := eachLine(r, func(line string) error {
		switch {
		case line == "":
		case line[0] != ' ':
			name, ok := strings.CutSuffix(line, ":")
			if !ok || strings.ContainsRune(name, ' ') {
				return fmt.Errorf("apt-cache policy: %.80q is no package", line)
			}
			if len(found) == maxPackages {
				return fmt.Errorf("apt-cache policy: more than %d packages", maxPackages)
			}
			done()
			p = &Policy{Name: name}
		case p == nil:
			return fmt.Errorf("apt-cache policy: %.80q stands before any package", line)
		default:
			return p.line(line)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	done()
	return found, nil
}

// line reads one indented line. A version stands at column 5, after "***" if it is installed; a
// repository stands behind its priority, further in.
func (p *Policy) line(line string) error {
	value := func(key string) (string, bool) {
		v, ok := strings.CutPrefix(strings.TrimSpace(line), key)
		if v = strings.TrimSpace(v); v == "(none)" {
			v = ""
		}
		return v, ok
	}
	if v, ok := value("Installed:"); ok {
		p.Installed = v
		return nil
	}
	if v, ok := value("Candidate:"); ok {
		p.Candidate = v
		return nil
	}
	if strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "     ") {
		return nil // "Version table:", "Package pin:"
	}
	words := strings.Fields(line)
	if strings.HasPrefix(line, " *** ") || strings.HasPrefix(line, "     ") && len(line) > 5 && line[5] != ' ' {
		if words[0] == "***" {
			words = words[1:]
		}
		if len(words) == 0 || len(p.Versions) == maxVersions {
			return fmt.Errorf("apt-cache policy: %s: version %.80q cannot be read", p.Name, line)
		}
		p.Versions = append(p.Versions, Version{Version: words[0]})
		return nil
	}
	if len(words) < 2 || len(p.Versions) == 0 {
		return fmt.Errorf("apt-cache policy: %s: %.80q cannot be read", p.Name, line)
	}
	v := &p.Versions[len(p.Versions)-1]
	if len(v.Sources) < maxSources {
		v.Sources = append(v.Sources, strings.Join(words[1:], " "))
	}
	return nil
}

// ParseRepositories reads "apt-cache policy" without names: for each repository, by the name apt
// gives it, what its signed release file says of it. The database of installed packages, which apt
// lists among them, is no origin and is left out.
func ParseRepositories(r io.Reader) (map[string]fact.Origin, error) {
	found := map[string]fact.Origin{}
	name := ""
	err := eachLine(r, func(line string) error {
		text := strings.TrimSpace(line)
		switch {
		case line == "" || line[0] != ' ':
			name = "" // "Package files:", "Pinned packages:"
		case strings.HasPrefix(text, "release ") && name != "":
			found[name] = release(found[name], strings.TrimPrefix(text, "release "))
		case (text == "origin" || strings.HasPrefix(text, "origin ")) && name != "":
			o := found[name]
			o.Site = strings.TrimSpace(strings.TrimPrefix(text, "origin"))
			found[name] = o
		case !strings.HasPrefix(line, "     "):
			_, name, _ = strings.Cut(text, " ")
			if name = strings.TrimSpace(name); isDatabase(name) || len(found) == maxSources {
				name = ""
				return nil
			}
			found[name] = fact.Origin{Site: site(name)}
		}
		return nil
	})
	return found, err
}

// release reads "v=12.12,o=Debian,a=stable,n=bookworm,l=Debian,c=main,b=amd64". A value may hold
// commas: only ",x=" begins a new one.
func release(o fact.Origin, text string) fact.Origin {
	for text != "" {
		value, rest := text, ""
		for i := 0; i+2 < len(text); i++ {
			if text[i] == ',' && text[i+2] == '=' && text[i+1] >= 'a' && text[i+1] <= 'z' {
				value, rest = text[:i], text[i+1:]
				break
			}
		}
		key, content, _ := strings.Cut(value, "=")
		switch key {
		case "o":
			o.Origin = content
		case "l":
			o.Label = content
		case "a":
			o.Suite = content
		case "n":
			o.Codename = content
		case "c":
			o.Component = content
		}
		text = rest
	}
	return o
}

// Origins translates the repositories of a version, sorted and without repetition. A repository that
// is no longer configured still counts, by its site: an unknown origin must not look like none.
func Origins(sources []string, known map[string]fact.Origin) []fact.Origin {
	var list []fact.Origin
	for _, s := range sources {
		if isDatabase(s) {
			continue
		}
		o, ok := known[s]
		if !ok {
			o = fact.Origin{Site: site(s)}
		}
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b fact.Origin) int { return strings.Compare(sortKey(a), sortKey(b)) })
	return slices.Compact(list)
}

func sortKey(o fact.Origin) string {
	return strings.Join([]string{o.Origin, o.Label, o.Codename, o.Suite, o.Component, o.Site}, "\x00")
}

// isDatabase recognises dpkg's status file among the repositories, which alone is a plain path.
func isDatabase(name string) bool {
	return strings.HasPrefix(name, "/") && strings.HasSuffix(name, "/status")
}

func site(name string) string {
	address, _, _ := strings.Cut(name, " ")
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// eachLine reads lines of bounded length.
func eachLine(r io.Reader, each func(string) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	for in.Scan() {
		if err := each(strings.TrimRight(in.Text(), " \r")); err != nil {
			return err
		}
	}
	return in.Err()
}
