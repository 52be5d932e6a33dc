package apitest

import (
	"context"
	"errors"
	"fmt"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// PreviewOrder says what an order would do.
func (b *Backend) PreviewOrder(_ context.Context, r board.OrderRequest) (board.OrderPreview, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, err := b.held(r.System)
	if err != nil {
		return board.OrderPreview{}, err
	}
	d := decision(h, r.System)
	out := board.OrderPreview{Confirmation: lang.T("Sicherheitsupdates, im nächsten Wartungsfenster.", "Security updates, in the next maintenance window."),
		State: mandate.Accepted, Charge: d.Charge, Rule: d.GoverningRule(), Zone: "Europe/Berlin", Change: r.Change}
	for _, row := range due(h) {
		out.Changes = append(out.Changes, mandate.Change{Package: row.Finding.Package, Arch: row.Finding.Arch, From: row.Finding.Installed, To: row.Finding.Candidate})
	}
	return out, nil
}

func (b *Backend) editOrder(id string, edit func(*mandate.Order) error) (board.OrderRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.orders {
		if o := &b.orders[i]; o.ID == id {
			if err := edit(o); err != nil {
				return board.OrderRow{}, err
			}
			return b.orderRow(*o), nil
		}
	}
	return board.OrderRow{}, fault.Missing("Den Auftrag", "order", id)
}

// OfferPrice names a price.
func (b *Backend) OfferPrice(_ context.Context, q board.PriceOffer) (board.OrderRow, error) {
	return b.editOrder(q.Order, func(o *mandate.Order) error {
		o.Terms.Price = &mandate.Price{Rule: "MH2-11", Amount: q.Amount, By: q.By, Offered: Now, Until: Now.AddDate(0, 0, 14)}
		return nil
	})
}

// AnswerPrice keeps the answer to it.
func (b *Backend) AnswerPrice(_ context.Context, q board.PriceAnswer) (board.OrderRow, error) {
	return b.editOrder(q.Order, func(o *mandate.Order) error {
		if o.Terms.Price == nil {
			return fault.New(fault.Conflict, lang.Textf("Für Auftrag %[1]s ist noch kein Preis genannt.", "No price is named for order %[1]s yet.", o.ID), lang.Text{})
		}
		o.Terms.Price.Answer = mandate.NewAnswer(q.Yes, q.Contact, q.Channel, q.Text, Now)
		if !q.Yes {
			o.Terms.Closed = &mandate.Closed{State: mandate.Refused, By: q.Contact, At: Now}
		}
		return nil
	})
}

// SettleOrder closes an order by hand.
func (b *Backend) SettleOrder(_ context.Context, q board.OrderSettlement) (board.OrderRow, error) {
	return b.editOrder(q.Order, func(o *mandate.Order) error {
		o.Terms.Closed = &mandate.Closed{State: mandate.Refused, By: q.By, Reason: lang.T(q.Note, q.Note), At: Now}
		if q.Done {
			o.Terms.Closed.State = mandate.Done
		}
		return nil
	})
}

// Appointments are those that were proposed.
func (b *Backend) Appointments(_ context.Context, system string) ([]board.Appointment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []board.Appointment
	for _, a := range b.arranged {
		if system == "" || a.System == system {
			out = append(out, board.Appointment{Appointment: a, CustomerName: a.Customer, Zone: "Europe/Berlin", Sentence: a.State.Text()})
		}
	}
	return out, nil
}

// Arrange applies what a side says.
func (b *Backend) Arrange(_ context.Context, e board.AppointmentEvent) (board.Appointment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := -1
	for i := range b.arranged {
		if b.arranged[i].ID == e.ID {
			at = i
		}
	}
	if at < 0 && e.ID != "" {
		return board.Appointment{}, fault.Missing("Den Termin", "appointment", e.ID)
	}
	if at < 0 {
		h, err := b.held(e.System)
		if err != nil {
			return board.Appointment{}, err
		}
		b.arranged = append(b.arranged, appointment.New(fmt.Sprintf("t-%d", len(b.arranged)+1), e.System, h.Customer.ID, e.Order, Now))
		at = len(b.arranged) - 1
	}
	next, err := appointment.Apply(b.arranged[at], e.Event, Now)
	var no appointment.RefusalError
	if errors.As(err, &no) {
		return board.Appointment{}, &fault.Error{Code: fault.Refused, Rule: "MH1-06", Text: no.Text}
	}
	b.arranged[at] = next
	return board.Appointment{Appointment: next, CustomerName: next.Customer, Zone: "Europe/Berlin", Sentence: next.State.Text()}, err
}
