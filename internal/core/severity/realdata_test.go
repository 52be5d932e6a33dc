package severity_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/core/severity"
)

const shared = "../../../../shared/data/"

// sharedData reads a file of the shared test data, and skips where it is absent, except in CI.
func sharedData(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(shared + name)
	if os.IsNotExist(err) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the test data are missing: %s", name)
		}
		t.Skipf("the test data are not at hand: %s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// exploitedHoles reads the catalogue of known exploited holes.
func exploitedHoles(t *testing.T) map[string]*severity.KEV {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(sharedData(t, "kev/cisa-kev-2026.07.23.json.gz")))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		CatalogVersion  string
		Vulnerabilities []struct {
			CveID                      string
			DateAdded                  string
			KnownRansomwareCampaignUse string
		}
	}
	if err := json.NewDecoder(zipped).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]*severity.KEV{}
	for _, v := range doc.Vulnerabilities {
		day, err := time.Parse(time.DateOnly, v.DateAdded)
		if err != nil {
			t.Fatal(err)
		}
		out[v.CveID] = &severity.KEV{Listed: true, Added: day, Ransomware: v.KnownRansomwareCampaignUse == "Known", Catalogue: doc.CatalogVersion}
	}
	return out
}

// TestRealHolesOfHostedApplications rates every published hole of the applications that hosters run, and
// holds the rating against a plain reading of the vector that shares no code with it.
func TestRealHolesOfHostedApplications(t *testing.T) {
	t.Parallel()
	plain, err := zstd.NewReader(bytes.NewReader(sharedData(t, "php/bitnami-vulndb-hosting-apps.jsonl.zst")))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	kev := exploitedHoles(t)
	count := map[severity.Level]int{}
	records, listed, exploitedCritical := 0, 0, 0
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var record struct {
			ID       string
			Aliases  []string
			Affected []struct{ Severity []struct{ Score string } }
			Severity []struct{ Score string }
		}
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			t.Fatal(err)
		}
		records++
		e := severity.Evidence{Holes: append(record.Aliases, record.ID), KEV: &severity.KEV{Catalogue: "2026.07.23"}}
		for _, alias := range record.Aliases {
			if k := kev[alias]; k != nil {
				e.KEV = k
				listed++
			}
		}
		byHand := false
		for _, a := range record.Affected {
			for _, s := range append(a.Severity, record.Severity...) {
				e.Vectors = append(e.Vectors, severity.Vector{Publisher: "bitnami", Text: s.Score})
				byHand = byHand || stranger(s.Score)
			}
		}
		r := severity.Rate(now, e, rules, nil)
		count[r.Level]++
		if len(r.Broken) > 0 {
			t.Errorf("%s: not read: %+v", record.ID, r.Broken)
		}
		if byHand && r.Level != severity.Critical || len(e.Vectors) == 0 && r.Level != severity.Unknown {
			t.Errorf("%s is %s: %v", record.ID, r.Level, e.Vectors)
		}
		if !byHand && r.Level == severity.Critical {
			if !e.KEV.Listed {
				t.Errorf("%s is critical and not exploited: %v", record.ID, e.Vectors)
			}
			exploitedCritical++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d records, %d of them exploited: %v; %d critical only because they are exploited", records, listed, count, exploitedCritical)
	if records != 3902 || count[severity.Critical] < 150 {
		t.Errorf("%d records, %v", records, count)
	}
}

// stranger reads off the letters of a vector whether strangers take over from afar.
func stranger(vector string) bool {
	has := map[string]bool{}
	for m := range bytes.SplitSeq([]byte(vector), []byte("/")) {
		has[string(m)] = true
	}
	if has["CVSS:4.0"] {
		return has["AV:N"] && has["PR:N"] && has["UI:N"] && (has["VC:H"] && has["VI:H"] && has["VA:H"] || has["SC:H"] && has["SI:H"] && has["SA:H"])
	}
	return has["AV:N"] && has["PR:N"] && has["UI:N"] && has["C:H"] && has["I:H"] && has["A:H"]
}
