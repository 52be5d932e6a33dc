package quarter

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/cadence"
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
	holes   []*hole           // that are not closed
	run     *work             // planned or begun
	last    *work             // that ended last
	failed  []mandate.Failure // runs that were put back
	rule    recurrence.Rule
	good    time.Time // when a run last succeeded
	kept    time.Time // when the standing order was last carried out
	away    time.Time // until when it does not answer
	high    time.Duration
	look    bool      // something is different
	again   time.Time // when to look at it again; zero: when something happens
	asked   string    // the run that was put back, and the date of the standing order, that a person was last asked about
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
	r := mandate.Request{Held: x.held, Items: h.items(x), Orders: x.orders, Run: run, At: at, PutBack: x.failed}
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
	m, _ := mandate.Grant(mandate.Request{Held: x.held, Items: h.items(x), Orders: x.orders, Run: run, At: at, PutBack: x.failed})
	return m
}

// heldBack reports whether something permitted is not planned now, and notes when to look again.
func (h *house) heldBack(x *host, m mandate.Mandate, urgent bool) bool {
	var past []cadence.Past
	if w := x.last; w != nil {
		past = append(past, cadence.Past{ID: w.id, Over: true, Outcome: w.outcome, Ended: w.until, Slot: w.slot, Ground: w.mandate.Grounds()[0].Name()})
		if w.outcome == verdict.Blocked && h.now.Before(w.slot.To) {
			x.again = w.slot.To.Add(time.Minute)
		}
	}
	var dates *cadence.Dates
	if classOf(m, urgent) == schedule.Standing {
		dates = h.dates(x)
		past = append(past, cadence.Past{Over: true, Outcome: verdict.Succeeded, Slot: window.Interval{From: x.kept}, Ground: mandate.GroundName(mandate.ByStandingOrder, dates.Order)})
		if next := dates.Next.Interval.From; !next.IsZero() && (x.again.IsZero() || next.Before(x.again)) {
			x.again = next
		}
		if h.Mistake == ForgetsDates {
			return true
		}
	}
	return !cadence.HoldBack(m, dates, past, h.now).IsZero()
}

// dates are those of the host's standing order around now.
func (h *house) dates(x *host) *cadence.Dates {
	return cadence.Around(x.held.Contract.StandingOrder.ID, x.rule, h.now)
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
