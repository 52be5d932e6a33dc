package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/countersign"
)

// WorkOrder is a run's signed work order, as whoever may countersign it needs it.
type WorkOrder struct {
	Run      string    `json:"run"`
	System   string    `json:"system"`
	Document []byte    `json:"document"` // the signed bytes; whoever countersigns reads these, and nothing that is said about them
	Digest   string    `json:"digest"`   // SHA-256 of the document
	NotAfter time.Time `json:"not_after"`
	// Waits says that the host demands a second signature and has none yet.
	Waits  bool                   `json:"waits"`
	Second *countersign.Signature `json:"second,omitempty"`
}

// CountersignRequest adds a second operator's signature to a run's work order.
type CountersignRequest struct {
	Run       string    `json:"-"`
	PublicKey []byte    `json:"public_key"` // Ed25519
	At        time.Time `json:"at"`
	Signature []byte    `json:"signature"`
}
