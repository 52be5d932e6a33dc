// Package agenttest is a small server for tests of the agent: real TLS 1.3 with client certificates,
// the paths and messages of package wire, and nothing kept but in memory. It behaves as the agent
// expects of a server, and is the shortest description of that:
//
//   - It shows its leaf and its authority, so that a host can enrol by the authority's SHA-256.
//   - An order or a refresh is repeated in each answer until the host reports it (the order under way,
//     its events, its refusal; the refresh's ID). One that was countersigned is offered again after a refusal.
//   - Events are taken in sequence; what is known already is harmless; the receipt tells the last one.
package agenttest

import (
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// Server is a running test server.
type Server struct {
	URL      string
	OrderKey ed25519.PrivateKey

	key       *ecdsa.PrivateKey
	authority *x509.Certificate
	http      *httptest.Server

	mu       sync.Mutex
	serial   int64
	tokens   map[string]string // token → system
	order    *wire.Signed
	orderID  string
	refresh  string
	down     bool
	polls    []wire.PollRequest
	reports  []wire.FactsReport
	known    map[string]bool // hashes of facts
	events   map[string][]run.Event
	refusals []wire.Refusal
	news     chan struct{} // closed and replaced at each change
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{tokens: map[string]string{}, known: map[string]bool{}, events: map[string][]run.Event{}, news: make(chan struct{}), serial: 1}
	var err error
	if s.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, s.OrderKey, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Patchwart test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	s.authority = s.certify(t, ca, ca, &s.key.PublicKey)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := s.certify(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "patchwart"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
	}, s.authority, &key.PublicKey)
	clients := x509.NewCertPool()
	clients.AddCert(s.authority)
	s.http = httptest.NewUnstartedServer(s.routes())
	s.http.EnableHTTP2 = true
	s.http.TLS = &tls.Config{
		MinVersion: tls.VersionTLS13, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: clients,
		Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw, s.authority.Raw}, PrivateKey: key}},
	}
	s.http.StartTLS()
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
	})
	s.URL = s.http.URL
	return s
}

func (s *Server) certify(t testing.TB, c, parent *x509.Certificate, public any) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, s.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// Authority is the SHA-256 of the authority's certificate, as an administrator gets it.
func (s *Server) Authority() string {
	sum := sha256.Sum256(s.authority.Raw)
	return hex.EncodeToString(sum[:])
}

// Token makes a one-time token for a system.
func (s *Server) Token(system string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := rand.Text()
	s.tokens[token] = system
	return token
}

// Order hands an order out from now on; nil withdraws it.
func (s *Server) Order(id string, o *wire.Signed) { s.change(func() { s.orderID, s.order = id, o }) }

// Refresh asks for a refresh from now on.
func (s *Server) Refresh(id string) { s.change(func() { s.refresh = id }) }

// Down makes the server answer 503 to everything, or ends that.
func (s *Server) Down(down bool) { s.change(func() { s.down = down }) }

// Forget makes the server lose the events of an order after the one with that number.
func (s *Server) Forget(order string, after int64) {
	s.change(func() { s.events[order] = s.events[order][:after] })
}

func (s *Server) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.news)
	s.news = make(chan struct{})
}

// Seen is what the hosts have told.
type Seen struct {
	Polls    []wire.PollRequest
	Facts    []wire.FactsReport
	Events   map[string][]run.Event
	Refusals []wire.Refusal
}

// Wait waits until ok says that what was seen is enough, and returns it. It fails the test when that
// takes too long.
func (s *Server) Wait(t testing.TB, what string, ok func(Seen) bool) Seen {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		seen := Seen{Polls: s.polls, Facts: s.reports, Events: map[string][]run.Event{}, Refusals: s.refusals}
		for id, list := range s.events {
			seen.Events[id] = list
		}
		news := s.news
		s.mu.Unlock()
		if ok(seen) {
			return seen
		}
		select {
		case <-news:
		case <-deadline:
			t.Fatalf("waited in vain for %s; seen were %d polls, %d facts, %d refusals, events %v", what, len(seen.Polls), len(seen.Facts), len(seen.Refusals), seen.Events)
		}
	}
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+wire.PathEnrol, func(w http.ResponseWriter, r *http.Request) { serve(s, w, r, s.enrol) })
	mux.HandleFunc("POST "+wire.PathPoll, func(w http.ResponseWriter, r *http.Request) { serve(s, w, r, s.poll) })
	mux.HandleFunc("POST "+wire.PathFacts, func(w http.ResponseWriter, r *http.Request) { serve(s, w, r, s.facts) })
	mux.HandleFunc("POST "+wire.PathEvents, func(w http.ResponseWriter, r *http.Request) { serve(s, w, r, s.take) })
	mux.HandleFunc("POST "+wire.PathRefusals, func(w http.ResponseWriter, r *http.Request) { serve(s, w, r, s.refused) })
	return mux
}

// serve reads a message, calls f with the name in the client's certificate, and writes the answer.
func serve[In, Out any](s *Server, w http.ResponseWriter, r *http.Request, f func(ctx context.Context, system string, in In) (Out, error)) {
	problem := func(status int, code, detail string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(wire.Problem{Code: code, Detail: detail})
	}
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	system := ""
	if len(r.TLS.VerifiedChains) > 0 {
		system = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	switch {
	case down:
		problem(http.StatusServiceUnavailable, "down", "the test wants it so")
		return
	case system == "" && r.URL.Path != wire.PathEnrol:
		problem(http.StatusUnauthorized, "unknown", "a client certificate is needed")
		return
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			problem(http.StatusBadRequest, "form", err.Error())
			return
		}
		body = unpacked
	}
	var in In
	dec := json.NewDecoder(io.LimitReader(body, wire.MaxFacts))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		problem(http.StatusBadRequest, "form", err.Error())
		return
	}
	out, err := f(r.Context(), system, in)
	if err != nil {
		problem(http.StatusForbidden, "refused", err.Error())
		return
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (s *Server) enrol(_ context.Context, _ string, in wire.EnrolRequest) (wire.EnrolResponse, error) {
	s.mu.Lock()
	system, ok := s.tokens[in.Token]
	delete(s.tokens, in.Token)
	s.serial++
	serial := s.serial
	s.mu.Unlock()
	request, err := x509.ParseCertificateRequest(in.Request)
	if err != nil || !ok || system != in.System || request.CheckSignature() != nil {
		return wire.EnrolResponse{}, errors.New("the token is not good for this system")
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: system}, DNSNames: []string{system},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, s.authority, request.PublicKey, s.key)
	public := s.OrderKey[ed25519.PrivateKeySize-ed25519.PublicKeySize:] // RFC 8032: it is the second half
	return wire.EnrolResponse{System: system, Certificate: der, Authority: s.authority.Raw, OrderKey: public, Expires: c.NotAfter}, err
}

// poll answers when there is something to do for the host, or the wait is over.
func (s *Server) poll(ctx context.Context, _ string, in wire.PollRequest) (wire.PollResponse, error) {
	s.change(func() { s.polls = append(s.polls, in) })
	timeout := time.After(time.Duration(min(in.Wait, wire.MaxWait)) * time.Second)
	for {
		s.mu.Lock()
		resp := wire.PollResponse{SendFacts: in.Facts != "" && !s.known[in.Facts]}
		if s.refresh != in.Refreshed {
			resp.Refresh = s.refresh
		}
		if s.order != nil && in.Order != s.orderID && len(s.events[s.orderID]) == 0 && (!s.hasRefused(s.order.Digest()) || s.order.Second != nil) {
			resp.Order = s.order
		}
		news := s.news
		s.mu.Unlock()
		if resp != (wire.PollResponse{}) {
			return resp, nil
		}
		select {
		case <-news:
		case <-timeout:
			return resp, nil
		case <-ctx.Done():
			return resp, ctx.Err()
		}
	}
}

func (s *Server) hasRefused(digest string) bool {
	for _, r := range s.refusals {
		if r.Digest == digest {
			return true
		}
	}
	return false
}

func (s *Server) facts(_ context.Context, _ string, in wire.FactsReport) (struct{}, error) {
	if in.Hash != in.Facts.Hash() {
		return struct{}{}, errors.New("the facts are not those of the hash")
	}
	s.change(func() {
		s.reports = append(s.reports, in)
		s.known[in.Hash] = true
	})
	return struct{}{}, nil
}

func (s *Server) take(_ context.Context, _ string, in wire.EventsReport) (wire.EventsReceipt, error) {
	var seq int64
	s.change(func() {
		for _, e := range in.Events {
			if e.Seq == int64(len(s.events[in.Order]))+1 {
				s.events[in.Order] = append(s.events[in.Order], e)
			}
		}
		seq = int64(len(s.events[in.Order]))
	})
	return wire.EventsReceipt{Seq: seq}, nil
}

func (s *Server) refused(_ context.Context, _ string, in wire.Refusal) (struct{}, error) {
	s.change(func() { s.refusals = append(s.refusals, in) })
	return struct{}{}, nil
}
