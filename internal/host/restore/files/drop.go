package files

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Drop implements restore.Driver.
func (d *Driver) Drop(ctx context.Context, id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	store, err := d.lock(unix.LOCK_EX)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err == nil {
		defer unix.Close(store)
		if err = ctx.Err(); err == nil {
			err = d.discard(store, id)
		}
	}
	if err != nil {
		return fmt.Errorf("drop restore point: %w", err)
	}
	return nil
}

// discard makes a point disappear with one rename, durable before anything in it goes, so that no
// crash leaves a point that looks whole and is not.
func (d *Driver) discard(store int, id string) error {
	err := d.disk.rename(store, id, store, dropPrefix+id, unix.RENAME_NOREPLACE, d.store+"/"+id)
	if errors.Is(err, unix.EEXIST) || errors.Is(err, unix.EINVAL) { // an earlier one is not swept yet
		if err := d.sweep(store); err != nil {
			return err
		}
		err = d.disk.rename(store, id, store, dropPrefix+id, 0, d.store+"/"+id)
	}
	if errors.Is(err, unix.ENOENT) {
		return d.sweep(store)
	}
	if err != nil {
		return err
	}
	if err := d.disk.fsync(store, d.store); err != nil {
		return err
	}
	return d.sweep(store)
}

// sweep removes what is left of dropped points. What it knew of the files that were linked in them it knows after it.
func (d *Driver) sweep(store int) error {
	names, err := readNames(store)
	if err != nil {
		return fmt.Errorf("list %s: %w", d.store, err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, dropPrefix) })
	if len(names) == 0 {
		return nil
	}
	s, disk := d.recall(store), d.disk
	disk.unlinking = s.follow()
	for _, name := range names {
		if err := disk.removeTree(store, name, d.store+"/"+name); err != nil {
			return err
		}
	}
	if len(s.known) == 0 {
		return nil
	}
	return d.remember(store, s)
}

// removeTree removes a tree without following links. A mount point in it stops it.
func (d *disk) removeTree(at int, name, path string) error {
	st, err := lstat(at, name)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	if kindOf(st.Mode) != isDir {
		if d.unlinking != nil {
			return d.unlinking(at, name, &st, func() error { return d.unlink(at, name, path) })
		}
		return d.unlink(at, name, path)
	}
	if d.unsnap != nil {
		switch top, err := isSubvolume(at, &st); {
		case err != nil:
			return fmt.Errorf("look at %s: %w", path, err)
		case top:
			return d.deleteSnapshot(path)
		}
	}
	if err := d.empty(at, name, path); err != nil {
		return err
	}
	return d.rmdir(at, name, path)
}

func (d *disk) empty(at int, name, path string) error {
	fd, err := openDir(at, name)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer unix.Close(fd)
	names, err := readNames(fd)
	if err != nil {
		return fmt.Errorf("list %s: %w", path, err)
	}
	for _, n := range names {
		if err := d.removeTree(fd, n, path+"/"+n); err != nil {
			return err
		}
	}
	return nil
}
