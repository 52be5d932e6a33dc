package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// The windows of the stories, by index.
const (
	nightly = iota // every day 23:00 for four hours
	weekend        // Saturday and Sunday 05:00 for two hours
	early          // Sunday 02:30 for an hour
)

// friday is 27 November 2026, 14:00 in Berlin.
func friday(t testing.TB) time.Time {
	t.Helper()
	return berlin(t, "2026-11-27 14:00")
}

func berlin(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// stage is an input without changes: two sites, one of which takes one change at a time, a cluster, and a
// freeze from Saturday to Tuesday.
func stage(t testing.TB) schedule.Input {
	t.Helper()
	now := friday(t)
	return schedule.Input{
		Now: now, Horizon: 14 * 24 * time.Hour,
		Windows: []window.Recurring{compile(t, "23:00", 4, window.Weekdays...), compile(t, "05:00", 2, "sat", "sun"), compile(t, "02:30", 1, "sun")},
		Freezes: []schedule.Freeze{
			{ID: "BF-26", Scope: schedule.CustomerFreeze, Reason: "Black Friday", At: window.Interval{From: berlin(t, "2026-11-28 00:00"), To: berlin(t, "2026-12-01 00:00")}},
			{ID: "MOVE", Scope: schedule.ProviderFreeze, EmergenciesPass: true, At: window.Interval{From: berlin(t, "2026-11-27 12:00"), To: berlin(t, "2026-12-20 00:00")}},
		},
		Pools:  []schedule.Pool{{Name: "site A", Max: 1}, {Name: "site B", Max: 10}, {Name: "site C", Max: 0}},
		Groups: []string{"db"},
	}
}

// due is an ordered change that takes an hour at most.
func due(id, system string, with ...func(*schedule.Change)) schedule.Change {
	c := schedule.Change{ID: id, System: system, Class: schedule.Ordered, Windows: []int{nightly}, Median: 40 * time.Minute, High: time.Hour}
	for _, f := range with {
		f(&c)
	}
	return c
}

func in(windows ...int) func(*schedule.Change) {
	return func(c *schedule.Change) { c.Windows = windows }
}

func takes(d time.Duration) func(*schedule.Change) {
	return func(c *schedule.Change) { c.High = d }
}

func by(t time.Time) func(*schedule.Change) {
	return func(c *schedule.Change) { c.Deadline = t }
}

func notBefore(t time.Time) func(*schedule.Change) {
	return func(c *schedule.Change) { c.NotBefore = t }
}

func pool(k int) func(*schedule.Change) {
	return func(c *schedule.Change) { c.Pools = append(c.Pools, k) }
}

func frozen(k int) func(*schedule.Change) {
	return func(c *schedule.Change) { c.Freezes = append(c.Freezes, k) }
}

func cluster(c *schedule.Change) { c.Groups = []int{0} }

func waitsFor(ids ...string) func(*schedule.Change) {
	return func(c *schedule.Change) { c.After = ids }
}

func is(class schedule.Class) func(*schedule.Change) {
	return func(c *schedule.Change) { c.Class = class }
}

func regardless(c *schedule.Change) { c.Class, c.Regardless = schedule.Emergency, true }

func agreed(from, to time.Time) func(*schedule.Change) {
	return func(c *schedule.Change) {
		c.Appointments = append(c.Appointments, window.Interval{From: from, To: to})
	}
}

// short is a plan in short lines: "a Sat 05:00–06:00", "b Sat 05:00–06:00 late pool_full", "c busy".
func short(p schedule.Plan) []string {
	var lines []string
	for _, s := range p.Slots {
		line := fmt.Sprintf("%s %s–%s", s.Change, s.From.Format("Mon 15:04"), s.To.Format("15:04"))
		if s.Late > 0 {
			line += fmt.Sprintf(" late %s %s", lang.Duration(s.Late, lang.EN), s.Why.Code)
		}
		lines = append(lines, line)
	}
	for _, n := range p.Not {
		lines = append(lines, fmt.Sprintf("%s %s", n.Change, n.Why.Code))
	}
	return lines
}

func TestWhenChangesAreMade(t *testing.T) {
	t.Parallel()
	now := friday(t)
	const hour = time.Hour
	hours := func(n float64) time.Time { return now.Add(time.Duration(n * float64(hour))) }
	type changes = []schedule.Change
	for _, c := range []struct {
		name    string
		changes changes
		running []schedule.Running
		want    []string
	}{
		{"nothing is due, nothing is planned", nil, nil, nil},
		{"the next window", changes{due("a", "web1")}, nil, []string{"a Fri 23:00–00:00"}},
		{"the high duration counts, not the median", changes{due("a", "web1", in(early, weekend), takes(61*time.Minute))}, nil, []string{"a Sat 05:00–06:01"}},
		{"the earlier of two windows", changes{due("a", "web1", in(weekend, nightly))}, nil, []string{"a Fri 23:00–00:00"}},
		{"an appointment comes before the window", changes{due("a", "web1", agreed(hours(1), hours(3)))}, nil, []string{"a Fri 15:00–16:00"}},
		{"an appointment that is over", changes{due("a", "web1", in(), agreed(hours(-3), hours(-1)))}, nil, []string{"a no_window"}},
		{"neither window nor appointment", changes{due("a", "web1", in())}, nil, []string{"a no_window"}},
		{"no window is long enough", changes{due("a", "web1", takes(5*hour))}, nil, []string{"a window_too_short"}},
		{"an appointment beyond the horizon", changes{due("a", "web1", in(), agreed(hours(400), hours(402)))}, nil, []string{"a beyond_horizon"}},
		{"not before what is beyond the horizon", changes{due("a", "web1", notBefore(hours(400)))}, nil, []string{"a beyond_horizon"}},
		{"nobody knows how long it takes", changes{due("a", "web1", func(c *schedule.Change) { c.Median, c.High = 0, 0 })}, nil, []string{"a no_duration"}},

		{"no part of a change lies in a freeze", changes{due("a", "web1", frozen(0)), due("b", "web2", frozen(0), takes(61*time.Minute))}, nil,
			[]string{"a Fri 23:00–00:00", "b Tue 00:00–01:01"}},
		{"frozen for the whole of the plan", changes{due("a", "web1", frozen(1))}, nil, []string{"a frozen"}},

		{"emergencies need no window", changes{due("a", "web1", is(schedule.Emergency), in())}, nil, []string{"a Fri 14:00–15:00"}},
		{"emergencies pass the freezes that say so", changes{due("a", "web1", is(schedule.Emergency), frozen(1)), due("b", "web2", is(schedule.Emergency), frozen(0), notBefore(hours(11)))}, nil,
			[]string{"a Fri 14:00–15:00", "b Tue 00:00–01:00"}},
		{"emergencies take heed of capacity and groups", changes{
			due("a", "web1", is(schedule.Emergency), pool(0)), due("b", "web2", is(schedule.Emergency), pool(0), cluster), due("c", "web3", is(schedule.Emergency), cluster)}, nil,
			[]string{"a Fri 14:00–15:00", "c Fri 14:00–15:00", "b Fri 15:00–16:00"}},
		{"but not one that is told so; the others see it", changes{due("a", "web1", is(schedule.Emergency), pool(0), by(hours(1))), due("z", "web2", regardless, pool(0))}, nil,
			[]string{"z Fri 14:00–15:00", "a Fri 15:00–16:00 late 1 h pool_full"}},
		{"an emergency that waits for another change takes heed in any case", changes{
			due("a", "web1", is(schedule.Emergency), pool(0)), due("b", "web2", is(schedule.Emergency), pool(1), takes(50*time.Minute)), due("c", "web3", regardless, pool(0), waitsFor("b"))}, nil,
			[]string{"a Fri 14:00–15:00", "b Fri 14:00–14:50", "c Fri 15:00–16:00"}},

		{"a pool that is full", changes{due("a", "web1", pool(0)), due("b", "web2", pool(0)), due("c", "web3", pool(1))}, nil,
			[]string{"a Fri 23:00–00:00", "c Fri 23:00–00:00", "b Sat 00:00–01:00"}},
		{"a pool that takes nothing", changes{due("a", "web1", pool(2))}, nil, []string{"a pool_full"}},
		{"of a cluster never two at a time", changes{due("a", "web1", cluster), due("b", "web2", cluster)}, nil, []string{"a Fri 23:00–00:00", "b Sat 00:00–01:00"}},
		{"of a system never two at a time", changes{due("a", "web1"), due("b", "web1")}, nil, []string{"a Fri 23:00–00:00", "b Sat 00:00–01:00"}},
		{"two changes, and time for one", changes{due("a", "web1", in(), agreed(hours(1), hours(2.5))), due("b", "web1", in(), agreed(hours(1), hours(2.5)))}, nil,
			[]string{"a Fri 15:00–16:00", "b system_taken"}},

		{"the system is busy for an hour", changes{due("a", "web1", is(schedule.Emergency))}, []schedule.Running{{ID: "r", System: "web1", Until: hours(1)}}, []string{"a Fri 15:00–16:00"}},
		{"the system is busy and should be so no more: another hour", changes{due("a", "web1", is(schedule.Emergency))}, []schedule.Running{{ID: "r", System: "web1", Until: hours(-1)}},
			[]string{"a Fri 15:00–16:00"}},
		{"the system is busy, and nobody knows for how long", changes{due("a", "web1")}, []schedule.Running{{ID: "r", System: "web1"}}, []string{"a busy"}},
		{"another member of the cluster is busy, and nobody knows for how long", changes{due("a", "web1", cluster)}, []schedule.Running{{ID: "r", System: "web2", Groups: []int{0}}}, []string{"a group_busy"}},
		{"a running change takes its place in the pool", changes{due("a", "web1", is(schedule.Emergency), pool(0))}, []schedule.Running{{ID: "r", System: "web2", Pools: []int{0}, Until: hours(2)}},
			[]string{"a Fri 16:00–17:00"}},

		{"first the first node, then the second", changes{due("a", "web1", waitsFor("b")), due("b", "web2")}, nil, []string{"b Fri 23:00–00:00", "a Sat 00:00–01:00"}},
		{"after what is under way", changes{due("a", "web1", is(schedule.Emergency), waitsFor("r"))}, []schedule.Running{{ID: "r", System: "web2", Until: hours(3)}}, []string{"a Fri 17:00–18:00"}},
		{"after what is not planned", changes{due("a", "web1", waitsFor("b")), due("b", "web2", in())}, nil, []string{"a after_not_planned", "b no_window"}},
		{"after what nobody knows", changes{due("a", "web1", waitsFor("x"))}, nil, []string{"a after_unknown"}},
		{"in a circle, and after one", changes{due("a", "web1", waitsFor("b")), due("b", "web2", waitsFor("c")), due("c", "web3", waitsFor("a")), due("d", "web4", waitsFor("a")), due("e", "web5", waitsFor("e"))}, nil,
			[]string{"a cycle", "b cycle", "c cycle", "d after_not_planned", "e cycle"}},
		{"what an emergency waits for is as urgent as an emergency", changes{
			due("a", "web1", pool(0), by(hours(11))), due("b", "web2", pool(0), is(schedule.Standing)), due("c", "web3", is(schedule.Emergency), waitsFor("b"))}, nil,
			[]string{"b Fri 23:00–00:00", "a Sat 00:00–01:00", "c Sat 00:00–01:00"}},

		{"the earlier deadline first", changes{due("a", "web1", pool(0)), due("b", "web2", pool(0), by(hours(100))), due("c", "web3", pool(0), by(hours(50)))}, nil,
			[]string{"c Fri 23:00–00:00", "b Sat 00:00–01:00", "a Sat 01:00–02:00"}},
		{"what is ordered comes before what is standing, whatever the deadline", changes{due("a", "web1", pool(0), is(schedule.Standing), by(hours(11))), due("b", "web2", pool(0))}, nil,
			[]string{"b Fri 23:00–00:00", "a Sat 00:00–01:00"}},
		{"of equal ones, what may begin first, then what takes longest, then the name", changes{
			due("a", "web1", pool(0), notBefore(hours(9))), due("b", "web2", pool(0)), due("c", "web3", pool(0), takes(70*time.Minute))}, nil,
			[]string{"c Fri 23:00–00:10", "b Sat 00:10–01:10", "a Sat 01:10–02:10"}},

		{"late: the pool is full", changes{due("a", "web1", pool(0), by(hours(10))), due("b", "web2", pool(0), by(hours(10.5)))}, nil,
			[]string{"a Fri 23:00–00:00", "b Sat 00:00–01:00 late 30 min pool_full"}},
		{"late: the group is busy", changes{due("a", "web1", cluster, by(hours(10))), due("b", "web2", cluster, by(hours(10)))}, nil,
			[]string{"a Fri 23:00–00:00", "b Sat 00:00–01:00 late 1 h group_busy"}},
		{"late: the system has another change", changes{due("a", "web1", by(hours(10))), due("b", "web1", by(hours(10)))}, nil,
			[]string{"a Fri 23:00–00:00", "b Sat 00:00–01:00 late 1 h system_taken"}},
		{"late: the deadline has passed", changes{due("a", "web1", by(hours(-14)))}, nil, []string{"a Fri 23:00–00:00 late 1 day deadline_passed"}},
		{"late: not before", changes{due("a", "web1", by(hours(9)), notBefore(hours(8.5)))}, nil, []string{"a Fri 23:00–00:00 late 1 h not_before"}},
		{"late: no window before", changes{due("a", "web1", by(hours(5)))}, nil, []string{"a Fri 23:00–00:00 late 5 h window_too_late"}},
		{"late: what it waits for ends late", changes{due("a", "web1", by(hours(10.5)), waitsFor("b")), due("b", "web2")}, nil,
			[]string{"b Fri 23:00–00:00", "a Sat 00:00–01:00 late 30 min after_ends_late"}},
		{"late: frozen", changes{due("a", "web1", by(hours(20)), frozen(0), takes(2*hour))}, nil, []string{"a Tue 00:00–02:00 late 2 days 16 h frozen"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			input := stage(t)
			input.Changes, input.Running = c.changes, c.running
			p := make1(t, input)
			keeps(t, input, p)
			if diff := cmp.Diff(c.want, short(p)); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestOnTheNightTheClocksChange: a window from 02:30 on is moved on by the clocks in spring and is the first of
// two in autumn; one that lasts over the change is as long as it says.
func TestOnTheNightTheClocksChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, now string
		window    int
		takes     time.Duration
		want      string
	}{
		{"spring: 02:30 does not exist", "2027-03-27 20:00", early, time.Hour, "03:30 CEST – 04:30 CEST"},
		{"spring: four hours from 23:00 end at 04:00", "2027-03-27 20:00", nightly, 4 * time.Hour, "23:00 CET – 04:00 CEST"},
		{"autumn: the first 02:30", "2026-10-24 20:00", early, time.Hour, "02:30 CEST – 02:30 CET"},
		{"autumn: four hours from 23:00 end at 02:00 for the second time", "2026-10-24 20:00", nightly, 4 * time.Hour, "23:00 CEST – 02:00 CET"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			input := stage(t)
			input.Now = berlin(t, c.now)
			input.Changes = []schedule.Change{due("a", "web1", in(c.window), takes(c.takes))}
			p := make1(t, input)
			keeps(t, input, p)
			if got := p.Slots[0].From.Format("15:04 MST") + " – " + p.Slots[0].To.Format("15:04 MST"); got != c.want {
				t.Fatalf("%s, want %s", got, c.want)
			}
		})
	}
}
