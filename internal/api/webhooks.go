package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
)

// Webhooks is who is told what happens.
type Webhooks interface {
	Webhooks(ctx context.Context) ([]board.Webhook, error)
	Deliveries(ctx context.Context) ([]board.HookDelivery, error)
	Helpdesk(ctx context.Context) (board.DeskState, error)
}

type webhookList struct {
	Webhooks []board.Webhook `json:"webhooks"`
}

type deliveryList struct {
	Deliveries []board.HookDelivery `json:"deliveries"`
}

func (s *service) webhooks() {
	register(s, s.operation(http.MethodGet, "/helpdesk", "helpdesk", "Whether a help desk is read, and what of it is believed", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[board.DeskState], error) {
			return answer(s.backend.Webhooks.Helpdesk(ctx))
		})
	register(s, s.operation(http.MethodGet, "/webhooks", "webhooks", "Subscriptions to what happens, and how their deliveries stand", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[webhookList], error) {
			list, err := s.backend.Webhooks.Webhooks(ctx)
			return answer(webhookList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/webhooks/deliveries", "webhookDeliveries", "The latest deliveries, the newest first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[deliveryList], error) {
			list, err := s.backend.Webhooks.Deliveries(ctx)
			return answer(deliveryList{filled(list)}, err)
		})
}
