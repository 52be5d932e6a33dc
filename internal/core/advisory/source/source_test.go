package source_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
)

func TestTheCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	list := source.Catalogue()
	if len(list) < 6 {
		t.Fatalf("%d sources", len(list))
	}
	for _, s := range list {
		if !strings.HasPrefix(s.URL, "https://") || s.About.DE == "" || s.About.EN == "" || s.Licence == "" || s.Fresh < 2*s.Every || len(s.Files) == 0 {
			t.Errorf("%+v", s)
		}
		for _, name := range s.Files {
			if got, ok := source.OfFile(list, name); !ok || got.Name != s.Name {
				t.Errorf("%s belongs to %s, not %s", name, got.Name, s.Name)
			}
		}
	}
	if _, ok := source.OfFile(list, "holiday.jpg"); ok {
		t.Error("a picture is a feed")
	}
}

// Every mistake in a hoster's own list has its place.
func TestMistakesHavePlaces(t *testing.T) {
	t.Parallel()
	good := `version: "1"
sources:
  - {name: mirror, url: "https://mirror.example/DSA.list", files: [DSA.list], mebibytes: 32, every: 1, fresh: 48, proof: none}
`
	if list, err := source.Parse("feeds.yaml", []byte(good)); err != nil || list[0].Limit != 32<<20 || list[0].Every != time.Hour {
		t.Fatalf("%+v, %v", list, err)
	}
	for name, change := range map[string][2]string{
		"plain http":        {"https://mirror", "http://mirror"},
		"no host":           {"https://mirror.example/DSA.list", "https:///DSA.list"},
		"with a password":   {"https://mirror", "https://me:secret@mirror"},
		"a path as a file":  {"files: [DSA.list]", "files: [../DSA.list]"},
		"for ever":          {"every: 1", "every: 100000"},
		"a strange name":    {"name: mirror", "name: Mirror One"},
		"an unknown field":  {"proof: none", "proof: none, colour: red"},
		"an unknown proof":  {"proof: none", "proof: trust"},
		"larger than taken": {"mebibytes: 32", "mebibytes: 4096"},
		"a strange host":    {"files: [DSA.list]", "hosts: [\"a b\"]"},
		"for a stranger":    {"name: mirror", "name: mirror, only: Plan9"},
		"an excerpt of all": {"name: mirror", "name: mirror, kind: osv"},
		"an excerpt's sum":  {"name: mirror, url: \"https://mirror.example/DSA.list\", files: [DSA.list], mebibytes: 32, every: 1, fresh: 48, proof: none", "name: mirror, kind: osv, only: Ubuntu, url: \"https://mirror.example/DSA.list\", mebibytes: 32, every: 1, fresh: 48, proof: sha256"},
	} {
		_, err := source.Parse("feeds.yaml", []byte(strings.Replace(good, change[0], change[1], 1)))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Places) == 0 || f.Places[0].Line != 3 || f.Places[0].Problem.DE == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := source.Parse("feeds.yaml", []byte(good+"  - {name: mirror, url: \"https://b.example/x\", mebibytes: 1, every: 1, fresh: 2, proof: none}\n")); err == nil {
		t.Error("two of one name")
	}
}

func TestRedirectsStayWithTheirSource(t *testing.T) {
	t.Parallel()
	s := source.Source{URL: "https://osv.example/all.zip", Hosts: []string{"cdn.example"}}
	for to, want := range map[string]bool{
		"https://osv.example/2/all.zip": true, "https://cdn.example/x": true, "https://evil.example/x": false,
		"http://osv.example/all.zip": false, "http://127.0.0.1/x": false, "https://cdn.example.evil.example/": false, "file:///etc/passwd": false,
	} {
		u, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		if s.Leads(u) != want {
			t.Errorf("%s: %v", to, !want)
		}
	}
}

// A source is looked at when it is time, sooner after a failure, later when its publisher asks for it; and
// a publisher cannot silence it for ever.
func TestWhenToLook(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	s := source.Source{Every: 2 * time.Hour, Fresh: 48 * time.Hour}
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, tt := range map[string]struct {
		st         source.Standing
		due, stale bool
	}{
		"never looked":           {source.Standing{}, true, true},
		"an hour ago":            {source.Standing{Tried: ago(time.Hour), Succeeded: ago(time.Hour)}, false, false},
		"two hours ago":          {source.Standing{Tried: ago(2 * time.Hour), Succeeded: ago(2 * time.Hour)}, true, false},
		"failed just now":        {source.Standing{Tried: ago(4 * time.Minute), Succeeded: ago(time.Hour), Failures: 1}, false, false},
		"failed 5 minutes ago":   {source.Standing{Tried: ago(5 * time.Minute), Succeeded: ago(time.Hour), Failures: 1}, true, false},
		"failed for the third":   {source.Standing{Tried: ago(19 * time.Minute), Failures: 3}, false, true},
		"fails for weeks":        {source.Standing{Tried: ago(2 * time.Hour), Succeeded: ago(400 * time.Hour), Failures: 5000}, true, true},
		"asked to wait":          {source.Standing{Tried: ago(2 * time.Hour), Succeeded: ago(2 * time.Hour), NotBefore: now.Add(time.Hour)}, false, false},
		"asked to wait for ever": {source.Standing{Tried: ago(2 * time.Hour), NotBefore: now.AddDate(10, 0, 0)}, true, true},
	} {
		if got := s.Due(now, tt.st); got != tt.due {
			t.Errorf("%s: due %v", name, got)
		}
		if got := s.Stale(now, tt.st); got != tt.stale {
			t.Errorf("%s: stale %v", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		st := source.Standing{Tried: now, Failures: rapid.IntRange(0, 1<<30).Draw(t, "failures")}
		if wait := s.Next(st).Sub(now); wait < 5*time.Minute || wait > s.Every {
			t.Fatalf("%v after %d failures", wait, st.Failures)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("version: \"1\"\nsources:\n  - {name: a, url: \"https://a.example/x\", mebibytes: 1, every: 1, fresh: 2, proof: none}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := source.Parse("f.yaml", data)
		for _, s := range list {
			if err == nil && (!source.Allowed(s.URL) || s.Limit <= 0 || s.Every <= 0) {
				t.Errorf("%+v", s)
			}
		}
	})
}
