package server

import (
	"context"

	"golang.org/x/mod/sumdb/note"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/record"
	"github.com/patchwart/patchwart/internal/store"
)

// checkpoint signs the record as it is now.
func (s *Server) checkpoint(ctx context.Context) error {
	return s.change(ctx, func(c *change) error {
		_, err := record.Sign(ctx, c.Tx, s.keys.signer)
		return err
	})
}

// VerifyRecord recomputes the whole record, holds the state's rows against it, and names the first
// entry that does not match.
func (s *Server) VerifyRecord(ctx context.Context) (board.RecordCheck, error) {
	var out board.RecordCheck
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		r, err := record.Verify(ctx, tx, record.Options{Keys: note.VerifierList(s.keys.signer.Verifier()), State: tx})
		if err != nil {
			return err
		}
		out = board.RecordCheck{Size: r.Size, Root: r.Root, Good: r.Good(), Checkpoint: string(r.Checkpoint)}
		out.Text = lang.Textf("%[1]d Einträge geprüft, keiner verändert.", "%[1]d entries checked, none altered.", r.Size)
		if b := r.Broken; b != nil {
			out.Broken = &board.Broken{Index: b.Index, Kind: b.Kind, What: b.Text()}
			out.Text = b.Text()
		}
		return nil
	})
	return out, err
}
