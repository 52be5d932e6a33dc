package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Happening is something that others are told of. Its ID says what, so that it is told once.
type Happening struct {
	ID       string
	Event    string // as "run.ended"
	About    string // a run, an order, a message, a system with a hole
	At       time.Time
	Document []byte // JSON: what subscribers get
}

// Delivery is a happening on its way to one subscriber. What it states is no evidence and stands in no record.
type Delivery struct {
	ID        string
	Hook      string // name of the subscription
	Happening string
	Queued    time.Time
	FirstTry  time.Time
	LastTry   time.Time
	Tries     int64
	Status    int64 // HTTP status of the last answer; 0: none
	Delivered time.Time
	Failed    time.Time // given up
	Reason    string    // JSON: why the last try failed, in both languages; empty when it did not
}

// AddHappening keeps a happening; false when it is known.
func (tx *Tx) AddHappening(ctx context.Context, h Happening) (bool, error) {
	n, err := tx.q.AddHappening(ctx, sqlgen.AddHappeningParams{ID: h.ID, Event: h.Event, About: h.About, At: micros(h.At), Document: h.Document})
	if err != nil {
		return false, fmt.Errorf("store: happening %q: %w", h.ID, err)
	}
	return n == 1, nil
}

// Happening is the happening of that ID.
func (tx *Tx) Happening(ctx context.Context, id string) (Happening, bool, error) {
	row, err := tx.q.GetHappening(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Happening{}, false, nil
	}
	if err != nil {
		return Happening{}, false, fmt.Errorf("store: happening %q: %w", id, err)
	}
	return Happening{row.ID, row.Event, row.About, moment(row.At), row.Document}, true, nil
}

// AddDelivery keeps a delivery that is to be made; false when it is known.
func (tx *Tx) AddDelivery(ctx context.Context, d Delivery) (bool, error) {
	n, err := tx.q.AddDelivery(ctx, d.ID, d.Hook, d.Happening, micros(d.Queued))
	if err != nil {
		return false, fmt.Errorf("store: delivery %q: %w", d.ID, err)
	}
	return n == 1, nil
}

// Delivery is the delivery of that ID.
func (tx *Tx) Delivery(ctx context.Context, id string) (Delivery, bool, error) {
	row, err := tx.q.GetDelivery(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, false, nil
	}
	if err != nil {
		return Delivery{}, false, fmt.Errorf("store: delivery %q: %w", id, err)
	}
	return deliveryOf(row), true, nil
}

// SetDelivery keeps what came of a try; d.Tries counts it. Somebody else's try in between is ErrStale.
func (tx *Tx) SetDelivery(ctx context.Context, d Delivery) error {
	n, err := tx.q.SetDelivery(ctx, sqlgen.SetDeliveryParams{ID: d.ID, FirstTry: micros(d.FirstTry), LastTry: micros(d.LastTry), Tries: d.Tries, Status: d.Status,
		Delivered: micros(d.Delivered), Failed: micros(d.Failed), Reason: d.Reason})
	switch {
	case err != nil:
		return fmt.Errorf("store: delivery %q: %w", d.ID, err)
	case n == 0:
		return fmt.Errorf("store: delivery %q: %w", d.ID, ErrStale)
	}
	return nil
}

// Deliveries are the newest deliveries, the newest first.
func (tx *Tx) Deliveries(ctx context.Context, most int) ([]Delivery, error) {
	rows, err := tx.q.ListDeliveries(ctx, int32(most))
	if err != nil {
		return nil, fmt.Errorf("store: deliveries: %w", err)
	}
	list := make([]Delivery, len(rows))
	for i, r := range rows {
		list[i] = deliveryOf(r)
	}
	return list, nil
}

func deliveryOf(r sqlgen.Delivery) Delivery {
	return Delivery{r.ID, r.Hook, r.Happening, moment(r.Queued), moment(r.FirstTry), moment(r.LastTry), r.Tries, r.Status, moment(r.Delivered), moment(r.Failed), r.Reason}
}

// HookCount says how a subscription stands.
type HookCount struct {
	Total, Waiting, Failed int64
	LastDelivered          time.Time
}

// HookCounts are the counts by subscription.
func (tx *Tx) HookCounts(ctx context.Context) (map[string]HookCount, error) {
	rows, err := tx.q.CountDeliveries(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: deliveries: %w", err)
	}
	out := map[string]HookCount{}
	for _, r := range rows {
		out[r.Hook] = HookCount{r.Total, r.Waiting, r.Failed, moment(r.LastDelivered)}
	}
	return out, nil
}

// ForgetDeliveries drops what is older than a time: a log of years helps nobody.
func (tx *Tx) ForgetDeliveries(ctx context.Context, before time.Time) error {
	if err := tx.q.DropDeliveries(ctx, micros(before)); err != nil {
		return fmt.Errorf("store: deliveries: %w", err)
	}
	if err := tx.q.DropHappenings(ctx, micros(before)); err != nil {
		return fmt.Errorf("store: happenings: %w", err)
	}
	return nil
}

// DeskCursor is how far a help desk was read; known is false for one that was never read.
func (tx *Tx) DeskCursor(ctx context.Context, desk string) (position int64, known bool, err error) {
	row, err := tx.q.GetDeskCursor(ctx, desk)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("store: cursor of %q: %w", desk, err)
	}
	return row.Position, true, nil
}

// SetDeskCursor keeps how far a help desk was read.
func (tx *Tx) SetDeskCursor(ctx context.Context, desk string, position int64, at time.Time) error {
	if err := tx.q.PutDeskCursor(ctx, desk, position, micros(at)); err != nil {
		return fmt.Errorf("store: cursor of %q: %w", desk, err)
	}
	return nil
}
