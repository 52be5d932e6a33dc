package backup

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestABackupIsGoodEnoughOrTheReasonIsNamed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	day := Demand{MaxAgeHours: 26}
	checked := Demand{MaxAgeHours: 26, VerifiedMaxAgeDays: 7}
	for _, c := range []struct {
		story  string
		demand Demand
		seen   Seen
		code   string
	}{
		{"nothing is demanded", Demand{}, Seen{}, ""},
		{"last night's", day, Seen{Latest: ago(3)}, ""},
		{"the day before yesterday's", day, Seen{Latest: ago(50)}, CodeStale},
		{"none", day, Seen{}, CodeMissing},
		{"tomorrow's", day, Seen{Latest: ago(-20)}, CodeStale},
		{"clocks two minutes apart", day, Seen{Latest: now.Add(2 * time.Minute)}, ""},
		{"fresh and checked", checked, Seen{Latest: ago(3), Verified: ago(24)}, ""},
		{"fresh and never checked", checked, Seen{Latest: ago(3)}, CodeUnverified},
		{"fresh, checked last month", checked, Seen{Latest: ago(3), Verified: ago(24 * 30)}, CodeUnverified},
		{"checked tomorrow", checked, Seen{Latest: ago(3), Verified: ago(-24)}, CodeUnverified},
		{"stale, but checked", checked, Seen{Latest: ago(300), Verified: ago(1)}, CodeStale},
	} {
		got := Judge(c.demand, c.seen, now)
		if (got == nil) != (c.code == "") || got != nil && got.Code != c.code {
			t.Errorf("%s: %+v, want %q", c.story, got, c.code)
		}
		if got != nil && (got.Text.DE == "" || got.Text.EN == "" || got.Mend.IsZero()) {
			t.Errorf("%s: no sentence or no mend: %+v", c.story, got)
		}
	}
}

// What satisfies both parties together satisfies each of them.
func TestTheStrictestOfTwoDemandsHoldsBoth(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	demand := rapid.Custom(func(t *rapid.T) Demand {
		return Demand{rapid.IntRange(0, 60).Draw(t, "hours"), rapid.IntRange(0, 9).Draw(t, "days")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := demand.Draw(t, "a"), demand.Draw(t, "b")
		seen := Seen{
			Latest:   now.Add(-time.Duration(rapid.IntRange(0, 80).Draw(t, "age")) * time.Hour),
			Verified: now.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "since")) * time.Hour),
		}
		both := Judge(Strictest(a, b), seen, now) == nil
		if each := Judge(a, seen, now) == nil && Judge(b, seen, now) == nil; both != each {
			t.Fatalf("%+v and %+v: together %v, each %v", a, b, both, each)
		}
	})
}
