package server

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// endOf is what people are told of how a run ended.
var endOf = map[verdict.Outcome]policy.Happening{
	verdict.Succeeded: policy.HappensDone, verdict.NotEffective: policy.HappensNotEffective, verdict.Partial: policy.HappensPartial,
	verdict.Blocked: policy.HappensBlocked, verdict.Deferred: policy.HappensCancelled, verdict.Restored: policy.HappensRestored,
	verdict.RestoreFailed: policy.HappensRestoreFailed, verdict.Unknown: policy.HappensOverdue, // somebody has to find out
}

// overdueSystems are the systems on which the provider's own updates are due longer than its policy says (IT-31),
// something is there to be installed, and no run is on its way.
func (c *change) overdueSystems(ctx context.Context, e estate.Estate) ([]notice.Fact, error) {
	agents, err := agentsByName(ctx, c.Tx)
	if err != nil {
		return nil, err
	}
	var out []notice.Fact
	for _, sys := range e.Systems {
		agent, enrolled := agents[sys.Name]
		if !enrolled {
			continue // it is listed among the silent ones
		}
		sub, err := c.server.subject(ctx, c.Tx, e, sys.Name)
		if err != nil {
			return nil, err
		}
		if _, recurring := dueAfter(sub, c.at); !recurring || sub.facts == nil || len(sub.items()) == 0 {
			continue
		}
		if _, busy, err := c.ActiveRun(ctx, sys.Name); err != nil || busy {
			if err != nil {
				return nil, err
			}
			continue
		}
		since, known := agent.Enrolled, false
		past, err := c.Runs(ctx, board.RunFilter{System: sys.Name, Limit: 50})
		if err != nil {
			return nil, err
		}
		for _, r := range past {
			if r.Outcome == verdict.Succeeded && r.Measure == "" {
				since, known = r.Slot.From, true
				break
			}
		}
		due, _ := dueAfter(sub, since)
		if !c.at.After(due) {
			continue
		}
		note := lang.Textf("Letzter gelungener Lauf: %[1]s.", "Last run that succeeded: %[1]s.", since.Format(time.DateOnly))
		if !known {
			note = lang.Textf("Seit der Aufnahme am %[1]s gab es keinen gelungenen Lauf.", "No run has succeeded since it was enrolled on %[1]s.", since.Format(time.DateOnly))
		}
		out = append(out, notice.Fact{Run: "overdue-" + sys.Name, System: sys.Name, Stands: policy.HappensOverdue, Since: due, Slot: window.Interval{From: due, To: due}, Note: note})
	}
	return out, nil
}

// dueAfter is when updates are due again that the provider installs of its own accord (IT-30, IT-31); ok is false
// where it does not, or not by the calendar. Dates of standing orders are watched where they are planned.
func dueAfter(sub subject, last time.Time) (due time.Time, ok bool) {
	d := sub.job()
	if d.Execution != policy.PartyProvider || d.Trigger != policy.TriggerProactive {
		return due, false
	}
	switch d.Cadence {
	case policy.CadenceNightly:
		return last.AddDate(0, 0, 1), true
	case policy.CadenceMonthly:
		return last.AddDate(0, 1, 0), true
	case policy.CadenceQuarterly:
		return last.AddDate(0, 3, 0), true
	case policy.CadenceNone, policy.CadenceAsAgreed:
	}
	return due, false
}
