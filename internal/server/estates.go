package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Apply makes the estate what the document states: all of it, or, when anything in it is wrong, nothing.
// Applying the same document twice changes nothing.
func (s *Server) Apply(ctx context.Context, name string, doc []byte) (board.Applied, error) {
	sh := s.shelf()
	stated, places := estate.Parse(name, doc, s.zones, estate.Known{Policy: sh.knows, Agreement: func(id string) (customer, amends string, ok bool) {
		if a := sh.agreements[id]; a != nil {
			return a.Customer, a.Amends, true
		}
		return "", "", false
	}})
	if len(places) > 0 {
		f := fault.New(fault.Invalid,
			lang.Counted(len(places), lang.T("In %[2]s ist %[1]s Mal etwas nicht in Ordnung; nichts wurde übernommen.", "%[2]s has %[1]s mistake; nothing was applied."),
				lang.T("In %[2]s ist %[1]s Mal etwas nicht in Ordnung; nichts wurde übernommen.", "%[2]s has %[1]s mistakes; nothing was applied."), name),
			lang.T("Die genannten Stellen berichtigen und noch einmal anwenden.", "Correct the places named and apply it again."))
		f.Places = places
		return board.Applied{}, f
	}
	sum := sha256.Sum256(doc)
	var out board.Applied
	err := s.change(ctx, func(c *change) error {
		before, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		changes := estate.Compare(before, stated)
		out = board.Applied{Added: changes.Added, Changed: changes.Changed, Removed: changes.Removed, Unchanged: changes.Unchanged}
		if changes.None() {
			return nil
		}
		st, err := c.SaveEstate(ctx, stated, hex.EncodeToString(sum[:]), c.at)
		c.wake()
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		st, err = c.KeepEstate(ctx, hex.EncodeToString(sum[:]), c.at)
		return c.put(ctx, st, err)
	})
	return out, err
}
