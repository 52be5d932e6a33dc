package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Decision is one answer to "whose job is it, and may we?", as it was given. Document is the caller's.
type Decision struct {
	ID       string
	Run      string // the run it was made for; empty when none
	System   string
	At       time.Time
	Document []byte
}

// mostDecisions bounds a list of decisions.
const mostDecisions = 5000

// AddDecision keeps a decision. The same again is harmless; another one of that ID is ErrDiffers.
func (tx *Tx) AddDecision(ctx context.Context, d Decision) (Statement, error) {
	n, err := tx.q.AddDecision(ctx, sqlgen.AddDecisionParams{ID: d.ID, Run: d.Run, System: d.System, At: micros(d.At), Document: d.Document})
	if err != nil {
		return Statement{}, fmt.Errorf("store: add decision %q: %w", d.ID, err)
	}
	if n == 0 {
		have, err := tx.q.GetDecision(ctx, d.ID)
		if err != nil {
			return Statement{}, fmt.Errorf("store: add decision %q: %w", d.ID, err)
		}
		if have.Run != d.Run || have.System != d.System || !bytes.Equal(have.Document, d.Document) {
			return Statement{}, fmt.Errorf("store: decision %q: %w", d.ID, ErrDiffers)
		}
	}
	return decisionStatement(ctx, tx, d.ID)
}

// Decision is the decision with that ID.
func (tx *Tx) Decision(ctx context.Context, id string) (Decision, bool, error) {
	row, err := tx.q.GetDecision(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Decision{}, false, nil
	}
	if err != nil {
		return Decision{}, false, fmt.Errorf("store: decision %q: %w", id, err)
	}
	return decisionOf(row), true, nil
}

// Decisions are the decisions made for a run, by ID, 5000 at most.
func (tx *Tx) Decisions(ctx context.Context, run string) ([]Decision, error) {
	rows, err := tx.q.ListDecisionsOfRun(ctx, run, mostDecisions)
	return manyDecisions(rows, err)
}

// DecisionsOf are the newest decisions about a system, newest first. limit 0, or beyond it, means 5000.
func (tx *Tx) DecisionsOf(ctx context.Context, system string, limit int) ([]Decision, error) {
	rows, err := tx.q.ListDecisionsOf(ctx, system, bound(limit, mostDecisions))
	return manyDecisions(rows, err)
}

func manyDecisions(rows []sqlgen.Decision, err error) ([]Decision, error) {
	if err != nil {
		return nil, fmt.Errorf("store: decisions: %w", err)
	}
	decisions := make([]Decision, len(rows))
	for i, row := range rows {
		decisions[i] = decisionOf(row)
	}
	return decisions, nil
}

func decisionOf(row sqlgen.Decision) Decision {
	return Decision{row.ID, row.Run, row.System, moment(row.At), row.Document}
}

func decisionStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetDecision(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	return state(KindDecision, id, struct {
		ID     string `json:"id"`
		Run    string `json:"run"`
		System string `json:"system"`
		At     int64  `json:"at"`
	}{row.ID, row.Run, row.System, row.At}, row.Document), nil
}

// eachDecision goes page by page: there may be millions.
func eachDecision(ctx context.Context, tx *Tx, fn func(string) error) error {
	last := ""
	for {
		ids, err := tx.q.ListDecisionIDs(ctx, last)
		if err := eachOf(ids, err, fn); err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		last = ids[len(ids)-1]
	}
}
