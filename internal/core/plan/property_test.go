package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/plan"
	"github.com/patchwart/patchwart/internal/core/window"
)

func ordinaryWindows(t testing.TB) []window.Recurring {
	return []window.Recurring{
		compile(t, "05:00", 2, "sat", "sun"), compile(t, "23:00", 4, window.Weekdays...), compile(t, "13:00", 2, "fri"),
		compile(t, "02:30", 0.5, "sun"), compile(t, "00:00", 24, "mon", "tue"), {},
	}
}

// candidates draws runs with IDs of their own, some of them for the same system, with instants around
// the days on which the clocks change.
func candidates(t *rapid.T, windows []window.Recurring) (time.Time, []plan.Candidate) {
	days := []time.Time{friday, time.Date(2027, 3, 27, 20, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC)}
	now := rapid.SampledFrom(days).Draw(t, "day").Add(time.Duration(rapid.IntRange(0, 2*24*60).Draw(t, "minutes")) * time.Minute)
	var list []plan.Candidate
	for i := range rapid.IntRange(0, 12).Draw(t, "candidates") {
		c := plan.Candidate{
			System: fmt.Sprintf("web%d", rapid.IntRange(1, 6).Draw(t, "system")), Run: fmt.Sprintf("r%02d", i),
			Window:   rapid.SampledFrom(windows).Draw(t, "window"),
			Estimate: time.Duration(rapid.IntRange(-10, 30*60).Draw(t, "estimate")) * time.Minute,
			Busy:     rapid.IntRange(0, 9).Draw(t, "busy") == 0,
		}
		if rapid.Bool().Draw(t, "later") {
			c.NotUntil = now.Add(time.Duration(rapid.IntRange(-100, 400).Draw(t, "not until")) * time.Hour)
		}
		list = append(list, c)
	}
	return now, list
}

// TestEveryCandidateGetsAnAnswer: each is planned or told why not, exactly once; what is planned lies
// ahead, is long enough, and is the earliest the window has; and the order of asking changes nothing.
func TestEveryCandidateGetsAnAnswer(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		now, list := candidates(t, windows)
		asked := map[string]plan.Candidate{}
		for _, c := range list {
			asked[c.Run] = c
		}
		p := plan.Make(now, list)
		planned := map[string]bool{}
		var last time.Time
		for _, s := range p.Slots {
			c, ok := asked[s.Run]
			delete(asked, s.Run)
			from := now
			if c.NotUntil.After(from) {
				from = c.NotUntil
			}
			switch {
			case !ok || s.System != c.System || s.Estimate != c.Estimate:
				t.Fatalf("%+v was not asked for, or twice", s)
			case c.Busy || planned[s.System]:
				t.Fatalf("%s is planned twice at a time", s.System)
			case s.At.From.Before(from) || !s.At.To.After(s.At.From) || s.At.To.Sub(s.At.From) < c.Estimate:
				t.Fatalf("a slot in the past or too short: %+v for %s from %s on", s.At, c.Estimate, from)
			case s.At.From.Before(last):
				t.Fatal("slots are out of order")
			case s.Reason.DE == "" || s.Reason.EN == "":
				t.Fatalf("%s: a slot without a reason", s.Run)
			}
			if want, ok := c.Window.Next(from, c.Estimate); !ok || !want.From.Equal(s.At.From) || !want.To.Equal(s.At.To) {
				t.Fatalf("%+v is not what the window offers: %+v", s.At, want)
			}
			planned[s.System], last = true, s.At.From
		}
		for _, n := range p.Not {
			c, ok := asked[n.Run]
			delete(asked, n.Run)
			if !ok || n.System != c.System || n.Reason.DE == "" || n.Reason.EN == "" {
				t.Fatalf("%+v was not asked for, or twice, or without a reason", n)
			}
			_, fits := c.Window.Next(now, c.Estimate)
			switch n.Code {
			case "busy":
				if !c.Busy && !planned[c.System] {
					t.Fatalf("%s is not busy", n.System)
				}
			case "no_fit":
				if fits || c.Busy {
					t.Fatalf("%s would fit, or is busy", n.System)
				}
			default:
				t.Fatalf("%s is no code", n.Code)
			}
		}
		if len(asked) > 0 {
			t.Fatalf("without an answer: %v", asked)
		}
		if diff := cmp.Diff(p, plan.Make(now, rapid.Permutation(list).Draw(t, "order"))); diff != "" {
			t.Fatalf("the order of asking counts:\n%s", diff)
		}
	})
}

// TestPlanningChangesNoInput: who plans a preview still holds the candidates as they were.
func TestPlanningChangesNoInput(t *testing.T) {
	t.Parallel()
	w := compile(t, "05:00", 2, "sat")
	list := []plan.Candidate{{System: "web2", Run: "r2", Window: w}, {System: "web1", Run: "r1", Window: w}}
	plan.Make(friday, list)
	if list[0].System != "web2" {
		t.Fatal("the caller's list was sorted")
	}
}

// BenchmarkMake plans a hundred thousand systems: many more than one hoster has.
func BenchmarkMake(b *testing.B) {
	windows := ordinaryWindows(b)
	list := make([]plan.Candidate, 100_000)
	for i := range list {
		list[i] = plan.Candidate{
			System: fmt.Sprintf("web%06d", (i*7919)%len(list)), Run: fmt.Sprintf("r%d", i), Window: windows[i%5],
			Estimate: time.Duration(i%90) * time.Minute, Busy: i%50 == 0,
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if p := plan.Make(friday, list); len(p.Slots)+len(p.Not) != len(list) {
			b.Fatal("not every candidate has an answer")
		}
	}
}
