package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/run"
)

// mostEvents bounds a list of events.
const mostEvents = 5000

// AddEvents keeps events of an order (a run has the ID of its order), each as its canonical JSON. An
// event that is known already is passed over; another one under its number is ErrDiffers, because then
// somebody does not tell the truth. It returns the statements of those that are new, in order. Gaps
// and sense are run.Apply's business.
func (tx *Tx) AddEvents(ctx context.Context, order string, events []run.Event) ([]Statement, error) {
	var added []Statement
	for _, e := range events {
		if e.Order != order {
			return nil, fmt.Errorf("store: event %d belongs to order %q, not %q", e.Seq, e.Order, order)
		}
		doc := []byte(list(e))
		n, err := tx.q.AddEvent(ctx, order, e.Seq, string(e.Kind), doc)
		if err != nil {
			return nil, fmt.Errorf("store: add event %d of %q: %w", e.Seq, order, err)
		}
		if n == 1 {
			added = append(added, stateEvent(order, e.Seq, string(e.Kind), doc))
			continue
		}
		have, err := tx.q.GetEvent(ctx, order, e.Seq)
		if err != nil {
			return nil, fmt.Errorf("store: add event %d of %q: %w", e.Seq, order, err)
		}
		if !bytes.Equal(have.Document, doc) {
			return nil, fmt.Errorf("store: event %d of %q: %w", e.Seq, order, ErrDiffers)
		}
	}
	return added, nil
}

// Events are the events of an order after a sequence number, live text included. limit 0, or beyond
// it, means 5000.
func (tx *Tx) Events(ctx context.Context, order string, after int64, limit int) ([]run.Event, error) {
	docs, err := tx.q.ListEvents(ctx, order, after, bound(limit, mostEvents))
	return eventsOf(order, docs, err)
}

// Steps are the events of an order without live text, 5000 at most.
func (tx *Tx) Steps(ctx context.Context, order string) ([]run.Event, error) {
	docs, err := tx.q.ListSteps(ctx, order, mostEvents)
	return eventsOf(order, docs, err)
}

// Lines are the newest live text lines of an order, in their order.
func (tx *Tx) Lines(ctx context.Context, order string, newest int) ([]run.Event, error) {
	docs, err := tx.q.ListNewestLines(ctx, order, bound(newest, mostEvents))
	slices.Reverse(docs)
	return eventsOf(order, docs, err)
}

// bound is a limit as the database takes it.
func bound(limit, most int) int32 {
	if limit <= 0 || limit > most {
		limit = most
	}
	return int32(limit)
}

func eventsOf(order string, docs [][]byte, err error) ([]run.Event, error) {
	if err != nil {
		return nil, fmt.Errorf("store: events of %q: %w", order, err)
	}
	events := make([]run.Event, len(docs))
	for i, doc := range docs {
		if err := json.Unmarshal(doc, &events[i]); err != nil {
			return nil, unreadable("run_events", order, err)
		}
	}
	return events, nil
}

func eventSubject(order string, seq int64) string { return order + "/" + strconv.FormatInt(seq, 10) }

func stateEvent(order string, seq int64, kind string, doc []byte) Statement {
	return state(KindRunEvent, eventSubject(order, seq), struct {
		Run  string `json:"run"`
		Seq  int64  `json:"seq"`
		Kind string `json:"kind"`
	}{order, seq, kind}, doc)
}

func eventStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	slash := strings.LastIndexByte(subject, '/')
	if slash < 0 {
		return Statement{}, sql.ErrNoRows
	}
	seq, err := strconv.ParseInt(subject[slash+1:], 10, 64)
	if err != nil {
		return Statement{}, sql.ErrNoRows // not a subject of ours
	}
	row, err := tx.q.GetEvent(ctx, subject[:slash], seq)
	if err != nil {
		return Statement{}, err
	}
	return stateEvent(row.Run, row.Seq, row.Kind, row.Document), nil
}

// eachEvent goes page by page: there may be millions.
func eachEvent(ctx context.Context, tx *Tx, fn func(string) error) error {
	run, seq := "", int64(0)
	for {
		rows, err := tx.q.ListEventIDs(ctx, run, seq)
		if err != nil {
			return fmt.Errorf("store: events: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		for _, row := range rows {
			run, seq = row.Run, row.Seq
			if err := fn(eventSubject(run, seq)); err != nil {
				return err
			}
		}
	}
}
