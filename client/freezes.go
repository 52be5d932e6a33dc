package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
)

// Freeze is a change freeze.
type Freeze = board.Freeze

// Calendar is windows, freezes and runs, day by day.
type Calendar = board.Calendar

// FreezeRequest sets a freeze: a stretch of local time, or the public holidays of a region.
type FreezeRequest struct {
	System      string   `json:"system,omitempty"`
	Customer    string   `json:"customer,omitempty"`
	From        string   `json:"from,omitempty"` // 2026-11-27T00:00
	To          string   `json:"to,omitempty"`
	Holidays    string   `json:"holidays,omitempty"` // DE-BY
	Before      int      `json:"days_before,omitempty"`
	After       int      `json:"days_after,omitempty"`
	Zone        string   `json:"zone,omitempty"`
	Reason      string   `json:"reason"`
	By          string   `json:"by"`
	Emergencies bool     `json:"emergencies,omitempty"`
	May         []string `json:"may_override,omitempty"` // management, contact
}

// FreezeOverrideRequest lets work pass in a freeze for some time.
type FreezeOverrideRequest struct {
	By      string    `json:"by"`
	As      string    `json:"as"` // management, contact
	Reason  string    `json:"reason"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Systems []string  `json:"systems,omitempty"`
}

// Freezes lists change freezes, those in force first.
func (c *Client) Freezes(ctx context.Context) ([]Freeze, error) {
	list, err := call[struct{ Freezes []Freeze }](ctx, c, http.MethodGet, "/freezes", nil, nil)
	return list.Freezes, err
}

// SetFreeze sets a freeze; planned runs move behind it.
func (c *Client) SetFreeze(ctx context.Context, r FreezeRequest) (Freeze, error) {
	return call[Freeze](ctx, c, http.MethodPost, "/freezes", nil, r)
}

// EndFreeze ends a freeze before its time.
func (c *Client) EndFreeze(ctx context.Context, id, by string) (Freeze, error) {
	return call[Freeze](ctx, c, http.MethodPost, "/freezes/"+url.PathEscape(id)+"/end", nil, map[string]string{"by": by})
}

// OverrideFreeze lets work pass in a freeze for some time.
func (c *Client) OverrideFreeze(ctx context.Context, id string, r FreezeOverrideRequest) (Freeze, error) {
	return call[Freeze](ctx, c, http.MethodPost, "/freezes/"+url.PathEscape(id)+"/override", nil, r)
}

// Calendar is windows, freezes and runs from a day on ("2026-11-28"; empty: today), for some days (0: two weeks).
func (c *Client) Calendar(ctx context.Context, from string, days int) (Calendar, error) {
	return call[Calendar](ctx, c, http.MethodGet, "/calendar", query("from", from, "days", strconv.Itoa(days)), nil)
}
