package client

import (
	"context"
	"time"
)

// How Follow gets over a server that is away for a moment, and does not press one that answers at
// once with nothing.
const (
	patience  = 60 * time.Second // without any answer
	firstWait = 250 * time.Millisecond
	longest   = 5 * time.Second
)

// Follow calls fn with everything new in a run, from its first event on, until the run is over; then
// it returns how it ended. A run that is planned for next week is followed until then: bound the
// waiting with the context. A server that is away is waited for, for a minute. An error of fn ends it.
func (c *Client) Follow(ctx context.Context, id string, fn func(Progress) error) (Progress, error) {
	var last Progress
	var seq int64
	wait, answered := firstWait, time.Now()
	for first := true; ; {
		p, err := c.Watch(ctx, id, seq, waitFor(first))
		switch {
		case err != nil && ctx.Err() != nil:
			return last, err
		case err != nil && CodeOf(err) == CodeUnavailable && !first && time.Since(answered) < patience:
			if err := pause(ctx, wait); err != nil {
				return last, c.unreachable(err)
			}
			wait = min(2*wait, longest)
			continue
		case err != nil:
			return last, err
		}
		fresh := first || len(p.Events) > 0 || p.Row.Stage != last.Row.Stage
		quick := time.Since(answered) < firstWait
		first, last, wait, answered = false, p, firstWait, time.Now()
		for _, e := range p.Events {
			seq = max(seq, e.Seq)
		}
		if fresh {
			if err := fn(p); err != nil {
				return last, err
			}
		}
		if p.Row.Stage == StageOver {
			return last, nil
		}
		if !fresh && quick {
			if err := pause(ctx, firstWait); err != nil {
				return last, c.unreachable(err)
			}
		}
	}
}

// waitFor asks at once for how things stand, and then waits for news.
func waitFor(first bool) time.Duration {
	if first {
		return 0
	}
	return 25 * time.Second
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
