package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
)

// systemPath names a system in the path.
type systemPath struct {
	Name string `path:"name" maxLength:"63" doc:"Name of the system"`
}

// systemQuery narrows to one system.
type systemQuery struct {
	System string `query:"system" maxLength:"63" doc:"Name of the system; empty: all systems"`
}

// explainQuery asks whose job something is.
type explainQuery struct {
	System  string `query:"system" required:"true" minLength:"1" maxLength:"63" doc:"Name of the system"`
	Package string `query:"package" maxLength:"160" doc:"Name of a package; empty: security updates of the operating system"`
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
	register(s, s.operation(http.MethodGet, "/explain", "explain", "Whose job is this, and which rule says so", limitRead),
		func(ctx context.Context, in *explainQuery) (*body[board.Explanation], error) {
			return answer(s.backend.Systems.Explain(ctx, in.System, in.Package))
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
