package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
)

// RootAccess is who can become root on a system, beside what the provider has accepted.
type RootAccess = board.RootAccess

// RootAccess tells who can become root on a system.
func (c *Client) RootAccess(ctx context.Context, system string) (RootAccess, error) {
	return call[RootAccess](ctx, c, http.MethodGet, "/systems/"+url.PathEscape(system)+"/root", nil, nil)
}

// AcceptRoot accepts who can become root on a system now.
func (c *Client) AcceptRoot(ctx context.Context, system, by, reason string) (RootAccess, error) {
	return call[RootAccess](ctx, c, http.MethodPost, "/systems/"+url.PathEscape(system)+"/root/accept", nil, map[string]string{"by": by, "reason": reason})
}
