package files

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Restore implements restore.Driver.
func (d *Driver) Restore(ctx context.Context, id string) (restore.Result, error) {
	res, err := d.restore(ctx, id)
	if err != nil {
		return res, fmt.Errorf("restore: %w", err)
	}
	return res, nil
}

func (d *Driver) restore(ctx context.Context, id string) (restore.Result, error) {
	start := d.clock()
	if err := checkID(id); err != nil {
		return restore.Result{}, err
	}
	store, p, err := d.use(id, unix.LOCK_EX)
	if err != nil {
		return restore.Result{}, err
	}
	defer unix.Close(store)
	defer p.close()
	r := &restorer{d: d, p: p, stages: map[volume]*stage{}, tops: map[volume]top{}, groups: map[uint64]*group{}}
	r.aside = &aside{disk: &d.disk, point: p.fd, path: p.path, fd: -1}
	defer r.close()
	err = r.run(ctx)
	res := r.result
	res.Aside = r.aside.count
	if r.aside.fd >= 0 {
		res.AsideDir = p.path + "/" + asideName
	}
	slices.Sort(r.damaged)
	res.Damaged = r.damaged
	res.Took = d.clock().Sub(start)
	return res, decodedWith(id, err)
}

// restorer is one restore at work.
type restorer struct {
	d     *Driver
	p     *point
	rules *rules
	root  int
	pool  *pool
	aside *aside

	mu       sync.Mutex
	stages   map[volume]*stage
	tops     map[volume]top
	pending  []*install
	result   restore.Result
	damaged  []string // paths whose object is not what the manifest says
	failures []error  // of single paths

	groups map[uint64]*group // only the walk and what comes after it use them
}

// top is where a volume begins.
type top struct {
	path string
	fd   int
}

const (
	flushAt     = 4096 // replacements waiting to be put into place
	maxFailures = 100  // after so many paths that cannot be put back, more will not help
)

func (r *restorer) close() {
	for _, s := range r.stages {
		s.close()
	}
	for _, t := range r.tops {
		unix.Close(t.fd)
	}
	r.aside.close()
	if r.root > 0 {
		unix.Close(r.root)
	}
}

func (r *restorer) run(ctx context.Context) error {
	dec, closer, err := r.p.decode()
	if err != nil {
		return err
	}
	closer.Close()
	if r.rules, r.root, err = openRoot(dec.header, r.d.store); err != nil {
		return err
	}
	if err := r.d.disk.unlink(r.p.fd, reserveName, r.p.path+"/"+reserveName); err != nil && !errors.Is(err, unix.ENOENT) {
		return err
	}
	if err := r.putBack(ctx); err != nil {
		return err
	}
	if err := r.tidy(ctx); err != nil {
		return err
	}
	for _, t := range r.tops {
		if err := r.d.disk.syncfs(t.fd, t.path); err != nil {
			return err
		}
	}
	if err := r.d.disk.syncfs(r.p.fd, r.p.path); err != nil {
		return err
	}
	r.result.Verified, err = r.d.verify(ctx, r.p)
	if err != nil {
		return err
	}
	return r.verdict()
}

// verdict is the error for what the verification found.
func (r *restorer) verdict() error {
	var err error
	if len(r.damaged) > 0 {
		err = &restore.DamagedError{ID: r.p.ID, Paths: r.damaged}
	}
	v := r.result.Verified
	if v.Identical() {
		return err
	}
	if i := slices.IndexFunc(v.Differences, func(d restore.Difference) bool { return !slices.Contains(r.damaged, d.Path) }); i >= 0 || v.Omitted > 0 {
		first := v.Differences[max(i, 0)]
		err = errors.Join(err, fmt.Errorf("restore point %s: %w: %d differences, the first at %s: %s is %q instead of %q",
			r.p.ID, restore.ErrNotIdentical, len(v.Differences)+v.Omitted, first.Path, first.Aspect, first.Got, first.Want))
	}
	return err
}

// match goes through the manifest from its start.
func (r *restorer) match(ctx context.Context, entry, extra func(*spot) error, leave func(int, *entry) error) error {
	dec, closer, err := r.p.decode()
	if err != nil {
		return err
	}
	defer closer.Close()
	m := &matcher{ctx: ctx, rules: r.rules, dec: dec, extra: extra, leave: leave, volume: r.volume}
	m.entry = func(s *spot) error {
		r.d.tell("restore", m.paths, r.p.Files)
		return entry(s)
	}
	return m.match(r.root)
}

// volume notes where a volume begins, for its stage and for flushing it at the end.
func (r *restorer) volume(on volume, path string, fd int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.tops[on]; known {
		return nil
	}
	fd, err := openDir(fd, ".")
	if err != nil {
		return err
	}
	r.tops[on] = top{path: path, fd: fd}
	return nil
}

// stage gives the stage of a volume. The caller holds mu.
func (r *restorer) stage(ctx context.Context, on volume) (*stage, error) {
	if s := r.stages[on]; s != nil {
		return s, nil
	}
	at, name, dir := r.p.fd, stageName, r.p.path
	if on != r.p.home {
		t := r.tops[on]
		at, name, dir = t.fd, ".patchwart-"+stageName, t.path
	}
	s, err := openStage(ctx, &r.d.disk, r.aside, at, name, dir)
	if err != nil {
		return nil, err
	}
	r.stages[on] = s
	return s, nil
}

// slot gives a stage and a free name in it.
func (r *restorer) slot(ctx context.Context, on volume) (*stage, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, err := r.stage(ctx, on)
	if err != nil {
		return nil, "", err
	}
	return s, s.next(), nil
}

// failed notes that one path could not be put back. The others still are, unless the reason would
// stop them as well.
func (r *restorer) failed(err error) error {
	if err == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, err)
	for _, whole := range []error{unix.ENOSPC, unix.EDQUOT, unix.EROFS, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, whole) {
			return err
		}
	}
	if len(r.failures) >= maxFailures {
		return err
	}
	return nil
}

// damage notes that the content of some paths is lost.
func (r *restorer) damage(paths ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range paths {
		if len(r.damaged) < restore.MaxDifferences && !slices.Contains(r.damaged, p) {
			r.damaged = append(r.damaged, p)
		}
	}
}

// putBack brings back everything that is missing or different. Directories appear as they are
// needed; that of existing ones their mode and owner come later, see tidy.
func (r *restorer) putBack(ctx context.Context) error {
	r.mu.Lock()
	_, err := r.stage(ctx, r.p.home) // empties the one that an earlier restore left
	r.mu.Unlock()
	if err != nil {
		return err
	}
	r.pool = newPool(ctx, r.d.workers)
	err = r.match(r.pool.ctx, r.entry, func(*spot) error { return nil }, func(int, *entry) error { return nil })
	if stopped := r.pool.wait(); stopped != nil {
		err = stopped
	}
	if err == nil {
		for _, number := range slices.Sorted(maps.Keys(r.groups)) {
			if err = r.failed(r.group(ctx, r.groups[number])); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = r.flush(ctx)
	}
	if err != nil {
		return err
	}
	return errors.Join(r.failures...)
}

// flush puts into place what is ready: first it is all on disk, then each is renamed, so that a cut
// leaves every path either as it was or as it shall be.
func (r *restorer) flush(ctx context.Context) error {
	r.mu.Lock()
	ready := r.pending
	r.pending = nil
	var dirty []*stage
	for _, s := range r.stages {
		if s.copies {
			dirty, s.copies = append(dirty, s), false
		}
	}
	r.mu.Unlock()
	for _, s := range dirty {
		if err := r.d.disk.syncfs(s.fd, s.path); err != nil {
			return err
		}
	}
	dir, at := "", -1
	defer func() { unix.Close(at) }()
	for _, in := range ready {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		parent, name := split(in.path)
		if parent != dir || at < 0 {
			unix.Close(at)
			var err error
			if at, err = openBelow(r.root, parent); err != nil {
				at = -1
				if err := r.failed(fmt.Errorf("open %s: %w", parent, err)); err != nil {
					return err
				}
				continue
			}
			dir = parent
		}
		err := in.place(ctx, &r.d.disk, r.aside, r.rules, at, name)
		if err == nil {
			r.result.Replaced++
		}
		if err := r.failed(err); err != nil {
			return err
		}
	}
	return nil
}

// tidy moves aside what came since, and gives directories what only holds once nothing in them
// changes any more.
func (r *restorer) tidy(ctx context.Context) error {
	for on, s := range r.stages {
		if err := s.remove(ctx, &r.d.disk, r.aside); err != nil {
			return err
		}
		s.close()
		delete(r.stages, on)
	}
	err := r.match(ctx,
		func(*spot) error { return nil },
		func(s *spot) error { return r.failed(r.aside.take(ctx, s.at, s.name, s.path)) },
		func(fd int, e *entry) error {
			if fd < 0 {
				return nil
			}
			changed, err := r.d.disk.dress(fd, ".", e.Path, e)
			if changed {
				r.result.Mended++
			}
			return r.failed(err)
		})
	if err != nil {
		return err
	}
	return errors.Join(r.failures...)
}
