package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
)

// PlanDiff is what planning now would change against what is planned.
type PlanDiff = board.PlanDiff

// PlanDiff says what planning a system, or, with an empty name, all would change. It changes nothing.
func (c *Client) PlanDiff(ctx context.Context, system string) (PlanDiff, error) {
	query := url.Values{}
	if system != "" {
		query.Set("system", system)
	}
	return call[PlanDiff](ctx, c, http.MethodGet, "/plan/diff", query, nil)
}
