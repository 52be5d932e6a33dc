package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// Beside a journal lie two small files: how far the server knows it, and how the host looked before.

// Sent is how far the server has the events of a run.
type Sent struct {
	Seq int64 `json:"seq"` // the server has all events up to this one, durably
	// Done says that the run has ended and the server knows its end.
	Done bool `json:"done"`
}

// Sent reads how far the server knows the run. It is zero when nothing was sent; a file that does
// not hold counts as nothing sent, because sending twice is harmless.
func (d *Dir) Sent(id string) (Sent, error) {
	doc, err := d.read(id, endSent)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errLine), errors.Is(err, durable.ErrTooLarge):
		return Sent{}, nil
	case err != nil:
		return Sent{}, err
	}
	var s Sent
	if json.Unmarshal(doc, &s) != nil {
		s = Sent{}
	}
	return s, nil
}

// SetSent writes how far the server knows the run. Only the end is waited for: a place that is lost
// in a power cut means that some events are sent twice.
func (d *Dir) SetSent(id string, s Sent) error {
	if s.Done {
		return d.write(id, endSent, s)
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("journal %s: marshal: %w", id, err)
	}
	return durable.Replace(d.file(id, endSent), seal(doc))
}

// Before reads the observation of the host before the run. Damage is an error: a comparison with a
// guess would be worse than none.
func (d *Dir) Before(id string) (verdict.Observation, error) {
	doc, err := d.read(id, endBefore)
	if err != nil {
		return verdict.Observation{}, fmt.Errorf("journal %s: state before the run: %w", id, err)
	}
	var o verdict.Observation
	if err := json.Unmarshal(doc, &o); err != nil {
		return verdict.Observation{}, fmt.Errorf("journal %s: state before the run: %w", id, err)
	}
	return o, nil
}

// SetBefore keeps the observation of the host before the run.
func (d *Dir) SetBefore(id string, o verdict.Observation) error { return d.write(id, endBefore, o) }

func (d *Dir) write(id, ending string, v any) error {
	doc, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("journal %s: marshal: %w", id, err)
	}
	return durable.Write(d.file(id, ending), seal(doc))
}

func (d *Dir) read(id, ending string) ([]byte, error) {
	doc, err := durable.Read(d.file(id, ending), maxRecord)
	if err != nil {
		return nil, err
	}
	return unseal(doc)
}
