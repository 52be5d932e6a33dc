package server

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

// reevaluate decides every stored decision again, from its stored facts, the text of the policy version and
// the texts of the agreements that took part, and holds it against what was stored, byte by byte.
func (s *Server) reevaluate(ctx context.Context, tx *store.Tx) (board.Reevaluation, error) {
	var out board.Reevaluation
	sh, err := readShelf(ctx, tx, time.Time{})
	if err != nil {
		return out, err
	}
	check := func(where string, held estate.Held, at time.Time, d policy.Decision) error {
		out.Decisions++
		if out.Differs != nil {
			return nil // the first is told
		}
		again, why := sh.again(d, s.dayFor(held, at))
		was, err := json.Marshal(d)
		if err != nil {
			return err
		}
		is, err := json.Marshal(again)
		if err != nil {
			return err
		}
		if why.IsZero() && !bytes.Equal(was, is) {
			why = lang.Textf("gespeichert ist %[1]s, aus den gespeicherten Angaben folgt %[2]s", "stored is %[1]s, from the stored facts follows %[2]s", d.Answer(), again.Answer())
		}
		if !why.IsZero() {
			out.Differs = &board.Differing{Where: where, Text: why}
		}
		return nil
	}
	err = tx.Each(ctx, store.KindPaper, func(subject string) error {
		id, phase, _ := strings.Cut(subject, "/")
		paper, ok, err := tx.Paper(ctx, id, store.Phase(phase))
		if err != nil || !ok {
			return err
		}
		for _, item := range paper.Request.Items {
			if err := check(subject+"/"+item.Finding.Package, paper.Request.Held, paper.Request.At, item.Decision); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	err = tx.Each(ctx, store.KindDecision, func(id string) error {
		row, ok, err := tx.Decision(ctx, id)
		if err != nil || !ok {
			return err
		}
		kept, readable := readRefused(row.Document)
		if !readable { // a finding, not a fault of ours
			out.Differs = &board.Differing{Where: id, Text: lang.T("ist nicht zu lesen", "cannot be read")}
			return nil
		}
		for _, d := range kept.Decisions {
			if err := check(id, kept.Held, row.At, d); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// readRefused reads what was kept of a refusal.
func readRefused(doc []byte) (kept refusedDecision, ok bool) {
	err := json.Unmarshal(doc, &kept)
	return kept, err == nil
}

// again decides as it was decided then. The text says why that is not possible.
func (sh *shelf) again(d policy.Decision, day string) (policy.Decision, lang.Text) {
	if d.PolicyID == "" {
		return policy.Decide(nil, d.Facets), lang.Text{}
	}
	known, ok := sh.version(d.PolicyID)
	if !ok || known.Version.SHA256 != d.PolicySHA256 {
		return d, lang.Textf("die Fassung %[1]s ist nicht mehr die, nach der entschieden wurde", "the version %[1]s is not the one any more that was decided by", d.PolicyID)
	}
	var ids []string
	for _, a := range d.Agreements {
		if have := sh.agreements[a.ID]; have == nil || have.SHA256 != a.SHA256 {
			return d, lang.Textf("die Sonderabsprache %[1]s ist nicht mehr die, nach der entschieden wurde", "the individual agreement %[1]s is not the one any more that was decided by", a.ID)
		}
		ids = append(ids, a.ID)
	}
	return policy.Decide(sh.lay(known.Version, ids, day).version, d.Facets), lang.Text{}
}
