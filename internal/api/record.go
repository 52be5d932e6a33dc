package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
)

// signIn is a link that signs a browser in, once.
type signIn struct {
	Link string `json:"link"`
}

func (s *service) record() {
	register(s, s.operation(http.MethodPost, "/record/verify", "verifyRecord",
		"Verify the whole record; a broken record is an answer, not an error", limitVerify),
		func(ctx context.Context, _ *struct{}) (*body[board.RecordCheck], error) {
			return answer(s.backend.Record.VerifyRecord(ctx))
		})
	link := s.operation(http.MethodPost, "/sign-in", "signIn", "Make a one-time link to the console", limitWrite)
	link.DefaultStatus = http.StatusCreated
	register(s, link, func(ctx context.Context, _ *struct{}) (*body[signIn], error) {
		url, err := s.backend.SignIn.SignInLink(ctx)
		return answer(signIn{url}, err)
	})
}
