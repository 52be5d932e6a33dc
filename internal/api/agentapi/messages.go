package agentapi

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// enrolment gives a host its certificate. Every token that is not good gets the same answer, whatever
// is wrong with it, so that trying teaches nothing.
func (s *service) enrolment(w http.ResponseWriter, r *http.Request) (any, error) {
	if !s.enrol.allow(r.RemoteAddr, time.Now()) {
		return nil, &problem{http.StatusTooManyRequests, "rate", "too many enrolments from this address; try again later"}
	}
	q, err := read[wire.EnrolRequest](w, r, maxSmall)
	if err != nil {
		return nil, err
	}
	if err := sameVersion(q.Version); err != nil {
		return nil, err
	}
	if !wire.ValidSystem(q.System) || q.Token == "" || len(q.Token) > 256 || len(q.Request) == 0 {
		return nil, errToken
	}
	ctx, cancel := context.WithTimeout(r.Context(), limitCall)
	defer cancel()
	out, err := s.backend.Enrol(ctx, q)
	if err == nil {
		return out, nil
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Code != fault.Internal && f.Code != fault.Unavailable {
		s.log.WarnContext(ctx, "enrolment refused", "system", q.System, "remote", r.RemoteAddr, "error", err)
		return nil, errToken
	}
	return nil, err
}

var errToken = &problem{http.StatusForbidden, "token", "the token is not valid for this host; make a new one with: patchwart enrol SYSTEM"}

// poll waits for something to do. When the host's wait is over there is nothing, which is an answer.
func (s *service) poll(w http.ResponseWriter, r *http.Request, system string) (any, error) {
	q, err := read[wire.PollRequest](w, r, maxSmall)
	if err != nil {
		return nil, err
	}
	if err := sameVersion(q.Version); err != nil {
		return nil, err
	}
	if q.Facts != "" && !isSHA256(q.Facts) || len(q.Agent) > 200 || len(q.Refreshed) > 64 || len(q.Order) > 64 {
		return nil, misfit("facts, agent, refreshed or order is out of form")
	}
	q.Wait = min(max(q.Wait, 0), wire.MaxWait)
	wait := time.Duration(q.Wait)*time.Second + pollGrace
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(wait + pollGrace))
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	out, err := s.backend.Poll(ctx, system, q)
	if err != nil && r.Context().Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return wire.PollResponse{}, nil
	}
	return out, err
}

// facts takes a report of facts. Few are read at a time, because one may need wire.MaxFacts of memory.
func (s *service) facts(w http.ResponseWriter, r *http.Request, system string) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), limitCall)
	defer cancel()
	waiting, stop := context.WithTimeout(ctx, limitBody/2)
	defer stop()
	select {
	case s.large <- struct{}{}:
		defer func() { <-s.large }()
	case <-waiting.Done():
		return nil, &problem{http.StatusServiceUnavailable, string(fault.Unavailable), "many hosts report at once; try again"}
	}
	q, err := read[wire.FactsReport](w, r, wire.MaxFacts)
	if err != nil {
		return nil, err
	}
	if !isSHA256(q.Hash) {
		return nil, misfit("hash is no SHA-256")
	}
	return nil, s.backend.Facts(ctx, system, q)
}

// events takes events of one run, in sequence.
func (s *service) events(w http.ResponseWriter, r *http.Request, system string) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), limitCall)
	defer cancel()
	q, err := read[wire.EventsReport](w, r, wire.MaxReport)
	if err != nil {
		return nil, err
	}
	if q.Order == "" || len(q.Order) > 64 || len(q.Events) == 0 || len(q.Events) > wire.MaxEvents {
		return nil, misfit(fmt.Sprintf("a report names its order and carries 1 to %d events", wire.MaxEvents))
	}
	for i, e := range q.Events {
		switch {
		case e.Order != q.Order:
			return nil, misfit("an event belongs to another order")
		case e.Seq < 1 || i > 0 && e.Seq != q.Events[i-1].Seq+1:
			return nil, misfit("the events are not in sequence")
		case len(e.Detail) > run.MaxDetail:
			return nil, misfit(fmt.Sprintf("the detail of event %d is longer than %d bytes", e.Seq, run.MaxDetail))
		}
	}
	return s.backend.Events(ctx, system, q)
}

// refusal takes a host's word that it did not accept a document.
func (s *service) refusal(w http.ResponseWriter, r *http.Request, system string) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), limitCall)
	defer cancel()
	q, err := read[wire.Refusal](w, r, maxSmall)
	if err != nil {
		return nil, err
	}
	if !isSHA256(q.Digest) || q.Code == "" || len(q.Code) > 64 || len(q.Order) > 64 {
		return nil, misfit("digest, code or order is out of form")
	}
	if len(q.Detail) > run.MaxDetail { // a long explanation is no reason to lose the refusal
		q.Detail = strings.ToValidUTF8(q.Detail[:run.MaxDetail], "")
	}
	return nil, s.backend.Refusal(ctx, system, q)
}

// sameVersion holds a message's protocol version against this build's.
func sameVersion(v int) error {
	if v == wire.Version {
		return nil
	}
	which := "update the agent"
	if v > wire.Version {
		which = "update the server"
	}
	return &problem{http.StatusBadRequest, "version",
		fmt.Sprintf("this server speaks protocol version %d, the agent version %d; %s", wire.Version, v, which)}
}

func misfit(detail string) error { return &problem{http.StatusBadRequest, "form", detail} }

func isSHA256(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == 32
}
