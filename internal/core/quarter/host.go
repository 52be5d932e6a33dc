package quarter

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// host is a system as the hoster knows it.
type host struct {
	held    estate.Held
	version *policy.Version
	due     []finding.Finding
	orders  []mandate.Order
	holes   []*hole // that are not closed
	run     *work   // planned or begun
	last    *work   // that ended last
	rule    recurrence.Rule
	good    time.Time // when a run last succeeded
	kept    time.Time // when the standing order was last carried out
	away    time.Time // until when it does not answer
	high    time.Duration
	look    bool      // something is different
	again   time.Time // when to look at it again; zero: when something happens
	missed  string    // the date of the standing order that was last alarmed
	person  int       // day of the month on which somebody looks at it
	forgets bool      // nobody does
	signed  time.Time
}

// readDates reads the dates of the contract's standing order.
func (x *host) readDates(zones window.Zones) (err error) {
	if s := x.held.Contract.StandingOrder; s != nil {
		x.rule, err = s.Recurs(x.held.Window, zones)
	}
	return err
}

// owner is a customer with what was told.
type owner struct {
	customer estate.Customer
	hosts    []*host
	runs     []*work // that there may be something to tell about
	told     []notice.Told
	news     bool
	again    time.Time
}

// work is a run.
type work struct {
	id      string
	host    *host
	class   schedule.Class
	urgent  bool
	slot    window.Interval // zero: not placed
	ends    time.Time       // when the plan's reservation ends
	stands  policy.Happening
	since   time.Time
	begun   time.Time
	until   time.Time // when it will have ended
	outcome verdict.Outcome
	mandate mandate.Mandate
	before  time.Time // deadline; zero: none
}

// items are what is due with the decisions on it.
func (h *house) items(x *host) (list []mandate.Item) {
	for _, f := range x.due {
		key := asked{x.version.ID, finding.Facets(x.held, f)}
		d, known := h.decisions[key]
		if !known {
			d = policy.Decide(x.version, key.facets)
			h.decisions[key] = d
		}
		if h.Mistake == NeedsNoMandate {
			d.Verdict, d.Execution, d.Trigger = policy.Permitted, policy.PartyProvider, policy.TriggerProactive
		}
		list = append(list, mandate.Item{Finding: f, Decision: d})
	}
	return list
}

// grant asks for a mandate: for what is urgent alone, where that is permitted.
func (h *house) grant(x *host, run string, at time.Time) (m mandate.Mandate, urgent bool) {
	r := mandate.Request{Held: x.held, Items: h.items(x), Orders: x.orders, Run: run, At: at}
	all := r.Items
	r.Items = slices.DeleteFunc(slices.Clone(all), func(i mandate.Item) bool {
		return i.Finding.Criticality != policy.CriticalityRemoteTakeover || i.Decision.Window != policy.WindowAny
	})
	if len(r.Items) > 0 && h.Mistake != IgnoresHoles {
		if m, _ = mandate.Grant(r); !m.Zero() {
			return m, true
		}
	}
	r.Items = all
	m, _ = mandate.Grant(r)
	return m, false
}

// ordinary asks for a mandate for all that is due, whatever is urgent.
func (h *house) ordinary(x *host, run string, at time.Time) mandate.Mandate {
	m, _ := mandate.Grant(mandate.Request{Held: x.held, Items: h.items(x), Orders: x.orders, Run: run, At: at})
	return m
}

// heldBack reports whether something permitted is not planned now, as the server's holdBack has it: what was put
// back is not tried again with the same versions, what was blocked not in the same window, and a standing order
// falls due with its dates.
func (h *house) heldBack(x *host, m mandate.Mandate, urgent bool) bool {
	if x.last != nil {
		switch x.last.outcome {
		case verdict.Restored:
			anew := slices.ContainsFunc(m.Grounds(), func(g mandate.Ground) bool { // somebody wants it all the same
				return g.Kind == mandate.ByOrder && g.Basis != x.last.mandate.Grounds()[0].Basis
			}) || slices.ContainsFunc(x.orders, func(o mandate.Order) bool {
				return o.Explicit && !o.Withdrawn && o.Used == "" && o.Given.After(x.last.until)
			})
			if !anew && slices.EqualFunc(x.last.mandate.Changes(), m.Changes(), func(a, b mandate.Change) bool { return a.Package == b.Package && a.To == b.To }) {
				return true
			}
		case verdict.Blocked:
			if h.now.Before(x.last.slot.To) {
				x.again = x.last.slot.To.Add(time.Minute)
				return true
			}
		}
	}
	if urgent || slices.ContainsFunc(m.Grounds(), func(g mandate.Ground) bool { return g.Kind != mandate.ByStandingOrder }) {
		return false
	}
	begun := h.begunDates(x)
	if next, ok := x.rule.Next(h.now); ok && (x.again.IsZero() || next.Interval.From.Before(x.again)) {
		x.again = next.Interval.From
	}
	if h.Mistake == ForgetsDates {
		return true
	}
	return len(begun) == 0 || !x.kept.Before(begun[len(begun)-1].Interval.From)
}

// begunDates are the last two dates of the standing order that have begun.
func (h *house) begunDates(x *host) []recurrence.Occurrence {
	list := slices.DeleteFunc(x.rule.Between(h.now.AddDate(0, 0, -190), h.now.Add(1)), func(o recurrence.Occurrence) bool { return o.Interval.From.After(h.now) })
	return list[max(0, len(list)-2):]
}

func classOf(m mandate.Mandate, urgent bool) schedule.Class {
	switch {
	case urgent:
		return schedule.Emergency
	case slices.ContainsFunc(m.Grounds(), func(g mandate.Ground) bool { return g.Kind != mandate.ByStandingOrder }):
		return schedule.Ordered
	}
	return schedule.Standing
}

func byID(a, b *work) int { return cmp.Compare(a.id, b.id) }
