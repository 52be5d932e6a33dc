package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// SavePolicy keeps a published policy version for ever. sha is the SHA-256 of text, in hex. Saving the
// same version again changes nothing and returns the first statement; another text under the same ID is
// ErrDiffers, because contracts and past decisions rest on the old one.
func (tx *Tx) SavePolicy(ctx context.Context, id, sha string, text []byte, at time.Time) (s Statement, added bool, err error) {
	if got := hexSum(text); got != sha {
		return s, false, fmt.Errorf("store: policy %q: the text has SHA-256 %s, not %s", id, got, sha)
	}
	n, err := tx.q.AddPolicy(ctx, id, sha, text, micros(at))
	if err != nil {
		return s, false, fmt.Errorf("store: save policy %q: %w", id, err)
	}
	if n == 0 {
		_, have, _, err := tx.Policy(ctx, id)
		if err != nil {
			return s, false, err
		}
		if have != sha {
			return s, false, fmt.Errorf("store: policy %q is published with SHA-256 %s, now it has %s; give the new text a new ID: %w", id, have, sha, ErrDiffers)
		}
	}
	s, err = policyStatement(ctx, tx, id)
	return s, n == 1, err
}

// Policy is the text of a published policy version.
func (tx *Tx) Policy(ctx context.Context, id string) (text []byte, sha string, ok bool, err error) {
	row, err := tx.q.GetPolicy(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", false, nil
	}
	if err != nil {
		return nil, "", false, fmt.Errorf("store: policy %q: %w", id, err)
	}
	return row.Document, row.Sha, true, nil
}

// Policies lists the IDs of all published policy versions.
func (tx *Tx) Policies(ctx context.Context) ([]string, error) {
	ids, err := tx.q.ListPolicies(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: policies: %w", err)
	}
	return ids, nil
}

// PolicyPublished is when a version was published here.
func (tx *Tx) PolicyPublished(ctx context.Context, id string) (time.Time, error) {
	row, err := tx.q.GetPolicy(ctx, id)
	if err != nil {
		return time.Time{}, fmt.Errorf("store: policy %q: %w", id, err)
	}
	return moment(row.At), nil
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func policyStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetPolicy(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	return state(KindPolicy, id, struct {
		ID  string `json:"id"`
		SHA string `json:"sha256"`
		At  int64  `json:"at"`
	}{row.ID, row.Sha, row.At}, row.Document), nil
}

func eachPolicy(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListPolicies(ctx)
	return eachOf(ids, err, fn)
}
