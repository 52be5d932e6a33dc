package files

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Reading: nothing here changes the file system (access times included).

const readFlags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC

// openFile opens a regular file for reading without following a link and, where the kernel lets us,
// without touching its access time.
func openFile(at int, name string) (fd int, err error) {
	err = again(func() error { fd, err = unix.Openat(at, name, readFlags|unix.O_NOATIME, 0); return err })
	if errors.Is(err, unix.EPERM) { // neither the owner nor privileged: tests without root
		err = again(func() error { fd, err = unix.Openat(at, name, readFlags, 0); return err })
	}
	return fd, err
}

func openDir(at int, name string) (fd int, err error) {
	err = again(func() error { fd, err = unix.Openat(at, name, readFlags|unix.O_DIRECTORY, 0); return err })
	return fd, err
}

// openBelow opens the directory at path (absolute, meaning below root) and refuses symbolic links in
// every component.
func openBelow(root int, path string) (int, error) {
	rel := strings.TrimPrefix(path, "/")
	if rel == "" {
		rel = "."
	}
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_BENEATH}
	var fd int
	err := again(func() (err error) { fd, err = unix.Openat2(root, rel, &how); return err })
	if err == nil || !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EPERM) {
		return fd, err
	}
	// Kernels before 5.6, and sandboxes that do not know the call.
	fd, err = openDir(root, ".")
	if err != nil {
		return -1, err
	}
	for name := range strings.SplitSeq(rel, "/") {
		next, err := openDir(fd, name)
		unix.Close(fd)
		if err != nil {
			return -1, err
		}
		fd = next
	}
	return fd, nil
}

func lstat(at int, name string) (st unix.Stat_t, err error) {
	err = again(func() error { return unix.Fstatat(at, name, &st, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT) })
	return st, err
}

func fstat(fd int) (st unix.Stat_t, err error) {
	err = again(func() error { return unix.Fstat(fd, &st) })
	return st, err
}

func readlink(at int, name string) (string, error) {
	b := make([]byte, 4096)
	n, err := unix.Readlinkat(at, name, b)
	if err != nil {
		return "", err
	}
	return string(b[:n]), nil
}

var nameBuffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}

// readNames lists an open directory in byte order. The descriptor is read from its start.
func readNames(fd int) ([]string, error) {
	if _, err := unix.Seek(fd, 0, io.SeekStart); err != nil {
		return nil, err
	}
	buf := nameBuffers.Get().(*[]byte)
	defer nameBuffers.Put(buf)
	var names []string
	for {
		var n int
		if err := again(func() (err error) { n, err = unix.ReadDirent(fd, *buf); return err }); err != nil {
			return nil, err
		}
		if n <= 0 {
			slices.Sort(names)
			return names, nil
		}
		_, _, names = unix.ParseDirent((*buf)[:n], -1, names)
	}
}

// maxXattr is the kernel's own bound on one value and on the list of names.
const maxXattr = 64 << 10

// xattrs reads all extended attributes of an entry, access lists and capabilities among them.
func xattrs(at int, name string) (map[string][]byte, error) {
	return readXattrs(
		func(b []byte) (int, error) { return unix.Llistxattr(procPath(at, name), b) },
		func(attr string, b []byte) (int, error) { return unix.Lgetxattr(procPath(at, name), attr, b) })
}

// fxattrs is xattrs of an open file.
func fxattrs(fd int) (map[string][]byte, error) {
	return readXattrs(
		func(b []byte) (int, error) { return unix.Flistxattr(fd, b) },
		func(attr string, b []byte) (int, error) { return unix.Fgetxattr(fd, attr, b) })
}

var xattrBuffers = sync.Pool{New: func() any { b := make([]byte, 2*maxXattr); return &b }}

func readXattrs(list func([]byte) (int, error), get func(string, []byte) (int, error)) (map[string][]byte, error) {
	buf := xattrBuffers.Get().(*[]byte)
	defer xattrBuffers.Put(buf)
	names, value := (*buf)[:maxXattr], (*buf)[maxXattr:]
	n, err := list(names)
	if errors.Is(err, unix.ENOTSUP) || n == 0 && err == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list attributes: %w", err)
	}
	out := map[string][]byte{}
	for attr := range strings.SplitSeq(strings.TrimRight(string(names[:n]), "\x00"), "\x00") {
		n, err := get(attr, value)
		if errors.Is(err, unix.ENODATA) { // removed since it was listed
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read attribute %s: %w", attr, err)
		}
		out[attr] = slices.Clone(value[:n])
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}
