package server

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// reslotAll moves the planned runs that a freeze is in the way of; with earlier, also those that can be made
// earlier now. All others stay where they are.
func (c *change) reslotAll(ctx context.Context, earlier bool) ([]string, error) {
	e, err := c.Estate(ctx)
	if err != nil {
		return nil, err
	}
	t, err := c.timetable(ctx, e)
	if err != nil {
		return nil, err
	}
	if earlier {
		if err := t.release(); err != nil {
			return nil, err
		}
	}
	made, err := t.plan()
	if err != nil {
		return nil, err
	}
	moved, gone, err := t.rearrange(ctx, made, false)
	var ids []string
	for _, m := range moved {
		ids = append(ids, m.Run)
	}
	for _, g := range gone {
		ids = append(ids, g.Run)
	}
	return ids, err
}

// release lets go of the slots of those runs that would have an earlier one, so that they are placed anew.
func (t *timetable) release() error {
	t.order()
	p, err := schedule.Start(t.in, t.previous)
	if err != nil {
		return err
	}
	var free []string
	for _, c := range t.in.Changes {
		next, why, err := p.Next(c)
		if err != nil {
			return err
		}
		if why.Code == "" && next.From.Before(t.planned[c.ID].Slot.From) {
			free = append(free, c.ID)
		}
	}
	t.previous.Slots = slices.DeleteFunc(t.previous.Slots, func(s schedule.Slot) bool { return slices.Contains(free, s.Change) })
	return nil
}

// rearrange carries out what a new plan has otherwise than the runs that were planned: they move, or end.
func (t *timetable) rearrange(ctx context.Context, made schedule.Plan, preview bool) (moved []board.Moved, gone []board.NotPlanned, err error) {
	why := map[string]schedule.Cause{}
	for _, m := range made.Moves {
		why[m.Change] = m.Why
	}
	for _, s := range made.Slots {
		r, ok := t.planned[s.Change]
		if !ok || s.From.Equal(r.Slot.From) {
			if !ok || !frozen(t.freezes, r) {
				continue
			}
		}
		high := s.To.Sub(s.From)
		m := board.Moved{System: r.System, Run: r.ID, Before: r.Slot, After: t.slot(s, r.Urgent, high), Code: string(why[r.ID].Code), Reason: t.why(s, r.Urgent, high)}
		if text := why[r.ID].Text(); !text.IsZero() {
			m.Reason = text
		}
		moved = append(moved, m)
		if preview {
			continue
		}
		if err := t.move(ctx, r, m); err != nil {
			return moved, gone, err
		}
	}
	for _, n := range made.Not {
		r, ok := t.planned[n.Change]
		if !ok {
			continue
		}
		gone = append(gone, board.NotPlanned{System: r.System, Run: r.ID, Code: string(n.Why.Code), Reason: n.Why.Text()})
		if preview {
			continue
		}
		if err := t.endHere(ctx, r, verdict.Deferred, string(n.Why.Code), n.Why.Text()); err != nil {
			return moved, gone, err
		}
	}
	return moved, gone, nil
}

// move gives a planned run another slot and tells the customer. A freeze that only narrows the slot moves nothing.
func (t *timetable) move(ctx context.Context, r store.Run, m board.Moved) error {
	was := r.Slot
	r.Slot, r.Sentence = m.After, m.Reason
	st, err := t.UpdateRun(ctx, r, r.Version)
	if err := t.put(ctx, st, err); err != nil {
		return err
	}
	t.wake(topicRun(r.ID))
	if err := t.enqueue(ctx, jobAdvance, r.ID, r.Slot.From); err != nil {
		return err
	}
	if was.From.Equal(m.After.From) {
		return nil
	}
	held := t.held[r.System]
	zone := t.zoneOf(held)
	at := func(x time.Time) lang.Text {
		return lang.T(lang.DateTime(x.In(zone), lang.DE), lang.DateTime(x.In(zone), lang.EN))
	}
	return t.tell(ctx, r.System, noticeMoved, r.ID+r.Slot.From.String(), recipient(clock.Customer, held), lang.Textf(
		"%[1]s: Die Wartung ist verschoben, von %[2]s auf %[3]s. %[4]s", "%[1]s: the maintenance has moved, from %[2]s to %[3]s. %[4]s", r.System, at(was.From), at(m.After.From), m.Reason))
}

// again plans one run anew whose slot has come and cannot be used, beside all others: none of them moves for it.
// It is not made before notUntil. Without any slot it ends as deferred.
func (c *change) again(ctx context.Context, r store.Run, notUntil time.Time) error {
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	t, err := c.timetable(ctx, e)
	if err != nil {
		return err
	}
	held, ok := t.held[r.System]
	if !ok {
		return c.endHere(ctx, r, verdict.Deferred, "no_slot", noSlot)
	}
	past, err := c.PastRuns(ctx, r.System, 20)
	if err != nil {
		return err
	}
	t.drop(r.ID)
	t.in.Running = slices.DeleteFunc(t.in.Running, func(x schedule.Running) bool { return x.ID == r.ID })
	delete(t.running, r.System)
	class := schedule.Ordered
	if r.Urgent {
		class = schedule.Emergency
	}
	median, high := durations(past)
	wish := t.wish(r.ID, held, class, median, high)
	wish.NotBefore = notUntil
	next, why, err := t.next(wish)
	if err != nil {
		return err
	}
	if why.Code != "" {
		return c.endHere(ctx, r, verdict.Deferred, string(why.Code), why.Text())
	}
	m := board.Moved{System: r.System, Run: r.ID, Before: r.Slot, After: t.slot(next, r.Urgent, high), Reason: t.why(next, r.Urgent, high)}
	if !notUntil.IsZero() {
		m.Reason = lang.T("Das Wartungsfenster ging vorbei, ohne dass begonnen werden konnte; nachgeholt wird im nächsten.",
			"The maintenance window passed before work could begin; it is made up for in the next one.")
	}
	r.Stage = board.Planned
	return t.move(ctx, r, m)
}

var noSlot = lang.T("Es gibt kein Wartungsfenster mehr, in das der Lauf passt.", "There is no maintenance window left that the run fits into.")

// next is the next slot for one change more, beside all that is planned.
func (t *timetable) next(wish schedule.Change) (schedule.Slot, schedule.Cause, error) {
	t.order()
	p, err := schedule.Start(t.in, t.previous)
	if err != nil {
		return schedule.Slot{}, schedule.Cause{}, err
	}
	return p.Next(wish)
}
