package estate

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

func zones(name string) (*time.Location, error) {
	switch name {
	case "Europe/Berlin", "Europe/Vienna":
		return time.FixedZone(name, 3600), nil
	}
	return nil, fmt.Errorf("unknown time zone %s", name)
}

func policies(id string) bool { return id == "managedhosting-2" }

func read(t testing.TB, path string) []byte {
	t.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestParseReadsTheExample(t *testing.T) {
	t.Parallel()
	e, places := Parse("estate.yaml", read(t, "testdata/estate.yaml"), zones, Known{Policy: policies})
	if len(places) > 0 {
		t.Fatalf("the example has problems:\n%s", render(places))
	}
	want := Estate{
		Customers: []Customer{
			{ID: "muster", Name: "Muster Handels GmbH", Contacts: []Contact{
				{ID: "anna", Name: "Anna Muster", Email: "anna@muster.example", Authority: []Authority{AuthorityOrder, AuthorityConsent}},
				{ID: "ben", Name: "Ben Leser", Email: "ben@muster.example", Authority: []Authority{AuthorityRead}},
			}},
			{ID: "verein", Name: "Sportverein Beispielstadt e. V.", Contacts: []Contact{
				{ID: "carla", Name: "Carla Kassier", Email: "carla@verein.example", Authority: []Authority{AuthorityOrder}},
			}},
		},
		Windows: []Window{
			{Name: "weekend", Days: []string{"sat", "sun"}, Start: "05:00", Hours: 2, Zone: "Europe/Berlin"},
			{Name: "tuesday-night", Days: []string{"tue"}, Start: "22:30", Hours: 1.5, Zone: "Europe/Vienna"},
		},
		Contracts: []Contract{
			{ID: "c-web", Customer: "muster", Model: policy.ServiceModelPaaS, Package: policy.PackageAdvanced,
				Policy: "managedhosting-2", Window: "weekend", StandingOrder: &StandingOrder{
					ID: "so-web", By: "anna", Given: "2026-01-15", Channel: "Ticket 4711", Scope: ScopeSecurity, Interval: Quarterly,
					Text: "Bitte spielen Sie Sicherheitsupdates auf unseren Webservern\nregelmäßig ohne Rückfrage ein."}},
			{ID: "c-db", Customer: "muster", Model: policy.ServiceModelPaaS, Package: policy.PackageBasic,
				Policy: "managedhosting-2", Window: "tuesday-night"},
			{ID: "c-iaas", Customer: "verein", Model: policy.ServiceModelIaaS, Package: policy.PackageNone, Policy: "managedhosting-2"},
		},
		Systems: []System{
			{Name: "web1", Contract: "c-web", AdminAccess: policy.AdminAccessProvider, Purpose: "Webshop",
				Services: []string{"nginx.service", "php8.2-fpm.service"},
				Checks:   []Check{{Name: "start page", Kind: CheckHTTP, Port: 80, Path: "/", Status: 200}}},
			{Name: "db1", Contract: "c-db", AdminAccess: policy.AdminAccessProvider, Purpose: "Datenbank",
				Services: []string{"mariadb.service"}, Checks: []Check{{Name: "mariadb", Kind: CheckTCP, Port: 3306}}},
			{Name: "iaas1", Contract: "c-iaas", AdminAccess: policy.AdminAccessShared},
		},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("estate (-want +got):\n%s", diff)
	}
}

// Each file in testdata/wrong is a document as an operator might write it by mistake; beside it lies
// what Parse says about it, all at once.
func TestParseNamesEveryMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			e, places := Parse(filepath.Base(file), read(t, file), zones, Known{Policy: policies})
			if len(places) == 0 {
				t.Fatal("no problem was found")
			}
			if diff := cmp.Diff(Estate{}, e); diff != "" {
				t.Errorf("an estate came back along with problems:\n%s", diff)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			got := render(places)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(read(t, golden)), got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func render(places []fault.Place) string {
	var b strings.Builder
	for _, p := range places {
		fmt.Fprintf(&b, "%s:%d:%d: %s\n  de: %s\n  en: %s\n", p.File, p.Line, p.Column, p.Field, p.Problem.DE, p.Problem.EN)
	}
	return b.String()
}

func TestParseIsBounded(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"a document of more than 4 MiB":  "# " + strings.Repeat("x", MaxDocument),
		"a million open brackets":        "systems: " + strings.Repeat("[", 1_000_000),
		"a million open braces":          "systems: " + strings.Repeat("{a: ", 250_000),
		"a line of a million dashes":     "systems:\n" + strings.Repeat("- ", 500_000),
		"a line of many question marks":  strings.Repeat("? ", 100_000),
		"brackets over many lines":       "systems:\n" + strings.Repeat(" [\n", 30_000),
		"aliases that multiply (a bomb)": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nsystems: *c\n",
	}
	for name, doc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, places := Parse("bomb.yaml", []byte(doc), zones, Known{Policy: policies}); len(places) == 0 {
				t.Error("the document was accepted")
			}
		})
	}
}

func TestParseCapsTheListOfProblems(t *testing.T) {
	t.Parallel()
	_, places := Parse("e.yaml", []byte("systems:\n"+strings.Repeat("- {}\n", 1000)), zones, Known{Policy: policies})
	if len(places) != maxProblems+1 {
		t.Fatalf("%d problems are named, want %d and a last word", len(places), maxProblems)
	}
	if last := places[maxProblems].Problem.EN; last != "only the first 200 problems are named" {
		t.Errorf("the last word is %q", last)
	}
}

// A hoster with thousands of systems applies one document; it is read in reasonable time.
func TestParseReadsALargeEstate(t *testing.T) {
	t.Parallel()
	e, places := Parse("large.yaml", largeEstate(3_000), zones, Known{Policy: policies})
	if len(places) > 0 || len(e.Systems) != 3_000+3 {
		t.Fatalf("%d systems, problems:\n%s", len(e.Systems), render(places))
	}
}

func largeEstate(systems int) []byte {
	doc, err := os.ReadFile("testdata/estate.yaml")
	if err != nil {
		panic(err)
	}
	b := bytes.NewBuffer(doc)
	for i := range systems {
		fmt.Fprintf(b, "  - name: host%d\n    contract: c-web\n    admin_access: provider\n    services: [nginx.service]\n", i)
	}
	return b.Bytes()
}

// Whatever is uploaded: no panic, not even one that Parse would catch, and either an estate or
// problems in both languages with a place inside the document.
func FuzzParse(f *testing.F) {
	f.Add(read(f, "testdata/estate.yaml"))
	files, _ := filepath.Glob("testdata/wrong/*.yaml")
	for _, file := range files {
		f.Add(read(f, file))
	}
	f.Add([]byte("systems: [&a {<<: *a}]"))
	f.Add([]byte("? {a: b}\n: c\n"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, places := Parse("fuzz.yaml", doc, zones, Known{Policy: policies})
		if len(places) > 0 && !cmp.Equal(e, Estate{}) {
			t.Error("an estate came back along with problems")
		}
		lines := bytes.Count(doc, []byte("\n")) + bytes.Count(doc, []byte("\r")) + 2
		for _, p := range places {
			if p.Problem.DE == "" || p.Problem.EN == "" || p.Line < 1 || p.Line > lines || p.Column < 1 {
				t.Errorf("incomplete problem: %+v", p)
			}
		}
		if len(places) == 0 {
			for _, s := range e.Systems {
				if _, ok := e.Held(s.Name); !ok {
					t.Errorf("system %q hangs in the air", s.Name)
				}
			}
		}
	})
}
