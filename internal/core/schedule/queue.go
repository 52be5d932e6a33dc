package schedule

// The queue is a heap of items by the order of placing.

// push puts an item that needs a place into the queue.
func (p *Planner) push(i int32) {
	if p.items[i].queued == settled {
		p.up(i)
	}
	it := &p.items[i]
	it.queued, it.sights = open, it.sights[:0]
}

// mostSights is how many stretches of time an item keeps apart that it may be better off in.
const mostSights = 16

// nudge puts an item into the queue that may be better off within a stretch of time where something came free.
func (p *Planner) nudge(i int32, within span) {
	it := &p.items[i]
	switch it.queued {
	case open:
		return
	case settled:
		it.queued, it.sights = sighted, it.sights[:0]
		p.up(i)
	case sighted:
	}
	if len(it.sights) == mostSights {
		all := it.hull()
		it.sights = append(it.sights[:0], all)
	}
	for k := range it.sights {
		if s := &it.sights[k]; s.overlaps(within.from, within.to) {
			s.from, s.to = min(s.from, within.from), max(s.to, within.to)
			return
		}
	}
	it.sights = append(it.sights, within)
}

// hull is the stretch of time that holds all that was sighted.
func (it *item) hull() span {
	all := it.sights[0]
	for _, s := range it.sights[1:] {
		all.from, all.to = min(all.from, s.from), max(all.to, s.to)
	}
	return all
}

// sees reports whether anything was sighted in a stretch of time; what needs a place looks everywhere.
func (it *item) sees(at span) bool {
	if len(it.sights) == 0 {
		return true
	}
	for _, s := range it.sights {
		if s.overlaps(at.from, at.to) {
			return true
		}
	}
	return false
}

func (p *Planner) up(i int32) {
	p.queue = append(p.queue, i)
	for k := len(p.queue) - 1; k > 0; {
		above := (k - 1) / 2
		if !p.before(p.queue[k], p.queue[above]) {
			return
		}
		p.queue[k], p.queue[above] = p.queue[above], p.queue[k]
		k = above
	}
}

// pop takes the first item of the queue.
func (p *Planner) pop() int32 {
	first, n := p.queue[0], len(p.queue)-1
	p.queue[0] = p.queue[n]
	p.queue = p.queue[:n]
	for k := 0; ; {
		least := k
		for c := 2*k + 1; c <= 2*k+2 && c < n; c++ {
			if p.before(p.queue[c], p.queue[least]) {
				least = c
			}
		}
		if least == k {
			return first
		}
		p.queue[k], p.queue[least] = p.queue[least], p.queue[k]
		k = least
	}
}
