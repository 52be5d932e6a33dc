package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// refusals are the reports of refused orders that the server does not have yet, one file each.
type refusals struct{ path string }

// Bounds of what is kept for the server. What comes beyond is not kept: somebody who floods a host
// with bad orders shall not fill its disk.
const (
	maxRefusals = 100
	maxRefusal  = 16 << 10
)

func openRefusals(path string) (*refusals, error) {
	if err := durable.Private(path); err != nil {
		return nil, err
	}
	return &refusals{path: path}, nil
}

// names lists the files, oldest first: their names begin with the time.
func (r *refusals) names() ([]string, error) {
	entries, err := os.ReadDir(r.path)
	if err != nil {
		return nil, fmt.Errorf("refusals: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// add keeps a refusal. It is not fresh if the same document was refused for the same reason and the
// server does not have that yet, or if there is no room.
func (r *refusals) add(w wire.Refusal) (fresh bool, err error) {
	names, err := r.names()
	if err != nil {
		return false, err
	}
	ending := fmt.Sprintf("-%s-%s.json", w.Code, w.Digest)
	for _, n := range names {
		if strings.HasSuffix(n, ending) {
			return false, nil
		}
	}
	if len(names) >= maxRefusals {
		return false, nil
	}
	doc, err := json.Marshal(w)
	if err != nil {
		return false, fmt.Errorf("refusals: %w", err)
	}
	name := w.At.UTC().Format("20060102T150405.000000000") + ending
	return true, durable.Write(filepath.Join(r.path, name), doc)
}

// each calls send for each refusal, oldest first, and forgets those that were sent. A file that
// cannot be read is dropped: it was never whole.
func (r *refusals) each(send func(wire.Refusal) error) error {
	names, err := r.names()
	if err != nil {
		return err
	}
	var failed error
	for _, n := range names {
		path := filepath.Join(r.path, n)
		doc, err := durable.Read(path, maxRefusal)
		if err != nil && !errors.Is(err, durable.ErrTooLarge) {
			failed = errors.Join(failed, err)
			continue
		}
		var w wire.Refusal
		if json.Unmarshal(doc, &w) == nil {
			if err := send(w); err != nil {
				return errors.Join(failed, err)
			}
		}
		if err := durable.Remove(path); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
