package application

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/patchwart/patchwart/internal/host/plainfile"
)

// chunk is how many entries of a folder are read at once.
const chunk = 512

// list gives the entries of a folder, sorted by name.
func (l *look) list(f folder) []fs.DirEntry {
	dir, err := f.root.Open(".")
	if err != nil {
		l.broken(f.path, err)
		return nil
	}
	defer dir.Close()
	var entries []fs.DirEntry
	for !l.over() {
		some, err := dir.ReadDir(chunk)
		entries = append(entries, some...)
		l.visited += len(some)
		if len(entries) > l.limits.Folder {
			l.whole = false
			l.skip(f.path, "the folder has more than %d entries; only these were looked at", l.limits.Folder)
			entries = entries[:l.limits.Folder]
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			l.broken(f.path, err)
		}
		if err != nil {
			break
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries
}

// over reports whether the look has to end, and says so once.
func (l *look) over() bool {
	switch {
	case l.ended:
	case l.ctx.Err() != nil:
		l.end("the look was ended before it was through: %s", ending(l.ctx.Err()))
	case l.visited >= l.limits.Entries:
		l.end("%d files and folders were visited; the others are left out", l.visited)
	}
	return l.ended
}

// ending names the two ways in which a context ends.
func ending(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "its time was up"
	}
	return "it was called off"
}

// enter opens a folder in a folder. It must be one itself and not a link to one, be the one that was looked
// at when it was opened, and lie on the same file system: what is mounted below may be /proc, or hang.
func (l *look) enter(f folder, name string) (folder, bool) {
	at := path.Join(f.path, name)
	before, err := f.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !before.IsDir() {
		return folder{}, false
	}
	if err != nil {
		l.broken(at, err)
		return folder{}, false
	}
	if deviceOf(before) != f.device {
		l.skip(at, "another file system is mounted here; name it as a place of its own if it holds web applications")
		return folder{}, false
	}
	root, err := f.root.OpenRoot(name)
	if err != nil {
		l.broken(at, err)
		return folder{}, false
	}
	after, err := root.Stat(".")
	if err != nil || !os.SameFile(before, after) {
		_ = root.Close()
		l.broken(at, errors.Join(errors.New("it was replaced while it was opened"), err))
		return folder{}, false
	}
	return folder{root: root, path: at, device: f.device, depth: f.depth + 1}, true
}

// read gives the first limit bytes of a file some folders below f; all says that a longer one is an error.
// It reports false if there is no such file, or it cannot be read, which it then says.
func (l *look) read(f folder, name string, limit int64, all bool) ([]byte, bool) {
	first, rest, deeper := strings.Cut(name, "/")
	if deeper {
		sub, ok := l.enter(f, first)
		if !ok {
			return nil, false
		}
		defer sub.close()
		return l.read(sub, rest, limit, all)
	}
	text, err := plainfile.Read(f.root, name, limit, all)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil {
		l.skip(path.Join(f.path, name), "%v", plainError(err))
		return nil, false
	}
	return text, true
}

func deviceOf(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev) //nolint:unconvert // its size differs between architectures
	}
	return 0
}
