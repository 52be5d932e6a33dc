package schedule

import (
	"cmp"
	"slices"
)

// scratch is memory that is used again.
type scratch struct {
	holders, active []holding
	ends            []int64
	walls           []span
	nearby          []near
	gaps            []gap
}

// forget drops what was worked out around a vacancy.
func (s *scratch) forget() { s.nearby, s.gaps = s.nearby[:0], s.gaps[:0] }

// The search for room looks ahead a little at first, and twice as far each time that there is none.
const (
	firstStride = 2 * hour
	lastStride  = 24 * hour
)

// seen is the earliest place as things stand within what the item has sighted, which is everywhere for an item
// that needs a place. Elsewhere there is nothing for it: it would be there.
func (p *Planner) seen(it *item, lo, until int64) int64 {
	if len(it.sights) == 0 {
		return p.find(it.lists, it.high, lo, until, it.freezes, it.heeds)
	}
	t := int64(never)
	for _, s := range it.sights {
		t = min(t, p.find(it.lists, it.high, max(lo, s.from), min(until, s.to), it.freezes, it.heeds))
	}
	return t
}

// looser reports whether there may be anything less urgent to move for the item.
func (p *Planner) looser(it *item) bool {
	for _, r := range it.holds {
		if it.urgency.compare(p.resources[r].loosest) < 0 {
			return true
		}
	}
	return false
}

// clear is find as though nothing less urgent than power were planned.
func (p *Planner) clear(it *item, power urgency, lists [][]span, lo, until int64) int64 {
	best, d := int64(never), it.high
	for _, list := range lists {
		latest := until - d
		if best != never {
			latest = best - 1
		}
		for k := firstEnding(list, after(lo, d)); k < len(list) && list[k].from <= latest; k++ {
			if !it.sees(list[k]) {
				continue
			}
			from, last := max(lo, list[k].from), min(list[k].to-d, latest)
			t := int64(never)
			for stride := firstStride; from <= last && t == never; from, stride = from+stride, min(2*stride, lastStride) {
				if end := min(last, from+stride-1); it.sees(span{from, end + d}) {
					t = p.beside(it, power, from, end)
				}
			}
			if t != never {
				best = t
				break
			}
		}
	}
	return best
}

// beside is the earliest start from t to last that is in no freeze and meets nothing as urgent as power.
// The resources with few members come first: they are looked up fast, and often enough nothing is left.
func (p *Planner) beside(it *item, power urgency, t, last int64) int64 {
	walls := p.scratch.walls[:0]
	for _, crowded := range []bool{false, true} {
		for _, h := range it.heeds {
			if r := &p.resources[h]; (r.diary != nil) == crowded {
				walls = p.firm(walls, r, power, t, last+it.high)
			}
		}
		if t = p.between(it, walls, t, last); t > last {
			break
		}
	}
	p.scratch.walls = walls
	return t
}

// between is the earliest start from t to last that meets no freeze and no wall, or never.
func (p *Planner) between(it *item, walls []span, t, last int64) int64 {
	d := it.high
	for before := int64(never); t != before; {
		before = t
		for _, f := range it.freezes {
			if b := &p.freezes[f]; b.overlaps(t, t+d) {
				t = b.to
			}
		}
		for _, w := range walls {
			if w.overlaps(t, t+d) {
				t = w.to
			}
		}
		if t > last {
			return never
		}
	}
	return t
}

// firm appends the spans in which the resource is full of changes that u cannot move.
func (p *Planner) firm(walls []span, r *resource, u urgency, from, to int64) []span {
	limit := int(r.tally.limit)
	if limit <= 0 {
		return append(walls, span{from, never})
	}
	if r.tally.free(from, to-from, from) == from {
		return walls // not even with those that can be moved
	}
	if r.diary != nil {
		return r.diary.full(walls, limit, u, from, to)
	}
	held := slices.DeleteFunc(p.holders(p.scratch.holders[:0], r, from, to), func(h holding) bool { return u.compare(h.urgency) < 0 })
	p.scratch.holders = held
	switch {
	case len(held) < limit:
		return walls
	case limit == 1:
		for _, h := range held {
			walls = append(walls, h.span)
		}
		return walls
	}
	ends := p.scratch.ends[:0]
	for _, h := range held {
		ends = append(ends, h.to)
	}
	slices.Sort(ends)
	p.scratch.ends = ends
	n, ended := 0, 0 // how many have begun and not ended, and how many have ended
	var full span
	for _, h := range held {
		for ; ends[ended] <= h.from; ended++ {
			if n--; n == limit-1 {
				full.to = ends[ended]
				walls = append(walls, full)
			}
		}
		if n++; n == limit {
			full.from = h.from
		}
	}
	for ; n >= limit; ended++ {
		if n--; n == limit-1 {
			full.to = ends[ended]
			walls = append(walls, full)
		}
	}
	return walls
}

// evict lists who must make room when the item begins at t: at each moment at which a resource is too full,
// the least urgent of those less urgent than power; of equal ones the one that ends last.
func (p *Planner) evict(it *item, power urgency, t int64) []int32 {
	var out []int32
	for _, h := range it.holds {
		r := &p.resources[h]
		held := p.holders(p.scratch.holders[:0], r, t, t+it.high)
		p.scratch.holders = held
		if len(held) < int(r.tally.limit) {
			continue
		}
		active := p.scratch.active[:0]
		for _, o := range held {
			if slices.Contains(out, o.item) {
				continue
			}
			active = slices.DeleteFunc(active, func(a holding) bool { return a.to <= o.from })
			for active = append(active, o); len(active) >= int(r.tally.limit); {
				k := p.mostMovable(power, r.kind, active)
				if k < 0 {
					break
				}
				out = append(out, active[k].item)
				active = slices.Delete(active, k, k+1)
			}
		}
		p.scratch.active = active
	}
	return out
}

// mostMovable is which of those that hold a resource of a kind and are less urgent than power makes room first; −1 when none can.
func (p *Planner) mostMovable(power urgency, held kind, list []holding) int {
	best := -1
	for k, o := range list {
		if power.compare(o.urgency) >= 0 || held != aSystem && p.items[o.item].own.tier == regardless {
			continue // what takes no heed of groups and pools need not leave them
		}
		if best >= 0 {
			b := list[best]
			if c := cmp.Or(o.compare(b.urgency), cmp.Compare(o.to, b.to)); c < 0 || c == 0 && p.before(o.item, b.item) {
				continue
			}
		}
		best = k
	}
	return best
}
