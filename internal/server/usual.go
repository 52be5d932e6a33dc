package server

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/duration"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/store"
)

// mostPast is how many runs of a host are looked at for how long things take.
const mostPast = 100

// usual is how long each step, and a whole run, took before on the host of a run. Of measures only measures count,
// of updates only updates. A step that was tried again took all its tries.
func usual(ctx context.Context, tx *store.Tx, r store.Run) (steps map[run.Step]board.Usually, whole board.Usually, err error) {
	past, err := tx.Runs(ctx, board.RunFilter{System: r.System, Limit: mostPast})
	if err != nil {
		return nil, whole, err
	}
	samples := map[run.Step][]duration.Sample{}
	var runs []duration.Sample
	for _, p := range past {
		if p.ID == r.ID || p.Stage != board.Over || !p.Created.Before(r.Created) || (p.Measure == "") != (r.Measure == "") {
			continue
		}
		for step, sample := range stepsOf(p.State) {
			samples[step] = append(samples[step], sample)
		}
		if p.State.Written {
			runs = append(runs, duration.Sample{Took: p.State.Last.Sub(p.State.Begun), At: p.State.Begun})
		}
	}
	steps = map[run.Step]board.Usually{}
	for step, list := range samples {
		if u := board.UsuallyOf(duration.Of(list)); u.Known() {
			steps[step] = u
		}
	}
	return steps, board.UsuallyOf(duration.Of(runs)), nil
}

// stepsOf is how long the steps of a run took that ended well.
func stepsOf(s run.State) map[run.Step]duration.Sample {
	out := map[run.Step]duration.Sample{}
	good := map[run.Step]bool{}
	for _, span := range s.Spans {
		if span.Ended.IsZero() {
			continue
		}
		one, tried := out[span.Step]
		if !tried {
			one.At = span.Begun
		}
		one.Took += span.Ended.Sub(span.Begun)
		out[span.Step], good[span.Step] = one, span.Good
	}
	for step := range out {
		if !good[step] {
			delete(out, step)
		}
	}
	return out
}
