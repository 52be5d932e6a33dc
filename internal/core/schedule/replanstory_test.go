package schedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// TestWhenAPlanIsMadeAnew: what stays, what moves, and why.
func TestWhenAPlanIsMadeAnew(t *testing.T) {
	t.Parallel()
	now := friday(t)
	hours := func(n float64) time.Time { return now.Add(time.Duration(n * float64(time.Hour))) }
	type changes = []schedule.Change
	for _, c := range []struct {
		name          string
		before, after changes
		meanwhile     func(*schedule.Input)
		want          []string
	}{
		{"nothing has changed", changes{due("a", "web1"), due("b", "web1")}, changes{due("b", "web1"), due("a", "web1")}, nil, []string{"2 unchanged"}},
		{"one more, of equal rank, does not move the others", changes{due("b", "web1", pool(0))}, changes{due("a", "web2", pool(0)), due("b", "web1", pool(0))}, nil,
			[]string{"+a Sat 00:00", "1 unchanged"}},
		{"one less leaves its place free", changes{due("a", "web1", pool(0)), due("b", "web2", pool(0))}, changes{due("b", "web2", pool(0))}, nil,
			[]string{"−a not_due", "1 unchanged"}},
		{"one less, and another meets its deadline with that", changes{due("a", "web1", pool(0), by(hours(10))), due("b", "web2", pool(0), by(hours(10)))}, changes{due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"b Sat 00:00 → Fri 23:00 came_free", "−a not_due", "0 unchanged"}},
		{"one less, and another could be less late: it stays", changes{due("a", "web1", pool(0), by(hours(9.5))), due("b", "web2", pool(0), by(hours(9.5)))}, changes{due("b", "web2", pool(0), by(hours(9.5)))}, nil,
			[]string{"−a not_due", "1 unchanged"}},
		{"one less, and another meets its own deadline with that, though not the one of what waits for it", changes{due("z", "web0", regardless, cluster), due("a", "web1", is(schedule.Emergency), cluster, by(hours(1))), due("b", "web2", is(schedule.Emergency), waitsFor("a"), by(hours(1)))},
			changes{due("a", "web1", is(schedule.Emergency), cluster, by(hours(1))), due("b", "web2", is(schedule.Emergency), waitsFor("a"), by(hours(1)))}, nil,
			[]string{"a Fri 15:00 → Fri 14:00 came_free", "−z not_due", "1 unchanged"}},
		{"one less, and one of two that wait meets its deadline with that", changes{due("z", "web0", regardless, cluster), due("a", "web1", is(schedule.Emergency), cluster), due("b", "web2", is(schedule.Emergency), waitsFor("a"), by(hours(1))), due("c", "web3", is(schedule.Emergency), waitsFor("a"), by(hours(2)))},
			changes{due("a", "web1", is(schedule.Emergency), cluster), due("b", "web2", is(schedule.Emergency), waitsFor("a"), by(hours(1))), due("c", "web3", is(schedule.Emergency), waitsFor("a"), by(hours(2)))}, nil,
			[]string{"a Fri 15:00 → Fri 14:00 came_free", "c Fri 16:00 → Fri 15:00 came_free", "−z not_due", "1 unchanged"}},
		{"a deadline needs the place", changes{due("a", "web1", pool(0))}, changes{due("a", "web1", pool(0)), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"+b Fri 23:00", "a Fri 23:00 → Sat 00:00 made_room b", "0 unchanged"}},
		{"a deadline needs a place, and the one without a deadline makes room", changes{due("a", "web1", pool(0), by(hours(11))), due("b", "web2", pool(0))},
			changes{due("a", "web1", pool(0), by(hours(11))), due("b", "web2", pool(0)), due("c", "web3", pool(0), by(hours(11)))}, nil,
			[]string{"+c Sat 00:00", "b Sat 00:00 → Sat 01:00 made_room c", "1 unchanged"}},
		{"a deadline that can wait does not need it", changes{due("a", "web1", pool(0))}, changes{due("a", "web1", pool(0)), due("b", "web2", pool(0), by(hours(30)))}, nil,
			[]string{"+b Sat 00:00", "1 unchanged"}},
		{"a deadline needs a place, and its equal has time", changes{due("a", "web1", pool(0), by(hours(11)))}, changes{due("a", "web1", pool(0), by(hours(11))), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"+b Fri 23:00", "a Fri 23:00 → Sat 00:00 made_room b", "0 unchanged"}},
		{"a deadline needs a place, and its equal would be late for that: a time that was told stands", changes{due("a", "web1", pool(0), by(hours(10.5)))}, changes{due("a", "web1", pool(0), by(hours(10.5))), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"+b Sat 00:00", "1 unchanged"}},
		{"a deadline needs a place, its equal has time, and what waits for that moves along", changes{due("a", "web1", pool(0), by(hours(12))), due("c", "web3", waitsFor("a"))}, changes{due("a", "web1", pool(0), by(hours(12))), due("b", "web2", pool(0), by(hours(10))), due("c", "web3", waitsFor("a"))}, nil,
			[]string{"+b Fri 23:00", "a Fri 23:00 → Sat 00:00 made_room b", "c Sat 00:00 → Sat 01:00 after_moved a", "0 unchanged"}},
		{"a deadline within a day needs a place, and one that is further off makes room, wherever it goes", changes{due("a", "web1", pool(0), in(), agreed(hours(9), hours(10)), by(hours(30)))},
			changes{due("a", "web1", pool(0), in(), agreed(hours(9), hours(10)), by(hours(30))), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"+b Fri 23:00", "−a pool_full", "0 unchanged"}},
		{"a deadline within a day needs a place, and another within a day keeps the only one that it has", changes{due("a", "web1", pool(0), in(), agreed(hours(9), hours(10)), by(hours(20)))},
			changes{due("a", "web1", pool(0), in(), agreed(hours(9), hours(10)), by(hours(20))), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"+b Sat 00:00", "1 unchanged"}},
		{"what is ordered comes before what is standing, also when that is late then", changes{due("a", "web1", pool(0), is(schedule.Standing), by(hours(10)))}, changes{due("a", "web1", pool(0), is(schedule.Standing), by(hours(10))), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"+b Fri 23:00", "a Fri 23:00 → Sat 00:00 made_room b", "0 unchanged"}},
		{"one that has become urgent may ask its equal", changes{due("a", "web1", pool(0), by(hours(12))), due("b", "web2", pool(0), by(hours(30)))}, changes{due("a", "web1", pool(0), by(hours(12))), due("b", "web2", pool(0), by(hours(10)))}, nil,
			[]string{"a Fri 23:00 → Sat 00:00 made_room b", "b Sat 00:00 → Fri 23:00 came_free", "0 unchanged"}},
		{"an emergency has time, and so its equal stays", changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(3)))}, changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(3))), due("b", "web2", is(schedule.Emergency), pool(0), by(hours(2)))}, nil,
			[]string{"+b Fri 15:00", "1 unchanged"}},
		{"an emergency has no time, and its equal has", changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(3)))}, changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(3))), due("b", "web2", is(schedule.Emergency), pool(0), by(hours(1)))}, nil,
			[]string{"+b Fri 14:00", "a Fri 14:00 → Fri 15:00 made_room b", "0 unchanged"}},
		{"of two emergencies that have no time the earlier deadline counts", changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(1.5)))}, changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(1.5))), due("b", "web2", is(schedule.Emergency), pool(0), by(hours(1)))}, nil,
			[]string{"+b Fri 14:00", "a Fri 14:00 → Fri 15:00 made_room b", "0 unchanged"}},
		{"an emergency needs the place at once", changes{due("a", "web1", is(schedule.Emergency), pool(0)), due("b", "web2", agreed(hours(1), hours(6)), pool(0))},
			changes{due("a", "web1", is(schedule.Emergency), pool(0)), due("b", "web2", agreed(hours(1), hours(6)), pool(0)), due("c", "web3", is(schedule.Emergency), pool(0))}, nil,
			[]string{"+c Fri 15:00", "b Fri 15:00 → Fri 16:00 made_room c", "1 unchanged"}},
		{"an emergency that takes no heed: the cluster makes room", changes{due("a", "web1", is(schedule.Emergency), cluster)}, changes{due("a", "web1", is(schedule.Emergency), cluster), due("b", "web2", regardless, cluster)}, nil,
			[]string{"+b Fri 14:00", "a Fri 14:00 → Fri 15:00 made_room b", "0 unchanged"}},
		{"a freeze was added", changes{due("a", "web1"), due("b", "web2")}, changes{due("a", "web1"), due("b", "web2", frozen(0))}, func(in *schedule.Input) {
			in.Freezes[0].At.From = hours(8)
		}, []string{"b Fri 23:00 → Tue 00:00 freeze_added BF-26", "1 unchanged"}},
		{"the window changed", changes{due("a", "web1")}, changes{due("a", "web1", in(weekend))}, nil, []string{"a Fri 23:00 → Sat 05:00 window_changed", "0 unchanged"}},
		{"it takes longer and there is time", changes{due("a", "web1")}, changes{due("a", "web1", takes(3*time.Hour))}, nil, []string{"1 unchanged"}},
		{"it takes longer, and its neighbour stays", changes{due("a", "web1", pool(0)), due("b", "web2", pool(0))}, changes{due("a", "web1", pool(0), takes(90*time.Minute)), due("b", "web2", pool(0))}, nil,
			[]string{"a Fri 23:00 → Sat 01:00 duration_grew", "1 unchanged"}},
		{"it takes less time", changes{due("a", "web1")}, changes{due("a", "web1", takes(50*time.Minute))}, nil, []string{"1 unchanged"}},
		{"not before tomorrow", changes{due("a", "web1")}, changes{due("a", "web1", notBefore(hours(24)))}, nil, []string{"a Fri 23:00 → Sat 23:00 not_before_moved", "0 unchanged"}},
		{"what it waits for takes longer", changes{due("a", "web1"), due("b", "web2", waitsFor("a"))}, changes{due("a", "web1", takes(2*time.Hour)), due("b", "web2", waitsFor("a"))}, nil,
			[]string{"b Sat 00:00 → Sat 01:00 after_moved a", "1 unchanged"}},
		{"what it waits for is not planned any more", changes{due("a", "web1"), due("b", "web2", waitsFor("a"))}, changes{due("a", "web1", in()), due("b", "web2", waitsFor("a"))}, nil,
			[]string{"−a no_window", "−b after_not_planned", "0 unchanged"}},
		{"it was not begun in time", changes{due("a", "web1")}, changes{due("a", "web1")}, func(in *schedule.Input) { in.Now = hours(9.5) }, []string{"a Fri 23:00 → Fri 23:30 not_begun", "0 unchanged"}},
		{"a site takes less at a time", changes{due("a", "web1", pool(1)), due("b", "web2", pool(1))}, changes{due("a", "web1", pool(1)), due("b", "web2", pool(1))}, func(in *schedule.Input) { in.Pools[1].Max = 1 },
			[]string{"b Fri 23:00 → Sat 00:00 pool_shrunk site B", "1 unchanged"}},
		{"two have become a cluster", changes{due("a", "web1"), due("b", "web2")}, changes{due("a", "web1", cluster), due("b", "web2", cluster)}, nil, []string{"b Fri 23:00 → Sat 00:00 group_moved db", "1 unchanged"}},
		{"two turned out to be one system", changes{due("a", "web1"), due("b", "web2")}, changes{due("a", "web1"), due("b", "web1")}, nil, []string{"b Fri 23:00 → Sat 00:00 system_moved web1", "1 unchanged"}},
		{"newly due and not planned", nil, changes{due("a", "web1", in())}, nil, []string{"?a no_window", "0 unchanged"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			input := stage(t)
			input.Changes = c.before
			before := make1(t, input)
			keeps(t, input, before)
			input.Changes = c.after
			if c.meanwhile != nil {
				c.meanwhile(&input)
			}
			after := replan(t, before, input)
			keeps(t, input, after)
			settled(t, input, after)
			if diff := cmp.Diff(c.want, changed(schedule.Diff(before, after))); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
			if c.meanwhile == nil {
				input.Changes = c.before
				if diff := cmp.Diff(c.want, changed(updated(t, input, c.after))); diff != "" {
					t.Fatalf("as an update (-want +got)\n%s", diff)
				}
			}
		})
	}
}

// updated is what it changes when all changes of a plan are given anew as one update.
func updated(t *testing.T, before schedule.Input, after []schedule.Change) schedule.Difference {
	t.Helper()
	p, err := schedule.Start(before, schedule.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	u := schedule.Update{Put: after}
	for _, c := range before.Changes {
		if !slices.ContainsFunc(after, func(o schedule.Change) bool { return o.ID == c.ID }) {
			u.Remove = append(u.Remove, c.ID)
		}
	}
	d, err := p.Replan(u)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// changed is a difference in short lines.
func changed(d schedule.Difference) []string {
	var lines []string
	why := func(c schedule.Cause) string {
		if c.Name == "" {
			return string(c.Code)
		}
		return string(c.Code) + " " + c.Name
	}
	for _, s := range d.Added {
		lines = append(lines, fmt.Sprintf("+%s %s", s.Change, s.From.Format("Mon 15:04")))
	}
	for _, m := range d.Moved {
		lines = append(lines, fmt.Sprintf("%s %s → %s %s", m.Change, m.Before.From.Format("Mon 15:04"), m.After.From.Format("Mon 15:04"), why(m.Why)))
	}
	for _, g := range d.Removed {
		lines = append(lines, fmt.Sprintf("−%s %s", g.Change, g.Why.Code))
	}
	for _, n := range d.Not {
		lines = append(lines, fmt.Sprintf("?%s %s", n.Change, n.Why.Code))
	}
	return append(lines, fmt.Sprintf("%d unchanged", d.Unchanged))
}

// TestAPlanIsToldInBothLanguages: planned, late, not planned, moved, gone.
func TestAPlanIsToldInBothLanguages(t *testing.T) {
	t.Parallel()
	now := friday(t)
	input := stage(t)
	input.Changes = []schedule.Change{due("c1", "web1", pool(0)), due("c2", "web2", pool(0), by(now.Add(10*time.Hour+30*time.Minute))), due("c3", "web3", frozen(1)), due("c4", "web4")}
	before := make1(t, input)
	input.Changes = append(input.Changes[:3:3], due("c0", "web0", pool(0), by(now.Add(10*time.Hour))), due("c5", "web5", in()))
	after := replan(t, before, input)
	texts := append(schedule.Diff(before, after).Texts(), before.Not[0].Text())
	for _, s := range after.Slots {
		if s.Late > 0 {
			texts = append(texts, s.Text())
		}
	}
	var got []string
	for _, text := range texts {
		got = append(got, text.DE, text.EN)
	}
	want := []string{
		"1 neu, 1 verschoben, 1 entfallen, 1 unverändert. Neu und nicht geplant: 1.",
		"1 new, 1 moved, 1 gone, 1 unchanged. New and not planned: 1.",
		"c0 auf web0: geplant für Sa 28.11., 00:00–01:00 Uhr, 1 h nach der Frist. Zu allen passenden Zeiten ist site A voll belegt.",
		"c0 on web0: planned for Sat 28 Nov, 00:00–01:00, 1 h after its deadline. At all fitting times site A is full.",
		"c1 auf web1: verschoben von Sa 28.11., 00:00–01:00 Uhr auf Sa 28.11., 01:00–02:00 Uhr. Sie hat Platz gemacht für c0; diese Änderung ist dringender.",
		"c1 on web1: moved from Sat 28 Nov, 00:00–01:00 to Sat 28 Nov, 01:00–02:00. It made room for c0, which is more urgent.",
		"c4 auf web4: nicht mehr geplant (bisher Fr 27.11., 23:00 Uhr – Sa 28.11., 00:00 Uhr). Die Änderung steht nicht mehr an.",
		"c4 on web4: not planned any more (formerly Fri 27 Nov, 23:00 – Sat 28 Nov, 00:00). The change is not due any more.",
		"c5 auf web5: nicht geplant. Das System hat weder ein Wartungsfenster noch einen vereinbarten Termin.",
		"c5 on web5: not planned. The system has neither a maintenance window nor an agreed appointment.",
		"c3 auf web3: nicht geplant. Gesperrt bis So 20.12.2026, 00:00 Uhr durch die Sperrzeit MOVE des Providers.",
		"c3 on web3: not planned. Frozen until Sun 20 Dec 2026, 00:00 by the freeze MOVE of the provider.",
		"c0 auf web0: geplant für Sa 28.11., 00:00–01:00 Uhr, 1 h nach der Frist. Zu allen passenden Zeiten ist site A voll belegt.",
		"c0 on web0: planned for Sat 28 Nov, 00:00–01:00, 1 h after its deadline. At all fitting times site A is full.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
}

// TestWhatIsNoInput: every error names what it is about.
func TestWhatIsNoInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		break1 func(*schedule.Input)
		want   string
	}{
		{"no horizon", func(in *schedule.Input) { in.Horizon = 0 }, "a plan needs a horizon that lies ahead, by more than a minute"},
		{"a window that is not there", func(in *schedule.Input) { in.Changes[0].Windows = []int{3} }, `change "a": there is no window with the index 3`},
		{"a freeze that is not there", func(in *schedule.Input) { in.Changes[0].Freezes = []int{-1} }, `change "a": there is no freeze with the index -1`},
		{"a running change in a pool that is not there", func(in *schedule.Input) { in.Running = []schedule.Running{{ID: "r", System: "s", Pools: []int{9}}} }, `change "r": there is no pool with the index 9`},
		{"a change without a name", func(in *schedule.Input) { in.Changes[0].ID = "" }, `change "" of system "web1": both need a name`},
		{"twice the same", func(in *schedule.Input) { in.Changes = append(in.Changes, in.Changes[0]) }, `change "a" is there twice`},
		{"twice under way", func(in *schedule.Input) {
			in.Running = []schedule.Running{{ID: "r", System: "s"}, {ID: "r", System: "s"}}
		}, `change "r" is under way twice`},
		{"no class", func(in *schedule.Input) { in.Changes[0].Class = "soon" }, `change "a": "soon" is no class`},
		{"a freeze from end to beginning", func(in *schedule.Input) {
			in.Freezes = append(in.Freezes, schedule.Freeze{ID: "f", At: window.Interval{From: in.Now, To: in.Now}})
		}, `freeze "f" ends before it begins`},
		{"a pool of less than nothing", func(in *schedule.Input) { in.Pools[0].Max = -1 }, `pool "site A" holds fewer than no changes`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			input := stage(t)
			input.Changes = []schedule.Change{due("a", "web1")}
			c.break1(&input)
			_, err := schedule.Make(input)
			if err == nil || err.Error() != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
	t.Run("an update that is none changes nothing", func(t *testing.T) {
		t.Parallel()
		input := stage(t)
		input.Changes = []schedule.Change{due("a", "web1")}
		p, err := schedule.Start(input, schedule.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range []schedule.Update{
			{Freezes: input.Freezes[:1], Put: []schedule.Change{due("b", "web2", frozen(3))}},
			{Put: []schedule.Change{due("b", "web2"), due("b", "web2")}},
		} {
			if _, err := p.Replan(u); err == nil {
				t.Fatalf("%+v was taken", u)
			}
		}
		if _, _, err := p.Next(due("b", "web2", frozen(2))); err == nil {
			t.Fatal("a freeze that is not there was taken")
		}
		if got := short(p.Plan()); !slices.Equal(got, []string{"a Fri 23:00–00:00"}) {
			t.Fatal(got)
		}
	})
}
