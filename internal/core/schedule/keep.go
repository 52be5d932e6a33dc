package schedule

import (
	"cmp"
	"slices"

	"github.com/patchwart/patchwart/internal/core/window"
)

// remember is where the previous plan has what. What it says nothing of is new, and may ask others to go elsewhere;
// so may what it has in time and is late there by now. What was told that it is late, or has no place, has asked.
func (p *Planner) remember(previous Plan) map[int32]span {
	before := make(map[int32]span, len(previous.Slots))
	for _, i := range p.byID {
		p.items[i].asks = true
	}
	for _, n := range previous.Not {
		if i, due := p.byID[n.Change]; due {
			p.items[i].asks = false
		}
	}
	for _, s := range previous.Slots {
		if i, due := p.byID[s.Change]; due {
			it := &p.items[i]
			before[i] = span{nanos(s.From), nanos(s.To)}
			it.asks = s.Late <= 0 && it.overdue(before[i].from)
		}
	}
	return before
}

// keep gives every item, in the order of placing, the place that it had if that still holds, and puts all that
// needs or would like another one into the queue.
func (p *Planner) keep(all []int32, before map[int32]span) {
	for _, i := range p.back(all, before) {
		if p.items[i].placed() {
			p.tell(i) // it ends later
		}
	}
	for _, i := range all {
		p.aspire(i)
	}
}

// back puts items, in the order of placing, back to where they were, or into the queue. What takes longer now comes
// after what does not: it moves, not its neighbours. It is returned.
func (p *Planner) back(list []int32, before map[int32]span) (longer []int32) {
	for _, i := range list {
		switch at, had := before[i]; {
		case !had:
			p.push(i)
		case p.items[i].high > at.to-at.from:
			longer = append(longer, i)
		default:
			p.retain(i, at)
		}
	}
	for _, i := range longer {
		p.retain(i, before[i])
	}
	return longer
}

// retain puts an item back to where it was, or into the queue when that does not hold any more.
func (p *Planner) retain(i int32, at span) {
	it := &p.items[i]
	if it.lost = p.hindrance(it, at.from, it.high); it.lost.Code == "" {
		if it.own.tier == regardless { // it may take more time than before
			for _, j := range p.evict(it, it.urgency, at.from) {
				p.lose(j, Cause{Code: MadeRoom, Name: it.change.ID})
			}
		}
		p.lay(i, at.from)
		return
	}
	if old := at.to - at.from; old < it.high && p.hindrance(it, at.from, old).Code == "" {
		it.lost = Cause{Code: DurationGrew, Need: it.change.High}
	}
	it.asks = true
	p.push(i)
}

// aspire puts a placed item into the queue that would like another place.
func (p *Planner) aspire(i int32) {
	it := &p.items[i]
	if !it.placed() {
		return
	}
	if lo, _, _ := p.bound(it); lo != never && p.wait(i, lo) {
		p.nudge(i, span{p.now, p.end})
	}
}

// hindrance says why an item cannot be for d from t on; the zero cause when it can. A change that it waits for
// and that has no place yet does not count: when it gets one, it tells.
func (p *Planner) hindrance(it *item, t, d int64) Cause {
	switch {
	case it.lacks.Code != "":
		return it.lacks
	case t < p.now:
		return Cause{Code: NotBegun}
	case t < it.notBefore:
		return Cause{Code: StartMoved, Until: p.time(it.notBefore)}
	}
	for _, id := range it.change.After {
		i, ok := p.under[id]
		if !ok {
			if i, ok = p.byID[id]; !ok {
				return Cause{Code: AfterNobody, Name: id}
			}
		}
		if before := &p.items[i]; before.placed() && before.span().to > t {
			return Cause{Code: AfterMoved, Name: id}
		}
	}
	if p.find(it.lists, d, t, after(t, d), nil, nil) != t {
		return Cause{Code: WindowChanged}
	}
	if f := p.frozen(it, span{t, t + d}); f != nil {
		return f.cause(FreezeAdded, p)
	}
	for _, h := range it.heeds {
		r := &p.resources[h]
		if r.tally.free(t, d, t) == t {
			continue
		}
		return Cause{Code: [...]Code{aSystem: SystemMoved, aGroup: GroupMoved, aPool: PoolShrunk}[r.kind], Name: r.name}
	}
	return Cause{}
}

// compare notes what is elsewhere than in the previous plan.
func (p *Planner) compare(previous Plan) {
	p.moves = nil
	for _, s := range previous.Slots {
		i, due := p.byID[s.Change]
		if !due {
			continue
		}
		it := &p.items[i]
		if it.placed() && it.from != nanos(s.From) {
			p.moves = append(p.moves, p.move(it, span{nanos(s.From), nanos(s.To)}))
		}
	}
	slices.SortFunc(p.moves, func(a, b Move) int { return cmp.Compare(a.Change, b.Change) })
	for i := range p.items {
		p.items[i].lost, p.items[i].asks = Cause{}, false
	}
}

func (p *Planner) move(it *item, before span) Move {
	return Move{it.change.ID, it.change.System, p.interval(before), p.interval(it.span()), it.lost}
}

func (p *Planner) interval(s span) window.Interval {
	return window.Interval{From: p.time(s.from), To: p.time(s.to)}
}
