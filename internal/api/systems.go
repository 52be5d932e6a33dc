package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// systemPath names a system in the path.
type systemPath struct {
	Name string `path:"name" maxLength:"63" doc:"Name of the system"`
}

// rootInput accepts who can become root on a system.
type rootInput struct {
	Name string `path:"name" maxLength:"63" doc:"Name of the system"`
	Body struct {
		By     string `json:"by" minLength:"1" maxLength:"200" doc:"Who accepts it"`
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why it is right that they can"`
	}
}

// systemQuery narrows to one system.
type systemQuery struct {
	System string `query:"system" maxLength:"63" doc:"Name of the system; empty: all systems"`
}

// explainQuery asks whose job something is.
type explainQuery struct {
	System      string `query:"system" required:"true" minLength:"1" maxLength:"63" doc:"Name of the system"`
	Package     string `query:"package" maxLength:"160" doc:"Name of a package that is due; empty: the change of the class in the layer"`
	Layer       string `query:"layer" maxLength:"32" doc:"Layer; empty: os"`
	Change      string `query:"change" maxLength:"32" doc:"Class of change; empty: security_update"`
	Origin      string `query:"origin" maxLength:"32" doc:"Origin of the software; empty: standard"`
	InstalledBy string `query:"installed_by" maxLength:"32" doc:"Who installed the software; empty: as concluded from who has root"`
	Critical    string `query:"critical" maxLength:"32" doc:"Criticality; empty: unknown"`
	At          string `query:"at" maxLength:"10" doc:"Day: under the version that is valid on it; empty: today"`
	KnownAt     string `query:"known_at" maxLength:"10" doc:"Day: with what was recorded by its end (UTC); empty: now"`
}

// question is the query as the server takes it.
func (q *explainQuery) question() board.Question {
	return board.Question{
		System: q.System, Package: q.Package, Layer: policy.Layer(q.Layer), Change: policy.ChangeClass(q.Change), Origin: policy.Origin(q.Origin),
		InstalledBy: policy.InstalledBy(q.InstalledBy), Critical: policy.Criticality(q.Critical), Day: q.At, KnownAt: q.KnownAt,
	}
}

// systemList is a list of systems.
type systemList struct {
	Systems []board.SystemRow `json:"systems"`
}

// dueList is a list of due changes.
type dueList struct {
	Due []board.DueRow `json:"due"`
}

func (s *service) systems() {
	register(s, s.operation(http.MethodGet, "/today", "today", "What needs whom, what runs, what comes next", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[board.Today], error) {
			return answer(s.backend.Systems.Today(ctx))
		})
	register(s, s.operation(http.MethodGet, "/systems", "systems", "All systems", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[systemList], error) {
			rows, err := s.backend.Systems.Systems(ctx)
			return answer(systemList{filled(rows)}, err)
		})
	register(s, s.operation(http.MethodGet, "/systems/{name}", "system", "One system whole", limitRead),
		func(ctx context.Context, in *systemPath) (*body[board.System], error) {
			return answer(s.backend.Systems.System(ctx, in.Name))
		})
	register(s, s.operation(http.MethodGet, "/systems/{name}/root", "rootAccess", "Who can become root on a system, beside what was accepted", limitRead),
		func(ctx context.Context, in *systemPath) (*body[board.RootAccess], error) {
			return answer(s.backend.Systems.RootAccess(ctx, in.Name))
		})
	register(s, s.operation(http.MethodPost, "/systems/{name}/root/accept", "acceptRoot", "Accept who can become root on a system now: it may be changed again", limitWrite),
		func(ctx context.Context, in *rootInput) (*body[board.RootAccess], error) {
			return answer(s.backend.Systems.AcceptRoot(ctx, in.Name, in.Body.By, in.Body.Reason))
		})
	register(s, s.operation(http.MethodGet, "/explain", "explain", "Whose job is this, and which rule says so", limitRead),
		func(ctx context.Context, in *explainQuery) (*body[board.Explanation], error) {
			return answer(s.backend.Systems.Explain(ctx, in.question()))
		})
	register(s, s.operation(http.MethodGet, "/due", "due", "What is due, and whether it may be done", limitRead),
		func(ctx context.Context, in *systemQuery) (*body[dueList], error) {
			rows, err := s.backend.Systems.Due(ctx, in.System)
			return answer(dueList{filled(rows)}, err)
		})
}

// filled is the list, or an empty one: null would be no list.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
