package bench

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/lab"
)

// workload is what is pending on every host.
type workload struct {
	name    string
	real    bool // real security updates of Debian
	local   bool // two small packages of the loopback repository
	failing bool // of which one does not run on every fourth host
}

var workloads = []workload{
	{name: "small", local: true},
	{name: "large", real: true},
	{name: "failing", local: true, failing: true},
	{name: "failing-large", real: true, local: true, failing: true},
}

// turn is how one contender fared once.
type turn struct {
	seconds  float64
	cpu      float64 // seconds, of the control side
	peak     float64 // MiB, of the control side
	hosts    float64 // seconds of CPU time that a host used for it, on average
	updated  int     // hosts with nothing pending whose services run
	failed   int     // hosts on which the update cannot succeed
	returned int     // of these: identical to before, and their services run
}

// BenchmarkFleet has Patchwart, Ansible, unattended-upgrade and plain apt bring the same updates to fleets of
// several sizes, each from the same saved disks. Timed is all from "go" to the last host, refreshing the lists and
// downloading from the loopback repository included.
func BenchmarkFleet(b *testing.B) {
	sizes, ok := numbers(*fleetSizes)
	if !ok {
		b.Fatalf("-fleet %q: name numbers of hosts, such as 1,5,20", *fleetSizes)
	}
	chosen := chosenWork(b)
	if len(sizes) == 0 || len(chosen) == 0 {
		b.Skip("no fleets are wanted")
	}
	if os.Geteuid() != 0 {
		b.Skip("not root: real hosts need root; run 'sudo make bench'")
	}
	g := newGround(b, sizes[len(sizes)-1])
	var report strings.Builder
	for _, n := range sizes {
		hosts := g.fleet(n)
		for _, w := range chosen {
			part := g.measured(hosts, w)
			fmt.Fprintln(os.Stderr, part)
			report.WriteString("\n" + part)
		}
	}
	b.Log(report.String())
	b.ReportMetric(0, "ns/op")
}

func chosenWork(b *testing.B) []workload {
	var chosen []workload
	for _, name := range words(*fleetWork) {
		found := false
		for _, w := range workloads {
			if w.name == name {
				chosen, found = append(chosen, w), true
			}
		}
		if !found {
			b.Fatalf("-work %q: there is no workload %q", *fleetWork, name)
		}
	}
	return chosen
}

// measured gives every contender its turns with a workload and tells how they fared, as a table.
func (g *ground) measured(hosts []*lab.Host, w workload) string {
	list := g.contenders()
	turns := map[string][]turn{}
	updates := 0
	for round := range *fleetTurns {
		for i := range list {
			c := list[(i+round)%len(list)] // nobody is always the first
			g.ready(hosts, w)
			n, err := pending(g.ctx, hosts[0])
			must(g, err)
			updates = n
			t := g.take(hosts, w, c)
			turns[c.name] = append(turns[c.name], t)
			load, _ := os.ReadFile("/proc/loadavg")
			fmt.Fprintf(os.Stderr, "%s, %d hosts, round %d: %-38s %7.2f s, a host %5.2f s CPU, control side %6.2f s CPU, %5.1f MiB; updated %d, failing %d, returned %d; load %s",
				w.name, len(hosts), round+1, c.name, t.seconds, t.hosts, t.cpu, t.peak, t.updated, t.failed, t.returned, load)
		}
	}
	return table(len(hosts), updates, w, list, turns)
}

// take is one turn of a contender: on hosts that are ready.
func (g *ground) take(hosts []*lab.Host, w workload, c contender) turn {
	if c.prepare != nil {
		c.prepare(hosts, w)
	}
	var ill []*lab.Host
	if w.failing {
		for _, h := range hosts {
			if frail(hostNumber(h.Name())) {
				ill = append(ill, h)
			}
		}
	}
	var mu sync.Mutex
	before := map[string]lab.Tree{}
	must(g, each(ill, 2, func(h *lab.Host) error {
		tree, err := g.walk(h)
		mu.Lock()
		defer mu.Unlock()
		before[h.Name()] = tree
		return err
	}))
	began := g.work(hosts)
	wall, used := c.update(hosts, w)
	worked := (g.work(hosts) - began) / time.Duration(len(hosts))
	t := turn{seconds: wall.Seconds(), cpu: used.cpu.Seconds(), peak: float64(used.peak) / (1 << 20), hosts: worked.Seconds(), failed: len(ill)}
	for _, h := range hosts {
		tree, failing := before[h.Name()]
		switch {
		case !failing && g.updated(h):
			t.updated++
		case !failing:
			g.Logf("%s, %s: %s is not updated", c.name, w.name, h.Name())
		case g.identical(h, c.name, tree):
			t.returned++
		}
	}
	return t
}

// work is the CPU time that the hosts have used so far.
func (g *ground) work(hosts []*lab.Host) time.Duration {
	var sum time.Duration
	for _, h := range hosts {
		used, err := h.CPU()
		must(g, err)
		sum += used
	}
	return sum
}

// identical says whether a host is as it was before, and tells of the first paths that are not.
func (g *ground) identical(h *lab.Host, contender string, before lab.Tree) bool {
	now, err := g.walk(h)
	must(g, err)
	diff, runs := lab.Diff(before, now), g.running(h)
	if len(diff) > 0 || !runs {
		fmt.Fprintf(os.Stderr, "  %s, %s: %d paths differ from before, services run: %t\n", contender, h.Name(), len(diff), runs)
		for _, line := range diff[:min(len(diff), 12)] {
			fmt.Fprintln(os.Stderr, "    "+line)
		}
	}
	return len(diff) == 0 && runs
}
