package webtest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// queue gives the demo what waits: the board's systems without an order, and one matter of each other kind.
func queue(m maker, b *Backend) {
	ask := func(ago time.Duration, by board.AskedBy, sent, failed bool) []board.Inquiry {
		a := board.Inquiry{To: "petersen", Name: "Inga Petersen", By: by, At: m.before(ago), Text: lang.T("Bitte beauftragen Sie die Updates.", "Please order the updates.")}
		if sent {
			a.Sent = a.At
		}
		if failed {
			a.Failed = a.At
		}
		return []board.Inquiry{a}
	}
	b.asked = []board.Queued{
		{Kind: board.QueuedAppointment, System: Waiting, Customer: nordlicht.Name, Appointment: "t-92", Ours: true, Rule: "MH1-06", Since: m.before(15 * time.Hour), Until: m.now.AddDate(0, 0, 4),
			Text: lang.T("Der Kunde hat eine Zeit vorgeschlagen.", "The customer has proposed a time."), Next: lang.T("Zustimmen, ablehnen oder eine andere Zeit nennen.", "Agree, decline or name another time."), Zone: Berlin},
		{Kind: board.QueuedOffer, System: "shop2", Customer: alpenrad.Name, Order: "A-2026-0117", Ours: true, Rule: "MH2-11", Since: m.before(4 * time.Hour),
			Text: lang.T("Der Preis muss genannt werden.", "The price has to be named."), Next: lang.T("Bitte den Preis nennen; vorher geschieht nichts.", "Please name the price; nothing happens before."), Zone: Berlin},
		{Kind: board.QueuedConsent, System: "shop2", Customer: alpenrad.Name, Order: "A-2026-0117", Rule: "MH2-11", Since: m.before(30 * time.Hour), Until: m.now.AddDate(0, 0, 13), Asked: ask(30*time.Hour, board.AskedByMail, false, true), Times: 1,
			Text: lang.T("Der Kunde muss dem Preis zustimmen.", "The customer has to agree to the price."), Next: lang.T("Die Antwort des Kunden eintragen, sobald sie da ist.", "Enter the customer's answer as soon as it is there."), Zone: Berlin},
	}
	for i, w := range b.board.Waiting {
		q := board.Queued{Kind: board.QueuedMandate, System: w.System, Customer: w.Customer, Rule: w.Rule, Text: w.Text, Next: w.Ask, Due: w.Due, Security: w.Security, Since: m.now.AddDate(0, 0, -9+i), AtLeast: i == 0, Zone: Berlin}
		if w.CanOrder {
			q.Asked, q.Times = ask(20*time.Hour, board.AskedByMail, i == 0, false), 3
		}
		b.asked = append(b.asked, q)
	}
}

// Queue is what waits; what has been ordered since waits no more.
func (b *Backend) Queue(context.Context) ([]board.Queued, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return nil, b.Fail
	}
	var out []board.Queued
	for _, q := range b.asked {
		open := q.Kind != board.QueuedMandate
		for _, w := range b.board.Waiting {
			open = open || w.System == q.System
		}
		if open {
			out = append(out, q)
		}
	}
	return out, nil
}
