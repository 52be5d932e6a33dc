package store

import (
	"context"
	"fmt"
	"time"
)

// Agreement is a published individual agreement as it is kept.
type Agreement struct {
	ID       string
	SHA      string // SHA-256 of the document, hex
	Document []byte
	At       time.Time // when it was published here
}

// SaveAgreement keeps an individual agreement for ever, as SavePolicy keeps a version: the same again is
// harmless, another text under the same ID is ErrDiffers.
func (tx *Tx) SaveAgreement(ctx context.Context, id, sha string, text []byte, at time.Time) (s Statement, added bool, err error) {
	if got := hexSum(text); got != sha {
		return s, false, fmt.Errorf("store: agreement %q: the text has SHA-256 %s, not %s", id, got, sha)
	}
	n, err := tx.q.AddAgreement(ctx, id, sha, text, micros(at))
	if err != nil {
		return s, false, fmt.Errorf("store: save agreement %q: %w", id, err)
	}
	if n == 0 {
		have, err := tx.q.GetAgreement(ctx, id)
		if err != nil {
			return s, false, fmt.Errorf("store: save agreement %q: %w", id, err)
		}
		if have.Sha != sha {
			return s, false, fmt.Errorf("store: agreement %q is published with SHA-256 %s, now it has %s; give the new text a new ID: %w", id, have.Sha, sha, ErrDiffers)
		}
	}
	s, err = agreementStatement(ctx, tx, id)
	return s, n == 1, err
}

// Agreements are all individual agreements, by ID.
func (tx *Tx) Agreements(ctx context.Context) ([]Agreement, error) {
	ids, err := tx.q.ListAgreements(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: agreements: %w", err)
	}
	out := make([]Agreement, 0, len(ids))
	for _, id := range ids {
		row, err := tx.q.GetAgreement(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("store: agreement %q: %w", id, err)
		}
		out = append(out, Agreement{row.ID, row.Sha, row.Document, moment(row.At)})
	}
	return out, nil
}

func agreementStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetAgreement(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	return state(KindAgreement, id, struct {
		ID  string `json:"id"`
		SHA string `json:"sha256"`
		At  int64  `json:"at"`
	}{row.ID, row.Sha, row.At}, row.Document), nil
}

func eachAgreement(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListAgreements(ctx)
	return eachOf(ids, err, fn)
}
