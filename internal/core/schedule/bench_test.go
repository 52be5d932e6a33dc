package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// quarter is what is planned ahead.
const quarter = 92 * 24 * time.Hour

// hoster is a large estate with n due changes: five sites and three shifts that take so many changes at a
// time, a hypervisor for every forty systems that takes two, clusters of three, 200 distinct windows, freezes,
// dependencies, and deadlines for most.
func hoster(t testing.TB, n, site int) schedule.Input {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	in := schedule.Input{Now: time.Date(2026, 9, 28, 12, 0, 0, 0, berlin), Horizon: quarter}
	for i := range 200 {
		days := window.Weekdays
		switch i % 4 {
		case 1:
			days = window.Weekdays[5:]
		case 2:
			days = window.Weekdays[i%7 : i%7+1]
		}
		in.Windows = append(in.Windows, compile(t, fmt.Sprintf("%02d:%02d", (20+i%10)%24, 15*(i%4)), float64(2+i%5), days...))
	}
	for i := range 60 {
		from := in.Now.AddDate(0, 0, r.IntN(90))
		in.Freezes = append(in.Freezes, schedule.Freeze{
			ID: fmt.Sprintf("freeze%02d", i), Scope: schedule.CustomerFreeze, At: window.Interval{From: from, To: from.AddDate(0, 0, 1+r.IntN(10))}, EmergenciesPass: i%2 == 0,
		})
	}
	for i := range 5 {
		in.Pools = append(in.Pools, schedule.Pool{Name: fmt.Sprintf("site%d", i), Max: site})
	}
	for i := range 3 {
		in.Pools = append(in.Pools, schedule.Pool{Name: fmt.Sprintf("shift%d", i), Max: 2 * site})
	}
	systems := n * 3 / 5
	for i := range systems/40 + 1 {
		in.Pools = append(in.Pools, schedule.Pool{Name: fmt.Sprintf("hypervisor%d", i), Max: 2})
	}
	for i := range systems/9 + 1 {
		in.Groups = append(in.Groups, fmt.Sprintf("cluster%d", i))
	}
	for i := range n {
		s := r.IntN(systems)
		median := time.Duration(5+r.IntN(40)) * time.Minute
		c := schedule.Change{
			ID: fmt.Sprintf("c%06d", i), System: fmt.Sprintf("host%05d", s), Class: schedule.Ordered, Windows: []int{s % 200},
			Pools: []int{s % 5, 5 + s%3, 8 + s/40}, Median: median, High: median * time.Duration(12+r.IntN(15)) / 10,
		}
		if s%3 == 0 {
			c.Groups = []int{s / 9}
		}
		if s%4 == 0 {
			c.Freezes = []int{s % 60, (s + 7) % 60}
		}
		switch k := r.IntN(100); {
		case k < 1:
			c.Class = schedule.Emergency
		case k < 40:
			c.Class = schedule.Standing
		}
		if r.IntN(10) < 6 {
			c.Deadline = in.Now.Add(time.Duration(1+r.IntN(80*24)) * time.Hour)
		}
		if r.IntN(20) == 0 && i > 10 {
			c.After = []string{fmt.Sprintf("c%06d", r.IntN(i))}
		}
		if r.IntN(10) == 0 {
			c.NotBefore = in.Now.Add(time.Duration(r.IntN(30*24)) * time.Hour)
		}
		in.Changes = append(in.Changes, c)
	}
	return in
}

func compile(t testing.TB, start string, hours float64, days ...string) window.Recurring {
	t.Helper()
	r, err := window.Compile(estate.Window{Name: "w", Days: days, Start: start, Hours: hours, Zone: "Europe/Berlin"}, time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const many = 100_000

// loads are estates by how many changes a site takes at a time.
var loads = []struct {
	name string
	site int
}{
	{"roomy", 100},     // all fit into the quarter, 3 in 100 are late because a site is full
	{"tight", 60},      // 1 in 100 fits no more, 6 are late because a site is full
	{"overloaded", 20}, // 18 in 100 fit no more, 14 are late because a site is full
}

// BenchmarkMake plans a hundred thousand changes over a quarter.
func BenchmarkMake(b *testing.B) {
	for _, e := range loads {
		b.Run(e.name, func(b *testing.B) {
			in := hoster(b, many, e.site)
			var p schedule.Plan
			measure(b, func() {
				var err error
				if p, err = schedule.Make(in); err != nil || len(p.Slots)+len(p.Not) != many {
					b.Fatal("not every change has an answer", err)
				}
			})
			late, _ := unkept(p)
			b.ReportMetric(float64(len(p.Slots)), "planned")
			b.ReportMetric(float64(late), "late")
		})
	}
}

// spent is the processor time of this process so far: what counts when others are at work on the machine.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs f again and again and reports the processor time that it takes, by itself.
func measure(b *testing.B, f func()) {
	b.Helper()
	b.ReportAllocs()
	before := spent(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(spent(b)-before)/float64(b.N), "cpu-ns/op")
}

// BenchmarkNext asks for a slot for one change more beside a hundred thousand planned.
func BenchmarkNext(b *testing.B) {
	for _, e := range loads {
		b.Run(e.name, func(b *testing.B) {
			in := hoster(b, many, e.site)
			p := start(b, in)
			k := 0
			var times []time.Duration
			measure(b, func() {
				c := in.Changes[k%many]
				c.ID = "one"
				before := time.Now()
				if _, _, err := p.Next(c); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(before))
				k += 7919
			})
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkReplanOne plans anew after one change was added, or taken away, or took longer.
func BenchmarkReplanOne(b *testing.B) {
	for _, e := range loads {
		in := hoster(b, many, e.site)
		p := start(b, in)
		for _, c := range []struct {
			name string
			edit func(schedule.Change) schedule.Update
		}{
			{"remove", func(c schedule.Change) schedule.Update { return schedule.Update{Remove: []string{c.ID}} }},
			{"longer", func(c schedule.Change) schedule.Update {
				c.High += 10 * time.Minute
				return schedule.Update{Put: []schedule.Change{c}}
			}},
			{"urgent", func(c schedule.Change) schedule.Update {
				c.ID, c.Class, c.Deadline = "one", schedule.Ordered, in.Now.Add(14*24*time.Hour)
				return schedule.Update{Put: []schedule.Change{c}}
			}},
			{"emergency", func(c schedule.Change) schedule.Update {
				c.ID, c.Class = "one", schedule.Emergency
				return schedule.Update{Put: []schedule.Change{c}}
			}},
		} {
			b.Run(e.name+"/"+c.name, func(b *testing.B) {
				k, moved := 0, 0
				var times []time.Duration
				measure(b, func() {
					before := spent(b)
					d, err := p.Replan(c.edit(in.Changes[k%many]))
					if err != nil {
						b.Fatal(err)
					}
					times = append(times, spent(b)-before)
					moved += len(d.Moved) + len(d.Added) + len(d.Removed)
					k += 7919
				})
				b.ReportMetric(float64(moved)/float64(b.N), "moved/op")
				late, not := unkept(p.Plan())
				b.ReportMetric(float64(late), "late")
				b.ReportMetric(float64(not), "unplanned")
				slices.Sort(times)
				b.ReportMetric(times[len(times)/2].Seconds()*1000, "median-ms")
				b.ReportMetric(times[len(times)*95/100].Seconds()*1000, "p95-ms")
				b.ReportMetric(times[len(times)-1].Seconds()*1000, "worst-ms")
			})
		}
	}
}

// unkept is how many changes of a plan miss their deadline, and how many have no place at all.
func unkept(p schedule.Plan) (late, not int) {
	for _, s := range p.Slots {
		if s.Late > 0 {
			late++
		}
	}
	return late, len(p.Not)
}

// BenchmarkReplanAll plans all anew on top of the last plan.
func BenchmarkReplanAll(b *testing.B) {
	for _, e := range loads {
		b.Run(e.name, func(b *testing.B) {
			in := hoster(b, many, e.site)
			before, err := schedule.Make(in)
			if err != nil {
				b.Fatal(err)
			}
			measure(b, func() {
				if _, err := schedule.Replan(before, in); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

func start(b *testing.B, in schedule.Input) *schedule.Planner {
	b.Helper()
	p, err := schedule.Start(in, schedule.Plan{})
	if err != nil {
		b.Fatal(err)
	}
	return p
}
