package statute_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/statute"
)

func published(t testing.TB) ([]byte, statute.Table) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", "citations", "statutes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := statute.Parse("statutes.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return data, table
}

// TestC9TheRepealedCitation: the older article cites § 13(7) TMG, which is repealed; today § 19(4) TDDDG
// stands in its place.
func TestC9TheRepealedCitation(t *testing.T) {
	t.Parallel()
	_, table := published(t)
	for _, c := range []struct {
		day      string
		repealed bool
		today    string
	}{
		{"2020-01-01", false, "§ 13 Abs. 7 TMG"},
		{"2021-11-30", false, "§ 13 Abs. 7 TMG"},
		{"2021-12-01", true, "§ 19 Abs. 4 TTDSG"},
		{"2024-05-13", true, "§ 19 Abs. 4 TTDSG"},
		{"2024-05-14", true, "§ 19 Abs. 4 TDDDG"},
		{"2026-11-27", true, "§ 19 Abs. 4 TDDDG"},
	} {
		s, ok := table.At("tmg-13-7", c.day)
		if !ok || s.Repealed != c.repealed || s.Today.Cite != c.today {
			t.Errorf("on %s: repealed %v, %s; want %v, %s", c.day, s.Repealed, s.Today.Cite, c.repealed, c.today)
		}
	}
	if s, ok := table.At("gdpr-32", "2026-11-27"); !ok || s.Repealed || s.Today.ID != "gdpr-32" {
		t.Errorf("Art. 32 is in force: %+v", s)
	}
	if _, ok := table.At("bgb-1", "2026-11-27"); ok {
		t.Error("a citation that nobody recorded")
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	ok := "citations:\n  - {id: a, cite: A, text: {de: a, en: a}, valid_from: 2020-01-01"
	for name, c := range map[string]struct{ doc, want string }{
		"unknown field":    {ok + ", colour: red}\n", "colour"},
		"no text":          {"citations:\n  - {id: a, cite: A, valid_from: 2020-01-01}\n", "a: cite, text.de and text.en are needed"},
		"odd ID":           {strings.Replace(ok, "id: a", "id: A b", 1) + "}\n", "the ID must look like tmg-13-7"},
		"no day":           {strings.Replace(ok, "2020-01-01", "soon", 1) + "}\n", "valid_from and valid_to are days"},
		"ends before":      {ok + ", valid_to: 2019-01-01}\n", "in this order"},
		"nobody's heir":    {ok + ", valid_to: 2021-01-01, successor: b}\n", "the successor does not exist"},
		"heir in force":    {ok + ", successor: a}\n", "what is in force has no successor"},
		"a circle":         {ok + ", valid_to: 2021-01-01, successor: a}\n", "go in a circle"},
		"twice":            {ok + "}\n  - {id: a, cite: A, text: {de: a, en: a}, valid_from: 2020-01-01}\n", "stands twice"},
		"not YAML":         {"citations: [", "not valid YAML"},
		"larger than read": {strings.Repeat("#", 65<<10), "more than 65536 bytes"},
	} {
		_, err := statute.Parse("s.yaml", []byte(c.doc))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, _ := published(f)
	f.Add(data)
	f.Add([]byte("citations: [{id: a}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := statute.Parse("s.yaml", data)
		if err != nil {
			return
		}
		for id := range table { // whatever was accepted comes to an end
			table.At(id, "2026-11-27")
		}
	})
}
