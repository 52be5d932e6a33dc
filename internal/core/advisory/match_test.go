package advisory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// about is a record about one package in bookworm.
func about(id, pkg string, a advisory.Affected, cves ...string) advisory.Record {
	a.Package = pkg
	if a.Ecosystem == "" {
		a.Ecosystem = advisory.Debian("bookworm")
	}
	return advisory.Record{ID: id, CVEs: cves, Affected: []advisory.Affected{a}}
}

func fixedIn(v string) advisory.Affected {
	return advisory.Affected{State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "0", Fixed: v}}}
}

func index(records ...advisory.Record) *advisory.Index {
	b := advisory.NewBuilder()
	for _, r := range records {
		b.Add(r)
	}
	return b.Build()
}

// cvesOf are the holes of a version, "CVE-1<2.0" for one that 2.0 fixes, "CVE-2" for one without a fix.
func cvesOf(holes []advisory.Hole) []string {
	var names []string
	for _, h := range holes {
		if h.Fixed != "" {
			h.CVE += "<" + h.Fixed
		}
		names = append(names, h.CVE)
	}
	slices.Sort(names)
	return names
}

func TestWhichHolesAVersionHas(t *testing.T) {
	t.Parallel()
	x := index(
		about("DSA-1-1", "nginx", fixedIn("1.22.1-9+deb12u1"), "CVE-1"),
		about("DSA-2-1", "nginx", fixedIn("1.22.1-9+deb12u2"), "CVE-2"),
		about("DSA-2-2", "nginx", fixedIn("1.22.1-9+deb12u3"), "CVE-2"), // the first fix was not whole
		about("CVE-3", "nginx", advisory.Affected{State: advisory.Unfixed}, "CVE-3"),
		about("CVE-4", "nginx", advisory.Affected{State: advisory.NoDSA}, "CVE-4"),
		about("CVE-5", "nginx", advisory.Affected{State: advisory.NotAffected}, "CVE-5"),
		about("CVE-6", "nginx", advisory.Affected{State: advisory.Undetermined}, "CVE-6"),
		about("CVE-7", "nginx", advisory.Affected{State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "1.23-1", Fixed: "1.25-1"}}}, "CVE-7"),
		about("DSA-9-1", "nginx", advisory.Affected{Ecosystem: advisory.Debian("trixie"), State: advisory.Unfixed}, "CVE-9"),
	)
	for _, c := range []struct {
		version string
		want    []string
	}{
		{"1.22.1-9", []string{"CVE-1<1.22.1-9+deb12u1", "CVE-2<1.22.1-9+deb12u3", "CVE-3", "CVE-4"}},
		{"1.22.1-9+deb12u1", []string{"CVE-2<1.22.1-9+deb12u3", "CVE-3", "CVE-4"}},
		{"1.22.1-9+deb12u2", []string{"CVE-2<1.22.1-9+deb12u3", "CVE-3", "CVE-4"}},
		{"1.22.1-9+deb12u3", []string{"CVE-3", "CVE-4"}},
		{"1.24-1", []string{"CVE-3", "CVE-4", "CVE-7<1.25-1"}}, // a hole that came with a later version
	} {
		if diff := cmp.Diff(c.want, cvesOf(x.Open("bookworm", "nginx", c.version))); diff != "" {
			t.Errorf("nginx %s:\n%s", c.version, diff)
		}
	}
	if x.Open("bookworm", "apache2", "1") != nil || x.Open("bullseye", "nginx", "1") != nil {
		t.Error("holes where nobody named one")
	}
	if x.Knows("bullseye") || !x.Knows("bookworm") {
		t.Error("what the index knows")
	}
}

// What publishers say against each other: the worse word holds, and what is said about the release
// itself holds over what it inherits from unstable.
func TestPublishersDisagree(t *testing.T) {
	t.Parallel()
	unfixed, clear := advisory.Affected{State: advisory.Unfixed}, advisory.Affected{State: advisory.NotAffected}
	handedDown := fixedIn("2.0-1")
	handedDown.Inherited = true
	for name, c := range map[string]struct {
		says []advisory.Affected
		want []string // of version 1.0-1+deb12u1
	}{
		"fixed early, fixed later":            {[]advisory.Affected{fixedIn("1.0-1"), fixedIn("1.1-1")}, []string{"CVE-1<1.1-1"}},
		"fixed, still open":                   {[]advisory.Affected{fixedIn("1.0-1"), unfixed}, []string{"CVE-1"}},
		"not affected, fixed later":           {[]advisory.Affected{clear, fixedIn("1.1-1")}, []string{"CVE-1<1.1-1"}},
		"not affected, all agree":             {[]advisory.Affected{clear, clear}, nil},
		"unstable is fixed, so is release":    {[]advisory.Affected{handedDown, fixedIn("1.0-1+deb12u1")}, nil},
		"unstable is fixed, release is clear": {[]advisory.Affected{clear, handedDown}, nil},
		"unstable alone":                      {[]advisory.Affected{handedDown}, []string{"CVE-1<2.0-1"}},
	} {
		for _, turned := range []bool{false, true} {
			says := slices.Clone(c.says)
			if turned {
				slices.Reverse(says)
			}
			b := advisory.NewBuilder()
			for i, a := range says {
				b.Add(about(fmt.Sprintf("DSA-%d-1", i), "php", a, "CVE-1"))
			}
			if diff := cmp.Diff(c.want, cvesOf(b.Build().Open("bookworm", "php", "1.0-1+deb12u1"))); diff != "" {
				t.Errorf("%s, turned %v:\n%s", name, turned, diff)
			}
		}
	}
	taken := about("DSA-1-1", "php", unfixed, "CVE-1")
	taken.Withdrawn = true
	if got := index(taken).Holes(); got != 0 {
		t.Errorf("a withdrawn advisory left %d holes", got)
	}
}

func pkg(name, version, source string) debian.Installed {
	p := debian.Installed{Name: name, Version: version}
	p.Source, p.SourceVersion = debian.Origin(name, version, source)
	return p
}

// A kernel image is built from linux and signed by another source; the image that runs is the one that
// counts, whatever else lies in /boot.
func TestKernels(t *testing.T) {
	t.Parallel()
	x := index(about("DSA-1-1", "linux", fixedIn("6.1.90-1"), "CVE-1"))
	inventory := advisory.Inventory{Release: "bookworm", Packages: []debian.Installed{
		pkg("linux-image-6.1.0-20-amd64", "6.1.85-1", "linux-signed-amd64 (6.1.85+1)"),
		pkg("linux-image-6.1.0-21-amd64", "6.1.90-1", "linux-signed-amd64 (6.1.90+1)"),
		pkg("linux-image-amd64", "6.1.90-1", "linux-signed-amd64 (6.1.90+1)"),
	}}
	for running, want := range map[string]int{
		"":               1, // nobody knows: the old one may be the one
		"6.1.0-20-amd64": 1, // the fixed one waits for a reboot
		"6.1.0-21-amd64": 0,
		"6.1.0-99-amd64": 1, // not one of these
	} {
		inventory.Kernel = running
		found := x.Match(inventory)
		if len(found) != want {
			t.Errorf("running %q: %v", running, found)
		}
		if want == 1 && !slices.Equal(found[0].Binaries, []string{"linux-image-6.1.0-20-amd64"}) {
			t.Errorf("running %q: %v", running, found[0].Binaries)
		}
	}
}

func TestBinariesOfOneSourceStandTogether(t *testing.T) {
	t.Parallel()
	x := index(about("DSA-1-1", "openssl", fixedIn("3.0.11-1"), "CVE-1"), about("DSA-2-1", "curl", fixedIn("8"), "CVE-2"))
	found := x.Match(advisory.Inventory{Release: "bookworm", Packages: []debian.Installed{
		pkg("openssl", "3.0.9-1", ""), pkg("libssl3", "3.0.9-1", "openssl"), pkg("libssl3", "3.0.9-1", "openssl"), // two architectures
		pkg("curl", "8.1-1", ""), pkg("libssl-dev", "3.0.11-1", "openssl"),
	}})
	if len(found) != 1 || !slices.Equal(found[0].Binaries, []string{"libssl3", "openssl"}) || found[0].Version != "3.0.9-1" {
		t.Errorf("%+v", found)
	}
}

// The index against a plain reading of the same records, version by version.
func TestIndexAgreesWithAPlainReading(t *testing.T) {
	t.Parallel()
	version := rapid.SampledFrom(strings.Fields("1.0-1 1.0-1~ 1.0-1+b1 1.0-1+deb12u1 1.0-1+deb12u2 1.1-1 1:0.9-1 0:1.0-1 2.0~rc1-1 2.0-1"))
	state := rapid.SampledFrom([]advisory.State{advisory.Fixed, advisory.Fixed, advisory.Unfixed, advisory.NoDSA, advisory.NotAffected})
	rapid.Check(t, func(t *rapid.T) {
		installed := version.Draw(t, "installed")
		want := map[string]bool{}
		b := advisory.NewBuilder()
		for i := range rapid.IntRange(0, 12).Draw(t, "records") {
			cve := fmt.Sprintf("CVE-%d", rapid.IntRange(1, 6).Draw(t, "cve"))
			a := advisory.Affected{State: state.Draw(t, "state")}
			hit := a.State == advisory.Unfixed || a.State == advisory.NoDSA
			if a.State == advisory.Fixed {
				a = fixedIn(version.Draw(t, "fixed"))
				hit = debian.Compare(installed, a.Ranges[0].Fixed) < 0
			}
			want[cve] = want[cve] || hit
			b.Add(about(fmt.Sprintf("DSA-%d-1", i), "php", a, cve))
		}
		got := map[string]bool{}
		for _, h := range b.Build().Open("bookworm", "php", installed) {
			got[h.CVE] = true
		}
		for cve, hit := range want {
			if got[cve] != hit {
				t.Fatalf("%s in %s: %v, want %v", cve, installed, got[cve], hit)
			}
		}
	})
}
