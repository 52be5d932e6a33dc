package record

import (
	"bytes"
	"errors"
	"slices"
	"time"
)

// state holds the rows of the state against the record: each row against its newest entry, in the
// order of the entries, and then whether there is a row without one. The record itself is whole here.
func (w *walk) state(s State) error {
	kinds := s.Kinds()
	err := w.log.EachRecordEntry(w.ctx, 0, func(index int64, kind, subject string, _ time.Time, _, document []byte) error {
		if !slices.Contains(kinds, kind) {
			return nil
		}
		newest, _, err := w.log.NewestRecordEntry(w.ctx, kind, subject)
		if err != nil || newest != index {
			return err
		}
		now, ok, err := s.Document(w.ctx, kind, subject)
		switch {
		case err != nil:
			return err
		case !ok:
			return w.found(Broken{Index: index, Kind: kind, Subject: subject, What: StateMissing})
		case !bytes.Equal(now, document):
			return w.found(Broken{Index: index, Kind: kind, Subject: subject, What: StateAltered})
		}
		return nil
	})
	for _, kind := range kinds {
		if err != nil {
			break
		}
		err = s.Each(w.ctx, kind, func(subject string) error {
			_, ok, err := w.log.NewestRecordEntry(w.ctx, kind, subject)
			if err == nil && !ok {
				err = w.found(Broken{Index: NoIndex, Kind: kind, Subject: subject, What: StateUnrecorded})
			}
			return err
		})
	}
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}
