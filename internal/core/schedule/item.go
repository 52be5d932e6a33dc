package schedule

import (
	"fmt"
	"slices"
	"time"
)

// item is a change, due or under way, as the planner sees it.
type item struct {
	change Change
	used   bool

	high, median        int64
	notBefore, deadline int64
	lists               [][]span // where it may be made: per window, then appointments
	agreed              bool     // the last of the lists is of appointments
	freezes             []int32
	holds               []int32 // resources: the system, groups, pools
	heeds               []int32 // those of them that must be free
	own, urgency        urgency // by itself; with what waits for it
	handed              []int64 // the deadlines that it takes over from what waits for it, the earliest first
	depth               int32   // how long the longest chain of changes is that it waits for
	lacks               Cause   // what keeps it from being planned, whatever the plan is

	from   int64 // where it is planned; never when it is not
	lost   Cause // why it is not where it was
	asks   bool  // it may ask its equals to go elsewhere: it is new, has lost its place, or has become late
	queued pending
	sights []span // where something may serve it, when queued is sighted
}

// pending is why a change is in the queue.
type pending int8

const (
	settled pending = iota
	sighted         // something came free that may serve it
	open            // it needs a place
)

func (it *item) span() span { return span{it.from, it.from + it.high} }

// placed reports whether the item has a place in the plan.
func (it *item) placed() bool { return it.from != never }

// late reports whether the change would end too late when it begins then, also for what waits for it.
func (it *item) late(from int64) bool { return from == never || from+it.high > it.urgency.deadline }

// overdue reports whether the change itself would end after its deadline when it begins then.
func (it *item) overdue(from int64) bool { return from+it.high > it.deadline }

// prepare turns a change into an item, with the resources it needs. It changes nothing of the plan.
func (p *Planner) prepare(c Change) (item, error) {
	it := item{change: c, used: true, from: never, deadline: never, depth: 0}
	if c.ID == "" || c.System == "" {
		return it, fmt.Errorf("change %q of system %q: both need a name", c.ID, c.System)
	}
	for _, part := range []struct {
		what  string
		list  []int
		count int
	}{
		{"window", c.Windows, len(p.windows)}, {"freeze", c.Freezes, len(p.freezes)}, {"pool", c.Pools, len(p.pools)}, {"group", c.Groups, len(p.groups)},
	} {
		for _, i := range part.list {
			if i < 0 || i >= part.count {
				return it, fmt.Errorf("change %q: there is no %s with the index %d", c.ID, part.what, i)
			}
		}
	}
	if len(c.After) > 1 {
		it.change.After = slices.Compact(slices.Sorted(slices.Values(c.After)))
	}
	it.median, it.high = int64(max(0, c.Median)), roundUp(int64(max(c.High, c.Median, 0)))
	it.notBefore = p.now
	if !c.NotBefore.IsZero() {
		it.notBefore = max(p.now, roundUp(nanos(c.NotBefore)))
	}
	if !c.Deadline.IsZero() {
		it.deadline = nanos(c.Deadline)
	}
	switch c.Class {
	case Emergency:
		it.own.tier = emergency
		if c.Regardless && len(c.After) == 0 {
			it.own.tier = regardless
		}
		it.lists = p.anytime
	case Ordered, Standing:
		it.own.tier = ordered
		if c.Class == Standing {
			it.own.tier = standing
		}
		for _, w := range distinct(c.Windows) {
			it.lists = append(it.lists, p.windows[w].open)
		}
		if agreed := appointments(c.Appointments, p.now, p.end); len(agreed) > 0 {
			it.lists, it.agreed = append(it.lists, agreed), true
		}
	default:
		return it, fmt.Errorf("change %q: %q is no class", c.ID, c.Class)
	}
	it.own.deadline = it.deadline
	it.urgency = it.own
	for _, f := range distinct(c.Freezes) {
		if c.Class != Emergency || !p.freezes[f].EmergenciesPass {
			it.freezes = append(it.freezes, int32(f))
		}
	}
	return it, nil
}

// attach gives the item its resources: the system first, then groups, then pools. A system that nobody has
// spoken of before is made one if create says so; else nothing is known of it, and it is left out.
func (p *Planner) attach(it *item, create bool) {
	c := &it.change
	s, known := p.systems[c.System]
	if !known && create {
		s, known = p.addResource(aSystem, c.System, 1), true
		p.systems[c.System] = s
	}
	it.holds = make([]int32, 0, 1+len(c.Groups)+len(c.Pools))
	if known {
		it.holds = append(it.holds, s)
	}
	own := len(it.holds)
	for _, g := range distinct(c.Groups) {
		it.holds = append(it.holds, p.groups[g])
	}
	for _, k := range distinct(c.Pools) {
		it.holds = append(it.holds, p.pools[k])
	}
	it.heeds = it.holds
	if it.own.tier == regardless {
		it.heeds = it.holds[:own]
	}
}

func (p *Planner) addResource(k kind, name string, limit int) int32 {
	p.resources = append(p.resources, resource{kind: k, name: name, tally: tally{limit: int32(min(max(limit, 0), 1<<30))}})
	return int32(len(p.resources) - 1)
}

// distinct is the list in order without repetitions. Lists of one, and those in order, are not copied.
func distinct(list []int) []int {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			list = slices.Clone(list)
			slices.Sort(list)
			return slices.Compact(list)
		}
	}
	return list
}

// time is a moment as it is told.
func (p *Planner) time(t int64) time.Time { return time.Unix(0, t).In(p.zone) }
