// Package journal is what the agent writes down before it acts. One file holds one run: the signed
// work order first, then one event a line, each with a checksum.
//
// The rules:
//
//   - What leads to an act is on disk (fsync) before the act: Append returns only then. Live text of
//     tools (run.Line) is not waited for; it leads to nothing.
//   - An event that the state machine does not allow is never written.
//   - Nothing leaves the host that is not on disk here: a sequence number that the server knows can
//     never be given to another event after a power cut (see Sync and Reader).
//   - A torn end is cut off when the journal is opened: it was never acted upon. Damage before the
//     end is an error, ErrDamaged, and such a journal is neither continued nor deleted.
//   - Room is reserved when the journal is begun, so that a full disk does not stop a run between
//     the first write and the way back.
package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// ErrDamaged says that a journal has lines that do not hold and that were on disk once: what was done
// cannot be told, so nothing more is done by it.
var ErrDamaged = errors.New("journal is damaged")

// reserve is the room that is set aside for a run, in bytes.
const reserve = 4 << 20

// Journal is the open journal of one run. Its methods may be called by several goroutines.
type Journal struct {
	id    string
	order wire.Signed
	boot  string // the present boot

	flushing  sync.Mutex // held around a flush that mu is not held for
	mu        sync.Mutex
	file      *os.File
	size      int64 // bytes of whole lines
	state     run.State
	safe      int64 // last sequence number on disk
	lines     int
	writtenIn string // boot during which applying, or later rebooting, was begun
	lastIn    string // boot during which the last event was written
	broken    error  // a failed write or flush: what is on disk is unknown from here on
}

// ID is the order's.
func (j *Journal) ID() string { return j.id }

// Order is the signed order as it came. Whoever acts on it opens it, which verifies the signature.
func (j *Journal) Order() wire.Signed { return j.order }

// State is what the events so far amount to.
func (j *Journal) State() run.State {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state
}

// Lines is how many lines of live text were written.
func (j *Journal) Lines() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines
}

// Booted reports whether the host has booted since the last event was written. What cannot be told is no boot.
func (j *Journal) Booted() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.boot != "" && j.lastIn != "" && j.lastIn != j.boot
}

// SameBoot reports whether the host has not booted since applying was begun, or, if that is later, since
// rebooting was. It is false before that.
func (j *Journal) SameBoot() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.boot != "" && j.writtenIn == j.boot
}

// Append writes the event with the next sequence number, and returns what has to be done next. It
// returns after the event is on disk, except for live text. After an error the journal must be closed
// and opened again: what of the event is on disk is not known.
func (j *Journal) Append(e run.Event) (run.Effect, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return run.Effect{}, j.broken
	}
	e.Order, e.Seq = j.id, j.state.Seq+1
	next, effect, err := run.Apply(j.state, e)
	if err != nil {
		return run.Effect{}, fmt.Errorf("journal %s: %w", j.id, err)
	}
	line, err := record{Event: &e, Boot: j.boot, Safe: j.safe}.line()
	if err != nil {
		return run.Effect{}, err
	}
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		j.broken = fmt.Errorf("journal %s: write: %w", j.id, err)
		return run.Effect{}, j.broken
	}
	j.size += int64(len(line))
	j.note(e, next, j.boot)
	if e.Kind == run.Line {
		return effect, nil
	}
	if err := j.flush(); err != nil {
		return run.Effect{}, err
	}
	return effect, nil
}

// note takes over an event that was written or read.
func (j *Journal) note(e run.Event, next run.State, boot string) {
	j.state, j.lastIn = next, boot
	switch {
	case e.Kind == run.Line:
		j.lines++
	case e.Kind == run.Begun && (e.Step == run.Applying || e.Step == run.Rebooting):
		j.writtenIn = boot
	}
}

// Safe is the last sequence number that is known to be on disk.
func (j *Journal) Safe() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.safe
}

// Sync puts live text on disk and returns the last sequence number that is there. Writing goes on
// meanwhile: who writes live text is a package manager that nobody should hold up.
func (j *Journal) Sync() (int64, error) {
	j.flushing.Lock()
	defer j.flushing.Unlock()
	j.mu.Lock()
	file, seq, safe, err := j.file, j.state.Seq, j.safe, j.broken
	j.mu.Unlock()
	if err != nil || seq == safe {
		return safe, err
	}
	err = unix.Fdatasync(int(file.Fd()))
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		return j.safe, j.fail(err)
	}
	j.safe = max(j.safe, seq)
	return j.safe, nil
}

func (j *Journal) flush() error {
	if err := unix.Fdatasync(int(j.file.Fd())); err != nil {
		return j.fail(err)
	}
	j.safe = j.state.Seq
	return nil
}

// fail ends the use of the file: a second fsync after a failed one may report success for lost data,
// so nobody asks again.
func (j *Journal) fail(err error) error {
	j.broken = fmt.Errorf("journal %s: fsync: %w", j.id, err)
	return j.broken
}

// Close flushes and closes the file. The reserved room of an ended run is given back.
func (j *Journal) Close() error {
	_, err := j.Sync()
	j.flushing.Lock()
	defer j.flushing.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	if err == nil && j.state.Ended {
		err = j.file.Truncate(j.size)
	}
	if cerr := j.file.Close(); err == nil {
		err = cerr
	}
	j.file = nil
	if j.broken == nil {
		j.broken = fmt.Errorf("journal %s: %w", j.id, os.ErrClosed)
	}
	return err
}

// reserveRoom sets disk blocks aside without changing the size. File systems that cannot do it are
// no reason to refuse; a full one is.
func reserveRoom(f *os.File) error {
	err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, reserve)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return err
}

var _ io.Closer = (*Journal)(nil)
