package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Inclusion is an entry together with the proof that a record of that size contains it. Along with a
// signed checkpoint and the public key it can be checked anywhere, without the database.
type Inclusion struct {
	Index    int64            `json:"index"`
	Kind     string           `json:"kind"`
	Subject  string           `json:"subject"`
	At       time.Time        `json:"at"`
	Salt     []byte           `json:"salt"`
	Document []byte           `json:"document"`
	Size     int64            `json:"size"`
	Proof    tlog.RecordProof `json:"proof"`
}

// Prove makes the proof that the record of that size contains the entry. The size is that of a
// checkpoint.
func Prove(ctx context.Context, log Log, index, size int64) (Inclusion, error) {
	in := Inclusion{Index: index, Size: size}
	have, err := log.RecordSize(ctx)
	if err != nil {
		return Inclusion{}, fmt.Errorf("record: %w", err)
	}
	if index < 0 || index >= size || size > have {
		return Inclusion{}, fmt.Errorf("record: no proof of entry %d in the first %d of %d entries", index, size, have)
	}
	err = log.EachRecordEntry(ctx, index, func(got int64, kind, subject string, at time.Time, salt, document []byte) error {
		if got != index {
			return fmt.Errorf("record: entry %d is missing", index)
		}
		in.Kind, in.Subject, in.At, in.Salt, in.Document = kind, subject, at, salt, document
		return errFound
	})
	if !errors.Is(err, errFound) {
		return Inclusion{}, errors.Join(fmt.Errorf("record: entry %d cannot be read", index), err)
	}
	if in.Proof, err = tlog.ProveRecord(size, index, &reader{ctx: ctx, hashes: log}); err != nil {
		return Inclusion{}, fmt.Errorf("record: %w", err)
	}
	return in, nil
}

// ErrProof says that a proof does not hold.
var ErrProof = errors.New("record: the entry is not in the record that the checkpoint speaks of")

// Check holds the entry and its proof against a signed checkpoint.
func (in Inclusion) Check(checkpoint []byte, keys note.Verifiers) error {
	c, err := Open(checkpoint, keys)
	if err != nil {
		return err
	}
	if c.Size != in.Size {
		return fmt.Errorf("%w: it has %d entries, the proof is for %d", ErrProof, c.Size, in.Size)
	}
	if len(in.Salt) != saltSize {
		return fmt.Errorf("%w: malformed salt", ErrProof)
	}
	h := leaf(in.Kind, in.Subject, in.At, in.Salt, in.Document)
	if err := tlog.CheckRecord(in.Proof, c.Size, c.Root, in.Index, h); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}
