package schedule

import (
	"cmp"
	"slices"
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
// A place comes first for which those that make room find another in time: a time that was told stands unless a
// deadline needs it, and moves once. Then those of a lower rank make room, wherever they go. If none is before the
// deadline, and for an emergency in any case, the earliest place counts that is free but for lower ranks.
func (p *Planner) best(i int32, lo, until, deadline int64) placing {
	it := &p.items[i]
	t := p.seen(it, lo, until)
	deadline = min(until, deadline)
	early := t != never && t+it.high <= deadline
	if early && !it.urgency.hurried() || !p.looser(it) {
		return placing{at: t, evicted: p.evictForced(it, t)}
	}
	var soonest placing
	power := p.power(it.urgency)
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

// evictForced is who makes room for an emergency that takes no heed of groups and pools; nobody does for others.
func (p *Planner) evictForced(it *item, t int64) []int32 {
	if t == never || it.own.tier != regardless {
		return nil
	}
	return p.evict(it, it.urgency, t)
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
