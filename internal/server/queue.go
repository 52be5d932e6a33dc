package server

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/store"
)

// Bounds of what is shown of one thing that waits.
const (
	mostAsked  = 5   // times that somebody was asked
	mostLooked = 200 // notices of a system that are looked through for it
	mostBack   = 12  // earlier reports of a host that are looked at to tell since when something is due
)

// Queue lists what waits for a mandate, and the orders that wait for an answer or for the service desk: what is
// ours to do first, then what has waited longest.
func (s *Server) Queue(ctx context.Context) ([]board.Queued, error) {
	var out []board.Queued
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		tx.ReadAhead()
		for _, sys := range e.Systems {
			rows, err := s.waitingFor(ctx, tx, e, sys.Name)
			if err != nil {
				return err
			}
			out = append(out, rows...)
		}
		orders, err := newestOrders(ctx, tx, "")
		if err != nil {
			return err
		}
		waitFor := map[string]bool{} // appointments that are told with their order
		for _, o := range orders {
			row, waits, err := s.waitingOrder(ctx, tx, e, o)
			if err != nil {
				return err
			}
			if waits {
				out = append(out, row)
				waitFor[row.Appointment] = true
			}
		}
		return s.waitingTimes(ctx, tx, e, waitFor, &out)
	})
	slices.SortStableFunc(out, func(a, b board.Queued) int {
		if a.Ours != b.Ours {
			if a.Ours {
				return -1
			}
			return 1
		}
		return cmp.Or(a.Since.Compare(b.Since), slices.Index(board.QueuedKinds, a.Kind)-slices.Index(board.QueuedKinds, b.Kind), cmp.Compare(a.System, b.System))
	})
	return out, err
}

// waitingFor is what is due on one system and not permitted, a row for each reason.
func (s *Server) waitingFor(ctx context.Context, tx *store.Tx, e estate.Estate, system string) ([]board.Queued, error) {
	sub, err := s.subject(ctx, tx, e, system)
	if err != nil || sub.facts == nil {
		return nil, err
	}
	_, refusals := mandate.Grant(sub.request("", s.now()))
	list := waiting(sub, refusals)
	if len(list) == 0 {
		return nil, nil
	}
	until, err := s.soonest(ctx, tx, sub)
	if err != nil {
		return nil, err
	}
	var out []board.Queued
	for _, w := range list {
		row := board.Queued{Kind: board.QueuedMandate, System: system, Customer: w.Customer, Rule: w.Rule, Text: w.Text, Next: w.Ask, Due: w.Due, Security: w.Security,
			Zone: cmp.Or(sub.held.Window.Zone, hostersZone), Run: w.PutBack, Ours: w.PutBack != "", Asked: []board.Inquiry{}}
		if w.CanOrder && w.Security > 0 {
			row.Until = until
		}
		packages, sources := map[string]bool{}, map[string]bool{}
		for _, r := range refusals {
			if r.Rule == w.Rule && r.Text == w.Text {
				packages[r.Finding.Package], sources[r.Finding.Source] = true, true
			}
		}
		if row.Since, row.AtLeast, err = dueSince(ctx, tx, system, packages, sub.observed); err != nil {
			return nil, err
		}
		if w.CanOrder {
			if row.Asked, row.Times, err = inquiries(ctx, tx, sub.held, row.Since, func(n store.Notice, paper noticePaper) bool {
				return n.Kind == noticeStep && sources[paper.Source] // a step of the escalation table about a hole in them
			}); err != nil {
				return nil, err
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// soonest is the earliest deadline of the system's critical holes that are open; zero: there is none.
func (s *Server) soonest(ctx context.Context, tx *store.Tx, sub subject) (until time.Time, err error) {
	list, err := tx.ClocksOf(ctx, sub.held.System.Name)
	for _, c := range list {
		p, err := paperOf(c)
		if err != nil {
			return until, err
		}
		state := clock.State(s.local(sub.held, s.now()), p.Times, p.Duty)
		if !state.Secured && !state.Deadline.IsZero() && (until.IsZero() || state.Deadline.Before(until)) {
			until = state.Deadline
		}
	}
	return until, err
}

// dueSince is since when any of the packages has been due without interruption, by the host's reports that are kept.
// atLeast says that the oldest one that was looked at has it too.
func dueSince(ctx context.Context, tx *store.Tx, system string, packages map[string]bool, observed time.Time) (since time.Time, atLeast bool, err error) {
	kept, err := tx.FactsKept(ctx, system)
	if err != nil {
		return observed, true, err
	}
	since, atLeast = observed, true
	for _, head := range kept[:min(len(kept), mostBack)] {
		row, ok, err := tx.FactsAt(ctx, system, head.Hash)
		if err != nil {
			return since, atLeast, err
		}
		due := false
		for _, p := range row.Facts.Pending {
			due = due || packages[p.Name]
		}
		if !ok || !due {
			return since, false, nil
		}
		if head.Received.Before(since) {
			since = head.Received
		}
	}
	return since, atLeast, nil
}

// inquiries are the notices to the customer's contacts that ask for something, since a time, and how each was sent.
func inquiries(ctx context.Context, tx *store.Tx, held estate.Held, since time.Time, asks func(store.Notice, noticePaper) bool) (list []board.Inquiry, times int, err error) {
	notices, err := tx.Notices(ctx, held.System.Name, mostLooked)
	if err != nil {
		return nil, 0, err
	}
	list = []board.Inquiry{}
	for _, n := range notices {
		contact, ours := held.Customer.Contact(n.Recipient)
		if !ours || n.At.Before(since) {
			continue
		}
		var paper noticePaper
		if err := json.Unmarshal(n.Document, &paper); err != nil {
			return nil, 0, err
		}
		if !asks(n, paper) {
			continue
		}
		times++
		if len(list) == mostAsked {
			continue
		}
		one, err := delivered(ctx, tx, "notice-"+n.ID)
		if err != nil {
			return nil, 0, err
		}
		one.To, one.Name, one.At, one.Text = contact.ID, contact.Name, n.At, paper.Text
		list = append(list, one)
	}
	return list, times, nil
}

// delivered is how a letter went. Without a letter, nobody sent anything.
func delivered(ctx context.Context, tx *store.Tx, letter string) (board.Inquiry, error) {
	l, _, ok, err := document[board.Letter](ctx, tx, store.RulingLetter, letter)
	if err != nil || !ok {
		return board.Inquiry{By: board.AskedInRecord}, err
	}
	return board.Inquiry{By: board.AskedByMail, Sent: l.Sent, Failed: l.Failed}, nil
}

// waitingOrder is an order that waits for a price, an answer, a time, or people.
func (s *Server) waitingOrder(ctx context.Context, tx *store.Tx, e estate.Estate, o mandate.Order) (board.Queued, bool, error) {
	shown, err := s.orderRow(ctx, tx, e, o)
	if err != nil || shown.State.Over() || shown.State == mandate.Running {
		return board.Queued{}, false, err
	}
	row := board.Queued{System: o.System, Customer: shown.CustomerName, Order: o.ID, Text: shown.Sentence, Next: shown.Desk, Since: o.Given, Zone: shown.Zone, Asked: []board.Inquiry{}}
	held, _ := e.Held(o.System)
	awaits := o.Awaits()
	switch {
	case slices.Contains(awaits, mandate.AwaitsOffer):
		row.Kind, row.Ours, row.Rule = board.QueuedOffer, true, o.Terms.Price.Rule
	case slices.Contains(awaits, mandate.AwaitsConsent):
		p := o.Terms.Price
		row.Kind, row.Rule, row.Since, row.Until = board.QueuedConsent, p.Rule, p.Offered, p.Until
		row.Next = lang.T("Die Antwort des Kunden eintragen, sobald sie da ist.", "Enter the customer's answer as soon as it is there.")
		row.Asked, row.Times, err = askedForPrice(ctx, tx, held, o)
	case slices.Contains(awaits, mandate.AwaitsAppointment):
		a, _, _, failed := document[appointment.Appointment](ctx, tx, store.RulingAppointment, o.Terms.Appointment)
		if failed != nil {
			return row, false, failed
		}
		err = s.ofAppointment(ctx, tx, held, a.At(s.now()), &row)
	case !shown.Desk.IsZero():
		row.Kind, row.Ours = board.QueuedDesk, true
	default:
		return row, false, nil
	}
	return row, true, err
}

// askedForPrice is who was asked to agree to a price: by notice, or in the thread of the mail that ordered.
func askedForPrice(ctx context.Context, tx *store.Tx, held estate.Held, o mandate.Order) ([]board.Inquiry, int, error) {
	list, times, err := inquiries(ctx, tx, held, o.Terms.Price.Offered, func(n store.Notice, paper noticePaper) bool {
		return n.Kind == noticePrice && paper.About == o.ID
	})
	if err != nil {
		return nil, 0, err
	}
	if _, mailed := strings.CutPrefix(o.Channel, mailChannel); mailed {
		l, _, ok, err := document[board.Letter](ctx, tx, store.RulingLetter, "price-"+messageID(intake.Message{ID: priceKey(o)}))
		if err != nil {
			return nil, 0, err
		}
		if ok {
			list, times = append(list, board.Inquiry{To: l.To, Name: l.To, By: board.AskedByMail, At: o.Terms.Price.Offered, Sent: l.Sent, Failed: l.Failed, Text: o.Confirmation}), times+1
		}
	}
	return list, times, nil
}

// waitingTimes adds the appointments that wait and that no order has told already.
func (s *Server) waitingTimes(ctx context.Context, tx *store.Tx, e estate.Estate, told map[string]bool, out *[]board.Queued) error {
	list, err := documents[appointment.Appointment](tx.NewestRulings(ctx, store.RulingAppointment, mostAppointments))
	if err != nil {
		return err
	}
	for _, a := range list {
		a = a.At(s.now())
		held, known := e.Held(a.System)
		if !known || told[a.ID] || a.State != appointment.Wanted && a.State != appointment.Proposed {
			continue
		}
		row := board.Queued{System: a.System, Customer: held.Customer.Name, Order: a.Order, Zone: cmp.Or(held.Window.Zone, hostersZone), Asked: []board.Inquiry{}}
		if err := s.ofAppointment(ctx, tx, held, a, &row); err != nil {
			return err
		}
		*out = append(*out, row)
	}
	return nil
}

// ofAppointment fills in what waits for an appointment: the side whose turn it is has the next step (MH1-06).
func (s *Server) ofAppointment(ctx context.Context, tx *store.Tx, held estate.Held, a appointment.Appointment, row *board.Queued) (err error) {
	row.Kind, row.Appointment, row.Rule, row.Until, row.Ours = board.QueuedAppointment, a.ID, "MH1-06", a.Until, a.Turn != appointment.Customer
	row.Since = a.Until.Add(-appointment.Within)
	if n := len(a.Steps); n > 0 {
		row.Since = a.Steps[n-1].At
	}
	switch {
	case a.State == appointment.Wanted:
		row.Text, row.Next = lang.T("Ein Termin wird gebraucht; vorgeschlagen hat ihn noch niemand.", "An appointment is needed; nobody has proposed one yet."),
			lang.T("Eine Zeit vorschlagen.", "Propose a time.")
	case row.Ours:
		row.Text, row.Next = lang.Textf("Der Kunde hat eine Zeit vorgeschlagen.", "The customer has proposed a time."),
			lang.T("Zustimmen, ablehnen oder eine andere Zeit nennen.", "Agree, decline or name another time.")
	default:
		row.Text, row.Next = lang.T("Wir haben eine Zeit vorgeschlagen; zustimmen muss der Kunde.", "We have proposed a time; the customer has to agree."),
			lang.T("Die Antwort des Kunden eintragen, sobald sie da ist.", "Enter the customer's answer as soon as it is there.")
		row.Asked, row.Times, err = inquiries(ctx, tx, held, row.Since, func(n store.Notice, paper noticePaper) bool {
			return n.Kind == noticeAppointment && paper.About == a.ID
		})
	}
	return err
}
