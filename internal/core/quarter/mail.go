package quarter

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// happen takes in what has happened by now.
func (h *house) happen() error {
	for len(h.deeds) > 0 && !h.deeds[0].at.After(h.now) {
		d := h.deeds[0]
		h.deeds = h.deeds[1:]
		switch {
		case d.update != nil:
			for _, name := range d.systems {
				h.arrive(h.byName[name], *d.update)
			}
		case d.mail != nil:
			h.read(d.mail)
		case d.freeze != nil:
			if err := h.set(*d.freeze); err != nil {
				return err
			}
		case d.away != "":
			h.byName[d.away].away = d.until
		case d.standing != nil:
			h.restate(*d.standing)
		}
	}
	return nil
}

// arrive makes an update due on a host; an older one of the same package is overtaken by it.
func (h *house) arrive(x *host, f finding.Finding) {
	x.look = true
	fresh := f.Criticality == policy.CriticalityRemoteTakeover // a hole of its own, with a clock of its own
	x.due = slices.DeleteFunc(x.due, func(o finding.Finding) bool {
		if o.Package == f.Package && o.Criticality == policy.CriticalityRemoteTakeover { // the newer one closes the hole, too
			f.Criticality, f.Holes = o.Criticality, append(slices.Clone(o.Holes), f.Holes...)
		}
		return o.Package == f.Package
	})
	x.due = append(x.due, f)
	for _, one := range x.holes {
		if strings.HasPrefix(one.name, f.Package+" ") {
			one.name = f.Package + " " + f.Candidate
		}
	}
	critical := f.Criticality == policy.CriticalityRemoteTakeover
	h.write(audit.Entry{Kind: audit.Arrived, System: x.held.System.Name, What: f.Package + " " + f.Candidate, Security: f.Class == policy.ChangeClassSecurityUpdate,
		Critical: critical, Standard: f.Origin == policy.OriginStandard})
	if fresh {
		h.opens(x, f)
	}
}

// set makes a freeze hold from now on.
func (h *house) set(f freeze.Freeze) error {
	f.SetAt = h.now
	closed, err := freeze.Check(f, h.Zones)
	if err != nil {
		return err
	}
	h.freezes = append(h.freezes, closed)
	system, customer := f.Scope.System, f.Scope.Customer
	for _, b := range schedule.FreezesOf(closed, system, customer, window.Interval{From: h.From, To: h.From.AddDate(1, 0, 0)}) {
		h.barriers = append(h.barriers, barrier{f.Scope, len(h.input.Freezes)})
		h.input.Freezes = append(h.input.Freezes, b)
		h.write(audit.Entry{Kind: audit.Froze, Customer: customer, System: system, From: b.At.From, Until: b.At.To, Urgent: b.EmergenciesPass})
	}
	h.anew = true
	return nil
}

// restate pauses a standing order, or moves one of its dates.
func (h *house) restate(c change) {
	said := recurrence.Notice{By: "chef", At: h.now, Reason: "Umbau des Shops"}
	today := wall.DayOf(h.now)
	for _, x := range h.hosts {
		s := x.held.Contract.StandingOrder
		if s == nil || x.held.Contract.ID != c.contract {
			continue
		}
		own := *s
		entry := audit.Entry{Kind: audit.PausedDay, System: x.held.System.Name, From: today.Add(1).In(h.From.Location()), Until: today.Add(2 + c.pause).In(h.From.Location())}
		if c.pause > 0 {
			rule, err := x.rule.Pause(today.Add(1), today.Add(1+c.pause), said)
			if err != nil {
				continue
			}
			x.rule, own.Pauses = rule, rule.Stated().Pauses
		} else {
			next, ok := x.rule.Next(h.now.Add(24 * time.Hour))
			if !ok {
				continue
			}
			to := wall.DayOf(next.Interval.From).Add(2)
			rule, err := x.rule.Move(next.Day, to.At(next.Interval.From.Hour(), next.Interval.From.Minute()), said)
			if err != nil {
				continue
			}
			entry.Kind, entry.From, entry.Until = audit.MovedDate, next.Day.In(h.From.Location()), to.In(h.From.Location())
			x.rule, own.Moved = rule, rule.Stated().Moved
		}
		x.held.Contract.StandingOrder, x.look = &own, true
		h.write(entry)
	}
}

// read takes in a message as the intake understands it.
func (h *house) read(m *letter) {
	o := h.byOwner[m.customer]
	sub := estate.Estate{Customers: []estate.Customer{o.customer}, Windows: h.estate.Windows}
	var open []intake.Open
	for _, x := range o.hosts {
		sub.Systems = append(sub.Systems, x.held.System)
		if _, known := sub.Contract(x.held.Contract.ID); !known {
			sub.Contracts = append(sub.Contracts, x.held.Contract)
		}
		for _, order := range x.orders {
			state := mandate.StateOf(order, mandate.Pursuit{})
			if !state.Over() && order.Used == "" {
				open = append(open, intake.Open{ID: order.ID, System: order.System, Thread: order.Channel, Message: order.Channel, State: state})
			}
		}
	}
	standing := intake.Aligned
	if m.forged {
		standing = intake.Unaligned
	}
	thread := m.id
	if m.thread != "" {
		thread = m.thread
	}
	out := intake.Read(intake.Input{Message: intake.Message{Channel: intake.ChannelMail, ID: m.id, Thread: thread, First: m.thread == "", Sender: intake.Sender{Address: m.address, Standing: standing},
		Text: m.text, Received: h.now}, Estate: sub, Orders: open, Zones: h.Zones, Decide: func(system string, class policy.ChangeClass) policy.Decision {
		x := h.byName[system]
		return policy.Decide(x.version, finding.Facets(x.held, finding.Finding{Layer: policy.LayerOS, Class: class, Origin: policy.OriginStandard, Criticality: policy.CriticalityNormal}))
	}})
	h.write(audit.Entry{Kind: audit.Mailed, Mail: m.id, Customer: m.customer, System: m.system, Intent: m.intent, Order: m.thread})
	if h.Mistake == BelievesAnybody && m.intent == audit.Unauthorised {
		out.Kind, out.Order = intake.KindOrder, &intake.Order{Draft: intake.Draft{Systems: []string{m.system}, Scope: intake.ScopeSecurity, Explicit: true}, Customer: m.customer, Contact: "chef"}
	}
	answer := audit.Entry{Mail: m.id, Customer: m.customer, System: m.system, To: m.contact}
	switch out.Kind {
	case intake.KindOrder:
		for _, system := range out.Order.Systems {
			h.order(h.byName[system], m, *out.Order)
		}
		return
	case intake.KindWithdrawal:
		h.withdraw(o, m, out.Withdrawal.Orders)
		return
	case intake.KindQuestion:
		answer.Kind = audit.AskedBack
	case intake.KindRefusal:
		answer.Kind, answer.Rule = audit.Declined, out.Refusal.Rule
	default:
		answer.Kind, answer.To = audit.Warned, "operator"
	}
	if h.Mistake != TellsNobody {
		h.write(answer)
	}
}

func (h *house) order(x *host, m *letter, said intake.Order) {
	order := mandate.Order{ID: h.id("o"), System: x.held.System.Name, Customer: m.customer, Contact: said.Contact, Channel: m.id, Text: m.text, Explicit: said.Explicit, Scope: estate.ScopeSecurity, Given: h.now}
	priced := slices.Contains(said.Awaits, intake.AskedPrice)
	if priced {
		order.Terms.Price = &mandate.Price{Rule: "MH2-11", Amount: "180 €", By: "ida", Offered: h.now, Until: h.now.AddDate(0, 0, 14)}
	}
	x.orders, x.look = append(x.orders, order), true
	h.write(audit.Entry{Kind: audit.Ordered, Order: order.ID, Mail: m.id, System: order.System, Customer: m.customer, To: said.Contact, NeedsPrice: priced})
	if priced && h.dice.of(70) { // the customer agrees on the phone, and the service desk writes it down
		at := &x.orders[len(x.orders)-1]
		at.Terms.Price.Answer = mandate.NewAnswer(true, "chef", "ticket", "Einverstanden.", h.now)
		h.write(audit.Entry{Kind: audit.Agreed, Order: order.ID, System: order.System, To: "chef"})
	}
	for _, one := range x.holes {
		if one.duty.Footing == clock.Consent {
			one.times.Consented = h.now
		}
	}
}

func (h *house) withdraw(o *owner, m *letter, ids []string) {
	for _, x := range o.hosts {
		for i := range x.orders {
			order := &x.orders[i]
			if !slices.Contains(ids, order.ID) || !mandate.StateOf(*order, mandate.Pursuit{}).MayWithdraw() {
				continue
			}
			if h.Mistake != ForgetsWithdrawn {
				order.Withdrawn, order.Withdrawal = true, &mandate.Withdrawal{Contact: m.contact, Channel: m.id, Text: m.text, At: h.now}
			}
			h.write(audit.Entry{Kind: audit.Withdrawn, Order: order.ID, System: order.System, Mail: m.id})
			if w := x.run; w != nil && w.stands == policy.HappensPlanned && h.Mistake != ForgetsWithdrawn {
				if g, _ := h.grant(x, w.id, h.now); g.Zero() {
					h.drop(w, "the order was withdrawn")
				}
			}
		}
	}
}
