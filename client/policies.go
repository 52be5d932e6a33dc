package client

import (
	"context"
	"net/http"
	"net/url"
)

// Policies lists the published policy versions.
func (c *Client) Policies(ctx context.Context) ([]PolicyInfo, error) {
	list, err := call[struct{ Policies []PolicyInfo }](ctx, c, http.MethodGet, "/policies", nil, nil)
	return list.Policies, err
}

// PolicyVersion is one published version whole, with its document.
func (c *Client) PolicyVersion(ctx context.Context, id string) (PublishedVersion, error) {
	return call[PublishedVersion](ctx, c, http.MethodGet, "/policies/"+url.PathEscape(id), nil, nil)
}

// Publish publishes a policy version or an individual agreement, for ever. The name of the file only serves
// to say where something is wrong.
func (c *Client) Publish(ctx context.Context, name string, doc []byte) (Published, error) {
	return call[Published](ctx, c, http.MethodPost, "/policies", query("name", name), doc)
}

// StateValidity states when a version is valid; empty days stay as they are known.
func (c *Client) StateValidity(ctx context.Context, id, from, to, by string) (PublishedVersion, error) {
	return call[PublishedVersion](ctx, c, http.MethodPost, "/policies/"+url.PathEscape(id)+"/validity", nil,
		map[string]string{"valid_from": from, "valid_to": to, "by": by})
}

// Simulate tells what a version would change for the systems. Nothing is published.
func (c *Client) Simulate(ctx context.Context, name string, doc []byte) (Simulation, error) {
	return call[Simulation](ctx, c, http.MethodPost, "/policies/simulate", query("name", name), doc)
}
