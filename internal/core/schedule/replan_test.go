package schedule_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// equal compares plans and differences; no list and an empty one are the same.
func equal(a, b any) string {
	if reflect.DeepEqual(a, b) { // much faster
		return ""
	}
	return cmp.Diff(a, b, cmpopts.EquateEmpty())
}

func replan(t rapid.TB, before schedule.Plan, in schedule.Input) schedule.Plan {
	p, err := schedule.Replan(before, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// settled fails when planning the same once more moves anything.
func settled(t rapid.TB, in schedule.Input, p schedule.Plan) {
	again := replan(t, p, in)
	again.Moves, p.Moves = nil, nil
	if diff := equal(p, again); diff != "" {
		t.Fatalf("nothing has changed, and the plan has:\n%s\n%s", diff, told(in, p))
	}
}

// edits draws what changes in the input, in such a way that the changed ones keep their system, groups and pools.
func edits(t *rapid.T, in schedule.Input) schedule.Update {
	var u schedule.Update
	n := len(in.Changes)
	if rapid.IntRange(0, 3).Draw(t, "a freeze is added") == 0 {
		from := in.Now.Add(minutes(t, "freeze", -1000, 6000))
		u.Freezes = append(u.Freezes, schedule.Freeze{ID: "new", Scope: schedule.ProviderFreeze, At: window.Interval{From: from, To: from.Add(minutes(t, "frozen", 1, 2000))}})
	}
	for range rapid.IntRange(0, 3).Draw(t, "edits") {
		id := fmt.Sprintf("c%02d", rapid.IntRange(0, n+1).Draw(t, "edited"))
		if slices.Contains(u.Remove, id) || slices.ContainsFunc(u.Put, func(c schedule.Change) bool { return c.ID == id }) {
			continue
		}
		k := slices.IndexFunc(in.Changes, func(c schedule.Change) bool { return c.ID == id })
		fresh := change(t, in, id, n)
		switch {
		case k < 0:
			u.Put = append(u.Put, fresh)
		case rapid.IntRange(0, 2).Draw(t, "removed") == 0:
			u.Remove = append(u.Remove, id)
		default:
			old := in.Changes[k]
			fresh.System, fresh.Groups, fresh.Pools, fresh.Regardless = old.System, old.Groups, old.Pools, old.Regardless
			fresh.Class, fresh.After = old.Class, old.After
			if len(u.Freezes) > 0 {
				fresh.Freezes = append(fresh.Freezes, len(in.Freezes))
			}
			if rapid.Bool().Draw(t, "only one thing") {
				fresh, old.Deadline, old.High, old.Freezes = old, fresh.Deadline, fresh.High, fresh.Freezes
				fresh.Deadline, fresh.High, fresh.Freezes = old.Deadline, old.High, old.Freezes
			}
			u.Put = append(u.Put, fresh)
		}
	}
	return u
}

// with is the input with the update in it.
func with(in schedule.Input, u schedule.Update) schedule.Input {
	in.Freezes = append(slices.Clone(in.Freezes), u.Freezes...)
	in.Changes = slices.DeleteFunc(slices.Clone(in.Changes), func(c schedule.Change) bool {
		return slices.Contains(u.Remove, c.ID) || slices.ContainsFunc(u.Put, func(o schedule.Change) bool { return o.ID == c.ID })
	})
	in.Changes = append(in.Changes, u.Put...)
	return in
}

// TestAnUpdateGivesWhatReplanningGives: change by change, the Planner that touches only what is concerned has
// the very plan and the very difference that planning all anew on top of the last plan has; it keeps the
// rules, and planning once more moves nothing.
func TestAnUpdateGivesWhatReplanningGives(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		in := estates(t, windows)
		planner, err := schedule.Start(in, schedule.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		before := planner.Plan()
		settled(t, in, before)
		for range rapid.IntRange(1, 4).Draw(t, "updates") {
			u := edits(t, in)
			old := in
			in = with(in, u)
			d, err := planner.Replan(u)
			if err != nil {
				t.Fatal(err)
			}
			now := planner.Plan()
			keeps(t, in, now)
			if diff := equal(replan(t, before, in), now); diff != "" {
				t.Fatalf("whole and incremental differ (-whole +incremental):\n%s\nbefore: %s\n%+v\nafter: %s", diff, told(old, before), u, told(in, now))
			}
			if diff := equal(schedule.Diff(before, now), d); diff != "" {
				t.Fatalf("the difference told is not the one there is (-is +told):\n%s", diff)
			}
			for _, m := range d.Moved {
				if m.Why.Text().IsZero() {
					t.Fatalf("moved without a reason: %+v", m)
				}
			}
			settled(t, in, now)
			before = now
		}
	})
}

// TestReplanningWhenTimeHasPassed: hours later, with other windows, less capacity, other groups and other
// changes the new plan keeps the rules, has a reason for every move, and stays when planned once more.
func TestReplanningWhenTimeHasPassed(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		in := estates(t, windows)
		before := make1(t, in)
		later := estates(t, windows)
		later.Now = in.Now.Add(minutes(t, "passed", 0, 2000))
		kept := rapid.IntRange(0, len(in.Changes)).Draw(t, "kept")
		later.Changes = slices.DeleteFunc(later.Changes, func(c schedule.Change) bool {
			return slices.ContainsFunc(in.Changes[:kept], func(o schedule.Change) bool { return o.ID == c.ID })
		})
		for _, c := range in.Changes[:kept] {
			c.Freezes = slices.DeleteFunc(slices.Clone(c.Freezes), func(f int) bool { return f >= len(later.Freezes) })
			later.Changes = append(later.Changes, c)
		}
		p := replan(t, before, later)
		keeps(t, later, p)
		settled(t, later, p)
		d := schedule.Diff(before, p)
		for _, m := range d.Moved {
			if m.Why.Text().IsZero() {
				t.Fatalf("moved without a reason: %+v", m)
			}
		}
		if len(d.Added)+len(d.Moved)+d.Unchanged != len(p.Slots) || len(d.Removed)+len(d.Moved)+d.Unchanged != len(before.Slots) {
			t.Fatalf("%+v does not add up", d)
		}
		later.Changes = rapid.Permutation(later.Changes).Draw(t, "order")
		before.Slots = rapid.Permutation(before.Slots).Draw(t, "order of the plan")
		if diff := equal(p, replan(t, before, later)); diff != "" {
			t.Fatalf("the order of asking counts:\n%s", diff)
		}
	})
}

// TestOneChangeMoreOrLessLeavesAloneWhatItDoesNotConcern: nothing moves that shares no resource and no
// dependency with it, not even through others; for one more, only what is less urgent or waits for it or for
// such; for one less, only what was late and is so no more.
func TestOneChangeMoreOrLessLeavesAloneWhatItDoesNotConcern(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		in := estates(t, windows)
		if len(in.Changes) == 0 {
			return
		}
		k := rapid.IntRange(0, len(in.Changes)-1).Draw(t, "which")
		one, full := in.Changes[k], in
		in.Changes = slices.Delete(slices.Clone(in.Changes), k, k+1)
		near := concerned(full, one.ID)
		less, all := make1(t, in), make1(t, full)
		more := replan(t, less, full)
		for _, m := range append(schedule.Diff(less, more).Moved, schedule.Diff(all, replan(t, all, in)).Moved...) {
			if !near[m.Change] {
				t.Fatalf("%s has nothing to do with %s and has moved: %s", m.Change, one.ID, m.Text().EN)
			}
		}
		waits := slices.ContainsFunc(full.Changes, func(c schedule.Change) bool { return len(c.After) > 0 })
		if waits {
			return
		}
		for _, m := range schedule.Diff(less, more).Moved {
			if m.Why.Code != schedule.MadeRoom && m.Why.Code != schedule.CameFree {
				t.Fatalf("%s has moved for %+v", m.Change, m.Why)
			}
		}
		was := map[string]schedule.Slot{}
		for _, s := range all.Slots {
			was[s.Change] = s
		}
		for _, m := range schedule.Diff(all, replan(t, all, in)).Moved {
			better := m.After.From.Before(m.Before.From) && was[m.Change].Late > 0
			if !better && m.Why.Code != schedule.MadeRoom {
				t.Fatalf("%s need not have moved: %s", m.Change, m.Text().EN)
			}
		}
	})
}

// concerned is what is linked to a change by resources and dependencies, at however many removes.
func concerned(in schedule.Input, id string) map[string]bool {
	keys := func(c schedule.Change) []string {
		list := []string{"system " + c.System, "change " + c.ID}
		for _, g := range c.Groups {
			list = append(list, fmt.Sprint("group ", g))
		}
		for _, k := range c.Pools {
			list = append(list, fmt.Sprint("pool ", k))
		}
		for _, a := range c.After {
			list = append(list, "change "+a)
		}
		return list
	}
	near, reached := map[string]bool{id: true}, map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, c := range in.Changes {
			touches := near[c.ID] || slices.ContainsFunc(keys(c), func(k string) bool { return reached[k] })
			if touches {
				near[c.ID] = true
				for _, k := range keys(c) {
					grown = grown || !reached[k]
					reached[k] = true
				}
			}
		}
	}
	return near
}

// TestNextIsWhereTheChangeWouldGo: beside the plan as it is, at the earliest minute that breaks no rule.
func TestNextIsWhereTheChangeWouldGo(t *testing.T) {
	t.Parallel()
	windows := ordinaryWindows(t)
	rapid.Check(t, func(t *rapid.T) {
		in := estates(t, windows)
		in.Horizon = min(in.Horizon, 3*24*time.Hour)
		planner, err := schedule.Start(in, schedule.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		before := planner.Plan()
		one := change(t, in, "one", len(in.Changes))
		one.Regardless = false
		slot, why, err := planner.Next(one)
		if err != nil {
			t.Fatal(err)
		}
		if diff := equal(before, planner.Plan()); diff != "" {
			t.Fatalf("asking has changed the plan:\n%s", diff)
		}
		until := slot.From
		full := with(in, schedule.Update{Put: []schedule.Change{one}})
		if why.Code != "" {
			until = in.Now.Add(in.Horizon)
			if why.Text().DE == "" {
				t.Fatal("no reason")
			}
		} else {
			p := before
			p.Slots = append(slices.Clone(p.Slots), slot)
			keeps(t, full, p)
		}
		if need := reserved(one); need > 0 && why.Code != schedule.Busy {
			for at := nextMinute(in.Now); at.Before(until); at = at.Add(time.Minute) {
				p := before
				p.Slots = append(slices.Clone(p.Slots), schedule.Slot{Change: "one", System: one.System, From: at, To: at.Add(need), Expected: at.Add(max(0, one.Median))})
				if list := breaches(full, p); len(list) == 0 || len(list) == 1 && !one.Deadline.IsZero() && at.Add(need).After(one.Deadline) {
					t.Fatalf("it could be at %s", at)
				}
			}
		}
	})
}
