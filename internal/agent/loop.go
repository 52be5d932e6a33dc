package agent

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/patchwart/patchwart/internal/wire"
)

// Times of the loop.
const (
	lookLimit    = 2 * time.Minute
	refreshLimit = 20 * time.Minute
	betweenFresh = 10 * time.Second // between two refreshes of the package indices
	betweenIdle  = 5 * time.Second  // after an answer that nothing came of
	shortestPoll = time.Second      // an empty answer that comes sooner is not believed to be a long poll
	maxTries     = 3                // of a look at the host in a row, before it waits for the next interval
)

// poll asks the server for something to do, again and again, until ctx ends.
func (a *Agent) poll(ctx context.Context) {
	for ctx.Err() == nil {
		a.refreshLook(ctx)
		a.prepareIdle(ctx)
		began := time.Now()
		resp, err := a.ask(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errWoken):
			continue
		case err != nil:
			a.Log.Warn("server does not answer", "error", err)
			a.rest(ctx, a.backed.Next(asksFor(err)))
			continue
		}
		a.backed.Reset()
		a.contact()
		acted, err := a.act(ctx, resp)
		switch {
		case err != nil && ctx.Err() == nil:
			a.Log.Error("answer of the server could not be acted on", "error", err)
			a.rest(ctx, a.backed.Next(asksFor(err)))
		case acted:
		case resp != (wire.PollResponse{Pending: resp.Pending}):
			a.rest(ctx, betweenIdle)
		case time.Since(began) < shortestPoll:
			a.rest(ctx, shortestPoll/2+rand.N(shortestPoll)) //nolint:gosec // spreads load
		}
	}
}

// errWoken says that a poll was broken off because there is news to tell.
var errWoken = errors.New("agent: there is news")

// ask polls once. The end of a run breaks a poll off: the next one tells the server.
func (a *Agent) ask(ctx context.Context) (wire.PollResponse, error) {
	a.mu.Lock()
	current := a.current
	a.mu.Unlock()
	hash, observed := a.look.hash()
	a.beats.next(wire.MaxWait*time.Second + lookLimit)
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		resp wire.PollResponse
		err  error
	}
	got := make(chan answer, 1)
	req := wire.PollRequest{
		Version: wire.Version, Agent: a.Build, Now: a.Now().UTC(), Facts: hash, Observed: observed,
		Refreshed: a.asked.id, Order: current, Wait: wire.MaxWait,
	}
	go func() {
		resp, err := a.link.Poll(within, req)
		got <- answer{resp, err}
	}()
	select {
	case r := <-got:
		return r.resp, r.err
	case <-a.ended:
		cancel()
		if r := <-got; r.err == nil {
			return r.resp, nil // it was there already
		}
		return wire.PollResponse{}, errWoken
	}
}

// act does what an answer asks for, and reports whether anything came of it.
func (a *Agent) act(ctx context.Context, resp wire.PollResponse) (acted bool, err error) {
	if resp.SendFacts {
		acted, err = a.sendFacts(ctx)
		if err != nil {
			return acted, err
		}
	}
	if resp.Refresh != "" && a.refresh(ctx, resp.Refresh) {
		acted = true
	}
	if resp.Order != nil {
		a.beats.next(lookLimit)
		took, err := a.accept(ctx, *resp.Order)
		return acted || took, err
	}
	return acted, nil
}

// refresh carries a refresh instruction out, once per ID, at most one in ten seconds, and never during a
// run. What comes too soon is left, and comes again with the next answer.
func (a *Agent) refresh(ctx context.Context, id string) bool {
	if id == a.asked.id || a.busy() || !a.asked.at.IsZero() && time.Since(a.asked.at) < betweenFresh {
		return false
	}
	if len(id) > 128 {
		a.Log.Warn("refresh with an ID that is too long was left")
		return false
	}
	a.Log.Info("refresh", "id", id)
	a.beats.next(refreshLimit + lookLimit)
	within, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	if err := a.Host.Scout.Refresh(within); err != nil {
		if ctx.Err() != nil {
			return false
		}
		// The facts tell what the repositories complained about; a refresh that failed was carried out.
		a.Log.Warn("package indices could not be refreshed", "error", err)
	}
	a.asked.id, a.asked.at = id, time.Now()
	a.look.stale()
	a.refreshLook(ctx)
	return true
}

// refreshLook looks at the host if it is time to. During a run nobody looks: what is half-done says
// nothing about the host.
func (a *Agent) refreshLook(ctx context.Context) {
	for try := 0; try < maxTries && !a.busy() && a.look.due(a.Interval); try++ {
		a.beats.next(lookLimit)
		within, cancel := context.WithTimeout(ctx, lookLimit)
		facts, err := a.Host.Scout.Facts(within)
		if err == nil {
			facts.Points = a.pointFacts(within)
		}
		cancel()
		if err == nil {
			err = a.look.take(facts, a.Now())
		}
		// A look takes more memory than all the rest; an idle agent gives it back.
		debug.FreeOSMemory()
		if err == nil || ctx.Err() != nil {
			return
		}
		a.Log.Error("host could not be looked at", "error", err)
		a.look.failed(try == maxTries-1)
		if try < maxTries-1 && sleep(ctx, time.Second) != nil {
			return
		}
	}
}

// sendFacts sends the facts that were looked at last, not twice within a few seconds.
func (a *Agent) sendFacts(ctx context.Context) (bool, error) {
	report, fresh := a.look.report()
	if !fresh {
		return false, nil
	}
	a.beats.next(lookLimit)
	if err := a.link.Facts(ctx, report); err != nil {
		return false, err
	}
	a.look.told()
	return true, nil
}

// rest waits, but not past the end of a run.
func (a *Agent) rest(ctx context.Context, d time.Duration) {
	a.beats.next(d)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-a.ended:
	case <-t.C:
	}
}

// contact notes, at most once a minute, when the server was spoken to last. It is for people: a lost
// note is no loss.
func (a *Agent) contact() {
	now := a.Now()
	if now.Sub(a.contacted).Abs() < time.Minute {
		return
	}
	a.contacted = now
	path := filepath.Join(a.Dir, contactFile)
	if err := os.WriteFile(path, []byte(now.UTC().Format(time.RFC3339)+"\n"), 0o600); err != nil {
		a.Log.Warn("last contact could not be noted", "error", err)
	}
}

const contactFile = "contact"
