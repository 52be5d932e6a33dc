package server

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/wire"
)

// closeOrder decides on what the host reported just now, and closes and signs the work order. What was
// previewed when the run was planned is a preview; what is ordered is what is due and permitted now.
func (c *change) closeOrder(ctx context.Context, r store.Run) error {
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	sub, err := c.server.subject(ctx, c.Tx, e, r.System)
	if err != nil {
		return err
	}
	if sub.facts == nil || len(sub.facts.Indices.Errors) > 0 {
		// "0 updates" on stale lists is not "patched" (obstacle 11).
		detail := ""
		if sub.facts != nil {
			detail = sub.facts.Indices.Errors[0]
		}
		return c.endHere(ctx, r, verdict.Blocked, "indices", lang.Textf(
			"Die Paketlisten ließen sich nicht vollständig und geprüft auffrischen: %[1]s",
			"The package lists could not be refreshed whole and verified: %[1]s", detail))
	}
	request := sub.request(r.ID, c.at)
	if r.Urgent {
		request = sub.urgent(r.ID, c.at)
	}
	granted, refusals := mandate.Grant(request)
	st, err := c.SavePaper(ctx, r.ID, store.Closing, store.Paper{Request: request, Changes: granted.Changes(), LeftOut: refusals}, c.at)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	if granted.Zero() {
		if len(refusals) > 0 && !slices.ContainsFunc(refusals, func(r mandate.Refusal) bool { return !r.Finding.Phased }) {
			return c.endHere(ctx, r, verdict.Deferred, "phased", refusals[0].Text) // it comes by itself (obstacle 23)
		}
		if len(refusals) > 0 {
			return c.endHere(ctx, r, verdict.Blocked, "no_mandate", refusals[0].Text)
		}
		return c.endHere(ctx, r, verdict.Deferred, "nothing_due", lang.T("Es ist nichts mehr fällig.", "Nothing is due any more."))
	}
	return c.sealOrder(ctx, r, sub, granted)
}

// sealOrder closes and signs a work order over what is granted. One that cannot be made ends the run, and so
// does somebody who has become root on the host meanwhile (obstacle 21); what was put in place before can still
// be taken back.
func (c *change) sealOrder(ctx context.Context, r store.Run, sub subject, granted mandate.Mandate) error {
	if _, lift := granted.Measure(); !lift {
		why, err := c.rootHolds(ctx, sub)
		if err != nil {
			return err
		}
		if !why.IsZero() {
			return c.endHere(ctx, r, verdict.Blocked, "root_gained", why)
		}
	}
	order, err := wire.NewWorkOrder(granted, wire.Closing{
		ID: r.ID, Facts: sub.hash, Issued: c.at, NotBefore: r.Slot.From.Truncate(time.Second), NotAfter: r.Slot.To,
		MaxMinutes: int(c.server.config.RunLimit.Minutes()), Reboot: granted.Reboot(), Services: sub.held.System.Services, Checks: sub.held.System.Checks,
		Backup: sub.held.Contract.Backup,
	})
	if err != nil {
		return c.endHere(ctx, r, verdict.Blocked, "order_form", lang.Textf(
			"Der Arbeitsauftrag ließ sich nicht bilden: %[1]s", "The work order could not be made: %[1]s", err.Error()))
	}
	signed, err := wire.Seal(order, c.server.keys.order)
	if err != nil {
		return err
	}
	return c.saveOrder(ctx, r, granted, signed)
}

// saveOrder stores mandate, signed order and the run's new stage, and uses up the customer's orders.
func (c *change) saveOrder(ctx context.Context, r store.Run, granted mandate.Mandate, signed wire.Signed) error {
	st, err := c.AddMandate(ctx, granted, c.at)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	for _, g := range granted.Grounds() {
		if g.Kind != mandate.ByOrder {
			continue
		}
		st, err := c.UseOrder(ctx, g.Basis, r.ID)
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
	}
	st, err = c.SaveWorkOrder(ctx, store.WorkOrder{
		Run: r.ID, Document: signed.Document, Signature: signed.Signature, Key: signed.Key, Digest: signed.Digest(), At: c.at,
	})
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	r.Stage, r.Mandate, r.Packages = board.Ordered, granted.Digest(), len(granted.Changes())
	r.Ground = granted.Grounds()[0].Name()
	r.Sentence = lang.Counted(r.Packages, lang.T("Arbeitsauftrag über %[1]s Paket ist unterschrieben.", "A work order for %[1]s package is signed."), lang.T("Arbeitsauftrag über %[1]s Pakete ist unterschrieben.", "A work order for %[1]s packages is signed."))
	if measure, lift := granted.Measure(); measure != nil {
		r.Sentence = measureOrdered(measure, lift)
	}
	st, err = c.UpdateRun(ctx, r, r.Version)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	c.wake(topicHost(r.System), topicRun(r.ID))
	return nil
}
