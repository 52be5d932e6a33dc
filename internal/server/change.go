package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/patchwart/patchwart/internal/engine"
	"github.com/patchwart/patchwart/internal/record"
	"github.com/patchwart/patchwart/internal/store"
)

// change is one transaction that writes state, record and job together. What is announced is announced
// after the commit.
type change struct {
	*store.Tx
	server *Server
	at     time.Time

	worked map[string]bool // systems whose runs it adds or changes: who has to be told is told in the same transaction
}

// change runs fn in a write transaction.
func (s *Server) change(ctx context.Context, fn func(*change) error) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		c := &change{Tx: tx, server: s, at: s.now()}
		if err := fn(c); err != nil {
			return err
		}
		return c.report(ctx)
	})
}

// now is the time, as precise as the store keeps it.
func (s *Server) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// put appends what a write of the store states to the record. It takes the write's results as they come.
func (c *change) put(ctx context.Context, st store.Statement, err error) error {
	return c.puts(ctx, []store.Statement{st}, err)
}

// puts is put for writes that state several things.
func (c *change) puts(ctx context.Context, list []store.Statement, err error) error {
	if err != nil {
		return err
	}
	entries := make([]record.Entry, len(list))
	for i, st := range list {
		entries[i] = record.Entry{Kind: st.Kind, Subject: st.Subject, Document: st.Document}
	}
	if err := record.Append(ctx, c.Tx, c.at, entries...); err != nil {
		return err
	}
	return c.observe(ctx, list)
}

// enqueue has a job run at a time, in the same transaction.
func (c *change) enqueue(ctx context.Context, kind engine.Kind, key string, at time.Time) error {
	return c.server.engine.Enqueue(ctx, c.SQL(), engine.Job{Kind: kind, Key: key, At: at})
}

// wake wakes topics, and the start page, after the commit.
func (c *change) wake(topics ...string) {
	c.AfterCommit(func() {
		for _, t := range append(topics, topicBoard) {
			c.server.hub.wake(t)
		}
	})
}

// newID makes an identity that sorts by day and cannot be guessed: r20261128-4f2a91c07b3d.
func newID(prefix string, at time.Time) (string, error) {
	raw := make([]byte, 6)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	return prefix + at.Format("20060102") + "-" + hex.EncodeToString(raw), nil
}
