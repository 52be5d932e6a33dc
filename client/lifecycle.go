package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// Until when systems are looked after.
type (
	// Life is how a system stands in its life.
	Life = board.Life
	// MoveState is how far the move of a system is.
	MoveState = lifecycle.Move
)

// Lifecycle lists how all systems stand, the first to end on top.
func (c *Client) Lifecycle(ctx context.Context) ([]Life, error) {
	list, err := call[struct{ Systems []Life }](ctx, c, http.MethodGet, "/lifecycle", nil, nil)
	return list.Systems, err
}

// LifeOf is how one system stands.
func (c *Client) LifeOf(ctx context.Context, system string) (Life, error) {
	return call[Life](ctx, c, http.MethodGet, "/systems/"+url.PathEscape(system)+"/lifecycle", nil, nil)
}

// Confirm keeps that the customer knows that the system is at its end.
func (c *Client) Confirm(ctx context.Context, system, by, channel string) (Life, error) {
	return call[Life](ctx, c, http.MethodPost, "/systems/"+url.PathEscape(system)+"/lifecycle/receipt", nil, map[string]string{"by": by, "channel": channel})
}

// Move says how far the move of a system to a newer generation is.
func (c *Client) Move(ctx context.Context, system string, to MoveState, by, note string) (Life, error) {
	return call[Life](ctx, c, http.MethodPost, "/systems/"+url.PathEscape(system)+"/lifecycle/move", nil, map[string]string{"state": string(to), "by": by, "note": note})
}
