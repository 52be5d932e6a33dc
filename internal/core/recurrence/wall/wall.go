// Package wall holds days and times as a calendar and a clock on a wall show them: without a zone. What
// people agree on is such a time ("Saturday at five"); it becomes a moment only in a zone, by one
// convention that all of Patchwart keeps:
//
//   - a time that does not exist because the clocks go forward (02:30 in spring) moves forward with them
//     (03:30);
//   - a time that exists twice because the clocks go back (02:30 in autumn) is the first of the two.
package wall

import (
	"fmt"
	"time"
)

// Day is a day of the Gregorian calendar.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// The layouts in which days and times are written (ISO 8601).
const (
	dayLayout  = "2006-01-02"
	timeLayout = "2006-01-02T15:04"
)

// Date is the day of that year and month. A day out of the month's range counts on into the next month,
// as in time.Date.
func Date(year int, month time.Month, day int) Day {
	return DayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DayOf is the day that t shows in its own location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// ParseDay reads a day written as 2026-12-05.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(dayLayout, s)
	if err != nil {
		return Day{}, fmt.Errorf("%q is no day; write it as 2026-12-05", s)
	}
	return DayOf(t), nil
}

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d == Day{} }

// String writes the day as 2026-12-05.
func (d Day) String() string { return d.utc().Format(dayLayout) }

// utc is the beginning of the day if the zone were UTC. Differences are counted there: no day is
// shorter than another.
func (d Day) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Add is the day n days later.
func (d Day) Add(n int) Day { return Date(d.Year, d.Month, d.Day+n) }

// Since is how many days lie between e and d; negative when d is earlier.
func (d Day) Since(e Day) int { return int(d.utc().Sub(e.utc()) / (24 * time.Hour)) }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Compare is negative when d is earlier than e, positive when it is later.
func (d Day) Compare(e Day) int { return d.utc().Compare(e.utc()) }

// Before reports whether d is earlier than e.
func (d Day) Before(e Day) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Day) After(e Day) bool { return d.Compare(e) > 0 }

// At is a time on that day.
func (d Day) At(hour, minute int) Time { return Time{d, hour, minute} }

// In is the moment at which the day begins in the zone.
func (d Day) In(zone *time.Location) time.Time { return d.At(0, 0).In(zone) }

// MarshalText writes the day; the zero day is empty.
func (d Day) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads a day; empty is the zero day.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	parsed, err := ParseDay(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// Time is a day with a time of day, to the minute.
type Time struct {
	Day          Day
	Hour, Minute int
}

// ParseTime reads a time written as 2026-12-05T05:00.
func ParseTime(s string) (Time, error) {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return Time{}, fmt.Errorf("%q is no local time; write it as 2026-12-05T05:00", s)
	}
	return TimeOf(t), nil
}

// TimeOf is the time that t shows in its own location.
func TimeOf(t time.Time) Time { return Time{DayOf(t), t.Hour(), t.Minute()} }

// IsZero reports whether t is no time.
func (t Time) IsZero() bool { return t == Time{} }

// String writes the time as 2026-12-05T05:00.
func (t Time) String() string { return t.utc().Format(timeLayout) }

func (t Time) utc() time.Time {
	return time.Date(t.Day.Year, t.Day.Month, t.Day.Day, t.Hour, t.Minute, 0, 0, time.UTC)
}

// Compare is negative when t is earlier than u on the same wall, positive when it is later.
func (t Time) Compare(u Time) int { return t.utc().Compare(u.utc()) }

// MarshalText writes the time; the zero time is empty.
func (t Time) MarshalText() ([]byte, error) {
	if t.IsZero() {
		return nil, nil
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads a time; empty is the zero time.
func (t *Time) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*t = Time{}
		return nil
	}
	parsed, err := ParseTime(string(text))
	if err == nil {
		*t = parsed
	}
	return err
}

// reach is further than any zone is from UTC: in 26 hours before and after, the clocks change once at most.
const reach = 26 * time.Hour

// In is the moment at which a clock in the zone shows t: the first if there are two, and if there is
// none, the moment that t would have been had the clocks not gone forward. time.Date decides neither, and
// Time.ZoneBounds ends a day early at the end of leap years beyond the zone's table (Go 1.26).
func (t Time) In(zone *time.Location) time.Time {
	shown := t.utc()
	_, before := shown.Add(-reach).In(zone).Zone()
	_, after := shown.Add(reach).In(zone).Zone()
	// The larger offset gives the earlier moment.
	for _, offset := range [2]int{max(before, after), min(before, after)} {
		moment := shown.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, there := moment.Zone(); there == offset {
			return moment
		}
	}
	return shown.Add(-time.Duration(before) * time.Second).In(zone)
}
