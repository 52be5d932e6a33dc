package csaf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
	"github.com/patchwart/patchwart/internal/core/advisory"
)

// A document about two holes says different things about them, and becomes two records. What cannot be
// placed is named.
func TestReadDocument(t *testing.T) {
	t.Parallel()
	got, err := csaf.ReadDocument("wid", fixture(t))
	if err != nil {
		t.Fatal(err)
	}
	head := advisory.Record{
		ID: "WID-SEC-2026-0001", Aliases: []string{"BC-2026-77"}, Publisher: "csaf", Title: "Nextcloud und nginx: Mehrere Schwachstellen",
		Published: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Modified: time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC),
		References: []advisory.Reference{
			{Title: "WID-SEC-2026-0001", URL: "https://cert.example.de/csaf/white/2026/wid-sec-2026-0001.json"},
			{Title: "Meldung des Herstellers", URL: "https://nextcloud.example.org/advisories/1"},
		},
	}
	nextcloud, nginx := head, head
	nextcloud.CVEs = []string{"CVE-2026-10001"}
	nextcloud.References = append(nextcloud.References[:2:2], advisory.Reference{Title: "CVE", URL: "https://cve.example.org/CVE-2026-10001"})
	nextcloud.Vectors = []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"}
	nextcloud.Affected = []advisory.Affected{
		{Ecosystem: advisory.Application, Package: "nextcloud", State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "28.0", Fixed: "28.0.9"}}, Note: "fixed in 28.0.9"},
		{Ecosystem: advisory.Application, Package: "nextcloud talk", State: advisory.NotAffected},
	}
	nginx.CVEs = []string{"CVE-2026-10002"}
	nginx.Vectors = []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "AV:N/AC:L/Au:N/C:N/I:N/A:C"}
	nginx.Affected = []advisory.Affected{
		{Ecosystem: "Debian:bookworm", Package: "nginx", State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "1.22.1-9", Fixed: "1.22.1-9+deb12u3"}}, Note: "fixed in 1.22.1-9+deb12u3"},
		{Ecosystem: "Debian:trixie", Package: "nginx", State: advisory.NotAffected},
	}
	want := csaf.Document{
		ID: "WID-SEC-2026-0001", Issuer: "Beispiel-CERT", Category: "csaf_security_advisory", Status: "final", Version: "2", TLP: "WHITE",
		Modified: head.Modified, Records: []advisory.Record{nextcloud, nginx},
		Skips: []advisory.Skip{
			{Place: "wid /vulnerabilities/0", Why: `"Nextcloud on Debian" left out: it is one product within another, and only a package URL would say which package that is`},
			{Place: "wid /vulnerabilities/1", Why: `"Debian Linux" left out: it is an operating system or a device, and not an application`},
			{Place: "wid /vulnerabilities/1", Why: `"an appliance" left out: neither a branch of the product tree nor an identifier says which product and which version it is`},
			{Place: "wid /vulnerabilities/1", Why: `"nginx of some release" left out: its package URL does not say the release of Debian ("distro=bookworm" would)`},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Restricted() {
		t.Error("TLP:WHITE is called restricted")
	}
	r, _, err := csaf.Read("wid", fixture(t))
	if err != nil || len(r.CVEs) != 2 || len(r.Affected) != 0 || len(r.Vectors) != 0 || len(r.References) != 3 {
		t.Errorf("as one record it says what is not true for both holes: %+v %v", r, err)
	}
}

// The whole way: a host with the old nginx has the hole, one with the new nginx has not.
func TestRecordsMatchInventories(t *testing.T) {
	t.Parallel()
	d, err := csaf.ReadDocument("wid", fixture(t))
	if err != nil {
		t.Fatal(err)
	}
	b := advisory.NewBuilder()
	for _, r := range d.Records {
		b.Add(r)
	}
	x := b.Build()
	for _, c := range []struct {
		release, version string
		holes            int
	}{{"bookworm", "1.22.1-9", 1}, {"bookworm", "1.22.1-9+deb12u2", 1}, {"bookworm", "1.22.1-9+deb12u3", 0}, {"trixie", "1.26.0-1", 0}} {
		if got := x.Open(c.release, "nginx", c.version); len(got) != c.holes {
			t.Errorf("nginx %s in %s has the holes %v, want %d", c.version, c.release, got, c.holes)
		}
	}
}

// What publishers write about one product, and what that comes to.
func TestStatements(t *testing.T) {
	t.Parallel()
	const deb = "pkg:deb/debian/curl@%s?arch=source&distro=bookworm"
	branch := func(category, name, id string) string {
		return `{"category":"` + category + `","name":"` + name + `","product":{"name":"` + id + `","product_id":"` + id + `"}}`
	}
	purl := func(id, url string) string {
		return `{"name":"` + id + `","product_id":"` + id + `","product_identification_helper":{"purl":"` + url + `"}}`
	}
	curl := func(id, version string) string { return purl(id, strings.Replace(deb, "%s", version, 1)) }
	exactly := func(v string) advisory.Range { return advisory.Range{Introduced: v, LastAffected: v} }
	app := func(s advisory.State, note string, r ...advisory.Range) []advisory.Affected {
		return []advisory.Affected{{Ecosystem: advisory.Application, Package: "typo3", State: s, Ranges: r, Note: note}}
	}
	debian := func(s advisory.State, note string, r ...advisory.Range) []advisory.Affected {
		return []advisory.Affected{{Ecosystem: "Debian:bookworm", Package: "curl", State: s, Ranges: r, Note: note}}
	}
	for _, c := range []struct {
		story          string
		branches, full string // of the product TYPO3; full product names
		status         string
		want           []advisory.Affected
		skipped        string
	}{
		{story: "every version is affected", full: "", branches: branch("product_family", "all of it", "T"), status: `{"known_affected":["T"]}`, want: app(advisory.Unfixed, "")},
		{story: "every version was affected until 13.4.1", branches: branch("product_family", "x", "T") + "," + branch("product_version", "13.4.1", "F"),
			status: `{"known_affected":["T"],"fixed":["F"]}`, want: app(advisory.Fixed, "", advisory.Range{Fixed: "13.4.1"})},
		{story: "only the fix is named", branches: branch("product_version", "12.4.9", "F") + "," + branch("product_version", "13.4.1", "G"),
			status: `{"first_fixed":["F","G"],"fixed":["F","G"]}`, want: app(advisory.Fixed, "", advisory.Range{Fixed: "12.4.9"}, advisory.Range{Fixed: "13.4.1"})},
		{story: "from the first to the last", branches: branch("product_version", "13.0.0", "A") + "," + branch("product_version", "13.4.0", "B"),
			status: `{"first_affected":["A"],"last_affected":["B"]}`, want: app(advisory.Unfixed, "", advisory.Range{Introduced: "13.0.0", LastAffected: "13.4.0"})},
		{story: "one version is not affected: that must not clear the others", branches: branch("product_version", "13.4.1", "A"),
			status: `{"known_not_affected":["A"]}`, skipped: "only some versions"},
		{story: "a range that nobody can read must clear nothing", branches: branch("product_version_range", "13.x up to the newest", "A"),
			status: `{"known_affected":["A"]}`, skipped: "is not understood"},
		{story: "somebody is looking", branches: branch("product_version", "13.4.1", "A"), status: `{"under_investigation":["A"]}`, want: app(advisory.Undetermined, "", exactly("13.4.1"))},
		{story: "a recommendation is no statement about holes", branches: branch("product_version", "13.4.1", "A"), status: `{"recommended":["A"]}`},
		{story: "one architecture is not the product", branches: branch("architecture", "arm64", "A"), status: `{"known_affected":["A"]}`, skipped: "architecture only"},
		{story: "Debian: each old version has its own fix", full: curl("A", "7.88.1-10") + "," + curl("B", "7.88.1-10%2Bdeb12u2") + "," + curl("F", "7.88.1-10%2Bdeb12u1") + "," + curl("G", "7.88.1-10%2Bdeb12u3"),
			status: `{"known_affected":["A","B"],"fixed":["F","G"]}`,
			want: debian(advisory.Fixed, "fixed in 7.88.1-10+deb12u1, 7.88.1-10+deb12u3", advisory.Range{Introduced: "7.88.1-10", Fixed: "7.88.1-10+deb12u1"},
				advisory.Range{Introduced: "7.88.1-10+deb12u2", Fixed: "7.88.1-10+deb12u3"})},
		{story: "Debian: a fix from before does not help", full: curl("A", "7.88.1-10%2Bdeb12u2") + "," + curl("F", "7.88.1-10%2Bdeb12u1"),
			status: `{"known_affected":["A"],"fixed":["F"]}`, want: debian(advisory.Fixed, "fixed in 7.88.1-10+deb12u1", exactly("7.88.1-10+deb12u2"))},
		{story: "Debian: a binary package is not placed", full: purl("A", "pkg:deb/debian/libcurl4@7?arch=amd64&distro=bookworm"), status: `{"known_affected":["A"]}`, skipped: "source package"},
		{story: "Ubuntu is not Debian", full: purl("A", "pkg:deb/ubuntu/curl@7?arch=source&distro=jammy"), status: `{"known_affected":["A"]}`, skipped: "another distribution"},
		{story: "Composer", full: purl("A", "pkg:composer/typo3/cms-core@13.4.0"), status: `{"known_affected":["A"]}`,
			want: []advisory.Affected{{Ecosystem: advisory.Packagist, Package: "typo3/cms-core", State: advisory.Unfixed, Ranges: []advisory.Range{exactly("13.4.0")}}}},
		{story: "Red Hat's packages are nobody's here", full: purl("A", "pkg:rpm/redhat/curl@7"), status: `{"known_affected":["A"]}`, skipped: "packages of type rpm"},
		{story: "a CPE says which product", full: `{"name":"A","product_id":"A","product_identification_helper":{"cpe":"cpe:2.3:a:typo3:typo3:13.4.0:*:*:*:*:*:*:*"}}`,
			status: `{"known_affected":["A"]}`, want: app(advisory.Unfixed, "", exactly("13.4.0"))},
	} {
		t.Run(c.story, func(t *testing.T) {
			t.Parallel()
			tree := `{`
			if c.branches != "" {
				tree += `"branches":[{"category":"product_name","name":"TYPO3","branches":[` + c.branches + `]}]`
			} else {
				tree += `"full_product_names":[` + c.full + `]`
			}
			text := set(t, fixture(t), "/product_tree", tree+`}`, "/vulnerabilities",
				`[{"cve":"CVE-2026-1","notes":[{"category":"general","text":"x"}],"product_status":`+c.status+`}]`, "/vulnerabilities/0/cve", `"CVE-2026-10001"`)
			d, err := csaf.ReadDocument("x", text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, d.Records[0].Affected); diff != "" {
				t.Error(diff)
			}
			if c.skipped == "" && len(d.Skips) > 0 || c.skipped != "" && (len(d.Skips) != 1 || !strings.Contains(d.Skips[0].Why, c.skipped)) {
				t.Errorf("skips %v, want %q", d.Skips, c.skipped)
			}
		})
	}
}
