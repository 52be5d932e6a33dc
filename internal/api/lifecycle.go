package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// Lifecycle is until when systems are looked after, who was told, and how far their moves are.
type Lifecycle interface {
	Lifecycle(ctx context.Context) ([]board.Life, error)
	LifeOf(ctx context.Context, system string) (board.Life, error)
	Confirm(ctx context.Context, system, by, channel string) (board.Life, error)
	Move(ctx context.Context, system string, to lifecycle.Move, by, note string) (board.Life, error)
}

// receiptInput is the word of somebody who knows that a system is at its end.
type receiptInput struct {
	Name string `path:"name" maxLength:"63" doc:"Name of the system"`
	Body struct {
		By      string `json:"by" minLength:"1" maxLength:"200" doc:"Who confirmed it"`
		Channel string `json:"channel" minLength:"1" maxLength:"200" doc:"Where: a ticket, a mail"`
	}
}

// moveInput says how far the move of a system is.
type moveInput struct {
	Name string `path:"name" maxLength:"63" doc:"Name of the system"`
	Body struct {
		State lifecycle.Move `json:"state" enum:"offered,ordered,planned,done,declined" doc:"State"`
		By    string         `json:"by" minLength:"1" maxLength:"200" doc:"Whose word it is"`
		Note  string         `json:"note,omitempty" maxLength:"500" doc:"A ticket, a date"`
	}
}

type lifeList struct {
	Systems []board.Life `json:"systems"`
}

func (s *service) lifecycle() {
	register(s, s.operation(http.MethodGet, "/lifecycle", "lifecycle", "Until when the systems are looked after, the first to end on top", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[lifeList], error) {
			list, err := s.backend.Lifecycle.Lifecycle(ctx)
			return answer(lifeList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/systems/{name}/lifecycle", "systemLifecycle", "Until when one system is looked after", limitRead),
		func(ctx context.Context, in *systemPath) (*body[board.Life], error) {
			return answer(s.backend.Lifecycle.LifeOf(ctx, in.Name))
		})
	register(s, s.operation(http.MethodPost, "/systems/{name}/lifecycle/receipt", "confirmEnd", "Keep that the customer knows that the system is at its end", limitWrite),
		func(ctx context.Context, in *receiptInput) (*body[board.Life], error) {
			return answer(s.backend.Lifecycle.Confirm(ctx, in.Name, in.Body.By, in.Body.Channel))
		})
	register(s, s.operation(http.MethodPost, "/systems/{name}/lifecycle/move", "moveSystem", "Say how far the move to a newer generation is", limitWrite),
		func(ctx context.Context, in *moveInput) (*body[board.Life], error) {
			return answer(s.backend.Lifecycle.Move(ctx, in.Name, in.Body.State, in.Body.By, in.Body.Note))
		})
}
