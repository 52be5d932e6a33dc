package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
)

// What the server says about holes, in its own types.
type (
	// ClockRow is one critical hole on one system.
	ClockRow = board.ClockRow
	// Hole is everything about one CVE.
	Hole = board.Hole
	// OpenHoles are the holes that a system has now.
	OpenHoles = board.OpenHoles
	// OpenHole is one of them.
	OpenHole = board.OpenHole
	// Feed is how one source of advisories stands.
	Feed = board.Feed
	// Delivered is what came of a publication that was handed over.
	Delivered = board.Delivered
	// Exposure is how exposed the systems were over time.
	Exposure = board.Exposure
	// ExportForm is a form of an export.
	ExportForm = board.ExportForm
	// Told is one notice.
	Told = board.Told
)

// The forms of exports.
const (
	ExportSBOM    = board.ExportSBOM
	ExportVEX     = board.ExportVEX
	ExportOpenVEX = board.ExportOpenVEX
)

// feedTimeout bounds the handing over of a publication: the server looks at every system again.
const feedTimeout = 11 * time.Minute

// Clocks lists the critical holes that are open; with recent, also those closed in the last seven days.
func (c *Client) Clocks(ctx context.Context, recent bool) ([]ClockRow, error) {
	q := query()
	if recent {
		q.Set("recent", "true")
	}
	list, err := call[struct{ Clocks []ClockRow }](ctx, c, http.MethodGet, "/clocks", q, nil)
	return list.Clocks, err
}

// Hole is everything about one CVE, or about the hole of an advisory that is called by its name.
func (c *Client) Hole(ctx context.Context, id string) (Hole, error) {
	return call[Hole](ctx, c, http.MethodGet, "/advisories/"+url.PathEscape(id), nil, nil)
}

// Holes lists the holes that a system has now.
func (c *Client) Holes(ctx context.Context, system string) (OpenHoles, error) {
	return call[OpenHoles](ctx, c, http.MethodGet, "/systems/"+url.PathEscape(system)+"/holes", nil, nil)
}

// Notices are the newest notices about critical holes, of one system or, with an empty name, of all.
func (c *Client) Notices(ctx context.Context, system string) ([]Told, error) {
	list, err := call[struct{ Notices []Told }](ctx, c, http.MethodGet, "/notices", query("system", system), nil)
	return list.Notices, err
}

// Feeds tells how the feeds stand.
func (c *Client) Feeds(ctx context.Context) ([]Feed, error) {
	list, err := call[struct{ Feeds []Feed }](ctx, c, http.MethodGet, "/feeds", nil, nil)
	return list.Feeds, err
}

// Deliver hands over a publication of a feed, as its publisher wrote it. Origin says where it came from;
// a reason is needed only when it is to replace one with many more records.
func (c *Client) Deliver(ctx context.Context, feed, origin, reason string, text []byte) (Delivered, error) {
	ctx, cancel := context.WithTimeout(ctx, feedTimeout)
	defer cancel()
	return call[Delivered](ctx, c, http.MethodPost, "/feeds/"+url.PathEscape(feed), query("origin", origin, "reason", reason), publication(text))
}

// Export is the software of a system, and what is known about its holes, for other tools.
func (c *Client) Export(ctx context.Context, system string, form ExportForm) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, c, http.MethodGet, "/systems/"+url.PathEscape(system)+"/export/"+url.PathEscape(string(form)), nil, nil)
}

// Exposure is how many critical holes were open in the last so many days.
func (c *Client) Exposure(ctx context.Context, days int) (Exposure, error) {
	return call[Exposure](ctx, c, http.MethodGet, "/exposure", query("days", strconv.Itoa(days)), nil)
}

// publication is a document that is sent as it is.
type publication []byte
