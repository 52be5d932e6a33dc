package schedule

import (
	"slices"
	"time"
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
	running []int32 // those of them that are under way
	loosest urgency // no planned change that holds it is, or ever was, less urgent

	// Of pools, what is planned by the day of its beginning, and how long the longest ever was.
	days    map[int64][]int32
	longest int64
}

const day = int64(24 * time.Hour)

// dayOf is the day of a moment, for finding things again only.
func dayOf(t int64) int64 {
	d := t / day
	if t%day < 0 {
		d--
	}
	return d
}

// hold notes that change i holds the resource for a stretch of time.
func (r *resource) hold(i int32, at span, u urgency) {
	r.tally.add(at.from, at.to, 1)
	if r.loosest.compare(u) < 0 {
		r.loosest = u
	}
	switch {
	case u.tier == underWay:
		r.running = append(r.running, i)
	case r.kind == aPool:
		if r.days == nil {
			r.days = map[int64][]int32{}
		}
		d := dayOf(at.from)
		r.days[d] = append(r.days[d], i)
		r.longest = max(r.longest, at.to-at.from)
	}
}

// release takes back what hold noted of a planned change.
func (r *resource) release(i int32, at span) {
	r.tally.add(at.from, at.to, -1)
	if r.kind == aPool {
		d := dayOf(at.from)
		r.days[d] = without(r.days[d], i)
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

// holders appends the changes that hold the resource at some moment of the given stretch, in no order.
func (p *Planner) holders(list []int32, r *resource, from, to int64) []int32 {
	take := func(candidates []int32) {
		for _, i := range candidates {
			if it := &p.items[i]; it.from != never && it.span().overlaps(from, to) {
				list = append(list, i)
			}
		}
	}
	if r.kind != aPool {
		take(r.members) // few
		return list
	}
	take(r.running)
	if r.days == nil {
		return list
	}
	for d := dayOf(from - r.longest); d <= dayOf(to-1); d++ {
		take(r.days[d])
	}
	return list
}
