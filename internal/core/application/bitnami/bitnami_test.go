package bitnami

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

func entry(name, cpe, fixed string) string {
	return `{"id":"BIT-x","aliases":["CVE-2026-1"],"affected":[{"package":{"ecosystem":"Bitnami","name":"` + name + `"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"` + fixed + `"}]}]}],"database_specific":{"cpes":["` + cpe + `"]}}`
}

func TestRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story, name, cpe, fixed string
		want                    advisory.Ecosystem // empty: left out
	}{
		{"WordPress", "wordpress", "cpe:2.3:a:wordpress:wordpress:*:*:*:*:*:*:*:*", "6.4.3", advisory.WordPress},
		{"the server", "nextcloud", "cpe:2.3:a:nextcloud:nextcloud:*:*:*:*:*:*:*:*", "28.0.5", advisory.Application},
		{"the server's app", "nextcloud", "cpe:2.3:a:nextcloud:nextcloud:*:*:*:*:*:android:*:*", "3.16.1", ""},
		{"a plugin", "wordpress", "cpe:2.3:a:gigs:calendar:*:*:*:*:*:wordpress:*:*", "1.2", ""},
		{"packaging", "wordpress", "cpe:2.3:*:wordpress:wordpress:*:*:*:*:*:*:*:*", "6.8.2-1", ""},
		{"written in PHP", "phpmyadmin", "cpe:2.3:a:phpmyadmin:phpmyadmin:*:*:*:*:*:php:*:*", "5.2.2", advisory.Application},
		{"a colon in a name", "joomla", `cpe:2.3:a:joo\\:mla:joomla\\!:*:*:*:*:*:*:*:*`, "5.0.1", advisory.Application},
	} {
		r, err := Parse([]byte(entry(c.name, c.cpe, c.fixed)))
		switch {
		case c.want == "" && !errors.Is(err, ErrOther):
			t.Errorf("%s: %+v %v", c.story, r, err)
		case c.want != "" && (err != nil || len(r.Affected) != 1 || r.Affected[0].Ecosystem != c.want || r.Affected[0].Package != c.name || r.Publisher != Publisher):
			t.Errorf("%s: %+v %v", c.story, r, err)
		}
	}
	records, skipped := Lines("{\n" + entry("joomla", "", "5")[:20] + "\n\n" + entry("wordpress-multisite", "cpe:2.3:a:wordpress:wordpress:*:*:*:*:*:*:*:*", "6.4.3"))
	if len(records) != 0 || len(skipped) != 2 {
		t.Errorf("%v %v", records, skipped)
	}
}

// All 3,902 records of August 2026 can be read; those about something else are few, and said.
func TestTheWholeDatabase(t *testing.T) {
	t.Parallel()
	packed, err := os.Open("../../../../../shared/data/php/bitnami-vulndb-hosting-apps.jsonl.zst")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	defer packed.Close()
	z, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	records, skipped := Lines(string(text))
	count := map[string]int{}
	for _, r := range records {
		for _, a := range r.Affected {
			count[a.Package]++
		}
	}
	other := map[string]int{}
	for _, s := range skipped {
		if !strings.Contains(s.Why, ErrOther.Error()) {
			t.Errorf("%+v", s)
		}
		_, app, _ := strings.Cut(s.Place, "(BIT-")
		app, _, _ = strings.Cut(app, "-")
		other[app]++
	}
	// 60 and 26 by name; 6 about plugins and one about packaging, 16 about apps for telephones.
	if count["wordpress"] != 53 || count["nextcloud"] != 10 || count["joomla"] != 134 || count["drupal"] != 71 || count["phpmyadmin"] != 15 {
		t.Errorf("%v; about something else: %v", count, other)
	}
	t.Logf("%d records, about something else: %v", len(records), other)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(entry("wordpress", "cpe:2.3:a:wordpress:wordpress:*:*:*:*:*:*:*:*", "6.4.3")))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := Parse(text); err == nil {
			for _, a := range r.Affected {
				if a.Ecosystem != advisory.WordPress && a.Ecosystem != advisory.Application {
					t.Errorf("%+v", a)
				}
			}
		}
	})
}
