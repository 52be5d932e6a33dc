package files

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// census is the first walk of a save: what there is and what keeping it takes. Nothing is read but
// names and what stat says.
type census struct {
	entries int
	bytes   int64 // content
	copied  int64 // of it to be copied, in whole blocks
	objects int64
	need    restore.Space       // what the point takes on the store's file system
	groups  map[inodeID]*shared // files with several paths inside the scope
	mounts  []string
	tops    []begins // where volumes begin, the root first
}

// shared is a file with several paths. All of them are one object, kept in the most careful of the
// ways its paths ask for.
type shared struct {
	paths int
	keep  keep
	size  int64 // in whole blocks
}

const (
	block         = 4096
	perEntry      = 512 // a line of the manifest and a directory record in the farm, generously
	objectsPerDir = 128 // few, because a file system looks through a directory for each new name
)

func takeCensus(ctx context.Context, root int, r *rules, k *keeper) (*census, error) {
	c := &census{groups: map[inodeID]*shared{}}
	w := &walker{rules: r, instead: k.instead(), visit: func(n *node) error {
		if c.entries++; c.entries > maxEntries {
			return fmt.Errorf("more than %d paths; declare the customer's data as such", maxEntries)
		}
		if n.kind == isFile {
			c.file(n, k.how(n.path, &n.st, n.on))
		}
		return nil
	}}
	if err := w.walk(ctx, root); err != nil {
		return nil, err
	}
	for id, g := range c.groups {
		c.object(g.keep, g.size)
		if g.paths < 2 { // its other paths are outside, or in the farm of an earlier point
			delete(c.groups, id)
		}
	}
	c.mounts, c.tops = w.crossed, w.tops
	c.need.Inodes += c.objects/objectsPerDir + 8
	c.need.Bytes += c.copied + reserveSize(c.copied) + int64(c.entries)*perEntry
	c.need.Bytes += c.need.Bytes/16 + 1<<20
	return c, nil
}

func (c *census) file(n *node, how keep) {
	c.bytes += n.st.Size
	if n.st.Nlink < 2 {
		c.object(how, blocks(&n.st))
		return
	}
	g := c.groups[idOf(&n.st)]
	if g == nil {
		g = &shared{keep: how, size: blocks(&n.st)}
		c.groups[idOf(&n.st)] = g
	}
	g.paths++
	if how == byCopy {
		g.keep = byCopy
	}
}

func (c *census) object(how keep, size int64) {
	c.objects++
	switch how {
	case byCopy:
		c.copied += size
		if size > packLimit {
			c.need.Inodes++
		}
	case byClone:
		c.need.Bytes += 512
		c.need.Inodes++
	}
}

// blocks is the space a copy of a file takes; holes stay holes.
func blocks(st *unix.Stat_t) int64 {
	full := (st.Size + block - 1) / block * block
	return min(full, st.Blocks*512+block)
}

// reserveSize is what is put by for the restore: as much as could have to be copied back at once,
// within reason.
func reserveSize(copied int64) int64 { return min(copied, 64<<20) + 1<<20 }

// fits says with an error that a census does not fit into the store.
func (c *census) fits(store int, path string) error {
	var st unix.Statfs_t
	if err := again(func() error { return unix.Fstatfs(store, &st) }); err != nil {
		return fmt.Errorf("%s: read free space: %w", path, err)
	}
	have := restore.Space{Bytes: int64(st.Bavail) * st.Bsize, Inodes: int64(st.Ffree)}
	countsInodes := st.Files > 0 // some file systems make inodes as needed and say they have none
	if c.need.Bytes > have.Bytes || countsInodes && c.need.Inodes > have.Inodes {
		return &restore.SpaceError{Need: c.need, Free: have, Store: path}
	}
	return nil
}

// survey is what a save finds out before it writes.
type survey struct {
	root   int // open; the caller closes it
	rules  *rules
	keeper *keeper
	census *census
}

// survey looks at the root with the eyes of a store that is, or will be, on the file system of at.
func (d *Driver) survey(ctx context.Context, sc restore.Scope, at string) (*survey, error) {
	if sc.Store != d.store {
		return nil, fmt.Errorf("restore scope: the store is %q, this driver keeps its points in %q", sc.Store, d.store)
	}
	s := &survey{keeper: &keeper{}}
	var err error
	if s.rules, err = compile(sc, d.store); err != nil {
		return nil, err
	}
	store, err := openDir(unix.AT_FDCWD, at)
	if err != nil {
		return nil, fmt.Errorf("restore store: %w", err)
	}
	defer unix.Close(store)
	if s.keeper.home, err = volumeOf(store); err != nil {
		return nil, err
	}
	if s.keeper.clones = canClone(store); !s.keeper.clones {
		s.keeper.writers = d.writers() // they matter to links alone
	}
	if d.bySnapshot {
		if s.keeper.sources, err = btrfsSources(); err != nil {
			return nil, err
		}
		s.keeper.snapshots = true
	}
	if s.root, err = openDir(unix.AT_FDCWD, s.rules.root); err != nil {
		return nil, fmt.Errorf("restore root: %w", err)
	}
	if s.keeper.owned, err = readOwned(s.root); err == nil {
		s.census, err = takeCensus(ctx, s.root, s.rules, s.keeper)
	}
	if err != nil {
		unix.Close(s.root)
		return nil, err
	}
	return s, nil
}

// canClone tries whether the file system shares blocks, with two files that never get a name.
func canClone(dir int) bool {
	nameless := func() (fd int, err error) {
		err = again(func() error {
			fd, err = unix.Openat(dir, ".", unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
			return err
		})
		return fd, err
	}
	from, err := nameless()
	if err != nil {
		return false
	}
	defer unix.Close(from)
	to, err := nameless()
	if err != nil {
		return false
	}
	defer unix.Close(to)
	if _, err := unix.Write(from, make([]byte, block)); err != nil {
		return false
	}
	return !errors.Is(again(func() error { return unix.IoctlFileClone(to, from) }), unix.EOPNOTSUPP) && cloned(to)
}

// cloned says whether the block really arrived.
func cloned(fd int) bool {
	st, err := fstat(fd)
	return err == nil && st.Size == block
}
