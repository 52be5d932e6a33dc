package files

import (
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"
)

// disk makes every change to the file system, one method for each kind. All of them ask fault first,
// which is how the tests cut a save, a restore or a drop off between any two of its writes.
// Paths in errors are for people; the change itself is made relative to an open directory.
type disk struct {
	fault func(op, path string) error
	// noFlush leaves out what makes changes durable, for tests that simulate crashes by the thousand
	// and pull no plug.
	noFlush bool
	// unsnap deletes a snapshot; nil where there are none.
	unsnap func(path string) error
	// unlinking removes a file of a tree that goes, whose state is st, by unlink; nil where nobody needs to know.
	unlinking func(at int, name string, st *unix.Stat_t, unlink func() error) error
}

func (d *disk) do(op, path string, change func() error) error {
	if d.fault != nil {
		if err := d.fault(op, path); err != nil {
			return fmt.Errorf("%s %s: %w", op, path, err)
		}
	}
	if err := again(change); err != nil {
		return fmt.Errorf("%s %s: %w", op, path, err)
	}
	return nil
}

func (d *disk) mkdir(at int, name, path string) error {
	return d.do("mkdir", path, func() error { return unix.Mkdirat(at, name, 0o700) })
}

// ensureDir is mkdir for a directory that may be there already.
func (d *disk) ensureDir(at int, name, path string) error {
	if err := d.mkdir(at, name, path); err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	return nil
}

func (d *disk) link(fromAt int, from string, toAt int, to, path string) error {
	return d.do("link", path, func() error { return unix.Linkat(fromAt, from, toAt, to, 0) })
}

// create opens a new file for writing. It is readable by root alone until it is dressed.
func (d *disk) create(at int, name, path string) (fd int, err error) {
	err = d.do("create", path, func() error {
		fd, err = unix.Openat(at, name, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o600)
		return err
	})
	return fd, err
}

func (d *disk) write(fd int, b []byte, path string) error {
	for len(b) > 0 {
		var n int
		err := d.do("write", path, func() (err error) {
			n, err = unix.Write(fd, b)
			return err
		})
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// writeAt is write at a given place, for several writers of one file.
func (d *disk) writeAt(fd int, b []byte, off int64, path string) error {
	for len(b) > 0 {
		var n int
		err := d.do("write", path, func() (err error) {
			n, err = unix.Pwrite(fd, b, off)
			return err
		})
		if err != nil {
			return err
		}
		b, off = b[n:], off+int64(n)
	}
	return nil
}

// truncate also makes a hole up to size.
func (d *disk) truncate(fd int, size int64, path string) error {
	return d.do("truncate", path, func() error { return unix.Ftruncate(fd, size) })
}

func (d *disk) clone(to, from int, path string) error {
	return d.do("clone", path, func() error { return unix.IoctlFileClone(to, from) })
}

func (d *disk) reserve(fd int, size int64, path string) error {
	return d.do("reserve", path, func() error { return unix.Fallocate(fd, 0, 0, size) })
}

func (d *disk) symlink(target string, at int, name, path string) error {
	return d.do("symlink", path, func() error { return unix.Symlinkat(target, at, name) })
}

func (d *disk) mknod(at int, name string, mode uint32, rdev uint64, path string) error {
	return d.do("mknod", path, func() error { return unix.Mknodat(at, name, mode, int(rdev)) })
}

func (d *disk) chown(at int, name string, uid, gid uint32, path string) error {
	return d.do("chown", path, func() error {
		return unix.Fchownat(at, name, int(uid), int(gid), unix.AT_SYMLINK_NOFOLLOW)
	})
}

// chmod is only used on names in root-only directories and on "." of an open directory: the system
// call follows symbolic links.
func (d *disk) chmod(at int, name string, mode uint32, path string) error {
	return d.do("chmod", path, func() error { return unix.Fchmodat(at, name, mode, 0) })
}

func (d *disk) setxattr(at int, name, attr string, value []byte, path string) error {
	return d.do("setxattr", path, func() error { return unix.Lsetxattr(procPath(at, name), attr, value, 0) })
}

func (d *disk) removexattr(at int, name, attr, path string) error {
	return d.do("removexattr", path, func() error { return unix.Lremovexattr(procPath(at, name), attr) })
}

// touch sets the time of last modification and leaves the time of last access.
func (d *disk) touch(at int, name string, mtime int64, path string) error {
	ts := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, unix.NsecToTimespec(mtime)}
	return d.do("touch", path, func() error { return unix.UtimesNanoAt(at, name, ts, unix.AT_SYMLINK_NOFOLLOW) })
}

// touchFile is touch for an open file.
func (d *disk) touchFile(fd int, mtime int64, path string) error {
	ts := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, unix.NsecToTimespec(mtime)}
	name := "/proc/self/fd/" + strconv.Itoa(fd) // leads to the file itself, wherever it is by now
	return d.do("touch", path, func() error { return unix.UtimesNanoAt(unix.AT_FDCWD, name, ts, 0) })
}

// rename replaces what is at the new name; flags are those of renameat2.
func (d *disk) rename(fromAt int, from string, toAt int, to string, flags uint, path string) error {
	return d.do("rename", path, func() error {
		if flags == 0 {
			return unix.Renameat(fromAt, from, toAt, to)
		}
		return unix.Renameat2(fromAt, from, toAt, to, flags)
	})
}

func (d *disk) unlink(at int, name, path string) error {
	return d.do("unlink", path, func() error { return unix.Unlinkat(at, name, 0) })
}

func (d *disk) rmdir(at int, name, path string) error {
	return d.do("rmdir", path, func() error { return unix.Unlinkat(at, name, unix.AT_REMOVEDIR) })
}

// fsync makes one file or the names in one directory durable.
func (d *disk) fsync(fd int, path string) error {
	return d.do("fsync", path, func() error {
		if d.noFlush {
			return nil
		}
		return unix.Fsync(fd)
	})
}

// syncfs makes the whole file system of fd durable.
func (d *disk) syncfs(fd int, path string) error {
	return d.do("syncfs", path, func() error {
		if d.noFlush {
			return nil
		}
		return unix.Syncfs(fd)
	})
}

// procPath names an entry of an open directory for the attribute calls, which know no directory
// descriptors. The name itself is not followed by the l… variants.
func procPath(at int, name string) string {
	return "/proc/self/fd/" + strconv.Itoa(at) + "/" + name
}

// again repeats a system call that a signal interrupted.
func again(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// mountID tells mounts of one file system apart: links and renames do not cross them. It is 0 on
// kernels before 5.8, where the device alone decides.
func mountID(fd int) uint64 {
	var st unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_MNT_ID, &st); err != nil || st.Mask&unix.STATX_MNT_ID == 0 {
		return 0
	}
	return st.Mnt_id
}
