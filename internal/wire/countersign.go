package wire

import (
	"crypto/ed25519"
	"time"

	"github.com/patchwart/patchwart/internal/core/countersign"
)

// Countersignature is a second operator's signature on a work order, for what the host's own policy does not
// let the server order alone.
type Countersignature = countersign.Signature

// Countersign signs an order's document with the key of a second operator.
func Countersign(document []byte, key ed25519.PrivateKey, at time.Time) Countersignature {
	at = at.UTC().Truncate(time.Second)
	public, _ := key.Public().(ed25519.PublicKey) // it always is one
	return Countersignature{Key: KeyID(public), At: at, Signature: ed25519.Sign(key, countersign.Message(document, at))}
}

// Countersigned reports when the order was countersigned by one of the keys. It is for orders that were
// opened: the first signature is not looked at here. A key that signed the order itself is no second one.
func (s Signed) Countersigned(keys []ed25519.PublicKey) (at time.Time, ok bool) {
	if s.Second == nil || s.Second.Key == s.Key {
		return time.Time{}, false
	}
	for _, key := range keys {
		if len(key) == ed25519.PublicKeySize && KeyID(key) == s.Second.Key &&
			ed25519.Verify(key, countersign.Message(s.Document, s.Second.At), s.Second.Signature) {
			return s.Second.At, true
		}
	}
	return time.Time{}, false
}
