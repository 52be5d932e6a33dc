package export_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/openvex/go-vex/pkg/vex"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/export"
)

var at = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// web1 has five holes, each standing otherwise.
func web1() export.System {
	known := at.Add(-5 * time.Hour)
	own := clock.Duty{Footing: clock.Own, Hours: 24, Rule: "IT-33", Level: severity.Critical}
	state := func(t clock.Times) *clock.Clock {
		t.Known = known
		c := clock.State(at, t, own)
		return &c
	}
	rating := severity.Rate(at, severity.Evidence{Holes: []string{"CVE-1"}, Vectors: []severity.Vector{{Publisher: "osv", Text: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}, severity.Default(), nil)
	return export.System{
		Name: "web1", Release: "bookworm", At: at,
		Packages: []debian.Installed{
			{Name: "nginx-common", Arch: "all", Version: "1.22.1-9+deb12u1", Source: "nginx", SourceVersion: "1.22.1-9+deb12u1"},
			{Name: "nginx", Arch: "amd64", Version: "1.22.1-9+deb12u1", Source: "nginx", SourceVersion: "1.22.1-9+deb12u1"},
			{Name: "libc++1", Arch: "amd64", Version: "1:14.0-1", Source: "llvm-14", SourceVersion: "1:14.0-1"},
		},
		Holes: []export.Hole{
			{CVE: "CVE-2026-1", Title: "Takeover <\"&>", Source: "nginx", Version: "1.22.1-9+deb12u1", Fixed: "1.22.1-9+deb12u3", State: advisory.Fixed, Binaries: []string{"nginx", "nginx-common"}, Rating: rating, Clock: state(clock.Times{}), Published: known},
			{CVE: "CVE-2026-2", Source: "nginx", Version: "1.22.1-9+deb12u1", State: advisory.NoDSA, Binaries: []string{"nginx"}, Clock: state(clock.Times{Mitigations: []clock.Mitigation{{ID: "m", Applied: known, Verified: known, Review: at.Add(time.Hour), Expires: at.Add(2 * time.Hour)}}})},
			{CVE: "CVE-2026-3", Source: "openssl", Version: "3.0.15-1", Fixed: "3.0.17-1", State: advisory.Fixed, Binaries: []string{"openssl"}, Clock: state(clock.Times{Installed: known.Add(time.Hour), Effective: known.Add(time.Hour)})},
			{CVE: "CVE-2026-4", Source: "llvm-14", Version: "1:14.0-1", State: advisory.Undetermined, Binaries: []string{"libc++1"}},
			{CVE: "CVE-2026-5", Source: "nginx", Version: "1.22.1-9+deb12u1", State: advisory.Unfixed, Binaries: []string{"nginx"}, Clock: state(clock.Times{NotAffected: &clock.Clearance{At: known, Source: "VEX", Reason: "module is not built"}})},
		},
	}
}

func written(t *testing.T, write func(*bytes.Buffer) error) string {
	t.Helper()
	var a, b bytes.Buffer
	if err := write(&a); err != nil {
		t.Fatal(err)
	}
	if err := write(&b); err != nil || a.String() != b.String() {
		t.Errorf("the same is written in two ways (%v)", err)
	}
	return a.String()
}

// The SBOM names every package once, as other tools name it.
func TestSBOM(t *testing.T) {
	t.Parallel()
	s := web1()
	text := written(t, func(b *bytes.Buffer) error { return export.SBOM(b, s) })
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(strings.NewReader(text), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		t.Fatal(err)
	}
	if bom.SpecVersion != cdx.SpecVersion1_6 || !strings.HasPrefix(bom.SerialNumber, "urn:uuid:") || bom.Metadata.Timestamp != "2026-11-27T12:00:00Z" || bom.Vulnerabilities != nil {
		t.Errorf("%+v", bom)
	}
	var purls []string
	for _, c := range *bom.Components {
		purls = append(purls, c.PackageURL)
	}
	want := "pkg:deb/debian/libc%2B%2B1@1:14.0-1?arch=amd64&distro=bookworm pkg:deb/debian/nginx-common@1.22.1-9%2Bdeb12u1?arch=all&distro=bookworm pkg:deb/debian/nginx@1.22.1-9%2Bdeb12u1?arch=amd64&distro=bookworm"
	if got := strings.Join(purls, " "); got != want {
		t.Errorf("%s", got)
	}
	s.Packages = s.Packages[1:]
	if other := written(t, func(b *bytes.Buffer) error { return export.SBOM(b, s) }); strings.Contains(other, bom.SerialNumber) {
		t.Error("other content has the same number")
	}
}

// Each hole stands as it stands, and what is not known is not called harmless.
func TestVEXInBothDialects(t *testing.T) {
	t.Parallel()
	s := web1()
	text := written(t, func(b *bytes.Buffer) error { return export.VEX(b, s) })
	bom := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(strings.NewReader(text), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		t.Fatal(err)
	}
	var got []string
	refs := map[string]bool{}
	for _, c := range *bom.Components {
		refs[c.BOMRef] = true
	}
	for _, v := range *bom.Vulnerabilities {
		response := []cdx.ImpactAnalysisResponse{}
		if v.Analysis.Response != nil {
			response = *v.Analysis.Response
		}
		got = append(got, fmt.Sprint(v.ID, " ", v.Analysis.State, " ", response, " ", len(*v.Affects)))
		for _, a := range *v.Affects {
			if !refs[a.Ref] {
				t.Errorf("%s affects %s, which is nowhere", v.ID, a.Ref)
			}
		}
	}
	want := `CVE-2026-1 exploitable [update] 2
CVE-2026-2 exploitable [workaround_available] 1
CVE-2026-3 resolved [] 1
CVE-2026-4 in_triage [] 1
CVE-2026-5 not_affected [] 1`
	if strings.Join(got, "\n") != want {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if r := *(*bom.Vulnerabilities)[0].Ratings; len(r) != 2 || r[1].Method != cdx.ScoringMethodCVSSv31 || *r[1].Score != 9.8 {
		t.Errorf("%+v", r)
	}

	open := written(t, func(b *bytes.Buffer) error { return export.OpenVEX(b, s, "Hoster AG") })
	var doc vex.VEX
	if err := json.Unmarshal([]byte(open), &doc); err != nil {
		t.Fatal(err)
	}
	got = nil
	for _, st := range doc.Statements {
		got = append(got, fmt.Sprint(st.Vulnerability.Name, " ", st.Status, " ", st.ActionStatement != "", " ", len(st.Products)))
		if err := st.Validate(); err != nil {
			t.Errorf("%s: %v", st.Vulnerability.Name, err)
		}
	}
	want = `CVE-2026-1 affected true 2
CVE-2026-2 affected true 1
CVE-2026-3 fixed false 1
CVE-2026-4 under_investigation false 1
CVE-2026-5 not_affected false 1`
	if strings.Join(got, "\n") != want || doc.Author != "Hoster AG" {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if n := len(doc.Matches("CVE-2026-1", "pkg:deb/debian/nginx@1.22.1-9%2Bdeb12u1?arch=amd64&distro=bookworm", nil)); n != 1 {
		t.Errorf("a tool that asks for the package finds %d statements", n)
	}
}

// No hole is lost, none is invented, whatever there is and in whatever order it comes.
func TestNothingIsLostOrInvented(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := export.System{Name: "web1", Release: "bookworm", At: at}
		n := rapid.IntRange(0, 12).Draw(t, "holes")
		for i := range n {
			name := rapid.SampledFrom([]string{"nginx", "curl", "libc++1"}).Draw(t, "package")
			if rapid.Bool().Draw(t, "installed") {
				s.Packages = append(s.Packages, debian.Installed{Name: name, Version: "1", Arch: "amd64", Source: name, SourceVersion: "1"})
			}
			s.Holes = append(s.Holes, export.Hole{CVE: fmt.Sprintf("CVE-2026-%d", i), Source: name, Version: "1", Binaries: []string{name},
				State: rapid.SampledFrom([]advisory.State{advisory.Fixed, advisory.Unfixed, advisory.NoDSA, advisory.EndOfLife, advisory.Undetermined, "new"}).Draw(t, "state")})
		}
		s.Holes = rapid.Permutation(s.Holes).Draw(t, "order")
		var a, b bytes.Buffer
		if err := export.VEX(&a, s); err != nil {
			t.Fatal(err)
		}
		if err := export.OpenVEX(&b, s, "x"); err != nil {
			t.Fatal(err)
		}
		bom := new(cdx.BOM)
		if err := cdx.NewBOMDecoder(&a, cdx.BOMFileFormatJSON).Decode(bom); err != nil {
			t.Fatal(err)
		}
		var doc vex.VEX
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		in := 0
		if bom.Vulnerabilities != nil {
			in = len(*bom.Vulnerabilities)
		}
		if in != n || len(doc.Statements) != n {
			t.Fatalf("%d holes, %d and %d written", n, in, len(doc.Statements))
		}
		for _, st := range doc.Statements {
			if st.Status == vex.StatusNotAffected || st.Status == vex.StatusFixed {
				t.Fatalf("nobody said that %s is harmless", st.Vulnerability.Name)
			}
		}
	})
}
