package verdict

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Key names a package of one architecture, as Observation.Versions does.
func Key(name, arch string) string { return name + ":" + arch }

// Judge compares the host after a change with the host before and with what was ordered. It decides
// between Succeeded, NotEffective and failure; what to do on failure (restore) is the run's part.
// ok is false when the change must be undone. What was broken before is not blamed on the change.
func Judge(ordered []Ordered, before, after Observation) (v Verdict, ok bool) {
	v = Verdict{Outcome: Succeeded, Before: &before, After: &after}
	fail := func(code, de, en string, args ...any) {
		v.Reasons = append(v.Reasons, Reason{Code: code, Text: lang.Textf(de, en, args...)})
	}
	for _, c := range ordered {
		c.Now = after.Versions[Key(c.Package, c.Arch)]
		v.Changes = append(v.Changes, c)
		if c.Now != c.To {
			fail("version_differs", "%[1]s ist %[2]s statt %[3]s.", "%[1]s is %[2]s instead of %[3]s.", c.Package, orNone(c.Now), c.To)
		}
	}
	for _, name := range after.Broken {
		fail("package_broken", "%[1]s ist nur halb installiert.", "%[1]s is half-installed.", name)
	}
	for _, u := range before.Units {
		if now := unit(after.Units, u.Name); u.Active == "active" && now.Active != "active" {
			fail("unit_lost", "%[1]s lief vorher und läuft nicht mehr (%[2]s).", "%[1]s ran before and no longer does (%[2]s).", u.Name, orNone(now.Active))
		}
	}
	for _, l := range before.Listen {
		if !listens(after.Listen, l) {
			fail("port_lost", "Auf %[1]s/%[2]d lauscht niemand mehr (vorher %[3]s).", "Nobody listens on %[1]s/%[2]d any more (before: %[3]s).", l.Proto, l.Port, orNone(l.Process))
		}
	}
	for _, c := range before.Checks {
		if now := result(after.Checks, c.Check.Name); c.Passed && !now.Passed {
			fail("check_failed", "Prüfung %[1]s ging vorher und geht nicht mehr: %[2]s.", "Check %[1]s passed before and no longer does: %[2]s.", c.Check.Name, orNone(now.Saw))
		}
	}
	if len(v.Reasons) > 0 {
		v.Outcome = Unknown // until the restore has ended
		return v, false
	}
	if after.Reboot.Required || len(after.Reboot.Services) > 0 {
		v.Outcome = NotEffective
		what := strings.Join(after.Reboot.Services, ", ")
		if after.Reboot.Required {
			what = strings.TrimSuffix("Kernel "+after.Reboot.Expected+", "+what, ", ")
		}
		fail("not_effective", "Installiert, aber noch nicht wirksam: %[1]s.", "Installed, but not yet effective: %[1]s.", what)
	}
	return v, true
}

func unit(units []fact.Unit, name string) fact.Unit {
	for _, u := range units {
		if u.Name == name {
			return u
		}
	}
	return fact.Unit{Name: name}
}

// listens ignores the address and the process: a service may rebind, what counts is that the port is
// served. Ephemeral ports are not promises.
func listens(now []fact.Listener, want fact.Listener) bool {
	if want.Port >= 32768 {
		return true
	}
	for _, l := range now {
		if l.Proto == want.Proto && l.Port == want.Port {
			return true
		}
	}
	return false
}

func result(results []CheckResult, name string) CheckResult {
	for _, r := range results {
		if r.Check.Name == name {
			return r
		}
	}
	return CheckResult{Saw: "not checked"}
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// Sentence is the verdict in one line, the way a colleague would say it.
func (v Verdict) Sentence(host string) lang.Text {
	first := lang.Text{}
	if len(v.Reasons) > 0 {
		first = v.Reasons[0].Text
	}
	with := func(de, en string) lang.Text {
		return lang.Text{DE: strings.TrimSpace(fmt.Sprintf(de, host) + " " + first.DE), EN: strings.TrimSpace(fmt.Sprintf(en, host) + " " + first.EN)}
	}
	switch v.Outcome {
	case Succeeded:
		return lang.Text{
			DE: fmt.Sprintf("%s ist aktualisiert und geprüft: %d Pakete.", host, len(v.Changes)),
			EN: fmt.Sprintf("%s is updated and verified: %d packages.", host, len(v.Changes)),
		}
	case NotEffective:
		return with("%s ist aktualisiert.", "%s is updated.")
	case Partial:
		return with("%s ist teilweise aktualisiert.", "%s is partly updated.")
	case Blocked:
		return with("%s blieb unberührt.", "%s was not touched.")
	case Deferred:
		return with("%s wartet.", "%s waits.")
	case Restored:
		t := with("%s ist wie vorher.", "%s is as it was.")
		if v.Proof != nil {
			t.DE += fmt.Sprintf(" %s Pfade geprüft, keine Abweichung.", lang.Count(v.Proof.Checked, lang.DE))
			t.EN += fmt.Sprintf(" %s paths checked, no difference.", lang.Count(v.Proof.Checked, lang.EN))
		}
		return t
	case RestoreFailed:
		return with("%s konnte nicht zurückgesetzt werden.", "%s could not be restored.")
	}
	return with("Bei %s ist ungeklärt, was geschehen ist.", "It cannot be told yet what happened on %s.")
}
