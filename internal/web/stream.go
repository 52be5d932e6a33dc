package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// Bounds of a live stream: the browser connects again by itself, which also looks at the session
// again.
const (
	streamLife  = 5 * time.Minute
	writeWithin = 10 * time.Second
	quietTime   = time.Second // at least, between two looks that found nothing
)

// news is what the stream says: that there is something to look at. The module fetches the page and
// swaps it in, so there is one way only in which a run is shown.
type news struct {
	Seq   int64       `json:"seq"`
	Stage board.Stage `json:"stage"`
}

// runStream sends an event for everything new in a run, until the run is over, the reader leaves, or
// the stream has lived long enough. The ID of each event is the run's sequence number.
func (c *console) runStream(w http.ResponseWriter, r *http.Request) {
	select {
	case c.streams <- struct{}{}:
		defer func() { <-c.streams }()
	default:
		w.Header().Set("Retry-After", "30")
		c.fail(w, r, fault.New(fault.Unavailable, faultWords.Busy, faultWords.BusyMend))
		return
	}
	id := r.PathValue("id")
	known, err := c.backend.Run(r.Context(), id) // an unknown run is a plain 404
	if err != nil {
		c.fail(w, r, err)
		return
	}
	after := seenUpTo(r, known.State.Seq)
	ctx, cancel := context.WithTimeout(r.Context(), streamLife)
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	s := stream{w: w, out: http.NewResponseController(w)}
	defer func() { _ = s.out.SetWriteDeadline(time.Time{}) }() // the connection may serve others after this
	if !s.send("retry: 2000\n\n") {
		return
	}
	stage := known.Stage
	for {
		asked := time.Now()
		p, err := c.backend.Watch(ctx, id, after)
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
				_ = c.fault(r, err) // for the log; the browser tries again
			}
			return
		}
		if !c.sessions.Valid(ctx, sessionOf(r)) {
			return
		}
		switch {
		case p.Row.Stage == board.Over:
			s.event("ende", p)
			return
		case p.State.Seq > after || p.Row.Stage != stage:
			if !s.event("neu", p) {
				return
			}
			after, stage = max(after, p.State.Seq), p.Row.Stage
		default: // nothing new: find out whether the reader is still there
			if !s.send(": \n\n") || !pause(ctx, quietTime-time.Since(asked)) {
				return
			}
		}
	}
}

// seenUpTo is the sequence number up to which the reader knows the run: that of the last event it
// got, else that of the page it looks at, and never one that does not exist yet.
func seenUpTo(r *http.Request, newest int64) int64 {
	for _, said := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("ab")} {
		if seq, err := strconv.ParseInt(said, 10, 64); err == nil && seq >= 0 && seq <= newest {
			return seq
		}
	}
	return newest
}

// pause waits, or reports false when the context ends before.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// stream writes server-sent events.
type stream struct {
	w   http.ResponseWriter
	out *http.ResponseController
}

// event sends one event; false when the reader is gone.
func (s stream) event(name string, p board.Progress) bool {
	data, err := json.Marshal(news{Seq: p.State.Seq, Stage: p.Row.Stage})
	if err != nil {
		return false
	}
	return s.send(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", p.State.Seq, name, data))
}

// send writes at once and gives the reader only so long to take it.
func (s stream) send(text string) bool {
	// A writer that knows no deadlines (in tests) is no reason not to write.
	_ = s.out.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return false
	}
	return s.out.Flush() == nil
}
