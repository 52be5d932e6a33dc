package server

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/countersign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/wire"
)

// secondKey is the code of a host's refusal that waits for a countersignature.
const secondKey = "second_key"

// WorkOrder is a run's signed work order, for whoever may countersign it.
func (s *Server) WorkOrder(ctx context.Context, run string) (board.WorkOrder, error) {
	var out board.WorkOrder
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		r, w, err := orderOf(ctx, tx, run)
		if err != nil {
			return err
		}
		out, err = workOrder(ctx, tx, r, w)
		return err
	})
	return out, err
}

func orderOf(ctx context.Context, tx *store.Tx, run string) (store.Run, store.WorkOrder, error) {
	r, ok, err := tx.Run(ctx, run)
	if err == nil && !ok {
		err = fault.Missing("Den Lauf", "run", run)
	}
	if err != nil {
		return r, store.WorkOrder{}, err
	}
	w, ok, err := tx.WorkOrder(ctx, run)
	if err == nil && !ok {
		err = fault.Missing("Den Arbeitsauftrag des Laufs", "work order of run", run)
	}
	return r, w, err
}

func workOrder(ctx context.Context, tx *store.Tx, r store.Run, w store.WorkOrder) (board.WorkOrder, error) {
	out := board.WorkOrder{Run: r.ID, System: r.System, Document: w.Document, Digest: w.Digest, NotAfter: r.Slot.To}
	second, err := secondOf(w)
	if err != nil {
		return out, err
	}
	out.Second = second
	if r.Stage == board.Ordered && second == nil {
		out.Waits, err = demandsSecond(ctx, tx, r)
	}
	return out, err
}

func secondOf(w store.WorkOrder) (*wire.Countersignature, error) {
	if w.Second == "" {
		return nil, nil
	}
	second := new(wire.Countersignature)
	return second, json.Unmarshal([]byte(w.Second), second)
}

// demandsSecond reports whether the run's own host has said that it takes the order with a second signature only.
func demandsSecond(ctx context.Context, tx *store.Tx, r store.Run) (bool, error) {
	list, err := tx.Refusals(ctx, r.System, 50)
	for _, x := range list {
		if x.Run == r.ID && x.Code == secondKey {
			return true, err
		}
	}
	return false, err
}

// Countersign adds a second operator's signature to an order that was not taken yet. The server holds it
// against the key that comes with it, to say mistakes at once; whether the key counts, the host alone says.
func (s *Server) Countersign(ctx context.Context, q board.CountersignRequest) (board.WorkOrder, error) {
	var out board.WorkOrder
	err := s.change(ctx, func(c *change) error {
		r, w, err := orderOf(ctx, c.Tx, q.Run)
		if err != nil {
			return err
		}
		bad := func(code fault.Code, de, en string) error { return fault.New(code, lang.T(de, en), lang.Text{}) }
		second := countersign.Signature{Key: countersign.KeyID(q.PublicKey), At: q.At.UTC().Truncate(time.Second), Signature: q.Signature}
		signed := wire.Signed{Document: w.Document, Key: w.Key, Signature: w.Signature, Second: &second}
		_, good := signed.Countersigned([]ed25519.PublicKey{q.PublicKey})
		switch {
		case r.Stage != board.Ordered:
			return bad(fault.Conflict, "Der Auftrag liegt dem Host nicht mehr vor.", "The order is no longer before the host.")
		case w.Second != "":
			return bad(fault.Conflict, "Der Auftrag ist schon gegengezeichnet.", "The order is countersigned already.")
		case !good:
			return bad(fault.Invalid, "Die zweite Unterschrift gilt nicht für diesen Auftrag.", "The second signature is not good for this order.")
		case c.at.Sub(second.At).Abs() > orderFresh:
			return bad(fault.Invalid, "Die Unterschrift ist zu alt, oder die Uhr geht falsch.", "The signature is too old, or the clock is wrong.")
		}
		doc, err := json.Marshal(second)
		if err != nil {
			return err
		}
		st, err := c.Countersign(ctx, r.ID, string(doc))
		if errors.Is(err, store.ErrUsed) {
			return bad(fault.Conflict, "Der Auftrag ist schon gegengezeichnet.", "The order is countersigned already.")
		}
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		c.wake(topicHost(r.System), topicRun(r.ID))
		if _, w, err = orderOf(ctx, c.Tx, r.ID); err != nil {
			return err
		}
		out, err = workOrder(ctx, c.Tx, r, w)
		return err
	})
	return out, err
}

// late reports whether an order is not handed out any more: its window is over, or it was closed too long ago
// for its host to take it. One that waits for a second signature is as fresh as that.
func (s *Server) late(ctx context.Context, tx *store.Tx, r store.Run, w store.WorkOrder, ok bool) (bool, error) {
	now := s.now()
	if now.After(r.Slot.To) || !ok {
		return now.After(r.Slot.To), nil
	}
	second, err := secondOf(w)
	if err != nil {
		return false, err
	}
	if second != nil {
		return now.Sub(second.At) > orderFresh, nil
	}
	if now.Sub(w.At) <= orderFresh {
		return false, nil
	}
	waits, err := demandsSecond(ctx, tx, r)
	return !waits, err
}
