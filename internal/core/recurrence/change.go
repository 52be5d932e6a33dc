package recurrence

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Move returns the rule with one occurrence moved. It is refused where the occurrence would not take place
// or would overlap another one.
func (r Rule) Move(day wall.Day, to wall.Time, n Notice) (Rule, error) {
	s := r.copied()
	s.Moved = append(s.Moved, Move{Day: day, To: to, Notice: n})
	next, err := r.again(s)
	if err != nil {
		return Rule{}, err
	}
	moved := next.place(day)
	if !moved.TakesPlace() {
		return Rule{}, conflict(lang.Textf("Der Termin entfällt, oder am %[1]s ist die Regel ausgesetzt oder beendet.", "The occurrence is left out, or on %[1]s the rule is paused or has ended.", to.Day))
	}
	for _, o := range next.neighbours(moved) {
		if o.Day != day && o.Interval.From.Before(moved.Interval.To) && moved.Interval.From.Before(o.Interval.To) {
			return Rule{}, conflict(lang.Textf("Der neue Termin überschneidet sich mit dem vom %[1]s.", "The new date overlaps the occurrence of %[1]s.", o.Day))
		}
	}
	return next, nil
}

// neighbours are the occurrences around one, each where it would be if no other were there.
func (r Rule) neighbours(of Occurrence) []Occurrence {
	local := wall.DayOf(of.Interval.From.In(r.zone))
	var list []Occurrence
	for d := range r.days() {
		if d.After(local.Add(3)) {
			break
		}
		if _, moved := r.moves[d]; !moved && !d.Before(local.Add(-3)) {
			list = append(list, r.place(d))
		}
	}
	for d := range r.moves {
		list = append(list, r.place(d))
	}
	return slices.DeleteFunc(list, func(o Occurrence) bool { return !o.TakesPlace() })
}

// LeaveOut returns the rule without one occurrence.
func (r Rule) LeaveOut(day wall.Day, n Notice) (Rule, error) {
	s := r.copied()
	s.LeftOut = append(s.LeftOut, Skip{Day: day, Notice: n})
	return r.again(s)
}

// Pause returns the rule paused on the days from–until, both included; without until it stays paused.
func (r Rule) Pause(from, until wall.Day, n Notice) (Rule, error) {
	s := r.copied()
	s.Pauses = append(s.Pauses, Pause{From: from, Until: until, Notice: n})
	return r.again(s)
}

// End returns the rule with a last day, in place of an earlier one.
func (r Rule) End(last wall.Day, n Notice) (Rule, error) {
	s := r.copied()
	s.Ended = &End{Last: last, Notice: n}
	return r.again(s)
}

// copied is the statement with lists of its own: a rule is a value, and a changed one is another.
func (r Rule) copied() Stated {
	s := r.stated
	s.Moved, s.LeftOut, s.Pauses = slices.Clone(s.Moved), slices.Clone(s.LeftOut), slices.Clone(s.Pauses)
	return s
}

func (r Rule) again(s Stated) (Rule, error) {
	return Parse(s, func(string) (*time.Location, error) { return r.zone, nil })
}

func conflict(text lang.Text) error {
	return fault.New(fault.Conflict, text, lang.T("Bitte wählen Sie einen anderen Termin oder stellen Sie die Ausnahme nicht.", "Please choose another date, or do without the exception."))
}
