package window_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/window"
)

// The years of these tests: thirty of the past and thirty to come.
const firstYear, lastYear = 2000, 2060

// calendar knows when each local minute of a zone begins, computed without asking for local times: from
// the offset where the clocks do not change that day, and by looking at the clock minute by minute where
// they do.
type calendar struct {
	zone *time.Location
	// changing are the days with a change: what the clock showed first when, in minutes, and the offset
	// before the change.
	changing map[time.Time]changingDay
	days     []time.Time // every day, as its noon in UTC
	near     []time.Time // those within three days of a change
}

type changingDay struct {
	shown  map[int]time.Time
	before int
}

func newCalendar(t testing.TB, name string) *calendar {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	c := &calendar{zone: zone, changing: map[time.Time]changingDay{}}
	for noon := time.Date(firstYear, 1, 1, 12, 0, 0, 0, time.UTC); noon.Year() <= lastYear; noon = noon.AddDate(0, 0, 1) {
		c.days = append(c.days, noon)
		midnight := noon.Add(-12 * time.Hour)
		_, before := midnight.Add(-15 * time.Hour).In(zone).Zone()
		if _, after := midnight.Add(39 * time.Hour).In(zone).Zone(); before == after {
			continue
		}
		day := changingDay{shown: map[int]time.Time{}, before: before}
		for m := midnight.Add(-15 * time.Hour); m.Before(midnight.Add(39 * time.Hour)); m = m.Add(time.Minute) {
			y, month, d := m.In(zone).Date()
			if d != noon.Day() || month != noon.Month() || y != noon.Year() {
				continue
			}
			hour, minute, _ := m.In(zone).Clock()
			if _, seen := day.shown[60*hour+minute]; !seen {
				day.shown[60*hour+minute] = m
			}
		}
		c.changing[noon] = day
	}
	for _, noon := range c.days {
		for d := -3; d <= 3; d++ {
			if _, ok := c.changing[noon.AddDate(0, 0, d)]; ok {
				c.near = append(c.near, noon)
				break
			}
		}
	}
	return c
}

// begin is when the window that is stated for a minute of a day begins.
func (c *calendar) begin(noon time.Time, minute int) time.Time {
	asUTC := noon.Add(time.Duration(minute-12*60) * time.Minute)
	day, changes := c.changing[noon]
	if !changes {
		_, offset := noon.In(c.zone).Zone()
		return asUTC.Add(-time.Duration(offset) * time.Second)
	}
	if first, exists := day.shown[minute]; exists {
		return first
	}
	return asUTC.Add(-time.Duration(day.before) * time.Second) // forward with the clocks
}

// windows are all windows that begin on the days given, none overlapping the one before.
func (c *calendar) windows(w estate.Window, days []time.Time) []window.Interval {
	var hour, minute int
	if _, err := fmt.Sscanf(w.Start, "%d:%d", &hour, &minute); err != nil {
		panic(err)
	}
	var list []window.Interval
	for _, noon := range days {
		if !slices.Contains(w.Days, window.Weekdays[(noon.Weekday()+6)%7]) {
			continue
		}
		from := c.begin(noon, 60*hour+minute)
		next := window.Interval{From: from, To: from.Add(time.Duration(w.Hours * float64(time.Hour)))}
		if n := len(list); n > 0 && next.From.Before(list[n-1].To) {
			next.From = list[n-1].To
		}
		list = append(list, next)
	}
	return list
}

var zones = []string{"Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "UTC"}

// walk asks for one window after the other, from the end of each, and wants those of the list. Windows
// whose neighbour is not in the list are left out.
func walk(t *testing.T, r window.Recurring, list []window.Interval) {
	t.Helper()
	for i, w := range list {
		if i == 0 || w.From.Sub(list[i-1].From) > 8*24*time.Hour || !w.From.Before(w.To) {
			continue
		}
		now := list[i-1].To
		if got, ok := r.Next(now, time.Minute); !ok || !got.From.Equal(w.From) || !got.To.Equal(w.To) {
			t.Fatalf("after %s: %s – %s, want %s – %s", now.UTC(), got.From.UTC(), got.To.UTC(), w.From.UTC(), w.To.UTC())
		}
	}
}

// TestEveryWindowOfSixtyYears: each window of each day begins at its local time, or moved forward with the
// clocks, or at the first of two; none is lost, none is double, none overlaps.
func TestEveryWindowOfSixtyYears(t *testing.T) {
	for _, zone := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			c := newCalendar(t, zone)
			if changes := 2 * (lastYear - firstYear + 1); zone != "UTC" && len(c.changing) < changes {
				t.Fatalf("%d days with a change of the clocks, not %d", len(c.changing), changes)
			}
			w := stated("02:30", 1.5, zone)
			want := c.windows(w, c.days)
			r := compile(t, w)
			if len(want) < 365*(lastYear-firstYear+1) {
				t.Fatalf("only %d windows", len(want))
			}
			walk(t, r, want)
		})
	}
}

// TestEveryKindOfWindowAroundChanges does the same with windows of many kinds, on the days around each
// change of the clocks, also where these change at other hours, by half an hour, or at midnight.
func TestEveryKindOfWindowAroundChanges(t *testing.T) {
	for _, zone := range slices.Concat(zones[:4], []string{"America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut"}) {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			c := newCalendar(t, zone)
			for _, start := range []string{"00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "23:30"} {
				for _, hours := range []float64{0.5, 2, 24} {
					for _, days := range [][]string{window.Weekdays, {"sun"}} {
						w := stated(start, hours, zone, days...)
						walk(t, compile(t, w), c.windows(w, c.near))
					}
				}
			}
		})
	}
}

// TestNextIsTheEarliest: of all windows of a zone's sixty years, Next gives the first in which the change
// fits, whatever the time and the length.
func TestNextIsTheEarliest(t *testing.T) {
	t.Parallel()
	calendars := map[string]*calendar{}
	for _, zone := range zones {
		calendars[zone] = newCalendar(t, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		c := calendars[zone]
		days := rapid.SliceOfNDistinct(rapid.SampledFrom(window.Weekdays), 1, 7, rapid.ID[string]).Draw(t, "days")
		minute := rapid.OneOf(rapid.IntRange(0, 24*60-1), rapid.IntRange(60, 210)).Draw(t, "start")
		hours := float64(rapid.IntRange(1, 96).Draw(t, "quarters")) / 4
		w := stated(fmt.Sprintf("%02d:%02d", minute/60, minute%60), hours, zone, days...)
		r, err := window.Compile(w, time.LoadLocation)
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(20, len(c.days)-20).Draw(t, "day")
		if len(c.near) > 0 && rapid.Bool().Draw(t, "near a change") {
			at = slices.Index(c.days, rapid.SampledFrom(c.near).Draw(t, "near"))
		}
		day := c.days[at]
		now := day.Add(time.Duration(rapid.IntRange(-12*60, 12*60).Draw(t, "now")) * time.Minute)
		need := time.Duration(rapid.IntRange(1, int(hours*60)).Draw(t, "need")) * time.Minute
		var want window.Interval
		for _, next := range c.windows(w, c.days[at-12:at+12]) {
			if next.From.Before(now) {
				next.From = now
			}
			if next.To.Sub(next.From) >= need && want.Zero() {
				want = next
			}
		}
		got, ok := r.Next(now, need)
		if ok == want.Zero() || !got.From.Equal(want.From) || !got.To.Equal(want.To) {
			t.Fatalf("%+v at %s for %s: %s – %s, want %s – %s", w, now.UTC(), need, got.From.UTC(), got.To.UTC(), want.From.UTC(), want.To.UTC())
		}
	})
}

func TestAWindowOfNoNumberIsRefused(t *testing.T) {
	t.Parallel()
	for _, hours := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e-13} {
		if _, err := window.Compile(stated("05:00", hours, "Europe/Berlin"), time.LoadLocation); err == nil {
			t.Errorf("a window of %g hours is accepted", hours)
		}
	}
}
