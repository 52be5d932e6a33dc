package schedule

// Heaps of items are by the order of placing. The queue is one.

// push puts an item that needs a place into the queue.
func (p *Planner) push(i int32) {
	if p.items[i].queued == settled {
		p.queue = p.up(p.queue, i)
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
		p.queue = p.up(p.queue, i)
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

// up adds an item to a heap.
func (p *Planner) up(heap []int32, i int32) []int32 {
	heap = append(heap, i)
	for k := len(heap) - 1; k > 0; {
		above := (k - 1) / 2
		if !p.before(heap[k], heap[above]) {
			break
		}
		heap[k], heap[above] = heap[above], heap[k]
		k = above
	}
	return heap
}

// pop takes the first item of a heap.
func (p *Planner) pop(heap []int32) (first int32, rest []int32) {
	first, n := heap[0], len(heap)-1
	heap[0] = heap[n]
	heap = heap[:n]
	for k := 0; ; {
		least := k
		for c := 2*k + 1; c <= 2*k+2 && c < n; c++ {
			if p.before(heap[c], heap[least]) {
				least = c
			}
		}
		if least == k {
			return first, heap
		}
		heap[k], heap[least] = heap[least], heap[k]
		k = least
	}
}
