// Package dpkg reads the package database of a Debian host: what is installed in which state, what
// was installed as a dependency only, who holds the locks, and how versions are ordered.
//
// It reads the files and starts nothing, so that looking costs milliseconds and works while the
// database is in use. It never writes: dpkg and apt alone change their database, and a lock is waited
// for, never removed.
package dpkg

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Bounds of what is read. A status file of 5,000 packages has about 6 MB; no field of one line comes
// near a mebibyte.
const (
	maxPackages = 100_000
	maxLine     = 1 << 20
)

// Package is one entry of the status file that is on the host in some way.
type Package struct {
	Name          string
	Arch          string // of the package: amd64, all
	Version       string
	Source        string // source package; the package's own name where the file names none
	SourceVersion string
	Section       string
	Want          string // selection: install, hold, deinstall, purge
	Flag          string // ok, reinstreq
	State         string // installed, half-configured …
	SizeKiB       int64  // installed size as the package states it
}

// Status is the package database at one moment.
type Status struct {
	Packages []Package // in the order of the file; without what is not installed
	byName   map[string][]int
}

// ParseStatus reads a status file (deb822; dpkg(1), "PACKAGE STATES"). What it cannot read is an
// error: a database that is half understood must not pass for a small one.
func ParseStatus(r io.Reader) (Status, error) {
	s := Status{byName: map[string][]int{}}
	err := paragraphs(r, func(line int, get func(string) string) error {
		p, present, err := entry(get)
		if err != nil {
			return fmt.Errorf("dpkg status: entry that ends at line %d: %w", line, err)
		}
		if !present {
			return nil
		}
		if len(s.Packages) == maxPackages {
			return fmt.Errorf("dpkg status: more than %d packages", maxPackages)
		}
		s.byName[p.Name] = append(s.byName[p.Name], len(s.Packages))
		s.Packages = append(s.Packages, p)
		return nil
	})
	return s, err
}

// entry makes a package of one paragraph. present is false for what is removed or never was here.
func entry(get func(string) string) (p Package, present bool, err error) {
	p = Package{
		Name: get("Package"), Arch: get("Architecture"), Version: get("Version"),
		Section: get("Section"),
	}
	state := strings.Fields(get("Status"))
	switch {
	case p.Name == "":
		return p, false, errors.New("no field Package")
	case len(state) != 3:
		return p, false, fmt.Errorf("package %.80q: status %.80q has not three words", p.Name, get("Status"))
	}
	p.Want, p.Flag, p.State = state[0], state[1], state[2]
	if p.Flag == "ok" && (p.State == "not-installed" || p.State == "config-files") {
		return p, false, nil
	}
	p.Source, p.SourceVersion = p.Name, p.Version
	if source := get("Source"); source != "" {
		name, version, found := strings.Cut(source, " ")
		p.Source = name
		if found {
			p.SourceVersion = strings.Trim(version, " ()")
		}
	}
	p.SizeKiB, _ = strconv.ParseInt(get("Installed-Size"), 10, 64) // an estimate; absent = 0
	return p, true, nil
}

// Held says that an administrator put the package on hold.
func (p Package) Held() bool { return p.Want == "hold" }

// Broken says that the package is in a half-done state: unpacked but not configured, waiting for a
// trigger, or marked for reinstallation. In a database at rest it means an interrupted change.
func (p Package) Broken() bool { return p.State != "installed" || p.Flag != "ok" }

// Native is the host's own architecture, taken from the dpkg package itself; empty if dpkg is not in
// the database.
func (s Status) Native() string {
	if i := s.byName["dpkg"]; len(i) > 0 {
		return s.Packages[i[0]].Arch
	}
	return ""
}

// Find gives the installed package of a name and architecture. A package may change between "all" and
// the host's own architecture from one version to the next and is the same package still.
func (s Status) Find(name, arch string) (Package, bool) {
	native := s.Native()
	for _, exact := range []bool{true, false} {
		for _, i := range s.byName[name] {
			p := s.Packages[i]
			if p.Arch == arch || !exact && at(p.Arch, native) == at(arch, native) {
				return p, true
			}
		}
	}
	return Package{}, false
}

// at is the architecture that a package occupies: "all" takes the place of the native one.
func at(arch, native string) string {
	if arch == "all" {
		return native
	}
	return arch
}

// Key names a package the way apt does: bare for the host's own architecture, "name:arch" for others.
func (s Status) Key(p Package) string { return Key(p.Name, p.Arch, s.Native()) }

// Key names a package of an architecture on a host of the architecture native.
func Key(name, arch, native string) string {
	if arch == "all" || arch == native || arch == "" {
		return name
	}
	return name + ":" + arch
}

// Broken lists the packages in a half-done state, sorted.
func (s Status) Broken() []string {
	var broken []string
	for _, p := range s.Packages {
		if p.Broken() {
			broken = append(broken, s.Key(p))
		}
	}
	slices.Sort(broken)
	return broken
}

// paragraphs calls each for every paragraph of a deb822 file. get returns the first line of a field,
// which is all that is needed here: continuation lines (descriptions, conffiles) are skipped unread.
func paragraphs(r io.Reader, each func(line int, get func(string) string) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	fields := map[string]string{}
	recurring := map[string]string{}
	get := func(name string) string { return fields[name] }
	for n := 1; ; n++ {
		line, err := readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if len(bytes.TrimSpace(line)) == 0 && len(fields) > 0 {
			if err := each(n, get); err != nil {
				return err
			}
			clear(fields)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if len(line) == 0 || line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found {
			return fmt.Errorf("line %d: %.80q is no field", n, line)
		}
		if wanted[string(name)] {
			fields[string(name)] = intern(recurring, bytes.TrimSpace(value))
		}
	}
}

// wanted are the fields that are kept while reading; all others cost nothing.
var wanted = map[string]bool{
	"Package": true, "Status": true, "Architecture": true, "Version": true, "Source": true,
	"Section": true, "Installed-Size": true, "Auto-Installed": true,
}

// intern shares equal texts: architecture, section and status recur in every entry.
func intern(seen map[string]string, value []byte) string {
	if s, ok := seen[string(value)]; ok {
		return s
	}
	s := string(value)
	if len(seen) < 1000 {
		seen[s] = s
	}
	return s
}

// readLine reads one line without its end. At the end of the file it returns io.EOF with what is left,
// which readers of whole lines get as an empty line first.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err == nil {
		return bytes.TrimRight(line, "\r\n"), nil
	}
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return nil, io.EOF
	}
	long := append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) && len(long) <= maxLine {
		line, err = in.ReadSlice('\n')
		long = append(long, line...)
	}
	if len(long) > maxLine {
		return nil, fmt.Errorf("line is longer than %d bytes", maxLine)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bytes.TrimRight(long, "\r\n"), nil
}
