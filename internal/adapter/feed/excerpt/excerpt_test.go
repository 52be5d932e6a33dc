package excerpt_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/adapter/feed/excerpt"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// archive is a publication about two releases, with one record that is broken and one that is taken back.
func archive(t *testing.T) []byte {
	t.Helper()
	product := func(ecosystem, name, fixed string) string {
		return fmt.Sprintf(`{"package": {"ecosystem": %q, "name": %q}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": %q}]}], "versions": [%s"1"], "ecosystem_specific": {"binaries": [{"binary_name": "x", "binary_version": "1"}]}}`,
			ecosystem, name, fixed, strings.Repeat(`"1.0-1ubuntu1",`, 500))
	}
	record := func(n int, more string, products ...string) string {
		return fmt.Sprintf(`{"id": "UBUNTU-CVE-2026-%d", "upstream": ["CVE-2026-%[1]d"]%s, "references": [%s{"url": "https://ubuntu.com/x"}], "affected": [%s]}`,
			n, more, strings.Repeat(`{"url": "https://ubuntu.com/security"},`, 20), strings.Join(products, ","))
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"UBUNTU-CVE-2026-1.json": record(1, "", product("Ubuntu:22.04:LTS", "nginx", "2-1"), product("Ubuntu:24.04:LTS", "nginx", "3-1"), product("Ubuntu:Pro:22.04:LTS", "vips", "1~esm1")),
		"UBUNTU-CVE-2026-2.json": record(2, "", product("Ubuntu:24.04:LTS", "nginx", "3-1")),
		"UBUNTU-CVE-2026-3.json": record(3, `, "withdrawn": "2026-08-01T00:00:00Z"`, product("Ubuntu:22.04:LTS", "nginx", "2-1")),
		"UBUNTU-CVE-2026-4.json": "{",
	} {
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

// said is what an excerpt says when it is read as any other publication.
func said(t *testing.T, text []byte) (lines []string) {
	t.Helper()
	in := bytes.NewReader(text)
	kind, err := format.Detect(in)
	if err != nil || kind != format.Records {
		t.Fatal(kind, err)
	}
	skipped, err := format.Read(kind, in, func(r advisory.Record) {
		for _, a := range r.Affected {
			lines = append(lines, fmt.Sprint(r.CVEs, " ", a.Ecosystem, " ", a.Package, " ", a.Ranges[0].Fixed, " ", len(r.References)))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range skipped {
		lines = append(lines, "not read: "+s.Place)
	}
	slices.Sort(lines)
	return lines
}

var ubuntu = source.Source{Name: "osv-ubuntu", Kind: source.OSV, Only: "Ubuntu", Files: []string{"osv-ubuntu.zip"}, Limit: 1 << 20, Proof: "none"}

// Of a publication that is larger than what may be kept, the releases that hosts run are kept, over the
// network and from a directory alike.
func TestOnlyWhatHostsRunIsKept(t *testing.T) {
	t.Parallel()
	publication := archive(t)
	asked, sent := 0, 0
	press := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sent++
		_, _ = w.Write(publication)
	}))
	t.Cleanup(press.Close)
	shelf := t.TempDir()
	if err := os.WriteFile(filepath.Join(shelf, "osv-ubuntu.zip"), publication, 0o600); err != nil {
		t.Fatal(err)
	}
	files := &feed.Fetcher{Transport: &http.Transport{DisableKeepAlives: true}}
	jammy := []string{"[CVE-2026-1] Ubuntu:Pro:jammy vips 1~esm1 8", "[CVE-2026-1] Ubuntu:jammy nginx 2-1 8", "not read: UBUNTU-CVE-2026-4.json"}
	both := []string{"[CVE-2026-1] Ubuntu:Pro:jammy vips 1~esm1 8", "[CVE-2026-1] Ubuntu:jammy nginx 2-1 8", "[CVE-2026-1] Ubuntu:noble nginx 3-1 8", "[CVE-2026-2] Ubuntu:noble nginx 3-1 8", "not read: UBUNTU-CVE-2026-4.json"}
	for name, from := range map[string]excerpt.Source{"network": {Files: files, Other: files}, "directory": {Files: feed.Directory{Root: shelf}}} {
		from.Dir = t.TempDir()
		s := ubuntu
		s.URL, s.Releases = press.URL, []string{"jammy"}
		first, err := from.Fetch(t.Context(), s, source.Validators{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(jammy, said(t, first.Text)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if again, err := from.Fetch(t.Context(), s, first.Validators); err != nil || !again.Unchanged() || again.Validators != first.Validators {
			t.Errorf("%s: %+v, %v", name, again, err)
		}
		s.Releases = []string{"noble"} // the last jammy is gone
		more, err := from.Fetch(t.Context(), s, first.Validators)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(both, said(t, more.Text)); diff != "" {
			t.Errorf("%s, another release:\n%s", name, diff)
		}
		if left, err := os.ReadDir(from.Dir); err != nil || len(left) > 0 {
			t.Errorf("%s: %v lies about, %v", name, left, err)
		}
	}
	if asked != 3 || sent != 2 {
		t.Errorf("asked %d, sent %d", asked, sent)
	}
}

// What is damaged, says nothing, or makes too much is not taken; and nobody waits for a server that stops.
func TestWhatMakesNoExcerpt(t *testing.T) {
	t.Parallel()
	publication := archive(t)
	for name, c := range map[string]struct {
		text   []byte
		change func(*source.Source)
		says   string
	}{
		"broken off":       {publication[:len(publication)/2], func(*source.Source) {}, "cannot be read"},
		"no archive":       {[]byte("<html>"), func(*source.Source) {}, "cannot be read"},
		"nothing about it": {publication, func(s *source.Source) { s.Releases = []string{"focal"} }, "says nothing about focal"},
		"too much":         {publication, func(s *source.Source) { s.Limit = 100 }, "more than"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "osv-ubuntu.zip"), c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := ubuntu
		s.Releases = []string{"jammy"}
		c.change(&s)
		x := excerpt.Source{Files: feed.Directory{Root: dir}, Dir: t.TempDir()}
		got, err := x.Fetch(t.Context(), s, source.Validators{})
		if fault.CodeOf(err) != fault.Unavailable || got.Text != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := x.Fetch(stopped, s, source.Validators{}); err == nil {
			t.Errorf("%s: read on", name)
		}
	}
}
