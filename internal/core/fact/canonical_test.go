package fact_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// received is f as the other side reads it.
func received(t testing.TB, f fact.Facts) fact.Facts {
	t.Helper()
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var got fact.Facts
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestBothSidesAgreeOnTheHash: the server computes the hash of what it received anew and refuses facts
// that do not match. A host whose facts could never match would be silent for good.
func TestBothSidesAgreeOnTheHash(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		facts func(*fact.Facts)
	}{
		{"an ordinary host", func(*fact.Facts) {}},
		{"nothing is known yet: lists that were never made", func(f *fact.Facts) { *f = fact.Facts{Host: "web1"} }},
		{"nothing runs, nothing is due: lists that are empty", func(f *fact.Facts) {
			*f = fact.Facts{
				Packages: []fact.Package{{Name: "a", Origins: []fact.Origin{}}}, Pending: []fact.Pending{{Name: "a", Origins: []fact.Origin{}}},
				Indices: fact.Indices{Errors: []string{}}, Units: []fact.Unit{}, Failed: []string{}, Listen: []fact.Listener{},
				Reboot: fact.Reboot{Services: []string{}}, Dpkg: fact.Dpkg{Broken: []string{}}, Tools: []string{},
			}
		}},
		{"apt complains in Latin-1", func(f *fact.Facts) {
			f.Indices.Errors = []string{"W: Pr\xfcfsumme stimmt nicht", "W: \U0001F427", "W: \xff", "W: \uFFFD"}
		}},
		{"a process with bytes for a name", func(f *fact.Facts) {
			f.Listen = []fact.Listener{{Proto: "tcp", Address: "::", Port: 80, Process: "\U0001F427"}, {Proto: "tcp", Address: "::", Port: 80, Process: "\xff\xfe"}}
		}},
		{"signs that JSON writes in its own way", func(f *fact.Facts) {
			f.OS.Name = "<b>&amp;\u2028\x00\x7f\"\\ \\ufffd"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := webHost()
			c.facts(&f)
			f.Sort()
			got := received(t, f)
			if got.Hash() != f.Hash() {
				t.Fatal("hash differs as received")
			}
			got.Sort()
			if got.Hash() != f.Hash() {
				t.Fatal("hash differs as received and sorted")
			}
		})
	}
}

func TestAnEmptyListIsNoNews(t *testing.T) {
	t.Parallel()
	never := fact.Facts{Pending: []fact.Pending{{Name: "curl"}}}
	empty := fact.Facts{
		Packages: []fact.Package{}, Pending: []fact.Pending{{Name: "curl", Origins: []fact.Origin{}}}, Units: []fact.Unit{},
		Failed: []string{}, Listen: []fact.Listener{}, Tools: []string{},
		Indices: fact.Indices{Errors: []string{}}, Reboot: fact.Reboot{Services: []string{}}, Dpkg: fact.Dpkg{Broken: []string{}},
	}
	if never.Hash() != empty.Hash() {
		t.Fatal("a list that was never made hashes unlike an empty one")
	}
	if never.Pending[0].Origins != nil || never.Packages != nil {
		t.Fatal("hashing changed the facts")
	}
}

// TestARefreshWithoutNews: apt looked, nothing is new. The time of the look is no reason to send
// everything again, but what it complained about is.
func TestARefreshWithoutNews(t *testing.T) {
	t.Parallel()
	f := webHost()
	before := f.Hash()
	f.Indices.Refreshed += 3600
	if f.Hash() != before {
		t.Fatal("the time of the refresh counts")
	}
	f.Indices.Errors = append(f.Indices.Errors, "E: the release file has expired")
	if f.Hash() == before {
		t.Fatal("a complaint does not count")
	}
}

// TestSharedSocket: two processes wait on one port (SO_REUSEPORT). In which order the kernel lists them
// is chance and must not look like news.
func TestSharedSocket(t *testing.T) {
	t.Parallel()
	old, fresh := fact.Listener{Proto: "tcp", Address: "0.0.0.0", Port: 80, Process: "haproxy"}, fact.Listener{Proto: "tcp", Address: "0.0.0.0", Port: 80, Process: "haproxy-new"}
	a, b := fact.Facts{Listen: []fact.Listener{old, fresh}}, fact.Facts{Listen: []fact.Listener{fresh, old}}
	a.Sort()
	b.Sort()
	if diff := cmp.Diff(a, b); diff != "" || a.Hash() != b.Hash() {
		t.Fatalf("the order of the kernel's list counts:\n%s", diff)
	}
}
