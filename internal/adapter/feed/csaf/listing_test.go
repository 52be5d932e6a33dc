package csaf_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
)

func day(d int) time.Time { return time.Date(2026, 3, d, 10, 0, 0, 0, time.UTC) }

func names(list []csaf.Change) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}

// A listing with broken lines gives the others; one that is none, or empty, says that it tells nothing.
func TestParseChanges(t *testing.T) {
	t.Parallel()
	text := "\ufeff\"2026/a.json\",\"2026-03-02T11:00:00+01:00\"\r\n" +
		"2026/b.json,2026-03-01t10:00:00z\n" +
		"\n" +
		"\"2026/c.json,\"2026-03-01T10:00:00Z\n" + // the quote is left open
		"\"2026/d, \"\"e\"\".json\",\"2026-03-03T10:00:00.5Z\"\n" +
		"2026/f.json\n2026/g.json,yesterday\n2026/h.exe,2026-03-01T10:00:00Z\n2026/i.json,2026-03-01T10:00:00Z,x\n"
	got, skips, err := csaf.ParseChanges([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []csaf.Change{{Name: "2026/a.json", At: day(2)}, {Name: "2026/b.json", At: day(1)}, {Name: `2026/d, "e".json`, At: day(3).Add(500 * time.Millisecond)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var lines []string
	for _, s := range skips {
		lines = append(lines, strings.TrimPrefix(s.Place, "changes.csv line "))
	}
	if !slices.Equal(lines, []string{"4", "6", "7", "8", "9"}) {
		t.Errorf("skips %v", skips)
	}
	for _, none := range []string{"", "\n\n", "<html><body>Wartung</body></html>", strings.Repeat("x", 64<<20+1)} {
		if _, _, err := csaf.ParseChanges([]byte(none)); err == nil {
			t.Errorf("%.20q passes for a listing", none)
		}
		if _, _, err := csaf.ParseIndex([]byte(none)); err == nil {
			t.Errorf("%.20q passes for an index", none)
		}
	}
}

func TestParseIndex(t *testing.T) {
	t.Parallel()
	got, skips, err := csaf.ParseIndex([]byte("2026/a.json\r\n2026/readme.txt\n\n2026/b.json"))
	if err != nil || !slices.Equal(names(got), []string{"2026/a.json", "2026/b.json"}) || len(skips) != 1 || skips[0].Place != "index.txt line 2" {
		t.Errorf("%v %v %v", got, skips, err)
	}
}

func TestParseROLIE(t *testing.T) {
	t.Parallel()
	got, skips, err := csaf.ParseROLIE([]byte(`{"feed":{"id":"x","entry":[
		{"id":"1","updated":"2026-03-01T10:00:00Z","content":{"src":"https://x.example/1.json"},"link":[{"rel":"hash","href":"https://x.example/1.json.sha512"},{"rel":"signature","href":"https://x.example/1.json.asc"}]},
		null, 7, {"updated":7}, {"updated":"2026-03-01T10:00:00Z"},
		{"updated":"2026-03-02T10:00:00Z","link":[{"rel":"self","href":"https://x.example/2.json"}]}]}}`))
	want := []csaf.Change{
		{Name: "https://x.example/1.json", At: day(1), Hashes: []string{"https://x.example/1.json.sha512"}, Signature: "https://x.example/1.json.asc"},
		{Name: "https://x.example/2.json", At: day(2)},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || len(skips) != 4 {
		t.Errorf("%v %v %v", diff, skips, err)
	}
	for _, none := range []string{"", "{}", `{"feed":{}}`, `{"feed":{"entry":{}}}`, `{"feed":{"entry":[7]}}`} {
		if _, _, err := csaf.ParseROLIE([]byte(none)); err == nil {
			t.Errorf("%q passes for a feed", none)
		}
	}
	if got, _, err := csaf.ParseROLIE([]byte(`{"feed":{"entry":[]}}`)); err != nil || len(got) != 0 {
		t.Errorf("a feed without documents is one: %v", err)
	}
	example, _, err := csaf.ParseROLIE(collection(t)["examples/ROLIE/example-01-feed-tlp-white.json"])
	if err != nil || len(example) != 1 || example[0].Name != "https://psirt.domain.tld/advisories/csaf/2020/2020-ESA-001.json" || example[0].Signature == "" {
		t.Errorf("the example of OASIS: %v %v", example, err)
	}
}

// Whatever the order of a listing: what is due changed at the time or later, each document is there once with
// its newest change, newest first, and nothing that changed since is missing.
func TestDue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		change := rapid.Custom(func(t *rapid.T) csaf.Change {
			return csaf.Change{Name: rapid.SampledFrom([]string{"a.json", "b.json", "c.json", "d.json"}).Draw(t, "name"), At: day(rapid.IntRange(1, 9).Draw(t, "day"))}
		})
		list := rapid.SliceOfN(change, 0, 12).Draw(t, "changes")
		since := day(rapid.IntRange(1, 9).Draw(t, "since"))
		newest := map[string]time.Time{}
		for _, c := range list {
			if !c.At.Before(since) && c.At.After(newest[c.Name]) {
				newest[c.Name] = c.At
			}
		}
		due := csaf.Due(list, since)
		if len(due) != len(newest) {
			t.Fatalf("due %v, want %v", due, newest)
		}
		for i, c := range due {
			if !newest[c.Name].Equal(c.At) || i > 0 && c.At.After(due[i-1].At) {
				t.Fatalf("due %v, want %v", due, newest)
			}
		}
	})
	if got := csaf.Due([]csaf.Change{{Name: "a.json"}}, day(1)); len(got) != 1 {
		t.Error("a document without a time may be new, and is not due")
	}
}

func TestParseProvider(t *testing.T) {
	t.Parallel()
	text := []byte(`{"canonical_url":"https://cert.example.de/.well-known/csaf/provider-metadata.json","metadata_version":"2.0","last_updated":"2026-03-01T10:00:00Z",
		"list_on_CSAF_aggregators":true,"mirror_on_CSAF_aggregators":true,"role":"csaf_trusted_provider","publisher":{"category":"other","name":"Beispiel-CERT","namespace":"https://cert.example.de"},
		"public_openpgp_keys":[{"fingerprint":"8F5F267907B2C4559DB360DB2294BA7D2B2298B1","url":"https://cert.example.de/key.asc"},{"url":"http://cert.example.de/key.asc"}],
		"distributions":[{"directory_url":"https://cert.example.de/csaf/white"},{"directory_url":"http://cert.example.de/open/"},
			{"rolie":{"feeds":[{"tlp_label":"WHITE","url":"https://cert.example.de/csaf/white/feed.json"}]}},{"directory_url":"https://cert.example.de/csaf/%2e%2e/"}],
		"x_own":1}`)
	got, skips, err := csaf.ParseProvider(text)
	want := csaf.Provider{
		Name: "Beispiel-CERT", Role: "csaf_trusted_provider", URL: "https://cert.example.de/.well-known/csaf/provider-metadata.json", Updated: day(1),
		Folders: []string{"https://cert.example.de/csaf/white/"}, Feeds: []csaf.Feed{{URL: "https://cert.example.de/csaf/white/feed.json", TLP: "WHITE"}},
		Keys: []csaf.Key{{Fingerprint: "8F5F267907B2C4559DB360DB2294BA7D2B2298B1", URL: "https://cert.example.de/key.asc"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || len(skips) != 3 {
		t.Errorf("%v\nskips %v\n%v", diff, skips, err)
	}
	for _, none := range []string{"", "[]", "{}", strings.Replace(string(text), `"2.0"`, `"3.0"`, 1), strings.Replace(string(text), `"role":"csaf_trusted_provider"`, `"role":"king"`, 1)} {
		if _, _, err := csaf.ParseProvider([]byte(none)); err == nil {
			t.Errorf("%.40q passes for metadata", none)
		}
	}
	example, _, err := csaf.ParseProvider(collection(t)["examples/provider-metadata/example-01-provider-metadata.json"])
	if err != nil || len(example.Feeds) != 1 || len(example.Keys) != 1 || !example.Hashed() {
		t.Errorf("the example of OASIS: %+v %v", example, err)
	}
}
