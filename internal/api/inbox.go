package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
)

// Inbox is what customers wrote, and what was written to them.
type Inbox interface {
	Messages(ctx context.Context) ([]board.Message, error)
	SettleMessage(ctx context.Context, id, by string) (board.Message, error)
	Letters(ctx context.Context) ([]board.Letter, error)
}

type messageList struct {
	Messages []board.Message `json:"messages"`
}

type letterList struct {
	Letters []board.Letter `json:"letters"`
}

// settleInput notes that a message is dealt with.
type settleInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the message"`
	Body struct {
		By string `json:"by" minLength:"1" maxLength:"200" doc:"Who has dealt with it"`
	}
}

func (s *service) inbox() {
	register(s, s.operation(http.MethodGet, "/messages", "messages", "Customers' messages and what came of them, those that wait for the service desk first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[messageList], error) {
			list, err := s.backend.Inbox.Messages(ctx)
			return answer(messageList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodPost, "/messages/{id}/settled", "settleMessage", "Note that somebody at the service desk has dealt with a message", limitWrite),
		func(ctx context.Context, in *settleInput) (*body[board.Message], error) {
			return answer(s.backend.Inbox.SettleMessage(ctx, in.ID, in.Body.By))
		})
	register(s, s.operation(http.MethodGet, "/letters", "letters", "What was sent by mail, or is to be, the newest first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[letterList], error) {
			list, err := s.backend.Inbox.Letters(ctx)
			return answer(letterList{filled(list)}, err)
		})
}
