package files

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// DefaultPace is how many bytes a second Prepare reads at most: a host at work hardly notices it.
const DefaultPace = 64 << 20

// WithPace sets how many bytes a second Prepare reads at most; 0 is without limit.
func WithPace(bytes int64) Option { return func(d *Driver) { d.pace = bytes } }

// Prepare implements restore.Preparer: it reads what a save of sc would have to read and need not keep a copy of,
// so that the save finds it read. Files that change meanwhile are left to the save.
func (d *Driver) Prepare(ctx context.Context, sc restore.Scope) (restore.Preparation, error) {
	done, err := d.prepare(ctx, sc)
	if err != nil {
		return done, fmt.Errorf("prepare restore points: %w", err)
	}
	return done, nil
}

func (d *Driver) prepare(ctx context.Context, sc restore.Scope) (done restore.Preparation, err error) {
	if err := sc.Check(); err != nil {
		return done, err
	}
	if err := d.makeStore(); err != nil {
		return done, err
	}
	store, err := d.openStore()
	if err != nil {
		return done, err
	}
	defer unix.Close(store)
	s, err := d.survey(ctx, sc, d.store)
	if err != nil {
		return done, err
	}
	defer unix.Close(s.root)
	before, after := d.recall(store), newSums(d.clock())
	buf := make([]byte, bufferSize)
	w := &walker{rules: s.rules, visit: func(n *node) error {
		if n.kind != isFile || s.keeper.how(n.path, &n.st, n.on) == byCopy {
			return nil
		}
		done.Files++
		if known, ok := before.of(n.path, &n.st); ok {
			after.put(n.path, known)
			return nil
		}
		read, err := after.read(ctx, n, buf)
		if err != nil {
			return err
		}
		done.Read += read
		return d.breathe(ctx, read)
	}}
	walked := w.walk(ctx, s.root)
	// Only now: nobody has to wait for the reading. What a save noted meanwhile and is lost here is read again.
	if err := again(func() error { return unix.Flock(store, unix.LOCK_EX|unix.LOCK_NB) }); err != nil {
		return done, errors.Join(walked, restore.ErrBusy)
	}
	if walked != nil { // what was read so far is worth keeping, and what was known without it as well
		for path, one := range before.known {
			if _, anew := after.known[path]; !anew {
				after.put(path, one)
			}
		}
	}
	return done, errors.Join(walked, d.remember(store, after))
}

// read notes the sum of a file, unless it changes meanwhile, and says how many bytes were read.
func (s *sums) read(ctx context.Context, n *node, buf []byte) (int64, error) {
	fd, err := openFile(n.at, n.name)
	if err != nil {
		return 0, nil // gone, or no file any more
	}
	defer unix.Close(fd)
	hex256, err := hashFile(ctx, fd, buf)
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", n.path, err)
	}
	st, err := fstat(fd)
	if err == nil && stateOf(&st) == stateOf(&n.st) {
		s.note(n.path, &st, hex256)
	}
	return n.st.Size, nil
}

// breathe waits as long as reading so much may take at the driver's pace.
func (d *Driver) breathe(ctx context.Context, read int64) error {
	if d.pace <= 0 || read == 0 {
		return nil
	}
	t := time.NewTimer(time.Duration(float64(read) / float64(d.pace) * float64(time.Second)))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
