package matchbench

import (
	"runtime"
	"sync"
	"testing"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// estateSize is that of the largest estate whose matching somebody published a figure about.
const estateSize = 45_000

// BenchmarkEstate matches 45,000 hosts with 700 packages each against all of Debian's advisories: each
// host for itself, on all processors; then by the versions in use.
func BenchmarkEstate(b *testing.B) {
	x := advisories(b)
	list := hosts(b, estateSize)
	b.Run("each host for itself", func(b *testing.B) {
		for b.Loop() {
			found := make([]int, runtime.GOMAXPROCS(0))
			var workers sync.WaitGroup
			for w := range found {
				workers.Go(func() {
					for h := w; h < len(list); h += len(found) {
						for _, m := range x.Match(list[h]) {
							found[w] += len(m.Holes)
						}
					}
				})
			}
			workers.Wait()
			holes := 0
			for _, n := range found {
				holes += n
			}
			b.ReportMetric(float64(holes), "holes")
		}
	})
	f := advisory.NewFleet()
	b.Run("taking the inventories", func(b *testing.B) {
		for b.Loop() {
			f = advisory.NewFleet()
			for h, inv := range list {
				f.Set(name(h), inv)
			}
		}
	})
	b.Run("by versions in use", func(b *testing.B) {
		for b.Loop() {
			holes := 0
			f.Each(x, func(_, _, _ string, open []advisory.Hole) { holes += len(open) })
			b.ReportMetric(float64(holes), "holes")
		}
	})
	b.Run("one new advisory", func(b *testing.B) {
		common := commonest(list)
		build := advisory.NewBuilder()
		build.Add(advisory.Record{ID: "DSA-9999-1", CVEs: []string{"CVE-2026-99999"}, Affected: []advisory.Affected{{
			Ecosystem: advisory.Debian("bookworm"), Package: common, State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "0", Fixed: "99"}}}}})
		fresh := build.Build()
		for b.Loop() {
			n := 0
			for _, e := range f.Exposed(fresh, "bookworm", common) {
				n += len(e.Hosts)
			}
			b.ReportMetric(float64(n), "hosts")
		}
	})
	b.Run("one changed inventory", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			f.Set(name(i%len(list)), list[(i+1)%len(list)])
		}
	})
}

func name(h int) string {
	const digits = "0123456789"
	return "host" + string([]byte{digits[h/10000%10], digits[h/1000%10], digits[h/100%10], digits[h/10%10], digits[h%10]})
}

// commonest is the source package of bookworm that the most hosts have: the advisory that hits hardest.
func commonest(list []advisory.Inventory) string {
	count, best := map[string]int{}, ""
	for _, inv := range list {
		if inv.Release != "bookworm" {
			continue
		}
		seen := map[string]bool{}
		for _, p := range inv.Packages {
			if !seen[p.Source] {
				seen[p.Source] = true
				if count[p.Source]++; count[p.Source] > count[best] {
					best = p.Source
				}
			}
		}
	}
	return best
}
