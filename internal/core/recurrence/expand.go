package recurrence

import (
	"iter"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// shift moves a rule into the last centuries that the library knows. It searches up to the year 9999 for
// a day that may never come (30 February); the Gregorian calendar is the same again after 400 years, so
// that the search ends after a few centuries instead of eighty.
const shift = 19 * 400

// option is the rule as the library takes it: days only, in UTC, so that no clock ever changes. The time
// of day, the zone, COUNT and UNTIL are ours.
func (p parts) option(start wall.Day) rrule.ROption {
	o := rrule.ROption{
		Freq:       p.freq,
		Dtstart:    time.Date(start.Year+shift, start.Month, start.Day, 0, 0, 0, 0, time.UTC),
		Interval:   p.interval,
		Wkst:       libraryDay(p.weekStart, 0),
		Until:      time.Date(LastYear+shift, time.December, 31, 0, 0, 0, 0, time.UTC),
		Bysetpos:   p.bySetPos,
		Bymonth:    p.byMonth,
		Bymonthday: p.byMonthDay,
		Byyearday:  p.byYearDay,
		Byweekno:   p.byWeekNo,
	}
	for _, d := range p.byDay {
		o.Byweekday = append(o.Byweekday, libraryDay(d.day, d.n))
	}
	return o
}

func libraryDay(d time.Weekday, n int) rrule.Weekday {
	day := [7]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}[d]
	if n == 0 {
		return day
	}
	return day.Nth(n)
}

// days are the days on which the rule has an occurrence, before any exception, in order.
func (r Rule) days() iter.Seq[wall.Day] {
	return func(yield func(wall.Day) bool) {
		if r.zone == nil {
			return
		}
		// A new one each time: the library writes into its rule when an iteration ends.
		list, err := rrule.NewRRule(r.option)
		if err != nil {
			return // Parse has checked every bound that the library checks
		}
		start := r.stated.Start
		last := wall.DayOf(r.parts.until.In(r.zone))
		next := list.Iterator()
		for n := 0; r.parts.count == 0 || n < r.parts.count; {
			t, ok := next()
			if !ok {
				return
			}
			d := wall.Day{Year: t.Year() - shift, Month: t.Month(), Day: t.Day()}
			switch {
			case d == start.Day && r.on(d).Compare(start) < 0:
				continue
			case !r.parts.untilDay.IsZero() && d.After(r.parts.untilDay):
				return
			case !r.parts.until.IsZero() && !d.Before(last) && r.on(d).In(r.zone).After(r.parts.until):
				return
			}
			if !yield(d) {
				return
			}
			n++
		}
	}
}

// on is the rule's time of day on a day.
func (r Rule) on(d wall.Day) wall.Time { return d.At(r.parts.hour, r.parts.minute) }

func (r Rule) first() (wall.Day, bool) {
	for d := range r.days() {
		return d, true
	}
	return wall.Day{}, false
}
