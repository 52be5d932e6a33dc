package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/patchwart/patchwart/internal/core/run"
)

// load reads a journal from its first line and folds its events, as far as they hold.
func (j *Journal) load() error {
	in := lines(io.NewSectionReader(j.file, 0, 1<<40))
	first, ok := in.next()
	r, err := parse(first)
	if !ok || err != nil || r.Order == nil {
		return fmt.Errorf("journal %s: %w: its first line is not the work order", j.id, ErrDamaged)
	}
	j.order, j.size = *r.Order, int64(len(first))
	for number := 2; ; number++ {
		line, whole := in.next()
		if len(line) == 0 {
			break
		}
		r, err := parse(line)
		if err == nil && (!whole || r.Event == nil) {
			err = errLine
		}
		if err == nil {
			err = j.fold(r)
		}
		if err == nil {
			j.size += int64(len(line))
			continue
		}
		if errors.Is(err, errLine) && !j.promised(in) {
			break // torn: what follows was never on disk as a whole, so it was never acted upon
		}
		return fmt.Errorf("journal %s: %w: line %d: %w", j.id, ErrDamaged, number, err)
	}
	if in.err != nil {
		return fmt.Errorf("journal %s: read: %w", j.id, in.err)
	}
	return nil
}

func (j *Journal) fold(r record) error {
	if r.Event.Seq != j.state.Seq+1 || r.Event.Order != j.id {
		return fmt.Errorf("event %d of %q after event %d of %q", r.Event.Seq, r.Event.Order, j.state.Seq, j.id)
	}
	next, _, err := run.Apply(j.state, *r.Event)
	if err != nil {
		return err
	}
	j.note(*r.Event, next, r.Boot)
	return nil
}

// promised reports whether a later line says that more than what was read so far had reached the
// disk. Then the bad line was not torn but damaged afterwards.
func (j *Journal) promised(in *reader) bool {
	for {
		line, _ := in.next()
		if len(line) == 0 {
			return false
		}
		if r, err := parse(line); err == nil && r.Safe > j.state.Seq {
			return true
		}
	}
}

// cut drops what lies behind the last good line, and makes sure that what was read is on disk.
func (j *Journal) cut() error {
	info, err := j.file.Stat()
	if err == nil && info.Size() != j.size {
		if err = j.file.Truncate(j.size); err == nil && !j.state.Ended {
			err = reserveRoom(j.file)
		}
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("journal %s: cut off its torn end: %w", j.id, err)
	}
	j.safe = j.state.Seq
	return nil
}

// reader splits a file into lines of bounded length.
type reader struct {
	in  *bufio.Reader
	err error
}

func lines(r io.Reader) *reader { return &reader{in: bufio.NewReaderSize(r, 16<<10)} }

// next returns the next line with its newline; whole is false for what stands behind the last newline
// and for what is longer than any record. An empty line slice is the end.
func (r *reader) next() (line []byte, whole bool) {
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, len(line) <= maxRecord+10
		case errors.Is(err, bufio.ErrBufferFull) && len(line) <= maxRecord+10:
			continue
		case errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull):
			return line, false
		default:
			r.err = err
			return nil, false
		}
	}
}
