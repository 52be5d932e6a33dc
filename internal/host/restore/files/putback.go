package files

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// entry compares one path and, if it is not as it was, makes its replacement ready.
func (r *restorer) entry(s *spot) error {
	ctx := r.pool.ctx
	r.mu.Lock()
	full := len(r.pending) >= flushAt
	r.mu.Unlock()
	if full {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	switch {
	case s.covered:
		return r.failed(fmt.Errorf("%s: something was mounted over it since the point was saved; unmount that first", s.path))
	case s.at < 0:
		return nil // its directory could not be put back, which is noted
	case s.e.Type == isDir:
		if s.kind() == isDir {
			return nil
		}
		return r.failed(r.makeDir(ctx, s))
	case s.e.Type == isFile && s.e.Group:
		g := r.groups[s.e.Object]
		if g == nil {
			g = &group{e: s.e}
			r.groups[s.e.Object] = g
		}
		g.paths = append(g.paths, s.path)
		g.on = s.on
		return nil
	case s.e.Type == isFile:
		return r.file(s)
	}
	return r.failed(r.other(ctx, s))
}

// makeDir puts a directory into place at once, since what belongs into it needs it.
func (r *restorer) makeDir(ctx context.Context, s *spot) error {
	in, err := r.make(ctx, s, func(st *stage, name string) error {
		return r.d.disk.mkdir(st.fd, name, s.path)
	})
	if err != nil {
		return err
	}
	if err := in.place(ctx, &r.d.disk, r.aside, r.rules, s.at, s.name); err != nil {
		return err
	}
	r.mu.Lock()
	r.result.Replaced++
	r.mu.Unlock()
	return nil
}

// make makes a replacement in the stage and dresses it.
func (r *restorer) make(ctx context.Context, s *spot, create func(st *stage, name string) error) (*install, error) {
	st, name, err := r.slot(ctx, s.on)
	if err != nil {
		return nil, err
	}
	if err := create(st, name); err != nil {
		return nil, err
	}
	if _, err := r.d.disk.dress(st.fd, name, s.path, s.e); err != nil {
		return nil, err
	}
	return &install{stage: st, name: name, path: s.path, dir: s.e.Type == isDir}, nil
}

func (r *restorer) ready(in ...*install) {
	r.mu.Lock()
	r.pending = append(r.pending, in...)
	r.mu.Unlock()
}

// other compares symbolic links, pipes and device nodes.
func (r *restorer) other(ctx context.Context, s *spot) error {
	same, err := r.sameOther(s)
	if err != nil {
		return err
	}
	if same {
		if s.st.Mtim.Nano() != s.e.Mtime {
			return r.d.disk.touch(s.at, s.name, s.e.Mtime, s.path)
		}
		return nil
	}
	in, err := r.make(ctx, s, func(st *stage, name string) error {
		switch s.e.Type {
		case isLink:
			return r.d.disk.symlink(s.e.Target, st.fd, name, s.path)
		case isPipe:
			return r.d.disk.mknod(st.fd, name, unix.S_IFIFO|0o600, 0, s.path)
		case isChar:
			return r.d.disk.mknod(st.fd, name, unix.S_IFCHR|0o600, s.e.Rdev, s.path)
		default:
			return r.d.disk.mknod(st.fd, name, unix.S_IFBLK|0o600, s.e.Rdev, s.path)
		}
	})
	if err == nil {
		r.ready(in)
	}
	return err
}

func (r *restorer) sameOther(s *spot) (bool, error) {
	if s.kind() != s.e.Type || (s.e.Type == isChar || s.e.Type == isBlock) && s.st.Rdev != s.e.Rdev {
		return false, nil
	}
	if s.e.Type == isLink {
		if target, err := readlink(s.at, s.name); err != nil || target != s.e.Target {
			return false, nil //nolint:nilerr // gone or another type by now: replaced either way
		}
	}
	attrs, err := xattrs(s.at, s.name)
	if err != nil {
		return false, fmt.Errorf("%s: %w", s.path, err)
	}
	return s.e.dressed(s.st, attrs), nil
}

// file hands a file to a worker. It is opened here, where its directory is.
func (r *restorer) file(s *spot) error {
	fd := -1
	if s.kind() == isFile {
		var err error
		fd, err = openFile(s.at, s.name)
		if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ELOOP) {
			return r.failed(fmt.Errorf("open %s: %w", s.path, err))
		}
	}
	e, on := s.e, s.on
	err := r.pool.do(func(buf []byte) error {
		if fd >= 0 {
			defer unix.Close(fd)
			same, err := r.same(r.pool.ctx, e, fd, []string{e.Path}, buf)
			if err != nil || same {
				return r.failed(err)
			}
		}
		in, err := r.replacement(r.pool.ctx, e, on, buf)
		if in != nil {
			r.ready(in)
		}
		return r.failed(err)
	})
	if err != nil && fd >= 0 {
		unix.Close(fd)
	}
	return err
}

// same says whether an open file, known by paths, is as the manifest has it, or cannot be made so.
// What differs but needs no other content is mended.
func (r *restorer) same(ctx context.Context, e *entry, fd int, paths []string, buf []byte) (bool, error) {
	st, err := fstat(fd)
	if err != nil {
		return false, err
	}
	if e.Keep == byLink && st.Ino == e.Inode && st.Dev == r.p.home.dev {
		// The object itself: its content is the only one there is.
		return true, r.mend(ctx, e, fd, paths, buf)
	}
	if st.Size != e.Size || st.Nlink > 1 && st.Ino != e.Inode {
		return false, nil // other content, or one file with some other path, which it was not
	}
	attrs, err := fxattrs(fd)
	if err != nil || !e.dressed(&st, attrs) {
		return false, err // a copy is replaced whole: others may hold it open for writing
	}
	sum, err := hashFile(ctx, fd, buf)
	if err != nil || sum != e.SHA256 {
		return false, err
	}
	if st.Mtim.Nano() != e.Mtime {
		err = r.d.disk.touchFile(fd, e.Mtime, e.Path)
	}
	return true, err
}

// mend checks the content of a linked object and gives it back mode, owner and attributes, which
// reach through the link.
func (r *restorer) mend(ctx context.Context, e *entry, fd int, paths []string, buf []byte) error {
	sum, err := hashFile(ctx, fd, buf)
	if err != nil {
		return fmt.Errorf("read %s: %w", e.Path, err)
	}
	if sum != e.SHA256 {
		r.damage(paths...)
		return nil
	}
	st, err := fstat(fd)
	if err != nil {
		return err
	}
	attrs, err := fxattrs(fd)
	if err != nil || e.dressed(&st, attrs) && st.Mtim.Nano() == e.Mtime {
		return err
	}
	changed, err := r.d.disk.dress(r.p.fd, objectPath(e.Object), e.Path, e)
	if changed {
		r.mu.Lock()
		r.result.Mended++
		r.mu.Unlock()
	}
	return err
}

// replacement makes a file's replacement ready from its object. It gives nil, and notes the damage,
// if the object is not what the manifest says.
func (r *restorer) replacement(ctx context.Context, e *entry, on volume, buf []byte) (*install, error) {
	if e.Keep == inPack {
		return r.unpacked(ctx, e, on, buf)
	}
	object, err := r.p.object(e)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ELOOP) {
		r.damage(e.Path)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the object of %s: %w", e.Path, err)
	}
	defer unix.Close(object)
	st, name, err := r.slot(ctx, on)
	if err != nil {
		return nil, err
	}
	in := &install{stage: st, name: name, path: e.Path}
	if e.Keep == byLink {
		switch linked, err := r.relink(ctx, e, object, in, buf); {
		case err == nil && linked:
			return in, nil
		case err == nil:
			r.damage(e.Path)
			return nil, nil
		case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EMLINK): // mounts changed, too many links
		default:
			return nil, err
		}
	}
	ok, err := r.recopy(ctx, e, object, in, buf)
	if err != nil {
		return nil, err
	}
	if !ok {
		r.damage(e.Path)
		return nil, r.d.disk.unlink(st.fd, name, e.Path)
	}
	return in, nil
}

// unpacked is replacement for a file whose content is in the pack.
func (r *restorer) unpacked(ctx context.Context, e *entry, on volume, buf []byte) (*install, error) {
	content, err := r.p.unpack(ctx, e, buf)
	if err != nil {
		return nil, fmt.Errorf("read %s from the pack: %w", e.Path, err)
	}
	if content == nil {
		r.damage(e.Path)
		return nil, nil
	}
	st, name, err := r.slot(ctx, on)
	if err != nil {
		return nil, err
	}
	to, err := r.newCopy(st, name, e.Path)
	if err != nil {
		return nil, err
	}
	defer unix.Close(to)
	if err := r.d.disk.write(to, content, e.Path); err != nil {
		return nil, err
	}
	_, err = r.d.disk.dress(st.fd, name, e.Path, e)
	return &install{stage: st, name: name, path: e.Path}, err
}

// newCopy makes an empty file in a stage, to be flushed before it is put into place.
func (r *restorer) newCopy(st *stage, name, path string) (int, error) {
	r.mu.Lock()
	st.copies = true
	r.mu.Unlock()
	return r.d.disk.create(st.fd, name, path)
}

// relink makes the replacement a link to the object, if that is undamaged.
func (r *restorer) relink(ctx context.Context, e *entry, object int, in *install, buf []byte) (bool, error) {
	sum, err := hashFile(ctx, object, buf)
	if err != nil {
		return false, fmt.Errorf("read the object of %s: %w", e.Path, err)
	}
	if sum != e.SHA256 {
		return false, nil
	}
	if _, err := r.d.disk.dress(r.p.fd, objectPath(e.Object), e.Path, e); err != nil {
		return false, err
	}
	return true, r.d.disk.link(r.p.fd, objectPath(e.Object), in.stage.fd, in.name, e.Path)
}

// recopy makes the replacement a copy of the object; false means that the object is damaged.
func (r *restorer) recopy(ctx context.Context, e *entry, object int, in *install, buf []byte) (bool, error) {
	to, err := r.newCopy(in.stage, in.name, e.Path)
	if err != nil {
		return false, err
	}
	defer unix.Close(to)
	var sum string
	if (e.Keep == byClone || e.Keep == bySnapshot) && r.d.disk.clone(to, object, e.Path) == nil {
		sum, err = hashFile(ctx, to, buf)
	} else {
		sum, err = r.d.disk.copyFile(ctx, to, object, buf, e.Path)
	}
	if err != nil {
		return false, fmt.Errorf("copy the object of %s: %w", e.Path, err)
	}
	if sum != e.SHA256 {
		return false, nil
	}
	_, err = r.d.disk.dress(in.stage.fd, in.name, e.Path, e)
	return true, err
}

// group is a file with several paths. They are put back together, after the walk has seen them all.
type group struct {
	e     *entry // of the first path
	paths []string
	on    volume
}

func (r *restorer) group(ctx context.Context, g *group) error {
	buf := make([]byte, bufferSize)
	inodes := make([]uint64, len(g.paths)) // 0: not a file
	same, fd := true, -1
	defer func() { unix.Close(fd) }()
	for i, path := range g.paths {
		one, err := r.openPath(path)
		if err != nil {
			return err
		}
		if one < 0 {
			same = false
			continue
		}
		st, err := fstat(one)
		if err != nil {
			unix.Close(one)
			return err
		}
		inodes[i] = st.Ino
		same = same && st.Ino == inodes[0]
		unix.Close(fd)
		fd = one
	}
	if same {
		ok, err := r.same(ctx, g.e, fd, g.paths, buf)
		if err != nil || ok {
			return err
		}
	}
	e := *g.e
	var first *install
	for i, path := range g.paths {
		if e.Keep == byLink && inodes[i] == e.Inode && g.on == r.p.home {
			continue
		}
		e.Path = path
		if first == nil {
			var err error
			if first, err = r.replacement(ctx, &e, g.on, buf); err != nil {
				return err
			}
			if first == nil { // damaged, and so for the other paths
				r.damage(g.paths...)
				return nil
			}
			defer r.ready(first) // when the others are linked to it
			continue
		}
		in := &install{stage: first.stage, name: r.name(first.stage), path: path}
		if err := r.d.disk.link(first.stage.fd, first.name, in.stage.fd, in.name, path); err != nil {
			return err
		}
		r.ready(in)
	}
	return nil
}

func (r *restorer) name(s *stage) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return s.next()
}

// openPath opens the file at a path below the root, or gives -1 if there is none.
func (r *restorer) openPath(path string) (int, error) {
	dir, name := split(path)
	at, err := openBelow(r.root, dir)
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", dir, err)
	}
	defer unix.Close(at)
	st, err := lstat(at, name)
	if errors.Is(err, unix.ENOENT) || err == nil && kindOf(st.Mode) != isFile {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("look at %s: %w", path, err)
	}
	fd, err := openFile(at, name)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ELOOP) {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", path, err)
	}
	return fd, nil
}
