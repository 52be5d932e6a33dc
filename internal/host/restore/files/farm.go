package files

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// farm is the second walk of a save: it keeps every file and makes its entry. The walk itself links
// and opens; workers read and copy; the entries come out in the order of the walk.
type farm struct {
	disk   *disk
	fd     int // the point
	path   string
	s      *survey
	pack   int          // small copies, open for writing
	packed atomic.Int64 // how much of the pack is given away
	number uint64       // of the last object
	dir    int64        // the object directory that is there already, -1 before the first
	groups map[inodeID]*kept
	before *sums // what was read earlier
	after  *sums // what is known when the save is over
}

// kept is an entry on its way from the walk to the manifest.
type kept struct {
	entry
	done  chan struct{} // closed when the entry is filled; nil if it was from the start
	as    *kept         // an earlier path of the same file
	wrong error         // why it could not be
	note  func(string)  // notes its content as that of a path; nil if it is not known
}

// run walks and hands each entry, in order, to emit. first is false for further paths of a file.
func (f *farm) run(ctx context.Context, workers int, emit func(e *entry, first bool) error) error {
	p := newPool(ctx, workers)
	order := make(chan *kept, 1024)
	walked := make(chan error, 1)
	go func() {
		w := &walker{rules: f.s.rules, instead: f.s.keeper.instead(), visit: func(n *node) error {
			k, err := f.keep(p, n)
			if k == nil || err != nil {
				return err
			}
			order <- k
			return nil
		}}
		err := w.walk(p.ctx, f.s.root)
		close(order)
		walked <- err
	}()
	var failed error
	for k := range order { // to the end even after an error: the walk must not be left waiting
		if k.done != nil {
			<-k.done
		}
		if failed == nil {
			failed = f.finish(k, emit)
			if failed != nil {
				p.cancel(failed)
			}
		}
	}
	err := <-walked
	if stopped := p.wait(); failed == nil {
		failed = stopped
	}
	if failed == nil {
		failed = err
	}
	return failed
}

func (f *farm) finish(k *kept, emit func(*entry, bool) error) error {
	if k.as != nil {
		path := k.Path
		k.entry = k.as.entry
		k.Path, k.wrong = path, k.as.wrong
		if k.as.note != nil {
			k.as.note(path)
		}
	}
	if k.wrong != nil {
		return k.wrong
	}
	return emit(&k.entry, k.as == nil)
}

// keep starts keeping one path. It gives nil for a file that is gone again.
func (f *farm) keep(p *pool, n *node) (*kept, error) {
	k := &kept{entry: entry{Path: n.path, Type: n.kind}}
	if n.kind == isKept {
		return k, nil
	}
	k.fill(&n.st)
	if n.kind == isFile {
		return f.keepFile(p, n, k)
	}
	var err error
	if n.kind == isLink {
		if k.Target, err = readlink(n.at, n.name); err != nil {
			return nil, fmt.Errorf("%s %w: %w", n.path, restore.ErrChanging, err)
		}
	}
	if n.kind != isSocket {
		if k.Xattrs, err = xattrs(n.at, n.name); err != nil {
			return nil, fmt.Errorf("%s: %w", n.path, err)
		}
	}
	return k, nil
}

func (f *farm) keepFile(p *pool, n *node, k *kept) (*kept, error) {
	how := f.s.keeper.how(n.path, &n.st, n.on)
	if g := f.s.census.groups[idOf(&n.st)]; g != nil {
		if first := f.groups[idOf(&n.st)]; first != nil {
			k.as = first
			return k, nil
		}
		f.groups[idOf(&n.st)] = k
		k.Group, how = true, g.keep
	}
	f.number++
	k.Object, k.Keep, k.Inode = f.number, how, n.st.Ino
	k.done = make(chan struct{})
	if how == bySnapshot {
		return f.keepFrozen(p, n, k)
	}
	if err := f.makeDir(k.Object); err != nil {
		return nil, err
	}
	if how == byLink {
		switch err := f.disk.link(n.at, n.name, f.fd, objectPath(k.Object), n.path); {
		case err == nil:
			return k, p.do(f.job(k, func(buf []byte) error { return f.readLinked(p.ctx, k, n.st, buf) }))
		case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EMLINK), errors.Is(err, unix.EPERM), errors.Is(err, unix.EOPNOTSUPP):
			k.Keep = byCopy // another mount after all, too many links, immutable
		default:
			return nil, err
		}
	}
	from, err := openFile(n.at, n.name)
	if errors.Is(err, unix.ENOENT) && !k.Group {
		f.number-- // gone since it was listed, as temporary files are
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w: %w", n.path, restore.ErrChanging, err)
	}
	err = p.do(f.job(k, func(buf []byte) error {
		defer unix.Close(from)
		return f.copy(p.ctx, k, from, buf)
	}))
	if err != nil {
		unix.Close(from)
	}
	return k, err
}

// job makes a worker's job of one file; the entry is done even if the job is not.
func (f *farm) job(k *kept, work func(buf []byte) error) func([]byte) error {
	return func(buf []byte) error {
		defer close(k.done)
		k.wrong = work(buf)
		return k.wrong
	}
}

// readLinked fills an entry from the object that is a link to the file, which was as before says until the link
// was made. Inside the store nobody can put something else in its place.
func (f *farm) readLinked(ctx context.Context, k *kept, before unix.Stat_t, buf []byte) error {
	fd, err := openFile(f.fd, objectPath(k.Object))
	if err != nil {
		return fmt.Errorf("%s %w: %w", k.Path, restore.ErrChanging, err)
	}
	defer unix.Close(fd)
	known, isKnown := f.before.of(k.Path, &before)
	return f.steady(fd, k, f.after.noteLinked, func(st *unix.Stat_t) (err error) {
		if st.Ino != before.Ino {
			return fmt.Errorf("%s %w: another file took its place", k.Path, restore.ErrChanging)
		}
		if k.Xattrs, err = fxattrs(fd); err != nil {
			return fmt.Errorf("%s: %w", k.Path, err)
		}
		if isKnown && stateOf(&before).linked(stateOf(st)) {
			k.SHA256 = known.hex256()
			return nil
		}
		if k.SHA256, err = hashFile(ctx, fd, buf); err != nil {
			return fmt.Errorf("read %s: %w", k.Path, err)
		}
		return nil
	})
}

// steady is the function of that name, and notes what was read.
func (f *farm) steady(fd int, k *kept, note func(string, *unix.Stat_t, string), read func(st *unix.Stat_t) error) error {
	var state unix.Stat_t
	err := steady(fd, &k.entry, func(st *unix.Stat_t) error {
		state = *st
		return read(st)
	})
	if err == nil {
		k.noteBy(note, &state)
	}
	return err
}

// noteBy notes what was read while the file was as st says, for this path and for others of the same file.
func (k *kept) noteBy(note func(string, *unix.Stat_t, string), st *unix.Stat_t) {
	k.note = func(path string) { note(path, st, k.SHA256) }
	k.note(k.Path)
}

// content is the sum of an open file that is as st says: known, or read now.
func (f *farm) content(ctx context.Context, k *kept, fd int, st *unix.Stat_t, buf []byte) (err error) {
	if known, ok := f.before.of(k.Path, st); ok {
		k.SHA256 = known.hex256()
		return nil
	}
	k.SHA256, err = hashFile(ctx, fd, buf)
	return err
}

// keepFrozen fills an entry from the snapshot that the walk found the file in: nothing is to be made.
func (f *farm) keepFrozen(p *pool, n *node, k *kept) (*kept, error) {
	k.Snapshot = f.s.keeper.frozen.number[n.st.Dev]
	fd, err := openFile(n.at, n.name)
	if err != nil {
		return nil, fmt.Errorf("open %s in its snapshot: %w", n.path, err)
	}
	err = p.do(f.job(k, func(buf []byte) (err error) {
		defer unix.Close(fd)
		if k.Xattrs, err = fxattrs(fd); err != nil {
			return fmt.Errorf("%s: %w", k.Path, err)
		}
		if err := f.content(p.ctx, k, fd, &n.st, buf); err != nil {
			return fmt.Errorf("read %s: %w", k.Path, err)
		}
		k.noteBy(f.after.note, &n.st)
		return nil
	}))
	if err != nil {
		unix.Close(fd)
	}
	return k, err
}

// makeDir makes the directory an object belongs into, if it is not there from the object before.
func (f *farm) makeDir(object uint64) error {
	dir := int64(object / objectsPerDir)
	if dir == f.dir {
		return nil
	}
	f.dir = dir
	return f.disk.mkdir(f.fd, objectDir(object), f.path+"/"+objectDir(object))
}

// copy fills an entry from the open file and keeps its content in the pack or in an object of its own.
func (f *farm) copy(ctx context.Context, k *kept, from int, buf []byte) error {
	st, err := fstat(from)
	if err != nil {
		return err
	}
	if k.Keep == byCopy && st.Size <= packLimit {
		switch err := steady(from, &k.entry, func(st *unix.Stat_t) error { return f.packFile(ctx, k, from, st, buf) }); {
		case err == nil:
			k.Keep = inPack
			return nil
		case !errors.Is(err, errOutgrown):
			return err
		}
	}
	object := f.path + "/" + objectPath(k.Object)
	to, err := f.disk.create(f.fd, objectPath(k.Object), object)
	if err != nil {
		return err
	}
	defer unix.Close(to)
	used := false
	return f.steady(from, k, f.after.note, func(st *unix.Stat_t) error {
		if used { // a clone does not shorten what is there
			if err := f.disk.truncate(to, 0, object); err != nil {
				return err
			}
		}
		used = true
		return f.copyTo(ctx, k, from, to, st, buf)
	})
}

func (f *farm) copyTo(ctx context.Context, k *kept, from, to int, st *unix.Stat_t, buf []byte) (err error) {
	object := f.path + "/" + objectPath(k.Object)
	k.Inode = st.Ino
	if k.Xattrs, err = fxattrs(from); err != nil {
		return fmt.Errorf("%s: %w", k.Path, err)
	}
	if k.Keep == byClone {
		err := f.disk.clone(to, from, object)
		if err == nil {
			// The shared blocks are in the cache under the file's name, not under the object's. That the
			// file was the same before and after makes its content the object's.
			return f.content(ctx, k, from, st, buf)
		}
		if !cannotClone(err) {
			return err
		}
		k.Keep = byCopy
	}
	if k.SHA256, err = f.disk.copyFile(ctx, to, from, buf, object); err != nil {
		return fmt.Errorf("copy %s: %w", k.Path, err)
	}
	return nil
}

// cannotClone: another file system after all, a swap file, immutable, …
func cannotClone(err error) bool {
	for _, e := range []error{unix.EXDEV, unix.EINVAL, unix.EPERM, unix.EOPNOTSUPP, unix.ETXTBSY, unix.ENOTTY} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (f *farm) count(p *restore.Point, e *entry) {
	switch e.Keep {
	case byLink:
		p.Linked++
	case byClone, bySnapshot:
		p.Cloned++
	case byCopy, inPack:
		p.Copied++
		p.Stored += e.Size
	}
}
