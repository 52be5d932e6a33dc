package verdict

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Key names a package of one architecture, as Observation.Versions does.
func Key(name, arch string) string { return name + ":" + arch }

// Judge compares the host after a change with the host before and with what was ordered. It decides
// between Succeeded, NotEffective and failure; what to do on failure (restore) is the run's part.
// ok is false when the change must be undone. What was broken before is not blamed on the change, but
// for an ordered package: that one was to become whole.
func Judge(ordered []Ordered, before, after Observation) (v Verdict, ok bool) {
	v = Verdict{Outcome: Succeeded, Before: &before, After: &after}
	fail := func(code, de, en string, args ...any) {
		v.Reasons = append(v.Reasons, Reason{Code: code, Text: lang.Textf(de, en, args...)})
	}
	for _, c := range ordered {
		c.Now = after.Versions[Key(c.Package, c.Arch)]
		v.Changes = append(v.Changes, c)
		if c.Now != c.To || c.Now == "" { // no version is never the ordered one
			fail("version_differs", "%[1]s ist %[2]s statt %[3]s.", "%[1]s is %[2]s instead of %[3]s.", c.Package, orNone(c.Now), orNone(c.To))
		}
	}
	if m := after.Measure; m != nil && !m.Done {
		fail("measure_unmet", "Die Maßnahme greift nicht (%[1]s): %[2]s", "The measure does not take hold (%[1]s): %[2]s", m.Text, orNone(m.Saw))
	}
	for _, name := range after.Broken {
		if slices.Contains(before.Broken, name) && !isOrdered(ordered, name) {
			continue
		}
		fail("package_broken", "%[1]s ist nur halb installiert.", "%[1]s is half-installed.", name)
	}
	for _, name := range after.Flapping {
		if !slices.Contains(before.Flapping, name) && !failedBefore(before, name) {
			fail("flapping", "%[1]s startet immer wieder neu.", "%[1]s restarts again and again.", name)
		}
	}
	for _, u := range before.Units {
		if slices.Contains(before.Flapping, u.Name) || slices.Contains(after.Flapping, u.Name) {
			continue // said already, or as it was before
		}
		if now := unit(after.Units, u.Name); lost(u, now) {
			fail("unit_lost", "%[1]s lief vorher und läuft nicht mehr (%[2]s).", "%[1]s ran before and no longer does (%[2]s).", u.Name, state(now))
		}
	}
	for _, l := range before.Listen {
		if !listens(after.Listen, l) {
			fail("port_lost", "Auf %[1]s/%[2]d lauscht niemand mehr (vorher %[3]s).", "Nobody listens on %[1]s/%[2]d any more (before: %[3]s).", l.Proto, l.Port, orNone(l.Process))
		}
	}
	for _, c := range before.Checks {
		if now, asked := result(after.Checks, c.Check.Name); c.Passed && !now.Passed {
			saw := lang.T(orNone(now.Saw), orNone(now.Saw))
			if !asked {
				saw = lang.T("nicht geprüft", "not checked")
			}
			fail("check_failed", "Prüfung %[1]s ging vorher und geht nicht mehr: %[2]s.", "Check %[1]s passed before and no longer does: %[2]s.", c.Check.Name, saw)
		}
	}
	for _, c := range before.Checks {
		if now, asked := result(after.Checks, c.Check.Name); c.Passed && asked && now.Passed {
			if de, en := c.Certificate.against(now.Certificate); de != "" {
				fail("certificate_changed", "Prüfung %[1]s: das Zertifikat "+de+".", "Check %[1]s: the certificate "+en+".", c.Check.Name)
			}
		}
	}
	if len(v.Reasons) > 0 {
		v.Outcome = Unknown // until the restore has ended
		return v, false
	}
	if after.Reboot.Required || len(after.Reboot.Services) > 0 {
		v.Outcome = NotEffective
		var what []lang.Text
		switch {
		case after.Reboot.Required && after.Reboot.Expected != "":
			what = append(what, lang.T("Kernel "+after.Reboot.Expected, "kernel "+after.Reboot.Expected))
		case after.Reboot.Required:
			what = append(what, lang.T("Neustart des Systems", "reboot of the system"))
		}
		for _, name := range after.Reboot.Services {
			what = append(what, lang.T(name, name))
		}
		fail("not_effective", "Installiert, aber noch nicht wirksam: %[1]s.", "Installed, but not yet effective: %[1]s.", lang.JoinTexts(what))
	}
	v.Reasons = append(v.Reasons, already(before, after)...)
	return v, true
}

// isOrdered reports whether a package, as dpkg names it (bare, or with a foreign architecture), is
// among the ordered ones.
func isOrdered(ordered []Ordered, name string) bool {
	return slices.ContainsFunc(ordered, func(c Ordered) bool { return name == c.Package || name == Key(c.Package, c.Arch) })
}

// lost reports whether a service that ran no longer does. A service begun by an init script stays
// "active" when its process is gone; only its sub-state, "exited" instead of "running", tells.
func lost(before, now fact.Unit) bool {
	return before.Active == "active" && (now.Active != "active" || before.Sub == "running" && now.Sub == "exited")
}

// GaveUp names the services that ran before and have failed for good: the system manager calls a unit failed only
// when it will not start it again by itself. Waiting does not mend that.
func GaveUp(before, after Observation) []string {
	var names []string
	for _, u := range before.Units {
		if u.Active == "active" && !slices.Contains(before.Flapping, u.Name) && unit(after.Units, u.Name).Active == "failed" {
			names = append(names, u.Name)
		}
	}
	return names
}

func state(u fact.Unit) string {
	if u.Active == "active" {
		return u.Sub
	}
	return orNone(u.Active)
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

func result(results []CheckResult, name string) (r CheckResult, asked bool) {
	for _, r := range results {
		if r.Check.Name == name {
			return r, true
		}
	}
	return CheckResult{}, false
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
