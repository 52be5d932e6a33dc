package recurrence

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// State is what became of an occurrence.
type State string

// The states. Only the first two take place.
const (
	Due     State = "due"      // where the rule has it
	Moved   State = "moved"    // elsewhere, this once
	LeftOut State = "left_out" // not at all
	Paused  State = "paused"   // in a pause of the rule
	Ended   State = "ended"    // after the rule's end
)

// Occurrence is one date of a rule.
type Occurrence struct {
	Rule     string          `json:"rule"`
	Day      wall.Day        `json:"day"` // local day on which the rule has it, wherever it was moved to
	Interval window.Interval `json:"interval"`
	State    State           `json:"state"`
	Notice   *Notice         `json:"notice,omitempty"` // who said so, for all states but Due
}

// Key names the occurrence for good: rule and original day. A moved occurrence is still the same.
func (o Occurrence) Key() string { return o.Rule + "/" + o.Day.String() }

// TakesPlace reports whether anything happens.
func (o Occurrence) TakesPlace() bool { return o.State == Due || o.State == Moved }

// Between lists the occurrences that take place and of which a part lies in the time from (inclusive) to
// (exclusive), in order. They never overlap: one that begins before the one before has ended, because a
// day was short or one was moved, begins where that ends.
func (r Rule) Between(from, to time.Time) []Occurrence {
	return slices.DeleteFunc(r.All(from, to), func(o Occurrence) bool { return !o.TakesPlace() })
}

// All is Between with those that do not take place, where they would have been.
func (r Rule) All(from, to time.Time) []Occurrence {
	if r.zone == nil || !from.Before(to) {
		return nil
	}
	// Some days more than asked for, so that neighbours are known.
	list := r.collect(wall.DayOf(from.In(r.zone)).Add(-3), wall.DayOf(to.In(r.zone)).Add(2))
	return slices.DeleteFunc(list, func(o Occurrence) bool {
		return !o.Interval.From.Before(to) || !o.Interval.To.After(from)
	})
}

// Next is the earliest occurrence that takes place and begins later than after.
func (r Rule) Next(after time.Time) (Occurrence, bool) {
	if first := time.Date(FirstYear-1, time.January, 1, 0, 0, 0, 0, time.UTC); after.Before(first) {
		after = first
	}
	for days := 40; ; days *= 10 { // mostly soon; a rule may also be years away
		for _, o := range r.Between(after, after.AddDate(0, 0, days)) {
			if o.Interval.From.After(after) {
				return o, true
			}
		}
		if days > 366*(LastYear-FirstYear) {
			return Occurrence{}, false
		}
	}
}

// Find is the occurrence that the rule has on a local day, in whatever state it is.
func (r Rule) Find(day wall.Day) (Occurrence, bool) {
	for d := range r.days() {
		if d == day {
			return r.place(d), true
		}
		if d.After(day) {
			break
		}
	}
	return Occurrence{}, false
}

// collect lists the occurrences that are on the local days from lo to hi after all moves.
func (r Rule) collect(lo, hi wall.Day) []Occurrence {
	var list []Occurrence
	for d := range r.days() {
		if d.After(hi) {
			break
		}
		if _, moved := r.moves[d]; !moved && !d.Before(lo) {
			list = append(list, r.place(d))
		}
	}
	for d, m := range r.moves {
		if !m.To.Day.Before(lo) && !m.To.Day.After(hi) {
			list = append(list, r.place(d))
		}
	}
	slices.SortFunc(list, func(a, b Occurrence) int {
		return cmp.Or(a.Interval.From.Compare(b.Interval.From), a.Day.Compare(b.Day))
	})
	return apart(list)
}

// apart moves begins so that nothing that takes place overlaps, and leaves out of what nothing remains.
func apart(sorted []Occurrence) []Occurrence {
	kept := sorted[:0]
	var end time.Time
	for _, o := range sorted {
		if o.TakesPlace() {
			if o.Interval.From.Before(end) {
				o.Interval.From = end
			}
			if !o.Interval.To.After(o.Interval.From) {
				continue
			}
			end = o.Interval.To
		}
		kept = append(kept, o)
	}
	return kept
}

// at is where the occurrence of day d begins after all moves.
func (r Rule) at(d wall.Day) wall.Time {
	if m, ok := r.moves[d]; ok {
		return m.To
	}
	return r.on(d)
}

// place is the occurrence of day d with what was said about it.
func (r Rule) place(d wall.Day) Occurrence {
	at := r.at(d)
	o := Occurrence{Rule: r.stated.ID, Day: d, State: Due}
	if m, ok := r.moves[d]; ok {
		o.State, o.Notice = Moved, &m.Notice
	}
	from := at.In(r.zone)
	o.Interval = window.Interval{From: from, To: from.Add(r.Length())}
	// A pause and the end count for where the occurrence is now, not for where the rule had it: what was
	// moved out of a pause takes place.
	if s, ok := r.skips[d]; ok {
		o.State, o.Notice = LeftOut, &s.Notice
	} else if e := r.stated.Ended; e != nil && at.Day.After(e.Last) {
		o.State, o.Notice = Ended, &e.Notice
	} else if p := r.pause(at.Day); p != nil {
		o.State, o.Notice = Paused, &p.Notice
	}
	return o
}
