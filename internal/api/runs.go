package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
)

// MaxWait bounds how long a request for events waits, in seconds.
const MaxWait = 25

// runPath names a run in the path.
type runPath struct {
	ID string `path:"id" maxLength:"64" doc:"ID of the run"`
}

// runsQuery narrows a list of runs.
type runsQuery struct {
	System string `query:"system" maxLength:"63" doc:"Name of the system; empty: all systems"`
	Stage  string `query:"stage" enum:"planned,asked,ordered,running,over" doc:"Only runs in this stage"`
	Limit  int    `query:"limit" minimum:"0" maximum:"1000" default:"100" doc:"At most so many, newest first"`
}

// eventsQuery asks for what is new in a run.
type eventsQuery struct {
	ID    string `path:"id" maxLength:"64" doc:"ID of the run"`
	After int64  `query:"after" minimum:"0" doc:"Sequence number of the last event that is known"`
	Wait  int    `query:"wait" minimum:"0" maximum:"25" default:"25" doc:"Wait so many seconds for something newer"`
}

// countersignInput carries a second signature.
type countersignInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the run"`
	Body struct {
		PublicKey []byte    `json:"public_key" minLength:"44" maxLength:"44" doc:"The second operator's Ed25519 public key, base64"`
		At        time.Time `json:"at" doc:"When it was signed; whole seconds, part of what is signed"`
		Signature []byte    `json:"signature" minLength:"88" maxLength:"88" doc:"Ed25519 signature of: patchwart countersignature v1, newline, the time in RFC 3339 (UTC), newline, the document; base64"`
	}
}

// runList is a list of runs.
type runList struct {
	Runs []board.RunRow `json:"runs"`
}

func (s *service) runs() {
	register(s, s.operation(http.MethodGet, "/runs", "runs", "Runs, newest first", limitRead),
		func(ctx context.Context, in *runsQuery) (*body[runList], error) {
			rows, err := s.backend.Runs.Runs(ctx, board.RunFilter{System: in.System, Stage: board.Stage(in.Stage), Limit: in.Limit})
			return answer(runList{filled(rows)}, err)
		})
	register(s, s.operation(http.MethodGet, "/runs/{id}", "run", "One run whole", limitRead),
		func(ctx context.Context, in *runPath) (*body[board.Run], error) {
			return answer(s.backend.Runs.Run(ctx, in.ID))
		})
	register(s, s.operation(http.MethodGet, "/runs/{id}/events", "events",
		"What is new in a run; waits for it (long poll)", (MaxWait+15)*time.Second),
		func(ctx context.Context, in *eventsQuery) (*body[board.Progress], error) {
			return answer(s.watch(ctx, in.ID, in.After, time.Duration(in.Wait)*time.Second))
		})
	register(s, s.operation(http.MethodGet, "/runs/{id}/work-order", "workOrder", "A run's signed work order, byte by byte", limitRead),
		func(ctx context.Context, in *runPath) (*body[board.WorkOrder], error) {
			return answer(s.backend.Runs.WorkOrder(ctx, in.ID))
		})
	register(s, s.operation(http.MethodPost, "/runs/{id}/countersignature", "countersign",
		"Add a second operator's signature to a work order, for a host that takes it with two only", limitWrite),
		func(ctx context.Context, in *countersignInput) (*body[board.WorkOrder], error) {
			return answer(s.backend.Runs.Countersign(ctx, board.CountersignRequest{
				Run: in.ID, PublicKey: in.Body.PublicKey, At: in.Body.At, Signature: in.Body.Signature,
			}))
		})
}

// watch waits for something newer than the event after. When the time is over it says how things
// stand, with what events there are.
func (s *service) watch(ctx context.Context, id string, after int64, wait time.Duration) (board.Progress, error) {
	if wait > 0 {
		waiting, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		p, err := s.backend.Runs.Watch(waiting, id, after)
		p.Events = filled(p.Events)
		if err == nil || ctx.Err() != nil || !errors.Is(waiting.Err(), context.DeadlineExceeded) {
			return p, err
		}
	}
	r, err := s.backend.Runs.Run(ctx, id)
	if err != nil {
		return board.Progress{}, err
	}
	events := slices.DeleteFunc(slices.Concat(r.Events, r.Lines), func(e run.Event) bool { return e.Seq <= after })
	slices.SortFunc(events, func(a, b run.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return board.Progress{Row: r.RunRow, State: r.State, Events: filled(events)}, nil
}
