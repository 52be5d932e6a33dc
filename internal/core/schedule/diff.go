package schedule

import (
	"cmp"
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Difference is what one plan has otherwise than another. What only reserves more or less time than before,
// and begins when it did, is unchanged.
type Difference struct {
	Added     []Slot       `json:"added"`     // by beginning, then by change
	Removed   []Gone       `json:"removed"`   // by change; not due any more, or due and without a place
	Moved     []Move       `json:"moved"`     // by change
	Not       []NotPlanned `json:"not"`       // by change; newly due and not planned
	Unchanged int          `json:"unchanged"` // slots
}

// Gone is a slot that is no more.
type Gone struct {
	Change string          `json:"change"`
	System string          `json:"system"`
	At     window.Interval `json:"at"`
	Why    Cause           `json:"why"`
}

// Text says what is gone, and why.
func (g Gone) Text() lang.Text {
	return lang.Textf("%[1]s auf %[2]s: nicht mehr geplant (bisher %[3]s). %[4]s", "%[1]s on %[2]s: not planned any more (formerly %[3]s). %[4]s",
		g.Change, g.System, spell(g.At.From, g.At.To), g.Why.Text())
}

// Zero reports whether nothing is different.
func (d Difference) Zero() bool {
	return len(d.Added)+len(d.Removed)+len(d.Moved)+len(d.Not) == 0
}

// Text sums the difference up.
func (d Difference) Text() lang.Text {
	t := lang.Textf("%[1]s neu, %[2]s verschoben, %[3]s entfallen, %[4]s unverändert.", "%[1]s new, %[2]s moved, %[3]s gone, %[4]s unchanged.",
		count(len(d.Added)), count(len(d.Moved)), count(len(d.Removed)), count(d.Unchanged))
	if len(d.Not) > 0 {
		t = lang.Textf("%[1]s Neu und nicht geplant: %[2]s.", "%[1]s New and not planned: %[2]s.", t, count(len(d.Not)))
	}
	return t
}

// Texts says everything that is different, sentence by sentence, the sum first.
func (d Difference) Texts() []lang.Text {
	out := []lang.Text{d.Text()}
	for _, s := range d.Added {
		out = append(out, s.Text())
	}
	for _, m := range d.Moved {
		out = append(out, m.Text())
	}
	for _, g := range d.Removed {
		out = append(out, g.Text())
	}
	for _, n := range d.Not {
		out = append(out, n.Text())
	}
	return out
}

func count(n int) lang.Text { return lang.T(lang.Count(n, lang.DE), lang.Count(n, lang.EN)) }

// Diff compares two plans. Why something moved is known when the later one was made from the earlier.
func Diff(earlier, later Plan) Difference {
	var d Difference
	was := make(map[string]*Slot, len(earlier.Slots))
	for i := range earlier.Slots {
		was[earlier.Slots[i].Change] = &earlier.Slots[i]
	}
	why := make(map[string]Cause, len(later.Moves))
	for _, m := range later.Moves {
		why[m.Change] = m.Why
	}
	known := make(map[string]bool, len(earlier.Not))
	for _, n := range earlier.Not {
		known[n.Change] = true
	}
	for i := range later.Slots {
		s := &later.Slots[i]
		switch old := was[s.Change]; {
		case old == nil:
			d.Added = append(d.Added, *s)
		case old.From.Equal(s.From):
			d.Unchanged++
		default:
			d.Moved = append(d.Moved, Move{s.Change, s.System, window.Interval{From: old.From, To: old.To}, window.Interval{From: s.From, To: s.To}, why[s.Change]})
		}
		delete(was, s.Change)
	}
	for _, n := range later.Not {
		if old := was[n.Change]; old != nil {
			d.Removed = append(d.Removed, Gone{old.Change, old.System, window.Interval{From: old.From, To: old.To}, n.Why})
			delete(was, n.Change)
		} else if !known[n.Change] {
			d.Not = append(d.Not, n)
		}
	}
	for _, old := range was {
		d.Removed = append(d.Removed, Gone{old.Change, old.System, window.Interval{From: old.From, To: old.To}, Cause{Code: NotDue}})
	}
	d.sort()
	return d
}

func (d *Difference) sort() {
	slices.SortFunc(d.Added, func(a, b Slot) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Change, b.Change)) })
	slices.SortFunc(d.Removed, func(a, b Gone) int { return cmp.Compare(a.Change, b.Change) })
	slices.SortFunc(d.Moved, func(a, b Move) int { return cmp.Compare(a.Change, b.Change) })
	slices.SortFunc(d.Not, func(a, b NotPlanned) int { return cmp.Compare(a.Change, b.Change) })
}
