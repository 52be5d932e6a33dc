package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
)

// StandingOrder is a contract's standing order with its dates.
type StandingOrder = board.StandingOrder

// Overdue is a system on which a date of its standing order went by with nothing done.
type Overdue = board.Overdue

// StandingChangeRequest says something about single dates of a standing order.
type StandingChangeRequest struct {
	Kind   string `json:"kind"`            // move, leave_out, pause, resume
	Day    string `json:"day,omitempty"`   // move, leave_out: the day on which the rule has the date, 2026-12-05
	To     string `json:"to,omitempty"`    // move: where to, in local time, 2026-12-12T05:00
	From   string `json:"from,omitempty"`  // pause: first day; empty: today
	Until  string `json:"until,omitempty"` // pause: last day; empty: until further notice
	By     string `json:"by"`
	As     string `json:"as,omitempty"` // contact, provider
	Reason string `json:"reason"`
}

// StandingOrders lists the standing orders of all contracts.
func (c *Client) StandingOrders(ctx context.Context) ([]StandingOrder, error) {
	list, err := call[struct {
		StandingOrders []StandingOrder `json:"standing_orders"`
	}](ctx, c, http.MethodGet, "/standing-orders", nil, nil)
	return list.StandingOrders, err
}

// StandingOrder is the standing order of a contract.
func (c *Client) StandingOrder(ctx context.Context, contract string) (StandingOrder, error) {
	return call[StandingOrder](ctx, c, http.MethodGet, "/standing-orders/"+url.PathEscape(contract), nil, nil)
}

// ChangeStandingOrder moves or leaves out a date, pauses or resumes the order; the customer is told.
func (c *Client) ChangeStandingOrder(ctx context.Context, contract string, r StandingChangeRequest) (StandingOrder, error) {
	return call[StandingOrder](ctx, c, http.MethodPost, "/standing-orders/"+url.PathEscape(contract)+"/changes", nil, r)
}
