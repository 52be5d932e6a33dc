// Package agentapi is the agents' side of the server: it receives the messages of package wire over
// mutual TLS and hands them to the backend, each with the name of the host that sent it.
//
// Its rules:
//
//   - A host is who its verified client certificate says, by the certificate's serial number; what a
//     message says about its sender counts for nothing. A serial number that is unknown or revoked
//     gets nothing, from the next request on.
//   - Enrolment is the one path without a client certificate. It is limited in rate, and every token
//     that is not good gets the same answer.
//   - Messages are parsed strictly, and everything is bounded: bytes before and after decompression,
//     lists, waiting, and how many large reports are read at a time.
//   - Errors are a wire.Problem: a stable code and one English sentence, for the agent's log.
package agentapi

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/wire"
)

// Gate says who is let in.
type Gate interface {
	// Enrol gives a host its certificate for a one-time token.
	Enrol(ctx context.Context, request wire.EnrolRequest) (wire.EnrolResponse, error)
	// Known tells whose certificate has the serial number (see Serial). Unknown or revoked: false.
	Known(ctx context.Context, serial string) (system string, ok bool)
}

// Reports takes what enrolled hosts say.
type Reports interface {
	// Poll blocks up to Wait seconds for something to do.
	Poll(ctx context.Context, system string, request wire.PollRequest) (wire.PollResponse, error)
	Facts(ctx context.Context, system string, report wire.FactsReport) error
	Events(ctx context.Context, system string, report wire.EventsReport) (wire.EventsReceipt, error)
	Refusal(ctx context.Context, system string, refusal wire.Refusal) error
}

// Backend is who answers.
type Backend interface {
	Gate
	Reports
}

// Options are what the agents' side needs besides its backend.
type Options struct {
	// Log receives what hosts are not told. Nil discards it.
	Log *slog.Logger
	// EnrolEvery is how often one address may try to enrol, after a first burst of five; all
	// addresses together may ten times as often. 0 means every 6 seconds.
	EnrolEvery time.Duration
}

// Serial is how a certificate is named towards the backend: its serial number in hex, byte by byte.
func Serial(c *x509.Certificate) string { return hex.EncodeToString(c.SerialNumber.Bytes()) }

// Bounds of messages that package wire does not state, and of the work at one time.
const (
	maxSmall    = 64 << 10         // bytes of an enrolment, a poll, a refusal
	largeAtOnce = 4                // reports of facts that are read at a time: each may take wire.MaxFacts
	limitCall   = 60 * time.Second // for everything but a poll
	limitBody   = 45 * time.Second // for the whole body to arrive
	pollGrace   = 10 * time.Second // beyond the wait that was asked for
)

type service struct {
	backend Backend
	log     *slog.Logger
	enrol   *limiter
	large   chan struct{}
}

// New makes the handler of the agents' side. It expects a TLS configuration that verifies client
// certificates if given (tls.VerifyClientCertIfGiven); with one that does not verify, or without TLS,
// nobody is let in.
func New(b Backend, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.EnrolEvery == 0 {
		o.EnrolEvery = 6 * time.Second
	}
	s := &service{backend: b, log: o.Log, enrol: newLimiter(rate.Every(o.EnrolEvery)), large: make(chan struct{}, largeAtOnce)}
	mux := http.NewServeMux()
	mux.Handle("POST "+wire.PathEnrol, s.handle(s.enrolment))
	mux.Handle("POST "+wire.PathPoll, s.handle(s.known(s.poll)))
	mux.Handle("POST "+wire.PathFacts, s.handle(s.known(s.facts)))
	mux.Handle("POST "+wire.PathEvents, s.handle(s.known(s.events)))
	mux.Handle("POST "+wire.PathRefusals, s.handle(s.known(s.refusal)))
	mux.Handle("/", s.handle(func(http.ResponseWriter, *http.Request) (any, error) {
		return nil, &problem{http.StatusNotFound, "not_found", "there is no such path; paths are those of the agent protocol, with POST"}
	}))
	return mux
}

// problem is an error as the host is told it.
type problem struct {
	status int
	code   string
	detail string
}

func (p *problem) Error() string { return p.code + ": " + p.detail }

// handle writes what a handler returns: a value as JSON, nil as 204, an error as a problem.
func (s *service) handle(h func(http.ResponseWriter, *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.caught(w, r)
		control := http.NewResponseController(w)
		// Not every writer knows deadlines; without them the server's own hold.
		_ = control.SetReadDeadline(time.Now().Add(limitBody))
		_ = control.SetWriteDeadline(time.Now().Add(limitCall + pollGrace))
		out, err := h(w, r)
		switch {
		case err != nil:
			s.refuse(w, r, err)
		case out == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			write(w, http.StatusOK, out)
		}
	})
}

func (s *service) caught(w http.ResponseWriter, r *http.Request) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		s.log.ErrorContext(r.Context(), "agent request panicked", "path", r.URL.Path, "panic", p)
		write(w, http.StatusInternalServerError, wire.Problem{Code: "internal", Detail: "the server made an error"})
	}
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a host that went away polls again
}

// refuse tells the host why not, and the log what the host is not told.
func (s *service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var told *problem
	if !errors.As(err, &told) {
		told = translate(err)
		if told.status >= http.StatusInternalServerError && r.Context().Err() == nil { // else the host went away
			s.log.ErrorContext(r.Context(), "agent request failed", "path", r.URL.Path, "error", err)
		}
	}
	if told.status == http.StatusTooManyRequests || told.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "10")
	}
	write(w, told.status, wire.Problem{Code: told.code, Detail: told.detail})
}

// translate puts a fault of the backend into a status.
func translate(err error) *problem {
	var f *fault.Error
	if errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &f) {
		return &problem{http.StatusServiceUnavailable, string(fault.Unavailable), "the server was too slow; try again"}
	}
	status := map[fault.Code]int{
		fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Refused: http.StatusConflict,
		fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Unavailable: http.StatusServiceUnavailable,
	}
	if errors.As(err, &f) && status[f.Code] != 0 {
		return &problem{status[f.Code], string(f.Code), f.Text.EN}
	}
	return &problem{http.StatusInternalServerError, string(fault.Internal), "the server made an error"}
}
