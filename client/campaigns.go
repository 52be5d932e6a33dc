package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
)

// CampaignRow is a campaign as lists show it.
type CampaignRow = board.CampaignRow

// Campaign is one campaign whole.
type Campaign = board.Campaign

// Standstill is whether everything is stopped.
type Standstill = board.Standstill

// CampaignRequest begins a round.
type CampaignRequest struct {
	Kind     string   `json:"kind"` // monthly, quarterly
	By       string   `json:"by"`
	Customer string   `json:"customer,omitempty"`
	Canaries []string `json:"canaries,omitempty"`
	Waves    []string `json:"waves,omitempty"`  // 1, 10%, rest
	Budget   string   `json:"budget,omitempty"` // 2, 10%
	AtOnce   int      `json:"at_once,omitempty"`
	Repeat   bool     `json:"repeat,omitempty"`
}

// SignOffRequest signs one system off.
type SignOffRequest struct {
	System string `json:"system"`
	By     string `json:"by"`
	Text   string `json:"text"`
}

// ResumeRequest lifts a stop.
type ResumeRequest struct {
	By       string `json:"by"`
	Approved string `json:"approved_by,omitempty"`
	Reason   string `json:"reason"`
}

// Campaigns lists campaigns, those that go on first.
func (c *Client) Campaigns(ctx context.Context) ([]CampaignRow, error) {
	list, err := call[struct{ Campaigns []CampaignRow }](ctx, c, http.MethodGet, "/campaigns", nil, nil)
	return list.Campaigns, err
}

// Campaign is one campaign, what needs a person first.
func (c *Client) Campaign(ctx context.Context, id string) (Campaign, error) {
	return call[Campaign](ctx, c, http.MethodGet, "/campaigns/"+url.PathEscape(id), nil, nil)
}

// BeginCampaign begins the round of this month or quarter.
func (c *Client) BeginCampaign(ctx context.Context, r CampaignRequest) (Campaign, error) {
	return call[Campaign](ctx, c, http.MethodPost, "/campaigns", nil, r)
}

// SignOff signs one system off in a campaign.
func (c *Client) SignOff(ctx context.Context, campaign string, r SignOffRequest) (Campaign, error) {
	return call[Campaign](ctx, c, http.MethodPost, "/campaigns/"+url.PathEscape(campaign)+"/sign-off", nil, r)
}

// EndCampaign ends a round by hand.
func (c *Client) EndCampaign(ctx context.Context, campaign, by, reason string) (Campaign, error) {
	return call[Campaign](ctx, c, http.MethodPost, "/campaigns/"+url.PathEscape(campaign)+"/end", nil, map[string]string{"by": by, "reason": reason})
}

// Stop lets nothing more begin: in a campaign, or, without one, anywhere. What has begun comes to its end.
func (c *Client) Stop(ctx context.Context, campaign, by, reason string) (Standstill, error) {
	return call[Standstill](ctx, c, http.MethodPost, stopPath(campaign)+"/stop", nil, map[string]string{"by": by, "reason": reason})
}

// Resume lifts the stop of a campaign, or, without one, of everything.
func (c *Client) Resume(ctx context.Context, campaign string, r ResumeRequest) (Standstill, error) {
	return call[Standstill](ctx, c, http.MethodPost, stopPath(campaign)+"/resume", nil, r)
}

// Standstill tells whether everything is stopped.
func (c *Client) Standstill(ctx context.Context) (Standstill, error) {
	return call[Standstill](ctx, c, http.MethodGet, "/standstill", nil, nil)
}

func stopPath(campaign string) string {
	if campaign == "" {
		return "/standstill"
	}
	return "/campaigns/" + url.PathEscape(campaign)
}
