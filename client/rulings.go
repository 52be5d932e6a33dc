package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// What people decided about holes.
type (
	// Exception is an accepted non-installation.
	Exception = board.Exception
	// Override is an operator's own rating of a hole.
	Override = board.Override
	// Mitigation is what is done about a hole besides the update.
	Mitigation = board.Mitigation
	// Verb is what a mitigation does.
	Verb = mitigation.Verb
	// Hands is who carries a mitigation out.
	Hands = mitigation.Hands
	// Level is how bad a hole is.
	Level = severity.Level
)

// MitigationRequest says what is done about a hole on a system besides the update.
type MitigationRequest struct {
	Hole  string `json:"hole"`
	Verb  Verb   `json:"verb"`
	Unit  string `json:"unit,omitempty"`
	Proto string `json:"proto,omitempty"`
	Port  int    `json:"port,omitempty"`
	// Fragment is the name of a piece of configuration that the host's administrator prepared.
	Fragment string `json:"fragment,omitempty"`
	// Hands is who carries it out; empty: the host's agent.
	Hands   Hands     `json:"hands,omitempty"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	Review  time.Time `json:"review"`
	Expires time.Time `json:"expires"`
}

// The verbs of mitigations.
const (
	StopUnit  = mitigation.StopUnit
	ClosePort = mitigation.ClosePort
	// PlaceFragment puts a prepared piece of configuration in place.
	PlaceFragment = mitigation.PlaceFragment
)

// The hands that carry a mitigation out.
const (
	ByAgent  = mitigation.ByAgent
	ByPeople = mitigation.ByPeople
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

// Mitigate keeps a mitigation. It secures once the host's own report shows that it holds.
func (c *Client) Mitigate(ctx context.Context, system string, r MitigationRequest) (Mitigation, error) {
	return call[Mitigation](ctx, c, http.MethodPost, "/systems/"+url.PathEscape(system)+"/mitigations", nil, r)
}

// EndMitigation ends a mitigation: the clock of the hole runs again.
func (c *Client) EndMitigation(ctx context.Context, id, by string) (Mitigation, error) {
	return call[Mitigation](ctx, c, http.MethodPost, "/mitigations/"+url.PathEscape(id)+"/end", nil, map[string]string{"by": by})
}

// Mitigations lists all mitigations, the newest first.
func (c *Client) Mitigations(ctx context.Context) ([]Mitigation, error) {
	list, err := call[struct{ Mitigations []Mitigation }](ctx, c, http.MethodGet, "/mitigations", nil, nil)
	return list.Mitigations, err
}
