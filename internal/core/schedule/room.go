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

// placing is where an item goes, and who makes room for it.
type placing struct {
	at       int64   // never when there is no place
	evicted  []int32 // they need another place
	obliging []shift // they have one
}

// shift is where an item goes that obliges another.
type shift struct {
	item int32
	from int64
}

// best is where an item goes: the earliest place as things stand if that is early enough, else one for which
// less urgent changes make room.
//
// Early enough is what ends before the deadline. Of several places for which others have to make room, the
// one that moves the fewest is taken, of these the one that moves the least urgent, and of these the earliest.
// A place comes first for which those that make room find another in time. If there is none before the deadline,
// and for an emergency in any case, the earliest place counts.
func (p *Planner) best(i int32, lo, until, deadline int64) placing {
	it := &p.items[i]
	t := p.seen(it, lo, until)
	deadline = min(until, deadline)
	early := t != never && t+it.high <= deadline
	if early && !it.urgency.hurried() || !p.looser(it) {
		return placing{at: t, evicted: p.evictForced(it, t)}
	}
	var soonest placing
	power := it.urgency.power()
	if it.urgency.hurried() {
		if soonest = p.soonest(it, power, lo, until, t); soonest.at != never && soonest.at+it.high <= deadline {
			return soonest
		}
	}
	if it.asks {
		if to := p.cheapest(i, it.urgency, lo, deadline, p.oblige); to.at != never {
			return to
		}
	}
	switch {
	case !it.urgency.hurried():
		if to := p.cheapest(i, power, lo, deadline, evict); to.at != never || deadline == until {
			return to
		}
		return p.soonest(it, power, max(lo, deadline-it.high+1), until, t) // before there is nothing
	case it.asks: // the deadline of an emergency is worth that others of them miss theirs
		return p.soonest(it, it.urgency, lo, until, t)
	}
	return soonest
}

// soonest is the earliest place before t, if t is one, for which those that are less urgent than power make room,
// else t.
func (p *Planner) soonest(it *item, power urgency, lo, until, t int64) placing {
	if t != never {
		until = min(until, t-1+it.high)
	}
	if at := p.clear(it, power, it.lists, lo, until); at != never {
		return placing{at: at, evicted: p.evict(it, power, at)}
	}
	return placing{at: t, evicted: p.evictForced(it, t)}
}

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

// evictForced is who makes room for an emergency that takes no heed of groups and pools; nobody does for others.
func (p *Planner) evictForced(it *item, t int64) []int32 {
	if t == never || it.own.tier != regardless {
		return nil
	}
	return p.evict(it, it.urgency, t)
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

// evict is how those make room that have to, wherever they go.
func evict(_ int32, t int64, moved []int32) (placing, bool) {
	return placing{at: t, evicted: moved}, true
}

// oblige is how those make room that are no worse off elsewhere: each of them finds a free place before its
// deadline. It reports false when one does not.
func (p *Planner) oblige(i int32, t int64, moved []int32) (placing, bool) {
	moved = slices.SortedFunc(slices.Values(moved), p.order)
	was := make([]int64, len(moved))
	for k, j := range moved {
		was[k] = p.items[j].from
		p.lift(j)
	}
	p.lay(i, t)
	to := placing{at: t}
	for _, j := range moved {
		at := p.refuge(j)
		if at == never {
			break
		}
		p.lay(j, at)
		to.obliging = append(to.obliging, shift{j, at})
	}
	for _, m := range to.obliging {
		p.lift(m.item)
	}
	p.lift(i)
	for k, j := range moved {
		p.lay(j, was[k])
	}
	return to, len(to.obliging) == len(moved)
}

// refuge is the earliest free place of an item before its deadline, which leaves time for what waits for it, or never.
func (p *Planner) refuge(i int32) int64 {
	it := &p.items[i]
	lo, _, why := p.bound(it)
	if why.Code != "" {
		return never
	}
	return p.find(it.lists, it.high, lo, min(p.end, it.urgency.deadline), it.freezes, it.heeds)
}

// cheapest is, of the earliest places in each span, the one that moves the fewest and least urgent. Those that are
// less urgent than power are asked, in a way that may turn a place down.
func (p *Planner) cheapest(i int32, power urgency, lo, until int64, way func(i int32, t int64, moved []int32) (placing, bool)) placing {
	it := &p.items[i]
	best, evicted := placing{at: never}, 0
	var price urgency // of the most urgent that must move
	for _, list := range it.lists {
		for k := firstEnding(list, after(lo, it.high)); k < len(list) && list[k].from <= until-it.high; k++ {
			t := p.clear(it, power, [][]span{list[k : k+1]}, lo, until)
			if t == never {
				continue
			}
			moved, most := p.evict(it, power, t), urgency{tier: standing, deadline: never}
			for _, i := range moved {
				if u := p.items[i].urgency; u.compare(most) < 0 {
					most = u
				}
			}
			if best.at == never || cmp.Or(cmp.Compare(len(moved), evicted), most.compare(price)*-1, cmp.Compare(t, best.at)) < 0 {
				if to, ok := way(i, t, moved); ok {
					best, evicted, price = to, len(moved), most
				}
			}
			if best.at != never && evicted <= 1 && price.deadline == never && price.tier == standing {
				break // later ones of this list are no better
			}
		}
	}
	return best
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
