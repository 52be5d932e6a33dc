package server

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/wire"
)

// TestAnOrderStaysOnOfferUntilItIsCountersigned: the host wants a second signature, the server keeps the order
// for it past the time for which an order is fresh, takes one signature that is good for the very document, and
// hands it on.
func TestAnOrderStaysOnOfferUntilItIsCountersigned(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("nginx", "1.22-1", "1.22-2"))
	o.plan("")
	order := web.await()
	web.order = "" // the host did not take it
	before, err := o.server.WorkOrder(t.Context(), order.ID())
	if err != nil || before.Waits {
		t.Fatalf("before the host said anything: %+v, %v", before, err)
	}
	refusal := wire.Refusal{Digest: before.Digest, Order: order.ID(), Code: "second_key", Detail: "outside the hours", At: time.Now()}
	if err := o.server.Refusal(t.Context(), "web1", refusal); err != nil {
		t.Fatal(err)
	}
	if r := o.run(order.ID()); r.Stage != board.Ordered || r.Sentence.EN == "" {
		t.Fatalf("run %+v", r.RunRow)
	}
	public, key, _ := ed25519.GenerateKey(nil)
	_, other, _ := ed25519.GenerateKey(nil)
	sign := func(doc []byte, key ed25519.PrivateKey, at time.Time) board.CountersignRequest {
		s := wire.Countersign(doc, key, at)
		return board.CountersignRequest{Run: order.ID(), PublicKey: public, At: s.At, Signature: s.Signature}
	}
	for name, q := range map[string]board.CountersignRequest{
		"another key":      sign(before.Document, other, time.Now()),
		"another document": sign(append([]byte(" "), before.Document...), key, time.Now()),
		"an old one":       sign(before.Document, key, time.Now().Add(-time.Hour)),
	} {
		if _, err := o.server.Countersign(t.Context(), q); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	after, err := o.server.Countersign(t.Context(), sign(before.Document, key, time.Now()))
	if err != nil || after.Waits || after.Second == nil {
		t.Fatalf("%+v, %v", after, err)
	}
	if _, err := o.server.Countersign(t.Context(), sign(before.Document, key, time.Now())); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second time: %v", err)
	}
	got := web.poll(2)
	if got.Order == nil {
		t.Fatal("the order is no longer on offer")
	}
	if _, ok := got.Order.Countersigned([]ed25519.PublicKey{public}); !ok {
		t.Fatal("the host cannot see the second signature")
	}
	web.await()
	if got := web.work(""); got != verdict.Succeeded {
		t.Fatal(got)
	}
	o.verify()
}

// TestAWaitingOrderIsNotLate holds how long an order is handed out: one that was closed too long ago is not,
// unless its own host waits for a second signature on it.
func TestAWaitingOrderIsNotLate(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("nginx", "1.22-1", "1.22-2"))
	o.plan("")
	order := web.await()
	late := func() (old bool) {
		t.Helper()
		err := o.server.store.Read(t.Context(), func(tx *store.Tx) error {
			r, w, err := orderOf(t.Context(), tx, order.ID())
			if err != nil {
				return err
			}
			w.At = time.Now().Add(-orderFresh - time.Minute)
			old, err = o.server.late(t.Context(), tx, r, w, true)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return old
	}
	if !late() {
		t.Error("an old order is handed out")
	}
	if err := o.server.Refusal(t.Context(), "web1", wire.Refusal{Digest: "d", Order: order.ID(), Code: "second_key", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if late() {
		t.Error("it waits for a second signature, and is not handed out")
	}
}
