package apitest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Queue is a price that we owe, an order that was asked for twice, and a time that the customer has to agree to.
func (b *Backend) Queue(context.Context) ([]board.Queued, error) {
	anna := board.Inquiry{To: "anna", Name: "Anna Kunde", By: board.AskedByMail, At: Now.Add(-20 * time.Hour), Sent: Now.Add(-20 * time.Hour), Text: lang.T("Bitte beauftragen Sie uns.", "Please give us the order.")}
	return []board.Queued{
		{Kind: board.QueuedOffer, System: "web1", Customer: "Kunde GmbH", Order: "o-7", Ours: true, Rule: "MH2-11", Since: Now.Add(-3 * time.Hour), Asked: []board.Inquiry{}, Zone: "Europe/Berlin",
			Text: lang.T("Der Auftrag wartet auf einen Preis.", "The order waits for a price."), Next: lang.T("Bitte den Preis nennen.", "Please name the price.")},
		{Kind: board.QueuedMandate, System: "db1", Customer: "Kunde GmbH", Rule: "MH2-20", Due: 4, Security: 3, Since: Now.AddDate(0, 0, -9), AtLeast: true, Until: Now.Add(5 * time.Hour), Asked: []board.Inquiry{anna}, Times: 2, Zone: "Europe/Berlin",
			Text: lang.T("Ein ausdrücklicher Auftrag fehlt.", "An explicit order is missing."), Next: lang.T("Einen Auftrag einholen.", "Get an order.")},
		{Kind: board.QueuedAppointment, System: "db1", Customer: "Kunde GmbH", Appointment: "t-1", Rule: "MH1-06", Since: Now.Add(-time.Hour), Asked: []board.Inquiry{}, Zone: "Europe/Berlin",
			Text: lang.T("Wir haben eine Zeit vorgeschlagen; zustimmen muss der Kunde.", "We have proposed a time; the customer has to agree.")},
	}, nil
}
