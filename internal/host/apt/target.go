package apt

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/host/command"
)

// ListsDir is where apt keeps what the repositories offer.
const ListsDir = "/var/lib/apt/lists"

// maxTargets bounds the index files of one host: suites × components × architectures.
const maxTargets = 2000

// Target is one list of packages that apt has of a repository.
type Target struct {
	Name    string // as "apt-cache policy" names it among the sources of a version
	File    string // absolute path of the list, compressed or not
	Release string // absolute path of the repository's release files up to their names
}

// Targets asks which lists of packages apt has. Filters beyond the command are left to the parser.
func Targets() command.Call {
	return command.Call{Tool: "apt-get", Args: []string{"indextargets", "Created-By: Packages"}}
}

// ReleaseFiles are what says that a repository's lists are signed: the one file, or the other two.
var ReleaseFiles = []string{"InRelease", "Release", "Release.gpg"}

// ParseTargets reads "apt-get indextargets": entries of fields, an empty line between them. Only lists of packages
// count. One whose place or name is not as apt makes them is an error.
func ParseTargets(r io.Reader) ([]Target, error) {
	var list []Target
	entry := map[string]string{}
	done := func() error {
		defer clear(entry)
		if entry["Created-By"] != "Packages" {
			return nil
		}
		if len(list) == maxTargets {
			return fmt.Errorf("apt-get indextargets: more than %d lists", maxTargets)
		}
		t, err := target(entry)
		if err == nil {
			list = append(list, t)
		}
		return err
	}
	err := eachLine(r, func(line string) error {
		if line == "" {
			return done()
		}
		key, value, found := strings.Cut(line, ":")
		if _, twice := entry[key]; !found || twice || strings.HasPrefix(line, " ") {
			return fmt.Errorf("apt-get indextargets: %.120q cannot be read", line)
		}
		entry[key] = strings.TrimSpace(value)
		return nil
	})
	if err == nil {
		err = done()
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// compressions are the endings of the lists that apt reads as they are.
var compressions = []string{".lz4", ".zst", ".gz", ".xz", ".bz2", ".lzma"}

// target finds the release files of a list: apt names each file after its address, so that the list's key within the
// repository is the end of its name, and what is before it the repository's.
func target(entry map[string]string) (Target, error) {
	t := Target{Name: strings.Join(strings.Fields(entry["Description"]), " "), File: entry["Filename"]}
	dir, base := path.Split(t.File)
	plain := base
	for _, ending := range compressions {
		if cut, ok := strings.CutSuffix(base, ending); ok {
			plain = cut
			break
		}
	}
	key := strings.ReplaceAll(entry["MetaKey"], "/", "_")
	of, ok := strings.CutSuffix(plain, key)
	if !ok || key == "" || of == "" || of[len(of)-1] != '_' || of[0] == '.' || dir != ListsDir+"/" || t.Name == "" || strings.ContainsRune(base, 0) {
		return t, fmt.Errorf("apt-get indextargets: %.200q is no list of %.120q", t.File, entry["MetaKey"])
	}
	t.Release = dir + of
	return t, nil
}

// Offering gives all lists of the repositories that are named among the sources of versions. A source that is none
// of the targets is an error: what it offers would not be seen.
func Offering(targets []Target, sources []string) ([]Target, error) {
	var releases []string
	for _, s := range sources {
		if isDatabase(s) {
			continue
		}
		found := false
		for _, t := range targets {
			if t.Name == s {
				found = true
				releases = append(releases, t.Release)
			}
		}
		if !found {
			return nil, fmt.Errorf("apt has no list of %.200q", s)
		}
	}
	if len(releases) == 0 {
		return nil, fmt.Errorf("no repository offers it")
	}
	var list []Target
	for _, t := range targets {
		if slices.Contains(releases, t.Release) {
			list = append(list, t)
		}
	}
	return list, nil
}
