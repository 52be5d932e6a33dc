package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/verdict"
)

// AddVerdict keeps how a run ended, with everything it rests on. A run has one verdict: another is
// ErrDiffers, the same again is harmless.
func (tx *Tx) AddVerdict(ctx context.Context, run string, v verdict.Verdict, at time.Time) (Statement, error) {
	doc := []byte(list(v))
	n, err := tx.q.AddVerdict(ctx, run, string(v.Outcome), micros(at), doc)
	if err != nil {
		return Statement{}, fmt.Errorf("store: add verdict of run %q: %w", run, err)
	}
	if n == 0 {
		have, err := tx.q.GetVerdict(ctx, run)
		if err != nil {
			return Statement{}, fmt.Errorf("store: add verdict of run %q: %w", run, err)
		}
		if !bytes.Equal(have.Document, doc) {
			return Statement{}, fmt.Errorf("store: verdict of run %q: %w", run, ErrDiffers)
		}
	}
	return verdictStatement(ctx, tx, run)
}

// Verdict is how the run ended.
func (tx *Tx) Verdict(ctx context.Context, run string) (v verdict.Verdict, at time.Time, ok bool, err error) {
	row, err := tx.q.GetVerdict(ctx, run)
	if errors.Is(err, sql.ErrNoRows) {
		return v, at, false, nil
	}
	if err != nil {
		return v, at, false, fmt.Errorf("store: verdict of run %q: %w", run, err)
	}
	if err := json.Unmarshal(row.Document, &v); err != nil {
		return v, at, false, unreadable("verdicts", run, err)
	}
	return v, moment(row.At), true, nil
}

func verdictStatement(ctx context.Context, tx *Tx, run string) (Statement, error) {
	row, err := tx.q.GetVerdict(ctx, run)
	if err != nil {
		return Statement{}, err
	}
	return state(KindVerdict, run, struct {
		Run     string `json:"run"`
		Outcome string `json:"outcome"`
		At      int64  `json:"at"`
	}{row.Run, row.Outcome, row.At}, row.Document), nil
}

func eachVerdict(ctx context.Context, tx *Tx, fn func(string) error) error {
	runs, err := tx.q.ListVerdictIDs(ctx)
	return eachOf(runs, err, fn)
}
