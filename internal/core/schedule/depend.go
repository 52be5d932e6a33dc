package schedule

import (
	"slices"
	"strings"
)

// relate works out, for changes none of which waits for one outside of the list or keeps one waiting, what
// hangs on what: chains, circles, and the urgency that a change takes over from what waits for it.
func (p *Planner) relate(list []int32) {
	left := map[int32]int{} // how many changes it waits for are not in the order yet
	var order []int32
	linked := 0
	for _, i := range list {
		it := &p.items[i]
		it.depth, it.urgency, it.handed, it.lacks = 0, it.own, nil, p.lack(it)
		if len(it.change.After) == 0 && len(p.behind[it.change.ID]) == 0 {
			continue
		}
		linked++
		n := 0
		for _, id := range it.change.After {
			if _, due := p.due(id); due {
				n++
			}
		}
		if n == 0 {
			order = append(order, i)
		} else {
			left[i] = n
		}
	}
	for k := 0; k < len(order); k++ {
		it := &p.items[order[k]]
		if _, running := p.under[it.change.ID]; running {
			continue // what waits for this name waits for the one under way
		}
		for _, j := range p.behind[it.change.ID] {
			later := &p.items[j]
			later.depth = max(later.depth, it.depth+1)
			if left[j]--; left[j] == 0 {
				delete(left, j)
				order = append(order, j)
			}
		}
	}
	if len(order) < linked {
		p.circles(left)
	}
	for k := len(order) - 1; k >= 0; k-- {
		it := &p.items[order[k]]
		if _, running := p.under[it.change.ID]; running {
			continue
		}
		for _, j := range p.behind[it.change.ID] {
			it.urgency = it.urgency.inherit(p.items[j].urgency, p.items[j].high)
		}
		it.handed = p.handed(it)
		it.asks = it.asks || slices.ContainsFunc(p.behind[it.change.ID], func(j int32) bool { return p.items[j].asks })
	}
}

// mostHanded is how many deadlines of what waits for it an item takes over, the earliest ones. A change with more
// behind it heeds the others only as far as these make it.
const mostHanded = 16

// handed is the deadlines that an item takes over: those of what waits for it, less the time that it needs.
func (p *Planner) handed(it *item) []int64 {
	var list []int64
	for _, j := range p.behind[it.change.ID] {
		later := &p.items[j]
		for _, d := range later.handed {
			list = append(list, max(longPast, d-later.high))
		}
		if later.deadline != never {
			list = append(list, max(longPast, later.deadline-later.high))
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.Clip(list[:min(len(list), mostHanded)])
}

// aim is the earliest deadline, of the item's own and those that it takes over, that can be kept from a moment on as
// though nothing else were planned. One that is lost in any case must not keep the others from being kept. It
// is never without a deadline; ok is false when all are lost.
func (p *Planner) aim(it *item, lo int64) (deadline int64, ok bool) {
	if it.deadline == never && len(it.handed) == 0 {
		return never, true
	}
	first := p.find(it.lists, it.high, lo, p.end, it.freezes, nil)
	if first == never {
		return never, false
	}
	deadline = never
	for _, d := range append(it.handed, it.deadline) {
		if first+it.high <= d {
			deadline, ok = min(deadline, d), true
		}
	}
	return deadline, ok
}

// due finds the change of a name that others wait for; what is under way is not due.
func (p *Planner) due(id string) (int32, bool) {
	if _, running := p.under[id]; running {
		return 0, false
	}
	i, ok := p.byID[id]
	return i, ok
}

// lack is what keeps the change from being planned for its own part.
func (p *Planner) lack(it *item) Cause {
	switch stuck := p.stuck[it.change.System]; {
	case stuck != "":
		return Cause{Code: Busy, Name: stuck}
	case it.high <= 0:
		return Cause{Code: NoDuration}
	case it.change.Class != Emergency && len(it.change.Windows)+len(it.change.Appointments) == 0:
		return Cause{Code: NoWindow}
	}
	return Cause{}
}

// mostNamed is how many changes of a circle a sentence names.
const mostNamed = 5

// circles finds the circles among changes that wait for each other, or for a circle.
func (p *Planner) circles(left map[int32]int) {
	type mark struct {
		seen, low int
		on        bool
	}
	marks := make(map[int32]*mark, len(left))
	var stack []int32
	var visit func(i int32) *mark
	visit = func(i int32) *mark {
		m := &mark{seen: len(marks), low: len(marks), on: true}
		marks[i] = m
		stack = append(stack, i)
		self := false
		for _, id := range p.items[i].change.After {
			j, due := p.due(id)
			if _, open := left[j]; !due || !open {
				continue
			}
			self = self || i == j
			switch n := marks[j]; {
			case n == nil:
				m.low = min(m.low, visit(j).low)
			case n.on:
				m.low = min(m.low, n.seen)
			}
		}
		if m.low < m.seen {
			return m
		}
		at := slices.Index(stack, i)
		circle := stack[at:]
		for _, j := range circle {
			marks[j].on = false
		}
		if len(circle) > 1 || self {
			names := make([]string, len(circle))
			for k, j := range circle {
				names[k] = p.items[j].change.ID
			}
			slices.Sort(names)
			if len(names) > mostNamed {
				names = append(names[:mostNamed], "…")
			}
			for _, j := range circle {
				p.items[j].lacks = Cause{Code: Cycle, Name: strings.Join(names, ", ")}
			}
		}
		stack = stack[:at]
		return m
	}
	for i := range left {
		if marks[i] == nil {
			visit(i)
		}
	}
}

// bound is from when on the change may be made: not before it may begin, and what it waits for has ended.
// by is the change that says so. A cause says why it cannot be made at all.
func (p *Planner) bound(it *item) (from int64, by string, why Cause) {
	from = it.notBefore
	for _, id := range it.change.After {
		var end int64
		if i, ok := p.under[id]; ok {
			end = p.items[i].span().to
		} else if i, ok := p.byID[id]; !ok {
			return never, id, Cause{Code: AfterNobody, Name: id}
		} else if before := &p.items[i]; !before.placed() {
			return never, id, Cause{Code: AfterUnmade, Name: id}
		} else {
			end = before.span().to
		}
		if end > from {
			from, by = end, id
		}
	}
	return from, by, Cause{}
}

// connected is the list with all that waits for it and all that it waits for, and so on.
func (p *Planner) connected(list []int32) []int32 {
	seen := make(map[int32]bool, len(list))
	var out []int32
	add := func(i int32) {
		if p.items[i].used && !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	for _, i := range list {
		add(i)
	}
	for k := 0; k < len(out); k++ {
		it := &p.items[out[k]]
		for _, id := range it.change.After {
			if i, due := p.due(id); due {
				add(i)
			}
		}
		for _, j := range p.behind[it.change.ID] {
			add(j)
		}
	}
	return out
}
