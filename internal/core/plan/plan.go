// Package plan decides when permitted changes are made: the next maintenance window with enough time
// left for what the change is expected to take. It is pure and deterministic: the same input gives the
// same plan, and for everything that is not planned it says why not.
package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Candidate is one system with permitted changes.
type Candidate struct {
	System   string
	Run      string // the run that is to be planned
	Window   window.Recurring
	Estimate time.Duration // how long the run is expected to take, from its history
	NotUntil time.Time     // not before; zero = at once
	Busy     bool          // another run of this system has not ended
	Urgent   bool          // closes a critical hole: as soon as possible, also outside of windows
	Customer string        // whose system it is
	Freezes  []freeze.Closed
	// Appointments are times agreed with the customer, outside of windows or in them, in their order: the run is
	// made at the first that suits, and not before it in a window (MH1-06).
	Appointments []window.Interval
}

// work is what a freeze may be in the way of.
func (c Candidate) work() freeze.Work {
	return freeze.Work{System: c.System, Customer: c.Customer, Emergency: c.Urgent}
}

// horizon bounds how far ahead a slot is looked for: a freeze that holds for longer has to be lifted.
const horizon = 400 * 24 * time.Hour

// next finds the earliest slot that no freeze is in the way of; held are the freezes that were in the way of
// the last one that the windows offered before it.
func (c Candidate) next(from time.Time) (slot window.Interval, held []freeze.Hold, ok bool) {
	if at, ok := c.appointed(from); ok {
		return at, nil, true
	}
	for until := from.Add(horizon); from.Before(until); {
		offered := window.Interval{From: from, To: from.Add(max(urgentSpan, 2*c.Estimate))}
		if !c.Urgent {
			if offered, ok = c.Window.Next(from, c.Estimate); !ok {
				return slot, held, false
			}
		}
		for _, free := range freeze.FreeFor(c.Freezes, c.work(), offered) {
			if free.To.After(free.From) && free.To.Sub(free.From) >= c.Estimate {
				return free, held, true
			}
		}
		held = freeze.Holding(c.Freezes, c.work(), offered)
		from = offered.To
		if c.Urgent && len(held) > 0 { // not a whole span later, but when the freeze is over
			from = held[len(held)-1].Interval.To
		}
	}
	return slot, held, false
}

// appointed is the first agreed time that is long enough, and that no freeze is in the way of. What is urgent
// waits for none.
func (c Candidate) appointed(from time.Time) (window.Interval, bool) {
	if c.Urgent {
		return window.Interval{}, false
	}
	for _, a := range c.Appointments {
		if a.From.Before(from) {
			a.From = from
		}
		for _, free := range freeze.FreeFor(c.Freezes, c.work(), a) {
			if free.To.After(free.From) && free.To.Sub(free.From) >= c.Estimate {
				return free, true
			}
		}
	}
	return window.Interval{}, false
}

func (c Candidate) atAppointment(slot window.Interval) bool {
	return !c.Urgent && slices.ContainsFunc(c.Appointments, func(a window.Interval) bool {
		return !slot.From.Before(a.From) && !slot.To.After(a.To)
	})
}

// urgentSpan is how long an urgent run may take before it has to be planned anew.
const urgentSpan = 4 * time.Hour

// Slot is one planned run: it begins in the interval, and must be able to end in it.
type Slot struct {
	System   string          `json:"system"`
	Run      string          `json:"run"`
	At       window.Interval `json:"at"`
	Estimate time.Duration   `json:"estimate"`
	Reason   lang.Text       `json:"reason"`
}

// NotPlanned is a candidate without a slot, and why.
type NotPlanned struct {
	System string    `json:"system"`
	Run    string    `json:"run"`
	Code   string    `json:"code"` // busy, no_fit, frozen
	Reason lang.Text `json:"reason"`
}

// Plan is the result: every candidate is in one of the two lists.
type Plan struct {
	Slots []Slot       `json:"slots"`
	Not   []NotPlanned `json:"not"`
}

// Make plans all candidates. A system is never planned twice at a time.
func Make(now time.Time, candidates []Candidate) Plan {
	var p Plan
	ordered := slices.Clone(candidates)
	slices.SortFunc(ordered, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Run, b.Run))
	})
	taken := map[string]bool{}
	for _, c := range ordered {
		if c.Busy || taken[c.System] {
			p.Not = append(p.Not, NotPlanned{System: c.System, Run: c.Run, Code: "busy", Reason: lang.Textf(
				"Für %[1]s ist schon ein Lauf geplant oder unterwegs.", "A run for %[1]s is already planned or under way.", c.System)})
			continue
		}
		from := now
		if c.NotUntil.After(from) {
			from = c.NotUntil
		}
		slot, held, ok := c.next(from)
		if !ok && len(held) > 0 {
			p.Not = append(p.Not, NotPlanned{System: c.System, Run: c.Run, Code: "frozen", Reason: held[0].Text})
			continue
		}
		if !ok {
			p.Not = append(p.Not, NotPlanned{System: c.System, Run: c.Run, Code: "no_fit", Reason: lang.Textf(
				"Kein Wartungsfenster von %[1]s ist lang genug (gebraucht werden etwa %[2]s).",
				"No maintenance window of %[1]s is long enough (about %[2]s are needed).",
				c.System, lang.T(lang.Duration(c.Estimate, lang.DE), lang.Duration(c.Estimate, lang.EN)))})
			continue
		}
		taken[c.System] = true
		reason := lang.T("Nächstes Wartungsfenster.", "Next maintenance window.")
		switch {
		case len(held) > 0:
			reason = lang.Textf("Nach einer Sperrzeit. %[1]s", "After a freeze. %[1]s", held[0].Text)
		case c.atAppointment(slot):
			reason = lang.T("Zum vereinbarten Termin.", "At the appointment agreed on.")
		case c.Urgent:
			reason = lang.T("Sofort: Eine kritische Lücke wird geschlossen, auch außerhalb der Wartungsfenster.",
				"At once: a critical hole is closed, also outside of maintenance windows.")
		case !slot.From.After(now):
			reason = lang.T("Das Wartungsfenster ist offen und lang genug.", "The maintenance window is open and long enough.")
		}
		p.Slots = append(p.Slots, Slot{System: c.System, Run: c.Run, At: slot, Estimate: c.Estimate, Reason: reason})
	}
	slices.SortStableFunc(p.Slots, func(a, b Slot) int { return a.At.From.Compare(b.At.From) })
	return p
}
