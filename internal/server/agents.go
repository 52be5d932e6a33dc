package server

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/wire"
)

// Enrol gives a host its client certificate for a one-time token. The answer to a bad token is always
// the same, so that nothing can be learnt by trying.
func (s *Server) Enrol(ctx context.Context, q wire.EnrolRequest) (wire.EnrolResponse, error) {
	var response wire.EnrolResponse
	err := s.change(ctx, func(c *change) error {
		good, err := c.UseToken(ctx, hashOf(q.Token), q.System, c.at)
		if err != nil {
			return err
		}
		if !good {
			return fault.New(fault.Forbidden,
				lang.T("Dieses Einmalkennwort gilt nicht (mehr).", "This one-time token is not (or no longer) valid."),
				lang.T("Ein neues gibt es mit: patchwart enrol SYSTEM", "Get a new one with: patchwart enrol SYSTEM"))
		}
		cert, err := s.ca.agent(q.System, q.Request, c.at)
		if err != nil {
			return fault.New(fault.Invalid, lang.T("Der Zertifikatsantrag ist nicht in Ordnung.", "The certificate request is not in order."), lang.Text{})
		}
		list, err := c.SaveAgent(ctx, store.Agent{System: q.System, Serial: serialOf(cert), NotAfter: cert.NotAfter, Enrolled: c.at})
		if err := c.puts(ctx, list, err); err != nil {
			return err
		}
		c.wake()
		response = wire.EnrolResponse{
			System: q.System, Certificate: cert.Raw, Authority: s.ca.cert.Raw,
			OrderKey: publicKey(s.keys.order), Expires: cert.NotAfter,
		}
		return nil
	})
	return response, err
}

func publicKey(key ed25519.PrivateKey) []byte {
	public, _ := key.Public().(ed25519.PublicKey)
	return public
}

// Known tells whose certificate has that serial number, unless it was revoked.
func (s *Server) Known(ctx context.Context, serial string) (system string, ok bool) {
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		a, found, err := tx.AgentBySerial(ctx, serial)
		system, ok = a.System, found && s.now().Before(a.NotAfter)
		return err
	})
	if err != nil {
		s.log.Error("look up certificate", "error", err)
		return "", false
	}
	return system, ok
}

// orderFresh is how long a closed order is handed out. Hosts refuse one that was issued more than five
// minutes ago by their clock: it was closed on what was due then.
const orderFresh = 4 * time.Minute

// Poll answers as soon as there is something for the host to do, or when its wait is over.
func (s *Server) Poll(ctx context.Context, system string, q wire.PollRequest) (wire.PollResponse, error) {
	wait := time.Duration(min(max(q.Wait, 0), wire.MaxWait)) * time.Second
	timer := time.NewTimer(wait)
	defer timer.Stop()
	if err := s.sighted(ctx, system, q); err != nil {
		return wire.PollResponse{}, err
	}
	for {
		woken := s.hub.next(topicHost(system))
		response, err := s.pending(ctx, system, q)
		if err != nil || response != (wire.PollResponse{}) {
			return response, err
		}
		select {
		case <-woken:
		case <-timer.C:
			return wire.PollResponse{}, nil
		case <-ctx.Done():
			return wire.PollResponse{}, nil
		}
	}
}

// sighted notes what a poll says: that the host is there, how its clock stands, that it saw the same
// facts again, that it has refreshed.
func (s *Server) sighted(ctx context.Context, system string, q wire.PollRequest) error {
	return s.change(ctx, func(c *change) error {
		if err := c.Seen(ctx, system, c.at, q.Now.Sub(c.at), q.Agent); err != nil {
			return err
		}
		if q.Facts == "" {
			return nil
		}
		same, err := c.TouchFacts(ctx, system, q.Facts, q.Observed)
		if err != nil || !same || q.Refreshed == "" {
			return err
		}
		// Only now that the server has the very facts, the refresh counts as done.
		done, err := c.RefreshDone(ctx, system, q.Refreshed, c.at)
		if err != nil || !done {
			return err
		}
		r, active, err := c.ActiveRun(ctx, system)
		if err != nil || !active || r.Stage != board.Asked {
			return err
		}
		again, err := c.heard(ctx, r)
		if err == nil && again > 0 {
			err = c.enqueue(ctx, jobAdvance, r.ID, c.at.Add(again))
		}
		return err
	})
}

// pending is what the host has to do now; the zero response when nothing.
func (s *Server) pending(ctx context.Context, system string, q wire.PollRequest) (wire.PollResponse, error) {
	var response wire.PollResponse
	var late store.Run
	var hold wave.Hold
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		head, ok, err := tx.FactsHead(ctx, system)
		if err != nil {
			return err
		}
		if q.Facts != "" && (!ok || head.Hash != q.Facts) {
			response.SendFacts = true
			return nil
		}
		refresh, err := tx.Refresh(ctx, system)
		if err != nil {
			return err
		}
		if id := refresh.Pending(); id != "" && id != q.Refreshed {
			response.Refresh = id
		}
		r, active, err := tx.ActiveRun(ctx, system)
		if err != nil || !active || r.Stage != board.Ordered || q.Order != "" {
			return err
		}
		w, ok, err := tx.WorkOrder(ctx, r.ID)
		if err != nil {
			return err
		}
		if hold, err = s.stopped(ctx, tx, r); err != nil {
			return err
		}
		if old, err := s.late(ctx, tx, r, w, ok); err != nil || old {
			late = r
			return err
		}
		if ok && hold.Zero() {
			second, err := secondOf(w)
			if err != nil {
				return err
			}
			response.Order = &wire.Signed{Document: w.Document, Key: w.Key, Signature: w.Signature, Second: second}
		}
		return nil
	})
	if err == nil && late.ID != "" {
		// The host itself says that it has nothing under way: the order came too late for it, and it would
		// refuse it. Nothing happened.
		err = s.change(ctx, func(c *change) error {
			if !hold.Zero() {
				return c.endHere(ctx, late, verdict.Deferred, string(hold.Code), hold.Sentence())
			}
			return c.endHere(ctx, late, verdict.Deferred, "missed", lang.T(
				"Der Host holte den Auftrag zu spät; es wird neu geplant.", "The host fetched the order too late; it is planned anew."))
		})
		if errors.Is(err, store.ErrStale) {
			err = nil
		}
	}
	return response, err
}

// Facts takes what a host reports, after the server asked for it.
func (s *Server) Facts(ctx context.Context, system string, q wire.FactsReport) error {
	q.Facts.Sort()
	if q.Facts.Hash() != q.Hash {
		return fault.New(fault.Invalid, lang.T("Die Fakten passen nicht zu ihrer Prüfsumme.", "The facts do not match their hash."), lang.Text{})
	}
	return s.change(ctx, func(c *change) error {
		if err := c.SaveFacts(ctx, system, q.Hash, q.Observed, c.at, q.Facts); err != nil {
			return err
		}
		if err := c.watchRoot(ctx, system, &q.Facts); err != nil {
			return err
		}
		c.wake(topicHost(system))
		c.AfterCommit(func() { s.crowd.set(system, inventoryOf(q.Facts)) })
		if err := c.enqueue(ctx, jobAssess, system, c.at); err != nil {
			return err
		}
		asked, err := c.Refresh(ctx, system)
		if err != nil || asked.Asked != "" {
			return err
		}
		// The first report of a host: its package lists may be as old as its installation.
		id, err := newID("f", c.at)
		if err != nil {
			return err
		}
		return c.AskRefresh(ctx, system, id, c.at)
	})
}

// Refusal takes a host's report that it did not accept an order.
func (s *Server) Refusal(ctx context.Context, system string, q wire.Refusal) error {
	sum := sha256.Sum256([]byte(system + "\n" + q.Digest + "\n" + q.Code + "\n" + q.At.UTC().Format(time.RFC3339Nano)))
	return s.change(ctx, func(c *change) error {
		id := "x-" + hex.EncodeToString(sum[:12])
		if _, known, err := c.Refusal(ctx, id); err != nil || known {
			return err
		}
		st, err := c.AddRefusal(ctx, store.Refusal{ID: id, System: system, Run: q.Order, Digest: q.Digest, Code: q.Code, Detail: q.Detail, At: q.At})
		c.wake()
		if err := c.put(ctx, st, err); err != nil || q.Code != secondKey {
			return err
		}
		r, active, err := c.ActiveRun(ctx, system)
		if err != nil || !active || r.ID != q.Order || r.Stage != board.Ordered {
			return err
		}
		r.Sentence = lang.Textf("Der Host nimmt den Auftrag um diese Zeit nur mit einer zweiten Unterschrift an: patchwart countersign %[1]s",
			"At this time the host takes the order with a second signature only: patchwart countersign %[1]s", r.ID)
		st, err = c.UpdateRun(ctx, r, r.Version)
		c.wake(topicRun(r.ID))
		return c.put(ctx, st, err)
	})
}

// hashOf is how secrets are stored.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
