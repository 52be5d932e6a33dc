// Package rest is the conversation with somebody's JSON interface that a token opens: it goes nowhere else, waits no
// longer and reads no more than it was told. What an answer means is said by who asked.
package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
)

// Why a call has no answer that can be used, beside what the network says.
var (
	ErrCall     = errors.New("rest: the request cannot be made")
	ErrTooLarge = errors.New("rest: the answer is larger than what is read")
)

// BusyError is somebody who cannot answer now. Trying later may help, not before NotBefore when that is set; whether
// he acted on the request is unknown.
type BusyError struct {
	Fault     *fault.Error
	NotBefore time.Time
}

// Error is the English sentence.
func (e *BusyError) Error() string { return e.Fault.Error() }

// Temporary says that another try may help.
func (e *BusyError) Temporary() bool { return true }

// Unwrap returns the words.
func (e *BusyError) Unwrap() error { return e.Fault }

// Client is an HTTP client for requests that carry a token; the begin of an answer is waited for that long.
func Client(secure *tls.Config, answer time.Duration) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSClientConfig: secure, ForceAttemptHTTP2: true, MaxIdleConns: 4, IdleConnTimeout: 30 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: answer, MaxResponseHeaderBytes: 64 << 10,
		},
		// A redirect would carry the token to wherever it leads.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Call is one request.
type Call struct {
	Method        string
	URL           string // its elements are escaped
	Query         url.Values
	Authorization string
	In            any   // sent as JSON; nil: nothing is sent
	Most          int64 // bytes of the answer that are read
}

// Answer is what came back, the body whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a request, once. Errors are ErrCall, ErrTooLarge, or the network's.
func Do(ctx context.Context, with *http.Client, c Call) (Answer, error) {
	var body io.Reader
	if c.In != nil {
		text, err := json.Marshal(c.In)
		if err != nil {
			return Answer{}, errors.Join(ErrCall, err)
		}
		body = bytes.NewReader(text)
	}
	to := c.URL
	if len(c.Query) > 0 {
		to += "?" + c.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, to, body)
	if err != nil {
		return Answer{}, ErrCall // without the address: its query holds what people wrote
	}
	req.Header.Set("Authorization", c.Authorization)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "patchwart (help desk)")
	if c.In != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := with.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	a.Body, err = io.ReadAll(io.LimitReader(res.Body, c.Most+1))
	if err == nil && int64(len(a.Body)) > c.Most {
		err = ErrTooLarge
	}
	return a, err
}

// Quote makes what the other side said fit for an error: one line, short, without the token.
func Quote(s, token string) string {
	s = strings.ReplaceAll(s, token, "…")
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

// Loopback reports whether a host of an address is this machine itself.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
