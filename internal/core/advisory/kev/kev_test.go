package kev

import (
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"
)

const catalogue = `{"catalogVersion": "2026.07.23", "dateReleased": "2026-07-23T16:21:10.8082Z", "count": 2, "vulnerabilities": [
 {"cveID": "CVE-2026-1", "vendorProject": "F5", "product": "nginx", "vulnerabilityName": "hole", "dateAdded": "2026-07-22", "dueDate": "2026-08-12", "knownRansomwareCampaignUse": "Known"},
 {"cveID": "nonsense", "dateAdded": "2026-07-22"}]}`

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c, skipped, err := Parse([]byte(catalogue))
	if err != nil || len(skipped) != 1 || c.Version != "2026.07.23" || len(c.Entries) != 1 {
		t.Fatalf("%+v %v %v", c, skipped, err)
	}
	e := c.Entries["CVE-2026-1"]
	if !e.Ransomware || e.Product != "F5 nginx" || e.Added.Format("2006-01-02") != "2026-07-22" || e.Due.IsZero() {
		t.Errorf("%+v", e)
	}
}

// An edition that is not whole is refused: what it lacks would look as if nobody exploited it.
func TestACatalogueThatIsNotWhole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<html>": "no JSON",
		"{}":     "catalogVersion",
		strings.Replace(catalogue, `"count": 2`, `"count": 1653`, 1):                                         "says that it holds 1653 entries, and holds 2",
		`{"catalogVersion": "1", "dateReleased": "2026-07-23T16:21:10Z", "count": 0, "vulnerabilities": []}`: "empty",
	} {
		if _, _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.50q: %v, want %q", text, err, want)
		}
	}
	for cut := range len(catalogue) {
		if _, _, err := Parse([]byte(catalogue[:cut])); err == nil {
			t.Fatalf("cut at byte %d it passes for a whole", cut)
		}
	}
}

func TestRealCatalogues(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"cisa-kev-2026.07.23.json.gz": 1653, "cisa-kev-2025-08-25-official-repo.json.gz": 1404} {
		f, err := os.Open("../../../../../shared/data/kev/" + name)
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the shared data is missing: %v", err)
			}
			t.Skipf("the shared data is not beside the project: %v", err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		c, skipped, err := Parse(text)
		if err != nil || len(skipped) > 0 || len(c.Entries) != want {
			t.Errorf("%s: %d entries, want %d; %v %v", name, len(c.Entries), want, skipped, err)
		}
	}
}

func FuzzCatalogue(f *testing.F) {
	f.Add([]byte(catalogue))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, _, err := Parse(text); err == nil && c.Version == "" {
			t.Error("an edition without a version")
		}
	})
}
