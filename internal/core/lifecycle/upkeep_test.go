package lifecycle_test

import (
	"archive/tar"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/application/semver"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// cms is an answer of endoflife.date, cut down.
const cms = `{"schema_version": "1.2.0", "generated_at": "2026-11-20T03:00:00+00:00", "total": 4, "result": [
	{"name": "wordpress", "releases": [
		{"name": "7.1", "isEol": false, "eolFrom": null, "latest": {"name": "7.1.2"}}, {"name": "7.0", "isEol": true, "eolFrom": "2026-08-19", "latest": {"name": "7.0.4"}},
		{"name": "6.4", "isEol": true, "eolFrom": "2024-04-03", "latest": {"name": "6.4.5"}}, {"name": "6", "isEol": true, "eolFrom": null}]},
	{"name": "typo3", "releases": [
		{"name": "13", "isEol": false, "eolFrom": "2027-12-31", "isEoes": false, "eoesFrom": "2030-12-31", "latest": {"name": "13.4.34"}},
		{"name": "12", "isEol": true, "eolFrom": "2026-04-30", "isEoes": false, "eoesFrom": "2029-04-30", "latest": {"name": "12.4.48"}},
		{"name": "4.5", "isEol": true, "eolFrom": "2015-03-31", "eoesFrom": null}]},
	{"name": "nextcloud", "releases": [{"name": "33", "isEol": false, "eolFrom": "2027-02-28"}, {"name": "31", "isEol": true, "eolFrom": "2026-02-28"}]},
	{"name": "matomo", "releases": [{"name": "5", "isEol": null, "eolFrom": null}]}]}`

func cmsTable(t *testing.T, source string) *lifecycle.Table {
	t.Helper()
	var b lifecycle.Builder
	if n, skipped, err := b.Add(lifecycle.Products, source, today, []byte(cms)); err != nil || n != 10 || len(skipped) > 0 {
		t.Fatal(n, skipped, err)
	}
	return b.Build()
}

// Each version is of a line, or of none; what nobody says is not known.
func TestLinesOfApplications(t *testing.T) {
	t.Parallel()
	x := cmsTable(t, "endoflife")
	for name, c := range map[string]struct {
		product, version string
		now              string
		want             string // cycle phase end
	}{
		"current, no end is named":             {"wordpress", "7.1.2", "2026-11-27", "7.1 full "},
		"current, but who knows by now":        {"wordpress", "7.1.2", "2027-01-27", "7.1 unknown "},
		"the first of a line":                  {"wordpress", "6.4", "2026-11-27", "6.4 ended 2024-04-03"},
		"the longest name of a line counts":    {"wordpress", "6.4.2", "2026-11-27", "6.4 ended 2024-04-03"},
		"ended, nobody says when":              {"wordpress", "6.9.2", "2026-11-27", "6 ended "},
		"a line that nobody names":             {"wordpress", "5.9.1", "2026-11-27", " unknown "},
		"no prefix of a number":                {"typo3", "130.1", "2026-11-27", " unknown "},
		"looked after":                         {"typo3", "v13.4.1", "2026-11-27", "13 full 2027-12-31"},
		"its last day":                         {"typo3", "13.4.1", "2027-12-31", "13 full 2027-12-31"},
		"the day after, for those who pay":     {"typo3", "13.4.1", "2028-01-01", "13 paid_only 2027-12-31"},
		"paid for":                             {"typo3", "12.4.10", "2026-11-27", "12 paid_only 2026-04-30"},
		"nothing to pay for any more":          {"typo3", "12.4.10", "2029-05-01", "12 ended 2026-04-30"},
		"an old way to number":                 {"typo3", "4.5.40", "2026-11-27", "4.5 ended 2015-03-31"},
		"a branch":                             {"typo3", "dev-main", "2026-11-27", " unknown "},
		"another branch":                       {"typo3", "12.4.x-dev", "2026-11-27", " unknown "},
		"before the release":                   {"typo3", "13.4.0-RC1", "2026-11-27", " unknown "},
		"of a distribution":                    {"nextcloud", "33.0.1-1~deb13u1", "2026-11-27", "33 full 2027-02-28"},
		"no version":                           {"nextcloud", "", "2026-11-27", " unknown "},
		"the source does not say":              {"matomo", "5.1.0", "2026-11-27", "5 unknown "},
		"a product that nobody follows":        {"owncloud", "10.15.0", "2026-11-27", " unknown "},
		"a product by the name of a line only": {"", "7.1.2", "2026-11-27", " unknown "},
	} {
		u := x.Upkeep(day(c.now), c.product, c.version)
		end := ""
		if !u.End.IsZero() {
			end = u.End.Format(time.DateOnly)
		}
		if got := u.Cycle + " " + string(u.Phase) + " " + end; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if u.Cycle != "" && (!u.AsOf.Equal(time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)) || len(u.Sources) != 1) {
			t.Errorf("%s: %+v", name, u)
		}
	}
	if u := x.Upkeep(today, "wordpress", "6.4.2"); u.Current != "7.1" || u.Latest != "6.4.5" {
		t.Errorf("%+v", u)
	}
	var none *lifecycle.Table
	if u := none.Upkeep(today, "wordpress", "6.4.2"); u.Phase != lifecycle.Unknown {
		t.Errorf("%+v", u)
	}
}

// Of sources that disagree the earlier end counts, whichever came first; one without a date of its own is as of
// when it was accepted.
func TestSourcesOfALineThatDisagree(t *testing.T) {
	t.Parallel()
	answer := func(releases string) []byte {
		return []byte(`{"schema_version": "1.2.0", "result": [{"name": "typo3", "releases": [` + releases + `]}]}`)
	}
	early, late := answer(`{"name": "13", "isEol": false, "eolFrom": "2027-06-30"}`), answer(`{"name": "13", "isEol": false, "eolFrom": "2027-12-31"}`)
	mute := answer(`{"name": "13", "isEol": null, "eolFrom": null}`)
	for _, texts := range [][][]byte{{early, late, mute}, {mute, late, early}, {late, early}} {
		var b lifecycle.Builder
		for i, text := range texts {
			if _, _, err := b.Add(lifecycle.Products, strings.Repeat("a", i+1), today, text); err != nil {
				t.Fatal(err)
			}
		}
		if u := b.Build().Upkeep(today, "typo3", "13.4.1"); !u.End.Equal(day("2027-06-30")) || len(u.Sources) != len(texts) || !u.AsOf.Equal(today) {
			t.Errorf("%+v", u)
		}
	}
}

// Whatever the version, nothing is called looked after that its source does not name.
func TestNothingIsLookedAfterByChance(t *testing.T) {
	t.Parallel()
	x := cmsTable(t, "endoflife")
	rapid.Check(t, func(t *rapid.T) {
		product := rapid.SampledFrom([]string{"wordpress", "typo3", "nextcloud", "matomo", "php"}).Draw(t, "product")
		version := rapid.OneOf(rapid.StringMatching(`v?[0-9]{1,2}(\.[0-9]{1,2}){0,3}(-(dev|RC1|beta2|1\+deb12u1))?`), rapid.String()).Draw(t, "version")
		u := x.Upkeep(today.AddDate(0, 0, rapid.IntRange(-2000, 2000).Draw(t, "days")), product, version)
		if u.Phase != lifecycle.Unknown && (u.Cycle == "" || !strings.HasPrefix(strings.TrimLeft(strings.TrimSpace(version), "vV"), u.Cycle)) {
			t.Fatalf("%s %q: %+v", product, version, u)
		}
	})
}

// shelved unpacks one file of an archive of the shared data.
func shelved(t *testing.T, archive, name string) []byte {
	t.Helper()
	f, err := os.Open("../../../../shared/data/eol/" + archive)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("needs the shared test data:", err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if err != nil {
			t.Fatalf("%s of %s: %v", name, archive, err)
		}
		if strings.TrimPrefix(h.Name, "./") == name {
			text, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
}

// Every version that WordPress, TYPO3 and Nextcloud published from the oldest line on that endoflife.date
// follows is of such a line, as the data of 22 August 2026 has them; the newest are looked after.
func TestRealLines(t *testing.T) {
	t.Parallel()
	for product, c := range map[string]struct {
		newest string
		ended  string // the newest of a line that has ended
		oldest string // below it no line is followed
	}{
		"wordpress": {"7.1", "7.0.4", "3.8"},
		"typo3":     {"14.3.6", "11.5.53", "7"},
		"nextcloud": {"34.0.3", "31.0.14", "9"},
	} {
		front, _, _ := strings.Cut(strings.TrimPrefix(string(shelved(t, "endoflife-products-2026-08-22.tar.zst", "products/"+product+".md")), "---\n"), "\n---\n")
		var page struct {
			Releases []struct {
				Cycle string `yaml:"releaseCycle"`
				EOL   any    `yaml:"eol"`
				EOES  any    `yaml:"eoes"`
			} `yaml:"releases"`
		}
		if err := yaml.Unmarshal([]byte(front), &page); err != nil {
			t.Fatal(err)
		}
		now := day("2026-08-22")
		var lines []lifecycle.Product
		for _, r := range page.Releases { // as the API tells them
			p := lifecycle.Product{Name: product, Cycle: r.Cycle, Source: "endoflife", AsOf: now}
			if text, ok := r.EOL.(string); ok {
				p.End = day(text)
			}
			p.Ended = r.EOL == true || !p.End.IsZero() && p.End.Before(now)
			p.Open = !p.Ended
			if text, ok := r.EOES.(string); ok {
				p.Paid = day(text)
			}
			lines = append(lines, p)
		}
		x := lifecycle.NewTable(nil, lines, nil)
		var published struct {
			Versions map[string]struct{ Name string } `json:"versions"`
		}
		if err := json.Unmarshal(shelved(t, "endoflife-release-data-2026-08-22.tar.zst", "releases/"+product+".json"), &published); err != nil {
			t.Fatal(err)
		}
		none := 0
		for version := range published.Versions {
			u := x.Upkeep(now, product, version)
			if u.Cycle == "" && semver.Compare(version, c.oldest) >= 0 {
				none++
				t.Logf("%s %s is of no line", product, version)
			}
		}
		if none > 0 || len(published.Versions) < 100 {
			t.Errorf("%s: %d of %d versions are of no line", product, none, len(published.Versions))
		}
		t.Logf("%s: %d versions, %d lines", product, len(published.Versions), len(lines))
		if u := x.Upkeep(now, product, c.newest); u.Phase != lifecycle.Full || u.Current != u.Cycle {
			t.Errorf("%s %s: %+v", product, c.newest, u)
		}
		if u := x.Upkeep(now, product, c.ended); u.Phase != lifecycle.Ended && u.Phase != lifecycle.PaidOnly || u.Current == "" {
			t.Errorf("%s %s: %+v", product, c.ended, u)
		}
	}
}
