package wall_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestTimeInZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, local, want string }{
		{"winter", "Europe/Berlin", "2026-12-05T05:00", "2026-12-05T04:00:00Z"},
		{"summer", "Europe/Berlin", "2026-07-04T05:00", "2026-07-04T03:00:00Z"},
		{"spring: 02:30 moves forward to 03:30", "Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30:00Z"},
		{"spring: 02:00 is the moment of the change", "Europe/Berlin", "2027-03-28T02:00", "2027-03-28T01:00:00Z"},
		{"spring: 03:00 exists", "Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00:00Z"},
		{"spring: 01:59 exists", "Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59:00Z"},
		{"autumn: 02:30 is the first", "Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"},
		{"autumn: 02:00 is the first", "Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00:00Z"},
		{"autumn: 03:00 exists once", "Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"},
		{"London changes an hour earlier by its own clock", "Europe/London", "2026-10-25T01:30", "2026-10-25T00:30:00Z"},
		{"half an hour in autumn", "Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"},
		{"half an hour in spring", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"},
		{"midnight does not exist", "America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00:00Z"},
		{"a whole day is missing", "Pacific/Apia", "2011-12-30T05:00", "2011-12-30T15:00:00Z"},
		{"without changes", "UTC", "2026-10-25T02:30", "2026-10-25T02:30:00Z"},
		{"beyond the table of changes", "Europe/Berlin", "2060-10-31T02:30", "2060-10-31T00:30:00Z"},
	} {
		local, err := wall.ParseTime(c.local)
		if err != nil {
			t.Fatal(err)
		}
		if got := local.In(zone(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestTimeInZoneKeepsOrder: what is later on the wall is never earlier as a moment, what exists is shown
// by the clock at that moment, and no earlier moment shows it.
func TestTimeInZoneKeepsOrder(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		minute := rapid.Int64Range(0, 90*366*24*60).Draw(t, "minute")
		now := time.Unix(minute*60, 0).In(z)
		if s := now.Second(); s != 0 {
			now = now.Add(-time.Duration(s) * time.Second)
		}
		shown := wall.TimeOf(now)
		got := shown.In(z)
		if !got.Equal(now) {
			_, a := got.Zone()
			_, b := now.Zone()
			if wall.TimeOf(got) != shown || !got.Before(now) || a == b {
				t.Fatalf("%s shows %s at %s, not at %s", name, shown, now.UTC(), got.UTC())
			}
		}
		later := wall.TimeOf(shown.Day.In(time.UTC).Add(time.Duration(shown.Hour*60+shown.Minute+rapid.IntRange(1, 3*24*60).Draw(t, "later")) * time.Minute))
		if later.In(z).Before(got) {
			t.Fatalf("%s in %s is before %s", later, name, shown)
		}
	})
}

func TestDays(t *testing.T) {
	t.Parallel()
	d := wall.Date(2028, time.February, 30) // counts on: 1 March
	if d.String() != "2028-03-01" || d.Add(-1).String() != "2028-02-29" || d.Weekday() != time.Wednesday {
		t.Errorf("%s, a %s, after %s", d, d.Weekday(), d.Add(-1))
	}
	if e := d.Add(366); e.Since(d) != 366 || d.Since(e) != -366 || !d.Before(e) || !e.After(d) || d.Compare(d) != 0 {
		t.Errorf("%s is %d days after %s", e, e.Since(d), d)
	}
	var held struct {
		Day  wall.Day  `json:"day"`
		At   wall.Time `json:"at"`
		None wall.Day  `json:"none,omitzero"`
	}
	const text = `{"day":"2026-12-05","at":"2026-12-05T05:00"}`
	if err := json.Unmarshal([]byte(text), &held); err != nil {
		t.Fatal(err)
	}
	if out, err := json.Marshal(held); err != nil || string(out) != text {
		t.Errorf("%s, %v", out, err)
	}
	for _, wrong := range []string{"2026-02-29", "2026-1-5", "5.12.2026", "2026-12-05T05:00"} {
		if d, err := wall.ParseDay(wrong); err == nil {
			t.Errorf("%q became %s", wrong, d)
		}
	}
	for _, wrong := range []string{"2026-12-05", "2026-12-05T24:00", "2026-12-05 05:00", "2026-12-05T05:00Z"} {
		if at, err := wall.ParseTime(wrong); err == nil {
			t.Errorf("%q became %s", wrong, at)
		}
	}
}

// TestTimeInZoneAtEveryChange looks at each minute around each change of the clocks in 70 years, and holds
// the answer against what the clock showed minute by minute.
func TestTimeInZoneAtEveryChange(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"} {
		z := zone(t, name)
		changes := 0
		for today := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC); today.Year() < 2061; today = today.AddDate(0, 0, 1) {
			_, a := today.In(z).Zone()
			if _, b := today.AddDate(0, 0, 1).In(z).Zone(); a == b {
				continue
			}
			changes++
			at := today // the hour in which the clocks change
			for b := a; b == a; {
				if _, b = at.Add(time.Hour).In(z).Zone(); b == a {
					at = at.Add(time.Hour)
				}
			}
			first := map[wall.Time]time.Time{} // what the clock showed, and when first
			for m := at.Add(-2 * time.Hour); m.Before(at.Add(3 * time.Hour)); m = m.Add(time.Minute) {
				if shown := wall.TimeOf(m.In(z)); first[shown].IsZero() {
					first[shown] = m
				}
			}
			for m := at.Add(-time.Hour); m.Before(at.Add(2 * time.Hour)); m = m.Add(time.Minute) {
				shown := wall.TimeOf(m.Add(time.Duration(a) * time.Second)) // as if nothing had changed
				want, exists := first[shown]
				if !exists {
					want = m
				}
				if got := shown.In(z); !got.Equal(want) {
					t.Fatalf("%s %s: %s, want %s", name, shown, got.UTC(), want)
				}
			}
		}
		if changes < 50 {
			t.Errorf("only %d changes in %s", changes, name)
		}
	}
}

func TestTimeInZoneAtTheEndOfLeapYears(t *testing.T) {
	t.Parallel()
	for year := 1996; year <= 2060; year += 4 {
		got := wall.Date(year, time.December, 31).At(3, 10).In(zone(t, "Europe/Berlin"))
		if want := time.Date(year, time.December, 31, 2, 10, 0, 0, time.UTC); !got.Equal(want) {
			t.Errorf("%s, want %s", got.UTC(), want)
		}
	}
}
