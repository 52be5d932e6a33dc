package estate

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

func (r *reader) pool(o object) Pool {
	p := Pool{
		Name:   o.shaped("name", required, formName),
		Kind:   choice(o, "kind", required, PoolSite, PoolHypervisor, PoolShift),
		AtOnce: o.whole("at_once", required, 1, maxAtOnce),
	}
	r.unique("pool", p.Name, o.field("name"))
	return p
}

func (r *reader) placement(o object, system string) Placement {
	p := Placement{
		Site:       o.shaped("site", optional, formName),
		Hypervisor: o.shaped("hypervisor", optional, formName),
		Shift:      o.shaped("shift", optional, formName),
		Groups:     r.nameList(o, "groups", maxGroups),
		After:      r.nameList(o, "after", maxAfter),
	}
	r.standsAt(o, "site", p.Site, PoolSite)
	r.standsAt(o, "hypervisor", p.Hypervisor, PoolHypervisor)
	r.standsAt(o, "shift", p.Shift, PoolShift)
	for i, n := range o.items("after", maxAfter) {
		name, _ := scalar(n)
		r.later = append(r.later, func(e Estate) {
			if _, ok := e.System(name); !ok && slices.Contains(p.After, name) {
				r.problem(spotOf(n), index(o.path, "after", i), lang.Textf(
					"das System „%[1]s“ gibt es unter systems nicht", `there is no system "%[1]s" under systems`, name))
			}
		})
		if name == system && name != "" {
			r.problem(spotOf(n), index(o.path, "after", i), lang.T("ein System kann nicht nach sich selbst an die Reihe kommen", "a system cannot come after itself"))
		}
	}
	for i, n := range o.items("groups", maxGroups) {
		name, _ := scalar(n)
		r.later = append(r.later, func(e Estate) {
			members := 0
			for _, s := range e.Systems {
				if slices.Contains(s.Groups, name) {
					members++
				}
			}
			if members == 1 {
				r.problem(spotOf(n), index(o.path, "groups", i), lang.Textf(
					"die Gruppe „%[1]s“ hat nur dieses eine Mitglied; ist der Name richtig geschrieben?", `the group "%[1]s" has only this one member; is the name spelt right?`, name))
			}
		})
	}
	return p
}

// nameList reads a list of names, each once.
func (r *reader) nameList(o object, field string, most int) []string {
	var out []string
	for i, n := range o.items(field, most) {
		name := r.shapedNode(n, index(o.path, field, i), formName)
		if name != "" && slices.Contains(out, name) {
			r.problem(spotOf(n), index(o.path, field, i), lang.Textf("„%[1]s“ steht schon in der Liste", `"%[1]s" is in the list already`, name))
		}
		out = append(out, name)
	}
	return out
}

// standsAt finds a place that is not among the pools, or is another kind of place.
func (r *reader) standsAt(o object, field, name string, kind PoolKind) {
	if name == "" {
		return
	}
	r.later = append(r.later, func(e Estate) {
		if p, ok := e.Pool(name); !ok || p.Kind != kind {
			o.problem(field, lang.Textf("unter pools gibt es „%[1]s“ nicht mit kind: %[2]s", `under pools there is no "%[1]s" with kind: %[2]s`, name, string(kind)))
		}
	})
}
