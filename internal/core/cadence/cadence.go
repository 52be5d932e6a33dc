// Package cadence says when recurring work is due again, and why work that is permitted is not planned now: what is
// unclear waits for a person, a standing order falls due with its dates. The server and the simulated quarter ask it
// alike. That what was put back is not tried again as it was is the mandate's part.
package cadence

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Past is a run of a system, as far as it counts for the next one.
type Past struct {
	ID      string
	Over    bool
	Outcome verdict.Outcome
	Ended   time.Time
	Slot    window.Interval
	Ground  string // name of the ground that it rested on
}

// HoldBack says why a system whose changes are permitted is not planned now; zero means plan it.
//
//   - What ended in a way that a person has to look at is not touched by itself.
//   - A standing order falls due with each of its dates (MH2-22); an order of its own goes at once.
//   - What was blocked is tried again in a later window, not in the same one.
//
// past is the system's runs, the newest first; without a standing order that counts, s is nil.
func HoldBack(m mandate.Mandate, s *Dates, past []Past, now time.Time) lang.Text {
	if len(past) > 0 {
		last := past[0] // newest first
		switch {
		case !last.Over:
		case last.Outcome == verdict.RestoreFailed, last.Outcome == verdict.Unknown:
			return lang.Textf("Lauf %[1]s ist nicht geklärt; bis dahin wird nichts geplant.",
				"Run %[1]s is not settled; nothing is planned until it is.", last.ID)
		case last.Outcome == verdict.Blocked && now.Before(last.Slot.To) && !last.Slot.To.IsZero():
			return lang.Textf("Lauf %[1]s wurde in diesem Fenster blockiert; nächster Versuch im nächsten.",
				"Run %[1]s was blocked in this window; next try in the next one.", last.ID)
		}
	}
	for _, g := range m.Grounds() {
		if g.Kind != mandate.ByStandingOrder {
			return lang.Text{}
		}
	}
	if s == nil {
		return lang.Text{}
	}
	switch o := s.Owed(past, time.Time{}, now); {
	case o.Due:
		return lang.Text{}
	case o.Next.Interval.From.IsZero():
		return lang.Textf("Der Dauerauftrag %[1]s hat keinen Termin mehr.", "Standing order %[1]s has no date left.", s.Order)
	default:
		next := o.Next.Interval.From.In(s.Rule.Zone())
		return lang.Textf("Nach dem Dauerauftrag wieder fällig ab %[1]s.", "Due again by the standing order from %[2]s.",
			lang.DateTime(next, lang.DE), lang.DateTime(next, lang.EN))
	}
}

// Dates are the dates of a standing order around a moment.
type Dates struct {
	Order string // ID
	Rule  recurrence.Rule
	Begun []recurrence.Occurrence // the last ones that have begun, the newest last; two at most
	Next  recurrence.Occurrence   // the first to come; zero: none
}

// Of finds the dates of a contract's standing order around a moment. nil: it has no standing order. A rule that
// cannot be computed is an error: nothing is due by it.
func Of(s *estate.StandingOrder, w estate.Window, zones window.Zones, now time.Time) (*Dates, error) {
	if s == nil {
		return nil, nil
	}
	rule, err := s.Recurs(w, zones)
	if err != nil {
		return nil, err
	}
	return Around(s.ID, rule, now), nil
}

// Around is Of where the order's rule is at hand.
func Around(order string, rule recurrence.Rule, now time.Time) *Dates {
	d := &Dates{Order: order, Rule: rule}
	start := rule.Stated().Start.In(rule.Zone()).AddDate(0, 0, -1)
	for days := 40; ; days *= 10 { // mostly not long ago
		from := now.AddDate(0, 0, -days)
		d.Begun = slices.DeleteFunc(rule.Between(from, now.Add(1)), func(o recurrence.Occurrence) bool { return o.Interval.From.After(now) })
		if len(d.Begun) >= 2 || from.Before(start) {
			break
		}
	}
	if n := len(d.Begun); n > 2 {
		d.Begun = d.Begun[n-2:]
	}
	d.Next, _ = rule.Next(now)
	return d
}

// Owed is how a standing order stands on one system.
type Owed struct {
	Due     bool                   // an occurrence has begun and nothing was done since
	Overdue *recurrence.Occurrence // one whose time went by with nothing done (MH2-22); nil: none
	Next    recurrence.Occurrence
	Last    time.Time // when the order was carried out last; zero: never
}

// ShortestAlarm is how long nothing must have been done before anybody is alarmed: with orders that recur by the
// day, there may have been nothing to do.
const ShortestAlarm = 28 * 24 * time.Hour

// Owed says what is due by the order on a system with that history, newest first. An occurrence is made up for
// until the next one begins. Nobody can have missed what lies before the system was ours to look after, at since
// (zero: always): such a date is not overdue, and idle time counts from then.
func (d *Dates) Owed(past []Past, since, now time.Time) Owed {
	o := Owed{Next: d.Next}
	ground := mandate.GroundName(mandate.ByStandingOrder, d.Order)
	for _, r := range past {
		if r.Outcome == verdict.Succeeded && r.Ground == ground {
			o.Last = r.Slot.From
			break
		}
	}
	if len(d.Begun) == 0 {
		return o
	}
	o.Due = o.Last.Before(d.Begun[len(d.Begun)-1].Interval.From)
	idle := d.Rule.Stated().Start.In(d.Rule.Zone())
	for _, at := range []time.Time{o.Last, since} {
		if at.After(idle) {
			idle = at
		}
	}
	if before := d.Begun[0]; len(d.Begun) == 2 && !before.Interval.From.Before(since) && o.Last.Before(before.Interval.From) && now.Sub(idle) >= ShortestAlarm {
		o.Overdue = &before
	}
	return o
}
