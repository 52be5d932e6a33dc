package agent

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// patient are points that take a minute to be prepared, and count how often they were.
type patient struct {
	*simulated
	began, ended atomic.Int32
	wrong        error
}

func (p *patient) Prepare(ctx context.Context) (files int, read int64, err error) {
	p.began.Add(1)
	if err := sleep(ctx, time.Minute); err != nil {
		return 0, 0, err
	}
	p.ended.Add(1)
	return 1, 2, p.wrong
}

// An idle agent prepares the next restore point at once, then every six hours. A run does not wait for it, and has
// the host to itself for a while after its end.
func TestAnIdleHostIsReadBeforehand(t *testing.T) {
	t.Parallel()
	for story, wrong := range map[string]error{"it works": nil, "the disk cannot be read": errors.New("EIO")} {
		synctest.Test(t, func(t *testing.T) {
			p := &patient{simulated: newSimulated(), wrong: wrong}
			a := &Agent{Config: Config{Host: Host{Points: p}, Log: slog.New(slog.DiscardHandler)}}
			ctx, cancel := context.WithCancel(t.Context())
			tell := func(when string, began, ended int32) {
				t.Helper()
				a.prepareIdle(ctx)
				synctest.Wait()
				if p.began.Load() != began || p.ended.Load() != ended {
					t.Errorf("%s, %s: begun %d times, ended %d", story, when, p.began.Load(), p.ended.Load())
				}
			}
			tell("at once", 1, 0)
			tell("not twice at a time", 1, 0)
			time.Sleep(2 * time.Minute)
			tell("not again soon", 1, 1)
			time.Sleep(betweenPreparations)
			tell("after six hours", 2, 1)
			began := time.Now()
			a.ready.stop(began.Add(preparesAfterRun))
			if waited := time.Since(began); waited != 0 {
				t.Errorf("%s: a run waited %s", story, waited)
			}
			tell("not right after a run", 2, 1)
			time.Sleep(preparesAfterRun)
			tell("some time after a run", 3, 1)
			cancel()
			a.ready.stop(time.Now())
			ctx = t.Context()
			tell("with the agent's next start", 4, 1)
			a.ready.stop(time.Now())
		})
	}
}

// A host whose points cannot be prepared does without.
func TestPointsThatCannotBePrepared(t *testing.T) {
	t.Parallel()
	a := &Agent{Config: Config{Host: Host{Points: newSimulated()}}}
	a.prepareIdle(t.Context())
	if a.ready.done != nil {
		t.Error("something was begun")
	}
}
