package fact_test

import (
	"encoding/json"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// FuzzFactsFromAHost: whatever document a host sends, taking it in neither panics nor depends on how
// often it was passed on.
func FuzzFactsFromAHost(f *testing.F) {
	doc, err := json.Marshal(webHost())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add([]byte(`{"packages":null,"pending":[{"origins":null}],"listen":[{"port":1e3}]}`))
	f.Add([]byte("{\"indices\":{\"errors\":[\"\xff\",\"\\ud800\",\"\\\\ufffd\"]}}"))
	f.Add([]byte(`{"packages":[{"name":"b"},{"name":"a"},{"name":"a","arch":"amd64"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var facts fact.Facts
		if json.Unmarshal(doc, &facts) != nil {
			return
		}
		facts.Sort()
		got := received(t, facts)
		got.Sort()
		if got.Hash() != facts.Hash() {
			t.Fatalf("hash differs after passing on:\n%+v\n%+v", facts, got)
		}
		for _, p := range facts.Packages {
			if found, ok := facts.Package(p.Name, p.Arch); !ok || found.Name != p.Name {
				t.Fatalf("%q is installed and not found", p.Name)
			}
		}
	})
}
