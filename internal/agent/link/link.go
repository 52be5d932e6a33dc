// Package link is the agent's one line to its server: outbound HTTPS with mutual TLS 1.3, JSON both
// ways. Every call has a time limit and every answer a bound.
package link

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/wire"
)

// Time limits. A poll takes as long as it asked to wait, and grace.
const (
	dialTimeout  = 15 * time.Second
	callTimeout  = 60 * time.Second
	pollGrace    = 20 * time.Second
	pingAfter    = 20 * time.Second // a connection that is silent that long is asked for a sign of life
	pingTimeout  = 10 * time.Second
	maxAnswer    = 2*wire.MaxDocument + 64<<10 // the document travels in base64
	maxRetryWait = 5 * time.Minute
)

// AnswerError is an answer of the server that is not a success.
type AnswerError struct {
	HTTP    int
	Problem wire.Problem
	Wait    time.Duration // how long the server asks to be left alone; 0 = it did not say
}

func (s *AnswerError) Error() string {
	text := fmt.Sprintf("server answers %d %s", s.HTTP, http.StatusText(s.HTTP))
	if s.Problem.Detail != "" {
		text += ": " + s.Problem.Detail
	}
	return text
}

// Final reports whether asking again would change nothing soon: the server knows what it was asked and
// says no (RFC 9110 section 15.5), but for those statuses that speak of the moment or of the caller.
func (s *AnswerError) Final() bool {
	switch s.HTTP {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return s.HTTP >= 400 && s.HTTP < 500
}

// Client speaks to one server.
type Client struct {
	base *url.URL
	http *http.Client
}

// New makes a client for the server at that address.
func New(server string, conf *tls.Config) (*Client, error) {
	base, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	if base.Scheme != "https" {
		return nil, fmt.Errorf("link: %s is not https", server)
	}
	return &Client{base: base, http: &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:     conf,
			TLSHandshakeTimeout: dialTimeout,
			ForceAttemptHTTP2:   true,
			MaxIdleConns:        2,
			IdleConnTimeout:     2 * time.Minute,
			HTTP2:               &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout, MaxReceiveBufferPerConnection: 1 << 20, MaxReceiveBufferPerStream: 1 << 20},
		},
		// A redirect would carry host data elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close drops the connections. Calls under way end by their context.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Poll tells how things stand and waits for something to do.
func (c *Client) Poll(ctx context.Context, req wire.PollRequest) (wire.PollResponse, error) {
	var resp wire.PollResponse
	limit := time.Duration(req.Wait)*time.Second + pollGrace
	err := c.post(ctx, limit, wire.PathPoll, req, &resp)
	return resp, err
}

// Facts sends a report that is gzipped JSON already.
func (c *Client) Facts(ctx context.Context, report []byte) error {
	return c.send(ctx, callTimeout, wire.PathFacts, report, "gzip", nil)
}

// Events sends events and returns how far the server has them.
func (c *Client) Events(ctx context.Context, report wire.EventsReport) (wire.EventsReceipt, error) {
	var receipt wire.EventsReceipt
	err := c.post(ctx, callTimeout, wire.PathEvents, report, &receipt)
	return receipt, err
}

// Refuse reports an order that the host did not accept.
func (c *Client) Refuse(ctx context.Context, r wire.Refusal) error {
	return c.post(ctx, callTimeout, wire.PathRefusals, r, nil)
}

func (c *Client) post(ctx context.Context, limit time.Duration, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	return c.send(ctx, limit, path, body, "", out)
}

func (c *Client) send(ctx context.Context, limit time.Duration, path string, body []byte, encoding string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("link: %s: %w", path, err)
	}
	if len(doc) > maxAnswer {
		return fmt.Errorf("link: %s: the answer is larger than %d bytes", path, maxAnswer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		s := &AnswerError{HTTP: resp.StatusCode, Wait: retryAfter(resp.Header.Get("Retry-After"))}
		_ = json.Unmarshal(doc, &s.Problem) // a body of another form leaves the status to speak
		s.Problem.Detail = short(s.Problem.Detail, 300)
		return fmt.Errorf("link: %s: %w", path, s)
	}
	if out == nil || resp.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(doc, out); err != nil {
		return fmt.Errorf("link: %s: the answer is not understood: %w", path, err)
	}
	return nil
}

// retryAfter reads the form in seconds (RFC 9110 section 10.2.3); the form with a date is not used here.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryWait)
}

func short(s string, most int) string {
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// Told returns the server's answer, if it was one that an error is about.
func Told(err error) (*AnswerError, bool) {
	var s *AnswerError
	ok := errors.As(err, &s)
	return s, ok
}
