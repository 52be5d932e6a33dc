package journal

import (
	"fmt"
	"io"
	"os"

	"github.com/patchwart/patchwart/internal/core/run"
)

// Reader gives the events of a journal in their order, for sending. It keeps its place in the file, so
// that a long run is not read anew for each batch.
type Reader struct {
	path string
	id   string
	off  int64 // after the last event that was read
	seq  int64 // its sequence number
}

// Reader reads the journal of an order from its beginning.
func (d *Dir) Reader(id string) *Reader { return &Reader{path: d.file(id, endJournal), id: id} }

// Next returns the events after seq and up to safe, the number that Sync or Open said to be on disk:
// at most count of them, and no further one after size bytes.
func (r *Reader) Next(seq, safe int64, count, size int) ([]run.Event, error) {
	if seq < r.seq { // the server knows less than it did
		r.off, r.seq = 0, 0
	}
	f, err := os.Open(r.path)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", r.id, err)
	}
	defer f.Close()
	in := lines(io.NewSectionReader(f, r.off, 1<<40))
	var events []run.Event
	for taken := 0; r.seq < safe && len(events) < count && taken < size; {
		line, whole := in.next()
		rec, err := parse(line)
		if !whole || err != nil || in.err != nil {
			return nil, fmt.Errorf("journal %s: %w after event %d", r.id, ErrDamaged, r.seq)
		}
		r.off += int64(len(line))
		if rec.Event == nil {
			continue
		}
		r.seq = rec.Event.Seq
		if r.seq > seq {
			events = append(events, *rec.Event)
			taken += len(line)
		}
	}
	return events, nil
}
