package server

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// mostOrders bounds the list of orders.
const mostOrders = 1000

// Orders lists the newest orders, of one system or of all, the newest first.
func (s *Server) Orders(ctx context.Context, system string) ([]board.OrderRow, error) {
	var out []board.OrderRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(system); system != "" && !ok {
			return fault.Missing("Das System", "system", system)
		}
		list, err := newestOrders(ctx, tx, system)
		if err != nil {
			return err
		}
		if system == "" {
			tx.ReadRunsAhead()
		}
		for _, o := range list {
			row, err := s.orderRow(ctx, tx, e, o)
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

// newestOrders are the newest orders of one system or of all, the newest first.
func newestOrders(ctx context.Context, tx *store.Tx, system string) ([]mandate.Order, error) {
	if system == "" {
		return tx.AllOrders(ctx, mostOrders)
	}
	list, err := tx.Orders(ctx, system) // oldest first
	slices.Reverse(list)
	return list[:min(len(list), mostOrders)], err
}

// Order is one order.
func (s *Server) Order(ctx context.Context, id string) (board.OrderRow, error) {
	var out board.OrderRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		o, ok, err := tx.Order(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Missing("Den Auftrag", "order", id)
		}
		out, err = s.orderRow(ctx, tx, e, o)
		return err
	})
	return out, err
}

func (s *Server) orderRow(ctx context.Context, tx *store.Tx, e estate.Estate, o mandate.Order) (board.OrderRow, error) {
	row := board.OrderRow{Order: o, CustomerName: o.Customer, ContactName: o.Contact, SHA256: o.SHA256(), Zone: hostersZone}
	held, known := e.Held(o.System)
	if known {
		row.Zone = cmp.Or(held.Window.Zone, hostersZone)
	}
	if customer, ok := e.Customer(o.Customer); ok {
		row.CustomerName = customer.Name
		if contact, ok := customer.Contact(o.Contact); ok {
			row.ContactName = contact.Name
		}
	}
	r, pursuit, err := pursued(ctx, tx, o)
	if err != nil {
		return row, err
	}
	row.State, row.Desk = mandate.StateOf(o, pursuit), deskTask(o)
	switch row.State {
	case mandate.Withdrawn:
		row.Sentence = lang.T("Der Auftrag wurde zurückgezogen; nichts wird getan.", "The order was withdrawn; nothing is done.")
		if o.Withdrawal != nil {
			row.Sentence = lang.Textf("Zurückgezogen von %[1]s (%[2]s): „%[3]s“", `Withdrawn by %[1]s (%[2]s): "%[3]s"`, o.Withdrawal.Contact, o.Withdrawal.Channel, o.Withdrawal.Text)
		}
		return row, nil
	case mandate.Accepted:
		row.Sentence = lang.T("Der Auftrag steht; ein Lauf ist noch nicht geplant.", "The order stands; no run is planned yet.")
		switch {
		case o.Terms.Change != nil:
			row.Sentence = lang.Textf("%[1]s: Der Auftrag steht. Einen automatischen Lauf gibt es dafür nicht; der Service plant es und führt es von Hand aus.",
				"%[1]s: the order stands. There is no automatic run for it; the service desk plans it and carries it out by hand.", o.Terms.Change.Text())
		case s.now().Before(o.Terms.NotBefore):
			at := s.local(held, o.Terms.NotBefore)
			row.Sentence = lang.Textf("Der Auftrag steht; gewünscht ist er ab %[1]s.", "The order stands; it is wished for from %[1]s on.", lang.T(lang.DateTime(at, lang.DE), lang.DateTime(at, lang.EN)))
		}
		return row, nil
	case mandate.Question:
		row.Sentence = lang.JoinTexts(awaited(o))
		return row, nil
	case mandate.Received, mandate.Refused, mandate.Expired:
		row.Sentence = o.Terms.Closed.Reason
		return row, nil
	case mandate.Scheduled, mandate.Running, mandate.Done, mandate.PutBack, mandate.Unsettled:
	}
	if o.Terms.Closed != nil { // done by hand
		row.Sentence = o.Terms.Closed.Reason
		return row, nil
	}
	shown := s.runRow(r, e)
	row.Run, row.Slot, row.Sentence = r.ID, r.Slot, shown.Sentence
	return row, nil
}

// awaited says what an order waits for, and until when.
func awaited(o mandate.Order) []lang.Text {
	var list []lang.Text
	for _, a := range o.Awaits() {
		text := a.Text()
		if a == mandate.AwaitsConsent {
			p := o.Terms.Price
			text = lang.Textf("%[1]s Genannt: %[2]s. Antwort bis %[3]s, sonst verfällt der Auftrag.", "%[1]s Named: %[2]s. An answer by %[3]s, or the order expires.",
				text, p.Amount, lang.T(lang.Date(p.Until, lang.DE), lang.Date(p.Until, lang.EN)))
		}
		list = append(list, text)
	}
	return list
}

// pursued is the run that has an order, or is planned on it.
func pursued(ctx context.Context, tx *store.Tx, o mandate.Order) (store.Run, mandate.Pursuit, error) {
	if o.Used != "" {
		r, ok, err := tx.RunOf(ctx, o.System, o.Used)
		if err != nil || !ok {
			return r, mandate.Pursuit{Over: true, Outcome: verdict.Unknown}, err
		}
		return r, mandate.Pursuit{With: r.Stage != board.Over, Over: r.Stage == board.Over, Outcome: r.Outcome}, nil
	}
	r, ok, err := tx.ActiveRun(ctx, o.System)
	if err != nil || !ok || r.Stage != board.Planned {
		return r, mandate.Pursuit{}, err
	}
	return r, mandate.Pursuit{Planned: r.Ground == mandate.GroundName(mandate.ByOrder, o.ID)}, nil
}

// Withdraw takes an order back, until its run begins: by a contact who may order, in his own words. A run that
// was planned on it is not made; what else is permitted is planned anew.
func (s *Server) Withdraw(ctx context.Context, q board.WithdrawalRequest) (board.OrderRow, error) {
	if err := withdrawalForm(q); err != nil {
		return board.OrderRow{}, err
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		o, ok, err := c.Order(ctx, q.Order)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Missing("Den Auftrag", "order", q.Order)
		}
		customer, _ := e.Customer(o.Customer)
		contact, known := customer.Contact(q.Contact)
		if !known {
			return fault.Missing("Die Ansprechperson", "contact", q.Contact)
		}
		if !contact.May(estate.AuthorityOrder) {
			f := fault.New(fault.Refused, lang.Textf("%[1]s ist nicht weisungsberechtigt und kann keinen Auftrag zurückziehen.", "%[1]s is not authorised to give orders, and cannot withdraw one.", contact.Name),
				lang.T("Weisungsberechtigte Ansprechperson fragen.", "Ask an authorised contact."))
			f.Rule = "MH2-09"
			return f
		}
		_, pursuit, err := pursued(ctx, c.Tx, o)
		if err != nil {
			return err
		}
		if state := mandate.StateOf(o, pursuit); !state.MayWithdraw() {
			return notWithdrawn(o, state)
		}
		c.wake()
		err = c.withdrawOne(ctx, o.ID, mandate.Withdrawal{Contact: q.Contact, Channel: strings.TrimSpace(q.Channel), Text: q.Text, At: c.at})
		if errors.Is(err, store.ErrUsed) {
			return notWithdrawn(o, mandate.Running)
		}
		return err
	})
	if err != nil {
		return board.OrderRow{}, err
	}
	return s.Order(ctx, q.Order)
}

func notWithdrawn(o mandate.Order, state mandate.OrderState) error {
	if o.Withdrawn {
		return fault.New(fault.Conflict, lang.Textf("Der Auftrag %[1]s ist schon zurückgezogen.", "Order %[1]s is withdrawn already.", o.ID), lang.Text{})
	}
	if o.Terms.Closed != nil {
		return notNow(o, state)
	}
	return fault.New(fault.Conflict, lang.Textf("Der Lauf %[1]s hat schon begonnen; der Auftrag lässt sich nicht mehr zurückziehen.", "Run %[1]s has begun; the order can no longer be withdrawn.", o.Used),
		lang.Textf("Wie er ausgeht, zeigt: patchwart run %[1]s", "How it ends is shown by: patchwart run %[1]s", o.Used))
}

func withdrawalForm(q board.WithdrawalRequest) error {
	var places []fault.Place
	bad := func(field, de, en string) {
		places = append(places, fault.Place{Field: field, Problem: lang.T(de, en)})
	}
	if strings.TrimSpace(q.Text) == "" || utf8.RuneCountInString(q.Text) > maxOrderText || !utf8.ValidString(q.Text) {
		bad("text", "Der Wortlaut fehlt oder ist zu lang.", "The wording is missing or too long.")
	}
	if strings.TrimSpace(q.Channel) == "" || utf8.RuneCountInString(q.Channel) > maxChannel {
		bad("channel", "Es fehlt, wo es steht (Ticketnummer).", "Where it stands (ticket number) is missing.")
	}
	if len(places) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, lang.T("So lässt sich der Auftrag nicht zurückziehen.", "The order cannot be withdrawn like this."), lang.Text{})
	f.Places = places
	return f
}
