package helpdesk_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/helpdesk"
	"github.com/patchwart/patchwart/internal/core/fault"
)

var known = helpdesk.Known{States: []string{"accepted", "done"}, Events: []string{"run.planned", "run.ended"}}

const all = `
rt: {url: https://tickets.hoster.example, token_file: TOKEN, queues: [Updates]}
trusted: mail.hoster.example
accounts: {ekuhn: kuhn/eva}
field: Patchwart-Stand
statuses: {accepted: open, done: resolved}
every: 30s
webhooks:
  - {name: cmdb, url: https://cmdb.hoster.example/x/secret-path, secret_file: SECRET, events: [run.ended], allow: [10.20.0.0/16]}
`

func TestSettingsAreReadAndOpened(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	doc := strings.NewReplacer("TOKEN", write("token", "1-14-"+strings.Repeat("ab", 16)), "SECRET", write("secret", strings.Repeat("geheim", 5))).Replace(all)
	s, err := helpdesk.Read(write("helpdesk.yaml", doc), known)
	if err != nil {
		t.Fatal(err)
	}
	if every, err := s.Interval(); err != nil || every != 30*time.Second || s.Accounts["ekuhn"] != "kuhn/eva" || s.Statuses["done"] != "resolved" {
		t.Errorf("%+v", s)
	}
	desk, err := s.RT.Open()
	if err != nil {
		t.Fatal(err)
	}
	desk.Close()
	if _, host, err := s.Webhooks[0].Open(); err != nil || host != "cmdb.hoster.example" {
		t.Errorf("%q, %v", host, err)
	}
	if err := os.Chmod(filepath.Join(dir, "secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Webhooks[0].Open(); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a secret that others can read: %v", err)
	}
}

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ from, to, says string }{
		"an unknown key":              {"trusted:", "trustet:", "trustet"},
		"an unknown state":            {"accepted: open", "accepdet: open", "accepdet"},
		"an unknown event":            {"events: [run.ended]", "events: [run.end]", "run.end"},
		"an account of a customer":    {"kuhn/eva", "kuhn", "ekuhn"},
		"no time":                     {"every: 30s", "every: 30", "every"},
		"too often":                   {"every: 30s", "every: 1ms", "every"},
		"a name that is none":         {"name: cmdb", "name: C MDB", "C MDB"},
		"two desks":                   {"trusted:", "zammad: {url: https://x.example, token_file: x, groups: [a]}\ntrusted:", "zammad"},
		"believing without a desk":    {"rt:", "#", "trusted"},
		"a token beside the settings": {"token_file: TOKEN", "token: 1-2-3", "token"},
	} {
		_, err := helpdesk.Parse("helpdesk.yaml", []byte(strings.Replace(all, c.from, c.to, 1)), known)
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := helpdesk.Parse("helpdesk.yaml", []byte("webhooks: []\n"), known); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("nothing at all: %v", err)
	}
	if _, err := helpdesk.Read("/nowhere", known); err == nil {
		t.Error("no file")
	}
}

// FuzzParse: whatever stands in the file, it is understood or refused.
func FuzzParse(f *testing.F) {
	f.Add([]byte(all))
	f.Add([]byte("webhooks:\n  - {name: a}\n"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := helpdesk.Parse("x", doc, known)
		if err == nil && s.RT == nil && s.Zammad == nil && len(s.Webhooks) == 0 {
			t.Error("nothing was understood as something")
		}
	})
}
