package files

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// aside is where a restore moves what came since. Every restore has a tree of its own in the point,
// store/ID/aside/1, 2, …, with the paths as they were. Nothing in it is ever changed again.
type aside struct {
	mu    sync.Mutex
	disk  *disk
	point int
	path  string // of the point
	fd    int    // of the tree, -1 until something is moved
	dir   string // its path, for people
	count int
}

func (a *aside) close() {
	if a.fd >= 0 {
		unix.Close(a.fd)
	}
}

// take moves the entry name of the open directory at, known to people as path, out of the way.
func (a *aside) take(ctx context.Context, at int, name, path string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.open(); err != nil {
		return err
	}
	dir, base := split(path)
	to, err := a.parent(dir)
	if err != nil {
		return err
	}
	defer unix.Close(to)
	for n := 1; ; n++ {
		free := base
		if n > 1 { // moved out of the same place once more, by the same restore
			free = base + "~" + strconv.Itoa(n)
		}
		err := a.move(ctx, at, name, to, free, path)
		if errors.Is(err, unix.EEXIST) && n < 10_000 {
			continue
		}
		if err == nil {
			a.count++
		}
		return err
	}
}

func (a *aside) move(ctx context.Context, at int, name string, to int, free, path string) error {
	err := a.disk.rename(at, name, to, free, unix.RENAME_NOREPLACE, path)
	if errors.Is(err, unix.EINVAL) { // a file system that cannot promise not to replace
		if _, there := lstat(to, free); there == nil {
			return unix.EEXIST
		}
		err = a.disk.rename(at, name, to, free, 0, path)
	}
	if !errors.Is(err, unix.EXDEV) {
		return err
	}
	// On another file system. The copy must be on disk before the original goes.
	if _, there := lstat(to, free); there == nil {
		return unix.EEXIST
	}
	if err := a.disk.copyTree(ctx, at, name, to, free, path); err != nil {
		return err
	}
	if err := a.disk.syncfs(to, a.dir); err != nil {
		return err
	}
	return a.disk.removeTree(at, name, path)
}

// open makes the tree of this restore.
func (a *aside) open() error {
	if a.fd >= 0 {
		return nil
	}
	if err := a.disk.ensureDir(a.point, asideName, a.path+"/"+asideName); err != nil {
		return err
	}
	all, err := openDir(a.point, asideName)
	if err != nil {
		return err
	}
	defer unix.Close(all)
	for n := 1; ; n++ {
		tree := strconv.Itoa(n)
		dir := a.path + "/" + asideName + "/" + tree
		err := a.disk.mkdir(all, tree, dir)
		if errors.Is(err, unix.EEXIST) {
			continue
		}
		if err != nil {
			return err
		}
		a.dir = dir
		a.fd, err = openDir(all, tree)
		return err
	}
}

// parent makes and opens the directory for what was in dir. Where a file of that name was moved
// before, the path's slashes are spelled out instead.
func (a *aside) parent(dir string) (int, error) {
	fd, err := openDir(a.fd, ".")
	if err != nil {
		return -1, err
	}
	path := a.dir
	for name := range strings.SplitSeq(strings.Trim(dir, "/"), "/") {
		if name == "" {
			continue
		}
		path += "/" + name
		next := -1
		if err = a.disk.ensureDir(fd, name, path); err == nil {
			if next, err = openDir(fd, name); errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
				unix.Close(fd)
				return a.spelled(dir)
			}
		}
		unix.Close(fd)
		if err != nil {
			return -1, err
		}
		fd = next
	}
	return fd, nil
}

func (a *aside) spelled(dir string) (int, error) {
	name := strings.ReplaceAll(strings.Trim(dir, "/"), "/", "%2F")
	if len(name) > 200 {
		name = name[:200]
	}
	name = "%2F" + name
	if err := a.disk.ensureDir(a.fd, name, a.dir+"/"+name); err != nil {
		return -1, err
	}
	return openDir(a.fd, name)
}

// copyTree copies to another file system, with everything an entry has. Sockets are left out.
func (d *disk) copyTree(ctx context.Context, at int, name string, to int, as, path string) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	st, err := lstat(at, name)
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	e := &entry{Path: path}
	e.fill(&st)
	if e.Type == isSocket {
		return nil
	}
	if e.Xattrs, err = xattrs(at, name); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	switch e.Type {
	case isDir:
		err = d.copyDir(ctx, at, name, to, as, path)
	case isFile:
		err = d.copyOne(ctx, at, name, to, as, path)
	case isLink:
		if e.Target, err = readlink(at, name); err == nil {
			err = d.symlink(e.Target, to, as, path)
		}
	default:
		err = d.mknod(to, as, st.Mode&unix.S_IFMT|0o600, st.Rdev, path)
	}
	if err != nil {
		return err
	}
	_, err = d.dress(to, as, path, e)
	return err
}

func (d *disk) copyDir(ctx context.Context, at int, name string, to int, as, path string) error {
	if err := d.mkdir(to, as, path); err != nil {
		return err
	}
	from, err := openDir(at, name)
	if err != nil {
		return err
	}
	defer unix.Close(from)
	into, err := openDir(to, as)
	if err != nil {
		return err
	}
	defer unix.Close(into)
	names, err := readNames(from)
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := d.copyTree(ctx, from, n, into, n, path+"/"+n); err != nil {
			return err
		}
	}
	return nil
}

func (d *disk) copyOne(ctx context.Context, at int, name string, to int, as, path string) error {
	from, err := openFile(at, name)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer unix.Close(from)
	out, err := d.create(to, as, path)
	if err != nil {
		return err
	}
	defer unix.Close(out)
	_, err = d.copyFile(ctx, out, from, make([]byte, bufferSize), path)
	return err
}
