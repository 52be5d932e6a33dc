package server

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/duration"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	// firstEstimate is how long a run is expected to take on a host that has no history yet.
	firstEstimate = 15 * time.Minute
	// planAhead is how far ahead is planned: a quarter, and some days to spare.
	planAhead = 100 * 24 * time.Hour
	// urgentSpan is how long an urgent run may take before it has to be planned anew.
	urgentSpan = 4 * time.Hour
)

// timetable is what the planner is asked on: the estate, its freezes, and all runs that are not over. Runs whose
// slot is still to come are the previous plan; those whose slot has come are under way.
type timetable struct {
	*change
	estate   estate.Estate
	freezes  []freeze.Closed
	in       schedule.Input
	previous schedule.Plan
	planned  map[string]store.Run // by ID: those of the previous plan
	windows  map[string]int       // by name; -1: not usable
	groups   map[string]int
	pools    map[string]int
	barriers map[string][]int  // by freeze and whom it is asked for
	running  map[string]string // by system: the ID of what is under way
	held     map[string]estate.Held
	agreed   map[string][]window.Interval // by system: times agreed with the customer
	due      map[string]time.Time         // by run: until when it should have been made
}

// timetable reads the plan as it is. Times are told as the hoster's clocks show them.
func (c *change) timetable(ctx context.Context, e estate.Estate) (*timetable, error) {
	freezes, err := c.server.freezesInForce(ctx, c.Tx)
	if err != nil {
		return nil, err
	}
	zone, err := c.server.zones(hostersZone)
	if err != nil {
		zone = time.UTC
	}
	t := &timetable{
		change: c, estate: e, freezes: freezes, planned: map[string]store.Run{}, windows: map[string]int{}, groups: map[string]int{},
		pools: map[string]int{}, barriers: map[string][]int{}, running: map[string]string{}, held: e.All(), due: map[string]time.Time{},
		// Slots begin at full minutes, and what can begin at once does.
		in: schedule.Input{Now: c.at.Truncate(time.Minute).In(zone), Horizon: planAhead},
	}
	if t.agreed, err = c.server.appointments(ctx, c.Tx); err != nil {
		return nil, err
	}
	for i, p := range e.Pools {
		t.pools[p.Name] = i
		t.in.Pools = append(t.in.Pools, schedule.Pool{Name: p.Name, Max: p.AtOnce})
	}
	c.ReadRunsAhead()
	runs, err := c.ActiveRuns(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if err := t.take(ctx, r); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// take notes a run that is not over.
func (t *timetable) take(ctx context.Context, r store.Run) error {
	held, ok := t.held[r.System]
	if !ok {
		return nil // it ends when its slot comes
	}
	past, err := t.PastRuns(ctx, r.System, 20)
	if err != nil {
		return err
	}
	median, high := durations(past)
	if r.Stage != board.Planned || !r.Slot.From.After(t.at) || r.Measure != "" {
		t.running[r.System] = r.ID
		t.in.Running = append(t.in.Running, schedule.Running{ID: r.ID, System: r.System, Until: r.Slot.From.Truncate(time.Minute).Add(high), // as it was planned
			Pools: t.poolsOf(held.System), Groups: t.groupsOf(held.System)})
		return nil
	}
	class := schedule.Ordered
	switch {
	case r.Urgent:
		class = schedule.Emergency
	case strings.HasPrefix(r.Ground, string(mandate.ByStandingOrder)+" "):
		class = schedule.Standing
	}
	t.planned[r.ID] = r
	t.in.Changes = append(t.in.Changes, t.wish(r.ID, held, class, median, high))
	to := r.Slot.From.Add(high)
	if to.After(r.Slot.To) {
		to = r.Slot.To
	}
	t.previous.Slots = append(t.previous.Slots, schedule.Slot{Change: r.ID, System: r.System, From: r.Slot.From, To: to})
	return nil
}

// wish is what a run needs of the plan.
func (t *timetable) wish(id string, held estate.Held, class schedule.Class, median, high time.Duration) schedule.Change {
	c := schedule.Change{ID: id, System: held.System.Name, Class: class, Median: median, High: high,
		Pools: t.poolsOf(held.System), Groups: t.groupsOf(held.System)}
	if w := t.windowOf(held.Window); w >= 0 {
		c.Windows = []int{w}
	}
	for _, f := range t.freezes {
		c.Freezes = append(c.Freezes, t.barriersOf(f, held)...)
	}
	// What was agreed goes before any window: the customer counts on it (MH1-06).
	if agreed := t.usable(held, class, high); len(agreed) > 0 {
		c.Appointments, c.Windows = agreed, nil
	}
	return c
}

// usable are the agreed times that no freeze is in the way of, and that are long enough. What is urgent waits
// for none.
func (t *timetable) usable(held estate.Held, class schedule.Class, high time.Duration) (list []window.Interval) {
	if class == schedule.Emergency {
		return nil
	}
	work := freeze.Work{System: held.System.Name, Customer: held.Customer.ID}
	for _, a := range t.agreed[held.System.Name] {
		if a.From.Before(t.in.Now) {
			a.From = t.in.Now
		}
		for _, free := range freeze.FreeFor(t.freezes, work, a) {
			if free.To.Sub(free.From) >= high {
				list = append(list, free)
			}
		}
	}
	return list
}

func (t *timetable) windowOf(w estate.Window) int {
	i, known := t.windows[w.Name]
	if !known {
		i = -1
		if compiled, err := window.Compile(w, t.server.zones); err == nil {
			i = len(t.in.Windows)
			t.in.Windows = append(t.in.Windows, compiled)
		}
		t.windows[w.Name] = i
	}
	return i
}

func (t *timetable) poolsOf(s estate.System) (list []int) {
	for _, name := range s.Pools() {
		if i, ok := t.pools[name]; ok {
			list = append(list, i)
		}
	}
	return list
}

func (t *timetable) groupsOf(s estate.System) (list []int) {
	for _, name := range s.Groups {
		i, known := t.groups[name]
		if !known {
			i = len(t.in.Groups)
			t.in.Groups, t.groups[name] = append(t.in.Groups, name), i
		}
		list = append(list, i)
	}
	return list
}

// barriersOf is what a freeze keeps from a system. Those it is about share it, unless an override is for some.
func (t *timetable) barriersOf(c freeze.Closed, held estate.Held) []int {
	f := c.Freeze()
	if f.Scope.System != "" && f.Scope.System != held.System.Name || f.Scope.System == "" && f.Scope.Customer != "" && f.Scope.Customer != held.Customer.ID {
		return nil
	}
	key := f.ID
	if slices.ContainsFunc(f.Overrides, func(o freeze.Override) bool { return len(o.Systems) > 0 }) {
		key += "/" + held.System.Name
	}
	list, known := t.barriers[key]
	if !known {
		for _, b := range schedule.FreezesOf(c, held.System.Name, held.Customer.ID, window.Interval{From: t.in.Now, To: t.in.Now.Add(planAhead)}) {
			list = append(list, len(t.in.Freezes))
			t.in.Freezes = append(t.in.Freezes, b)
		}
		t.barriers[key] = list
	}
	return list
}

// drop takes a planned run out of the plan.
func (t *timetable) drop(run string) {
	delete(t.planned, run)
	t.in.Changes = slices.DeleteFunc(t.in.Changes, func(c schedule.Change) bool { return c.ID == run })
	t.previous.Slots = slices.DeleteFunc(t.previous.Slots, func(s schedule.Slot) bool { return s.Change == run })
}

// order says until when runs should have been made, and which waits for which: a system comes after those that the
// estate names, where they are due.
func (t *timetable) order() {
	run := map[string]string{}
	for system, id := range t.running {
		run[system] = id
	}
	for _, c := range t.in.Changes {
		run[c.System] = c.ID
	}
	for i := range t.in.Changes {
		c := &t.in.Changes[i]
		c.After, c.Deadline = nil, t.due[c.ID]
		for _, system := range t.held[c.System].System.After {
			if id, due := run[system]; due && c.Class != schedule.Emergency {
				c.After = append(c.After, id)
			}
		}
	}
}

// plan lays all of it out anew; what is planned stays where it is as far as it can.
func (t *timetable) plan() (schedule.Plan, error) {
	t.order()
	return schedule.Replan(t.previous, t.in)
}

// slot is what a run is stored with: from the planned begin until the window or the next freeze ends it.
func (t *timetable) slot(s schedule.Slot, urgent bool, high time.Duration) window.Interval {
	at := window.Interval{From: s.From, To: s.Within.To}
	if at.From.Before(t.at) {
		at.From = t.at
	}
	if urgent {
		at.To = at.From.Add(max(urgentSpan, 2*high))
	}
	held := t.held[s.System]
	at.From, at.To = at.From.In(t.zoneOf(held)), at.To.In(t.zoneOf(held))
	work := freeze.Work{System: s.System, Customer: held.Customer.ID, Emergency: urgent}
	if free := freeze.FreeFor(t.freezes, work, at); len(free) > 0 {
		at.To = free[0].To
	}
	return at
}

func (t *timetable) zoneOf(held estate.Held) *time.Location {
	return t.server.local(held, t.at).Location()
}

// why says why a run is when it is.
func (t *timetable) why(s schedule.Slot, urgent bool, high time.Duration) lang.Text {
	held := t.held[s.System]
	reason := lang.T("Nächstes Wartungsfenster.", "Next maintenance window.")
	first, offered := window.Interval{From: t.at, To: s.From}, true
	if i := t.windowOf(held.Window); i >= 0 && !urgent {
		first, offered = t.in.Windows[i].Next(t.in.Now, high)
	}
	work := freeze.Work{System: s.System, Customer: held.Customer.ID, Emergency: urgent}
	switch frozen := freeze.Holding(t.freezes, work, first); {
	case offered && first.From.Before(s.From) && len(frozen) > 0:
		reason = lang.Textf("Nach einer Sperrzeit. %[1]s", "After a freeze. %[1]s", frozen[0].Text)
	case urgent:
		reason = lang.T("Sofort: Eine kritische Lücke wird geschlossen, auch außerhalb der Wartungsfenster.",
			"At once: a critical hole is closed, also outside of maintenance windows.")
	case slices.ContainsFunc(t.agreed[s.System], func(a window.Interval) bool { return a.Contains(s.From) }):
		reason = lang.T("Zum vereinbarten Termin.", "At the appointment agreed on.")
	case !s.From.After(t.at):
		reason = lang.T("Das Wartungsfenster ist offen und lang genug.", "The maintenance window is open and long enough.")
	case offered && first.From.Before(s.From):
		reason = lang.T("Das früheste Wartungsfenster, in dem Platz ist: Gruppe, Standort, Hypervisor, Schicht oder Reihenfolge lassen es nicht eher zu.",
			"The earliest maintenance window with room: group, site, hypervisor, shift or order do not let it be earlier.")
	}
	if s.Late > 0 {
		reason = lang.Textf("%[1]s Das ist %[2]s nach der Frist. %[3]s", "%[1]s That is %[2]s after the deadline. %[3]s", reason,
			lang.T(lang.Duration(s.Late, lang.DE), lang.Duration(s.Late, lang.EN)), s.Why.Text())
	}
	return reason
}

// durations are how long a run of this host takes, by its last ones that wrote anything: half of them no longer
// than the median, nine of ten no longer than high, which is set aside for it.
func durations(past []store.Run) (median, high time.Duration) {
	var took []duration.Sample
	for _, r := range past {
		if r.Stage == board.Over && r.State.Written && r.Measure == "" {
			took = append(took, duration.Sample{Took: r.State.Last.Sub(r.State.Begun), At: r.State.Begun})
		}
	}
	median, high, known := duration.Predict(took)
	if !known {
		return firstEstimate, firstEstimate
	}
	return median, max(high, time.Minute).Round(time.Second)
}

// estimate is what is set aside for a run of this host.
func estimate(past []store.Run) time.Duration {
	_, high := durations(past)
	return high
}

// deadline is by when a change should be made: what the clock of a critical hole says that it closes; else the
// next date of the standing order (MH2-22). Zero: there is none.
func (c *change) deadline(ctx context.Context, sub subject, days *cadence.Dates) (at time.Time, err error) {
	if days != nil {
		at = days.Next.Interval.From
	}
	if len(sub.critical) == 0 {
		return at, nil
	}
	clocks, err := c.OpenClocksOf(ctx, sub.held.System.Name)
	if err != nil {
		return at, err
	}
	for _, one := range clocks {
		if !slices.Contains(sub.critical[one.Source], one.CVE) {
			continue
		}
		p, err := paperOf(one)
		if err != nil {
			return at, err
		}
		state := clock.State(c.server.local(sub.held, c.at), p.Times, p.Duty)
		if !state.Deadline.IsZero() && (at.IsZero() || state.Deadline.Before(at)) {
			at = state.Deadline
		}
	}
	return at, nil
}
