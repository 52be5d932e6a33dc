package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Name is what points of this driver carry as their Driver.
const Name = "files"

// Driver keeps points in one store directory. It is safe for concurrent use; writers exclude each
// other with restore.ErrBusy.
type Driver struct {
	store      string
	disk       disk
	clock      func() time.Time
	progress   func(restore.Progress)
	workers    int
	writers    func() map[inodeID]bool
	name       string
	snaps      Snapshots
	bySnapshot bool  // whether Save uses them
	pace       int64 // bytes a second that Prepare reads; 0 = no limit
}

var (
	_ restore.Driver   = (*Driver)(nil)
	_ restore.Preparer = (*Driver)(nil)
)

// Option changes how a Driver works.
type Option func(*Driver)

// WithClock sets what a point's creation and durations are measured by; the default is time.Now.
func WithClock(now func() time.Time) Option { return func(d *Driver) { d.clock = now } }

// WithProgress sets a function that is told every few hundred paths how far the work is. It must be
// quick and is called from one goroutine at a time.
func WithProgress(tell func(restore.Progress)) Option { return func(d *Driver) { d.progress = tell } }

// WithFault sets a function that is asked before every change to the file system, with the kind of
// change and the path; its error takes the place of the change. It is how tests cut work off at any
// point or let a disk fail. It is called from several goroutines.
func WithFault(fault func(op, path string) error) Option {
	return func(d *Driver) { d.disk.fault = fault }
}

// New gives the driver for the points in store, an absolute path. Save makes the directory.
func New(store string, opts ...Option) *Driver {
	d := &Driver{store: store, clock: time.Now, workers: runtime.GOMAXPROCS(0), writers: writers, name: Name, pace: DefaultPace}
	for _, o := range opts {
		o(d)
	}
	return d
}

func (d *Driver) tell(phase string, done, total int) {
	if d.progress != nil && (done%256 == 0 || done == total) {
		d.progress(restore.Progress{Phase: phase, Done: done, Total: total})
	}
}

// ids become directory names; what starts with a dot is the driver's own.
var validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

func checkID(id string) error {
	if !validID.MatchString(id) {
		return fmt.Errorf("restore point name %q: use letters, digits, dot, dash and underscore, 128 at most", id)
	}
	return nil
}

// makeStore makes the store root-only.
func (d *Driver) makeStore() error {
	return d.disk.do("mkdir", d.store, func() error { return os.MkdirAll(d.store, 0o700) })
}

// openStore opens the store and keeps others out of it: who may change a saved set-uid binary, or a
// manifest, owns the host after the next restore.
func (d *Driver) openStore() (int, error) {
	if !filepath.IsAbs(d.store) {
		return -1, fmt.Errorf("%w: %q is not an absolute path", restore.ErrUnsafe, d.store)
	}
	fd, err := openDir(unix.AT_FDCWD, d.store)
	if err != nil {
		return -1, fmt.Errorf("restore store %s: %w", d.store, err)
	}
	st, err := fstat(fd)
	if err == nil && int(st.Uid) != os.Geteuid() {
		err = fmt.Errorf("%w: %s belongs to user %d", restore.ErrUnsafe, d.store, st.Uid)
	}
	if err == nil && st.Mode&0o7777 != 0o700 {
		err = d.disk.do("chmod", d.store, func() error { return unix.Fchmod(fd, 0o700) })
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// lock opens the store for a caller that changes it, or reads what must not change meanwhile.
func (d *Driver) lock(how int) (int, error) {
	fd, err := d.openStore()
	if err != nil {
		return -1, err
	}
	err = again(func() error { return unix.Flock(fd, how|unix.LOCK_NB) })
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = restore.ErrBusy
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("restore store %s: %w", d.store, err)
	}
	return fd, nil
}

// Estimate says what a point of sc would take in the store, before anything is written.
func (d *Driver) Estimate(ctx context.Context, sc restore.Scope) (restore.Space, error) {
	at := d.store
	if _, err := os.Stat(at); errors.Is(err, os.ErrNotExist) {
		at = sc.Root
	}
	s, err := d.survey(ctx, sc, at)
	if err != nil {
		return restore.Space{}, err
	}
	defer unix.Close(s.root)
	return s.census.need, nil
}

// List gives the points by the time they were created. It needs no lock and reads no manifest.
func (d *Driver) List(ctx context.Context) ([]restore.Point, error) {
	store, err := d.openStore()
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer unix.Close(store)
	names, err := readNames(store)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", d.store, err)
	}
	var out []restore.Point
	for _, id := range names {
		if checkID(id) != nil {
			continue
		}
		p, err := d.describe(store, id)
		if errors.Is(err, unix.ENOENT) { // dropped since
			continue
		}
		if errors.Is(err, restore.ErrPointDamaged) { // it must not hide the others
			p, err = restore.Point{ID: id, Driver: d.name}, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b restore.Point) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, ctx.Err()
}
