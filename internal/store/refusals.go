package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Refusal is a host's report that it did not accept a signed document.
type Refusal struct {
	ID     string
	System string
	Run    string // empty when the signature was not good, so that nobody knows
	Digest string // SHA-256 of the document
	Code   string
	Detail string
	At     time.Time
}

// mostRefusals bounds a list of refusals.
const mostRefusals = 1000

// AddRefusal keeps a refusal. The same again is harmless; another one of that ID is ErrDiffers.
func (tx *Tx) AddRefusal(ctx context.Context, r Refusal) (Statement, error) {
	row := sqlgen.Refusal{ID: r.ID, System: r.System, Run: r.Run, Digest: r.Digest, Code: r.Code, Detail: r.Detail, At: micros(r.At)}
	n, err := tx.q.AddRefusal(ctx, sqlgen.AddRefusalParams(row))
	if err != nil {
		return Statement{}, fmt.Errorf("store: add refusal %q: %w", r.ID, err)
	}
	if n == 0 {
		have, err := tx.q.GetRefusal(ctx, r.ID)
		if err != nil {
			return Statement{}, fmt.Errorf("store: add refusal %q: %w", r.ID, err)
		}
		if have != row {
			return Statement{}, fmt.Errorf("store: refusal %q: %w", r.ID, ErrDiffers)
		}
	}
	return refusalStatement(ctx, tx, r.ID)
}

// Refusal is the refusal with that ID.
func (tx *Tx) Refusal(ctx context.Context, id string) (Refusal, bool, error) {
	row, err := tx.q.GetRefusal(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Refusal{}, false, nil
	}
	if err != nil {
		return Refusal{}, false, fmt.Errorf("store: refusal %q: %w", id, err)
	}
	return refusalOf(row), true, nil
}

// Refusals lists refusals, newest first; of all systems when system is empty. limit 0, or beyond it,
// means 1000.
func (tx *Tx) Refusals(ctx context.Context, system string, limit int) ([]Refusal, error) {
	rows, err := tx.q.ListRefusals(ctx, system, bound(limit, mostRefusals))
	if err != nil {
		return nil, fmt.Errorf("store: refusals: %w", err)
	}
	refusals := make([]Refusal, len(rows))
	for i, row := range rows {
		refusals[i] = refusalOf(row)
	}
	return refusals, nil
}

func refusalOf(row sqlgen.Refusal) Refusal {
	return Refusal{row.ID, row.System, row.Run, row.Digest, row.Code, row.Detail, moment(row.At)}
}

func refusalStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetRefusal(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	return state(KindRefusal, id, struct {
		ID     string `json:"id"`
		System string `json:"system"`
		Run    string `json:"run"`
		Digest string `json:"digest"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
		At     int64  `json:"at"`
	}(row), nil), nil
}

func eachRefusal(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListRefusalIDs(ctx)
	return eachOf(ids, err, fn)
}
