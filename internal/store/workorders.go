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

// WorkOrder is a signed work order, byte by byte as it is sent.
type WorkOrder struct {
	Run       string
	Document  []byte // the signed bytes
	Signature []byte
	Key       string // ID of the key that signed
	Digest    string // SHA-256 of the document
	At        time.Time
	Second    string // the signature of a second operator, as JSON; empty: none
}

// SaveWorkOrder keeps a run's signed work order. A run has one: another is ErrDiffers, the same again is
// harmless.
func (tx *Tx) SaveWorkOrder(ctx context.Context, w WorkOrder) (Statement, error) {
	n, err := tx.q.AddWorkOrder(ctx, sqlgen.AddWorkOrderParams{Run: w.Run, Digest: w.Digest, KeyID: w.Key,
		At: micros(w.At), Signature: w.Signature, Document: w.Document})
	if err != nil {
		return Statement{}, fmt.Errorf("store: save work order of run %q: %w", w.Run, err)
	}
	if n == 0 {
		have, _, err := tx.WorkOrder(ctx, w.Run)
		if err != nil {
			return Statement{}, err
		}
		if !bytes.Equal(have.Document, w.Document) || !bytes.Equal(have.Signature, w.Signature) {
			return Statement{}, fmt.Errorf("store: work order of run %q: %w", w.Run, ErrDiffers)
		}
	}
	return workOrderStatement(ctx, tx, w.Run)
}

// WorkOrder is the run's signed work order.
func (tx *Tx) WorkOrder(ctx context.Context, run string) (WorkOrder, bool, error) {
	row, err := tx.q.GetWorkOrder(ctx, run)
	if errors.Is(err, sql.ErrNoRows) {
		return WorkOrder{}, false, nil
	}
	if err != nil {
		return WorkOrder{}, false, fmt.Errorf("store: work order of run %q: %w", run, err)
	}
	return WorkOrder{row.Run, row.Document, row.Signature, row.KeyID, row.Digest, moment(row.At), row.Second}, true, nil
}

// Countersign adds the second operator's signature to a run's work order. One that has one already is ErrUsed.
func (tx *Tx) Countersign(ctx context.Context, run string, second string) (Statement, error) {
	n, err := tx.q.SecondWorkOrder(ctx, second, run)
	if err == nil && n == 0 {
		err = ErrUsed
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: countersign the work order of run %q: %w", run, err)
	}
	return workOrderStatement(ctx, tx, run)
}

func workOrderStatement(ctx context.Context, tx *Tx, run string) (Statement, error) {
	row, err := tx.q.GetWorkOrder(ctx, run)
	if err != nil {
		return Statement{}, err
	}
	return state(KindWorkOrder, run, struct {
		Run       string `json:"run"`
		Digest    string `json:"digest"`
		Key       string `json:"key"`
		At        int64  `json:"at"`
		Signature []byte `json:"signature"`
		Second    string `json:"second,omitempty"`
	}{row.Run, row.Digest, row.KeyID, row.At, row.Signature, row.Second}, row.Document), nil
}

func eachWorkOrder(ctx context.Context, tx *Tx, fn func(string) error) error {
	runs, err := tx.q.ListWorkOrderIDs(ctx)
	return eachOf(runs, err, fn)
}
