package store

import (
	"context"
	"fmt"
	"time"
)

// AddSignIn keeps the hash (SHA-256, hex) of a one-time sign-in token, and forgets those that are over.
func (tx *Tx) AddSignIn(ctx context.Context, hash string, now, expires time.Time) error {
	err := tx.q.DropOldSignIns(ctx, micros(now))
	if err == nil {
		err = tx.q.AddSignIn(ctx, hash, micros(expires))
	}
	if err != nil {
		return fmt.Errorf("store: add sign-in: %w", err)
	}
	return nil
}

// UseSignIn uses a sign-in token up. It is true once, before the token expires.
func (tx *Tx) UseSignIn(ctx context.Context, hash string, now time.Time) (bool, error) {
	n, err := tx.q.UseSignIn(ctx, hash, micros(now))
	if err != nil {
		return false, fmt.Errorf("store: use sign-in: %w", err)
	}
	return n == 1, nil
}

// AddSession keeps the hash of a session's secret, and forgets sessions that are over.
func (tx *Tx) AddSession(ctx context.Context, hash string, now, expires time.Time) error {
	err := tx.q.DropOldSessions(ctx, micros(now))
	if err == nil {
		err = tx.q.AddSession(ctx, hash, micros(expires))
	}
	if err != nil {
		return fmt.Errorf("store: add session: %w", err)
	}
	return nil
}

// Session reports whether the session is good at that time.
func (tx *Tx) Session(ctx context.Context, hash string, now time.Time) (bool, error) {
	n, err := tx.q.CountSession(ctx, hash, micros(now))
	if err != nil {
		return false, fmt.Errorf("store: session: %w", err)
	}
	return n == 1, nil
}

// DropSession ends a session; ending it twice is harmless.
func (tx *Tx) DropSession(ctx context.Context, hash string) error {
	if err := tx.q.DropSession(ctx, hash); err != nil {
		return fmt.Errorf("store: drop session: %w", err)
	}
	return nil
}
