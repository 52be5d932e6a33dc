package apitest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Webhooks are one subscription with a delivery that was given up.
func (b *Backend) Webhooks(context.Context) ([]board.Webhook, error) {
	return []board.Webhook{{Name: "cmdb", Host: "cmdb.hoster.example", Events: []string{"run.planned", "run.ended"}, Total: 2, Failed: 1, LastDelivered: Now}}, nil
}

// Deliveries are the two of that subscription.
func (b *Backend) Deliveries(context.Context) ([]board.HookDelivery, error) {
	return []board.HookDelivery{
		{ID: "d-2", Webhook: "cmdb", Event: "run.ended", About: "r-1", Queued: Now, Tries: 1, Status: 404, LastTry: Now.Add(time.Second), Failed: Now.Add(time.Second),
			Reason: lang.T("cmdb.hoster.example antwortet mit Status 404.", "cmdb.hoster.example answers with status 404.")},
		{ID: "d-1", Webhook: "cmdb", Event: "run.planned", About: "r-1", Queued: Now, Tries: 1, Status: 204, LastTry: Now, Delivered: Now},
	}, nil
}

// Helpdesk is a help desk that is read.
func (b *Backend) Helpdesk(context.Context) (board.DeskState, error) {
	return board.DeskState{Name: "rt", Trusted: "mx.example.net", Accounts: 1, EveryMS: 60_000, Begun: true}, nil
}
