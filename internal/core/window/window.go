// Package window computes maintenance windows (Wartungsfenster): from "Saturday and Sunday,
// 05:00 for two hours, Europe/Berlin" to absolute intervals, and from those to the next slot that a
// change of a given length fits into.
//
// Windows are local time. On the day the clocks change a window still begins at its local time; a
// begin that does not exist that day (02:30 in spring) moves forward with the clocks, one that exists
// twice (02:30 in autumn) is the first of the two, and no window is used twice.
package window

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Interval is a span of absolute time, From inclusive, To exclusive.
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Zero reports whether the interval is none.
func (i Interval) Zero() bool { return i.From.IsZero() && i.To.IsZero() }

// Contains reports whether t lies in the interval.
func (i Interval) Contains(t time.Time) bool { return !t.Before(i.From) && t.Before(i.To) }

// Zones finds a time zone by its IANA name. It comes in as an argument because reading zone data is
// a side effect.
type Zones func(name string) (*time.Location, error)

// Window is a recurring maintenance window in local time, as it is stated.
type Window struct {
	Name  string   `json:"name"`
	Days  []string `json:"days"`  // mon … sun
	Start string   `json:"start"` // HH:MM local time
	Hours float64  `json:"hours"` // length, at most 24
	Zone  string   `json:"zone"`  // IANA name, e.g. Europe/Berlin
}

// Recurring is a compiled maintenance window.
type Recurring struct {
	name   string
	days   [7]bool // by time.Weekday
	hour   int
	minute int
	length time.Duration
	zone   *time.Location
}

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// Weekdays lists the names of days that a window may state, Monday first.
var Weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Compile checks a stated window. The error says what is wrong in one English sentence; callers add
// the place.
func Compile(w Window, zones Zones) (Recurring, error) {
	r := Recurring{name: w.Name}
	if len(w.Days) == 0 {
		return r, fmt.Errorf("a window needs at least one day of %s", strings.Join(Weekdays, ", "))
	}
	for _, d := range w.Days {
		day, ok := weekdays[d]
		if !ok {
			return r, fmt.Errorf("%q is no day; days are %s", d, strings.Join(Weekdays, ", "))
		}
		r.days[day] = true
	}
	start, err := time.Parse("15:04", w.Start)
	if err != nil {
		return r, fmt.Errorf("%q is no time of day; write it as 05:00", w.Start)
	}
	r.hour, r.minute = start.Hour(), start.Minute()
	// Said this way round because NaN is neither.
	if ok := w.Hours > 0 && w.Hours <= 24; ok {
		r.length = time.Duration(w.Hours * float64(time.Hour))
	}
	if r.length <= 0 {
		return r, fmt.Errorf("a window lasts more than 0 and at most 24 hours, not %g", w.Hours)
	}
	if r.zone, err = zones(w.Zone); err != nil {
		return r, fmt.Errorf("%q is no time zone; write it as Europe/Berlin", w.Zone)
	}
	return r, nil
}

// Zone is the window's time zone, for showing times as the customer reads them.
func (r Recurring) Zone() *time.Location { return r.zone }

// horizon bounds the search for a slot. Every compiled window recurs within a week.
const horizon = 9

// Next finds the earliest interval in which a change of the given length fits, beginning at now or
// later: what is left of an open window if that suffices, else the next one. ok is false when the
// change is longer than the window ever is.
func (r Recurring) Next(now time.Time, need time.Duration) (slot Interval, ok bool) {
	if r.zone == nil || need > r.length {
		return Interval{}, false
	}
	today := wall.DayOf(now.In(r.zone))
	var before Interval
	for offset := -2; offset <= horizon; offset++ {
		day := today.Add(offset)
		if !r.days[day.Weekday()] {
			continue
		}
		w := r.on(day)
		// A window of 24 hours on a short day would overlap the next day's: the later one begins
		// where the earlier one ends, so that no minute belongs to two windows.
		if w.From.Before(before.To) {
			w.From = before.To
		}
		before = w
		if w.From.Before(now) {
			w.From = now
		}
		if w.To.Sub(w.From) >= need && w.To.After(w.From) {
			return w, true
		}
	}
	return Interval{}, false
}

// on is the window that begins on a local day. The end is so many hours of elapsed time later.
func (r Recurring) on(d wall.Day) Interval {
	from := d.At(r.hour, r.minute).In(r.zone)
	return Interval{From: from, To: from.Add(r.length)}
}
