package policy_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/policy"
)

const lastRule = "T-99"

const noticeSection = `
notices:
  tell:
    - {happening: planned, to: [order], lead_hours: 48, rule: AA-01}
    - {happening: moved, to: [order], lead_hours: 0, house: {de: Warum, en: Why}}
    - {happening: cancelled, to: [order], house: {de: Warum, en: Why}}
    - {happening: restore_failed, to: [order, on_call, management], house: {de: Warum, en: Why}}
  digest: {systems: 3, wait_minutes: 15, daily: "07:00"}
`

// withNotices is a small version with a section about notices.
func withNotices(section string) []byte {
	return []byte(head + "rules:\n" + lastResort + section)
}

func TestAVersionSaysWhoIsToldWhat(t *testing.T) {
	t.Parallel()
	section := strings.ReplaceAll(noticeSection, "AA-01", lastRule)
	v, err := policy.Parse("p.yaml", withNotices(section))
	if err != nil {
		t.Fatal(err)
	}
	n := v.Telling()
	if len(n.Tell) != 4 || n.Tell[0].Lead() != 48*time.Hour || n.Tell[0].Rule == "" || n.Tell[1].House.EN != "Why" || n.Digest.Systems != 3 || n.Digest.Wait() != 15*time.Minute {
		t.Errorf("%+v", n)
	}
	without, err := policy.Parse("p.yaml", withNotices(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range without.Telling().Tell {
		if one.Rule != "" || one.House.IsZero() {
			t.Errorf("a house default cites a document or gives no reason: %+v", one)
		}
	}
	for name, c := range map[string]struct{ from, to, field string }{
		"an unknown happening":               {"happening: moved", "happening: exploded", "notices.tell[1].happening"},
		"an unknown audience":                {"to: [order, on_call", "to: [order, everybody", "notices.tell[3].to[1]"},
		"twice the same audience":            {"to: [order, on_call", "to: [order, order", "notices.tell[3].to"},
		"a lead where nothing lies ahead":    {"happening: cancelled, to: [order],", "happening: cancelled, to: [order], lead_hours: 3,", "notices.tell[2].lead_hours"},
		"no lead for what is planned":        {"lead_hours: 48, ", "", "notices.tell[0].lead_hours"},
		"a lead of half a year":              {"lead_hours: 48", "lead_hours: 4800", "notices.tell[0].lead_hours"},
		"neither rule nor house":             {", rule: " + lastRule, "", "notices.tell[0]"},
		"both rule and house":                {"rule: " + lastRule, "rule: " + lastRule + ", house: {de: A, en: B}", "notices.tell[0]"},
		"a statement that is not there":      {"rule: " + lastRule, "rule: ZZ-99", "notices.tell[0].rule"},
		"an announcement without correction": {"happening: cancelled, to: [order]", "happening: done, to: [order]", "notices.tell"},
		"a digest of one":                    {"systems: 3", "systems: 1", "notices.digest.systems"},
		"no time of day":                     {"07:00", "25:00", "notices.digest.daily"},
		"an unknown field":                   {"daily:", "weekly: 1, daily:", "notices.digest.weekly"},
	} {
		broken := strings.Replace(section, c.from, c.to, 1)
		if broken == section {
			t.Fatalf("%s: nothing changed", name)
		}
		_, err := policy.Parse("p.yaml", withNotices(broken))
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%s was taken", name)
			continue
		}
		found := false
		for _, p := range f.Places {
			found = found || p.Field == c.field && p.Line > 1 && !p.Problem.IsZero()
		}
		if !found {
			t.Errorf("%s: %+v", name, f.Places)
		}
	}
}

// TestThePublishedVersionsSayWhoIsTold: each has a rule for what went wrong, citing where its document asks for it.
func TestThePublishedVersionsSayWhoIsTold(t *testing.T) {
	t.Parallel()
	cited := map[string]string{"managedhosting-1": "MH1-08", "managedhosting-2": "MH2-16", "iteg-toms-1.1": "IT-32"}
	for id, rule := range cited {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", id+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := policy.Parse(id+".yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		if v.Notices == nil {
			t.Fatalf("%s says nothing", id)
		}
		have := map[policy.Happening]policy.Telling{}
		for _, one := range v.Notices.Tell {
			have[one.Happening] = one
		}
		if have[policy.HappensRestored].Rule != rule {
			t.Errorf("%s: restored cites %q, not %s", id, have[policy.HappensRestored].Rule, rule)
		}
		for _, bad := range []policy.Happening{policy.HappensPartial, policy.HappensNotEffective, policy.HappensBlocked, policy.HappensRestoreFailed, policy.HappensOverdue} {
			if len(have[bad].To) == 0 {
				t.Errorf("%s: nobody is told of %s", id, bad)
			}
		}
	}
}
