package files

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// volume is what links and renames do not leave: one mount of one file system.
type volume struct{ dev, mnt uint64 }

func volumeOf(fd int) (volume, error) {
	st, err := fstat(fd)
	return volume{st.Dev, mountID(fd)}, err
}

// node is one path as the walk found it.
type node struct {
	at   int // the open directory it is in
	name string
	path string
	kind kind // isKept if only its name is to be noted
	st   unix.Stat_t
	on   volume
}

// begins is the place where a volume begins.
type begins struct {
	path  string
	on    volume
	inode uint64
}

// walker goes through everything rules cover, in the order of the manifest.
type walker struct {
	rules   *rules
	visit   func(*node) error
	crossed []string // the mount points it went into
	tops    []begins
	// instead are open directories to enter in the place of what is at a path: snapshots, and what is
	// mounted over what only the system itself has mounted there.
	instead map[string]int
}

func (w *walker) walk(ctx context.Context, root int) error {
	if fd, ok := w.instead["/"]; ok {
		root = fd
	}
	st, err := fstat(root)
	if err != nil {
		return err
	}
	on, err := volumeOf(root)
	if err != nil {
		return err
	}
	w.tops = append(w.tops, begins{"/", on, st.Ino})
	if err := w.visit(&node{at: root, name: ".", path: "/", kind: isDir, st: st, on: on}); err != nil {
		return err
	}
	return w.dir(ctx, root, "/", on)
}

func (w *walker) dir(ctx context.Context, fd int, path string, on volume) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	names, err := readNames(fd)
	if err != nil {
		return fmt.Errorf("list %s: %w", path, err)
	}
	var dirs []node
	for _, name := range names {
		n := node{at: fd, name: name, path: join(path, name), on: on}
		if w.rules.out[n.path] {
			continue
		}
		n.st, err = lstat(fd, name)
		if errors.Is(err, unix.ENOENT) { // gone since it was listed
			continue
		}
		if err != nil {
			return fmt.Errorf("look at %s: %w", n.path, err)
		}
		if other, ok := w.instead[n.path]; ok {
			n.at, n.name = other, "."
			if n.st, err = fstat(other); err != nil {
				return err
			}
			if n.on, err = volumeOf(other); err != nil {
				return err
			}
		}
		n.kind = kindOf(n.st.Mode)
		if w.rules.foreign(n.path, n.kind) || w.rules.customers(n.path, n.kind) {
			n.kind = isKept
		}
		if n.kind == isDir {
			dirs = append(dirs, n)
		}
		if err := w.visit(&n); err != nil {
			return err
		}
	}
	for i := range dirs {
		if err := w.enter(ctx, &dirs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) enter(ctx context.Context, n *node) error {
	fd, err := openDir(n.at, n.name)
	if err != nil {
		return fmt.Errorf("%s %w: %w", n.path, restore.ErrChanging, err)
	}
	defer unix.Close(fd)
	st, err := fstat(fd)
	if err != nil {
		return err
	}
	if idOf(&st) != idOf(&n.st) {
		return fmt.Errorf("%s %w: another directory took its place", n.path, restore.ErrChanging)
	}
	on := n.on
	_, mounted := w.rules.mounts[n.path]
	if mounted || st.Dev != on.dev {
		if on, err = volumeOf(fd); err != nil {
			return err
		}
		w.tops = append(w.tops, begins{n.path, on, st.Ino})
	}
	if mounted {
		w.crossed = append(w.crossed, n.path)
	}
	return w.dir(ctx, fd, n.path, on)
}
