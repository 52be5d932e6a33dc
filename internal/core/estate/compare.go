package estate

import (
	"cmp"
	"reflect"
	"slices"
)

// Changes is what differs between two estates. Names carry their kind: "system web1",
// "contract c-web", "window night", "customer muster". The lists are never nil.
type Changes struct {
	Added     []string `json:"added"`
	Changed   []string `json:"changed"`
	Removed   []string `json:"removed"`
	Unchanged int      `json:"unchanged"`
}

// None reports whether the estates say the same.
func (c Changes) None() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) == 0 }

// Compare says what applying the new estate over the old one changes. The order in which things are
// listed does not count, nor does the order of contacts, authorities, days, services and checks. A
// contact is part of its customer, a standing order of its contract.
func Compare(old, new Estate) Changes {
	c := Changes{Added: []string{}, Changed: []string{}, Removed: []string{}}
	compare(&c, "customer ", old.Customers, new.Customers, func(v Customer) string { return v.ID }, canonicalCustomer)
	compare(&c, "window ", old.Windows, new.Windows, func(v Window) string { return v.Name }, canonicalWindow)
	compare(&c, "pool ", old.Pools, new.Pools, func(v Pool) string { return v.Name }, func(v Pool) Pool { return v })
	compare(&c, "contract ", old.Contracts, new.Contracts, func(v Contract) string { return v.ID },
		func(v Contract) Contract { return v })
	compare(&c, "system ", old.Systems, new.Systems, func(v System) string { return v.Name }, canonicalSystem)
	return c
}

// compare adds the differences between two lists of one kind, in the order of the lists.
func compare[T any](c *Changes, kind string, old, new []T, name func(T) string, canonical func(T) T) {
	before := make(map[string]T, len(old))
	for _, v := range old {
		before[name(v)] = v
	}
	after := make(map[string]bool, len(new))
	for _, v := range new {
		after[name(v)] = true
		was, known := before[name(v)]
		switch {
		case !known:
			c.Added = append(c.Added, kind+name(v))
		case reflect.DeepEqual(canonical(was), canonical(v)):
			c.Unchanged++
		default:
			c.Changed = append(c.Changed, kind+name(v))
		}
	}
	for _, v := range old {
		if !after[name(v)] {
			c.Removed = append(c.Removed, kind+name(v))
		}
	}
}

func canonicalCustomer(c Customer) Customer {
	c.Contacts = sorted(c.Contacts, func(a, b Contact) int { return cmp.Compare(a.ID, b.ID) })
	for i := range c.Contacts {
		c.Contacts[i].Authority = sorted(c.Contacts[i].Authority, cmp.Compare[Authority])
	}
	return c
}

func canonicalWindow(w Window) Window {
	w.Days = sorted(w.Days, cmp.Compare[string])
	return w
}

func canonicalSystem(s System) System {
	s.Services = sorted(s.Services, cmp.Compare[string])
	s.Groups = sorted(s.Groups, cmp.Compare[string])
	s.After = sorted(s.After, cmp.Compare[string])
	s.Checks = sorted(s.Checks, func(a, b Check) int { return cmp.Compare(a.Name, b.Name) })
	return s
}

// sorted returns a sorted copy; an empty list and none are the same.
func sorted[T any](list []T, by func(a, b T) int) []T {
	out := append([]T{}, list...)
	slices.SortFunc(out, by)
	return out
}
