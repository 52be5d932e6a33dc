package schedule

import (
	"cmp"
	"slices"

	"github.com/patchwart/patchwart/internal/core/window"
)

// keep gives every item, in the order of placing, the place of the previous plan if that still holds, and puts
// all that needs or would like another one into the queue. What takes longer now comes after what does not:
// it moves, not its neighbours.
func (p *Planner) keep(all []int32, previous Plan) {
	before := make(map[string]span, len(previous.Slots))
	for _, s := range previous.Slots {
		before[s.Change] = span{nanos(s.From), nanos(s.To)}
	}
	var longer []int32
	for _, i := range all {
		it := &p.items[i]
		switch at, had := before[it.change.ID]; {
		case !had:
			p.push(i)
		case it.high > at.to-at.from:
			longer = append(longer, i)
		default:
			p.retain(i, at)
		}
	}
	for _, i := range longer {
		p.retain(i, before[p.items[i].change.ID])
		if p.items[i].placed() {
			p.tell(i) // it ends later
		}
	}
	for _, i := range all {
		p.aspire(i)
	}
}

// retain puts an item back to where it was, or into the queue when that does not hold any more.
func (p *Planner) retain(i int32, at span) {
	it := &p.items[i]
	if it.lost = p.hindrance(it, at.from, it.high); it.lost.Code == "" {
		if it.own.tier == regardless { // it may take more time than before
			for _, j := range p.evict(it, at.from) {
				p.lose(j, Cause{Code: MadeRoom, Name: it.change.ID})
			}
		}
		p.lay(i, at.from)
		return
	}
	if old := at.to - at.from; old < it.high && p.hindrance(it, at.from, old).Code == "" {
		it.lost = Cause{Code: DurationGrew, Need: it.change.High}
	}
	p.push(i)
}

// aspire puts a placed item into the queue that would like another place.
func (p *Planner) aspire(i int32) {
	it := &p.items[i]
	if !it.placed() {
		return
	}
	if lo, _, _ := p.bound(it); lo != never {
		wishes := p.wishes(it, lo)
		if p.wait(i, wishes); wishes {
			p.nudge(i, span{p.now, p.end})
		}
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
		p.items[i].lost = Cause{}
	}
}

func (p *Planner) move(it *item, before span) Move {
	return Move{it.change.ID, it.change.System, p.interval(before), p.interval(it.span()), it.lost}
}

func (p *Planner) interval(s span) window.Interval {
	return window.Interval{From: p.time(s.from), To: p.time(s.to)}
}
