package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/webhook"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

// HookSender sends one delivery once. See webhook.Sender.
type HookSender interface {
	Send(ctx context.Context, d webhook.Delivery) (webhook.Result, error)
}

// Hook is a subscription.
type Hook struct {
	Name   string
	Host   string   // where to, without the path: that may be a secret
	Events []string // empty: all
	Sender HookSender
}

// wants reports whether a subscription is for an event.
func (h Hook) wants(event string) bool {
	return slices.Contains(Events, event) && (len(h.Events) == 0 || slices.Contains(h.Events, event))
}

// hook is the subscription of that name.
func (s *Server) hook(name string) (Hook, bool) {
	at := slices.IndexFunc(s.config.Hooks, func(h Hook) bool { return h.Name == name })
	if at < 0 {
		return Hook{}, false
	}
	return s.config.Hooks[at], true
}

// queueHooks queues an event for those who want it. A delivery's ID is made of both, so that it is the same at each
// try and after each restart.
func (c *change) queueHooks(ctx context.Context, h store.Happening) error {
	for _, hook := range c.server.config.Hooks {
		if !hook.wants(h.Event) {
			continue
		}
		sum := sha256.Sum256([]byte(hook.Name + "\n" + h.ID))
		d := store.Delivery{ID: "d-" + hex.EncodeToString(sum[:12]), Hook: hook.Name, Happening: h.ID, Queued: c.at}
		if _, err := c.AddDelivery(ctx, d); err != nil {
			return err
		}
		if err := c.enqueue(ctx, jobWebhook, d.ID, time.Time{}); err != nil { // at once
			return err
		}
	}
	return nil
}

// deliver tries a delivery once. Sending is outside of any transaction: a server that is killed in between sends it
// twice under one ID rather than never.
func (s *Server) deliver(ctx context.Context, id string) (again time.Duration, err error) {
	var d store.Delivery
	var h store.Happening
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		if d, _, err = tx.Delivery(ctx, id); err == nil {
			h, _, err = tx.Happening(ctx, d.Happening)
		}
		return err
	}); err != nil {
		return 0, err
	}
	if d.ID == "" || h.ID == "" || !d.Delivered.IsZero() || !d.Failed.IsZero() {
		return 0, nil
	}
	hook, ok := s.hook(d.Hook)
	got := webhook.Result{Outcome: webhook.Permanent, Reason: lang.T("Das Abonnement gibt es nicht mehr.", "The subscription is gone.")}
	if ok {
		if got, err = hook.Sender.Send(ctx, webhook.Delivery{ID: d.ID, Event: h.Event, Created: h.At, Data: h.Document}); err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			got = webhook.Result{Outcome: webhook.Permanent, Reason: lang.T(err.Error(), err.Error())}
		}
	}
	return s.delivered(ctx, d, got)
}

// delivered keeps what came of a try.
func (s *Server) delivered(ctx context.Context, d store.Delivery, got webhook.Result) (again time.Duration, err error) {
	d.Tries, d.LastTry, d.Status, d.Reason = d.Tries+1, s.now(), int64(got.Status), ""
	if d.FirstTry.IsZero() {
		d.FirstTry = d.LastTry
	}
	if got.Outcome == webhook.Delivered {
		d.Delivered = d.LastTry
	} else {
		reason, err := json.Marshal(got.Reason)
		if err != nil {
			return 0, err
		}
		d.Reason = string(reason)
		next, more := webhook.Next(d.ID, int(d.Tries), d.FirstTry, d.LastTry, got.NotBefore)
		if got.Outcome == webhook.Permanent || !more {
			d.Failed = d.LastTry
			s.log.Error("a webhook is not delivered", "hook", d.Hook, "delivery", d.ID, "reason", got.Reason.EN)
		} else {
			again = max(next.Sub(d.LastTry), time.Second)
		}
	}
	err = s.change(ctx, func(c *change) error { return c.SetDelivery(ctx, d) })
	if errors.Is(err, store.ErrStale) { // another try was faster
		return time.Second, nil
	}
	return again, err
}

// keepLog is how long deliveries stay in the log.
const keepLog = 90 * 24 * time.Hour

// forget drops deliveries of long ago.
func (s *Server) forget(ctx context.Context) error {
	return s.change(ctx, func(c *change) error { return c.ForgetDeliveries(ctx, c.at.Add(-keepLog)) })
}

// Webhooks lists the subscriptions, and how each stands.
func (s *Server) Webhooks(ctx context.Context) ([]board.Webhook, error) {
	var counts map[string]store.HookCount
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		counts, err = tx.HookCounts(ctx)
		return err
	}); err != nil {
		return nil, err
	}
	var out []board.Webhook
	for _, h := range s.config.Hooks {
		events := h.Events
		if len(events) == 0 {
			events = Events
		}
		n := counts[h.Name]
		out = append(out, board.Webhook{Name: h.Name, Host: h.Host, Events: events, Total: int(n.Total), Waiting: int(n.Waiting), Failed: int(n.Failed), LastDelivered: n.LastDelivered})
	}
	return out, nil
}

// mostDeliveries bounds the log.
const mostDeliveries = 500

// Deliveries lists the newest deliveries.
func (s *Server) Deliveries(ctx context.Context) ([]board.HookDelivery, error) {
	var out []board.HookDelivery
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Deliveries(ctx, mostDeliveries)
		if err != nil {
			return err
		}
		for _, d := range list {
			h, _, err := tx.Happening(ctx, d.Happening)
			if err != nil {
				return err
			}
			row := board.HookDelivery{ID: d.ID, Webhook: d.Hook, Event: h.Event, About: h.About, Queued: d.Queued, Tries: int(d.Tries), Status: int(d.Status),
				LastTry: d.LastTry, Delivered: d.Delivered, Failed: d.Failed}
			if d.Reason != "" {
				if err := json.Unmarshal([]byte(d.Reason), &row.Reason); err != nil {
					return err
				}
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}
