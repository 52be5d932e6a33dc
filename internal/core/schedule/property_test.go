package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/schedule"
)

func make1(t rapid.TB, in schedule.Input) schedule.Plan {
	p, err := schedule.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// keeps fails when the plan breaks a rule.
func keeps(t rapid.TB, in schedule.Input, p schedule.Plan) {
	if list := breaches(in, p); len(list) > 0 {
		t.Fatalf("%s\n%s", strings.Join(list, "\n"), told(in, p))
	}
}

// TestEveryPlanKeepsTheRules: windows, freezes, capacity, groups, dependencies; what is late says so; every
// change has one answer; and the order of asking changes nothing.
func TestEveryPlanKeepsTheRules(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		in := estates(t, windows)
		p := make1(t, in)
		keeps(t, in, p)
		in.Changes = rapid.Permutation(in.Changes).Draw(t, "order")
		in.Running = rapid.Permutation(in.Running).Draw(t, "running order")
		if diff := cmp.Diff(p, make1(t, in)); diff != "" {
			t.Fatalf("the order of asking counts:\n%s", diff)
		}
	})
}

// TestTheLastOneIsPlacedAsEarlyAsItCanBe: whatever is placed last could not be placed earlier by the minute
// beside all others, and a change without any place has none at any minute.
func TestTheLastOneIsPlacedAsEarlyAsItCanBe(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		in := estates(t, windows)
		in.Horizon = min(in.Horizon, 3*24*time.Hour)
		last := change(t, in, "last", 1)
		last.Class, last.Deadline, last.High = schedule.Standing, time.Time{}, reserved(last)
		last.NotBefore = in.Now.Add(in.Horizon / 4) // later than others of no deadline, so that it comes last
		for i := range in.Changes {
			in.Changes[i].NotBefore = time.Time{}
			in.Changes[i].After = slices.DeleteFunc(in.Changes[i].After, func(id string) bool { return id == "last" })
		}
		last.After = nil
		in.Changes = append(in.Changes, last)
		p := make1(t, in)
		keeps(t, in, p)
		if last.High <= 0 {
			return
		}
		from := in.Now.Add(in.Horizon)
		for i, s := range p.Slots {
			if s.Change == "last" {
				from = s.From
				p.Slots = slices.Delete(p.Slots, i, i+1)
				break
			}
		}
		p.Not = slices.DeleteFunc(p.Not, func(n schedule.NotPlanned) bool {
			return n.Change == "last" && n.Why.Code == schedule.Busy
		})
		if len(p.Slots)+len(p.Not) == len(in.Changes)-1 && from.Equal(in.Now.Add(in.Horizon)) {
			return // nobody knows when its system is free
		}
		p.Not = slices.DeleteFunc(p.Not, func(n schedule.NotPlanned) bool { return n.Change == "last" })
		for at := nextMinute(in.Now); at.Before(from); at = at.Add(time.Minute) {
			tried := p
			tried.Slots = append(slices.Clone(p.Slots), schedule.Slot{
				Change: "last", System: last.System, From: at, To: at.Add(last.High), Expected: at.Add(max(0, last.Median)),
			})
			if len(breaches(in, tried)) == 0 {
				t.Fatalf("%+v could be at %s, not only at %s", last, at, from)
			}
		}
	})
}
