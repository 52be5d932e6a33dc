package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/agent/link"
	"github.com/patchwart/patchwart/internal/wire"
)

// Batches of events: a little is gathered, so that live text does not cost a call each line. Live text
// is put on disk only now and then: each flush costs the package manager time, too.
const (
	gather    = 300 * time.Millisecond
	flushText = 3 * time.Second
	batchSize = 512 << 10 // bytes after which no further event is taken; MaxReport leaves room for the largest
	// sendTimeout bounds one pass over everything, so that a stuck one is begun anew.
	sendTimeout = 10 * time.Minute
)

// uploader is the place in each journal up to which it was sent.
type uploader struct {
	*Agent
	readers map[string]*journal.Reader
	flushed time.Time            // when live text was put on disk last
	more    bool                 // there is live text that is not on disk yet
	turned  map[string]time.Time // runs that the server does not take, and when it said so
}

// againAfter is how long a run is left alone that the server does not take, as one it does not know.
const againAfter = time.Hour

// upload sends what the server does not have yet, until ctx ends. After a failure it waits and tries
// again; it never gives up, and no run waits for it.
func (a *Agent) upload(ctx context.Context) {
	u := &uploader{Agent: a, readers: map[string]*journal.Reader{}, turned: map[string]time.Time{}}
	wait := link.Backoff{First: time.Second, Most: time.Minute}
	for {
		pause := gather
		if err := u.send(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("the server does not have everything yet", "error", err)
			pause = wait.Next(asksFor(err))
		} else {
			wait.Reset()
			if !u.wait(ctx) {
				return
			}
		}
		if sleep(ctx, pause) != nil {
			return
		}
	}
}

// wait returns when there is something to send; false when ctx ends.
func (u *uploader) wait(ctx context.Context) bool {
	var text <-chan time.Time
	if u.more {
		timer := time.NewTimer(flushText)
		defer timer.Stop()
		text = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-u.wake:
	case <-text:
	}
	return true
}

// asksFor is how long the server asked to be left alone.
func asksFor(err error) time.Duration {
	if s, ok := link.Told(err); ok {
		return s.Wait
	}
	return 0
}

// send makes one pass: refusals first, then the journals, oldest first. One that the server does not
// take does not hold up the others.
func (u *uploader) send(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	u.more = false
	failed := u.refusals.each(func(r wire.Refusal) error { return u.link.Refuse(ctx, r) })
	list, err := u.dir.List()
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, e := range list {
		if e.Sent.Done {
			delete(u.readers, e.ID)
			continue
		}
		if at, ok := u.turned[e.ID]; ok && time.Since(at) < againAfter {
			continue
		}
		if u.readers[e.ID] == nil {
			u.readers[e.ID] = u.dir.Reader(e.ID)
		}
		failed = errors.Join(failed, u.sendRun(ctx, e.ID, e.Sent, u.readers[e.ID]))
	}
	return failed
}

// sendRun sends the events of one run that are on disk and that the server does not have.
func (u *uploader) sendRun(ctx context.Context, id string, sent journal.Sent, r *journal.Reader) error {
	safe, ended, err := u.reached(id)
	if errors.Is(err, journal.ErrDamaged) {
		return nil // said at the start; a damaged journal says nothing reliable
	}
	if err != nil {
		return err
	}
	for back := false; sent.Seq < safe; {
		events, err := r.Next(sent.Seq, safe, wire.MaxEvents, batchSize)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return fmt.Errorf("agent: journal %s has nothing after event %d of %d", id, sent.Seq, safe)
		}
		receipt, err := u.link.Events(ctx, wire.EventsReport{Order: id, Events: events})
		if s, ok := link.Told(err); ok && s.Final() {
			u.Log.Error("the server does not take the events of a run", "order", id, "error", err)
			u.turned[id] = time.Now()
			if ended {
				u.known(id)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("agent: events of %s: %w", id, err)
		}
		less := receipt.Seq < sent.Seq // the server knows less than it did: a restored database
		if receipt.Seq == sent.Seq || receipt.Seq > safe || receipt.Seq < 0 || less && back {
			return fmt.Errorf("agent: events %d to %d of %s were sent, and the server is at %d", events[0].Seq, events[len(events)-1].Seq, id, receipt.Seq)
		}
		if less {
			u.Log.Warn("the server has lost events; they are sent again", "order", id, "from", receipt.Seq+1)
		}
		back = back || less
		sent.Seq = receipt.Seq
		if err := u.dir.SetSent(id, sent); err != nil {
			return err
		}
	}
	if !ended {
		return nil
	}
	if err := u.dir.SetSent(id, journal.Sent{Seq: safe, Done: true}); err != nil {
		return err
	}
	u.known(id)
	return nil
}

// known ends that the server is told of a run as being under way: it knows the end, or does not want to.
func (u *uploader) known(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.current == id && (u.live == nil || u.live.State().Ended) {
		u.current = ""
		signal(u.ended)
	}
}

// reached tells up to which event a journal is on disk, and whether its run has ended there. The lock
// keeps a journal from being opened a second time while its run begins.
func (u *uploader) reached(id string) (safe int64, ended bool, err error) {
	u.mu.Lock()
	live := u.live
	if live == nil || live.ID() != id {
		defer u.mu.Unlock()
		j, err := u.dir.Open(id)
		if err != nil {
			return 0, false, err
		}
		s := j.State()
		return s.Seq, s.Ended, j.Close()
	}
	u.mu.Unlock()
	s := live.State() // before the flush: what comes in between is for the next pass
	safe = live.Safe()
	if safe < s.Seq {
		if time.Since(u.flushed) < flushText {
			u.more = true
			return safe, false, nil
		}
		u.flushed = time.Now()
		if safe, err = live.Sync(); err != nil {
			return 0, false, err
		}
	}
	return safe, s.Ended && safe == s.Seq, nil
}
