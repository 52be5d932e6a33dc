package files

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// stage is a root-only directory on one volume where replacements are made ready, out of anyone's
// reach, before they are renamed into place. That of the point's own volume is in the point; another
// volume has one where it begins, for the time of the restore.
//
// What lies in a stage after a crash is ours and worthless, but for names that begin with displaced:
// under these, what stood in the way of a replacement was swapped out.
type stage struct {
	fd     int
	parent int // holding it, open
	name   string
	path   string
	copies bool // something in it is not on disk yet
	last   uint64
}

const displaced = "was-"

func (s *stage) close() {
	unix.Close(s.fd)
	unix.Close(s.parent)
}

// openStage makes a stage in the directory at, or empties the one that a crash left there.
func openStage(ctx context.Context, d *disk, a *aside, at int, name, dir string) (*stage, error) {
	s := &stage{name: name, path: join(dir, name), fd: -1}
	if err := d.ensureDir(at, name, s.path); err != nil {
		return nil, err
	}
	var err error
	if s.fd, err = openDir(at, name); err != nil {
		return nil, fmt.Errorf("open %s: %w", s.path, err)
	}
	st, err := fstat(s.fd)
	if err == nil && (st.Mode&0o7777 != 0o700 || int(st.Uid) != unix.Geteuid()) {
		err = fmt.Errorf("%s is in the way: not a directory of a restore; remove it", s.path)
	}
	if err == nil {
		s.parent, err = openDir(at, ".")
	}
	if err != nil {
		unix.Close(s.fd)
		return nil, err
	}
	if err := s.clear(ctx, d, a); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// clear empties the stage. What had been in the way of a replacement goes aside.
func (s *stage) clear(ctx context.Context, d *disk, a *aside) error {
	names, err := readNames(s.fd)
	if err != nil {
		return fmt.Errorf("list %s: %w", s.path, err)
	}
	for _, n := range names {
		if strings.HasPrefix(n, displaced) {
			err = a.take(ctx, s.fd, n, join(s.path, n))
		} else {
			err = d.removeTree(s.fd, n, join(s.path, n))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// remove ends the stage.
func (s *stage) remove(ctx context.Context, d *disk, a *aside) error {
	if err := s.clear(ctx, d, a); err != nil {
		return err
	}
	return d.rmdir(s.parent, s.name, s.path)
}

// install is a replacement that is ready.
type install struct {
	stage *stage
	name  string // in the stage
	path  string // where it belongs
	dir   bool
}

// errInTheWay: a path cannot be put back without moving what is not ours to move.
var errInTheWay = errors.New("a directory stands there that holds the customer's data or a mount; move that first")

// place renames a replacement to where it belongs, in the open directory at. A file gives way to a
// file in one step. A directory in the way, or a file in the way of a directory, is exchanged with
// the replacement, also in one step, and goes aside.
func (in *install) place(ctx context.Context, d *disk, a *aside, r *rules, at int, name string) error {
	st, err := lstat(at, name)
	if errors.Is(err, unix.ENOENT) || err == nil && !in.dir && kindOf(st.Mode) != isDir {
		return d.rename(in.stage.fd, in.name, at, name, 0, in.path)
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", in.path, err)
	}
	if kindOf(st.Mode) == isDir && r.holds(in.path) {
		return fmt.Errorf("%s: %w", in.path, errInTheWay)
	}
	swap := displaced + in.name
	if err := d.rename(in.stage.fd, in.name, in.stage.fd, swap, 0, in.path); err != nil {
		return err
	}
	err = d.rename(in.stage.fd, swap, at, name, unix.RENAME_EXCHANGE, in.path)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // cannot exchange: two steps
		if err := a.take(ctx, at, name, in.path); err != nil {
			return err
		}
		return d.rename(in.stage.fd, swap, at, name, 0, in.path)
	}
	if err != nil {
		return err
	}
	return a.take(ctx, in.stage.fd, swap, in.path)
}

func (s *stage) next() string {
	s.last++
	return strconv.FormatUint(s.last, 10)
}
