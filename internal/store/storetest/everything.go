package storetest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// Everything writes a short life of a hoster with at least one row of every noun that is evidence, some
// of them changed again, and returns all statements in their order.
func Everything(ctx context.Context, tx *store.Tx) (all []store.Statement, err error) {
	keep := func(s store.Statement, e error) {
		if all = append(all, s); err == nil {
			err = e
		}
	}
	keepAll := func(s []store.Statement, e error) {
		if all = append(all, s...); err == nil {
			err = e
		}
	}
	text := []byte("rules: [MH2-09]\n")
	published, _, e := tx.SavePolicy(ctx, "managedhosting-2", hexSum(text), text, Noon)
	keep(published, e)
	keep(tx.SaveEstate(ctx, Hoster(), "sha-of-hoster", Noon))
	keep(tx.KeepEstate(ctx, "sha-of-hoster", Noon))
	agreed, _, e := tx.SaveAgreement(ctx, "bakery-2026", hexSum(text), text, Noon)
	keep(agreed, e)
	keep(tx.AddValidity(ctx, store.Validity{Policy: "managedhosting-2", ValidFrom: "2025-01-01", ValidTo: "unknown", By: "Jansen", At: Noon}))
	for _, serial := range []string{"aa", "bb"} {
		keepAll(tx.SaveAgent(ctx, store.Agent{System: "web1", Serial: serial, NotAfter: Noon.Add(time.Hour), Enrolled: Noon}))
	}
	keep(tx.AddOrder(ctx, anOrder("o-1", Noon)))
	keep(tx.AddOrder(ctx, anOrder("o-2", Noon)))
	keep(tx.UseOrder(ctx, "o-1", "run-0"))
	keep(tx.WithdrawOrder(ctx, "o-2", aWithdrawal()))
	keep(tx.AddDecision(ctx, store.Decision{ID: "d-1", Run: "run-1", System: "web1", At: Noon, Document: []byte(`{"verdict":"permitted"}`)}))

	r := plannedRun("run-1", "web1")
	keep(tx.AddRun(ctx, r))
	request := Request("run-1")
	granted, refused := mandate.Grant(request)
	paper := store.Paper{Request: request, Changes: granted.Changes(), LeftOut: refused}
	keep(tx.SavePaper(ctx, "run-1", store.Planning, paper, Noon))
	keep(tx.SavePaper(ctx, "run-1", store.Closing, paper, Noon))
	keep(tx.AddMandate(ctx, granted, Noon))
	keep(tx.SaveWorkOrder(ctx, store.WorkOrder{Run: "run-1", Document: []byte(`{"id":"run-1"}`), Signature: []byte{0, 1, 0xff}, Key: "k", Digest: "d", At: Noon}))
	keep(tx.AddRefusal(ctx, store.Refusal{ID: "x-1", System: "web1", Run: "run-1", Digest: "d", Code: "replay", Detail: "seen before", At: Noon}))
	judged := verdict.Verdict{Outcome: verdict.Blocked}
	events := []run.Event{
		{Order: "run-1", Seq: 1, At: Noon, Kind: run.Begun, Step: run.Prechecking},
		{Order: "run-1", Seq: 2, At: Noon, Kind: run.Failed, Step: run.Prechecking, Code: "disk_full"},
		{Order: "run-1", Seq: 3, At: Noon, Kind: run.Ended, Verdict: &judged},
	}
	keepAll(tx.AddEvents(ctx, "run-1", events))
	for _, e := range events {
		state, _, wrong := run.Apply(r.State, e)
		if wrong != nil {
			return nil, wrong
		}
		r.State = state
	}
	r.Stage, r.Mandate, r.Outcome, r.Ended = board.Over, granted.Digest(), verdict.Blocked, Noon.Add(time.Minute)
	keep(tx.UpdateRun(ctx, r, 1))
	keep(tx.AddVerdict(ctx, "run-1", judged, Noon))

	keep(tx.AddPublication(ctx, publication("list", 0), []byte("list")))
	c := store.Clock{System: "web1", Source: "openssl", CVE: "CVE-2026-1", Known: Noon, Document: []byte(`{"level":"critical"}`)}
	started, _, e := tx.AddClock(ctx, c)
	keep(started, e)
	c.Version, c.Closed = 1, Noon.Add(time.Hour)
	keep(tx.UpdateClock(ctx, c))
	told, _, e := tx.AddNotice(ctx, store.Notice{ID: "n-1", System: "web1", Kind: "asked", Recipient: "jansen", At: Noon, Document: []byte(`{"text":"?"}`)})
	keep(told, e)
	keep(tx.AddRuling(ctx, store.Ruling{ID: "EXC-1", Kind: store.RulingException, About: "CVE-2026-1", Given: Noon, Document: []byte(`{"reason":"r"}`)}))
	return all, err
}
