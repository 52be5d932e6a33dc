package lab

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// maxHostFile bounds what ReadFile takes into memory.
const maxHostFile = 256 << 20

// openTop opens the host's root directory: as its processes see it when it is
// on (with /run and /tmp of their own), as it is on disk when it is off.
func (h *Host) openTop() (int, error) {
	top := h.root
	if leader := h.PID(); leader != 0 {
		top = "/proc/" + strconv.Itoa(leader) + "/root"
	}
	fd, err := unix.Open(top, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open the root of host %s: %w", h.name, err)
	}
	return fd, nil
}

// openIn opens a path as a process on the host would: absolute links stay inside the host.
func openIn(top int, name string, flags int) (int, error) {
	return unix.Openat2(top, strings.TrimLeft(name, "/"), &unix.OpenHow{
		Flags:   uint64(flags | unix.O_CLOEXEC),
		Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS,
	})
}

// ReadFile reads a file of the host, by its path there. It follows links as the host would.
func (h *Host) ReadFile(name string) ([]byte, error) {
	top, err := h.openTop()
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(top) }()
	fd, err := openIn(top, name, unix.O_RDONLY)
	if err != nil {
		return nil, &fs.PathError{Op: "read on host " + h.name, Path: name, Err: err}
	}
	file := os.NewFile(uintptr(fd), name)
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxHostFile+1))
	if err == nil && len(data) > maxHostFile {
		err = fmt.Errorf("%s on host %s is larger than %d MiB", name, h.name, maxHostFile>>20)
	}
	return data, err
}

// WriteFile puts a file onto the host, on or off: whole or not at all, owned by
// root, with exactly this mode, on disk when it returns. Missing directories are made.
func (h *Host) WriteFile(name string, data []byte, mode fs.FileMode) error {
	fail := func(err error) error {
		return &fs.PathError{Op: "write on host " + h.name, Path: name, Err: err}
	}
	top, err := h.openTop()
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(top) }()
	dir, err := makeDirsIn(top, path.Dir(path.Clean("/"+name)))
	if err != nil {
		return fail(err)
	}
	defer func() { _ = unix.Close(dir) }()

	base := path.Base(name)
	temporary := ".lab-" + randomHex(6)
	fd, err := unix.Openat(dir, temporary, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return fail(err)
	}
	file := os.NewFile(uintptr(fd), name)
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(mode&plainModes), file.Sync(), file.Close())
	if err == nil {
		err = unix.Renameat(dir, temporary, dir, base)
	}
	if err != nil {
		_ = unix.Unlinkat(dir, temporary, 0)
		return fail(err)
	}
	return nil
}

// makeDirsIn opens a directory of the host, and makes what is missing of it.
func makeDirsIn(top int, dir string) (int, error) {
	fd, err := openIn(top, dir, unix.O_RDONLY|unix.O_DIRECTORY)
	if err == nil || !errors.Is(err, unix.ENOENT) || dir == "/" {
		return fd, err
	}
	parent, err := makeDirsIn(top, path.Dir(dir))
	if err != nil {
		return -1, err
	}
	defer func() { _ = unix.Close(parent) }()
	if err := unix.Mkdirat(parent, path.Base(dir), 0o755); err != nil && !errors.Is(err, unix.EEXIST) {
		return -1, err
	}
	return openIn(top, dir, unix.O_RDONLY|unix.O_DIRECTORY)
}

// Remove deletes a file or an empty directory of the host; that it is not there is no error.
func (h *Host) Remove(name string) error {
	top, err := h.openTop()
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(top) }()
	dir, err := openIn(top, path.Dir(path.Clean("/"+name)), unix.O_RDONLY|unix.O_DIRECTORY)
	if err == nil {
		defer func() { _ = unix.Close(dir) }()
		err = unix.Unlinkat(dir, path.Base(name), 0)
		if errors.Is(err, unix.EISDIR) {
			err = unix.Unlinkat(dir, path.Base(name), unix.AT_REMOVEDIR)
		}
	}
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return &fs.PathError{Op: "remove on host " + h.name, Path: name, Err: err}
}
