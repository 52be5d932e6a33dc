package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
)

// Subscription is a calendar that somebody subscribes to.
type Subscription = board.Subscription

// SubscriptionRequest asks for a subscription: of a customer, or of the operators.
type SubscriptionRequest = board.SubscriptionRequest

// SubscriptionSecret is a subscription with its address, which is told once.
type SubscriptionSecret = board.SubscriptionSecret

// Subscriptions lists the calendars that are subscribed to, the newest first, revoked ones too.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, error) {
	list, err := call[struct {
		Subscriptions []Subscription `json:"subscriptions"`
	}](ctx, c, http.MethodGet, "/calendar/subscriptions", nil, nil)
	return list.Subscriptions, err
}

// Subscribe makes a calendar that can be subscribed to at a secret address.
func (c *Client) Subscribe(ctx context.Context, r SubscriptionRequest) (SubscriptionSecret, error) {
	return call[SubscriptionSecret](ctx, c, http.MethodPost, "/calendar/subscriptions", nil, r)
}

// RenewSubscription gives a subscription another address.
func (c *Client) RenewSubscription(ctx context.Context, id, by string) (SubscriptionSecret, error) {
	return call[SubscriptionSecret](ctx, c, http.MethodPost, "/calendar/subscriptions/"+url.PathEscape(id)+"/renew", nil, map[string]string{"by": by})
}

// RevokeSubscription takes a subscription back.
func (c *Client) RevokeSubscription(ctx context.Context, id, by string) (Subscription, error) {
	return call[Subscription](ctx, c, http.MethodPost, "/calendar/subscriptions/"+url.PathEscape(id)+"/revoke", nil, map[string]string{"by": by})
}

// SubscriptionURL is the whole address of a subscription, as this client reaches the server.
func (c *Client) SubscriptionURL(s SubscriptionSecret) string {
	return strings.TrimSuffix(c.base, "/api/v1") + s.Path
}
