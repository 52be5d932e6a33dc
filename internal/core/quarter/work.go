package quarter

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// plan looks at every host on which something is different, and lays out anew what is due.
func (h *house) plan() error {
	different := h.anew
	h.anew = false
	for _, x := range h.hosts {
		if h.atHour(7) && x.held.Contract.StandingOrder != nil && len(x.due) > 0 && x.run == nil {
			x.look = true
		}
		if !x.look && (x.again.IsZero() || x.again.After(h.now)) {
			continue
		}
		x.look, x.again = false, time.Time{}
		different = h.consider(x) || different
	}
	for _, w := range h.open { // what was not begun has to be placed anew
		different = different || w.stands == policy.HappensPlanned && w.slot.From.Before(h.now)
	}
	if !different {
		return nil
	}
	in, previous := h.input, schedule.Plan{}
	in.Now, in.Horizon = h.now, 100*24*time.Hour
	for _, w := range h.open {
		if w.stands == policy.HappensBegun {
			in.Running = append(in.Running, schedule.Running{ID: w.id, System: w.host.held.System.Name, Until: w.ends, Pools: h.poolsOf(w.host), Groups: h.groupsOf(w.host)})
			continue
		}
		in.Changes = append(in.Changes, h.wish(w))
		if !w.slot.Zero() {
			previous.Slots = append(previous.Slots, schedule.Slot{Change: w.id, System: w.host.held.System.Name, From: w.slot.From, To: w.ends})
		}
	}
	made, err := schedule.Replan(previous, in)
	if err != nil {
		return err
	}
	byID := map[string]*work{}
	for _, w := range h.open {
		byID[w.id] = w
	}
	for _, s := range made.Slots {
		h.place(byID[s.Change], s)
	}
	for _, n := range made.Not {
		w := byID[n.Change]
		h.alarm(w.host, w.id, "not planned", "operator", w.mandate.Grounds()[0].Rules[0], n.Why.Text().EN)
		w.host.again = h.now.Add(24 * time.Hour)
		h.drop(w, "no place in the plan")
	}
	return nil
}

// consider asks whether something is to be done on a host, and reports whether the plan is different for it.
func (h *house) consider(x *host) bool {
	if len(x.due) == 0 {
		return false
	}
	id := h.id("r")
	if x.run != nil {
		id = x.run.id
	}
	h.askAboutPutBack(x)
	m, urgent := h.grant(x, id, h.now)
	if m.Zero() {
		return false
	}
	if s := x.held.Contract.StandingOrder; s != nil && !urgent && x.run == nil && classOf(m, false) == schedule.Standing && h.Mistake != ForgetsDates {
		if begun := h.dates(x).Begun; len(begun) == 2 && x.kept.Before(begun[0].Interval.From) && h.now.Sub(later(x.kept, h.From)) >= cadence.ShortestAlarm && x.missed != begun[0].Day.String() {
			x.missed = begun[0].Day.String()
			h.alarm(x, "", "date of the standing order missed", "operator", "MH2-22", x.missed)
		}
	}
	if x.run != nil {
		if !urgent || x.run.urgent || x.run.stands != policy.HappensPlanned {
			return false
		}
		h.drop(x.run, "makes way for a critical hole")
	}
	if urgent && h.heldBack(x, m, urgent) { // what else is due does not wait for it
		m, urgent = h.ordinary(x, id, h.now), false
	}
	if m.Zero() || h.heldBack(x, m, urgent) {
		return false
	}
	w := &work{id: id, host: x, class: classOf(m, urgent), urgent: urgent, mandate: m, stands: policy.HappensPlanned, since: h.now}
	if w.class == schedule.Standing {
		if next, ok := x.rule.Next(h.now); ok {
			w.before = next.Interval.From
		}
	}
	for _, one := range x.holes {
		if urgent && (w.before.IsZero() || one.deadline.Before(w.before)) {
			w.before = one.deadline
		}
	}
	x.run = w
	h.open = append(h.open, w)
	return true
}

// askAboutPutBack asks the operator, at each date of the standing order, about what is not tried again.
func (h *house) askAboutPutBack(x *host) {
	if len(x.failed) == 0 || x.run != nil || x.held.Contract.StandingOrder == nil || h.Mistake == ForgetsDates {
		return
	}
	_, refusals := mandate.Grant(mandate.Request{Held: x.held, Items: h.items(x), Orders: x.orders, At: h.now, PutBack: x.failed})
	i := slices.IndexFunc(refusals, func(r mandate.Refusal) bool { return r.PutBack != "" })
	begun := h.dates(x).Begun
	if i < 0 || len(begun) == 0 {
		return
	}
	if about := refusals[i].PutBack + " " + begun[len(begun)-1].Day.String(); x.asked != about {
		x.asked = about
		h.alarm(x, refusals[i].PutBack, "put back, and not tried again by itself", "operator", refusals[i].Rule, refusals[i].Text.EN)
	}
}

// atHour reports whether a full hour of the day has come.
func (h *house) atHour(hour int) bool { return h.now.Hour() == hour && h.now.Minute() == 0 }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// wish is what a run needs of the plan, as the server's timetable has it.
func (h *house) wish(w *work) schedule.Change {
	c := schedule.Change{ID: w.id, System: w.host.held.System.Name, Class: w.class, Median: w.host.high / 2, High: w.host.high, Deadline: w.before,
		NotBefore: h.put(w), Windows: []int{h.windowOf[w.host.held.Window.Name]}, Pools: h.poolsOf(w.host), Groups: h.groupsOf(w.host)}
	if h.Mistake == IgnoresWindows {
		c.Class = schedule.Emergency
	}
	for _, b := range h.barriers {
		if h.Mistake != IgnoresFreezes && (b.scope.System == "" || b.scope.System == c.System) && (b.scope.Customer == "" || b.scope.Customer == w.host.held.Customer.ID) {
			c.Freezes = append(c.Freezes, b.index)
		}
	}
	return c
}

// put is how long a hoster puts work off who does.
func (h *house) put(w *work) (until time.Time) {
	if h.Mistake == PutsOff {
		return w.since.AddDate(0, 1, 0)
	}
	return until
}

func (h *house) poolsOf(x *host) []int {
	if h.Mistake == IgnoresGroups {
		return nil
	}
	return []int{h.pools[x.held.System.Site], h.pools[x.held.System.Hypervisor]}
}

func (h *house) groupsOf(x *host) (list []int) {
	for _, g := range x.held.System.Groups {
		if h.Mistake != IgnoresGroups {
			list = append(list, h.groups[g])
		}
	}
	return list
}

// place gives a run its slot: until the window, the next freeze or the patience with an urgent run ends.
func (h *house) place(w *work, s schedule.Slot) {
	at := window.Interval{From: s.From, To: s.Within.To}
	if w.urgent || at.To.IsZero() {
		at.To = s.From.Add(4 * time.Hour)
	}
	if free := freeze.FreeFor(h.freezes, h.workOf(w), at); len(free) > 0 && h.Mistake != IgnoresFreezes {
		at.To = free[0].To
	}
	w.ends = s.To
	if w.slot == at {
		return
	}
	kind := audit.Planned
	if !w.slot.Zero() {
		kind = audit.Moved
	}
	w.slot, w.host.owner(h).news = at, true
	if kind == audit.Planned {
		h.byOwner[w.host.held.Customer.ID].runs = append(h.byOwner[w.host.held.Customer.ID].runs, w)
	}
	h.write(audit.Entry{Kind: kind, System: s.System, Run: w.id, From: at.From, Until: at.To, Urgent: w.urgent})
	rule := w.mandate.Grounds()[0].Rules[0]
	if s.Late > 0 {
		h.alarm(w.host, w.id, "planned after the deadline", "operator", rule, s.Why.Text().EN)
	}
	if first, ok := h.input.Windows[h.windowOf[w.host.held.Window.Name]].Next(h.now, w.host.high); ok && !w.urgent && s.From.After(first.To) && h.Mistake != PutsOff {
		h.alarm(w.host, w.id, "not in the next window", "operator", rule, "a freeze, or no room at the site, on the hypervisor or in the group")
	}
}

func (x *host) owner(h *house) *owner { return h.byOwner[x.held.Customer.ID] }

func (h *house) workOf(w *work) freeze.Work {
	return freeze.Work{System: w.host.held.System.Name, Customer: w.host.held.Customer.ID, Emergency: w.urgent}
}

// drop ends a run that has not begun.
func (h *house) drop(w *work, why string) {
	h.over(w, verdict.Deferred, policy.HappensCancelled, h.now)
	h.write(audit.Entry{Kind: audit.Cancelled, System: w.host.held.System.Name, Run: w.id, Why: why})
}

func (h *house) over(w *work, outcome verdict.Outcome, stands policy.Happening, at time.Time) {
	w.outcome, w.stands, w.since = outcome, stands, at
	w.host.run, w.host.owner(h).news = nil, true
	if outcome != verdict.Deferred {
		w.host.last = w
	}
	w.host.look = w.host.look || outcome != verdict.Restored
	h.open = slices.DeleteFunc(h.open, func(o *work) bool { return o == w })
}

// begin hands out the runs whose slot comes before time goes on. Freezes, the mandate and the host are asked once more.
func (h *house) begin() {
	for _, w := range slices.Clone(h.open) {
		x := w.host
		if w.stands != policy.HappensPlanned || w.slot.Zero() || w.slot.From.Before(h.now) || !w.slot.From.Before(h.now.Add(step)) {
			continue
		}
		m := h.ordinary(x, w.id, w.slot.From)
		if w.urgent {
			m, _ = h.grant(x, w.id, w.slot.From)
		}
		switch {
		case m.Zero():
			h.drop(w, "the mandate is gone")
			continue
		case len(freeze.Holding(h.freezes, h.workOf(w), window.Interval{From: w.slot.From, To: w.ends})) > 0 && h.Mistake != IgnoresFreezes:
			h.drop(w, "frozen at the door")
			continue
		case x.away.After(w.slot.From):
			h.over(w, verdict.Blocked, policy.HappensBlocked, w.slot.From)
			h.write(audit.Entry{At: w.slot.From, Kind: audit.Ended, System: x.held.System.Name, Run: w.id, What: string(verdict.Blocked), Why: "the host does not answer"})
			continue
		}
		w.mandate, w.begun, w.stands, w.since = m, w.slot.From, policy.HappensBegun, w.slot.From
		w.until = w.begun.Add(5*time.Minute + time.Duration(h.dice.below(int(x.high/time.Minute)-5))*time.Minute)
		x.owner(h).news = true
		var names []string
		for _, c := range m.Changes() {
			names = append(names, c.Package+" "+c.To)
		}
		g := m.Grounds()[0]
		for _, ground := range m.Grounds() {
			for i := range x.orders {
				if ground.Kind == mandate.ByOrder && x.orders[i].ID == ground.Basis {
					x.orders[i].Used, g = w.id, ground
				}
			}
		}
		h.write(audit.Entry{At: w.begun, Kind: audit.Begun, System: x.held.System.Name, Run: w.id, Names: names, Ground: string(g.Kind), Basis: g.Basis, Rule: g.Rules[0], Urgent: w.urgent, From: w.slot.From, Until: w.slot.To})
	}
}

// finish ends the runs that are over by now.
func (h *house) finish() {
	list := slices.DeleteFunc(slices.Clone(h.open), func(w *work) bool { return w.stands != policy.HappensBegun || w.until.After(h.now) })
	slices.SortFunc(list, byID)
	for _, w := range list {
		x, outcome := w.host, verdict.Succeeded
		if h.dice.of(4) {
			outcome = verdict.Restored
		}
		if outcome == verdict.Succeeded {
			x.due = slices.DeleteFunc(x.due, func(f finding.Finding) bool {
				return slices.ContainsFunc(w.mandate.Changes(), func(c mandate.Change) bool { return c.Package == f.Package && c.To == f.Candidate })
			})
			x.good = w.slot.From
			if w.mandate.Grounds()[0].Kind == mandate.ByStandingOrder {
				x.kept = w.slot.From
			}
			h.over(w, outcome, policy.HappensDone, w.until)
			h.secured(x, w.until)
		} else {
			x.failed = append(x.failed, mandate.Failure{Run: w.id, Ended: w.until, Changes: w.mandate.Changes()})
			h.over(w, outcome, policy.HappensRestored, w.until)
		}
		h.write(audit.Entry{At: w.until, Kind: audit.Ended, System: x.held.System.Name, Run: w.id, What: string(outcome)})
	}
}

func (h *house) alarm(x *host, run, what, to, rule, why string) {
	if h.Mistake == TellsNobody {
		return
	}
	h.write(audit.Entry{Kind: audit.Alarm, System: x.held.System.Name, Run: run, What: what, To: to, Rule: rule, Why: why})
}
