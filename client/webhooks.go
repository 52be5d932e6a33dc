package client

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
)

// Who is told what happens.
type (
	// Webhook is a subscription, and how its deliveries stand.
	Webhook = board.Webhook
	// WebhookDelivery is an event on its way to a subscriber.
	WebhookDelivery = board.HookDelivery
)

// Webhooks lists the subscriptions.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	list, err := call[struct{ Webhooks []Webhook }](ctx, c, http.MethodGet, "/webhooks", nil, nil)
	return list.Webhooks, err
}

// WebhookDeliveries lists the latest deliveries, the newest first.
func (c *Client) WebhookDeliveries(ctx context.Context) ([]WebhookDelivery, error) {
	list, err := call[struct{ Deliveries []WebhookDelivery }](ctx, c, http.MethodGet, "/webhooks/deliveries", nil, nil)
	return list.Deliveries, err
}

// DeskState is whether a help desk is read, and what of it is believed.
type DeskState = board.DeskState

// Helpdesk tells whether a help desk is read.
func (c *Client) Helpdesk(ctx context.Context) (DeskState, error) {
	return call[DeskState](ctx, c, http.MethodGet, "/helpdesk", nil, nil)
}
