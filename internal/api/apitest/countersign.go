package apitest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/countersign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// WorkOrder is the order of a run; its host waits for a second signature.
func (b *Backend) WorkOrder(_ context.Context, run string) (board.WorkOrder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.workOrder(run)
}

func (b *Backend) workOrder(run string) (board.WorkOrder, error) {
	s, err := b.story(run)
	if err != nil {
		return board.WorkOrder{}, err
	}
	doc := []byte(`{"version":1,"id":"` + run + `","verb":"update_packages","system":"` + s.row().System + `","not_before":"` + Slot.From.UTC().Format("2006-01-02T15:04:05Z") + `","not_after":"` + Slot.To.UTC().Format("2006-01-02T15:04:05Z") +
		`","reboot":true,"packages":[{"name":"openssl","arch":"amd64","from":"3.0.15-1~deb12u1","to":"3.0.17-1~deb12u3"}]}`)
	sum := sha256.Sum256(doc)
	second := b.seconds[run]
	return board.WorkOrder{Run: run, System: s.row().System, Document: doc, Digest: hex.EncodeToString(sum[:]), NotAfter: Slot.To, Waits: second == nil, Second: second}, nil
}

// Countersign takes a second signature that is good for the order.
func (b *Backend) Countersign(_ context.Context, q board.CountersignRequest) (board.WorkOrder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w, err := b.workOrder(q.Run)
	switch {
	case err != nil:
		return w, err
	case w.Second != nil:
		return w, fault.New(fault.Conflict, lang.T("Der Auftrag ist schon gegengezeichnet.", "The order is countersigned already."), lang.Text{})
	case len(q.PublicKey) != ed25519.PublicKeySize || !ed25519.Verify(q.PublicKey, countersign.Message(w.Document, q.At), q.Signature):
		return w, fault.New(fault.Invalid, lang.T("Die zweite Unterschrift gilt nicht für diesen Auftrag.", "The second signature is not good for this order."), lang.Text{})
	}
	if b.seconds == nil {
		b.seconds = map[string]*countersign.Signature{}
	}
	b.seconds[q.Run] = &countersign.Signature{Key: countersign.KeyID(q.PublicKey), At: q.At.UTC(), Signature: q.Signature}
	return b.workOrder(q.Run)
}
