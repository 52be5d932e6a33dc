package agent

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// tidy clears away what an ended run leaves behind. What fails here is said and tried again after the
// next run: the run itself is over.
func (a *Agent) tidy(ctx context.Context, id string, s run.State) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if s.Outcome == verdict.Blocked && !s.Written && s.Step != run.Prechecking && s.Step != "" {
		// Nothing was written after the point was taken: it is worth nothing.
		if err := a.Host.Points.Drop(ctx, id); err != nil {
			a.Log.Warn("restore point could not be dropped", "point", id, "error", err)
		}
	}
	left := a.expire(ctx)
	spare := func(id string) bool { return left == nil || left[id] || a.mayReturn(id) }
	if err := a.dir.Prune(journal.Keep, spare); err != nil {
		a.Log.Warn("old journals could not be removed", "error", err)
	}
}

// expire drops the points whose time is over, and gives those that are left; nil if that is not known.
// It is called before a run, so that the room they take is there for its own point, and after.
func (a *Agent) expire(ctx context.Context) map[string]bool {
	list, err := a.Host.Points.List(ctx)
	if err != nil {
		a.Log.Warn("restore points could not be listed", "error", err)
		return nil
	}
	left := map[string]bool{}
	for _, p := range list {
		left[p.ID] = true
	}
	held, err := a.hold()
	if err != nil {
		a.Log.Warn("restore points are kept: how long they are to be kept cannot be read", "error", err)
		return left
	}
	for _, p := range judge(list, fates(a.dir), held) {
		if !p.over(a.Now()) {
			continue
		}
		if err := a.Host.Points.Drop(ctx, p.ID); err != nil {
			a.Log.Warn("restore point could not be dropped", "point", p.ID, "error", err)
			continue
		}
		a.Log.Info("restore point dropped", "point", p.ID, "created", p.Created, "complete", p.Complete)
		delete(left, p.ID)
	}
	return left
}

// hold is how long a point is kept after a verified run.
func (a *Agent) hold() (time.Duration, error) {
	if a.Host.Hold == nil {
		return hostpolicy.DefaultHold, nil
	}
	return a.Host.Hold()
}

// maxPointFacts bounds what the facts list, the newest ones.
const maxPointFacts = 50

// pointFacts are the points as the server gets to know them. What cannot be listed is left out: the facts
// of the host do not wait for it.
func (a *Agent) pointFacts(ctx context.Context) []fact.Point {
	list, err := a.Host.Points.List(ctx)
	held, herr := a.hold()
	if err != nil || herr != nil {
		a.Log.Warn("restore points could not be listed for the facts", "error", errors.Join(err, herr))
		return nil
	}
	var out []fact.Point
	for _, p := range judge(list, fates(a.dir), held) {
		one := fact.Point{ID: p.ID, Driver: p.Driver, Created: p.Created.Unix(), Complete: p.Complete, Bytes: p.Bytes}
		if !p.Expires.IsZero() {
			one.Expires = p.Expires.Unix()
		}
		out = append(out, one)
	}
	return out[max(0, len(out)-maxPointFacts):]
}

// fate is what became of the run that a restore point belongs to.
type fate struct {
	how   end
	ended time.Time // by the host's clock
}

type end int

const (
	unproven end = iota // over, and nothing is proven: a restart is pending, or the journal is gone
	underWay            // not over, or not readable
	lost                // putting the host back failed: the point is all there is of the old state
	proven              // verified: the change is in place, or the host is as it was
)

// fates tells them from the journals.
func fates(dir *journal.Dir) func(id string) fate {
	return func(id string) fate {
		_, s, err := dir.Peek(id)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fate{}
		case err != nil || !s.Ended:
			return fate{how: underWay}
		case s.Outcome == verdict.RestoreFailed:
			return fate{how: lost}
		case s.Outcome == verdict.Succeeded || s.Outcome == verdict.Restored:
			return fate{how: proven, ended: s.Last}
		}
		return fate{ended: s.Last}
	}
}

// judged is a point with what tidying makes of it. Expires is in the list's own points.
type judged struct {
	KeptPoint
	worthless bool // nothing can be restored from it, and no run needs it
}

// over says whether the point may go now.
func (p judged) over(now time.Time) bool {
	return p.worthless || !p.Expires.IsZero() && !now.Before(p.Expires)
}

// judge decides how long each point is kept. list is oldest first.
//
// A point stays while its run is under way, and for good if putting the host back to it failed. The newest
// complete one always stays. Any other expires when it has been held for its time since a run was verified,
// its own or a later one: until then, nobody knows that it will not be wanted. One that is not complete is
// worth nothing once its run is over.
func judge(list []KeptPoint, of func(id string) fate, hold time.Duration) []judged {
	out := make([]judged, len(list))
	newest, since := true, time.Time{} // the earliest verified end among this run and the later ones
	for i, p := range slices.Backward(list) {
		f := of(p.ID)
		if f.how == proven && (since.IsZero() || f.ended.Before(since)) {
			since = f.ended
		}
		p.Expires = time.Time{}
		out[i] = judged{KeptPoint: p}
		switch {
		case f.how == underWay || f.how == lost:
		case !p.Complete:
			out[i].worthless = true
			continue
		case newest:
		case !since.IsZero():
			out[i].Expires = since.Add(hold)
		}
		newest = newest && !p.Complete
	}
	return out
}

// needed says whether a run's journal is needed for its restore point: until the run has ended, and after
// a restore that failed. What cannot be told stays.
func (a *Agent) needed(id string) bool {
	how := fates(a.dir)(id).how
	return how == underWay || how == lost
}

// mayReturn says whether a run's journal is still needed: as its point is, and while its order could
// come again.
func (a *Agent) mayReturn(id string) bool {
	if a.needed(id) {
		return true
	}
	order, _, err := a.dir.Peek(id)
	if err != nil {
		return true
	}
	w, err := wire.Open(order, a.Identity.Pinned())
	return err == nil && a.Now().Before(w.NotAfter()) // one of another key can never be accepted
}
