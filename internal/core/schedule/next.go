package schedule

// Next is the next fitting slot for one change more, beside the plan as it is: nothing moves for it, and it is
// not taken into the plan. When there is none, the cause says why. The error is that of Make. A change with
// the ID of a planned one counts as another.
func (p *Planner) Next(c Change) (Slot, Cause, error) {
	it, err := p.prepare(c)
	if err != nil {
		return Slot{}, Cause{}, err
	}
	p.attach(&it, false)
	if it.lacks = p.lack(&it); it.lacks.Code != "" {
		return Slot{}, it.lacks, nil
	}
	lo, _, why := p.bound(&it)
	if why.Code != "" {
		return Slot{}, why, nil
	}
	t := p.find(it.lists, it.high, lo, p.end, it.freezes, it.heeds)
	if t == never {
		return Slot{}, p.unplanned(&it), nil
	}
	s := p.describe(&it, t)
	if s.Late > 0 {
		s.Why = p.tardiness(&it)
	}
	return s, Cause{}, nil
}
