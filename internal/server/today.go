package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	// recent is how far back the start page looks for what ended.
	recent = 7 * 24 * time.Hour
	// silentAfter is how long a host may be quiet. Agents poll at least once a minute.
	silentAfter = 5 * time.Minute
)

// Today is the start page: what needs a person, what runs, what comes, what is fine.
func (s *Server) Today(ctx context.Context) (board.Today, error) {
	out := board.Today{Now: s.now()}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		if err := s.todaysRuns(ctx, tx, e, &out); err != nil {
			return err
		}
		if err := s.todaysHoles(ctx, tx, &out); err != nil {
			return err
		}
		agents, err := agentsByName(ctx, tx)
		if err != nil {
			return err
		}
		accepted, err := acceptedRoots(ctx, tx)
		if err != nil {
			return err
		}
		out.Total = len(e.Systems)
		known := map[string]*cadence.Dates{} // by contract
		tx.ReadAhead()
		held := e.All()
		for _, sys := range e.Systems {
			sub, err := s.subjectOf(ctx, tx, held[sys.Name])
			if err != nil {
				return err
			}
			access, err := accessBeside(accepted[sys.Name], sub.held, sub.facts)
			if err != nil {
				return err
			}
			if fresh := drift(access); len(fresh) > 0 {
				out.Drift = append(out.Drift, board.Drift{System: sys.Name, Customer: sub.held.Customer.Name, New: fresh})
			}
			granted, refusals := mandate.Grant(sub.request("", out.Now))
			s.todaysSystem(sub, refusals, agents, &out)
			if err := s.todaysDates(ctx, tx, sub, granted, known, &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// todaysRuns sorts the runs into what needs a person, what runs, what comes and what is done. Of the
// runs that ended badly only a system's newest counts: what went well since is settled.
func (s *Server) todaysRuns(ctx context.Context, tx *store.Tx, e estate.Estate, out *board.Today) error {
	var err error
	if out.Desk, err = deskCount(ctx, tx); err != nil {
		return err
	}
	active, err := tx.ActiveRuns(ctx)
	if err != nil {
		return err
	}
	for _, r := range active {
		row := s.runRow(r, e)
		switch {
		case row.Outcome == verdict.Unknown:
			out.Needs = append(out.Needs, row)
		case r.Stage == board.Planned:
			out.Next = append(out.Next, row)
		default:
			out.Running = append(out.Running, row)
		}
	}
	over, err := tx.EndedRuns(ctx, out.Now.Add(-recent))
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, r := range over {
		row := s.runRow(r, e)
		if r.Outcome == verdict.Succeeded && out.Now.Sub(r.Ended) < 24*time.Hour {
			out.Done = append(out.Done, row)
		}
		if !seen[r.System] && r.Outcome != verdict.Succeeded && r.Outcome != verdict.Deferred {
			out.Needs = append(out.Needs, row)
		}
		seen[r.System] = true
	}
	slices.SortStableFunc(out.Needs, func(a, b board.RunRow) int {
		return cmp.Compare(slices.Index(verdict.Outcomes, b.Outcome), slices.Index(verdict.Outcomes, a.Outcome))
	})
	return nil
}

// todaysSystem adds one system to what waits, what is silent, what is the customer's and what is fine.
func (s *Server) todaysSystem(sub subject, refusals []mandate.Refusal, agents map[string]store.Agent, out *board.Today) {
	name := sub.held.System.Name
	if sub.job().Execution == policy.PartyCustomer {
		out.Yours = append(out.Yours, name)
		return
	}
	a, enrolled := agents[name]
	if !enrolled || out.Now.Sub(a.Seen) > silentAfter {
		out.Silent = append(out.Silent, board.Silent{System: name, Customer: sub.held.Customer.Name, Enrolled: enrolled, Last: a.Seen})
		return
	}
	if sub.facts == nil {
		return
	}
	if files := sub.facts.Conffiles; len(files) > 0 {
		out.Merge = append(out.Merge, board.Merge{System: name, Customer: sub.held.Customer.Name, Files: files})
	}
	if len(finding.Due(*sub.facts)) == 0 {
		if slices.ContainsFunc(out.Clocks, func(c board.ClockRow) bool { return c.System == name && !c.Clock.Secured }) {
			return // nothing to install, and yet not fine
		}
		out.Fine = append(out.Fine, name)
		return
	}
	out.Waiting = append(out.Waiting, waiting(sub, refusals)...)
}

// todaysDates adds the date of the system's standing order that went by with nothing done.
func (s *Server) todaysDates(ctx context.Context, tx *store.Tx, sub subject, granted mandate.Mandate, known map[string]*cadence.Dates, out *board.Today) error {
	if sub.held.Contract.StandingOrder == nil || sub.facts == nil || len(sub.facts.Pending) == 0 {
		return nil
	}
	days, ok := known[sub.held.Contract.ID]
	if !ok {
		var err error
		if days, err = cadence.Of(sub.held.Contract.StandingOrder, sub.held.Window, s.zones, out.Now); err != nil {
			return err
		}
		known[sub.held.Contract.ID] = days
	}
	late, ok, err := s.overdue(ctx, tx, sub, granted, days)
	if ok {
		out.Overdue = append(out.Overdue, late)
	}
	return err
}
