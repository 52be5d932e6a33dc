package application

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path"
	"slices"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
)

// The files in which Composer says what it installed. The first is the project's, made for this; the
// second is left by Composer itself and counts where the project did not bring the first.
const (
	lockFile      = "composer.lock"
	installedFile = "vendor/composer/installed.json"
)

// maxLocked bounds the packages of one list. Large projects have a thousand.
const maxLocked = 20_000

// packages reads what Composer installed in a folder.
func (l *look) packages(f folder, names map[string]fs.DirEntry) {
	if e, ok := names[lockFile]; ok && !e.IsDir() {
		if text, ok := l.read(f, lockFile, l.limits.File, true); ok {
			l.composer(text, path.Join(f.path, lockFile))
		}
		return
	}
	if e, ok := names["vendor"]; ok && e.IsDir() {
		if text, ok := l.read(f, installedFile, l.limits.File, true); ok {
			if t := bytes.TrimSpace(text); len(t) > 0 && t[0] == '[' { // Composer 1 left the bare list
				text = slices.Concat([]byte(`{"packages":`), t, []byte(`}`))
			}
			l.composer(text, path.Join(f.path, installedFile))
		}
	}
}

// list is what is read of a list of Composer's. Each package states more, which nobody needs here.
type list struct {
	Packages    []locked `json:"packages"`
	PackagesDev []locked `json:"packages-dev"`
}

type locked struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// composer reads a list of Composer's.
func (l *look) composer(text []byte, at string) {
	var all list
	if err := json.Unmarshal(text, &all); err != nil {
		l.skip(at, "this is no list of Composer's: %v", err)
		return
	}
	if all.Packages == nil && all.PackagesDev == nil {
		l.skip(at, "this is no list of Composer's: it has no packages")
		return
	}
	if n := len(all.Packages) + len(all.PackagesDev); n > maxLocked {
		l.skip(at, "%d packages are more than any project has", n)
		return
	}
	bad := 0
	add := func(p locked, dev bool) {
		if !application.ValidName(p.Name) || p.Version != "" && !application.ValidVersion(p.Version) {
			bad++
			return
		}
		l.add(application.Found{Kind: application.ComposerPackage, Name: p.Name, Version: p.Version, Ecosystem: advisory.Packagist, Path: at, Dev: dev})
	}
	for _, p := range all.Packages {
		add(p, false)
	}
	for _, p := range all.PackagesDev {
		add(p, true)
	}
	if bad > 0 {
		l.skip(at, "%d packages have names or versions with characters that none has", bad)
	}
}
