// Package application looks for web applications and container images in the files of a host. It reads
// and never executes, asks no daemon, and changes nothing.
//
// The files belong to customers and are not trusted: symbolic links are not followed, only regular files
// are opened, and everything has a bound – entries visited, depth, bytes per file, things found, time. What
// could not be read is reported and costs nothing else. When a bound ended the look, the result is not whole:
// then what was known before and is missing now may still be there.
package application

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
)

// Places are where to look, as patterns of absolute paths. Up to its first wildcard a pattern is the
// operator's word, and links in it are followed; from there on customers may have a hand in it.
type Places struct {
	Web    []string // folders with web applications: /var/www, /home/*/public_html
	Docker []string // Docker's folder with one folder per storage driver: /var/lib/docker/image
	Podman []string // storage of Podman: /var/lib/containers/storage
	// Containerd is only looked at to say that its images are not read.
	Containerd []string
}

// Usual are the places on Debian hosts.
func Usual() Places {
	return Places{
		Web:        []string{"/var/www", "/srv", "/home/*/public_html", "/home/*/www", "/home/*/htdocs"},
		Docker:     []string{"/var/lib/docker/image"},
		Podman:     []string{"/var/lib/containers/storage", "/home/*/.local/share/containers/storage"},
		Containerd: []string{"/var/lib/containerd/io.containerd.metadata.v1.bolt"},
	}
}

// Limits bound a look. The zero value of each is its default. Time is bounded by the context.
type Limits struct {
	Entries int   // visited in all; 0 = 1,000,000
	Folder  int   // entries in one folder; 0 = 20,000
	Depth   int   // of folders below a place; 0 = 8
	File    int64 // bytes of one file that is read whole; 0 = 8 MiB
	Found   int   // things found; 0 = 50,000
	Skips   int   // reports of what could not be read; 0 = 200
}

func (l *Limits) fill() {
	for _, d := range []struct {
		is   *int
		want int
	}{{&l.Entries, 1_000_000}, {&l.Folder, 20_000}, {&l.Depth, 8}, {&l.Found, 50_000}, {&l.Skips, 200}} {
		if *d.is <= 0 {
			*d.is = d.want
		}
	}
	if l.File <= 0 {
		l.File = 8 << 20
	}
}

// Find looks in the places of a machine, whose files are below machine ("/" for the running one). What
// it gives is sorted. whole is false if a bound, the context or a folder without permission ended the look
// early.
func Find(ctx context.Context, machine string, where Places, limits Limits) (found []application.Found, skipped []advisory.Skip, whole bool) {
	limits.fill()
	l := &look{ctx: ctx, limits: limits, whole: true, seen: map[application.Found]bool{}}
	for _, task := range []struct {
		places []string
		do     func(folder)
	}{{where.Web, l.walk}, {where.Docker, l.docker}, {where.Podman, l.podman}, {where.Containerd, l.containerd}} {
		for _, pattern := range task.places {
			l.place(machine, pattern, task.do)
		}
	}
	return l.sorted(), l.skipped, l.whole
}

// look is one look at a machine.
type look struct {
	ctx     context.Context
	limits  Limits
	visited int
	ended   bool // a bound was reached: nothing more is visited
	whole   bool
	found   []application.Found
	seen    map[application.Found]bool
	skipped []advisory.Skip
	more    int // reports beyond the bound
}

// folder is an open folder. Its handle cannot be led elsewhere by renaming what lies above it.
type folder struct {
	root   *os.Root
	path   string // as people see it
	device uint64
	depth  int // below its place
}

// close lets go of the folder. It was only read, so nothing can be lost.
func (f folder) close() { _ = f.root.Close() }

// place opens the folders that a pattern names.
func (l *look) place(machine, pattern string, do func(folder)) {
	clean := path.Clean("/" + pattern)
	parts := strings.Split(strings.TrimPrefix(clean, "/"), "/")
	fixed := slices.IndexFunc(parts, func(p string) bool { return strings.ContainsAny(p, `*?[\`) })
	if fixed < 0 {
		fixed = len(parts)
	}
	base := "/" + strings.Join(parts[:fixed], "/")
	root, err := openPlace(machine, base)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.broken(base, err)
		return
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(".")
	if err != nil {
		l.broken(base, err)
		return
	}
	l.expand(folder{root: root, path: base, device: deviceOf(info)}, parts[fixed:], do)
}

// openPlace opens the part of a place without wildcards. On the running machine its links are the
// operator's and may lead anywhere; elsewhere they must not lead out of the machine.
func openPlace(machine, base string) (*os.Root, error) {
	if filepath.Clean(machine) == "/" {
		return os.OpenRoot(base)
	}
	root, err := os.OpenRoot(machine)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.OpenRoot(strings.TrimPrefix(base, "/") + "/.")
}

func (l *look) expand(f folder, parts []string, do func(folder)) {
	if len(parts) == 0 {
		do(f)
		return
	}
	for _, e := range l.list(f) {
		if ok, err := path.Match(parts[0], e.Name()); err != nil {
			l.skip(f.path, "the pattern %.60q is none: %v", parts[0], err)
			return
		} else if !ok || !e.IsDir() {
			continue
		}
		if sub, ok := l.enter(f, e.Name()); ok {
			sub.depth = 0
			l.expand(sub, parts[1:], do)
			sub.close()
		}
	}
}

// add keeps something that was found.
func (l *look) add(f application.Found) {
	f.Path = application.Plain(f.Path, 4096)
	switch {
	case l.seen[f]:
	case len(l.found) == l.limits.Found:
		l.end("more than %d things were found; the others are left out", l.limits.Found)
	default:
		l.seen[f] = true
		l.found = append(l.found, f)
	}
}

// skip reports what could not be read.
func (l *look) skip(place, format string, args ...any) {
	if len(l.skipped) < l.limits.Skips {
		l.skipped = append(l.skipped, advisory.Skip{Place: application.Plain(place, 4096), Why: application.Plain(fmt.Sprintf(format, args...), 512)})
		return
	}
	l.more++
	l.skipped[len(l.skipped)-1] = advisory.Skip{Place: "more", Why: fmt.Sprintf("%d more reports like these are left out", l.more+1)}
}

// broken reports a folder that could not be looked into: what is in it is not known.
func (l *look) broken(place string, err error) {
	l.whole = false
	l.skip(place, "the folder cannot be read: %v", plainError(err))
}

// end stops the look for good.
func (l *look) end(format string, args ...any) {
	if !l.ended {
		l.ended, l.whole = true, false
		l.skip("limit", format, args...)
	}
}

// plainError is an error without the path, which the report names itself.
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// sorted gives what was found by place and name. A package that Composer's list and the application's own
// file both name in one place is one.
func (l *look) sorted() []application.Found {
	type release struct{ name, version string }
	listed := map[release][]string{}
	for _, f := range l.found {
		if f.Kind == application.ComposerPackage && (path.Base(f.Path) == lockFile || path.Base(f.Path) == path.Base(installedFile)) {
			r := release{f.Name, f.Version}
			listed[r] = append(listed[r], strings.TrimSuffix(strings.TrimSuffix(f.Path, "/"+lockFile), "/"+installedFile))
		}
	}
	out := slices.DeleteFunc(slices.Clone(l.found), func(f application.Found) bool {
		if f.Ecosystem != advisory.Packagist || path.Base(f.Path) == lockFile || path.Base(f.Path) == path.Base(installedFile) {
			return false
		}
		for _, v := range []string{f.Version, "v" + f.Version} {
			if slices.ContainsFunc(listed[release{f.Name, v}], func(project string) bool { return f.Path == project || strings.HasPrefix(f.Path, project+"/") }) {
				return true
			}
		}
		return false
	})
	slices.SortFunc(out, application.Compare)
	return out
}
