package schedule

import (
	"cmp"
	"slices"
)

// kind is what a resource is.
type kind int8

// The kinds, in the order in which a change lists what it holds.
const (
	aSystem kind = iota
	aGroup
	aPool
)

// resource is what changes hold while they are made: a system and a group for one, a pool for several.
type resource struct {
	kind    kind
	name    string
	tally   tally
	members []int32 // the changes that need it, planned or not
	waiting []int32 // those of them that wait for a place to come free
	loosest urgency // no planned change that holds it is, or ever was, less urgent

	diary *diary // of a resource with many members; nil: its holders are looked up one by one
}

// holding is one planned change that holds a resource.
type holding struct {
	span
	urgency
	item int32
}

// crowd is how many members a resource has at most that has no diary.
const crowd = 128

// join makes an item a member.
func (p *Planner) join(r *resource, i int32) {
	r.members = append(r.members, i)
	if r.diary != nil || len(r.members) <= crowd {
		return
	}
	r.diary = newDiary(p.now, p.end)
	for _, j := range r.members {
		if it := &p.items[j]; it.placed() {
			r.diary.enter(holding{it.span(), it.urgency, j})
		}
	}
}

// hold notes that a change holds the resource.
func (r *resource) hold(h holding) {
	r.tally.add(h.from, h.to, 1)
	if r.loosest.compare(h.urgency) < 0 {
		r.loosest = h.urgency
	}
	if r.diary != nil {
		r.diary.enter(h)
	}
}

// release takes back what hold noted of a planned change.
func (r *resource) release(i int32, at span) {
	r.tally.add(at.from, at.to, -1)
	if r.diary != nil {
		r.diary.strike(i, at)
	}
}

// without takes one element out of a list whose order does not matter.
func without(list []int32, i int32) []int32 {
	if k := slices.Index(list, i); k >= 0 {
		list[k] = list[len(list)-1]
		return list[:len(list)-1]
	}
	return list
}

// holders appends who holds the resource at some moment of the given stretch, by beginning.
func (p *Planner) holders(list []holding, r *resource, from, to int64) []holding {
	if r.diary != nil {
		return r.diary.holders(list, from, to)
	}
	for _, i := range r.members {
		if it := &p.items[i]; it.placed() && it.span().overlaps(from, to) {
			list = append(list, holding{it.span(), it.urgency, i})
		}
	}
	slices.SortFunc(list, func(a, b holding) int { return cmp.Compare(a.from, b.from) })
	return list
}
