package advisory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

func TestReleasesOfEcosystems(t *testing.T) {
	t.Parallel()
	for _, s := range []advisory.Service{advisory.Everybody, advisory.Pro, advisory.FIPS} {
		if codename, got, ok := advisory.Ubuntu("jammy", s).Release(); !ok || codename != "jammy" || got != s {
			t.Errorf("%q: %q %q %v", s, codename, got, ok)
		}
	}
	if codename, s, ok := advisory.Debian("bookworm").Release(); !ok || codename != "bookworm" || s != advisory.Everybody {
		t.Errorf("%q %q %v", codename, s, ok)
	}
	for _, e := range []advisory.Ecosystem{"", "Debian", "Debian:", "Ubuntu", "Ubuntu:Pro:", "Alpine:v3.20", advisory.Packagist, advisory.WordPressPlugin} {
		if _, _, ok := e.Release(); ok {
			t.Errorf("%q has a release", e)
		}
	}
}

// What Ubuntu Pro offers mends nothing for those who do not have it, in whatever order it is said; who has
// Pro's version has no hole.
func TestProBesideEverybody(t *testing.T) {
	t.Parallel()
	version := rapid.SampledFrom(strings.Fields("1.0-1 1.0-1ubuntu0.1~esm1 1.0-1ubuntu0.1 1.0-1ubuntu0.1+esm1 1.0-1ubuntu0.2~esm1 1.0-1ubuntu0.2 2.0-1"))
	rapid.Check(t, func(t *rapid.T) {
		installed := version.Draw(t, "installed")
		var records []advisory.Record
		say := func(s advisory.Service) (fixed []string, unfixed bool) {
			for range rapid.IntRange(0, 2).Draw(t, "statements") {
				a := advisory.Affected{State: advisory.Unfixed}
				if rapid.Bool().Draw(t, "fixed?") {
					a = fixedIn(version.Draw(t, "fixed"))
					fixed = append(fixed, a.Ranges[0].Fixed)
				} else {
					unfixed = true
				}
				a.Ecosystem = advisory.Ubuntu("jammy", s)
				records = append(records, about(fmt.Sprintf("USN-%d-1", len(records)), "vips", a, "CVE-1"))
			}
			slices.SortFunc(fixed, debian.Compare)
			return fixed, unfixed
		}
		everybody, openToAll := say(advisory.Everybody)
		pro, openToPro := say(advisory.Pro)
		for i := range records {
			j := rapid.IntRange(0, i).Draw(t, "turned")
			records[i], records[j] = records[j], records[i]
		}
		older := func(than []string) bool { return debian.Compare(installed, than[len(than)-1]) < 0 }
		anyPro, mendedByPro := openToPro || len(pro) > 0, len(pro) > 0 && !openToPro && !older(pro)
		want := false
		switch {
		case openToAll || len(everybody) > 0:
			want = (openToAll || older(everybody)) && (!mendedByPro || !strings.Contains(installed, "esm"))
		case anyPro:
			want = !mendedByPro
		}
		open := index(records...).Open("jammy", "vips", installed)
		if (len(open) == 1) != want {
			t.Fatalf("%s: %+v, want %v", installed, open, want)
		}
		for _, h := range open {
			if h.Fixed != "" && (openToAll || len(everybody) == 0 || h.State != advisory.Fixed) {
				t.Fatalf("%+v is offered to everybody", h)
			}
			if (h.State == advisory.ProOnly) != (h.Fixed == "" && len(pro) > 0 && !openToPro) {
				t.Fatalf("%+v, Pro has %v", h, pro)
			}
		}
	})
}
