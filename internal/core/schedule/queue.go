package schedule

// The queue is a heap of items by the order of placing.

// push puts an item that needs a place into the queue.
func (p *Planner) push(i int32) {
	if p.items[i].queued == settled {
		p.up(i)
	}
	p.items[i].queued = open
}

// nudge puts an item into the queue that may be better off within a stretch of time where something came free.
func (p *Planner) nudge(i int32, within span) {
	it := &p.items[i]
	switch it.queued {
	case open:
	case sighted:
		it.within = span{min(it.within.from, within.from), max(it.within.to, within.to)}
	case settled:
		it.queued, it.within = sighted, within
		p.up(i)
	}
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
