package conversion

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/lang"
)

func TestWhichUpdatesConvertData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story     string
		installed []Installed
		changes   []Change
		want      string // "Name from→to", empty: none
	}{
		{"a security update of MariaDB within its series", nil, []Change{{"mariadb-server", "1:10.11.6-0+deb12u1", "1:10.11.19-0+deb12u1"}}, ""},
		{"MariaDB to its next series", nil, []Change{{"mariadb-server", "1:10.11.6-0+deb12u1", "1:11.8.3-0+deb13u1"}}, "MariaDB 10.11.6→11.8.3"},
		{"MariaDB in a package of another name", []Installed{{"mariadb-server-10.5", "1:10.5.29-0+deb11u1"}}, []Change{{"mariadb-server", "", "1:10.11.6-0+deb12u1"}}, "MariaDB 10.5.29→10.11.6"},
		{"MariaDB where none was", nil, []Change{{"mariadb-server", "", "1:10.11.6-0+deb12u1"}}, ""},
		{"the client alone", nil, []Change{{"mariadb-client", "1:10.5.1-1", "1:10.11.6-1"}}, ""},
		{"MySQL 8.0 before it could go back", nil, []Change{{"mysql-server-8.0", "8.0.34-0ubuntu0.22.04.1", "8.0.36-0ubuntu0.22.04.1"}}, "MySQL 8.0.34→8.0.36"},
		{"MySQL 8.0 since it can go back", nil, []Change{{"mysql-server-8.0", "8.0.35-0ubuntu0.22.04.1", "8.0.36-0ubuntu0.22.04.1"}}, ""},
		{"MySQL to its next series", nil, []Change{{"mysql-server", "8.0.36-1", "8.4.2-1"}}, "MySQL 8.0.36→8.4.2"},
		{"a rebuild of MySQL 8.0.34", nil, []Change{{"mysql-server-8.0", "8.0.34-0ubuntu0.22.04.1", "8.0.34-0ubuntu0.22.04.2"}}, ""},
		{"a minor version of PostgreSQL", nil, []Change{{"postgresql-15", "15.3-0+deb12u1", "15.14-0+deb12u1"}}, ""},
		{"Debian's rebuild of the metapackage", nil, []Change{{"postgresql", "15+248", "15+248+deb12u1"}}, ""},
		{"the next PostgreSQL", nil, []Change{{"postgresql", "15+248", "17+278"}}, "PostgreSQL 15+248→17+278"},
		{"any update of Elasticsearch", nil, []Change{{"elasticsearch", "8.13.0", "8.13.1"}}, "Elasticsearch 8.13.0→8.13.1"},
		{"Redis in one format", nil, []Change{{"redis-server", "5:6.0.16-1", "5:6.2.1-1"}}, ""},
		{"Redis in the next format", nil, []Change{{"redis-server", "5:6.2.1-1", "5:7.0.15-1~deb12u5"}}, "Redis 6.2.1→7.0.15"},
		{"slapd anew", nil, []Change{{"slapd", "2.4.57+dfsg-3", "2.5.13+dfsg-5"}}, "OpenLDAP 2.4.57+dfsg→2.5.13+dfsg"},
		{"a fix of slapd", nil, []Change{{"slapd", "2.5.13+dfsg-5", "2.5.13+dfsg-5+deb12u1"}}, ""},
		{"GitLab's patch release", nil, []Change{{"gitlab-ce", "16.5.0-ce.0", "16.5.1-ce.0"}}, "GitLab 16.5.0→16.5.1"},
		{"nothing of the sort", nil, []Change{{"nginx", "1.22.1-9", "1.26.0-1"}}, ""},
		{"an older version is no conversion", nil, []Change{{"mariadb-server", "1:11.8.3-1", "1:10.11.6-1"}}, ""},
	} {
		var got []string
		for _, f := range Find(Known(), c.installed, c.changes) {
			got = append(got, f.Case.Name+" "+f.From+"→"+f.To)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.story, got, c.want)
		}
	}
}

func mariadb(t *testing.T) Conversion {
	t.Helper()
	found := Find(Known(), nil, []Change{{"mariadb-server", "1:10.5.1-1", "1:10.11.6-1"}})
	if len(found) != 1 {
		t.Fatalf("found %d conversions", len(found))
	}
	return found[0]
}

func TestADumpFromBeforeLetsTheConversionBeMade(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	fresh := Dump{Of: "mariadb", Path: "/var/backups/all.sql.gz", Made: now.Add(-3 * time.Hour)}
	for _, c := range []struct {
		story   string
		covered func(string) bool
		dumps   []Dump
		names   string // part of the English reason; empty: allowed
	}{
		{"no dump", nil, nil, "No dump is declared"},
		{"a fresh dump", nil, []Dump{fresh}, ""},
		{"somebody else's dump", nil, []Dump{{Of: "Redis", Path: "/x", Made: now}}, "No dump is declared"},
		{"one of two is fresh", nil, []Dump{{Of: "MariaDB", Path: "/old"}, fresh}, ""},
		{"a dump of last week", nil, []Dump{{Of: "MariaDB", Path: "/x", Made: now.Add(-7 * 24 * time.Hour)}}, "/x is 168 hours old, 24 are allowed"},
		{"last week's is agreed to be enough", nil, []Dump{{Of: "MariaDB", Path: "/x", Made: now.Add(-7 * 24 * time.Hour), MaxAge: 200 * time.Hour}}, ""},
		{"not made yet", nil, []Dump{{Of: "MariaDB", Path: "/x"}}, "/x is missing"},
		{"from the future", nil, []Dump{{Of: "MariaDB", Path: "/x", Made: now.Add(time.Hour)}}, "future"},
		{"open to others", nil, []Dump{{Of: "MariaDB", Path: "/x", Made: now, Problem: lang.T("offen", "open to others")}}, "open to others"},
		{"the restore point covers the data", func(p string) bool { return p == "/var/lib/mysql" }, nil, ""},
		{"the restore point covers something else", func(p string) bool { return p == "/etc" }, nil, "No dump"},
	} {
		got := mariadb(t).Refused(c.covered, c.dumps, now)
		if got.IsZero() != (c.names == "") || !strings.Contains(got.EN, c.names) {
			t.Errorf("%s: %q, want %q", c.story, got.EN, c.names)
		}
		if !got.IsZero() && (got.DE == got.EN || !strings.Contains(got.DE, "/var/lib/mysql")) {
			t.Errorf("%s: in German: %q", c.story, got.DE)
		}
	}
}

func TestEveryKnownCaseHasASourceAndCanHold(t *testing.T) {
	t.Parallel()
	for _, c := range Known() {
		if !strings.HasPrefix(c.Source, "https://") {
			t.Errorf("%s has no source", c.Name)
		}
		if !c.converts("0.0.1", "9999.1") {
			t.Errorf("%s: no change of version converts", c.Name)
		}
		if c.converts("5.0.1", "5.0.1") {
			t.Errorf("%s: no change at all converts", c.Name)
		}
	}
}

func TestMistakesInCasesAreRefused(t *testing.T) {
	t.Parallel()
	good := "- {name: Shop, packages: [shop-*], parts: 1, data: [/srv/shop], dump: {de: ein Auszug, en: a dump}}\n"
	if cases, err := Parse([]byte(good)); err != nil || len(cases) != 1 || !cases[0].matches("shop-server") || cases[0].matches("ashop-x") {
		t.Fatalf("%v %v", cases, err)
	}
	for replace, names := range map[string]string{
		"parts: 1=>part: 1":                          "unknown field",
		"parts: 1=>parts: 9":                         "parts",
		"parts: 1, =>":                               "one of parts",
		"[shop-*]=>[]":                               "packages",
		"[shop-*]=>['*']":                            "packages",
		"[shop-*]=>[Shop]":                           "packages",
		"/srv/shop=>srv":                             "data",
		"/srv/shop=>/srv/../etc":                     "data",
		"de: ein Auszug, =>":                         "both languages",
		"parts: 1=>breaks: ['x']":                    "breaks",
		"parts: 1=>each: [{from: '2', before: '1'}]": "each",
		"name: Shop=>name: ''":                       "name",
	} {
		from, to, _ := strings.Cut(replace, "=>")
		if _, err := Parse([]byte(strings.Replace(good, from, to, 1))); err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%s: %v, want %s", replace, err, names)
		}
	}
	if _, err := Parse([]byte(good + good)); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("twice: %v", err)
	}
}

// Whatever is added to an order, a conversion that it makes is never hidden by it.
func TestMoreChangesHideNoConversion(t *testing.T) {
	t.Parallel()
	names := rapid.SampledFrom([]string{"mariadb-server", "mariadb-server-core-10.5", "nginx", "slapd", "redis-server", "gitlab-ce"})
	versions := rapid.SampledFrom([]string{"", "1:10.5.1-1", "1:10.11.6-1", "2.4.1-1", "2.5.1-1", "6.2.0-1", "7.0.0-1"})
	change := rapid.Custom(func(t *rapid.T) Change {
		return Change{names.Draw(t, "name"), versions.Draw(t, "from"), versions.Draw(t, "to")}
	})
	rapid.Check(t, func(t *rapid.T) {
		some, more := rapid.SliceOf(change).Draw(t, "some"), rapid.SliceOf(change).Draw(t, "more")
		all := map[string]bool{}
		for _, f := range Find(Known(), nil, append(append([]Change{}, some...), more...)) {
			all[f.Case.Name] = true
		}
		for _, f := range Find(Known(), nil, some) {
			if !all[f.Case.Name] {
				t.Fatalf("%s is hidden", f.Case.Name)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("- {name: Shop, packages: [shop], every: true, data: [/srv], dump: {de: a, en: b}}"))
	f.Add(known)
	f.Fuzz(func(t *testing.T, doc []byte) {
		cases, err := Parse(doc)
		if err != nil {
			return
		}
		for _, c := range cases {
			if err := c.check(); err != nil {
				t.Fatal(err)
			}
			_ = c.converts("1.2", "1.3")
		}
	})
}
