package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/window"
)

// Planner holds a plan and who holds what when, so that changes of the input touch only what they concern.
// It is not for use by several at the same time.
type Planner struct {
	now, end int64
	zone     *time.Location
	windows  []opening
	freezes  []barrier
	anytime  [][]span

	resources []resource
	systems   map[string]int32 // resource by name
	groups    []int32          // resource by index
	pools     []int32

	items  []item
	waits  []wish             // by item, if it would like another place and others are in the way of that; else zero
	spare  []int32            // items that are not used any more
	byID   map[string]int32   // items that are due
	under  map[string]int32   // items under way
	behind map[string][]int32 // by ID: what waits for it
	stuck  map[string]string  // by system: what is under way on it without a known end

	placed  int // how many items have a place, what is under way aside
	queue   []int32
	vacant  []vacancy        // not offered yet
	offered []vacancy        // not all takers have had their turn
	journal map[int32]record // where things were before the update under way; nil: nobody asks
	moves   []Move           // against the plan that was started from
	scratch scratch
}

// opening is a recurring window with its occurrences.
type opening struct {
	recurring window.Recurring
	open      []span
}

// barrier is a freeze with its span.
type barrier struct {
	Freeze
	span
}

// Start makes a Planner for the input that keeps what still holds of the previous plan; the zero Plan is none.
// Errors are those of Make.
func Start(in Input, previous Plan) (*Planner, error) {
	p := &Planner{
		now: roundUp(nanos(in.Now)), end: nanos(in.Now.Add(in.Horizon)), zone: in.Now.Location(),
		systems: make(map[string]int32, len(in.Changes)), byID: make(map[string]int32, len(in.Changes)),
		under: map[string]int32{}, behind: map[string][]int32{}, stuck: map[string]string{},
	}
	if p.end <= p.now {
		return nil, errors.New("a plan needs a horizon that lies ahead, by more than a minute")
	}
	p.anytime = [][]span{{{p.now, p.end}}}
	if err := p.extend(in.Windows, in.Freezes, in.Pools, in.Groups); err != nil {
		return nil, err
	}
	p.items = make([]item, 0, len(in.Changes)+len(in.Running))
	for _, r := range in.Running {
		if err := p.begin(r); err != nil {
			return nil, err
		}
	}
	all := make([]int32, 0, len(in.Changes))
	for _, c := range in.Changes {
		it, err := p.prepare(c)
		if err != nil {
			return nil, err
		}
		if _, twice := p.byID[c.ID]; twice {
			return nil, fmt.Errorf("change %q is there twice", c.ID)
		}
		all = append(all, p.register(it, -1))
	}
	before := p.remember(previous)
	p.relate(all)
	slices.SortFunc(all, p.order)
	p.keep(all, before)
	p.run()
	p.compare(previous)
	return p, nil
}

// extend adds windows, freezes, pools and groups.
func (p *Planner) extend(windows []window.Recurring, freezes []Freeze, pools []Pool, groups []string) error {
	for _, f := range freezes {
		if !f.At.To.After(f.At.From) {
			return fmt.Errorf("freeze %q ends before it begins", f.ID)
		}
	}
	for _, k := range pools {
		if k.Max < 0 {
			return fmt.Errorf("pool %q holds fewer than no changes", k.Name)
		}
	}
	for _, w := range windows {
		p.windows = append(p.windows, opening{w, occurrences(w, p.time(p.now), p.time(p.end))})
	}
	for _, f := range freezes {
		p.freezes = append(p.freezes, barrier{f, span{nanos(f.At.From), nanos(f.At.To)}})
	}
	for _, k := range pools {
		p.pools = append(p.pools, p.addResource(aPool, k.Name, k.Max))
	}
	for _, g := range groups {
		p.groups = append(p.groups, p.addResource(aGroup, g, 1))
	}
	return nil
}

// begin takes note of a change that is under way.
func (p *Planner) begin(r Running) error {
	c := Change{ID: r.ID, System: r.System, Class: Emergency, Pools: r.Pools, Groups: r.Groups}
	if !r.Until.IsZero() {
		c.High = time.Duration(roundUp(max(nanos(r.Until), p.now)) - p.now)
		if c.High == 0 {
			c.High = min(overrun, time.Duration(p.end-p.now))
		}
	} else {
		c.High = time.Duration(p.end - p.now)
	}
	it, err := p.prepare(c)
	if err != nil {
		return err
	}
	if _, twice := p.under[r.ID]; twice {
		return fmt.Errorf("change %q is under way twice", r.ID)
	}
	p.attach(&it, true)
	it.urgency = urgency{tier: underWay}
	i := int32(len(p.items))
	p.items, p.waits = append(p.items, it), append(p.waits, wish{})
	p.under[r.ID] = i
	for _, h := range it.holds {
		p.join(&p.resources[h], i)
	}
	p.items[i].from = p.now
	for _, h := range it.holds {
		p.resources[h].hold(holding{p.items[i].span(), it.urgency, i})
	}
	if known := p.stuck[r.System]; r.Until.IsZero() && (known == "" || r.ID < known) {
		p.stuck[r.System] = r.ID
	}
	return nil
}

// register takes an item in, without a place, under the number i, or a new one when that is negative.
func (p *Planner) register(it item, i int32) int32 {
	p.attach(&it, true)
	switch n := len(p.spare); {
	case i >= 0:
		p.items[i] = it
	case n > 0:
		i, p.spare = p.spare[n-1], p.spare[:n-1]
		p.items[i] = it
	default:
		i = int32(len(p.items))
		p.items, p.waits = append(p.items, it), append(p.waits, wish{})
	}
	p.byID[it.change.ID] = i
	for _, h := range it.holds {
		p.join(&p.resources[h], i)
	}
	for _, id := range it.change.After {
		p.behind[id] = append(p.behind[id], i)
	}
	return i
}

// forget takes an item out that has no place any more. Its number is used again only when it is spare.
func (p *Planner) forget(i int32) {
	it := &p.items[i]
	delete(p.byID, it.change.ID)
	for _, h := range it.holds {
		p.resources[h].members = without(p.resources[h].members, i)
	}
	for _, id := range it.change.After {
		if p.behind[id] = without(p.behind[id], i); len(p.behind[id]) == 0 {
			delete(p.behind, id)
		}
	}
	it.used, it.queued = false, settled
	p.rest(i)
}

// Plan tells the whole plan as it is now.
func (p *Planner) Plan() Plan {
	var slots, not []int32
	for i := range p.items {
		it := &p.items[i]
		switch {
		case !it.used || it.urgency.tier == underWay:
		case it.placed():
			slots = append(slots, int32(i))
		default:
			not = append(not, int32(i))
		}
	}
	byID := func(a, b int32) int { return strings.Compare(p.items[a].change.ID, p.items[b].change.ID) }
	slices.SortFunc(slots, func(a, b int32) int {
		if c := cmp.Compare(p.items[a].from, p.items[b].from); c != 0 {
			return c
		}
		return byID(a, b)
	})
	slices.SortFunc(not, byID)
	out := Plan{Slots: make([]Slot, len(slots)), Not: make([]NotPlanned, len(not)), Moves: p.moves}
	for k, i := range slots {
		out.Slots[k] = p.slot(i)
	}
	for k, i := range not {
		it := &p.items[i]
		out.Not[k] = NotPlanned{it.change.ID, it.change.System, p.unplanned(it)}
	}
	return out
}
