package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// Mitigate takes a mitigation of a hole on a system. It secures nothing before the host's own report shows
// that it holds (IT-34).
func (s *Server) Mitigate(ctx context.Context, m mitigation.Mitigation) (board.Mitigation, error) {
	m.At, m.EndedBy, m.EndedAt, m.Runs = s.now(), "", time.Time{}, nil
	if m.Hands == "" {
		m.Hands = mitigation.ByAgent
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(m.System); !ok {
			return fault.Missing("Das System", "system", m.System)
		}
		sub, err := s.subject(ctx, c.Tx, e, m.System)
		if err != nil {
			return err
		}
		if err := prepared(&m.Measure, sub); err != nil {
			return err
		}
		if err := m.Check(); err != nil {
			return err
		}
		if m.ID, err = newID("g", c.at); err != nil {
			return err
		}
		if m.Hands == mitigation.ByAgent {
			if err := c.permitMeasure(ctx, sub, m); err != nil {
				return err
			}
		}
		doc, err := json.Marshal(m)
		if err != nil {
			return err
		}
		st, err := c.AddRuling(ctx, store.Ruling{ID: m.ID, Kind: store.RulingMitigation, About: m.Hole, Given: c.at, Document: doc})
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		c.wake()
		return c.enqueue(ctx, jobAssess, m.System, m.Expires)
	})
	if err != nil {
		return board.Mitigation{}, err
	}
	if err := s.carryOut(ctx, m.ID); err != nil {
		return board.Mitigation{}, err
	}
	if _, err := s.assess(ctx, m.System); err != nil {
		return board.Mitigation{}, err
	}
	return s.mitigation(ctx, m.ID)
}

// EndMitigation takes a mitigation back. The clock of the hole runs again.
func (s *Server) EndMitigation(ctx context.Context, id, by string) (board.Mitigation, error) {
	var m mitigation.Mitigation
	err := s.change(ctx, func(c *change) (err error) {
		c.wake()
		m, err = amend(ctx, c, store.RulingMitigation, id, fault.Missing("Die Maßnahme", "mitigation", id), func(m *mitigation.Mitigation) error {
			switch {
			case strings.TrimSpace(by) == "":
				return fault.New(fault.Invalid, lang.T("Es fehlt, wer sie beendet.", "It does not say who ends it."), lang.Text{})
			case !m.EndedAt.IsZero():
				return fault.New(fault.Conflict, lang.Textf("Die Maßnahme %[1]s ist schon beendet.", "The mitigation %[1]s has ended already.", id), lang.Text{})
			}
			m.EndedBy, m.EndedAt = strings.TrimSpace(by), c.at
			return nil
		})
		return err
	})
	if err != nil {
		return board.Mitigation{}, err
	}
	if err := s.carryOut(ctx, id); err != nil {
		return board.Mitigation{}, err
	}
	if _, err := s.assess(ctx, m.System); err != nil {
		return board.Mitigation{}, err
	}
	return s.mitigation(ctx, id)
}

// carryOut has the agent do what a mitigation, or its end, asks for; a busy host is asked again later.
func (s *Server) carryOut(ctx context.Context, id string) error {
	again, err := s.haveMeasure(ctx, id)
	if err != nil || again == 0 {
		return err
	}
	return s.change(ctx, func(c *change) error { return c.enqueue(ctx, jobMeasure, id, c.at.Add(again)) })
}

// Mitigations lists all mitigations, the newest first.
func (s *Server) Mitigations(ctx context.Context) ([]board.Mitigation, error) {
	var out []board.Mitigation
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := mitigations(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range list {
			row, err := s.mitigationRow(ctx, tx, m)
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

func (s *Server) mitigation(ctx context.Context, id string) (board.Mitigation, error) {
	list, err := s.Mitigations(ctx)
	for _, m := range list {
		if m.ID == id {
			return m, err
		}
	}
	return board.Mitigation{}, err
}

// mitigationRow is a mitigation as the host shows it.
func (s *Server) mitigationRow(ctx context.Context, tx *store.Tx, m mitigation.Mitigation) (board.Mitigation, error) {
	now := s.now()
	row := board.Mitigation{Mitigation: m, Text: m.Text(), Over: !m.EndedAt.IsZero() || !now.Before(m.Expires)}
	run, begun, err := lastRun(ctx, tx, m)
	if err != nil {
		return row, err
	}
	facts, ok, err := tx.Facts(ctx, m.System)
	switch {
	case err != nil:
		return row, err
	case !m.EndedAt.IsZero():
		row.Sentence = lang.Textf("Beendet von %[1]s.", "Ended by %[1]s.", m.EndedBy)
		if begun && (!run.Lift || run.Outcome != verdict.Succeeded) {
			row.Sentence = sentences(row.Sentence, run.Sentence)
		}
	case row.Over:
		row.Sentence = lang.T("Abgelaufen; die Lücke ist wieder offen.", "Expired; the hole is open again.")
	case !ok:
		row.Sentence = lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet.")
	default:
		row.Holds, row.Sentence = m.Holds(facts.Facts)
		if begun && !row.Holds {
			row.Sentence = sentences(run.Sentence, row.Sentence)
		}
	}
	clocks, err := tx.ClocksOf(ctx, m.System)
	for _, c := range clocks {
		p, wrong := paperOf(c)
		if wrong != nil || c.CVE != m.Hole {
			continue
		}
		for _, t := range p.Times.Mitigations {
			if t.ID == m.ID && t.TakenBack.IsZero() {
				row.Verified = t.Verified
			}
		}
	}
	return row, err
}

// sentences puts one sentence behind another.
func sentences(a, b lang.Text) lang.Text {
	return lang.Text{DE: strings.TrimSpace(a.DE + " " + b.DE), EN: strings.TrimSpace(a.EN + " " + b.EN)}
}

// lastRun is the newest run about a mitigation.
func lastRun(ctx context.Context, tx *store.Tx, m mitigation.Mitigation) (store.Run, bool, error) {
	if len(m.Runs) == 0 {
		return store.Run{}, false, nil
	}
	return tx.Run(ctx, m.Runs[len(m.Runs)-1])
}

func mitigations(ctx context.Context, tx *store.Tx) ([]mitigation.Mitigation, error) {
	return documents[mitigation.Mitigation](tx.Rulings(ctx, store.RulingMitigation))
}

// mitigated brings the mitigations of a clock up to date: verified when the host shows it for the first time,
// taken back when it does not show it any more, or somebody ended it.
func mitigated(now time.Time, times []clock.Mitigation, list []mitigation.Mitigation, f fact.Facts) []clock.Mitigation {
	for _, m := range list {
		at := slices.IndexFunc(times, func(t clock.Mitigation) bool { return t.ID == m.ID && t.TakenBack.IsZero() })
		holds, _ := m.Holds(f)
		ended := !m.EndedAt.IsZero() || !now.Before(m.Expires)
		switch {
		case at < 0 && (ended || !holds):
		case at < 0: // shown for the first time, or again after it was not
			times = append(times, clock.Mitigation{ID: m.ID, Applied: m.At, Verified: now, Review: m.Review, Expires: m.Expires})
		case !m.EndedAt.IsZero():
			times[at].TakenBack = m.EndedAt
		case !holds && !ended:
			times[at].TakenBack = now
		}
	}
	return times
}
