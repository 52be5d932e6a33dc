package schedule

// find is the earliest start of a stretch of d, at lo or later and ended by until, that lies in one of the
// spans, in none of the freezes, and finds each of the resources free; never when there is none.
func (p *Planner) find(lists [][]span, d, lo, until int64, freezes, heeds []int32) int64 {
	best := int64(never)
	for _, list := range lists {
		latest := until - d
		if best != never {
			latest = best - 1 // only what is earlier is of interest
		}
		for k := firstEnding(list, after(lo, d)); k < len(list) && list[k].from <= latest; k++ {
			from, last := max(lo, list[k].from), min(list[k].to-d, latest)
			if from > last {
				continue
			}
			if t := p.settle(from, d, last, freezes, heeds); t <= last {
				best = t
				break
			}
		}
	}
	return best
}

// settle is the earliest start from t to last that no freeze and no resource forbids, or never.
func (p *Planner) settle(t, d, last int64, freezes, heeds []int32) int64 {
	for before := int64(never); t != before; {
		before = t
		for _, f := range freezes {
			if b := &p.freezes[f]; b.overlaps(t, t+d) {
				t = b.to
			}
		}
		if t > last {
			return never
		}
		for _, r := range heeds {
			if t = p.resources[r].tally.free(t, d, last); t > last {
				return never
			}
		}
	}
	return t
}

// around is the span of a window or an appointment that a stretch lies in, and whether it is an appointment.
func (it *item) around(at span) (span, bool) {
	for k, list := range it.lists {
		if n := firstEnding(list, at.to); n < len(list) && list[n].from <= at.from {
			return list[n], it.agreed && k == len(it.lists)-1
		}
	}
	return at, false
}
