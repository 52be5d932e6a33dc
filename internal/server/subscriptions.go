package server

import (
	"bytes"
	"cmp"
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/export"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	subscriptionPath  = "/abo/"
	mostSubscriptions = 1000
)

// subscription is what is kept of one: the hash of the secret, not the secret.
type subscription struct {
	board.Subscription
	Hash string `json:"hash"`
}

// Subscribe makes a calendar of a customer, or of the operators, that can be subscribed to at a secret address. The
// address is told here and never again.
func (s *Server) Subscribe(ctx context.Context, q board.SubscriptionRequest) (board.SubscriptionSecret, error) {
	var out board.SubscriptionSecret
	if q.By = strings.TrimSpace(q.By); q.By == "" {
		return out, fault.New(fault.Invalid, lang.T("Es fehlt, wer das Abonnement anlegt.", "It does not say who makes the subscription."), lang.T("Bitte mit --by angeben.", "Please state it with --by."))
	}
	if (q.Customer == "") != q.Operators {
		return out, fault.New(fault.Invalid, lang.T("Es fehlt, wessen Kalender es ist: der eines Kunden oder der des Betriebs.", "It does not say whose calendar it is: a customer's or the operators'."),
			lang.T("Bitte entweder --customer ID oder --operators angeben.", "Please state either --customer ID or --operators."))
	}
	secret, err := newSecret()
	if err != nil {
		return out, err
	}
	err = s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		customer, ok := e.Customer(q.Customer)
		if !ok && q.Customer != "" {
			return fault.Missing("Der Kunde", "customer", q.Customer)
		}
		have, err := documents[subscription](c.Rulings(ctx, store.RulingSubscribed))
		if err != nil {
			return err
		}
		if len(have) >= mostSubscriptions {
			return fault.New(fault.Conflict, lang.Textf("Es gibt schon %[1]d Abonnements.", "There are %[1]d subscriptions already.", len(have)), lang.T("Bitte ein vorhandenes erneuern.", "Please renew one of them."))
		}
		id, err := newID("k", c.at)
		if err != nil {
			return err
		}
		kept := subscription{board.Subscription{ID: id, Customer: q.Customer, CustomerName: customer.Name, Lang: cmp.Or(q.Lang, lang.DE), By: q.By, Given: c.at}, hashOf(secret)}
		out = board.SubscriptionSecret{Subscription: kept.Subscription, Path: subscriptionPath + secret + ".ics"}
		return c.keepRuling(ctx, id, store.RulingSubscribed, q.Customer, kept)
	})
	return out, err
}

// RenewSubscription gives a subscription another address; the one before leads nowhere from then on.
func (s *Server) RenewSubscription(ctx context.Context, id, by string) (board.SubscriptionSecret, error) {
	var out board.SubscriptionSecret
	secret, err := newSecret()
	if err != nil {
		return out, err
	}
	kept, err := s.amendSubscription(ctx, id, by, func(k *subscription, at time.Time) { k.Hash, k.Renewed, k.By = hashOf(secret), at, by })
	if err != nil {
		return out, err
	}
	return board.SubscriptionSecret{Subscription: kept.Subscription, Path: subscriptionPath + secret + ".ics"}, nil
}

// RevokeSubscription takes a subscription back: its address leads nowhere from then on.
func (s *Server) RevokeSubscription(ctx context.Context, id, by string) (board.Subscription, error) {
	kept, err := s.amendSubscription(ctx, id, by, func(k *subscription, at time.Time) { k.Hash, k.Revoked, k.RevokedBy = "", at, by })
	return kept.Subscription, err
}

func (s *Server) amendSubscription(ctx context.Context, id, by string, edit func(*subscription, time.Time)) (kept subscription, err error) {
	if by = strings.TrimSpace(by); by == "" {
		return kept, fault.New(fault.Invalid, lang.T("Es fehlt, von wem das stammt.", "It does not say whose word this is."), lang.T("Bitte mit --by angeben.", "Please state it with --by."))
	}
	err = s.change(ctx, func(c *change) error {
		kept, err = amend(ctx, c, store.RulingSubscribed, id, fault.Missing("Das Abonnement", "subscription", id), func(k *subscription) error {
			if !k.Revoked.IsZero() {
				return fault.New(fault.Conflict, lang.Textf("Das Abonnement %[1]s ist widerrufen.", "The subscription %[1]s is revoked.", id), lang.T("Bitte ein neues anlegen.", "Please make a new one."))
			}
			edit(k, c.at)
			return nil
		})
		return err
	})
	return kept, err
}

// Subscriptions lists the subscriptions, the newest first, revoked ones too.
func (s *Server) Subscriptions(ctx context.Context) ([]board.Subscription, error) {
	var out []board.Subscription
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := documents[subscription](tx.Rulings(ctx, store.RulingSubscribed))
		for _, k := range list {
			out = append(out, k.Subscription)
		}
		return err
	})
	return out, err
}

// subscriptionOf finds the subscription of a secret. Each one is compared in constant time.
func (s *Server) subscriptionOf(ctx context.Context, secret string) (board.Subscription, bool, error) {
	var found board.Subscription
	ok := false
	hash := []byte(hashOf(secret))
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := documents[subscription](tx.Rulings(ctx, store.RulingSubscribed))
		for _, k := range list {
			if k.Revoked.IsZero() && subtle.ConstantTimeCompare(hash, []byte(k.Hash)) == 1 {
				found, ok = k.Subscription, true
			}
		}
		return err
	})
	return found, ok, err
}

// subscribedText writes the calendar of a subscription.
func (s *Server) subscribedText(ctx context.Context, k board.Subscription) ([]byte, error) {
	name, list, err := s.entries(ctx, k.Customer, true)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = export.Calendar(&b, name, list, k.Lang, k.Given)
	return b.Bytes(), err
}
