package server

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// noticePrice asks a contact to agree to a price (MH2-11).
const noticePrice = "price"

// chargeRule is the rule that says what the work costs.
func chargeRule(d policy.Decision) string {
	for _, r := range d.Reasons {
		for _, field := range r.Sets {
			if field == "charge" {
				return r.RuleID
			}
		}
	}
	return d.GoverningRule()
}

// chargeText is the price of an order in words.
func chargeText(o mandate.Order, d policy.Decision) lang.Text {
	p := o.Terms.Price
	switch {
	case p != nil && p.Amount != "" && (p.Answer == nil || !p.Answer.Yes):
		return lang.Textf("Der Preis ist %[1]s (%[2]s). Stimmen Sie zu? Ohne Ihr Ja führen wir nichts aus; ohne Antwort bis %[3]s verfällt der Auftrag.",
			"The price is %[1]s (%[2]s). Do you agree? Without your yes we carry nothing out; without an answer by %[3]s the order expires.", p.Amount, p.Rule,
			lang.T(lang.Date(p.Until, lang.DE), lang.Date(p.Until, lang.EN)))
	case p != nil && p.Amount != "":
		return lang.Textf("Der vereinbarte Preis ist %[1]s (%[2]s).", "The price agreed is %[1]s (%[2]s).", p.Amount, p.Rule)
	case p != nil:
		return lang.Textf("Der Preis wird vorher vereinbart (%[1]s); wir nennen ihn, und ohne Ihre Zustimmung führen wir nichts aus.",
			"The price is agreed beforehand (%[1]s); we name it, and without your consent we carry nothing out.", p.Rule)
	}
	switch d.Charge {
	case policy.ChargeFree:
		return lang.T("Die Ausführung ist kostenfrei.", "Execution is free of charge.")
	case policy.ChargeIncluded:
		return lang.T("Die Ausführung ist in der Regel kostenfrei enthalten.", "Execution is as a rule included free of charge.")
	case policy.ChargeQuote, policy.ChargeUnknown:
	}
	return lang.T("Das Regelwerk nennt keinen Preis. Fallen Kosten an, klären wir sie vorab mit Ihnen.", "The policy names no price. If there are costs, we settle them with you beforehand.")
}

// asAgreed is an order as it would be once everything was agreed to by somebody who may.
func asAgreed(o mandate.Order, customer estate.Customer, at time.Time) mandate.Order {
	o.Terms.Appointment, o.Terms.NotBefore = "", time.Time{}
	if o.Terms.Price == nil {
		return o
	}
	p := *o.Terms.Price
	p.Answer = &mandate.Answer{Yes: true, At: at}
	for _, contact := range customer.Contacts {
		if contact.May(estate.AuthorityConsent) {
			p.Answer.Contact = contact.ID
		}
	}
	o.Terms.Price = &p
	return o
}

// offer is a price that somebody names. What the policy calls free costs nothing.
func (c *change) offer(d policy.Decision, amount, by string) (*mandate.Price, error) {
	amount, by = strings.TrimSpace(amount), strings.TrimSpace(by)
	if d.Charge == policy.ChargeFree {
		return nil, refusedBy(chargeRule(d), lang.T("Das Regelwerk nennt diese Arbeit kostenfrei; einen Preis dafür gibt es nicht.", "The policy calls this work free of charge; there is no price for it."), lang.Text{})
	}
	if amount == "" || by == "" || !utf8.ValidString(amount) || utf8.RuneCountInString(amount) > maxAmount || utf8.RuneCountInString(by) > maxAmount || strings.ContainsAny(amount, "\r\n") {
		return nil, fault.New(fault.Invalid, lang.T("Es fehlt der Preis, oder wer ihn nennt.", "The price is missing, or who names it."), lang.T("Zum Beispiel: 180 € netto.", "For example: 180 € net."))
	}
	return &mandate.Price{Rule: chargeRule(d), Amount: amount, By: by, Offered: c.at, Until: c.at.Add(answerWithin)}, nil
}

// OfferPrice names the price of an order and asks the customer to agree. Until he does nothing is carried out; a
// run that was planned on the order is not made.
func (s *Server) OfferPrice(ctx context.Context, q board.PriceOffer) (board.OrderRow, error) {
	return s.changeOrder(ctx, q.Order, func(c *change, e estate.Estate, had mandate.Order, state mandate.OrderState) error {
		if _, ok := state.May(mandate.Question); !ok && state != mandate.Question {
			return notNow(had, state)
		}
		if p := had.Terms.Price; p != nil && p.Answer != nil {
			return fault.New(fault.Conflict, lang.Textf("Über den Preis von %[1]s ist schon entschieden.", "The price of %[1]s is settled already.", had.ID), lang.Text{})
		}
		sub, err := s.subject(ctx, c.Tx, e, had.System)
		if err != nil {
			return err
		}
		d := decisionOn(sub, orderAgain(had))
		o := had
		if o.Terms.Price, err = c.offer(d, q.Amount, q.By); err != nil {
			return err
		}
		o.Confirmation = confirmation(o, d)
		if err := c.amendOrder(ctx, had, o, lang.Textf("Auftrag %[1]s wartet auf die Zustimmung zum Preis.", "Order %[1]s waits for consent to its price.", o.ID)); err != nil {
			return err
		}
		return c.askPrice(ctx, o)
	})
}

// priceKey names one offer of a price.
func priceKey(o mandate.Order) string {
	return o.ID + " " + o.Terms.Price.Offered.UTC().Format(time.RFC3339Nano)
}

// askPrice tells everybody who may consent what it costs, and the sender of a mail in its thread. The order
// expires when nobody answers.
func (c *change) askPrice(ctx context.Context, o mandate.Order) error {
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	customer, _ := e.Customer(o.Customer)
	key := priceKey(o)
	mailed := ""
	if id, found := strings.CutPrefix(o.Channel, mailChannel); found {
		m, ok, err := c.message(ctx, mailID(id))
		if err != nil {
			return err
		}
		if ok {
			mailed = m.Message.Sender.Address
			text := o.Confirmation.DE + "\n\n* * *\n\n" + o.Confirmation.EN + "\n"
			if err := c.post(ctx, board.Letter{ID: "price-" + messageID(intake.Message{ID: key}), To: mailed, Subject: replySubject(m.Message.Subject), Text: text, InReplyTo: id, Thread: m.Message.Thread}); err != nil {
				return err
			}
		}
	}
	asked := 0
	for _, contact := range customer.Contacts {
		if !contact.May(estate.AuthorityConsent) {
			continue
		}
		asked++
		if mailed != "" && strings.EqualFold(contact.Email, mailed) {
			continue // asked in his thread
		}
		if err := c.tellAbout(ctx, o.System, noticePrice, o.ID, key, contact.ID, o.Confirmation); err != nil {
			return err
		}
	}
	if asked == 0 { // nobody can say yes: people have to find somebody
		if err := c.tellAbout(ctx, o.System, noticePrice, o.ID, key, "operator", lang.Textf("Für Auftrag %[1]s gibt es niemanden, der einem Preis zustimmen darf.", "For order %[1]s there is nobody who may agree to a price.", o.ID)); err != nil {
			return err
		}
	}
	return c.enqueue(ctx, jobOrder, o.ID, o.Terms.Price.Until)
}

// AnswerPrice keeps what a contact said to a price, verbatim: yes lets the order be carried out, no refuses it.
func (s *Server) AnswerPrice(ctx context.Context, q board.PriceAnswer) (board.OrderRow, error) {
	if err := withdrawalForm(board.WithdrawalRequest{Channel: q.Channel, Text: q.Text}); err != nil {
		return board.OrderRow{}, err
	}
	return s.changeOrder(ctx, q.Order, func(c *change, e estate.Estate, had mandate.Order, state mandate.OrderState) error {
		customer, _ := e.Customer(had.Customer)
		contact, known := customer.Contact(q.Contact)
		if !known {
			return fault.Missing("Die Ansprechperson", "contact", q.Contact)
		}
		if !contact.May(estate.AuthorityConsent) {
			return refusedBy("MH2-11", lang.Textf("%[1]s darf Kosten nicht zustimmen.", "%[1]s may not agree to costs.", contact.Name),
				lang.T("Gefragt ist jemand mit der Berechtigung consent.", "Somebody with the authority consent is asked for."))
		}
		if state != mandate.Question {
			return notNow(had, state)
		}
		return c.answerPrice(ctx, had, mandate.NewAnswer(q.Yes, q.Contact, strings.TrimSpace(q.Channel), q.Text, c.at))
	})
}

// answerPrice keeps an answer of somebody who may give it.
func (c *change) answerPrice(ctx context.Context, had mandate.Order, a *mandate.Answer) error {
	if had.Terms.Price == nil || had.Terms.Price.Amount == "" {
		return fault.New(fault.Conflict, lang.Textf("Für Auftrag %[1]s ist noch kein Preis genannt.", "No price is named for order %[1]s yet.", had.ID), lang.Text{})
	}
	if !c.at.Before(had.Terms.Price.Until) {
		return fault.New(fault.Conflict, lang.Textf("Die Frist für Auftrag %[1]s ist vorbei.", "The time for order %[1]s is over.", had.ID), lang.T("Bitte einen neuen Auftrag eintragen.", "Please place a new order."))
	}
	o := had
	p := *had.Terms.Price
	p.Answer = a
	o.Terms.Price = &p
	if !a.Yes {
		o.Terms.Closed = &mandate.Closed{State: mandate.Refused, By: a.Contact, At: c.at, Reason: lang.Textf(
			"Der Kunde stimmt dem Preis (%[1]s) nicht zu.", "The customer does not agree to the price (%[1]s).", p.Amount)}
	}
	if err := c.amendOrder(ctx, had, o, lang.Text{}); err != nil {
		return err
	}
	return c.enqueue(ctx, jobPlan, o.System, c.at)
}

// SettleOrder closes an order by hand: the service desk carried out what no run can (a version upgrade, a
// migration), or says that it will not be done.
func (s *Server) SettleOrder(ctx context.Context, q board.OrderSettlement) (board.OrderRow, error) {
	if strings.TrimSpace(q.By) == "" || strings.TrimSpace(q.Note) == "" || utf8.RuneCountInString(q.Note) > maxOrderText || !utf8.ValidString(q.Note) {
		return board.OrderRow{}, fault.New(fault.Invalid, lang.T("Es fehlt, wer den Auftrag abschließt, oder was dazu zu sagen ist.", "It does not say who closes the order, or what is to be said about it."), lang.Text{})
	}
	return s.changeOrder(ctx, q.Order, func(c *change, _ estate.Estate, had mandate.Order, state mandate.OrderState) error {
		to := mandate.Refused
		if q.Done {
			to = mandate.Done
		}
		if _, ok := state.May(to); !ok {
			return notNow(had, state)
		}
		if q.Done && had.Terms.Change == nil {
			return fault.New(fault.Refused, lang.T("Updates gelten erst als ausgeführt, wenn ein Lauf sie nachweist.", "Updates count as carried out only when a run proves it."), lang.Text{})
		}
		o := had
		o.Terms.Closed = &mandate.Closed{State: to, By: strings.TrimSpace(q.By), At: c.at, Reason: lang.Textf("%[1]s: „%[2]s“", `%[1]s: "%[2]s"`, strings.TrimSpace(q.By), strings.TrimSpace(q.Note))}
		return c.amendOrder(ctx, had, o, lang.Text{})
	})
}

// lapse lets an order expire whose price nobody answered, or its appointment.
func (s *Server) lapse(ctx context.Context, id string) (time.Duration, error) {
	return 0, s.change(ctx, func(c *change) error {
		had, ok, err := c.Order(ctx, id)
		if err != nil || !ok {
			return err
		}
		_, pursuit, err := pursued(ctx, c.Tx, had)
		if err != nil {
			return err
		}
		p := had.Terms.Price
		if _, may := mandate.StateOf(had, pursuit).May(mandate.Expired); !may || p == nil || p.Amount == "" || p.Answer != nil {
			return nil
		}
		if c.at.Before(p.Until) { // another price was offered since
			return c.enqueue(ctx, jobOrder, id, p.Until)
		}
		o := had
		o.Terms.Closed = &mandate.Closed{State: mandate.Expired, At: c.at, Reason: lang.Textf(
			"Auf den Preis (%[1]s) kam bis %[2]s keine Antwort; der Auftrag ist verfallen.", "No answer to the price (%[1]s) came by %[2]s; the order has expired.", p.Amount,
			lang.T(lang.Date(p.Until, lang.DE), lang.Date(p.Until, lang.EN)))}
		if err := c.amendOrder(ctx, had, o, lang.Text{}); err != nil {
			return err
		}
		c.wake()
		return c.tellAbout(ctx, o.System, noticePrice, o.ID, o.ID+" expired", o.Contact, o.Terms.Closed.Reason)
	})
}

// changeOrder changes an order that is there, in one transaction, and shows it as it stands then.
func (s *Server) changeOrder(ctx context.Context, id string, edit func(*change, estate.Estate, mandate.Order, mandate.OrderState) error) (board.OrderRow, error) {
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		o, ok, err := c.Order(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Missing("Den Auftrag", "order", id)
		}
		_, pursuit, err := pursued(ctx, c.Tx, o)
		if err != nil {
			return err
		}
		c.wake()
		err = edit(c, e, o, mandate.StateOf(o, pursuit))
		if errors.Is(err, store.ErrUsed) {
			return notNow(o, mandate.StateOf(o, pursuit))
		}
		return err
	})
	if err != nil {
		return board.OrderRow{}, err
	}
	return s.Order(ctx, id)
}

// amendOrder keeps an order's new terms. Where that takes its mandate away (why says so), a run that was planned
// on it is not made.
func (c *change) amendOrder(ctx context.Context, had, o mandate.Order, why lang.Text) error {
	r, pursuit, err := pursued(ctx, c.Tx, had)
	if err != nil {
		return err
	}
	st, err := c.AmendOrder(ctx, had, o)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	if why.IsZero() || !pursuit.Planned {
		return nil
	}
	if err := c.endHere(ctx, r, verdict.Deferred, "withdrawn", why); err != nil {
		return err
	}
	return c.enqueue(ctx, jobPlan, o.System, c.at)
}

func notNow(o mandate.Order, s mandate.OrderState) error {
	return fault.New(fault.Conflict, lang.Textf("Der Auftrag %[1]s ist %[2]s; das geht jetzt nicht.", "Order %[1]s is %[2]s; that is not possible now.", o.ID, s.Text()), lang.Text{})
}
