package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/simulation"
)

// maxPolicy bounds a policy document, in bytes.
const maxPolicy = 256 << 10

// policyInput is a policy version, or an individual agreement, as it was written.
type policyInput struct {
	Name    string `query:"name" maxLength:"200" default:"policy.yaml" doc:"Name of the file, to say where something is wrong"`
	RawBody []byte `contentType:"application/yaml"`
}

// policyPath names a version in the path.
type policyPath struct {
	ID string `path:"id" maxLength:"64" doc:"ID of the version"`
}

// validityInput states when a version is valid.
type validityInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the version"`
	Body struct {
		From string `json:"valid_from,omitempty" maxLength:"10" doc:"First day, or unknown; left out: as known"`
		To   string `json:"valid_to,omitempty" maxLength:"10" doc:"Last day, or unknown; left out: as known"`
		By   string `json:"by" minLength:"1" maxLength:"200" doc:"Who says so"`
	}
}

// policyList is a list of versions.
type policyList struct {
	Policies []board.PolicyInfo `json:"policies"`
}

func (s *service) policies() {
	register(s, s.operation(http.MethodGet, "/policies", "policies", "The published policy versions", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[policyList], error) {
			list, err := s.backend.Policies.Policies(ctx)
			return answer(policyList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/policies/{id}", "policy", "One policy version whole, with its document", limitRead),
		func(ctx context.Context, in *policyPath) (*body[board.PublishedVersion], error) {
			return answer(s.backend.Policies.PolicyVersion(ctx, in.ID))
		})
	publish := s.document(http.MethodPost, "/policies", "publishPolicy", "Publish a policy version or an individual agreement, for ever", limitWrite)
	register(s, publish, func(ctx context.Context, in *policyInput) (*body[board.Published], error) {
		return answer(s.backend.Policies.Publish(ctx, in.Name, slices.Clone(in.RawBody)))
	})
	simulate := s.document(http.MethodPost, "/policies/simulate", "simulatePolicy", "What a version would change for the systems, and which promises it would break", limitRead)
	register(s, simulate, func(ctx context.Context, in *policyInput) (*body[simulation.Report], error) {
		return answer(s.backend.Policies.Simulate(ctx, in.Name, slices.Clone(in.RawBody)))
	})
	register(s, s.operation(http.MethodPost, "/policies/{id}/validity", "stateValidity", "State when a policy version is valid", limitWrite),
		func(ctx context.Context, in *validityInput) (*body[board.PublishedVersion], error) {
			if err := s.backend.Policies.StateValidity(ctx, in.ID, in.Body.From, in.Body.To, in.Body.By); err != nil {
				return answer(board.PublishedVersion{}, err)
			}
			return answer(s.backend.Policies.PolicyVersion(ctx, in.ID))
		})
}

// document is an operation that takes a YAML document.
func (s *service) document(method, path, id, summary string, limit time.Duration) huma.Operation {
	o := s.operation(method, path, id, summary, limit)
	o.MaxBodyBytes = maxPolicy
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/yaml": {Schema: &huma.Schema{Type: huma.TypeString, Description: "The document, at most 256 KiB"}},
	}}
	return o
}
