package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Subscriptions are the calendars that are subscribed to at secret addresses.
type Subscriptions interface {
	Subscriptions(ctx context.Context) ([]board.Subscription, error)
	Subscribe(ctx context.Context, q board.SubscriptionRequest) (board.SubscriptionSecret, error)
	RenewSubscription(ctx context.Context, id, by string) (board.SubscriptionSecret, error)
	RevokeSubscription(ctx context.Context, id, by string) (board.Subscription, error)
}

// subscribeInput makes a subscription.
type subscribeInput struct {
	Body struct {
		Customer  string    `json:"customer,omitempty" maxLength:"63" doc:"ID of the customer whose calendar it is"`
		Operators bool      `json:"operators,omitempty" doc:"Instead: everything, for the operators"`
		Lang      lang.Lang `json:"lang,omitempty" enum:"de,en" doc:"Language; empty: German"`
		By        string    `json:"by" maxLength:"200" doc:"Who makes it"`
	}
}

// subscriptionPath names a subscription in the path.
type subscriptionPath struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the subscription"`
	Body struct {
		By string `json:"by" minLength:"1" maxLength:"200" doc:"Who says so"`
	}
}

type subscriptionList struct {
	Subscriptions []board.Subscription `json:"subscriptions"`
}

func (s *service) subscriptions() {
	register(s, s.operation(http.MethodGet, "/calendar/subscriptions", "subscriptions", "The calendars that are subscribed to, without their addresses", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[subscriptionList], error) {
			list, err := s.backend.Calendar.Subscriptions(ctx)
			return answer(subscriptionList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodPost, "/calendar/subscriptions", "subscribe", "Make a calendar that can be subscribed to; its secret address is told here and never again", limitWrite),
		func(ctx context.Context, in *subscribeInput) (*body[board.SubscriptionSecret], error) {
			b := in.Body
			return answer(s.backend.Calendar.Subscribe(ctx, board.SubscriptionRequest{Customer: b.Customer, Operators: b.Operators, Lang: b.Lang, By: b.By}))
		})
	register(s, s.operation(http.MethodPost, "/calendar/subscriptions/{id}/renew", "renewSubscription", "Give a subscription another secret address; the one before leads nowhere any more", limitWrite),
		func(ctx context.Context, in *subscriptionPath) (*body[board.SubscriptionSecret], error) {
			return answer(s.backend.Calendar.RenewSubscription(ctx, in.ID, in.Body.By))
		})
	register(s, s.operation(http.MethodPost, "/calendar/subscriptions/{id}/revoke", "revokeSubscription", "Take a subscription back; its address leads nowhere any more", limitWrite),
		func(ctx context.Context, in *subscriptionPath) (*body[board.Subscription], error) {
			return answer(s.backend.Calendar.RevokeSubscription(ctx, in.ID, in.Body.By))
		})
}
