package format_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
)

// The same hole in every format, told from each other by content alone.
func TestEveryFormatIsToldAndRead(t *testing.T) {
	t.Parallel()
	const osv = `{"id": "DSA-1-1", "upstream": ["CVE-2026-1"], "affected": [{"package": {"ecosystem": "Debian:12", "name": "nginx"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2-1"}]}]}]}`
	for text, want := range map[string]format.Kind{
		"[21 Aug 2026] DSA-1-1 nginx - x\n\t{CVE-2026-1}\n\t[bookworm] - nginx 2-1\n":                                                               format.AdvisoryList,
		"\n\nCVE-2026-1 (A {brace ...)\n\t[bookworm] - nginx 2-1\n":                                                                                 format.CVEList,
		`{"nginx": {"CVE-2026-1": {"description": "a } \" {", "releases": {"bookworm": {"status": "resolved", "fixed_version": "2-1"}}}}}`:          format.TrackerJSON,
		`{"id": {"CVE-2026-1": {"releases": {"bookworm": {"status": "open"}}}}, "nginx": {}}`:                                                       format.TrackerJSON, // a source package may be called id
		`{"id": "DSA-1-1", "date": "2026-08-21", "cves": ["CVE-2026-1"], "fixed": [{"package": "nginx", "release": "bookworm", "version": "2-1"}]}`: format.AdvisoryJSON,
		osv:                                  format.OSV,
		osv + "\n" + osv + "\n":              format.OSVLines,
		strings.ReplaceAll(osv, ",", ",\n "): format.OSV,
	} {
		in := bytes.NewReader([]byte(text))
		kind, err := format.Detect(in)
		if err != nil || kind != want {
			t.Errorf("%.60q is %s (%v), want %s", text, kind, err, want)
			continue
		}
		b := advisory.NewBuilder()
		if skipped, err := format.Read(kind, in, b.Add); err != nil || len(skipped) > 0 {
			t.Errorf("%s: %v %v", kind, skipped, err)
		}
		if b.Build().Holes() == 0 {
			t.Errorf("%s: nothing was read of %.60q", kind, text)
		}
	}
}

// What is no advisory is refused, not read as none.
func TestWhatIsNoAdvisory(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "<html>sign in to the network</html>", "hello", "[1, 2]", "PK", "null", "{", "[21 Aug 2026] nonsense\n", `{"id": "x", "date": "y", "fixed": []}`} {
		in := bytes.NewReader([]byte(text))
		kind, err := format.Detect(in)
		if err != nil {
			continue
		}
		if _, err := format.Read(kind, in, func(advisory.Record) {}); err == nil {
			t.Errorf("%q was read as %s", text, kind)
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte(`{"a": {"b": "\"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := bytes.NewReader(text)
		if kind, err := format.Detect(in); err == nil {
			_, _ = format.Read(kind, in, func(advisory.Record) {})
		}
	})
}
