package server

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/store"
)

// Systems lists all stated systems with what is due on them.
func (s *Server) Systems(ctx context.Context) ([]board.SystemRow, error) {
	var rows []board.SystemRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		agents, err := agentsByName(ctx, tx)
		if err != nil {
			return err
		}
		critical, err := s.openClocks(ctx, tx)
		if err != nil {
			return err
		}
		tx.ReadAhead()
		held := e.All()
		for _, sys := range e.Systems {
			sub, err := s.subjectOf(ctx, tx, held[sys.Name])
			if err != nil {
				return err
			}
			row := systemRow(sub, agents)
			row.Critical = critical[sys.Name]
			if row.Last, row.Next, err = s.lastAndNext(ctx, tx, sys.Name, e); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

func agentsByName(ctx context.Context, tx *store.Tx) (map[string]store.Agent, error) {
	list, err := tx.Agents(ctx)
	if err != nil {
		return nil, err
	}
	agents := make(map[string]store.Agent, len(list))
	for _, a := range list {
		agents[a.System] = a
	}
	return agents, nil
}

func systemRow(sub subject, agents map[string]store.Agent) board.SystemRow {
	a, enrolled := agents[sub.held.System.Name]
	row := board.SystemRow{
		Name: sub.held.System.Name, Customer: sub.held.Customer.Name,
		Model: sub.held.Contract.Model, Package: sub.held.Contract.Package, Policy: sub.held.Contract.Policy,
		Enrolled: enrolled, Seen: a.Seen, Answer: sub.job().Answer(),
	}
	if sub.facts == nil {
		return row
	}
	row.OS = sub.facts.OS.Name
	for _, f := range finding.Due(*sub.facts) {
		row.Due++
		if f.Class == policy.ChangeClassSecurityUpdate {
			row.Security++
		}
		if f.Held {
			row.Held++
		}
	}
	return row
}

// lastAndNext are the newest run of a system that is over and the one that is not; nil: there is none.
func (s *Server) lastAndNext(ctx context.Context, tx *store.Tx, system string, e estate.Estate) (last, next *board.RunRow, err error) {
	over, ok, err := tx.NewestOver(ctx, system)
	if err != nil {
		return nil, nil, err
	}
	if ok {
		row := s.runRow(over, e)
		last = &row
	}
	open, ok, err := tx.ActiveRun(ctx, system)
	if ok {
		row := s.runRow(open, e)
		next = &row
	}
	return last, next, err
}

// System is one system whole.
func (s *Server) System(ctx context.Context, name string) (board.System, error) {
	var out board.System
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		sub, err := s.subject(ctx, tx, e, name)
		if err != nil {
			return err
		}
		agents, err := agentsByName(ctx, tx)
		if err != nil {
			return err
		}
		runs, err := tx.Runs(ctx, board.RunFilter{System: name, Limit: 50})
		if err != nil {
			return err
		}
		out = board.System{
			SystemRow: systemRow(sub, agents), Held: sub.held, FactsHash: sub.hash, Observed: sub.observed,
			DueList: sub.rows(s.now()), Job: sub.job(), Orders: sub.orders,
		}
		if out.Last, out.Next, err = s.lastAndNext(ctx, tx, name, e); err != nil {
			return err
		}
		if row, ok, err := tx.Facts(ctx, name); err != nil {
			return err
		} else if ok {
			out.Facts = &row.Facts
		}
		if out.Slot, out.NoSlot, err = s.nextSlot(ctx, tx, e, sub, runs); err != nil {
			return err
		}
		if out.Root, err = rootAccess(ctx, tx, sub.held, sub.facts); err != nil {
			return err
		}
		for _, r := range runs {
			out.Runs = append(out.Runs, s.runRow(r, e))
		}
		return s.holesOf(ctx, tx, &out)
	})
	return out, err
}

// nextSlot is the slot a run would get now, or why there is none.
func (s *Server) nextSlot(ctx context.Context, tx *store.Tx, e estate.Estate, sub subject, past []store.Run) (*board.Slot, lang.Text, error) {
	if sub.held.Contract.Window == "" {
		return nil, lang.T("Der Vertrag nennt kein Wartungsfenster.", "The contract names no maintenance window."), nil
	}
	t, err := (&change{Tx: tx, server: s, at: s.now()}).timetable(ctx, e)
	if err != nil {
		return nil, lang.Text{}, err
	}
	for _, r := range past { // were there none yet
		if r.Stage == board.Planned {
			t.drop(r.ID)
		}
	}
	median, high := durations(past)
	next, why, err := t.next(t.wish("next", t.held[sub.held.System.Name], schedule.Ordered, median, high))
	if err != nil || why.Code != "" {
		return nil, why.Text(), err
	}
	return &board.Slot{System: sub.held.System.Name, At: t.slot(next, false, high), Estimate: high, Reason: t.why(next, false, high)}, lang.Text{}, nil
}

// Due lists what is due on a system, or on all of them, each with its decision.
func (s *Server) Due(ctx context.Context, system string) ([]board.DueRow, error) {
	var rows []board.DueRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(system); system != "" && !ok {
			return fault.Missing("Das System", "system", system)
		}
		if system == "" {
			tx.ReadAhead()
		}
		held := e.All()
		for _, sys := range e.Systems {
			if system != "" && sys.Name != system {
				continue
			}
			sub, err := s.subjectOf(ctx, tx, held[sys.Name])
			if err != nil {
				return err
			}
			rows = append(rows, sub.rows(s.now())...)
		}
		return nil
	})
	return rows, err
}
