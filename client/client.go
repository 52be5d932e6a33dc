// Package client speaks the HTTP API of a Patchwart server. The command line and the end-to-end
// tests use nothing else, so what they can do, a program can do.
//
//	c, err := client.New("http://127.0.0.1:7480", token)
//	…
//	today, err := c.Today(ctx)
//
// Every error is a *client.Error (errors.As) with a code to act on, sentences in both languages, and
// for a refusal the rule that says so. A server that cannot be reached is CodeUnavailable.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// MaxAnswer bounds what is read of one answer, in bytes.
const MaxAnswer = 64 << 20

// How long calls may take, beyond what the context allows. The server's own limits are shorter.
const (
	timeout       = 75 * time.Second
	verifyTimeout = 11 * time.Minute
)

// Client speaks to one server. It is safe for use by several goroutines.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// New makes a client for the server at the URL, which speaks with the token. The token is sent in
// the clear only to this machine: elsewhere the URL must be https. Nothing is connected yet.
func New(server, token string) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(server, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, badAddress(server, lang.T("Die Adresse muss aussehen wie http://127.0.0.1:7480.", "The address must look like http://127.0.0.1:7480."))
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, badAddress(server, lang.T("Unverschlüsselt wird nur mit diesem Rechner gesprochen; bitte verwenden Sie https.",
			"Only this machine is spoken to without encryption; please use https."))
	}
	if token == "" || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil, badToken()
	}
	transport := &http.Transport{
		Proxy:                 nil, // a proxy would see the token
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          4,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: verifyTimeout,
	}
	if u.Scheme == "https" {
		transport.Proxy = http.ProxyFromEnvironment
	}
	return &Client{base: u.String() + "/api/v1", token: token, http: &http.Client{
		Transport: transport,
		// A redirect would carry the token to where nobody decided to send it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Today is the start page: what needs whom.
func (c *Client) Today(ctx context.Context) (Today, error) {
	return call[Today](ctx, c, http.MethodGet, "/today", nil, nil)
}

// Systems lists all systems.
func (c *Client) Systems(ctx context.Context) ([]SystemRow, error) {
	list, err := call[struct{ Systems []SystemRow }](ctx, c, http.MethodGet, "/systems", nil, nil)
	return list.Systems, err
}

// System is one system whole.
func (c *Client) System(ctx context.Context, name string) (System, error) {
	return call[System](ctx, c, http.MethodGet, "/systems/"+url.PathEscape(name), nil, nil)
}

// Explain answers whose job a change on a system is.
func (c *Client) Explain(ctx context.Context, q Question) (Explanation, error) {
	return call[Explanation](ctx, c, http.MethodGet, "/explain", query("system", q.System, "package", q.Package, "layer", string(q.Layer),
		"change", string(q.Change), "origin", string(q.Origin), "installed_by", string(q.InstalledBy), "critical", string(q.Critical),
		"at", q.Day, "known_at", q.KnownAt), nil)
}

// Due lists what is due on a system, or, with an empty name, on all.
func (c *Client) Due(ctx context.Context, system string) ([]DueRow, error) {
	list, err := call[struct{ Due []DueRow }](ctx, c, http.MethodGet, "/due", query("system", system), nil)
	return list.Due, err
}

// PlaceOrder places a customer's order.
func (c *Client) PlaceOrder(ctx context.Context, order OrderRequest) (OrderReceipt, error) {
	return call[OrderReceipt](ctx, c, http.MethodPost, "/orders", nil, order)
}

// Orders lists customers' orders of a system, or, with an empty name, of all, the newest first.
func (c *Client) Orders(ctx context.Context, system string) ([]OrderRow, error) {
	list, err := call[struct{ Orders []OrderRow }](ctx, c, http.MethodGet, "/orders", query("system", system), nil)
	return list.Orders, err
}

// Order is one order.
func (c *Client) Order(ctx context.Context, id string) (OrderRow, error) {
	return call[OrderRow](ctx, c, http.MethodGet, "/orders/"+url.PathEscape(id), nil, nil)
}

// Withdraw takes an order back, until its run begins.
func (c *Client) Withdraw(ctx context.Context, w WithdrawalRequest) (OrderRow, error) {
	return call[OrderRow](ctx, c, http.MethodPost, "/orders/"+url.PathEscape(w.Order)+"/withdrawal", nil,
		map[string]string{"contact": w.Contact, "channel": w.Channel, "text": w.Text})
}

// Plan plans what is permitted on a system, or, with an empty name, on all. A preview plans nothing.
func (c *Client) Plan(ctx context.Context, system string, preview bool) (PlanResult, error) {
	return call[PlanResult](ctx, c, http.MethodPost, "/plan", nil, map[string]any{"system": system, "preview": preview})
}

// Runs lists runs, newest first.
func (c *Client) Runs(ctx context.Context, filter RunFilter) ([]RunRow, error) {
	limit := ""
	if filter.Limit != 0 {
		limit = strconv.Itoa(filter.Limit)
	}
	list, err := call[struct{ Runs []RunRow }](ctx, c, http.MethodGet, "/runs",
		query("system", filter.System, "stage", string(filter.Stage), "limit", limit), nil)
	return list.Runs, err
}

// Run is one run whole.
func (c *Client) Run(ctx context.Context, id string) (Run, error) {
	return call[Run](ctx, c, http.MethodGet, "/runs/"+url.PathEscape(id), nil, nil)
}

// Watch waits up to so long (at most 25 s, in whole seconds) for events after the sequence number. No
// events means that the time is over.
func (c *Client) Watch(ctx context.Context, id string, after int64, wait time.Duration) (Progress, error) {
	seconds := min(max(int(wait/time.Second), 0), 25)
	return call[Progress](ctx, c, http.MethodGet, "/runs/"+url.PathEscape(id)+"/events",
		query("after", strconv.FormatInt(after, 10), "wait", strconv.Itoa(seconds)), nil)
}

// WorkOrder is a run's signed work order, byte by byte.
func (c *Client) WorkOrder(ctx context.Context, run string) (WorkOrder, error) {
	return call[WorkOrder](ctx, c, http.MethodGet, "/runs/"+url.PathEscape(run)+"/work-order", nil, nil)
}

// Countersign adds a second operator's signature to a run's work order.
func (c *Client) Countersign(ctx context.Context, run string, q CountersignRequest) (WorkOrder, error) {
	return call[WorkOrder](ctx, c, http.MethodPost, "/runs/"+url.PathEscape(run)+"/countersignature", nil, q)
}

// Apply applies an estate document: all of it, or nothing and an error with all its places. The name
// of the file only serves to say where something is wrong.
func (c *Client) Apply(ctx context.Context, name string, doc []byte) (Applied, error) {
	return call[Applied](ctx, c, http.MethodPut, "/estate", query("name", name), doc)
}

// Enrolment makes a one-time token for a host.
func (c *Client) Enrolment(ctx context.Context, system string) (Enrolment, error) {
	return call[Enrolment](ctx, c, http.MethodPost, "/enrolments", nil, map[string]string{"system": system})
}

// VerifyRecord verifies the whole record. A broken record is an answer, not an error.
func (c *Client) VerifyRecord(ctx context.Context) (RecordCheck, error) {
	ctx, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	return call[RecordCheck](ctx, c, http.MethodPost, "/record/verify", nil, nil)
}

// SignInLink makes a link that signs a browser in to the console, once.
func (c *Client) SignInLink(ctx context.Context) (string, error) {
	in, err := call[struct{ Link string }](ctx, c, http.MethodPost, "/sign-in", nil, nil)
	return in.Link, err
}

// query makes a query of names and values in turn, leaving out those whose value is empty.
func query(pairs ...string) url.Values {
	q := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		if name, value := pair[0], pair[len(pair)-1]; value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// call makes one request. A []byte is sent as the YAML document that it is, anything else as JSON.
func call[T any](ctx context.Context, c *Client, method, path string, q url.Values, in any) (out T, err error) {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	var sent io.Reader
	kind := ""
	switch in := in.(type) {
	case nil:
	case []byte:
		sent, kind = bytes.NewReader(in), "application/yaml"
	case publication:
		sent, kind = bytes.NewReader(in), "application/octet-stream"
	default:
		doc, err := json.Marshal(in)
		if err != nil {
			return out, fmt.Errorf("client: marshal request: %w", err)
		}
		sent, kind = bytes.NewReader(doc), "application/json"
	}
	address := c.base + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, sent)
	if err != nil {
		return out, fmt.Errorf("client: make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return out, c.unreachable(err)
	}
	defer res.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(res.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return out, c.unreachable(err)
	case len(doc) > MaxAnswer:
		return out, notUnderstood(errors.New("the answer is larger than 64 MiB"))
	case res.StatusCode < 200 || res.StatusCode > 299:
		return out, refused(res, doc)
	}
	if err := json.Unmarshal(doc, &out); err != nil {
		return out, notUnderstood(err)
	}
	return out, nil
}
