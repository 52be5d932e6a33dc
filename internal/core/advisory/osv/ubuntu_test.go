package osv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// ubuntuRecords are records in the shape in which Ubuntu publishes them, written by hand.
func ubuntuRecords(t *testing.T) map[string]advisory.Record {
	t.Helper()
	files, err := filepath.Glob("testdata/ubuntu/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	records := map[string]advisory.Record{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		records[r.ID] = r
	}
	return records
}

// What each sort of record says: for everybody, for subscribers, and nothing where it is about something
// else.
func TestUbuntuRecords(t *testing.T) {
	t.Parallel()
	records := ubuntuRecords(t)
	for id, want := range map[string][]string{
		"UBUNTU-CVE-2026-1001": {
			"about CVE-2026-1001",
			"Ubuntu:Pro:trusty php5 unfixed (medium)",
			"Ubuntu:Pro:focal php7.4 fixed 7.4.3-4ubuntu2.29+esm1 (medium)",
			"Ubuntu:jammy php8.1 fixed 8.1.2-1ubuntu2.22 (medium)",
			"Ubuntu:noble php8.3 fixed 8.3.6-0ubuntu0.24.04.5 (medium)",
			"Ubuntu:questing php8.4 unfixed (medium)",
		},
		"USN-9001-1": {
			"about CVE-2026-1001 CVE-2026-1005",
			"Ubuntu:jammy php8.1 fixed 8.1.2-1ubuntu2.22 () CVE-2026-1001",
			"Ubuntu:noble php8.3 fixed 8.3.6-0ubuntu0.24.04.5 () CVE-2026-1001 CVE-2026-1005",
		},
		"UBUNTU-CVE-2026-1003": {
			"about CVE-2026-1003",
			"Ubuntu:Pro:focal linux-aws fixed 5.4.0-1150.160 (high)",
			"Ubuntu:jammy linux fixed 5.15.0-150.160 (high)",
			"Ubuntu:jammy linux-hwe-6.8 fixed 6.8.0-80.80~22.04.1 (high)",
			"Ubuntu:Pro:jammy linux-realtime fixed 5.15.0-1090.99 (high)",
			"Ubuntu:FIPS:jammy linux-fips fixed 5.15.0-150.160+fips1 (high)",
			"Ubuntu:noble linux fixed 6.8.0-80.80 (high)",
		},
		"LSN-9001-1": {"about CVE-2026-1003"}, // a live patch is no package
		"USN-8001-1": {
			"about CVE-2024-1001",
			"Ubuntu:Pro:jammy nginx fixed 1.18.0-6ubuntu14.5 ()", // the ecosystem does not say Pro, the availability does
		},
	} {
		r := records[id]
		got := []string{"about " + strings.Join(r.CVEs, " ")}
		for _, a := range r.Affected {
			line := string(a.Ecosystem) + " " + a.Package + " " + string(a.State)
			for _, span := range a.Ranges {
				line = strings.TrimSpace(line + " " + span.Fixed)
			}
			got = append(got, strings.TrimSpace(line+" ("+a.Urgency+") "+strings.Join(a.CVEs, " ")))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", id, diff)
		}
		if r.Withdrawn || slices.ContainsFunc(r.Vectors, func(v string) bool { return !strings.HasPrefix(v, "CVSS:") }) {
			t.Errorf("%+v", r)
		}
	}
	if !records["UBUNTU-CVE-2026-1006"].Withdrawn {
		t.Error("a withdrawn record counts")
	}
}

// Which holes hosts have by these records.
func TestUbuntuHosts(t *testing.T) {
	t.Parallel()
	b := advisory.NewBuilder()
	for _, r := range ubuntuRecords(t) {
		b.Add(r)
	}
	x := b.Build()
	pkg := func(name, version, source string) debian.Installed {
		p := debian.Installed{Name: name, Version: version}
		p.Source, p.SourceVersion = debian.Origin(name, version, source)
		return p
	}
	for story, c := range map[string]struct {
		release, kernel string
		packages        []debian.Installed
		want            []string
	}{
		"an update for everybody": {"jammy", "", []debian.Installed{pkg("php8.1-fpm", "8.1.2-1ubuntu2.21", "php8.1")}, []string{"php8.1 CVE-2026-1001 fixed 8.1.2-1ubuntu2.22 USN-9001-1"}},
		"it is installed":         {"jammy", "", []debian.Installed{pkg("php8.1-fpm", "8.1.2-1ubuntu2.22", "php8.1")}, nil},
		"a notice names a hole of another release only": {"noble", "", []debian.Installed{pkg("php8.3-fpm", "8.3.6-0ubuntu0.24.04.4", "php8.3")},
			[]string{"php8.3 CVE-2026-1001 fixed 8.3.6-0ubuntu0.24.04.5 USN-9001-1", "php8.3 CVE-2026-1005 fixed 8.3.6-0ubuntu0.24.04.5 USN-9001-1"}},
		"only Pro mends it":                       {"jammy", "", []debian.Installed{pkg("libvips42", "8.12.1-1", "vips")}, []string{"vips CVE-2026-1002 pro_only Pro 8.12.1-1ubuntu0.1~esm1"}},
		"Pro's version is there":                  {"jammy", "", []debian.Installed{pkg("libvips42", "8.12.1-1ubuntu0.1~esm1", "vips")}, nil},
		"an ordinary version after Pro's":         {"jammy", "", []debian.Installed{pkg("libvips42", "8.12.1-1ubuntu0.1", "vips")}, []string{"vips CVE-2026-1002 pro_only Pro 8.12.1-1ubuntu0.1~esm1"}},
		"nobody mends it":                         {"questing", "", []debian.Installed{pkg("libvips42", "8.16.1-1", "vips")}, []string{"vips CVE-2026-1002 unfixed"}},
		"the release is at its end for everybody": {"focal", "", []debian.Installed{pkg("php7.4-fpm", "7.4.3-4ubuntu2.29", "php7.4")}, []string{"php7.4 CVE-2026-1001 pro_only Pro 7.4.3-4ubuntu2.29+esm1"}},
		"and Pro keeps it alive":                  {"focal", "", []debian.Installed{pkg("php7.4-fpm", "7.4.3-4ubuntu2.29+esm1", "php7.4")}, nil},
		"not even Pro has it yet":                 {"trusty", "", []debian.Installed{pkg("php5", "5.5.9+dfsg-1ubuntu4.29+esm16", "")}, []string{"php5 CVE-2026-1001 unfixed"}},
		"a kernel without esm in its version":     {"focal", "", []debian.Installed{pkg("linux-image-5.4.0-1150-aws", "5.4.0-1150.160", "linux-signed-aws")}, nil},
		"a signed kernel": {"jammy", "5.15.0-149-generic", []debian.Installed{
			pkg("linux-image-5.15.0-149-generic", "5.15.0-149.159", "linux-signed"), pkg("linux-modules-5.15.0-149-generic", "5.15.0-149.159", "linux"),
			pkg("linux-image-5.15.0-150-generic", "5.15.0-150.160", "linux-signed"), pkg("linux-image-generic", "5.15.0.149.147", "linux-meta"),
		}, []string{"linux CVE-2026-1003 fixed 5.15.0-150.160"}},
		"the fixed one runs, the old one lies about": {"jammy", "5.15.0-150-generic", []debian.Installed{
			pkg("linux-image-5.15.0-149-generic", "5.15.0-149.159", "linux-signed"), pkg("linux-modules-5.15.0-149-generic", "5.15.0-149.159", "linux"),
			pkg("linux-modules-extra-5.15.0-149-generic", "5.15.0-149.159", "linux"), pkg("linux-image-5.15.0-150-generic", "5.15.0-150.160", "linux-signed"),
		}, nil},
		"a newer kernel of an older release": {"jammy", "6.8.0-79-generic", []debian.Installed{pkg("linux-image-6.8.0-79-generic", "6.8.0-79.79~22.04.1", "linux-signed-hwe-6.8")},
			[]string{"linux-hwe-6.8 CVE-2026-1003 fixed 6.8.0-80.80~22.04.1"}},
		"a real-time kernel":              {"jammy", "", []debian.Installed{pkg("linux-image-5.15.0-1089-realtime", "5.15.0-1089.98", "linux-signed-realtime")}, []string{"linux-realtime CVE-2026-1003 pro_only Pro 5.15.0-1090.99"}},
		"an ordinary build":               {"jammy", "", []debian.Installed{pkg("openssl", "3.0.2-0ubuntu1.20", "")}, nil},
		"a certified build":               {"jammy", "", []debian.Installed{pkg("openssl", "3.0.2-0ubuntu1.19+Fips1", "")}, []string{"openssl CVE-2026-1004 pro_only Pro 3.0.2-0ubuntu1.20+Fips1"}},
		"the certified build is mended":   {"jammy", "", []debian.Installed{pkg("openssl", "3.0.2-0ubuntu1.20+Fips1", "")}, nil},
		"a certified kernel":              {"jammy", "", []debian.Installed{pkg("linux-image-5.15.0-149-fips", "5.15.0-149.159+fips1", "linux-signed-fips")}, []string{"linux-fips CVE-2026-1003 pro_only Pro 5.15.0-150.160+fips1"}},
		"a live patch is not looked at":   {"noble", "", []debian.Installed{pkg("linux-image-6.8.0-79-generic", "6.8.0-79.79", "linux-signed")}, []string{"linux CVE-2026-1003 fixed 6.8.0-80.80"}},
		"a subscription named beside":     {"jammy", "", []debian.Installed{pkg("nginx", "1.18.0-6ubuntu14.4", "")}, []string{"nginx CVE-2024-1001 pro_only Pro 1.18.0-6ubuntu14.5 USN-8001-1"}},
		"a release that nobody speaks of": {"bookworm", "", []debian.Installed{pkg("openssl", "3.0.2-0ubuntu1.19", "")}, nil},
	} {
		var got []string
		for _, m := range x.Match(advisory.Inventory{Release: c.release, Kernel: c.kernel, Packages: c.packages}) {
			for _, h := range m.Holes {
				line := m.Source + " " + h.CVE + " " + string(h.State)
				if h.Fixed != "" {
					line += " " + h.Fixed
				}
				if h.Pro != "" {
					line += " Pro " + h.Pro
				}
				got = append(got, strings.TrimSpace(line+" "+strings.Join(h.Advisories, " ")))
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", story, diff)
		}
	}
	if x.Knows("bookworm") || !x.Knows("jammy") || !slices.Equal(x.Releases(), []string{"focal", "jammy", "noble", "questing", "trusty"}) {
		t.Errorf("it knows %v", x.Releases())
	}
}
