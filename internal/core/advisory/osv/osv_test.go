package osv

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

const record = `{"schema_version": "1.7.0", "id": "DSA-1-1", "published": "2026-08-21T00:00:00Z", "modified": "2026-08-22T00:00:00Z",
 "upstream": ["CVE-2026-1"], "aliases": ["CVE-2026-1", "GHSA-x"], "summary": "nginx - security update",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [
  {"package": {"ecosystem": "Debian:12", "name": "nginx"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.22.1-9+deb12u9"}]}]},
  {"package": {"ecosystem": "Debian:13", "name": "nginx"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}], "ecosystem_specific": {"urgency": "low"}},
  {"package": {"ecosystem": "Debian", "name": "nginx"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]},
  {"package": {"ecosystem": "Packagist", "name": "typo3/cms"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"last_affected": "2.3"}]}]},
  {"package": {"ecosystem": "Packagist", "name": "listed/only"}, "versions": ["1.0"]},
  {"package": {"ecosystem": "GIT", "name": "x"}, "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]}`

// A record about Debian without a release is left out: it would hit every release.
func TestRecord(t *testing.T) {
	t.Parallel()
	r, err := Parse([]byte(record))
	if err != nil {
		t.Fatal(err)
	}
	want := []advisory.Affected{
		{Ecosystem: "Debian:bookworm", Package: "nginx", State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "0", Fixed: "1.22.1-9+deb12u9"}}},
		{Ecosystem: "Debian:trixie", Package: "nginx", State: advisory.Unfixed, Ranges: []advisory.Range{{Introduced: "0"}}, Urgency: "low"},
		{Ecosystem: "Packagist", Package: "typo3/cms", State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "1.0", Fixed: "1.5"}, {Introduced: "2.0", LastAffected: "2.3"}}},
		{Ecosystem: "Packagist", Package: "listed/only", State: advisory.Unfixed, Ranges: []advisory.Range{{Introduced: "1.0", LastAffected: "1.0"}}},
	}
	if diff := cmp.Diff(want, r.Affected); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(r.CVEs, []string{"CVE-2026-1"}) || !slices.Equal(r.Aliases, []string{"GHSA-x"}) || len(r.Vectors) != 1 || r.Withdrawn {
		t.Errorf("%+v", r)
	}
}

func TestARecordThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{`:  "unexpected end",
		`{}`: "has no id",
		`{"id": "x", "affected": [{"package": {"ecosystem": "Debian:12", "name": "a"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "1"}]}]}]}`:                    "affected[0]: fixed \"1\" comes before any introduction",
		`{"id": "x", "affected": [{"package": {"ecosystem": "Debian:12", "name": "a"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"mended": "1"}]}]}]}`:                   "is no event",
		`{"id": "x", "affected": [{"package": {"ecosystem": "Debian:12", "name": "a"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0", "fixed": "1"}]}]}]}`: "not 2",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A broken record costs itself; a broken archive is an error, wherever it breaks off.
func TestArchive(t *testing.T) {
	t.Parallel()
	whole := zipped(t, map[string]string{"DSA-1-1.json": record, "broken.json": "{", "README": "not a record", "large.json": strings.Repeat(" ", MaxRecord+2)})
	var ids []string
	skipped, err := Archive(bytes.NewReader(whole), int64(len(whole)), func(r advisory.Record) { ids = append(ids, r.ID) })
	if err != nil || !slices.Equal(ids, []string{"DSA-1-1"}) || len(skipped) != 2 {
		t.Errorf("%v %v %v", ids, skipped, err)
	}
	for cut := 0; cut < len(whole); cut += 97 {
		if _, err := Archive(bytes.NewReader(whole[:cut]), int64(cut), func(advisory.Record) {}); err == nil {
			t.Fatalf("cut at byte %d it passes for a whole", cut)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(record))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := Parse(text); err == nil && r.ID == "" {
			t.Error("a record without a name")
		}
	})
}
