package schedule

// vacancy is a stretch of time in which something has left a resource and was, until then, in the way of others.
type vacancy struct {
	span
	urgency  // of what has left
	resource int32
	by       int32
}

// wish is what an item that waits for a place to come free says of itself: how urgent it is, how long it takes,
// and by when it must have ended for the other place to be any better.
type wish struct {
	urgency
	high, until int64
}

// wait notes whether an item waits for a place to come free.
func (p *Planner) wait(i int32, yes bool) {
	it := &p.items[i]
	if waited := p.waits[i].tier != underWay; waited != yes {
		for _, h := range it.holds {
			if r := &p.resources[h]; yes {
				r.waiting = append(r.waiting, i)
			} else {
				r.waiting = without(r.waiting, i)
			}
		}
	}
	p.waits[i] = wish{}
	if !yes {
		return
	}
	p.waits[i] = wish{it.urgency, it.high, p.end}
	if it.placed() {
		p.waits[i].until = min(p.end, it.urgency.deadline)
	}
}

// vacate notes that an item, with the urgency that it had, has left resources. Where a resource was not full
// with the item, the item was in nobody's way.
func (p *Planner) vacate(by int32, u urgency, resources []int32, at span) {
	for _, h := range resources {
		if part := p.resources[h].tally.tight(at.from, at.to); part.from < part.to {
			p.vacant = append(p.vacant, vacancy{part, u, h, by})
		}
	}
}

// offer tells those who wait for what was left that it is free, if that is any use to them. It is none to what
// is more urgent than the item was: that looked for a place as though the item were not there. It is none to
// what takes longer than the gap is by now, among what is at least as urgent as the item was; and none to what
// needs another crowded resource as well that is full of such at the same time.
func (p *Planner) offer() {
	for _, v := range p.vacant {
		r := &p.resources[v.resource]
		gap, most := v.span, int64(never)
		if r.diary != nil {
			if gap, most = p.gap(r, v); most == 0 {
				continue
			}
		}
		p.scratch.nearby = p.scratch.nearby[:0]
		for _, i := range r.waiting {
			w := &p.waits[i]
			if w.compare(v.urgency) < 0 || w.until <= v.from || w.high > most || i == v.by {
				continue
			}
			within := span{v.from - w.high + 1, min(after(v.to, w.high), w.until)}
			if most != never {
				within.from, within.to = max(within.from, gap.from), min(within.to, gap.to)
			}
			if within.to-within.from < w.high {
				continue
			}
			if it := &p.items[i]; it.queued != open && p.serves(v, it, span{max(within.from, it.notBefore), within.to}) {
				p.nudge(i, within)
			}
		}
	}
	p.vacant = p.vacant[:0]
}

// serves reports whether an item may find a place around a vacancy: in its windows, in no freeze, and where none
// of the crowded resources that it heeds is full of what is at least as urgent as the item that has left, and so
// of what this one cannot move. Resources with few members are not asked; they are seldom what is short.
func (p *Planner) serves(v vacancy, it *item, within span) bool {
	for _, list := range it.lists {
		for k := firstEnding(list, after(within.from, it.high)); k < len(list) && list[k].from <= within.to-it.high; k++ {
			t, last := max(within.from, list[k].from), min(within.to, list[k].to)-it.high
			for before := int64(never); t != before && t <= last; {
				before = t
				for _, f := range it.freezes {
					if b := &p.freezes[f]; b.overlaps(t, t+it.high) {
						t = b.to
					}
				}
				for _, h := range it.heeds {
					for _, w := range p.nearby(v, h) {
						if w.overlaps(t, t+it.high) {
							t = w.to
						}
					}
				}
			}
			if t <= last {
				return true
			}
		}
	}
	return false
}

// near is the spans around a vacancy in which a resource is full of what is as urgent as the item that has left.
type near struct {
	resource int32
	walls    []span
}

// nearby is those spans. They are worked out once for each vacancy: the items that it is offered to share them.
func (p *Planner) nearby(v vacancy, h int32) []span {
	r := &p.resources[h]
	if r.diary == nil {
		return nil
	}
	known := p.scratch.nearby
	for k := range known {
		if known[k].resource == h {
			return known[k].walls
		}
	}
	n := len(known)
	if n < cap(known) {
		known = known[:n+1] // its memory is used again
	} else {
		known = append(known, near{})
	}
	known[n].resource = h
	known[n].walls = p.firm(known[n].walls[:0], r, v.urgency, max(v.from-surroundings, p.now), min(v.to+surroundings, p.end))
	p.scratch.nearby = known
	return known[n].walls
}

// surroundings is how far around a vacancy other resources are looked at. Beyond of it they count as free.
const surroundings = 2 * hour

// reach is how far around a vacancy a gap is looked at.
const reach = 6 * hour

// gap is the stretch of time around a vacancy outside of which nothing has come free by it, and how long the
// longest gap in it is; never when that is longer than the reach.
func (p *Planner) gap(r *resource, v vacancy) (all span, most int64) {
	from, to := max(v.from-reach, p.now), min(v.to+reach, p.end)
	p.scratch.walls = p.firm(p.scratch.walls[:0], r, v.urgency, from, to)
	free := span{from, from}
	take := func(until int64) {
		if free.to = until; free.from < free.to && free.overlaps(v.from, v.to) {
			if most == 0 {
				all = free
			}
			all.to = free.to
			most = max(most, free.to-free.from)
			if free.from == from && from > p.now || free.to == to && to < p.end {
				most = never
			}
		}
	}
	for _, w := range p.scratch.walls {
		take(w.from)
		free.from = w.to
	}
	take(to)
	return all, most
}
