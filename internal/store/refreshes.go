package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Refresh is the last request to a host to refresh its package indices, and how far it got.
type Refresh struct {
	Asked   string // ID of the request; empty: none yet
	AskedAt time.Time
	Done    string // ID of the last request that was carried out
	DoneAt  time.Time
}

// Pending is the ID of the request that is to be carried out; empty when there is none.
func (r Refresh) Pending() string {
	if r.Asked == r.Done {
		return ""
	}
	return r.Asked
}

// AskRefresh asks the host for a refresh. It replaces an earlier request that was not carried out.
func (tx *Tx) AskRefresh(ctx context.Context, system, id string, at time.Time) error {
	if err := tx.q.AskRefresh(ctx, system, id, micros(at)); err != nil {
		return fmt.Errorf("store: ask %q for a refresh: %w", system, err)
	}
	return nil
}

// RefreshDone notes that the host has carried out the request. It is true when that was the request
// under way, false for a repetition or a request that was replaced.
func (tx *Tx) RefreshDone(ctx context.Context, system, id string, at time.Time) (bool, error) {
	n, err := tx.q.RefreshDone(ctx, system, id, micros(at))
	if err != nil {
		return false, fmt.Errorf("store: refresh of %q: %w", system, err)
	}
	return n == 1, nil
}

// Refresh is the system's last request; zero when there was none.
func (tx *Tx) Refresh(ctx context.Context, system string) (Refresh, error) {
	row, err := tx.q.GetRefresh(ctx, system)
	if errors.Is(err, sql.ErrNoRows) {
		return Refresh{}, nil
	}
	if err != nil {
		return Refresh{}, fmt.Errorf("store: refresh of %q: %w", system, err)
	}
	return Refresh{row.Asked, moment(row.AskedAt), row.Done, moment(row.DoneAt)}, nil
}
