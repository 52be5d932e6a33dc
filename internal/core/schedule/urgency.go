package schedule

import (
	"cmp"
	"strings"
)

// urgency is how urgent a change is. It is placed by that, and others make room for it by that.
type urgency struct {
	tier     int8
	deadline int64 // never when there is none
}

// The tiers, the most urgent first.
const (
	underWay int8 = iota // has begun; nothing moves it
	regardless
	emergency
	ordered
	standing
)

// compare sorts the more urgent first.
func (u urgency) compare(o urgency) int {
	if u.tier != o.tier {
		return int(u.tier) - int(o.tier)
	}
	return cmp.Compare(u.deadline, o.deadline)
}

// The ranks of deadlines: those within a day from now, within two, four and so on.
const (
	firstRank = 24 * hour
	lastRank  = 64 * firstRank
)

// power is the least urgent that does not make room for u, whatever becomes of it: what is of the same class and
// has a deadline of the same rank. So what makes room in turn is of a lower rank each time, and a chain is no longer
// than there are ranks.
func (p *Planner) power(u urgency) urgency {
	if u.deadline == never {
		return u
	}
	ahead := firstRank
	for ahead <= lastRank && p.now+ahead < u.deadline {
		ahead *= 2
	}
	if u.deadline = p.now + ahead; ahead > lastRank {
		u.deadline = never - 1
	}
	return u
}

// hurried reports whether the earliest time is wanted, not just one before the deadline.
func (u urgency) hurried() bool { return u.tier <= emergency }

// inherit makes u as urgent as what waits for it: the change behind it must be able to end by its deadline.
// The power to take no heed of groups and pools is not inherited.
func (u urgency) inherit(behind urgency, high int64) urgency {
	u.tier = min(u.tier, max(behind.tier, emergency))
	if behind.deadline != never {
		u.deadline = min(u.deadline, max(longPast, behind.deadline-high))
	}
	return u
}

// before is the order of placing: by urgency, what others wait for first, then what may begin first, then
// what takes longest, then by ID.
func (p *Planner) before(a, b int32) bool {
	x, y := &p.items[a], &p.items[b]
	if c := x.urgency.compare(y.urgency); c != 0 {
		return c < 0
	}
	if x.depth != y.depth {
		return x.depth < y.depth
	}
	if x.notBefore != y.notBefore {
		return x.notBefore < y.notBefore
	}
	if x.high != y.high {
		return x.high > y.high
	}
	return strings.Compare(x.change.ID, y.change.ID) < 0
}

// order is before as a comparison.
func (p *Planner) order(a, b int32) int {
	switch {
	case p.before(a, b):
		return -1
	case p.before(b, a):
		return 1
	}
	return 0
}
