package advisory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

func inventoryOf(packages ...string) advisory.Inventory {
	inv := advisory.Inventory{Release: "bookworm"}
	for i := 0; i < len(packages); i += 2 {
		inv.Packages = append(inv.Packages, pkg(packages[i], packages[i+1], ""))
	}
	return inv
}

// A new advisory touches only the hosts that have the package; a new inventory only what changed on it.
func TestFleetLooksOnlyAtWhatChanged(t *testing.T) {
	t.Parallel()
	f := advisory.NewFleet()
	if got := f.Set("web1", inventoryOf("nginx", "1.0-1", "curl", "8-1")); !slices.Equal(got, []string{"curl", "nginx"}) {
		t.Errorf("first inventory: %v", got)
	}
	f.Set("web2", inventoryOf("nginx", "1.0-2"))
	f.Set("db1", inventoryOf("mariadb", "10-1"))
	if got := f.Set("web1", inventoryOf("nginx", "1.0-1", "curl", "8-1")); got != nil {
		t.Errorf("nothing changed, and yet %v", got)
	}
	x := index(about("DSA-1-1", "nginx", fixedIn("1.0-2"), "CVE-1"))
	want := []advisory.Exposure{{Release: "bookworm", Source: "nginx", Version: "1.0-1", Holes: x.Open("bookworm", "nginx", "1.0-1"), Hosts: []string{"web1"}}}
	if diff := cmp.Diff(want, f.Exposed(x, "bookworm", "nginx"), cmp.AllowUnexported(advisory.Hole{})); diff != "" {
		t.Error(diff)
	}
	if got := f.Set("web1", inventoryOf("nginx", "1.0-2", "curl", "8-1")); !slices.Equal(got, []string{"nginx"}) {
		t.Errorf("after the update: %v", got)
	}
	if got := f.Exposed(x, "bookworm", "nginx"); got != nil {
		t.Errorf("still exposed: %v", got)
	}
	f.Remove("db1")
	if got := f.Exposed(index(about("DSA-2-1", "mariadb", fixedIn("11"), "CVE-2")), "bookworm", "mariadb"); got != nil {
		t.Errorf("a host that is gone is exposed: %v", got)
	}
}

// The short way through the fleet says what the long way says host by host.
func TestFleetAgreesWithEachHost(t *testing.T) {
	t.Parallel()
	names, versions := rapid.SampledFrom([]string{"nginx", "curl", "php", "linux-image-6.1.0-1-amd64"}), rapid.SampledFrom([]string{"1-1", "1-2", "1-3"})
	rapid.Check(t, func(t *rapid.T) {
		b := advisory.NewBuilder()
		for i, source := range []string{"nginx", "curl", "linux"} {
			b.Add(about(fmt.Sprintf("DSA-%d-1", i), source, fixedIn(versions.Draw(t, "fixed")), fmt.Sprintf("CVE-%d", i)))
		}
		x, f := b.Build(), advisory.NewFleet()
		last := map[string]advisory.Inventory{}
		for range rapid.IntRange(1, 12).Draw(t, "inventories") {
			host := rapid.SampledFrom([]string{"web1", "web2", "db1"}).Draw(t, "host")
			inv := advisory.Inventory{Release: "bookworm", Kernel: "6.1.0-1-amd64"}
			for range rapid.IntRange(0, 5).Draw(t, "packages") {
				inv.Packages = append(inv.Packages, pkg(names.Draw(t, "name"), versions.Draw(t, "version"), ""))
			}
			for i, p := range inv.Packages {
				if debian.ImageOf(p.Name) != "" {
					inv.Packages[i].Source = "linux"
				}
			}
			last[host] = inv
			f.Set(host, inv)
		}
		want, got := map[string]bool{}, map[string]bool{}
		for host, inv := range last {
			for _, m := range x.Match(inv) {
				for _, h := range m.Holes {
					want[host+" "+m.Source+" "+m.Version+" "+h.CVE] = true
				}
			}
		}
		f.Each(x, func(host, source, version string, open []advisory.Hole) {
			for _, h := range open {
				got[host+" "+source+" "+version+" "+h.CVE] = true
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
