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
			return nil
		}
		if out.Decisions, err = s.reevaluate(ctx, tx); err != nil {
			return err
		}
		out.Text = lang.Textf("%[1]s %[2]d Entscheidungen noch einmal getroffen, alle gleich.", "%[1]s %[2]d decisions made again, all the same.", out.Text, out.Decisions.Decisions)
		if d := out.Decisions.Differs; d != nil {
			out.Good = false
			out.Text = lang.Textf("Die Entscheidung %[1]s folgt nicht aus dem, worauf sie beruht: %[2]s.", "The decision %[1]s does not follow from what it rests on: %[2]s.", d.Where, d.Text)
		}
		return nil
	})
	return out, err
}
