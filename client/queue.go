package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
)

// What waits for a mandate.
type (
	// Queued is one thing that waits, with its age and who was asked when.
	Queued = board.Queued
	// QueuedKind is what it waits for.
	QueuedKind = board.QueuedKind
	// Inquiry is one time that somebody was asked.
	Inquiry = board.Inquiry
)

// AskedByMail is the way of an Inquiry that went out by mail, or is to.
const AskedByMail = board.AskedByMail

// QueueFilter picks from what waits. The zero value picks everything.
type QueueFilter struct {
	System string     // empty: all
	For    QueuedKind // empty: whatever it waits for
	Ours   bool       // only what waits for a step of ours
}

// Queue lists what waits for a mandate: first what is up to us, then what has waited longest.
func (c *Client) Queue(ctx context.Context, f QueueFilter) ([]Queued, error) {
	q := url.Values{}
	if f.System != "" {
		q.Set("system", f.System)
	}
	if f.For != "" {
		q.Set("for", string(f.For))
	}
	if f.Ours {
		q.Set("ours", "true")
	}
	list, err := call[struct{ Queue []Queued }](ctx, c, http.MethodGet, "/queue", q, nil)
	return list.Queue, err
}
