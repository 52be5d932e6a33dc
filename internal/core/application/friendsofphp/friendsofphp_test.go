package friendsofphp

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

const file = `title:     "Session stays open after a change of the password"
link:      https://example.org/sa-1
cve:       CVE-2026-11
branches:
    1.x:
        time:     2026-03-02 09:30:00
        versions: ['>=1.0.0', '<1.4.2']
    2.x:
        time:     ~
        versions: ['>2.0.0-beta1', '<=2.1.0', '!=2.0.5']
reference: composer://Acme/Shop
`

func TestOneFile(t *testing.T) {
	t.Parallel()
	r, err := ParseYAML("acme/shop/CVE-2026-11.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []advisory.Affected{
		{Ecosystem: advisory.Packagist, Package: "acme/shop", State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "1.0.0-dev", Fixed: "1.4.2"}, {Introduced: "2.0.0-beta1", LastAffected: "2.1.0"}}},
		{Ecosystem: advisory.Packagist, Package: "acme/shop", State: advisory.NotAffected, Ranges: []advisory.Range{{Introduced: "2.0.0-beta1", LastAffected: "2.0.0-beta1"}, {Introduced: "2.0.5", LastAffected: "2.0.5"}}},
	}
	if diff := cmp.Diff(want, r.Affected); diff != "" {
		t.Error(diff)
	}
	if r.ID != "acme/shop/CVE-2026-11" || r.CVEs[0] != "CVE-2026-11" || r.Published.Format("2006-01-02") != "2026-03-02" || r.References[0].URL != "https://example.org/sa-1" {
		t.Errorf("%+v", r)
	}
}

// A broken entry costs itself, and says where and what would be right.
func TestBrokenEntries(t *testing.T) {
	t.Parallel()
	good := `{"_path":"a/b/1.yaml","reference":"composer://a/b","branches":{"1.x":{"versions":["<1.2"]}}}`
	for text, want := range map[string]string{
		`{`:                                     "no readable JSON",
		strings.Replace(good, "1.yaml", "1", 1): "gives no name",
		strings.Replace(good, "composer://a/b", "a", 1):   "composer://vendor/package was expected",
		strings.Replace(good, `{"1.x"`, `{},"x":{"1"`, 1): "branches has 0 entries",
		strings.Replace(good, `"<1.2"`, ``, 1):            "there are 0 constraints",
		strings.Replace(good, "<1.2", "~1.2", 1):          "is no constraint",
		strings.Replace(good, "<1.2", "<main", 1):         "is no constraint",
		strings.Replace(good, "<1.2", "<<1.2", 1):         "is no operator",
		strings.Replace(good, `"<1.2"`, `"<1","<2"`, 1):   "two bounds on one side",
		strings.Replace(good, `"<1.2"`, `"<1","<=2"`, 1):  "two upper bounds",
		`{"_path":"` + strings.Repeat("x", MaxRecord):     "at most",
	} {
		records, skipped := Lines(good + "\n" + text + "\n\n" + good)
		if len(records) != 2 || len(skipped) != 1 || skipped[0].Place != "line 2" || !strings.Contains(skipped[0].Why, want) {
			t.Errorf("%.100s: %d records, %+v, want %q", text, len(records), skipped, want)
		}
	}
	if _, err := ParseYAML("a/b/1.yaml", []byte("branches: [")); err == nil {
		t.Error("broken YAML passes")
	}
}

// shared opens a packed file of the shared data.
func shared(t *testing.T, name string) io.Reader {
	t.Helper()
	packed, err := os.Open("../../../../../shared/data/php/" + name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	t.Cleanup(func() { packed.Close() })
	z, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(z.Close)
	return z
}

// The whole database of August 2026: every entry can be read, and its YAML file says what its line says.
func TestTheWholeDatabase(t *testing.T) {
	t.Parallel()
	text, err := io.ReadAll(shared(t, "friendsofphp.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	records, skipped := Lines(string(text))
	if len(records) != 1592 || len(skipped) != 0 {
		t.Errorf("%d records, skipped %v", len(records), skipped)
	}
	ranges, byID := 0, map[string]advisory.Record{}
	for _, r := range records {
		ranges += len(r.Affected[0].Ranges)
		byID[r.ID] = r
	}
	if ranges != 5682 {
		t.Errorf("%d ranges", ranges)
	}
	files, count := tar.NewReader(shared(t, "friendsofphp-security-advisories-2026-08-06.tar.zst")), 0
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(h.Name, "./")
		if !strings.HasSuffix(name, ".yaml") || strings.HasPrefix(name, ".") {
			continue
		}
		count++
		text, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ParseYAML(name, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(byID[r.ID], r); diff != "" {
			t.Errorf("%s: the file says something else than the line:\n%s", name, diff)
		}
	}
	if count != 1592 {
		t.Errorf("%d files", count)
	}
}

func FuzzEntries(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte("branches:\n 1.x:\n        time: 1\n        versions: ! ")) // the YAML library panics
	f.Add([]byte(`{"_path":"a/b/1.yaml","reference":"composer://a/b","branches":{"1.x":{"versions":[">1","<1.2"]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ParseYAML("a/b/1.yaml", text); err == nil && (len(r.Affected) == 0 || len(r.Affected[0].Ranges) == 0) {
			t.Error("a record that says nothing")
		}
		Lines(string(text))
	})
}
