package server

import (
	"context"
	"errors"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// wishLasts is how long the appointment is that a customer's wish for a time is taken as.
const wishLasts = 2 * time.Hour

// placeAll places an order on each system that a message names: of the security updates, of all, of named
// packages, of a version upgrade or a migration. What has to be agreed first – the price, a time outside of
// windows – lets the order wait. desk says what people have to do.
func (c *change) placeAll(ctx context.Context, e estate.Estate, m intake.Message, o intake.Order) (ids []string, desk lang.Text, err error) {
	q := requestOf(m, o)
	var tasks []lang.Text
	for _, system := range o.Systems {
		q.System = system
		if err := orderForm(&q); err != nil {
			return ids, desk, err
		}
		d, err := c.draft(ctx, e, q)
		var no *fault.Error
		if errors.As(err, &no) && no.Code == fault.Refused { // what was understood is refused after all: people look at it
			tasks = append(tasks, no.Text)
			continue
		}
		if err != nil {
			return ids, desk, err
		}
		if err := c.place(ctx, d); err != nil {
			return ids, desk, err
		}
		ids = append(ids, d.order.ID)
		if err := c.wishes(ctx, e, m, o, d.order); err != nil {
			return ids, desk, err
		}
		placed, _, err := c.Order(ctx, d.order.ID)
		if err != nil {
			return ids, desk, err
		}
		if task := deskTask(placed); !task.IsZero() {
			tasks = append(tasks, lang.Textf("Auftrag %[1]s: %[2]s", "Order %[1]s: %[2]s", placed.ID, task))
		}
		if err := c.enqueue(ctx, jobPlan, system, c.at); err != nil {
			return ids, desk, err
		}
	}
	return ids, lang.JoinTexts(tasks), nil
}

// requestOf puts what was understood into the terms of an order.
func requestOf(m intake.Message, o intake.Order) board.OrderRequest {
	q := board.OrderRequest{Contact: o.Contact, Channel: channelOf(m), Text: m.Verbatim(), Explicit: o.Explicit, Scope: estate.ScopeSecurity}
	switch o.Scope {
	case intake.ScopeSecurity:
	case intake.ScopeUpdates:
		q.Scope = estate.ScopeUpdates
	case intake.ScopeMitigation:
		q.Mitigation = true
	case intake.ScopePackages:
		q.Packages = o.Packages
		if o.Class != policy.ChangeClassSecurityUpdate {
			q.Scope = estate.ScopeUpdates
		}
	case intake.ScopeUpgrade, intake.ScopeMigration:
		q.Change = &mandate.VersionChange{Class: o.Class, Software: o.Software, From: o.From, To: o.To}
	}
	if !needsAppointment(o) && (o.Wish == intake.WishAt || o.Wish == intake.WishDay) {
		q.NotBefore = o.At
	}
	return q
}

func needsAppointment(o intake.Order) bool {
	for _, a := range o.Awaits {
		if a == intake.AskedAppointment {
			return true
		}
	}
	return false
}

// wishes begins the appointment that an order outside of windows needs. A stated time is the customer's proposal;
// we still have to agree (MH1-06).
func (c *change) wishes(ctx context.Context, e estate.Estate, m intake.Message, o intake.Order, placed mandate.Order) error {
	if !needsAppointment(o) {
		return nil
	}
	a, err := c.want(ctx, placed)
	if err != nil || o.Wish != intake.WishAt {
		return err
	}
	_, err = c.arrange(ctx, e, a, appointment.Event{Act: appointment.Propose, Side: appointment.Customer, By: o.Contact, Channel: channelOf(m), Text: m.Verbatim(),
		Time: window.Interval{From: o.At, To: o.At.Add(wishLasts)}})
	return err
}

// openAgreements are our questions about prices and times in a thread that wait for the customer's answer. The
// orders of one message are one question.
func (c *change) openAgreements(ctx context.Context, orders []intake.Open, thread string) ([]intake.Asked, error) {
	var out []intake.Asked
	seen := map[string]bool{}
	for _, open := range orders {
		if thread == "" || open.Thread != thread || open.State != mandate.Question {
			continue
		}
		o, _, err := c.Order(ctx, open.ID)
		if err != nil {
			return nil, err
		}
		for _, what := range o.Awaits() {
			asked := intake.Asked{Kind: intake.AskedPrice, Thread: thread, Customer: o.Customer, Order: o.ID, System: o.System}
			switch what {
			case mandate.AwaitsConsent:
				asked.ID = "price " + open.Message
			case mandate.AwaitsAppointment:
				a, _, ok, err := document[appointment.Appointment](ctx, c.Tx, store.RulingAppointment, o.Terms.Appointment)
				if err != nil {
					return nil, err
				}
				if a = a.At(c.at); !ok || a.State != appointment.Proposed || a.Turn != appointment.Customer {
					continue
				}
				held, _ := c.heldOf(ctx, o.System)
				asked.Kind, asked.Proposed, asked.ID = intake.AskedAppointment, c.server.local(held, a.Time.From), "appointment "+open.Message+a.Time.From.String()
			case mandate.AwaitsOffer:
				continue
			}
			if !seen[asked.ID] {
				out = append(out, asked)
			}
			seen[asked.ID] = true
		}
	}
	return out, nil
}

func (c *change) heldOf(ctx context.Context, system string) (estate.Held, error) {
	e, err := c.Estate(ctx)
	held, _ := e.Held(system)
	return held, err
}

// followAnswer does what an answer says, to all orders of the message that it is about.
func (c *change) followAnswer(ctx context.Context, e estate.Estate, m intake.Message, a intake.Answer) (ids []string, desk lang.Text, err error) {
	first, ok, err := c.Order(ctx, a.Order)
	if err != nil || !ok {
		return nil, lang.T("Eine Antwort auf unsere Frage ist da; bitte eintragen.", "An answer to our question has come; please enter it."), err
	}
	all, err := c.ordersOf(ctx, e, first)
	if err != nil {
		return nil, desk, err
	}
	for _, o := range all {
		for _, what := range o.Awaits() {
			switch {
			case a.Kind == intake.AskedPrice && what == mandate.AwaitsConsent && a.Said != intake.SaidOther:
				err = c.answerPrice(ctx, o, mandate.NewAnswer(a.Said == intake.SaidYes, a.Contact, channelOf(m), m.Verbatim(), c.at))
			case a.Kind == intake.AskedAppointment && what == mandate.AwaitsAppointment:
				err = c.answerAppointment(ctx, e, m, o, a)
			default:
				continue
			}
			var no *fault.Error
			if errors.As(err, &no) {
				desk = no.Text
				continue
			}
			if err != nil {
				return ids, desk, err
			}
			ids = append(ids, o.ID)
		}
	}
	return ids, desk, nil
}

// ordersOf are the orders that came with the same message as one.
func (c *change) ordersOf(ctx context.Context, e estate.Estate, first mandate.Order) ([]mandate.Order, error) {
	var out []mandate.Order
	for _, sys := range e.Systems {
		list, err := c.Orders(ctx, sys.Name)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if o.Customer == first.Customer && o.Channel == first.Channel && !o.Withdrawn && o.Terms.Closed == nil {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

func (c *change) answerAppointment(ctx context.Context, e estate.Estate, m intake.Message, o mandate.Order, a intake.Answer) error {
	at, _, ok, err := document[appointment.Appointment](ctx, c.Tx, store.RulingAppointment, o.Terms.Appointment)
	if err != nil || !ok {
		return err
	}
	ev := appointment.Event{Act: appointment.Accept, Side: appointment.Customer, By: a.Contact, Channel: channelOf(m), Text: m.Verbatim()}
	switch a.Said {
	case intake.SaidNo:
		ev.Act = appointment.Decline
	case intake.SaidOther:
		ev.Act, ev.Time = appointment.Propose, window.Interval{From: a.At, To: a.At.Add(max(at.Time.To.Sub(at.Time.From), time.Minute))}
	case intake.SaidYes:
	}
	if err := mayArrange(e, at, ev); err != nil {
		return err
	}
	_, err = c.arrange(ctx, e, at, ev)
	return err
}
