package schedule

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Plan is the result: every change of the input is in one of the first two lists.
type Plan struct {
	Slots []Slot       `json:"slots"` // by beginning, then by change
	Not   []NotPlanned `json:"not"`   // by change
	Moves []Move       `json:"moves"` // what an earlier plan had elsewhere; by change
}

// Place is what allows a change to be made when it is.
type Place string

// The places.
const (
	InWindow      Place = "window"
	ByAppointment Place = "appointment"
	AtAnyTime     Place = "any_time" // emergencies
)

// Slot is one planned change.
type Slot struct {
	Change   string          `json:"change"`
	System   string          `json:"system"`
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`       // From and the high duration, in full minutes: this much is reserved
	Expected time.Time       `json:"expected"` // From and the median duration
	Place    Place           `json:"place"`
	Within   window.Interval `json:"within"`         // the occurrence of the window or the appointment, within the horizon
	Late     time.Duration   `json:"late,omitempty"` // by how much To is after the deadline
	Why      Cause           `json:"why,omitzero"`   // of being late
}

// Text says when the change is made, and how late and why if it is late.
func (s Slot) Text() lang.Text {
	at := spell(s.From, s.To)
	if s.Late <= 0 {
		return lang.Textf("%[1]s auf %[2]s: geplant für %[3]s.", "%[1]s on %[2]s: planned for %[3]s.", s.Change, s.System, at)
	}
	return lang.Textf("%[1]s auf %[2]s: geplant für %[3]s, %[4]s nach der Frist. %[5]s", "%[1]s on %[2]s: planned for %[3]s, %[4]s after its deadline. %[5]s",
		s.Change, s.System, at, length(s.Late), s.Why.Text())
}

// NotPlanned is a change without a slot.
type NotPlanned struct {
	Change string `json:"change"`
	System string `json:"system"`
	Why    Cause  `json:"why"`
}

// Text says that the change is not planned, and why.
func (n NotPlanned) Text() lang.Text {
	return lang.Textf("%[1]s auf %[2]s: nicht geplant. %[3]s", "%[1]s on %[2]s: not planned. %[3]s", n.Change, n.System, n.Why.Text())
}

// Move is a change that an earlier plan had at another time.
type Move struct {
	Change string          `json:"change"`
	System string          `json:"system"`
	Before window.Interval `json:"before"`
	After  window.Interval `json:"after"`
	Why    Cause           `json:"why"`
}

// Text says from where to where the change moved, and why.
func (m Move) Text() lang.Text {
	return lang.Textf("%[1]s auf %[2]s: verschoben von %[3]s auf %[4]s. %[5]s", "%[1]s on %[2]s: moved from %[3]s to %[4]s. %[5]s",
		m.Change, m.System, spell(m.Before.From, m.Before.To), spell(m.After.From, m.After.To), m.Why.Text())
}

// Make plans all changes of the input. The error says in one English sentence what of the input is no input:
// an index that leads nowhere, an ID that occurs twice, a span that ends before it begins.
func Make(in Input) (Plan, error) { return Replan(Plan{}, in) }

// Replan plans the input anew and keeps every slot of the previous plan that still holds, unless a deadline of
// what is more urgent needs it. Errors are those of Make.
func Replan(previous Plan, in Input) (Plan, error) {
	p, err := Start(in, previous)
	if err != nil {
		return Plan{}, err
	}
	return p.Plan(), nil
}

func spell(from, to time.Time) lang.Text {
	return lang.T(lang.Interval(from, to, lang.DE), lang.Interval(from, to, lang.EN))
}

func moment(t time.Time) lang.Text {
	return lang.T(lang.DateTime(t, lang.DE), lang.DateTime(t, lang.EN))
}

func length(d time.Duration) lang.Text {
	return lang.T(lang.Duration(d, lang.DE), lang.Duration(d, lang.EN))
}
