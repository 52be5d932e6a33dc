package webtest

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// PreviewOrder says what an order would do; nothing is kept.
func (b *Backend) PreviewOrder(_ context.Context, r board.OrderRequest) (board.OrderPreview, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.find(r.System)
	if err != nil {
		return board.OrderPreview{}, err
	}
	o := mandate.Order{Terms: mandate.Terms{Packages: r.Packages}}
	out := board.OrderPreview{Confirmation: confirmation(s.Name, r.Scope), State: mandate.Accepted, Charge: s.Job.Charge, Rule: s.Job.GoverningRule(),
		Zone: "Europe/Berlin", Slot: s.Slot, NoSlot: s.NoSlot}
	if r.Change != nil {
		out.Change, out.Slot = r.Change, nil
		out.NoSlot = lang.T("Einen automatischen Lauf gibt es dafür nicht.", "There is no automatic run for this.")
		return out, nil
	}
	for _, d := range s.DueList {
		if o.Names(d.Finding) && d.Decision.Verdict == policy.Permitted && (d.Finding.Class == policy.ChangeClassSecurityUpdate || r.Scope == estate.ScopeUpdates) {
			out.Changes = append(out.Changes, mandate.Change{Package: d.Finding.Package, Arch: d.Finding.Arch, From: d.Finding.Installed, To: d.Finding.Candidate})
			continue
		}
		out.LeftOut = append(out.LeftOut, mandate.Refusal{Finding: d.Finding, Rule: d.Rule, Text: d.Why, Ask: d.Ask, Decision: d.Decision})
	}
	return out, nil
}

func (b *Backend) editOrder(ctx context.Context, id string, edit func(*mandate.Order)) (board.OrderRow, error) {
	b.mu.Lock()
	found := false
	for _, s := range b.systems {
		for i := range s.Orders {
			if o := &s.Orders[i]; o.ID == id {
				edit(o)
				found = true
			}
		}
	}
	b.mu.Unlock()
	if !found {
		return board.OrderRow{}, fault.Missing("Den Auftrag", "order", id)
	}
	return b.Order(ctx, id)
}

// OfferPrice names a price.
func (b *Backend) OfferPrice(ctx context.Context, q board.PriceOffer) (board.OrderRow, error) {
	return b.editOrder(ctx, q.Order, func(o *mandate.Order) {
		o.Terms.Price = &mandate.Price{Rule: "MH2-11", Amount: q.Amount, By: q.By, Offered: b.Now, Until: b.Now.AddDate(0, 0, 14)}
	})
}

// AnswerPrice keeps the answer to it.
func (b *Backend) AnswerPrice(ctx context.Context, q board.PriceAnswer) (board.OrderRow, error) {
	return b.editOrder(ctx, q.Order, func(o *mandate.Order) {
		if o.Terms.Price != nil {
			o.Terms.Price.Answer = mandate.NewAnswer(q.Yes, q.Contact, q.Channel, q.Text, b.Now)
		}
	})
}

// SettleOrder closes an order by hand.
func (b *Backend) SettleOrder(ctx context.Context, q board.OrderSettlement) (board.OrderRow, error) {
	return b.editOrder(ctx, q.Order, func(o *mandate.Order) {
		o.Terms.Closed = &mandate.Closed{State: mandate.Refused, By: q.By, At: b.Now}
		if q.Done {
			o.Terms.Closed.State = mandate.Done
		}
	})
}
