package schedule

import (
	"cmp"
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

	// Of a resource with many members, what is planned, by the hour of its beginning and in order of that
	// within the hour; and how long the longest ever was.
	hours   map[int64][]holding
	longest int64
}

// holding is one planned change that holds a resource.
type holding struct {
	span
	urgency
	item int32
}

// crowd is how many members a resource has at most whose holders are looked up one by one.
const crowd = 128

const hour = int64(time.Hour)

// hourOf is the hour of a moment, for finding things again only.
func hourOf(t int64) int64 {
	h := t / hour
	if t%hour < 0 {
		h--
	}
	return h
}

// join makes an item a member.
func (p *Planner) join(r *resource, i int32) {
	r.members = append(r.members, i)
	if r.hours != nil || len(r.members) <= crowd {
		return
	}
	r.hours = map[int64][]holding{}
	for _, j := range r.members {
		if it := &p.items[j]; it.placed() && it.urgency.tier != underWay {
			r.index(holding{it.span(), it.urgency, j})
		}
	}
}

// hold notes that a change holds the resource.
func (r *resource) hold(h holding) {
	r.tally.add(h.from, h.to, 1)
	if r.loosest.compare(h.urgency) < 0 {
		r.loosest = h.urgency
	}
	switch {
	case h.tier == underWay:
		r.running = append(r.running, h.item)
	case r.hours != nil:
		r.index(h)
	}
}

func (r *resource) index(h holding) {
	at := hourOf(h.from)
	list := r.hours[at]
	k, _ := slices.BinarySearchFunc(list, h.from, func(o holding, from int64) int { return cmp.Compare(o.from, from) })
	r.hours[at] = slices.Insert(list, k, h)
	r.longest = max(r.longest, h.to-h.from)
}

// release takes back what hold noted of a planned change.
func (r *resource) release(i int32, at span) {
	r.tally.add(at.from, at.to, -1)
	if r.hours == nil {
		return
	}
	h := hourOf(at.from)
	list := r.hours[h]
	if k := slices.IndexFunc(list, func(o holding) bool { return o.item == i }); k >= 0 {
		r.hours[h] = slices.Delete(list, k, k+1)
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
	take := func(candidates []int32) {
		for _, i := range candidates {
			if it := &p.items[i]; it.placed() && it.span().overlaps(from, to) {
				list = append(list, holding{it.span(), it.urgency, i})
			}
		}
	}
	if r.hours == nil {
		take(r.members)
		slices.SortFunc(list, func(a, b holding) int { return cmp.Compare(a.from, b.from) })
		return list
	}
	take(r.running) // they begin before everything else
	for h := hourOf(from - r.longest); h <= hourOf(to-1); h++ {
		for _, o := range r.hours[h] {
			if o.overlaps(from, to) {
				list = append(list, o)
			}
		}
	}
	return list
}
