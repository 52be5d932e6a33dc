package server

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Bounds of an order's texts, in characters.
const (
	maxOrderText = 20_000
	maxChannel   = 200
)

// PlaceOrder keeps a customer's order, verbatim, and says what it permits. An order by somebody who
// may not order, or for a system whose updates are the customer's own job, is refused with the reason.
func (s *Server) PlaceOrder(ctx context.Context, q board.OrderRequest) (board.OrderReceipt, error) {
	var receipt board.OrderReceipt
	if q.Scope == "" {
		q.Scope = estate.ScopeSecurity
	}
	if err := orderForm(q); err != nil {
		return receipt, err
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		sub, err := s.subject(ctx, c.Tx, e, q.System)
		if err != nil {
			return err
		}
		contact, ok := sub.held.Customer.Contact(q.Contact)
		if !ok {
			return fault.Missing("Die Ansprechperson", "contact", q.Contact)
		}
		if !contact.May(estate.AuthorityOrder) {
			f := fault.New(fault.Refused, lang.Textf(
				"%[1]s ist nicht weisungsberechtigt; ein Auftrag ist das nicht.", "%[1]s is not authorised to give orders; this is no order.", contact.Name),
				lang.T("Weisungsberechtigte Ansprechperson fragen.", "Ask an authorised contact."))
			f.Rule = "MH2-09"
			return f
		}
		if d := sub.job(); d.Execution == policy.PartyCustomer {
			f := fault.New(fault.Refused, d.Refusal(), lang.Text{})
			f.Rule = d.GoverningRule()
			return f
		}
		id, err := newID("o", c.at)
		if err != nil {
			return err
		}
		o := mandate.Order{
			ID: id, System: q.System, Customer: sub.held.Customer.ID, Contact: q.Contact, Channel: strings.TrimSpace(q.Channel),
			Text: q.Text, Explicit: q.Explicit, Scope: q.Scope, Given: c.at, Mitigation: q.Mitigation, Reboot: q.Reboot,
		}
		o.Confirmation = confirmation(o, sub.job())
		st, err := c.AddOrder(ctx, o)
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		sub.orders = append(sub.orders, o)
		granted, refusals := mandate.Grant(sub.request("", c.at))
		for _, ch := range granted.Changes() {
			if granted.Grounds()[ch.Ground].Basis == o.ID {
				receipt.Allowed++
			}
		}
		receipt.Order, receipt.LeftOut = o, len(refusals)
		receipt.Confirmation = o.Confirmation
		c.wake()
		return nil
	})
	return receipt, err
}

func orderForm(q board.OrderRequest) error {
	var places []fault.Place
	bad := func(field, de, en string) {
		places = append(places, fault.Place{Field: field, Problem: lang.T(de, en)})
	}
	if strings.TrimSpace(q.Text) == "" || utf8.RuneCountInString(q.Text) > maxOrderText || !utf8.ValidString(q.Text) {
		bad("text", "Der Wortlaut des Auftrags fehlt oder ist zu lang.", "The order's wording is missing or too long.")
	}
	if strings.TrimSpace(q.Channel) == "" || utf8.RuneCountInString(q.Channel) > maxChannel {
		bad("channel", "Es fehlt, wo der Auftrag steht (Ticketnummer).", "Where the order stands (ticket number) is missing.")
	}
	if q.Scope != estate.ScopeSecurity && q.Scope != estate.ScopeUpdates {
		bad("scope", "Der Umfang ist security_updates oder updates.", "The scope is security_updates or updates.")
	}
	if len(places) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, lang.T("Der Auftrag ist unvollständig.", "The order is incomplete."), lang.Text{})
	f.Places = places
	return f
}

// confirmation is what the customer is told: scope, charge, and that nobody checks whether the updates
// suit the customer's own software (MH2-15).
func confirmation(o mandate.Order, d policy.Decision) lang.Text {
	if o.Mitigation {
		return lang.Textf("Auftrag %[1]s für %[2]s: Maßnahmen gegen Sicherheitslücken ohne Update, etwa einen Dienst anhalten oder einen Port schließen. Was angehalten ist, steht so lange still; jede Maßnahme lässt sich zurücknehmen.",
			"Order %[1]s for %[2]s: measures against holes without an update, such as stopping a service or closing a port. What is stopped stands still as long; each measure can be taken back.", o.ID, o.System)
	}
	scope := lang.T("Sicherheitsupdates", "security updates")
	if o.Scope == estate.ScopeUpdates {
		scope = lang.T("alle Updates der laufenden Version", "all updates of the current release")
	}
	charge := lang.T("Der Preis wird vorher vereinbart.", "The price is agreed beforehand.")
	switch d.Charge {
	case policy.ChargeFree:
		charge = lang.T("Die Ausführung ist kostenfrei.", "Execution is free of charge.")
	case policy.ChargeIncluded:
		charge = lang.T("Die Ausführung ist in der Regel kostenfrei enthalten.", "Execution is as a rule included free of charge.")
	}
	return lang.Text{
		DE: "Auftrag " + o.ID + " für " + o.System + ": " + scope.DE + ", im nächsten Wartungsfenster. " + charge.DE +
			" Ob die Updates mit selbst installierter Software verträglich sind, prüfen wir nicht. Schlägt das Update fehl, stellen wir den vorherigen Zustand wieder her.",
		EN: "Order " + o.ID + " for " + o.System + ": " + scope.EN + ", in the next maintenance window. " + charge.EN +
			" We do not check whether the updates are compatible with software you installed yourself. If the update fails, we restore the previous state.",
	}
}
