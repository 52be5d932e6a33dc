package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
)

// estateInput is the estate document as it was written.
type estateInput struct {
	Name    string `query:"name" maxLength:"200" default:"estate.yaml" doc:"Name of the file, to say where something is wrong"`
	RawBody []byte `contentType:"application/yaml"`
}

// enrolmentInput names the host to enrol.
type enrolmentInput struct {
	Body struct {
		System string `json:"system" minLength:"1" maxLength:"63" doc:"Name of the system"`
	}
}

func (s *service) estate() {
	apply := s.operation(http.MethodPut, "/estate", "apply",
		"Apply an estate document: all of it, or, with all its errors named, nothing", limitWrite)
	apply.MaxBodyBytes = estate.MaxDocument
	apply.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/yaml": {Schema: &huma.Schema{Type: huma.TypeString, Description: "The document, at most 4 MiB"}},
	}}
	register(s, apply, func(ctx context.Context, in *estateInput) (*body[board.Applied], error) {
		// The buffer is used again after this request; the backend may keep what it is given.
		return answer(s.backend.Estate.Apply(ctx, in.Name, slices.Clone(in.RawBody)))
	})
	enrol := s.operation(http.MethodPost, "/enrolments", "enrol", "Make a one-time token for a host", limitWrite)
	enrol.DefaultStatus = http.StatusCreated
	register(s, enrol, func(ctx context.Context, in *enrolmentInput) (*body[board.Enrolment], error) {
		return answer(s.backend.Estate.Enrolment(ctx, in.Body.System))
	})
}
