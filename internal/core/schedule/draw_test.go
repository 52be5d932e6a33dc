package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests, on any machine

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// ordinaryWindows are those of a hoster, some of them at the hour at which the clocks change.
func ordinaryWindows(t testing.TB) []window.Recurring {
	return []window.Recurring{
		compile(t, "05:00", 2, "sat", "sun"), compile(t, "23:00", 4, window.Weekdays...), compile(t, "13:00", 2, "fri"),
		compile(t, "02:30", 0.5, "sun"), compile(t, "00:00", 24, "sun", "mon"), {},
	}
}

// nights are the evenings before the clocks change, and an ordinary one.
var nights = []time.Time{
	time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC), time.Date(2027, 3, 27, 20, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC),
}

// estates draws small inputs in which everything gets in the way of everything.
func estates(t *rapid.T, windows []window.Recurring) schedule.Input {
	now := rapid.SampledFrom(nights).Draw(t, "night").Add(minutes(t, "now", 0, 12*60) + seconds(t))
	in := schedule.Input{
		Now: now, Horizon: minutes(t, "horizon", 60, 9*24*60), Windows: windows,
		Pools: []schedule.Pool{{Name: "site", Max: rapid.IntRange(0, 3).Draw(t, "site")}, {Name: "shift", Max: rapid.IntRange(1, 2).Draw(t, "shift")}}, Groups: []string{"db", "web"},
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "freezes") {
		from := now.Add(minutes(t, "freeze", -1000, 6000))
		in.Freezes = append(in.Freezes, schedule.Freeze{
			ID: fmt.Sprintf("f%d", i), Scope: schedule.SystemFreeze, Reason: "sale", EmergenciesPass: rapid.Bool().Draw(t, "emergencies pass"),
			At: window.Interval{From: from, To: from.Add(minutes(t, "frozen", 1, 4000))},
		})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "running") {
		r := schedule.Running{ID: fmt.Sprintf("r%d", i), System: system(t), Pools: some(t, "pools", 2), Groups: some(t, "groups", 2)}
		if rapid.IntRange(0, 5).Draw(t, "end known") > 0 {
			r.Until = now.Add(minutes(t, "until", -60, 300))
		}
		in.Running = append(in.Running, r)
	}
	n := rapid.IntRange(0, 14).Draw(t, "changes")
	for i := range n {
		in.Changes = append(in.Changes, change(t, in, fmt.Sprintf("c%02d", i), n))
	}
	return in
}

// change draws one change of the input that waits, if at all, for one of n.
func change(t *rapid.T, in schedule.Input, id string, n int) schedule.Change {
	c := schedule.Change{
		ID: id, System: system(t), Class: rapid.SampledFrom([]schedule.Class{schedule.Emergency, schedule.Ordered, schedule.Ordered, schedule.Standing}).Draw(t, "class"),
		Windows: some(t, "windows", len(in.Windows)), Freezes: some(t, "freezes", len(in.Freezes)), Pools: some(t, "pools", 2), Groups: some(t, "groups", 2),
		Median: minutes(t, "median", -1, 90), Regardless: rapid.IntRange(0, 2).Draw(t, "regardless") == 0,
	}
	c.High = c.Median + minutes(t, "spread", -1, 60) + seconds(t)
	if rapid.IntRange(0, 5).Draw(t, "appointment") == 0 {
		from := in.Now.Add(minutes(t, "appointed", -100, 4000))
		c.Appointments = append(c.Appointments, window.Interval{From: from, To: from.Add(minutes(t, "agreed", 1, 200))})
	}
	if rapid.Bool().Draw(t, "has a deadline") {
		c.Deadline = in.Now.Add(minutes(t, "deadline", -60, 6000))
	}
	if rapid.IntRange(0, 3).Draw(t, "later") == 0 {
		c.NotBefore = in.Now.Add(minutes(t, "not before", -100, 3000) + seconds(t))
	}
	if rapid.IntRange(0, 2).Draw(t, "waits") == 0 {
		c.After = append(c.After, rapid.SampledFrom([]string{fmt.Sprintf("c%02d", rapid.IntRange(0, n).Draw(t, "for")), fmt.Sprintf("c%02d", rapid.IntRange(0, n).Draw(t, "for")), "r0"}).Draw(t, "after"))
	}
	return c
}

func system(t *rapid.T) string {
	return fmt.Sprintf("host%d", rapid.IntRange(1, 8).Draw(t, "system"))
}

func minutes(t *rapid.T, name string, least, most int) time.Duration {
	return time.Duration(rapid.IntRange(least, most).Draw(t, name)) * time.Minute
}

// seconds are as a rule none.
func seconds(t *rapid.T) time.Duration {
	return time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 59}).Draw(t, "seconds")) * time.Second
}

// some draws indices of n things, few as a rule, with repetitions.
func some(t *rapid.T, name string, n int) []int {
	if n == 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(t, name)
}

// told is an input in few lines, for messages; times are minutes from now.
func told(in schedule.Input, p schedule.Plan) string {
	var b strings.Builder
	at := func(t time.Time) int { return int(t.Sub(in.Now).Minutes()) }
	fmt.Fprintf(&b, "horizon %d, site %d, shift %d\n", int(in.Horizon.Minutes()), in.Pools[0].Max, in.Pools[1].Max)
	for i, f := range in.Freezes {
		fmt.Fprintf(&b, "freeze %d: %d–%d, emergencies pass: %t\n", i, at(f.At.From), at(f.At.To), f.EmergenciesPass)
	}
	for _, r := range in.Running {
		fmt.Fprintf(&b, "running %s on %s until %d, pools %v groups %v\n", r.ID, r.System, at(r.Until), r.Pools, r.Groups)
	}
	for _, c := range in.Changes {
		if max(c.High, c.Median) <= 0 {
			continue
		}
		fmt.Fprintf(&b, "%s on %s, %s (regardless %t) for %d, windows %v appointments %d freezes %v pools %v groups %v after %v", c.ID, c.System, c.Class, c.Regardless,
			int(max(c.High, c.Median).Minutes()), c.Windows, len(c.Appointments), c.Freezes, c.Pools, c.Groups, c.After)
		if !c.NotBefore.IsZero() {
			fmt.Fprintf(&b, ", not before %d", at(c.NotBefore))
		}
		if !c.Deadline.IsZero() {
			fmt.Fprintf(&b, ", deadline %d", at(c.Deadline))
		}
		for _, s := range p.Slots {
			if s.Change == c.ID {
				fmt.Fprintf(&b, ": at %d", at(s.From))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
