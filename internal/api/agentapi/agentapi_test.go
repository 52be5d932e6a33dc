package agentapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/api/agentapi"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// backend knows the certificates by serial number and keeps what it is told.
type backend struct {
	mu     sync.Mutex
	hosts  map[string]string
	heard  []string
	facts  wire.FactsReport
	events wire.EventsReport
	polled wire.PollRequest
	fail   error
	block  chan struct{} // if not nil, polls say here that they wait for their context
	panics bool
}

func (b *backend) Known(_ context.Context, serial string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	system, ok := b.hosts[serial]
	return system, ok
}

func (b *backend) Enrol(_ context.Context, q wire.EnrolRequest) (wire.EnrolResponse, error) {
	switch q.Token {
	case "good":
		return wire.EnrolResponse{System: q.System}, nil
	case "used":
		return wire.EnrolResponse{}, fault.New(fault.Conflict, lang.T("Schon benutzt.", "Used already."), lang.Text{})
	case "crash":
		return wire.EnrolResponse{}, errors.New("disk full")
	}
	return wire.EnrolResponse{}, fault.New(fault.Forbidden, lang.T("Unbekannt.", "Unknown."), lang.Text{})
}

func (b *backend) hear(system, what string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.panics {
		panic("as told")
	}
	b.heard = append(b.heard, system+" "+what)
	return b.fail
}

func (b *backend) Poll(ctx context.Context, system string, q wire.PollRequest) (wire.PollResponse, error) {
	b.mu.Lock()
	b.polled = q
	b.mu.Unlock()
	err := b.hear(system, "poll")
	if b.block != nil {
		b.block <- struct{}{}
		<-ctx.Done()
		return wire.PollResponse{}, ctx.Err()
	}
	return wire.PollResponse{SendFacts: true}, err
}

func (b *backend) Facts(_ context.Context, system string, q wire.FactsReport) error {
	b.facts = q
	return b.hear(system, "facts")
}

func (b *backend) Events(_ context.Context, system string, q wire.EventsReport) (wire.EventsReceipt, error) {
	b.events = q
	return wire.EventsReceipt{Seq: q.Events[len(q.Events)-1].Seq}, b.hear(system, "events")
}

func (b *backend) Refusal(_ context.Context, system string, q wire.Refusal) error {
	return b.hear(system, "refusal "+q.Code)
}

// scene is a server, the authority behind it, and the backend.
type scene struct {
	*authority
	backend *backend
	url     string
	log     *bytes.Buffer
}

func newScene(t *testing.T, o agentapi.Options) *scene {
	t.Helper()
	s := &scene{authority: newAuthority(t), backend: &backend{hosts: map[string]string{"07": "web1", "0102": "web2"}}, log: &bytes.Buffer{}}
	o.Log = slog.New(slog.NewTextHandler(s.log, nil))
	s.url = s.serve(t, agentapi.New(s.backend, o), tls.VerifyClientCertIfGiven).URL
	return s
}

// post sends a message and returns the status, and the problem or what was answered.
func post(t *testing.T, c *http.Client, url string, message any, change ...func(*http.Request)) (int, wire.Problem, []byte) {
	t.Helper()
	var body []byte
	switch m := message.(type) {
	case []byte:
		body = m
	case string:
		body = []byte(m)
	default:
		var err error
		if body, err = json.Marshal(m); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatalf("POST %s: %v", url, err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p wire.Problem
	if res.StatusCode >= 400 {
		if err := json.Unmarshal(out, &p); err != nil || p.Code == "" || p.Detail == "" {
			t.Errorf("status %d without a problem: %s", res.StatusCode, out)
		}
	}
	return res.StatusCode, p, out
}

func gzipped(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }

func pack(t *testing.T, doc []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(doc); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var digest = strings.Repeat("ab", 32)

func TestAHostIsWhoItsCertificateSays(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{true, false} {
		s := newScene(t, agentapi.Options{})
		web1, web2 := s.client(t, s.host(t, 7), http2), s.client(t, s.host(t, 0x102), http2)
		poll := wire.PollRequest{Version: wire.Version, Wait: 1}
		status, _, body := post(t, web1, s.url+wire.PathPoll, poll)
		if status != 200 || string(body) != `{"send_facts":true}`+"\n" {
			t.Errorf("poll: %d %s", status, body)
		}
		report := wire.FactsReport{Hash: digest, Observed: time.Unix(0, 0).UTC(), Facts: fact.Facts{Host: "another-name"}}
		doc, _ := json.Marshal(report)
		if status, p, _ := post(t, web2, s.url+wire.PathFacts, pack(t, doc), gzipped); status != 204 {
			t.Errorf("facts: %d %v", status, p)
		}
		if diff := cmp.Diff(report, s.backend.facts); diff != "" {
			t.Errorf("facts (-sent +read):\n%s", diff)
		}
		events := wire.EventsReport{Order: "r1", Events: []run.Event{
			{Order: "r1", Seq: 3, Kind: run.Begun, Step: run.Saving}, {Order: "r1", Seq: 4, Kind: run.Line, Detail: "ä"}}}
		if status, _, body := post(t, web1, s.url+wire.PathEvents, events); status != 200 || string(body) != `{"seq":4}`+"\n" {
			t.Errorf("events: %d %s", status, body)
		}
		if status, p, _ := post(t, web1, s.url+wire.PathRefusals, wire.Refusal{Digest: digest, Code: "clock", Detail: strings.Repeat("ä", 5000)}); status != 204 {
			t.Errorf("refusal: %d %v", status, p)
		}
		want := []string{"web1 poll", "web2 facts", "web1 events", "web1 refusal clock"}
		if diff := cmp.Diff(want, s.backend.heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	}
}

func TestWithoutAKnownCertificateNobodyGetsIn(t *testing.T) {
	t.Parallel()
	s := newScene(t, agentapi.Options{})
	paths := []string{wire.PathPoll, wire.PathFacts, wire.PathEvents, wire.PathRefusals}
	for _, path := range paths {
		if status, p, _ := post(t, s.client(t, nil, true), s.url+path, "{}"); status != 401 || p.Code != "certificate" {
			t.Errorf("%s without certificate: %d %v", path, status, p)
		}
		if status, p, _ := post(t, s.client(t, s.host(t, 99), true), s.url+path, "{}"); status != 403 || p.Code != "unknown_certificate" {
			t.Errorf("%s with an unknown certificate: %d %v", path, status, p)
		}
	}
	// A certificate of another authority does not even finish the handshake; one of the same authority
	// for another use does not, either.
	for name, cert := range map[string]*tls.Certificate{
		"foreign": newAuthority(t).host(t, 7), "server's": s.host(t, 7, x509.ExtKeyUsageServerAuth),
	} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+wire.PathPoll, strings.NewReader("{}"))
		if res, err := s.client(t, cert, true).Do(r); err == nil {
			res.Body.Close()
			t.Errorf("%s certificate: %s", name, res.Status)
		}
	}
	// Revoked while connected: the next request is refused.
	web1 := s.client(t, s.host(t, 7), true)
	poll := wire.PollRequest{Version: wire.Version}
	if status, _, _ := post(t, web1, s.url+wire.PathPoll, poll); status != 200 {
		t.Fatalf("before: %d", status)
	}
	s.backend.mu.Lock()
	delete(s.backend.hosts, "07")
	s.backend.mu.Unlock()
	if status, p, _ := post(t, web1, s.url+wire.PathPoll, poll); status != 403 || p.Code != "unknown_certificate" {
		t.Errorf("after: %d %v", status, p)
	}
}

// A server that was set up not to verify certificates lets nobody in, whatever they show.
func TestAnUnverifiedCertificateCountsForNothing(t *testing.T) {
	t.Parallel()
	a, b := newAuthority(t), &backend{hosts: map[string]string{"07": "web1"}}
	server := a.serve(t, agentapi.New(b, agentapi.Options{}), tls.RequestClientCert)
	for name, cert := range map[string]*tls.Certificate{"own": a.host(t, 7), "foreign": newAuthority(t).host(t, 7)} {
		if status, p, _ := post(t, a.client(t, cert, true), server.URL+wire.PathPoll, wire.PollRequest{Version: wire.Version}); status != 401 {
			t.Errorf("%s: %d %v", name, status, p)
		}
	}
	if len(b.heard) > 0 {
		t.Errorf("heard %v", b.heard)
	}
}

func TestEnrolmentTellsNothingAboutBadTokens(t *testing.T) {
	t.Parallel()
	s := newScene(t, agentapi.Options{EnrolEvery: time.Nanosecond})
	c := s.client(t, nil, true)
	enrol := func(token string) wire.EnrolRequest {
		return wire.EnrolRequest{Version: wire.Version, System: "web1", Token: token, Request: []byte{1}}
	}
	status, _, body := post(t, c, s.url+wire.PathEnrol, enrol("good"))
	var out wire.EnrolResponse
	if err := json.Unmarshal(body, &out); err != nil || status != 200 || out.System != "web1" {
		t.Errorf("good token: %d %s", status, body)
	}
	answers := map[string]bool{}
	bad := []wire.EnrolRequest{enrol("unknown"), enrol("used"), enrol(""), enrol(strings.Repeat("x", 300))}
	other := enrol("good")
	other.System = "../web1"
	for _, q := range append(bad, other) {
		status, _, body := post(t, c, s.url+wire.PathEnrol, q)
		if status != 403 {
			t.Errorf("%.20q for %s: %d", q.Token, q.System, status)
		}
		answers[string(body)] = true
	}
	if len(answers) != 1 {
		t.Errorf("bad tokens get different answers: %v", answers)
	}
	if status, p, _ := post(t, c, s.url+wire.PathEnrol, enrol("crash")); status != 500 || strings.Contains(p.Detail, "disk") {
		t.Errorf("our own fault: %d %v", status, p)
	}
}

func TestEnrolmentIsLimitedInRate(t *testing.T) {
	t.Parallel()
	s := newScene(t, agentapi.Options{EnrolEvery: time.Hour})
	c := s.client(t, nil, true)
	var statuses []int
	for range 7 {
		status, _, _ := post(t, c, s.url+wire.PathEnrol, wire.EnrolRequest{Version: wire.Version, System: "web1", Token: "x", Request: []byte{1}})
		statuses = append(statuses, status)
	}
	if diff := cmp.Diff([]int{403, 403, 403, 403, 403, 429, 429}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestMessagesOutOfFormAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	s := newScene(t, agentapi.Options{})
	c := s.client(t, s.host(t, 7), true)
	event := run.Event{Order: "r1", Seq: 1, Kind: run.Begun}
	long, gap, foreign := event, event, event
	long.Detail, gap.Seq, foreign.Order = strings.Repeat("x", run.MaxDetail+1), 3, "r2"
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	bomb := pack(t, []byte(`{"hash":"`+strings.Repeat("a", wire.MaxFacts+1)))
	tests := []struct {
		name    string
		path    string
		message any
		change  func(*http.Request)
		status  int
		code    string
	}{
		{"older agent", wire.PathPoll, wire.PollRequest{Version: wire.Version - 1}, nil, 400, "version"},
		{"newer agent", wire.PathPoll, wire.PollRequest{Version: wire.Version + 1}, nil, 400, "version"},
		{"newer agent enrols", wire.PathEnrol, wire.EnrolRequest{Version: wire.Version + 1}, nil, 400, "version"},
		{"unknown field", wire.PathPoll, `{"version":1,"command":"reboot"}`, nil, 400, "malformed"},
		{"two messages", wire.PathPoll, `{"version":1}{"version":1}`, nil, 400, "malformed"},
		{"text after the message", wire.PathPoll, `{"version":1} x`, nil, 400, "malformed"},
		{"nothing", wire.PathPoll, ``, nil, 400, "malformed"},
		{"a list", wire.PathPoll, `[]`, nil, 400, "malformed"},
		{"wrong type", wire.PathPoll, `{"version":"1"}`, nil, 400, "malformed"},
		{"deep nesting", wire.PathFacts, strings.Repeat("[", 100_000), nil, 400, "malformed"},
		{"facts hash", wire.PathPoll, wire.PollRequest{Version: wire.Version, Facts: "xyz"}, nil, 400, "form"},
		{"hash of facts", wire.PathFacts, wire.FactsReport{Hash: "12"}, nil, 400, "form"},
		{"no events", wire.PathEvents, wire.EventsReport{Order: "r1"}, nil, 400, "form"},
		{"too many events", wire.PathEvents, wire.EventsReport{Order: "r1", Events: make([]run.Event, wire.MaxEvents+1)}, nil, 400, "form"},
		{"a gap", wire.PathEvents, wire.EventsReport{Order: "r1", Events: []run.Event{event, gap}}, nil, 400, "form"},
		{"another order's event", wire.PathEvents, wire.EventsReport{Order: "r1", Events: []run.Event{foreign}}, nil, 400, "form"},
		{"long detail", wire.PathEvents, wire.EventsReport{Order: "r1", Events: []run.Event{long}}, nil, 400, "form"},
		{"refusal of nothing", wire.PathRefusals, wire.Refusal{Code: "time"}, nil, 400, "form"},
		{"large poll", wire.PathPoll, `{"agent":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, "too_large"},
		{"large poll, length not said", wire.PathPoll, `{"agent":"` + strings.Repeat("x", 1<<20) + `"}`, func(r *http.Request) { r.ContentLength = -1 }, 413, "too_large"},
		{"zip bomb", wire.PathFacts, bomb, gzipped, 413, "too_large"},
		{"cut-off gzip", wire.PathFacts, bomb[:100], gzipped, 400, "malformed"},
		{"no gzip", wire.PathFacts, "{}", gzipped, 400, "malformed"},
		{"other encoding", wire.PathFacts, "{}", header("Content-Encoding", "br"), 415, "encoding"},
		{"gzip in gzip", wire.PathFacts, pack(t, bomb[:100]), header("Content-Encoding", "gzip, gzip"), 415, "encoding"},
		{"other media type", wire.PathPoll, "{}", header("Content-Type", "text/plain"), 415, "media_type"},
		{"no such path", "/agent/v1/shell", "{}", nil, 404, "not_found"},
		{"wrong method", wire.PathPoll, "", func(r *http.Request) { r.Method = http.MethodGet }, 404, "not_found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			change := tt.change
			if change == nil {
				change = func(*http.Request) {}
			}
			if status, p, _ := post(t, c, s.url+tt.path, tt.message, change); status != tt.status || p.Code != tt.code {
				t.Errorf("%d %+v, want %d %s", status, p, tt.status, tt.code)
			}
		})
	}
	if len(s.backend.heard) > 0 {
		t.Errorf("the backend heard %v", s.backend.heard)
	}
}

func TestFaultsOfTheBackendHaveTheirStatus(t *testing.T) {
	t.Parallel()
	told := lang.T("Das geht nicht.", "That is not possible.")
	tests := []struct {
		fail   error
		status int
		detail string
	}{
		{fault.New(fault.Conflict, told, lang.Text{}), 409, told.EN},
		{fault.New(fault.NotFound, told, lang.Text{}), 404, told.EN},
		{fault.New(fault.Invalid, told, lang.Text{}), 400, told.EN},
		{fault.New(fault.Unavailable, told, lang.Text{}), 503, told.EN},
		{fault.New(fault.Internal, lang.T("geheim", "secret"), lang.Text{}), 500, "the server made an error"},
		{errors.New("secret"), 500, "the server made an error"},
	}
	for _, tt := range tests {
		s := newScene(t, agentapi.Options{})
		s.backend.fail = tt.fail
		if status, p, _ := post(t, s.client(t, s.host(t, 7), true), s.url+wire.PathFacts, wire.FactsReport{Hash: digest}); status != tt.status || p.Detail != tt.detail {
			t.Errorf("%v: %d %v", tt.fail, status, p)
		}
	}
	s := newScene(t, agentapi.Options{})
	s.backend.panics = true
	if status, p, _ := post(t, s.client(t, s.host(t, 7), true), s.url+wire.PathFacts, wire.FactsReport{Hash: digest}); status != 500 || p.Code != "internal" {
		t.Errorf("panic: %d %v", status, p)
	}
}

func TestAPollWaitsNoLongerThanItSaidAndMay(t *testing.T) {
	t.Parallel()
	s := newScene(t, agentapi.Options{})
	c := s.client(t, s.host(t, 7), true)
	for asked, want := range map[int]int{-1: 0, 20: 20, 3600: wire.MaxWait} {
		post(t, c, s.url+wire.PathPoll, wire.PollRequest{Version: wire.Version, Wait: asked})
		if s.backend.polled.Wait != want {
			t.Errorf("wait %d reached the backend as %d, want %d", asked, s.backend.polled.Wait, want)
		}
	}
	// A host that goes away ends its poll.
	s.backend.block = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		body := strings.NewReader(`{"version":1,"wait":50}`)
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.url+wire.PathPoll, body)
		r.Header.Set("Content-Type", "application/json")
		res, err := c.Do(r)
		if err == nil {
			res.Body.Close()
		}
		done <- err
	}()
	<-s.backend.block
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled poll: %v", err)
	}
}
