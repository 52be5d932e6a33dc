package webtest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Helpdesk is a help desk with linked accounts.
func (b *Backend) Helpdesk(context.Context) (board.DeskState, error) {
	if b.Fail != nil || len(b.systems) == 0 {
		return board.DeskState{}, b.Fail
	}
	return board.DeskState{Name: "rt", Trusted: "mx.nordlicht.example", Signatures: true, Accounts: 2, Hook: true, EveryMS: 60_000, Begun: true}, nil
}

// Webhooks are one that delivers and one that fails.
func (b *Backend) Webhooks(context.Context) ([]board.Webhook, error) {
	if b.Fail != nil || len(b.systems) == 0 {
		return nil, b.Fail
	}
	return []board.Webhook{
		{Name: "status", Host: "status.nordlicht.example", Events: []string{"run.planned", "run.ended"}, Total: 812, LastDelivered: b.Now.Add(-2 * time.Hour)},
		{Name: "kuhn", Host: "hooks.kuhn.example:8443", Events: []string{"run.ended"}, Total: 97, Waiting: 1, Failed: 1, LastDelivered: b.Now.Add(-80 * time.Hour)},
	}, nil
}

// Deliveries are delivered, tried again, and given up.
func (b *Backend) Deliveries(context.Context) ([]board.HookDelivery, error) {
	if b.Fail != nil || len(b.systems) == 0 {
		return nil, b.Fail
	}
	refused := lang.T("Der Empfänger antwortet mit Status 503.", "The receiver answers with status 503.")
	return []board.HookDelivery{
		{ID: "d-4", Webhook: "status", Event: "run.ended", About: "R-0811", Queued: b.Now.Add(-2 * time.Hour), Tries: 1, Status: 204, LastTry: b.Now.Add(-2 * time.Hour), Delivered: b.Now.Add(-2 * time.Hour)},
		{ID: "d-3", Webhook: "kuhn", Event: "run.ended", About: "R-0812", Queued: b.Now.Add(-4 * time.Hour), Tries: 5, Status: 503, LastTry: b.Now.Add(-40 * time.Minute), Reason: refused},
		{ID: "d-2", Webhook: "kuhn", Event: "run.ended", About: "R-0809", Queued: b.Now.Add(-76 * time.Hour), Tries: 14, Status: 503, LastTry: b.Now.Add(-3 * time.Hour), Failed: b.Now.Add(-3 * time.Hour), Reason: refused},
		{ID: "d-1", Webhook: "status", Event: "order.accepted", About: "A-2026-0117", Queued: b.Now.Add(-22 * time.Hour), Tries: 1, Status: 204, LastTry: b.Now.Add(-22 * time.Hour), Delivered: b.Now.Add(-22 * time.Hour)},
	}, nil
}

// CustomerNames are the customers of the systems.
func (b *Backend) CustomerNames(context.Context) ([]board.CustomerName, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []board.CustomerName
	for _, s := range b.systems {
		if one := (board.CustomerName{ID: s.Held.Customer.ID, Name: s.Held.Customer.Name}); !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out, b.Fail
}

// subscriptions are those that were made, and one of the operators' from before.
func (b *Backend) subscriptions() []board.Subscription {
	if len(b.abos) == 0 && len(b.systems) > 0 {
		b.abos = []board.Subscription{
			{ID: "k-2", Customer: "kuhn", CustomerName: "Bäckerei Kuhn GmbH", Lang: lang.DE, By: "Otto Ehlers", Given: b.Now.Add(-90 * 24 * time.Hour), Revoked: b.Now.Add(-24 * time.Hour), RevokedBy: "Otto Ehlers"},
			{ID: "k-1", Lang: lang.DE, By: "Ida Brandt", Given: b.Now.Add(-40 * 24 * time.Hour)},
		}
	}
	return b.abos
}

// Subscriptions are the calendars that people subscribe to.
func (b *Backend) Subscriptions(context.Context) ([]board.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.subscriptions()), b.Fail
}

// Subscribe makes one.
func (b *Backend) Subscribe(_ context.Context, q board.SubscriptionRequest) (board.SubscriptionSecret, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q.By == "" {
		return board.SubscriptionSecret{}, fault.New(fault.Invalid, lang.T("Es fehlt, wer das Abonnement anlegt.", "It does not say who makes the subscription."), lang.Text{})
	}
	s := board.Subscription{ID: "k-" + strconv.Itoa(len(b.subscriptions())+1), Customer: q.Customer, Lang: q.Lang, By: q.By, Given: b.Now}
	for _, sys := range b.systems {
		if sys.Held.Customer.ID == q.Customer {
			s.CustomerName = sys.Held.Customer.Name
		}
	}
	if q.Customer != "" && s.CustomerName == "" {
		return board.SubscriptionSecret{}, fault.Missing("Der Kunde", "customer", q.Customer)
	}
	b.abos = append([]board.Subscription{s}, b.abos...)
	return board.SubscriptionSecret{Subscription: s, Path: "/abo/geheim-" + s.ID + ".ics"}, nil
}

// RenewSubscription gives one another address.
func (b *Backend) RenewSubscription(_ context.Context, id, by string) (board.SubscriptionSecret, error) {
	s, err := b.amend(id, by, func(s *board.Subscription) { s.Renewed, s.By = b.Now, by })
	return board.SubscriptionSecret{Subscription: s, Path: "/abo/neu-" + id + ".ics"}, err
}

// RevokeSubscription takes one back.
func (b *Backend) RevokeSubscription(_ context.Context, id, by string) (board.Subscription, error) {
	return b.amend(id, by, func(s *board.Subscription) { s.Revoked, s.RevokedBy = b.Now, by })
}

func (b *Backend) amend(id, by string, edit func(*board.Subscription)) (board.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if by == "" {
		return board.Subscription{}, fault.New(fault.Invalid, lang.T("Es fehlt, von wem das stammt.", "It does not say whose word this is."), lang.Text{})
	}
	i := slices.IndexFunc(b.subscriptions(), func(s board.Subscription) bool { return s.ID == id && s.Revoked.IsZero() })
	if i < 0 {
		return board.Subscription{}, fault.Missing("Das Abonnement", "subscription", id)
	}
	edit(&b.abos[i])
	return b.abos[i], nil
}
