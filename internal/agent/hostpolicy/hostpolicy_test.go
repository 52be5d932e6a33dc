package hostpolicy

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/wire"
)

const whole = `# what this host allows
verbs: [update_packages, mitigate]
origins:
  - Debian-Security
  - "Example GmbH"
max_run_minutes: 90
reboot: never
clock_skew_minutes: 2
data: [/data/shop, /usr/local/share/x]
spare: [shop.service]
restore_driver: files
restore_hold_hours: 12
`

func TestPolicyIsRead(t *testing.T) {
	t.Parallel()
	got, err := Parse("host.yaml", []byte(whole))
	want := Policy{
		Verbs: []wire.Verb{wire.UpdatePackages, wire.Mitigate}, Spare: []string{"shop.service"}, Origins: []string{"Debian-Security", "Example GmbH"}, MaxRun: 90 * time.Minute,
		Reboot: RebootNever, ClockSkew: 2 * time.Minute, Data: []string{"/data/shop", "/usr/local/share/x"},
		RestoreDriver: RestoreFiles, RestoreHold: 12 * time.Hour,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestEmptyPolicyIsTheDefault(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{"", "# nothing\n", "---\n"} {
		got, err := Parse("host.yaml", []byte(doc))
		if diff := cmp.Diff(Default(), got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", doc, err, diff)
		}
	}
	if got, err := Load(filepath.Join(t.TempDir(), "none.yaml")); err != nil || got.MaxRun != wire.MaxRunTime {
		t.Errorf("without a file: %+v, %v", got, err)
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"verb: []\n":                          "1:1: verb: there is no such key",
		"verbs: [run_command]\n":              "1:9: verbs: \"run_command\" is no order",
		"verbs: update_packages\n":            "1:8: verbs: a list is expected",
		"reboot: sometimes\n":                 "1:9: reboot: never or ordered",
		"reboot: never\nmax_run_minutes: 0\n": "2:18: max_run_minutes: 1 to 720",
		"max_run_minutes: soon\n":             "1:18: max_run_minutes: 1 to 720",
		"clock_skew_minutes: 61\n":            "1:21: clock_skew_minutes: 1 to 60",
		"data:\n  - srv\n":                    "2:5: data: \"srv\" is no clean absolute path",
		"data: [/etc/nginx]\n":                "1:8: data: /etc/nginx belongs to the system",
		"data: [/]\n":                         "1:8: data: / belongs to the system",
		"data: [/var/lib]\n":                  "1:8: data: /var/lib belongs to the system",
		"data: [/srv/../etc]\n":               "1:8: data:",
		"origins: [\"\"]\n":                   "1:11: origins:",
		"origins: {a: b}\n":                   "origins: a list is expected",
		"- verbs\n":                           "1:1: keys with values are expected",
		"reboot: never\n\treboot: ordered\n":  "this is no YAML",
		"reboot: never\nreboot: ordered\n":    "2:1:",
		"hours: [sat]\n":                      "1:9: hours: {days: [sat], start:",
		"hours:\n  - {days: [sat], start: \"05:00\", hours: 2}\n":                  "hours.zone: the time zone is missing",
		"hours:\n  - {days: [sat], start: \"05:00\", hours: 2, zone: Mars/Base}\n": "hours: this is no window: \"Mars/Base\" is no time zone",
		"hours:\n  - {days: [sat], start: \"05:00\", hours: NaN, zone: UTC}\n":     "hours: this is no window: a window lasts more than 0",
		"hours:\n  - {days: [], start: \"05:00\", hours: 2, zone: UTC}\n":          "hours: this is no window: a window needs at least one day",
		"hours:\n  - {day: sat}\n":              "hours.day: there is no such key",
		"hours: never\n":                        "1:8: hours: a list of windows is expected",
		"second_keys: [abc]\n":                  "1:15: second_keys: a public key is expected",
		"second_keys: [\"ed25519:AAAA\"]\n":     "1:15: second_keys: a public key is expected",
		"reboot: never\n---\nreboot: ordered\n": "only one document",
		"restore_driver: zfs\n":                 "1:17: restore_driver: files or btrfs",
		"restore_hold_hours: 0\n":               "1:21: restore_hold_hours: 1 to 2208",
		"reboot: &a never\n":                    "reboot: a plain value is expected",
	} {
		_, err := Parse("host.yaml", []byte(doc))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || !strings.Contains(f.Cause.Error(), want) {
			t.Errorf("%q: %v; want %s", doc, err, want)
		}
	}
	_, err := Parse("host.yaml", []byte("reboot: x\nverb: []\ndata: 7\n"))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Places) != 3 {
		t.Errorf("three mistakes: %v", err)
	}
}

func TestPolicyThatOthersCouldWriteIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "etc")
	path := filepath.Join(dir, "host.yaml")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, dir os.FileMode
		good      bool
	}{{0o644, 0o755, true}, {0o600, 0o700, true}, {0o664, 0o755, false}, {0o646, 0o755, false}, {0o644, 0o777, false}} {
		if err := os.WriteFile(path, []byte("reboot: never\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Chmod(path, c.file), os.Chmod(dir, c.dir)); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); (err == nil) != c.good {
			t.Errorf("file %o in directory %o: %v", c.file, c.dir, err)
		}
	}
}

func TestOriginsAreJudgedByTheHostsOwnFacts(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	w, err := wire.Open(agenttest.Seal("web1", agenttest.Closing("run-1", at), key, wire.Package{Name: "nginx", Arch: "amd64", From: "1.0", To: "1.1"}), key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	security := fact.Origin{Origin: "Debian", Label: "Debian-Security"}
	vendor := fact.Origin{Origin: "nginx", Label: "nginx", Site: "nginx.example"}
	pending := func(version string, from ...fact.Origin) fact.Facts {
		return fact.Facts{OS: fact.OS{ID: "debian"}, Pending: []fact.Pending{{Name: "nginx", Arch: "amd64", Candidate: version, Origins: from}}}
	}
	for _, c := range []struct {
		name    string
		origins []string // nil: the default
		facts   fact.Facts
		refusal string
	}{
		{"the distribution's own", nil, pending("1.1", security), ""},
		{"somebody else's", nil, pending("1.1", vendor), "comes from \"nginx\" (nginx.example)"},
		{"offered by both", nil, pending("1.1", security, vendor), "comes from \"nginx\""},
		{"somebody else's that is accepted", []string{"nginx"}, pending("1.1", vendor), ""},
		{"the distribution's own, which is not accepted", []string{"nginx"}, pending("1.1", security), "comes from \"Debian-Security\""},
		{"another version than the one on offer", nil, pending("1.2", security), "nginx 1.1 is not on offer"},
		{"from no repository", nil, pending("1.1"), "comes from no repository"},
		{"not on offer at all", nil, fact.Facts{OS: fact.OS{ID: "debian"}}, "is not on offer"},
		{"in place already", nil, fact.Facts{OS: fact.OS{ID: "debian"}, Packages: []fact.Package{{Name: "nginx", Arch: "amd64", Version: "1.1", Origins: []fact.Origin{security}}}}, ""},
		{"a repository without a name", nil, pending("1.1", fact.Origin{Site: "x"}), "which the host does not accept"},
		{"a stranger under a borrowed label", []string{"Debian-Security"}, pending("1.1", fact.Origin{Origin: "Evil", Label: "Debian-Security"}), "which the host does not accept"},
		{"nothing is accepted", []string{}, pending("1.1", security), "which the host does not accept"},
	} {
		p := Default()
		p.Origins = c.origins
		err := p.Permits(w, c.facts)
		if (err == nil) != (c.refusal == "") || err != nil && !strings.Contains(err.Error(), c.refusal) {
			t.Errorf("%s: %v, want %q", c.name, err, c.refusal)
		}
	}
}
