package csaf_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// provider is a CSAF provider on this machine. Its files are by path; HOST in them becomes its address.
type provider struct {
	t      *testing.T
	server *httptest.Server
	files  map[string][]byte
	asked  []string // in order; the walk asks one after the other
}

const metadataPath = "/.well-known/csaf/provider-metadata.json"

func newProvider(t *testing.T, distributions string) *provider {
	t.Helper()
	p := &provider{t: t, files: map[string][]byte{}}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked = append(p.asked, r.URL.Path)
		text, ok := p.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(strings.ReplaceAll(string(text), "HOST", p.server.URL)))
	}))
	t.Cleanup(p.server.Close)
	p.files[metadataPath] = []byte(`{"canonical_url":"https://cert.example.de` + metadataPath + `","metadata_version":"2.0","last_updated":"2026-03-01T10:00:00Z",
		"list_on_CSAF_aggregators":true,"mirror_on_CSAF_aggregators":true,"role":"csaf_provider",
		"publisher":{"category":"other","name":"Beispiel-CERT","namespace":"https://cert.example.de"},"distributions":` + distributions + `}`)
	return p
}

// publish lays a document with its hash at a path.
func (p *provider) publish(path string, text []byte) {
	p.files[path] = text
	p.files[path+".sha512"] = []byte(sum512(text) + "  " + path[strings.LastIndex(path, "/")+1:] + "\n")
}

// Get makes the provider a getter. Nobody may be asked but this provider.
func (p *provider) Get(ctx context.Context, address string) ([]byte, error) {
	if !strings.HasPrefix(address, p.server.URL+"/") {
		p.t.Errorf("asked elsewhere: %s", address)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := p.server.Client().Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	return io.ReadAll(io.LimitReader(res.Body, 32<<20))
}

func (p *provider) walk(t *testing.T, o csaf.Options) csaf.Walked {
	t.Helper()
	w, err := csaf.Walk(t.Context(), p, p.server.URL+metadataPath, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func found(w csaf.Walked) []string {
	var out []string
	for _, d := range w.Documents {
		out = append(out, d.ID)
	}
	return out
}

func advisoryNamed(t *testing.T, id string, edits ...string) []byte {
	t.Helper()
	return set(t, fixture(t), append([]string{tracking + "id", `"` + id + `"`}, edits...)...)
}

func directory(t *testing.T) *provider {
	t.Helper()
	p := newProvider(t, `[{"directory_url":"HOST/csaf/white"}]`)
	p.publish("/csaf/white/2026/a.json", advisoryNamed(t, "A"))
	p.publish("/csaf/white/2026/b.json", advisoryNamed(t, "B"))
	p.publish("/csaf/white/2025/old.json", advisoryNamed(t, "OLD"))
	p.files["/csaf/white/changes.csv"] = []byte("\"2026/b.json\",\"2026-03-02T10:00:00Z\"\n\"2026/a.json\",\"2026-03-01T10:00:00Z\"\n\"2025/old.json\",\"2025-03-01T10:00:00Z\"\n")
	return p
}

// The first walk takes what is new enough, the second one nothing, the third one what has changed.
func TestWalkFromChangeToChange(t *testing.T) {
	t.Parallel()
	p := directory(t)
	w := p.walk(t, csaf.Options{Since: day(1)})
	if !slices.Equal(found(w), []string{"B", "A"}) || len(w.Skips) > 0 || w.More || w.Missed > 0 || w.Provider.Name != "Beispiel-CERT" {
		t.Fatalf("first: %v %+v", found(w), w.Skips)
	}
	if d := w.Documents[0]; d.URL != p.server.URL+"/csaf/white/2026/b.json" || !d.Changed.Equal(day(2)) || len(d.Records) != 2 {
		t.Errorf("document %+v", d)
	}
	p.asked = nil
	again := p.walk(t, csaf.Options{Since: day(1), Known: w.Known})
	if len(again.Documents) > 0 || !slices.Equal(p.asked, []string{metadataPath, "/csaf/white/changes.csv"}) || !maps.EqualFunc(w.Known, again.Known, time.Time.Equal) {
		t.Errorf("nothing is new, and yet %v by %v", found(again), p.asked)
	}
	p.publish("/csaf/white/2026/a.json", advisoryNamed(t, "A", "/document/title", `"Neu"`))
	p.files["/csaf/white/changes.csv"] = []byte("2026/a.json,2026-03-05T10:00:00Z\n2026/b.json,2026-03-02T10:00:00Z\n")
	third := p.walk(t, csaf.Options{Since: day(1), Known: w.Known})
	if !slices.Equal(found(third), []string{"A"}) || third.Documents[0].Records[0].Title != "Neu" {
		t.Errorf("the change is missed: %v", found(third))
	}
}

// A broken document costs that document, and is not fetched again until it changes; one out of reach is.
func TestWalkSkipsWhatIsBroken(t *testing.T) {
	t.Parallel()
	p := directory(t)
	p.publish("/csaf/white/2026/invalid.json", advisoryNamed(t, "INVALID", tracking+"version", `"1"`))
	p.publish("/csaf/white/2026/red.json", advisoryNamed(t, "RED", "/document/distribution/tlp/label", `"RED"`))
	p.publish("/csaf/white/2026/forged.json", advisoryNamed(t, "FORGED"))
	p.files["/csaf/white/2026/forged.json"] = advisoryNamed(t, "FORGED", "/document/title", `"Alles gut"`)
	p.files["/csaf/white/2026/unhashed.json"] = advisoryNamed(t, "UNHASHED")
	p.files["/csaf/white/changes.csv"] = append(p.files["/csaf/white/changes.csv"], []byte("2026/invalid.json,2026-03-03T10:00:00Z\n2026/red.json,2026-03-03T10:00:00Z\n"+
		"2026/forged.json,2026-03-03T10:00:00Z\n2026/unhashed.json,2026-03-03T10:00:00Z\n2026/gone.json,2026-03-03T10:00:00Z\n"+
		"../green/x.json,2026-03-03T10:00:00Z\nhttps://evil.example/x.json,2026-03-03T10:00:00Z\nnonsense\n")...)
	w := p.walk(t, csaf.Options{Since: day(1)})
	if !slices.Equal(found(w), []string{"B", "A"}) || w.Missed != 2 {
		t.Errorf("found %v, missed %d", found(w), w.Missed)
	}
	for _, want := range []string{"6.1.16", "TLP:RED", "not what its publisher has hashed", "hash or signature cannot be fetched", "status 404", "does not lie below", "another host", "one field"} {
		if !slices.ContainsFunc(w.Skips, func(s advisory.Skip) bool { return strings.Contains(s.Why, want) }) {
			t.Errorf("nothing says %q: %v", want, w.Skips)
		}
	}
	p.asked = nil
	p.walk(t, csaf.Options{Since: day(1), Known: w.Known})
	var documents []string
	for _, path := range p.asked {
		if strings.HasSuffix(path, ".json") && strings.HasPrefix(path, "/csaf/") {
			documents = append(documents, path)
		}
	}
	if !slices.Equal(documents, []string{"/csaf/white/2026/gone.json", "/csaf/white/2026/unhashed.json"}) {
		t.Errorf("asked again for %v", documents)
	}
	if all := p.walk(t, csaf.Options{Restricted: true}); !slices.Contains(found(all), "RED") || !slices.Contains(found(all), "OLD") {
		t.Errorf("with leave, and without a limit in time: %v", found(all))
	}
}

// A walk is bounded; the next one goes on where it ended, newest first.
func TestWalkIsBounded(t *testing.T) {
	t.Parallel()
	p := directory(t)
	var known map[string]time.Time
	for _, want := range []string{"B", "A", "OLD"} {
		w := p.walk(t, csaf.Options{Documents: 1, Known: known})
		if !slices.Equal(found(w), []string{want}) || w.More != (want != "OLD") {
			t.Fatalf("found %v, want %s; more %v", found(w), want, w.More)
		}
		known = w.Known
	}
	if w := p.walk(t, csaf.Options{Bytes: 10}); len(w.Documents) != 1 || !w.More {
		t.Errorf("10 bytes are enough for %v", found(w))
	}
}

func TestWalkROLIEWithSignatures(t *testing.T) {
	t.Parallel()
	ours := newSigner(t, day(1), 0)
	p := newProvider(t, `[{"rolie":{"feeds":[{"tlp_label":"WHITE","url":"HOST/csaf/white/feed.json"},{"tlp_label":"AMBER","url":"HOST/csaf/amber/feed.json"}]}}]`)
	entry := func(name, extra string) string {
		return `{"id":"` + name + `","updated":"2026-03-01T10:00:00Z","content":{"src":"HOST/csaf/white/` + name + `.json"},"link":[` + extra + `]}`
	}
	p.files["/csaf/white/feed.json"] = []byte(`{"feed":{"entry":[` + strings.Join([]string{
		entry("a", `{"rel":"hash","href":"HOST/csaf/white/a.json.sha512"},{"rel":"signature","href":"HOST/csaf/white/sig/a.asc"}`),
		entry("b", ""), entry("c", ""),
		entry("d", `{"rel":"hash","href":"https://evil.example/d.json.sha512"}`)}, ",") + `]}}`)
	for _, name := range []string{"a", "b", "c", "d"} {
		p.publish("/csaf/white/"+name+".json", advisoryNamed(t, strings.ToUpper(name)))
	}
	p.files["/csaf/white/sig/a.asc"] = ours.sign(t, p.files["/csaf/white/a.json"], day(2))
	p.files["/csaf/white/b.json.asc"] = ours.sign(t, p.files["/csaf/white/b.json"], day(2))
	p.files["/csaf/white/c.json.asc"] = ours.sign(t, p.files["/csaf/white/b.json"], day(2))
	w := p.walk(t, csaf.Options{Keys: keyring(t, ours), Now: day(3)})
	if !slices.Equal(found(w), []string{"A", "B"}) || w.Documents[0].Signer != keyring(t, ours).Fingerprints()[0] || len(w.Skips) != 2 {
		t.Errorf("found %v, skips %v", found(w), w.Skips)
	}
	if slices.Contains(p.asked, "/csaf/amber/feed.json") {
		t.Error("asked for a feed of TLP:AMBER")
	}
}

// index.txt stands in where changes.csv is out of reach.
func TestWalkByIndex(t *testing.T) {
	t.Parallel()
	p := directory(t)
	delete(p.files, "/csaf/white/changes.csv")
	p.files["/csaf/white/index.txt"] = []byte("2026/a.json\n2026/b.json\n")
	w := p.walk(t, csaf.Options{Since: day(1)})
	if !slices.Equal(found(w), []string{"A", "B"}) || len(w.Skips) != 1 {
		t.Errorf("found %v, skips %v", found(w), w.Skips)
	}
}

// A provider out of reach, or one that shows an empty shelf, is an error and never "nothing new".
func TestWalkFails(t *testing.T) {
	t.Parallel()
	for story, spoil := range map[string]func(p *provider){
		"no metadata":        func(p *provider) { delete(p.files, metadataPath) },
		"metadata of nobody": func(p *provider) { p.files[metadataPath] = []byte("{}") },
		"no listing":         func(p *provider) { delete(p.files, "/csaf/white/changes.csv") },
		"an empty listing":   func(p *provider) { p.files["/csaf/white/changes.csv"] = nil },
		"a page instead":     func(p *provider) { p.files["/csaf/white/changes.csv"] = []byte("<html>Wartung</html>") },
		"distributions elsewhere": func(p *provider) {
			p.files[metadataPath] = []byte(strings.Replace(string(p.files[metadataPath]), "HOST/csaf", "https://evil.example/csaf", 1))
		},
		"a distribution in the raw": func(p *provider) {
			p.files[metadataPath] = []byte(strings.Replace(string(p.files[metadataPath]), "HOST/csaf", "http://evil.example/csaf", 1))
		},
	} {
		p := directory(t)
		spoil(p)
		before := map[string]time.Time{"https://cert.example.de/x.json": day(1)}
		w, err := csaf.Walk(t.Context(), p, p.server.URL+metadataPath, csaf.Options{Known: before})
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Unavailable || f.Text.DE == "" || f.Mend.EN == "" {
			t.Errorf("%s: %v", story, err)
		}
		if len(w.Documents) > 0 || len(w.Known) != 1 {
			t.Errorf("%s: found %v, known %v", story, found(w), w.Known)
		}
	}
	p := directory(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := csaf.Walk(ctx, p, p.server.URL+metadataPath, csaf.Options{}); err == nil {
		t.Error("a walk that was called off succeeded")
	}
	if _, err := csaf.Walk(t.Context(), p, "http://cert.example.de"+metadataPath, csaf.Options{}); err == nil {
		t.Error("metadata were fetched without encryption")
	}
}
