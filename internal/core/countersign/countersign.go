// Package countersign is the form of a second signature: what a second operator signs to let a host be given
// a work order that its own hours do not allow (two keys, held by different people on different machines).
//
// What is signed is the order's document byte by byte, with the time of signing, under a name of its own: it
// can be taken neither for the server's signature nor for one on another order.
package countersign

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Signature is the second signature on a work order.
type Signature struct {
	Key       string    `json:"key"` // KeyID of the key that signed
	At        time.Time `json:"at"`  // when, by the clock of whoever signed; whole seconds, UTC
	Signature []byte    `json:"signature"`
}

// purpose keeps the signature from being taken for one of another kind.
const purpose = "patchwart countersignature v1\n"

// Message is what is signed: purpose, time in whole seconds, document.
func Message(document []byte, at time.Time) []byte {
	return append([]byte(purpose+at.UTC().Truncate(time.Second).Format(time.RFC3339)+"\n"), document...)
}

// KeyID names an Ed25519 public key: the first 16 bytes of its SHA-256, in hex.
func KeyID(public []byte) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:16])
}
