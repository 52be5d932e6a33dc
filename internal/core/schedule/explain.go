package schedule

import "time"

// slot tells the place of an item.
func (p *Planner) slot(i int32) Slot {
	it := &p.items[i]
	s := p.describe(it, it.from)
	if s.Late > 0 {
		// What stood in the way of the change is told without the change itself.
		from := it.from
		p.lift(i)
		s.Why = p.tardiness(it)
		p.lay(i, from)
	}
	return s
}

// describe tells what an item has when it begins at a moment, but not why it is late.
func (p *Planner) describe(it *item, from int64) Slot {
	at := span{from, from + it.high}
	s := Slot{
		Change: it.change.ID, System: it.change.System, From: p.time(at.from), To: p.time(at.to),
		Expected: p.time(at.from + it.median), Place: AtAnyTime, Within: p.interval(at),
	}
	if it.change.Class != Emergency {
		in, agreed := it.around(at)
		s.Place, s.Within = InWindow, p.interval(in)
		if agreed {
			s.Place = ByAppointment
		}
	}
	if it.deadline != never && at.to > it.deadline {
		s.Late = time.Duration(at.to - it.deadline)
	}
	return s
}

// tardiness says why an item without a place in the plan cannot end before its deadline.
func (p *Planner) tardiness(it *item) Cause {
	lo, by, _ := p.bound(it)
	need, deadline := time.Duration(it.high), p.time(it.deadline)
	switch {
	case p.now+it.high > it.deadline:
		return Cause{Code: Passed, Until: deadline, Need: need}
	case it.notBefore+it.high > it.deadline:
		return Cause{Code: LateStart, Until: p.time(it.notBefore)}
	case lo > it.deadline-it.high:
		return Cause{Code: LateAfter, Name: by, Until: p.time(lo)}
	case p.find(it.lists, it.high, lo, it.deadline, nil, nil) == never:
		return Cause{Code: LateWindow, Until: deadline, Need: need}
	}
	return p.obstacle(it, lo, it.deadline)
}

// unplanned says why an item has no place.
func (p *Planner) unplanned(it *item) Cause {
	if it.lacks.Code != "" {
		return it.lacks
	}
	lo, _, why := p.bound(it)
	switch {
	case why.Code != "":
		return why
	case lo > p.end-it.high:
		return Cause{Code: Beyond, Until: p.time(p.end)}
	case p.find(it.lists, it.high, lo, p.end, nil, nil) == never:
		return p.unfitting(it, lo)
	}
	return p.obstacle(it, lo, p.end)
}

// unfitting says why no window and no appointment in the plan's time fits.
func (p *Planner) unfitting(it *item, lo int64) Cause {
	ahead := len(it.change.Windows) > 0
	for _, w := range it.change.Windows {
		if _, ok := p.windows[w].recurring.Next(p.time(lo), time.Duration(it.high)); ok {
			return Cause{Code: Beyond, Until: p.time(p.end)}
		}
	}
	for _, a := range it.change.Appointments {
		from, to := max(nanos(a.From), lo), nanos(a.To)
		if to-from >= it.high {
			return Cause{Code: Beyond, Until: p.time(p.end)}
		}
		ahead = ahead || to > lo
	}
	if !ahead {
		return Cause{Code: NoWindow}
	}
	return Cause{Code: TooLong, Need: time.Duration(it.high)}
}

// obstacle names what stands in the way of every time from lo to until that windows and appointments allow:
// freezes by themselves, else the first of system, groups and pools with which nothing is left.
func (p *Planner) obstacle(it *item, lo, until int64) Cause {
	if p.find(it.lists, it.high, lo, until, it.freezes, nil) == never {
		var last *barrier
		for t := lo; ; t = last.to {
			if t = p.find(it.lists, it.high, t, until, nil, nil); t == never {
				break
			}
			last = p.frozen(it, span{t, t + it.high})
		}
		return last.cause(Frozen, p)
	}
	for k, h := range it.heeds {
		if p.find(it.lists, it.high, lo, until, it.freezes, it.heeds[:k+1]) == never {
			r := &p.resources[h]
			return Cause{Code: [...]Code{aSystem: SystemTaken, aGroup: GroupBusy, aPool: PoolFull}[r.kind], Name: r.name}
		}
	}
	return Cause{}
}

// frozen is the freeze that ends last of those that a stretch of time meets, or nil.
func (p *Planner) frozen(it *item, at span) *barrier {
	var last *barrier
	for _, f := range it.freezes {
		if b := &p.freezes[f]; b.overlaps(at.from, at.to) && (last == nil || b.to > last.to || b.to == last.to && b.ID < last.ID) {
			last = b
		}
	}
	return last
}

func (b *barrier) cause(c Code, p *Planner) Cause {
	return Cause{Code: c, Name: b.ID, Scope: b.Scope, Note: b.Reason, Until: p.time(b.to)}
}
