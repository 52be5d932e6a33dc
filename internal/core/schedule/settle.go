package schedule

import "cmp"

// run places what is in the queue, the most urgent first, until nothing is left to do. It ends: what is placed
// or gets better pushes away only what is strictly less urgent, and nothing gets worse for anything else but
// having to wait for what was pushed away. What makes room and has another place at once pushes nothing away.
func (p *Planner) run() {
	for p.offer(); len(p.queue) > 0; p.offer() {
		var i int32
		i, p.queue = p.pop(p.queue)
		p.consider(i)
	}
}

// consider finds a place for an item without one, or one before its deadline for an item that is late.
func (p *Planner) consider(i int32) {
	it := &p.items[i]
	within := span{p.now, p.end}
	if it.queued == sighted {
		p.survey(i)
		within = it.hull()
	}
	it.queued = settled
	lo, _, why := p.bound(it)
	if it.lacks.Code != "" || why.Code != "" {
		it.sights = it.sights[:0]
		p.rest(i)
		if it.placed() {
			p.lose(i, cmp.Or(it.lacks, why))
		}
		p.tell(i)
		return
	}
	had, until, deadline := it.from, min(p.end, within.to), it.urgency.deadline
	if had != never {
		if !p.wait(i, lo) {
			it.sights = it.sights[:0]
			return
		}
		deadline, _ = p.aim(it, lo)
		until = min(until, deadline) // what stays late may as well stay where it is
		if had < until || it.asks {
			p.lift(i) // else it is not in its own way
		}
	}
	to := p.best(i, max(lo, within.from), until, deadline)
	t := to.at
	it.sights, it.asks = it.sights[:0], false
	switch {
	case t == never && had == never:
		p.wait(i, lo)
	case t == never:
		if !it.placed() {
			p.lay(i, had)
		}
		return
	default:
		if it.placed() {
			p.lift(i)
		}
		why := Cause{Code: MadeRoom, Name: it.change.ID}
		for _, j := range to.evicted {
			p.lose(j, why)
		}
		for _, m := range to.obliging {
			p.leave(m.item, why)
		}
		p.note(i, had)
		p.lay(i, t)
		p.wait(i, lo)
		for _, m := range to.obliging {
			p.lay(m.item, m.from)
		}
		for _, m := range to.obliging {
			p.tell(m.item)
		}
		if had != never {
			it.lost = cmp.Or(it.lost, Cause{Code: CameFree})
			p.vacate(i, it.urgency, it.holds, span{had, had + it.high})
		}
	}
	p.tell(i)
}

// lose takes the place away from an item and puts it into the queue.
func (p *Planner) lose(i int32, why Cause) {
	p.leave(i, why)
	p.items[i].asks = true
	p.push(i)
}

// leave takes the place away from an item.
func (p *Planner) leave(i int32, why Cause) {
	it := &p.items[i]
	if it.lost.Code == "" {
		it.lost = why
	}
	at := it.span()
	p.note(i, at.from)
	p.lift(i)
	p.rest(i)
	p.vacate(i, it.urgency, it.holds, at)
}

// lay gives an item its place.
func (p *Planner) lay(i int32, t int64) {
	it := &p.items[i]
	it.from = t
	p.placed++
	for _, h := range it.holds {
		p.resources[h].hold(holding{it.span(), it.urgency, i})
	}
}

// lift takes it back.
func (p *Planner) lift(i int32) {
	it := &p.items[i]
	for _, h := range it.holds {
		p.resources[h].release(i, it.span())
	}
	it.from = never
	p.placed--
}

// tell sees to what waits for an item, now that its place is settled.
func (p *Planner) tell(i int32) {
	it := &p.items[i]
	behind := p.behind[it.change.ID]
	if len(behind) == 0 {
		return
	}
	if _, running := p.under[it.change.ID]; running {
		return
	}
	for _, j := range behind {
		later := &p.items[j]
		switch {
		case j == i:
		case later.placed() && (!it.placed() || later.from < it.span().to):
			p.lose(j, Cause{Code: AfterMoved, Name: it.change.ID})
		case !it.placed():
		case !later.placed():
			p.push(j)
		case later.late(later.from):
			p.nudge(j, span{p.now, later.span().to})
		}
	}
}
