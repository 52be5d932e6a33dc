package application

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
)

// signSize is how much of a sign's file is read, in bytes. The version stands at its beginning.
const signSize = 64 << 10

// barren are folders that hold no application of their own: libraries, which Composer's list names, and
// what version control keeps.
var barren = []string{"vendor", "node_modules", ".git", ".svn", ".hg", ".cache", ".npm", ".composer"}

// inner are the folders of an application in which no other one is expected.
var inner = map[application.Kind][]string{
	application.WordPress:  {"wp-includes", "wp-admin"},
	application.TYPO3:      {"typo3", "typo3temp"},
	application.Nextcloud:  {"3rdparty", "apps", "core", "data", "lib"},
	application.Drupal:     {"core", "includes", "modules"},
	application.Joomla:     {"administrator", "components", "libraries", "media", "modules", "plugins"},
	application.PHPMyAdmin: {"libraries", "src", "themes", "js"},
	application.Matomo:     {"core", "libs", "plugins", "tmp"},
}

// walk looks at a folder and all below it.
func (l *look) walk(f folder) {
	entries := l.list(f)
	names := make(map[string]fs.DirEntry, len(entries))
	for _, e := range entries {
		names[e.Name()] = e
	}
	leave := l.applications(f, names)
	l.packages(f, names)
	if e, ok := names["wp-content"]; ok && e.IsDir() {
		l.wpContent(f)
		leave = append(leave, "wp-content")
	}
	if f.depth >= l.limits.Depth {
		return
	}
	for _, e := range entries {
		if l.over() {
			return
		}
		if !e.IsDir() || slices.Contains(barren, e.Name()) || slices.Contains(leave, e.Name()) {
			continue
		}
		if sub, ok := l.enter(f, e.Name()); ok {
			l.walk(sub)
			sub.close()
		}
	}
}

// applications looks for the signs of applications, and gives the folders that need no further look.
func (l *look) applications(f folder, names map[string]fs.DirEntry) (leave []string) {
	kinds := map[application.Kind]bool{}
	broken := map[application.Kind]error{}
	for _, s := range application.Signs() {
		first, _, _ := strings.Cut(s.File, "/")
		e, ok := names[first]
		if !ok || kinds[s.Kind] {
			continue
		}
		if e.Type()&fs.ModeSymlink != 0 {
			// Some lay these two out so. Links with the names of the others' folders are too common to report.
			if s.Kind == application.TYPO3 || s.Kind == application.WordPress {
				broken[s.Kind] = fmt.Errorf("%s is a symbolic link, and links are not followed; the version is seen where it lies, if that is in a place of the look", first)
			}
			continue
		}
		text, ok := l.read(f, s.File, signSize, false)
		if !ok {
			continue
		}
		found, is, err := s.Read(text)
		switch {
		case err != nil:
			broken[s.Kind] = err
		case is:
			kinds[s.Kind] = true
			found.Path = f.path
			l.add(found)
			if s.Kind == application.TYPO3 {
				l.extensions(f, found.Version)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(broken)) {
		if !kinds[kind] {
			l.skip(f.path, "%v", broken[kind])
		}
	}
	for kind := range kinds {
		leave = append(leave, inner[kind]...)
	}
	return leave
}

// extensions names the system extensions of a TYPO3 that was not installed by Composer. Advisories speak
// of them one by one.
func (l *look) extensions(f folder, version string) {
	l.below(f, "typo3/sysext", func(sysext folder) {
		for _, e := range l.list(sysext) {
			name := application.TYPO3Extension(e.Name())
			if e.IsDir() && e.Name() != "core" && application.ValidName(name) {
				l.add(application.Found{Kind: application.ComposerPackage, Name: name, Version: version, Ecosystem: advisory.Packagist, Path: path.Join(sysext.path, e.Name())})
			}
		}
	})
}

// below opens a folder some levels down, if it is there.
func (l *look) below(f folder, name string, do func(folder)) {
	first, rest, deeper := strings.Cut(name, "/")
	sub, ok := l.enter(f, first)
	if !ok {
		return
	}
	defer sub.close()
	if deeper {
		l.below(sub, rest, do)
		return
	}
	do(sub)
}
