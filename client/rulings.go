package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// What people decided about holes.
type (
	// Exception is an accepted non-installation.
	Exception = board.Exception
	// Override is an operator's own rating of a hole.
	Override = board.Override
	// Level is how bad a hole is.
	Level = severity.Level
)

// ExceptionRequest asks for an exception, on one system or on all systems of a customer.
type ExceptionRequest struct {
	Advisory     string    `json:"advisory"`
	System       string    `json:"system,omitempty"`
	Customer     string    `json:"customer,omitempty"`
	Reason       string    `json:"reason"`
	RiskOwner    string    `json:"risk_owner"`
	Compensation string    `json:"compensation"`
	Expires      time.Time `json:"expires"`
	RequestedBy  string    `json:"requested_by"`
}

// RatingRequest rates a hole otherwise than the rules.
type RatingRequest struct {
	Level          Level     `json:"level"`
	By             string    `json:"by"`
	Reason         string    `json:"reason"`
	Expires        time.Time `json:"expires"`
	KnowsExploited bool      `json:"knows_exploited,omitempty"`
}

// Rate rates a hole otherwise than the rules, for a while.
func (c *Client) Rate(ctx context.Context, hole string, r RatingRequest) (Override, error) {
	return call[Override](ctx, c, http.MethodPost, "/advisories/"+url.PathEscape(hole)+"/rating", nil, r)
}

// Except asks for an exception. It covers nothing before it is approved.
func (c *Client) Except(ctx context.Context, r ExceptionRequest) (Exception, error) {
	return call[Exception](ctx, c, http.MethodPost, "/exceptions", nil, r)
}

// Approve puts an exception in force.
func (c *Client) Approve(ctx context.Context, id, by string) (Exception, error) {
	return call[Exception](ctx, c, http.MethodPost, "/exceptions/"+url.PathEscape(id)+"/approval", nil, map[string]string{"by": by})
}

// Revoke ends an exception before its time.
func (c *Client) Revoke(ctx context.Context, id, by string) (Exception, error) {
	return call[Exception](ctx, c, http.MethodPost, "/exceptions/"+url.PathEscape(id)+"/revocation", nil, map[string]string{"by": by})
}

// Exceptions lists all exceptions, those in force first.
func (c *Client) Exceptions(ctx context.Context) ([]Exception, error) {
	list, err := call[struct{ Exceptions []Exception }](ctx, c, http.MethodGet, "/exceptions", nil, nil)
	return list.Exceptions, err
}
