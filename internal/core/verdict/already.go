package verdict

import (
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// already names what was broken before a change and still is. It is not the change's doing, and whoever reads
// that the change went well should know of it.
func already(before, after Observation) []Reason {
	var list []Reason
	add := func(de, en string, args ...any) {
		list = append(list, Reason{Code: "already_broken", Text: lang.Textf(de, en, args...)})
	}
	for _, name := range before.Flapping {
		if slices.Contains(after.Flapping, name) {
			add("%[1]s startete schon vorher immer wieder neu.", "%[1]s restarted again and again before already.", name)
		}
	}
	for _, u := range before.Units {
		if u.Active == "failed" && unit(after.Units, u.Name).Active == "failed" {
			add("%[1]s war schon vorher ausgefallen.", "%[1]s had failed before already.", u.Name)
		}
	}
	for _, c := range before.Checks {
		if now, asked := result(after.Checks, c.Check.Name); !c.Passed && asked && !now.Passed {
			add("Prüfung %[1]s ging schon vorher nicht: %[2]s.", "Check %[1]s did not pass before already: %[2]s.", c.Check.Name, orNone(now.Saw))
		}
	}
	return list
}

// failedBefore reports whether a unit did not run before the change.
func failedBefore(before Observation, name string) bool {
	return slices.ContainsFunc(before.Units, func(f fact.Unit) bool { return f.Name == name && f.Active != "active" })
}

// against compares the certificate from before with the one now: a service that shows another name, or one
// that ends sooner, was given another certificate by the change. One that ends later was renewed. The texts
// go on behind "the certificate"; empty: nothing to say.
func (c *Certificate) against(now *Certificate) (de, en string) {
	switch {
	case c == nil:
		return "", ""
	case now == nil:
		return "fehlt", "is missing"
	case !slices.Equal(c.Names, now.Names):
		return "lautet auf andere Namen: " + named(now.Names) + " statt " + named(c.Names), "is made out to other names: " + named(now.Names) + " instead of " + named(c.Names)
	case now.NotAfter.Before(c.NotAfter):
		return "läuft früher ab als das vorige", "ends sooner than the one before"
	}
	return "", ""
}

func named(names []string) string {
	if len(names) > 5 {
		names = append(slices.Clone(names[:5]), "…")
	}
	return orNone(strings.ReplaceAll(strings.Join(names, ", "), "%", ""))
}
