package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// What orders and appointments are made of.
type (
	// OrderPreview is what an order would do; nothing is kept of it.
	OrderPreview = board.OrderPreview
	// PriceOffer names the price of an order.
	PriceOffer = board.PriceOffer
	// PriceAnswer is what a contact said to a price.
	PriceAnswer = board.PriceAnswer
	// OrderSettlement closes an order that no run carries out.
	OrderSettlement = board.OrderSettlement
	// VersionChange is a version upgrade or a migration.
	VersionChange = mandate.VersionChange
	// ChangeClass is a class of changes.
	ChangeClass = policy.ChangeClass
	// Appointment is a time for work outside of windows, and how far it is agreed.
	Appointment = board.Appointment
	// AppointmentEvent is what a side says about one.
	AppointmentEvent = board.AppointmentEvent
	// AppointmentState is how one stands.
	AppointmentState = appointment.State
	// ArrangeEvent is the act, the side and the words.
	ArrangeEvent = appointment.Event
	// Side is the customer's or the provider's.
	Side = appointment.Side
	// Act is what a side does.
	Act = appointment.Act
	// Interval is a span of time.
	Interval = window.Interval
)

// The values of these.
const (
	OrderReceived = mandate.Received
	OrderQuestion = mandate.Question
	OrderRefused  = mandate.Refused
	OrderExpired  = mandate.Expired

	VersionUpgrade = policy.ChangeClassVersionUpgrade
	Migration      = policy.ChangeClassOSMigration

	AppointmentWanted   = appointment.Wanted
	AppointmentProposed = appointment.Proposed
	AppointmentAgreed   = appointment.Agreed
	AppointmentDeclined = appointment.Declined
	AppointmentExpired  = appointment.Expired

	Propose = appointment.Propose
	Accept  = appointment.Accept
	Decline = appointment.Decline

	SideCustomer = appointment.Customer
	SideProvider = appointment.Provider
)

// PreviewOrder says what an order would do, when, and at what price. Nothing is kept.
func (c *Client) PreviewOrder(ctx context.Context, order OrderRequest) (OrderPreview, error) {
	return call[OrderPreview](ctx, c, http.MethodPost, "/orders/preview", nil, order)
}

// OfferPrice names the price of an order; the customer has to agree to it first.
func (c *Client) OfferPrice(ctx context.Context, q PriceOffer) (OrderRow, error) {
	return call[OrderRow](ctx, c, http.MethodPost, "/orders/"+url.PathEscape(q.Order)+"/price", nil, map[string]string{"amount": q.Amount, "by": q.By})
}

// AnswerPrice keeps what a contact said to a price.
func (c *Client) AnswerPrice(ctx context.Context, q PriceAnswer) (OrderRow, error) {
	return call[OrderRow](ctx, c, http.MethodPost, "/orders/"+url.PathEscape(q.Order)+"/answer", nil,
		map[string]any{"contact": q.Contact, "channel": q.Channel, "text": q.Text, "yes": q.Yes})
}

// SettleOrder closes an order that no run carries out.
func (c *Client) SettleOrder(ctx context.Context, q OrderSettlement) (OrderRow, error) {
	return call[OrderRow](ctx, c, http.MethodPost, "/orders/"+url.PathEscape(q.Order)+"/settlement", nil, map[string]any{"by": q.By, "note": q.Note, "done": q.Done})
}

// Appointments lists the appointments of a system, or, with an empty name, of all, the newest first.
func (c *Client) Appointments(ctx context.Context, system string) ([]Appointment, error) {
	list, err := call[struct{ Appointments []Appointment }](ctx, c, http.MethodGet, "/appointments", query("system", system), nil)
	return list.Appointments, err
}

// Arrange says something about an appointment; without an ID a proposal begins one.
func (c *Client) Arrange(ctx context.Context, e AppointmentEvent) (Appointment, error) {
	body := map[string]any{"act": e.Act, "side": e.Side, "by": e.By, "channel": e.Channel, "text": e.Text}
	if !e.Time.Zero() {
		body["from"], body["to"] = e.Time.From, e.Time.To
	}
	if e.ID != "" {
		return call[Appointment](ctx, c, http.MethodPost, "/appointments/"+url.PathEscape(e.ID), nil, body)
	}
	body["system"] = e.System
	if e.Order != "" {
		body["order"] = e.Order
	}
	return call[Appointment](ctx, c, http.MethodPost, "/appointments", nil, body)
}
