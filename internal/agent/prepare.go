package agent

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// preparer are Points that can do a part of the work of saving beforehand, when nobody waits for it.
type preparer interface {
	// Prepare says how many files need not be read any more by the next Save, and how many bytes it read for that.
	Prepare(ctx context.Context) (files int, read int64, err error)
}

// When an idle agent prepares the next restore point: once it has looked at the host for the first time, now and
// then after that, and some time after a run, when whoever ordered it has turned to something else.
const (
	betweenPreparations = 6 * time.Hour
	preparesAfterRun    = 10 * time.Minute
	preparingLimit      = time.Hour
)

// preparing is the preparation under way, and when the next one is due.
type preparing struct {
	mu     sync.Mutex
	next   time.Time // by the monotonic clock; zero for at once
	cancel context.CancelFunc
	done   chan struct{} // closed when the one under way has ended; nil when there is none
}

// begin gives the context of a preparation, or nil when none is due or one is under way.
func (p *preparing) begin(ctx context.Context, now time.Time) context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done != nil || now.Before(p.next) {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, preparingLimit)
	p.cancel, p.done, p.next = cancel, make(chan struct{}), now.Add(betweenPreparations)
	return within
}

// end says that the one under way has ended.
func (p *preparing) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel()
	close(p.done)
	p.done = nil
}

// stop breaks the one under way off, waits for its end, and puts the next one off until then.
func (p *preparing) stop(until time.Time) {
	p.mu.Lock()
	done := p.done
	if done != nil {
		p.cancel()
	}
	p.next = until
	p.mu.Unlock()
	if done != nil {
		<-done
	}
}

// prepareIdle begins a preparation in the background if one is due and the host is idle. A run stops it, and
// does without.
func (a *Agent) prepareIdle(ctx context.Context) {
	p, able := a.Host.Points.(preparer)
	if !able || a.busy() {
		return
	}
	within := a.ready.begin(ctx, time.Now())
	if within == nil {
		return
	}
	go func() {
		defer a.ready.end()
		began := time.Now()
		files, read, err := p.Prepare(within)
		debug.FreeOSMemory() // as after a look
		switch {
		case err == nil:
			a.Log.Info("next restore point prepared", "files", files, "read", read, "took", time.Since(began).Round(time.Millisecond))
		case within.Err() == nil:
			a.Log.Warn("next restore point could not be prepared; saving it will take longer", "error", err)
		}
	}()
}
