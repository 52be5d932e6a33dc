package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// office is a server with an estate, for the stories. Hosts are simulated: they speak the wire, verify
// what they get, and fold the same state machine; what a real host does is the end-to-end tests' part.
type office struct {
	*testing.T
	server  *Server
	config  Config
	ahead   atomic.Int64  // how far the server's clock is ahead of this machine's
	prepare func(*Server) // what a story changes in a server before it works, nil: nothing
}

// officeEstate has a window that is open all day, from an hour before the test, so that no test depends
// on how long it is until midnight.
var officeEstate = strings.Replace(`
customers:
  - id: kuhn
    name: Bäckerei Kuhn GmbH
    contacts:
      - {id: eva, name: Eva Kuhn, email: eva@kuhn.example, authority: [order, consent]}
      - {id: tom, name: Tom Kuhn, email: tom@kuhn.example, authority: [read]}
windows:
  - {name: always, days: [mon, tue, wed, thu, fri, sat, sun], start: "START", hours: 24, zone: UTC}
contracts:
  - id: c-shop
    customer: kuhn
    model: paas
    package: advanced
    policy: managedhosting-2
    window: always
    standing_order: {id: so-shop, by: eva, given: 2026-01-15, channel: Ticket 4711, scope: security_updates, interval: quarterly, text: Bitte regelmäßig.}
  - {id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: always}
  - {id: c-own, customer: kuhn, model: iaas, policy: managedhosting-2}
systems:
  - {name: web1, contract: c-shop, admin_access: provider, services: [nginx.service]}
  - {name: db1, contract: c-data, admin_access: provider}
  - {name: iaas1, contract: c-own, admin_access: shared}
`, "START", time.Now().UTC().Add(-time.Hour).Format("15:04"), 1)

func open(t *testing.T) *office {
	t.Helper()
	o := &office{T: t}
	o.config = Config{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Agents: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Clock: o.now}
	o.start()
	t.Cleanup(func() {
		if err := o.server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(officeEstate)); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) start() {
	o.Helper()
	s, err := New(o.Context(), o.config)
	if err != nil {
		o.Fatal(err)
	}
	if o.prepare != nil {
		o.prepare(s)
	}
	if err := s.Start(o.Context()); err != nil {
		o.Fatal(err)
	}
	o.server = s
}

func (o *office) now() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }

// forward sets the server's clock forward, and has the server look what is due then.
func (o *office) forward(d time.Duration) {
	o.Helper()
	o.ahead.Add(int64(d))
	if err := o.server.tick(o.Context()); err != nil {
		o.Fatal(err)
	}
}

// restart stops the server and starts it again on the same data.
func (o *office) restart() {
	o.Helper()
	if err := o.server.Stop(context.Background()); err != nil {
		o.Fatal(err)
	}
	o.start()
}

// host is a simulated host.
type host struct {
	ago time.Duration // how long ago its events happened
	*office
	name      string
	facts     fact.Facts
	refreshed string
	order     string
	state     run.State
	key       ed25519.PublicKey
	applied   int
	before    func(run.Event) // called before an event is reported
}

func security(name, from, to string) fact.Pending {
	return fact.Pending{Name: name, Arch: "amd64", Installed: from, Candidate: to, Source: name, Origins: []fact.Origin{
		{Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security", Component: "main"},
	}}
}

func (o *office) host(name string, pending ...fact.Pending) *host {
	o.Helper()
	h := &host{office: o, name: name, facts: fact.Facts{Host: name, OS: fact.OS{ID: "debian", Version: "12", Codename: "bookworm"}, Pending: pending}}
	h.facts.Sort()
	e, err := o.server.Enrolment(o.Context(), name)
	if err != nil {
		o.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		o.Fatal(err)
	}
	q := wire.EnrolRequest{Version: wire.Version, System: name, Token: e.Token, Request: csr}
	got, err := o.server.Enrol(o.Context(), q)
	if err != nil {
		o.Fatal(err)
	}
	if _, err := o.server.Enrol(o.Context(), q); err == nil {
		o.Fatal("a one-time token was good twice")
	}
	h.key = got.OrderKey
	h.poll(0)
	return h
}

// poll polls once, and sends facts when asked.
func (h *host) poll(wait int) wire.PollResponse {
	h.Helper()
	for range 3 {
		got, err := h.server.Poll(h.Context(), h.name, wire.PollRequest{
			Version: wire.Version, Now: time.Now(), Facts: h.facts.Hash(), Observed: time.Now(), Refreshed: h.refreshed, Order: h.order, Wait: wait,
		})
		if err != nil {
			h.Fatal(err)
		}
		if !got.SendFacts {
			return got
		}
		if err := h.server.Facts(h.Context(), h.name, wire.FactsReport{Hash: h.facts.Hash(), Observed: time.Now(), Facts: h.facts}); err != nil {
			h.Fatal(err)
		}
	}
	h.Fatal("the server keeps asking for the same facts")
	return wire.PollResponse{}
}

// await polls until there is an order, refreshing when asked.
func (h *host) await() wire.WorkOrder {
	h.Helper()
	for range 20 {
		got := h.poll(2)
		if got.Refresh != "" {
			h.refreshed = got.Refresh
			continue
		}
		if got.Order != nil {
			w, err := wire.Open(*got.Order, h.key)
			if err != nil {
				h.Fatal(err)
			}
			h.order, h.state = w.ID(), run.State{}
			return w
		}
	}
	h.Fatal("no order came")
	return wire.WorkOrder{}
}

// send reports one event.
func (h *host) send(e run.Event) run.Effect {
	h.Helper()
	e.Order, e.Seq, e.At = h.order, h.state.Seq+1, time.Now().Add(-h.ago)
	if h.before != nil {
		h.before(e)
	}
	next, effect, err := run.Apply(h.state, e)
	if err != nil {
		h.Fatal(err)
	}
	got, err := h.server.Events(h.Context(), h.name, wire.EventsReport{Order: h.order, Events: []run.Event{e}})
	if err != nil || got.Seq != e.Seq {
		h.Fatalf("event %d: receipt %d, %v", e.Seq, got.Seq, err)
	}
	h.state = next
	return effect
}

// work carries an order out. bad names the step that fails; empty: none does.
func (h *host) work(bad run.Step) verdict.Outcome {
	h.Helper()
	for next := run.Next(); ; {
		if next.Do == run.DoConclude {
			h.send(run.Event{Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: next.Outcome}})
			h.order = ""
			return next.Outcome
		}
		h.send(run.Event{Kind: run.Begun, Step: next.Step})
		e := run.Event{Kind: run.Finished, Step: next.Step, Point: &run.Point{ID: "p"}}
		switch next.Step {
		case run.Applying:
			h.applied++
		case run.Verifying:
			e.Verdict = &verdict.Verdict{Outcome: verdict.Succeeded}
		}
		if next.Step == bad {
			e.Kind, e.Code = run.Failed, "drawn"
		}
		next = h.send(e)
	}
}

func (o *office) plan(system string) board.PlanResult {
	o.Helper()
	got, err := o.server.Plan(o.Context(), system, false)
	if err != nil {
		o.Fatal(err)
	}
	return got
}

func (o *office) run(id string) board.Run {
	o.Helper()
	r, err := o.server.Run(o.Context(), id)
	if err != nil {
		o.Fatal(err)
	}
	return r
}

func (o *office) verify() {
	o.Helper()
	check, err := o.server.VerifyRecord(o.Context())
	if err != nil || !check.Good || check.Size == 0 {
		o.Fatalf("record: %+v, %v", check, err)
	}
}
