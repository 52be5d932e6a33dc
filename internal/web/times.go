package web

import (
	"slices"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// zones finds time zones by name and remembers them.
type zones struct {
	own *time.Location // the hoster's
	mu  sync.Mutex
	by  map[string]*time.Location
}

// maxZones bounds how many zones are remembered; there are about 600 in the world.
const maxZones = 1000

func newZones(own *time.Location) *zones {
	if own == nil {
		var err error
		if own, err = time.LoadLocation("Europe/Berlin"); err != nil {
			own = time.UTC // a machine without zone data: better plain than wrong
		}
	}
	return &zones{own: own, by: map[string]*time.Location{}}
}

// find returns the zone of that name, the hoster's own when there is none.
func (z *zones) find(name string) *time.Location {
	if name == "" {
		return z.own
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if loc, ok := z.by[name]; ok {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = z.own
	}
	if len(z.by) < maxZones {
		z.by[name] = loc
	}
	return loc
}

// At is a moment as the zone's clocks show it: "Sa 28.11.2026, 05:00 Uhr".
func (p page) At(t time.Time, zone string) string {
	return lang.DateTime(t.In(p.zones.find(zone)), p.L)
}

// DayMonth is a day on an axis: "14.11.", "14 Nov".
func (p page) DayMonth(t time.Time) string {
	t = t.In(p.zones.own)
	if p.L == lang.EN {
		return t.Format("2 Jan")
	}
	return t.Format("2.1.")
}

// Span is an interval as the zone's clocks show it: "Sa 28.11., 05:00–07:00 Uhr", with the year unless it is this one.
func (p page) Span(from, to time.Time, zone string) string {
	return lang.IntervalSeen(p.Now, from.In(p.zones.find(zone)), to, p.L)
}

// Relative is how long ago a moment was, or in how long it will be: "vor 12 min", "in 7 h 12 min".
// It stands beside an absolute time, never alone.
func (p page) Relative(t time.Time) string {
	d := t.Sub(p.Now)
	switch {
	case d > -time.Second && d < time.Second:
		return p.T(frameWords.JustNow)
	case d < 0:
		return p.F(frameWords.Ago, lang.DurationDative(coarse(-d), p.L))
	}
	return p.F(frameWords.In, lang.DurationDative(coarse(d), p.L))
}

// coarse drops what nobody reads: hours beyond two weeks, seconds beyond some minutes, tenths always.
func coarse(d time.Duration) time.Duration {
	if d >= 14*24*time.Hour {
		return d.Round(24 * time.Hour)
	}
	if d >= 10*time.Minute {
		return d.Round(time.Minute)
	}
	return max(d.Round(time.Second), time.Second)
}

// Took is a length of time.
func (p page) Took(d time.Duration) string { return lang.Duration(d, p.L) }

// utc is a moment for the title of an element: what the record and the hosts' logs show.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// machine is a moment for the datetime attribute.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// dayNames are the names of days as maintenance windows state them, Sunday first.
var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// days names the days of a maintenance window.
func (p page) days(stated []string) string {
	names := make([]string, 0, len(stated))
	for _, d := range stated {
		if at := slices.Index(dayNames, d); at >= 0 {
			names = append(names, lang.Weekday(time.Weekday(at), p.L))
		}
	}
	return lang.Join(names, p.L)
}
