package csaf_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
)

// A provider's documents are fetched once each, and make one publication; what is new comes on top, and a
// damaged cache is made anew.
func TestSourceGathersDocuments(t *testing.T) {
	t.Parallel()
	p := directory(t)
	dir := t.TempDir()
	s := &csaf.Source{Files: feed.Fetcher{Transport: p.server.Client().Transport}, Dir: dir, Now: func() time.Time { return time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC) }}
	src := source.Source{Name: "cert", Kind: source.CSAF, URL: p.server.URL + metadataPath, Limit: 1 << 20, Proof: "none"}
	first, err := s.Fetch(t.Context(), src, source.Validators{})
	if err != nil || first.Unchanged() {
		t.Fatalf("%+v, %v", first, err)
	}
	read := func(text []byte) (ids []string) {
		kind, err := format.Detect(strings.NewReader(string(text)))
		if err != nil || kind != format.Records {
			t.Fatal(kind, err)
		}
		skipped, err := format.Read(kind, strings.NewReader(string(text)), func(r advisory.Record) { ids = append(ids, r.ID) })
		if err != nil || len(skipped) > 0 {
			t.Fatal(skipped, err)
		}
		return ids
	}
	if ids := read(first.Text); len(ids) == 0 || ids[0] == "" {
		t.Errorf("%v", ids)
	}
	p.asked = nil
	if again, err := s.Fetch(t.Context(), src, first.Validators); err != nil || !again.Unchanged() {
		t.Errorf("%+v, %v", again, err)
	}
	for _, path := range p.asked {
		if strings.HasSuffix(path, "-0001.json") {
			t.Errorf("%s was fetched again", path)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "cert.json"), []byte("{broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if anew, err := s.Fetch(t.Context(), src, first.Validators); err != nil || !anew.Unchanged() {
		t.Errorf("made anew it is another: %+v, %v", anew, err)
	}
	src.URL = p.server.URL + "/nowhere"
	if _, err := s.Fetch(t.Context(), src, source.Validators{}); err == nil {
		t.Error("a provider without metadata has nothing new")
	}
}
