package window_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/window"
)

func compile(t testing.TB, w estate.Window) window.Recurring {
	t.Helper()
	r, err := window.Compile(w, time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func stated(start string, hours float64, zone string, days ...string) estate.Window {
	if len(days) == 0 {
		days = window.Weekdays
	}
	return estate.Window{Name: "w", Days: days, Start: start, Hours: hours, Zone: zone}
}

func TestNextWindow(t *testing.T) {
	weekend := stated("05:00", 2, "Europe/Berlin", "sat", "sun")
	for _, c := range []struct {
		name     string
		w        estate.Window
		now      string
		need     time.Duration
		from, to string // UTC; empty: none
	}{
		{"accepted on Friday at 14:00: Saturday 05:00–07:00", weekend, "2026-11-27T13:00:00Z", time.Hour, "2026-11-28T04:00:00Z", "2026-11-28T06:00:00Z"},
		{"in the open window, with enough left: now", weekend, "2026-11-28T04:30:00Z", time.Hour, "2026-11-28T04:30:00Z", "2026-11-28T06:00:00Z"},
		{"in the open window, with too little left: the next one", weekend, "2026-11-28T05:30:00Z", time.Hour, "2026-11-29T04:00:00Z", "2026-11-29T06:00:00Z"},
		{"on Sunday after the window: next Saturday", weekend, "2026-11-29T06:00:00Z", time.Hour, "2026-12-05T04:00:00Z", "2026-12-05T06:00:00Z"},
		{"longer than the window ever is", weekend, "2026-11-27T13:00:00Z", 3 * time.Hour, "", ""},
		{"over midnight: yesterday's window is still open", stated("23:00", 3, "Europe/Berlin"), "2026-11-28T00:30:00Z", 20 * time.Minute, "2026-11-28T00:30:00Z", "2026-11-28T01:00:00Z"},
		{"in summer, local time is another hour of UTC", weekend, "2026-07-03T12:00:00Z", time.Hour, "2026-07-04T03:00:00Z", "2026-07-04T05:00:00Z"},
		{"spring: 02:30 does not exist, the window moves with the clocks", stated("02:30", 2, "Europe/Berlin", "sun"), "2027-03-27T12:00:00Z", time.Hour, "2027-03-28T01:30:00Z", "2027-03-28T03:30:00Z"},
		{"autumn: 02:30 exists twice, the window is the first", stated("02:30", 2, "Europe/Berlin", "sun"), "2026-10-24T12:00:00Z", time.Hour, "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"},
		{"autumn: not a second time the same day", stated("02:30", 0.5, "Europe/Berlin", "sun"), "2026-10-25T01:10:00Z", 10 * time.Minute, "2026-11-01T01:30:00Z", "2026-11-01T02:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := compile(t, c.w).Next(now, c.need)
			if !ok {
				if c.from != "" {
					t.Fatal("no window found")
				}
				return
			}
			from, to := got.From.UTC().Format(time.RFC3339), got.To.UTC().Format(time.RFC3339)
			if from != c.from || to != c.to {
				t.Fatalf("%s – %s, want %s – %s", from, to, c.from, c.to)
			}
		})
	}
}

func TestWrongWindowsAreNamed(t *testing.T) {
	for want, w := range map[string]estate.Window{
		"at least one day": {Start: "05:00", Hours: 2, Zone: "Europe/Berlin"},
		"is no day":        stated("05:00", 2, "Europe/Berlin", "samstag"),
		"no time of day":   stated("5 Uhr", 2, "Europe/Berlin"),
		"more than 0":      stated("05:00", 0, "Europe/Berlin"),
		"at most 24":       stated("05:00", 25, "Europe/Berlin"),
		"no time zone":     stated("05:00", 2, "Europe/Entenhausen"),
	} {
		if _, err := window.Compile(w, time.LoadLocation); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", w, err, want)
		}
	}
}

// TestWindowsKeepTheirPromise: over years of clock changes in several zones, a slot is never in the
// past, always long enough, always begins on a stated day at or after the stated local time (or with
// the clocks in spring), and asking again a minute later never gives an earlier one.
func TestWindowsKeepTheirPromise(t *testing.T) {
	zones := []string{"Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.SampledFrom(window.Weekdays), 1, 7, rapid.ID[string]).Draw(t, "days")
		start := time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "start")) * time.Minute
		hours := float64(rapid.IntRange(1, 96).Draw(t, "quarters")) / 4
		w := stated(time.Time{}.Add(start).Format("15:04"), hours, rapid.SampledFrom(zones).Draw(t, "zone"), days...)
		r, err := window.Compile(w, time.LoadLocation)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(1_700_000_000, 2_600_000_000).Draw(t, "now"), 0)
		need := time.Duration(rapid.Float64Range(0.01, 1).Draw(t, "part") * hours * float64(time.Hour))
		got, ok := r.Next(now, need)
		if !ok {
			if hours < 23 { // a window of a whole day may be cut by its neighbour where the clocks change
				t.Fatalf("no slot of %s in %+v", need, w)
			}
			return
		}
		switch {
		case got.From.Before(now):
			t.Fatal("the slot is in the past")
		case got.To.Sub(got.From) < need:
			t.Fatal("the slot is too short")
		case got.To.Sub(got.From) > time.Duration(hours*float64(time.Hour)):
			t.Fatal("the slot is longer than the window")
		case got.From.Sub(now) > 8*24*time.Hour:
			t.Fatalf("the slot is %s away", got.From.Sub(now))
		}
		later, ok := r.Next(now.Add(time.Minute), need)
		if ok && later.From.Before(got.From) {
			t.Fatal("a minute later there was an earlier slot")
		}
	})
}

func BenchmarkNext(b *testing.B) {
	r := compile(b, stated("05:00", 2, "Europe/Berlin", "sat"))
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, ok := r.Next(now, time.Hour); !ok {
			b.Fatal("none")
		}
	}
}
