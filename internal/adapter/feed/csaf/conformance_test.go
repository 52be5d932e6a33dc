package csaf_test

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
	"github.com/patchwart/patchwart/internal/core/advisory"
)

const archive = "../../../../../shared/data/csaf/oasis-csaf-2.0-conformance.tar.zst"

// oasis are the files of OASIS's collection, by their path below csaf_2.0.
var oasis = sync.OnceValues(func() (map[string][]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	files := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		text, err := io.ReadAll(t)
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(path.Clean(h.Name), "csaf_2.0/")
		files[name] = text
	}
})

func collection(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := oasis()
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	if err != nil {
		t.Fatalf("the shared data is missing: %v", err)
	}
	return files
}

// differences are cases in which our verdict is another one than OASIS's, with the reason. One that is no
// longer needed fails the test.
var differences = map[string]string{
	"optional/oasis_csaf_tc-csaf_2_0-2021-6-2-08-02.json": "it gives two MD5 hashes of one file, which test 6.1.25 forbids, and OASIS's own case for that test is the same",
	"optional/oasis_csaf_tc-csaf_2_0-2021-6-2-09-02.json": "it gives two SHA-1 hashes of one file, which test 6.1.25 forbids, and OASIS's own case for that test is the same",
}

// TestOASISCases gives every document of the validator's test cases the verdict that OASIS expects: one that
// breaks a mandatory test is refused for that very test, one that breaks only an optional or informative one
// is accepted.
func TestOASISCases(t *testing.T) {
	t.Parallel()
	files := collection(t)
	const data = "test/validator/data/"
	type document struct {
		Name  string `json:"name"`
		Valid bool   `json:"valid"`
	}
	var cases struct {
		Tests []struct {
			ID       string     `json:"id"`
			Group    string     `json:"group"`
			Failures []document `json:"failures"`
			Valid    []document `json:"valid"`
		} `json:"tests"`
	}
	if err := json.Unmarshal(files[data+"testcases.json"], &cases); err != nil {
		t.Fatal(err)
	}
	counts, tests := map[string]int{}, map[string]bool{}
	for _, c := range cases.Tests {
		tests[c.ID] = true
		for _, d := range append(c.Failures, c.Valid...) {
			text, ok := files[data+d.Name]
			if !ok {
				t.Errorf("%s is missing", d.Name)
				continue
			}
			counts[c.Group]++
			_, violations, err := csaf.Read(d.Name, text)
			agrees := (err == nil) == d.Valid && (err == nil) == (len(violations) == 0)
			if !d.Valid {
				agrees = agrees && slices.ContainsFunc(violations, func(v csaf.Violation) bool {
					return v.Test == c.ID && strings.HasPrefix(v.Path, "/") && v.Problem != ""
				})
			}
			why, known := differences[d.Name]
			switch {
			case !agrees && !known:
				t.Errorf("%s of test %s: want valid %v, got %v", d.Name, c.ID, d.Valid, err)
			case agrees && known:
				t.Errorf("%s no longer differs; it was in the table because %s", d.Name, why)
			case d.Valid:
				counts["accepted"]++
			default:
				counts["refused for the test named"]++
			}
		}
	}
	t.Logf("%d tests; documents %v; %d known differences", len(tests), counts, len(differences))
	if counts["mandatory"] != 147 || counts["optional"]+counts["informative"] != 92 {
		t.Errorf("the collection has other documents than when this was written: %v", counts)
	}
}

// TestExamplesOfOASIS reads the advisories of BSI, Cisco and Red Hat and the VEX documents in the collection.
func TestExamplesOfOASIS(t *testing.T) {
	t.Parallel()
	files := collection(t)
	read := 0
	for name, text := range files {
		if !strings.HasPrefix(name, "examples/csaf/") || !strings.HasSuffix(name, ".json") {
			continue
		}
		d, err := csaf.ReadDocument(name, text)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		read++
		t.Logf("%s %s: %d records, %d skips", d.ID, d.TLP, len(d.Records), len(d.Skips))
	}
	if read < 19 {
		t.Errorf("only %d examples were read", read)
	}
	bsi, err := csaf.ReadDocument("bsi", files["examples/csaf/bsi-2022-0001.json"])
	if err != nil {
		t.Fatal(err)
	}
	exactly := func(v string) advisory.Range { return advisory.Range{Introduced: v, LastAffected: v} }
	want := csaf.Document{
		ID: "BSI-2022-0001", Issuer: "Bundesamt für Sicherheit in der Informationstechnik", Category: "csaf_security_advisory",
		Status: "final", Version: "1", TLP: "WHITE", Modified: time.Date(2022, 3, 17, 13, 3, 42, 105e6, time.UTC), Skips: nil,
		Records: []advisory.Record{{
			ID: "BSI-2022-0001", CVEs: []string{"CVE-2022-27193"}, Publisher: "csaf", Title: "CVRF-CSAF-Converter: XML External Entities Vulnerability",
			Published: time.Date(2022, 3, 17, 13, 3, 42, 105e6, time.UTC), Modified: time.Date(2022, 3, 17, 13, 3, 42, 105e6, time.UTC),
			Vectors: []string{"CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:N/A:L/E:F/RL:O/RC:C"},
			Affected: []advisory.Affected{{
				Ecosystem: advisory.Application, Package: "cvrf-csaf-converter", State: advisory.Fixed, Note: "fixed in 1.0.0-rc2",
				Ranges: []advisory.Range{exactly("1.0.0-alpha"), exactly("1.0.0-dev1"), exactly("1.0.0-dev2"), exactly("1.0.0-dev3"), exactly("1.0.0-rc1")},
			}},
		}},
	}
	if diff := cmp.Diff(want, bsi); diff != "" {
		t.Error(diff)
	}
}
