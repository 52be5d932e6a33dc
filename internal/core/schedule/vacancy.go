package schedule

import "slices"

// vacancy is a stretch of time in which something has left a resource and was, until then, in the way of others.
type vacancy struct {
	span
	urgency  // of what has left
	resource int32
	by       int32
	told     int32 // to whom it was offered last; negative: to nobody yet
}

// wish is what an item that waits for a place to come free says of itself: how urgent it is, how long it takes,
// and by when it must have ended for the other place to be any better.
type wish struct {
	urgency
	high, until int64
}

// wait notes whether an item that may be made from a moment on waits for a place to come free, and reports it: it
// does when it would like another place and others are in the way of that. So it has none, or one that is too
// late although there is time before a deadline. Where it is late in any case it stays, and so does an
// emergency: nothing moves just to be a little earlier.
func (p *Planner) wait(i int32, lo int64) bool {
	it := &p.items[i]
	until, can := int64(never), false
	if it.placed() {
		if it.late(it.from) {
			until, can = p.aim(it, lo)
			can = can && it.from+it.high > until
		}
	} else {
		can = p.find(it.lists, it.high, lo, p.end, it.freezes, nil) != never
	}
	if !can {
		p.rest(i)
		return false
	}
	if p.waits[i].tier == underWay {
		for _, h := range it.holds {
			p.resources[h].waiting = append(p.resources[h].waiting, i)
		}
	}
	p.waits[i] = wish{it.urgency, it.high, min(p.end, until)}
	return true
}

// rest notes that an item does not wait for a place.
func (p *Planner) rest(i int32) {
	if p.waits[i].tier == underWay {
		return
	}
	for _, h := range p.items[i].holds {
		p.resources[h].waiting = without(p.resources[h].waiting, i)
	}
	p.waits[i] = wish{}
}

// vacate notes that an item, with the urgency that it had, has left resources. Where a resource was not full
// with the item, the item was in nobody's way.
func (p *Planner) vacate(by int32, u urgency, resources []int32, at span) {
	for _, h := range resources {
		if part := p.resources[h].tally.tight(at.from, at.to); part.from < part.to {
			p.vacant = append(p.vacant, vacancy{span: part, urgency: u, resource: h, by: by, told: -1})
		}
	}
}

// mostOffered is how many vacancies are offered to one after the other; any more are offered to all at once.
const mostOffered = 128

// offer tells those who wait for what was left that it is free, if that is any use to them: of each vacancy the most
// urgent one first, and the next one when that has had its turn, so that hardly anybody looks for what is taken.
func (p *Planner) offer() {
	left := p.offered[:0]
	for _, v := range p.offered {
		if p.items[v.told].queued != settled || p.next(&v) {
			left = append(left, v)
		}
	}
	for _, v := range p.vacant {
		if len(left) == mostOffered {
			p.cry(&v)
		} else if p.next(&v) {
			left = append(left, v)
		}
	}
	p.offered, p.vacant = left, p.vacant[:0]
}

// next puts the most urgent item into the queue that may find a place around a vacancy and comes after the one that
// was told of it last. It reports false when there is none.
func (p *Planner) next(v *vacancy) bool {
	p.scratch.forget()
	best, where := int32(-1), span{}
	for _, i := range p.resources[v.resource].waiting {
		if best >= 0 && p.waits[best].compare(p.waits[i].urgency) < 0 {
			continue
		}
		at := p.within(v, i)
		if at.from >= at.to || best >= 0 && !p.before(i, best) || v.told >= 0 && !p.before(v.told, i) {
			continue
		}
		if p.serves(v, i, at) {
			best, where = i, at
		}
	}
	if best < 0 {
		return false
	}
	v.told = best
	p.nudge(best, where)
	return true
}

// cry puts all into the queue that may find a place around a vacancy.
func (p *Planner) cry(v *vacancy) {
	p.scratch.forget()
	for _, i := range p.resources[v.resource].waiting {
		if at := p.within(v, i); at.from < at.to && p.serves(v, i, at) {
			p.nudge(i, at)
		}
	}
}

// within is where a vacancy may be of use to an item; it is empty when it is of none. It is of none to what is more
// urgent than the item that has left was: that looked for a place as though the item were not there. It is of none to
// what takes longer than the gap is by now, among what it cannot move.
func (p *Planner) within(v *vacancy, i int32) span {
	w := &p.waits[i]
	if w.tier == underWay || w.until <= v.from || i == v.by {
		return span{}
	}
	power := p.power(w.urgency)
	if power.compare(v.urgency) < 0 {
		return span{}
	}
	gap, most := p.gap(v, power)
	if w.high > most {
		return span{}
	}
	at := span{v.from - w.high + 1, min(after(v.to, w.high), w.until)}
	if most != never {
		at.from, at.to = max(at.from, gap.from), min(at.to, gap.to)
	}
	if at.to-at.from < w.high {
		return span{}
	}
	return at
}

// survey adds to what an item has sighted all other vacancies that have not been offered to all.
func (p *Planner) survey(i int32) {
	for k := range p.offered {
		v := &p.offered[k]
		if slices.Contains(p.items[i].holds, v.resource) {
			if w := &p.waits[i]; w.tier != underWay && w.until > v.from && i != v.by {
				p.nudge(i, span{v.from - w.high + 1, min(after(v.to, w.high), w.until)})
			}
		}
	}
}

// serves reports whether an item may find a place around a vacancy: in its windows, in no freeze, and where none
// of the crowded resources that it heeds is full of what is at least as urgent as the item that has left, and so
// of what this one cannot move. Resources with few members are not asked; they are seldom what is short. What is in
// the queue for any place is not served.
func (p *Planner) serves(v *vacancy, i int32, within span) bool {
	it := &p.items[i]
	if it.queued == open {
		return false
	}
	within.from = max(within.from, it.notBefore)
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
					for _, w := range p.nearby(v, h, p.power(it.urgency)) {
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
	power    urgency
	walls    []span
}

// nearby is those spans. They are worked out once for each vacancy: the items that it is offered to share them.
func (p *Planner) nearby(v *vacancy, h int32, power urgency) []span {
	r := &p.resources[h]
	if r.diary == nil {
		return nil
	}
	known := p.scratch.nearby
	for k := range known {
		if known[k].resource == h && known[k].power == power {
			return known[k].walls
		}
	}
	n := len(known)
	if n < cap(known) {
		known = known[:n+1] // its memory is used again
	} else {
		known = append(known, near{})
	}
	known[n].resource, known[n].power = h, power
	known[n].walls = p.firm(known[n].walls[:0], r, power, max(v.from-surroundings, p.now), min(v.to+surroundings, p.end))
	p.scratch.nearby = known
	return known[n].walls
}

// surroundings is how far around a vacancy other resources are looked at. Beyond of it they count as free.
const surroundings = 2 * hour

// reach is how far around a vacancy a gap is looked at.
const reach = 6 * hour

// gap is how a gap is for those of one power.
type gap struct {
	power urgency
	all   span
	most  int64
}

// gap is the stretch of time around a vacancy outside of which nothing has come free by it, and how long the
// longest gap in it is; never when that is longer than the reach, or the resource has few members.
func (p *Planner) gap(v *vacancy, power urgency) (all span, most int64) {
	r := &p.resources[v.resource]
	if r.diary == nil {
		return v.span, never
	}
	for _, g := range p.scratch.gaps {
		if g.power == power {
			return g.all, g.most
		}
	}
	defer func() { p.scratch.gaps = append(p.scratch.gaps, gap{power, all, most}) }()
	from, to := max(v.from-reach, p.now), min(v.to+reach, p.end)
	p.scratch.walls = p.firm(p.scratch.walls[:0], r, power, from, to)
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
