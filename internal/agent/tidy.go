package agent

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// keepPoints is how many complete restore points stay on the host after a run.
const keepPoints = 2

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
	list, err := a.Host.Points.List(ctx)
	if err != nil {
		a.Log.Warn("restore points could not be listed", "error", err)
	}
	for _, old := range superfluous(list, a.needed) {
		if err := a.Host.Points.Drop(ctx, old); err != nil {
			a.Log.Warn("restore point could not be dropped", "point", old, "error", err)
		}
	}
	if err := a.dir.Prune(journal.Keep, a.mayReturn); err != nil {
		a.Log.Warn("old journals could not be removed", "error", err)
	}
}

// superfluous picks the points that may go: all but the newest complete ones and those that must
// stay. list is oldest first.
func superfluous(list []KeptPoint, needed func(id string) bool) []string {
	var old []string
	kept := 0
	for i := len(list) - 1; i >= 0; i-- {
		p := list[i]
		switch {
		case p.Complete && kept < keepPoints:
			kept++
		case needed(p.ID):
		default:
			old = append(old, p.ID)
		}
	}
	return old
}

// needed says whether a run's restore point is still needed: until the run has ended, and after a
// restore that failed, when the point is all there is of the old state. What cannot be told stays.
func (a *Agent) needed(id string) bool {
	_, s, err := a.dir.Peek(id)
	if errors.Is(err, fs.ErrNotExist) {
		return false // so old that its journal was removed
	}
	return err != nil || !s.Ended || s.Outcome == verdict.RestoreFailed
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
