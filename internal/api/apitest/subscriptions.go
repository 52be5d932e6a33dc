package apitest

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// Subscriptions are those that were made.
func (b *Backend) Subscriptions(context.Context) ([]board.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]board.Subscription{}, b.subscribed...), nil
}

// Subscribe makes one.
func (b *Backend) Subscribe(_ context.Context, q board.SubscriptionRequest) (board.SubscriptionSecret, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := board.Subscription{ID: "k1", Customer: q.Customer, Lang: q.Lang, By: q.By, Given: Now}
	b.subscribed = append(b.subscribed, s)
	return board.SubscriptionSecret{Subscription: s, Path: "/abo/geheim.ics"}, nil
}

// RenewSubscription gives one another address.
func (b *Backend) RenewSubscription(_ context.Context, id, by string) (board.SubscriptionSecret, error) {
	s, err := b.subscription(id, func(s *board.Subscription) { s.Renewed, s.By = Now, by })
	return board.SubscriptionSecret{Subscription: s, Path: "/abo/anders.ics"}, err
}

// RevokeSubscription takes one back.
func (b *Backend) RevokeSubscription(_ context.Context, id, by string) (board.Subscription, error) {
	return b.subscription(id, func(s *board.Subscription) { s.Revoked, s.RevokedBy = Now, by })
}

func (b *Backend) subscription(id string, edit func(*board.Subscription)) (board.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.subscribed {
		if b.subscribed[i].ID == id {
			edit(&b.subscribed[i])
			return b.subscribed[i], nil
		}
	}
	return board.Subscription{}, fault.Missing("Das Abonnement", "subscription", id)
}
