// Package feed fetches publications of advisories: over HTTPS with conditional requests, or from a directory
// that somebody carries in. It trusts nobody: every answer is bounded in size and time, a body that ends early
// is an error, a redirect leads only where its source says, and what cannot be proven is not taken.
//
// What a publication says, and whether it may replace the one before, is decided by who asked for it.
package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

const (
	maxRedirects = 5
	maxAnswer    = 10 * time.Minute // for the whole of a publication
	maxFile      = time.Hour        // for one that goes to a file
	maxSilence   = 30 * time.Second // between two pieces of it
	maxWait      = 24 * time.Hour   // that a publisher may ask for
	maxSum       = 4 << 10          // bytes of a file with a checksum
	maxHeader    = 512              // bytes of a validator that are kept
	agentName    = "patchwart (advisory feeds)"
)

// Fetcher fetches publications over HTTP. Its zero value is ready for use.
type Fetcher struct {
	Transport http.RoundTripper // nil: one of its own
	Silence   time.Duration     // see maxSilence; 0: that
	Now       func() time.Time  // nil: time.Now
}

// New makes a fetcher with a transport of its own.
func New() *Fetcher {
	return &Fetcher{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		ForceAttemptHTTP2: true, MaxIdleConns: 4, IdleConnTimeout: 30 * time.Second,
		TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}}
}

// Fetch looks whether a source has something newer than what the validators are of, and returns it whole.
// Errors are *fault.Error in words, or *source.BusyError.
func (f *Fetcher) Fetch(ctx context.Context, s source.Source, known source.Validators) (source.Fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, maxAnswer)
	defer cancel()
	out, err := f.get(ctx, s, s.URL, known, s.Limit)
	if err != nil || out.Unchanged() || s.Proof != "sha256" {
		return out, err
	}
	sum, err := f.get(ctx, s, s.URL+".sha256", source.Validators{}, maxSum)
	if err != nil {
		return source.Fetched{}, err
	}
	is := sha256.Sum256(out.Text)
	if want, _, _ := strings.Cut(strings.TrimSpace(string(sum.Text)), " "); !strings.EqualFold(want, hex.EncodeToString(is[:])) {
		return source.Fetched{}, problem("Die Prüfsumme des Herausgebers passt nicht zur Veröffentlichung.", "The publisher's checksum does not match the publication.")
	}
	return out, nil
}

// Save writes a publication into a file that is too large to be held in memory. Of what it returns the text
// is empty; written is 0 when nothing is new.
func (f *Fetcher) Save(ctx context.Context, s source.Source, known source.Validators, to io.Writer) (out source.Fetched, written int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, maxFile)
	defer cancel()
	return f.carry(ctx, s, s.URL, known, s.Limit, to)
}

func (f *Fetcher) get(ctx context.Context, s source.Source, address string, known source.Validators, limit int64) (source.Fetched, error) {
	var text bytes.Buffer
	out, written, err := f.carry(ctx, s, address, known, limit, &text)
	if written > 0 {
		out.Text = text.Bytes()
	}
	return out, err
}

// carry writes what lies at an address. Nothing that is written counts if there is an error.
func (f *Fetcher) carry(ctx context.Context, s source.Source, address string, known source.Validators, limit int64, to io.Writer) (out source.Fetched, written int64, err error) {
	if !source.Allowed(address) {
		return source.Fetched{}, 0, problem("Die Adresse des Feeds ist nicht verschlüsselt.", "The feed's address is not encrypted.")
	}
	// A publisher who stops in the middle of a publication is left alone: each piece sets the time anew.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := f.Silence
	if silence == 0 {
		silence = maxSilence
	}
	alarm := time.AfterFunc(2*silence, func() { cancel(errSilent) })
	defer alarm.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return source.Fetched{}, 0, problem("Die Adresse des Feeds ist nicht zu gebrauchen.", "The feed's address cannot be used.")
	}
	req.Header.Set("User-Agent", agentName)
	req.Header.Set("Accept-Encoding", "identity") // packed publications are unpacked by their reader, with its bounds
	if known.ETag != "" {
		req.Header.Set("If-None-Match", known.ETag)
	}
	if known.LastModified != "" {
		req.Header.Set("If-Modified-Since", known.LastModified)
	}
	res, err := (&http.Client{Transport: f.Transport, CheckRedirect: follow(s)}).Do(req)
	if err != nil {
		return source.Fetched{}, 0, unreachable(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	out = source.Fetched{From: res.Request.URL.Redacted(), Validators: source.Validators{
		ETag: short(res.Header.Get("ETag")), LastModified: short(res.Header.Get("Last-Modified"))}}
	switch {
	case res.StatusCode == http.StatusNotModified && known != source.Validators{}:
		out.Validators = known
		return out, 0, nil
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable:
		return source.Fetched{}, 0, f.busy(res)
	case res.StatusCode != http.StatusOK:
		return source.Fetched{}, 0, problem(fmt.Sprintf("Der Herausgeber antwortet mit Status %d.", res.StatusCode), fmt.Sprintf("The publisher answers with status %d.", res.StatusCode))
	case res.ContentLength > limit:
		return source.Fetched{}, 0, tooLarge(limit)
	}
	written, err = io.Copy(to, io.LimitReader(pacemaker{res.Body, alarm, silence}, limit+1))
	var file *fs.PathError
	switch {
	case errors.As(err, &file):
		return source.Fetched{}, 0, problem("Die Veröffentlichung ist nicht zwischenzuspeichern: "+reason(err), "The publication cannot be kept for the moment: "+reason(err))
	case err != nil:
		return source.Fetched{}, 0, unreachable(ctx, err)
	case written > limit:
		return source.Fetched{}, 0, tooLarge(limit)
	case written == 0:
		return source.Fetched{}, 0, problem("Die Veröffentlichung ist leer.", "The publication is empty.")
	}
	return out, written, nil
}

// follow lets redirects lead only where the source says.
func follow(s source.Source) func(*http.Request, []*http.Request) error {
	return func(to *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || !s.Leads(to.URL) {
			return errElsewhere
		}
		return nil
	}
}

var (
	errSilent    = errors.New("the publisher fell silent")
	errElsewhere = errors.New("the publisher leads elsewhere")
)

// pacemaker sets the alarm anew with every piece that arrives.
type pacemaker struct {
	io.Reader
	alarm   *time.Timer
	silence time.Duration
}

func (p pacemaker) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if n > 0 {
		p.alarm.Reset(p.silence)
	}
	return n, err
}

// unreachable says why nothing came, or not all.
func unreachable(ctx context.Context, err error) error {
	var lookup *net.DNSError
	var address *url.Error
	switch {
	case errors.Is(err, errElsewhere):
		return problem("Der Herausgeber leitet an eine Adresse weiter, die für diesen Feed nicht vorgesehen ist.", "The publisher redirects to an address that is not meant for this feed.")
	case errors.Is(context.Cause(ctx), errSilent):
		return problem("Der Herausgeber hat mitten in der Antwort aufgehört zu senden.", "The publisher stopped sending in the middle of the answer.")
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return err // whoever asked has gone
	case errors.Is(err, context.DeadlineExceeded):
		return problem("Der Herausgeber antwortet nicht in der Zeit.", "The publisher does not answer in time.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem("Die Veröffentlichung ist unterwegs abgerissen.", "The publication broke off on the way.")
	case errors.As(err, &lookup):
		return problem("Der Name des Herausgebers ist nicht aufzulösen.", "The publisher's name cannot be resolved.")
	case errors.As(err, &address):
		err = address.Err // without the address, which may say more than it should
	}
	return &fault.Error{Code: fault.Unavailable, Text: lang.Textf("Der Herausgeber ist nicht zu erreichen: %[1]s", "The publisher cannot be reached: %[1]s", err.Error())}
}

// busy reads until when the publisher wants to be left alone.
func (f *Fetcher) busy(res *http.Response) error {
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	out := &source.BusyError{Fault: problem(fmt.Sprintf("Der Herausgeber ist überlastet (Status %d).", res.StatusCode), fmt.Sprintf("The publisher is overloaded (status %d).", res.StatusCode))}
	after := res.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil && seconds > 0 {
		out.NotBefore = now().Add(min(time.Duration(min(seconds, int(maxWait/time.Second)))*time.Second, maxWait))
	} else if at, err := http.ParseTime(after); err == nil && at.After(now()) {
		out.NotBefore = now().Add(min(at.Sub(now()), maxWait))
	}
	return out
}

func tooLarge(limit int64) error {
	return problem(fmt.Sprintf("Die Veröffentlichung hat mehr als %d MiB.", limit>>20), fmt.Sprintf("The publication has more than %d MiB.", limit>>20))
}

func problem(de, en string) *fault.Error {
	return &fault.Error{Code: fault.Unavailable, Text: lang.T(de, en)}
}

// short bounds a header that is kept.
func short(s string) string {
	if len(s) > maxHeader {
		return ""
	}
	return s
}
