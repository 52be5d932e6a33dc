package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// Limits of one check.
const (
	CheckLimit  = 5 * time.Second
	maxBody     = 64 << 10
	atSameTime  = 8
	defaultGood = http.StatusOK
)

// loopback are the host's own addresses, in the order in which they are tried. A check never leaves
// the host.
var loopback = []string{"127.0.0.1", "::1"}

// Checks puts all questions, some at the same time, and returns the answers in the order of the
// questions.
func Checks(ctx context.Context, checks []estate.Check) []verdict.CheckResult {
	results := make([]verdict.CheckResult, len(checks))
	turn := make(chan struct{}, atSameTime)
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			results[i] = One(ctx, c)
		})
	}
	all.Wait()
	return results
}

// One puts one question. Where nothing listens on the first loopback address, the second is asked.
func One(ctx context.Context, c estate.Check) verdict.CheckResult {
	res := verdict.CheckResult{Check: c}
	for _, host := range loopback {
		address := net.JoinHostPort(host, strconv.Itoa(c.Port))
		var err error
		switch c.Kind {
		case estate.CheckTCP:
			res.Passed, res.Saw, err = askTCP(ctx, address)
		case estate.CheckHTTP:
			res.Passed, res.Saw, err = askHTTP(ctx, address, c)
		case estate.CheckTLS:
			res.Certificate, res.Saw, err = askTLS(ctx, address, c)
			res.Passed = res.Certificate != nil
		case estate.CheckMySQL:
			res.Passed, res.Saw, err = ask(ctx, address, nil, ReadMySQL)
		case estate.CheckPostgreSQL:
			res.Passed, res.Saw, err = ask(ctx, address, helloPostgreSQL, ReadPostgreSQL)
		case estate.CheckRedis:
			res.Passed, res.Saw, err = ask(ctx, address, []byte("PING\r\n"), ReadRedis)
		default:
			res.Saw = fmt.Sprintf("no such kind of check: %.20q", c.Kind)
			return res
		}
		if ctx.Err() != nil {
			// Whatever broke after the question was called off says nothing about the service.
			res.Passed, res.Saw, res.Certificate = false, saw(ctx.Err()), nil
			return res
		}
		if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
			return res
		}
		res.Saw = "connection refused"
	}
	return res
}

func askTCP(ctx context.Context, address string) (bool, string, error) {
	ctx, cancel := context.WithTimeout(ctx, CheckLimit)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false, saw(err), err
	}
	_ = conn.Close() // that it was accepted is the answer
	return true, "connected", nil
}

// askHTTP sends one GET. A redirect is an answer and is not followed: it could lead off the host.
func askHTTP(ctx context.Context, address string, c estate.Check) (bool, string, error) {
	ctx, cancel := context.WithTimeout(ctx, CheckLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+c.Path, nil)
	if err != nil {
		return false, "the path cannot be asked for", err
	}
	req.Host = "localhost"
	req.Header.Set("User-Agent", "patchwart-check")
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: maxBody}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return false, saw(err), err
	}
	defer resp.Body.Close()
	want := c.Status
	if want == 0 {
		want = defaultGood
	}
	text := fmt.Sprintf("HTTP %d", resp.StatusCode)
	// A server that breaks off in the middle of its answer is not well.
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody)); err != nil {
		return false, text + ", then " + saw(err), nil
	}
	return resp.StatusCode == want, text, nil
}

// saw puts an error into few words that are the same each time.
func saw(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in " + CheckLimit.String()
	case errors.Is(err, context.Canceled):
		return "not asked to the end"
	}
	return fmt.Sprintf("%.200s", err)
}
