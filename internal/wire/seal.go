package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/patchwart/patchwart/internal/core/countersign"
)

// Signed is a work order as it travels: the exact signed bytes, which key signed them, the signature.
type Signed struct {
	Document  []byte `json:"document"` // JSON of the order, base64 on the wire
	Key       string `json:"key"`      // KeyID of the signing key
	Signature []byte `json:"signature"`
	// Second is what a second operator signed, for a host that demands it; nil: nobody did.
	Second *Countersignature `json:"second,omitempty"`
}

// MaxDocument bounds the size of a work order's document, in bytes.
const MaxDocument = 1 << 20

// signingContext keeps an order's signature from being taken for a signature of anything else
// (RFC 8032 section 8.5 recommends such a prefix where keys might be used for more than one thing).
const signingContext = "patchwart work order v1\n"

// Errors of Open.
var (
	ErrSignature = errors.New("wire: signature of the work order is not by the pinned key")
	ErrForm      = errors.New("wire: work order is malformed")
)

// KeyID names a public key: the first 16 bytes of its SHA-256, in hex.
func KeyID(key ed25519.PublicKey) string {
	return countersign.KeyID(key)
}

// Seal signs a work order.
func Seal(w WorkOrder, key ed25519.PrivateKey) (Signed, error) {
	if w.doc.ID == "" {
		return Signed{}, ErrNoMandate
	}
	doc, err := json.Marshal(w.doc)
	if err != nil {
		return Signed{}, fmt.Errorf("wire: marshal work order: %w", err)
	}
	if len(doc) > MaxDocument {
		return Signed{}, fmt.Errorf("wire: work order of %d bytes is larger than %d", len(doc), MaxDocument)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return Signed{}, errors.New("wire: the signing key is not an Ed25519 key")
	}
	return Signed{
		Document:  doc,
		Key:       KeyID(public),
		Signature: ed25519.Sign(key, append([]byte(signingContext), doc...)),
	}, nil
}

// Open verifies the signature against the pinned key and only then parses the document, strictly:
// unknown fields, trailing bytes and fields outside their patterns are errors. It does not judge time,
// name or host policy; the agent does.
func Open(s Signed, pinned ed25519.PublicKey) (WorkOrder, error) {
	if len(s.Document) > MaxDocument || len(pinned) != ed25519.PublicKeySize {
		return WorkOrder{}, ErrForm
	}
	if s.Key != KeyID(pinned) || !ed25519.Verify(pinned, append([]byte(signingContext), s.Document...), s.Signature) {
		return WorkOrder{}, ErrSignature
	}
	dec := json.NewDecoder(bytes.NewReader(s.Document))
	dec.DisallowUnknownFields()
	var doc order
	if err := dec.Decode(&doc); err != nil {
		return WorkOrder{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return WorkOrder{}, fmt.Errorf("%w: bytes after its end", ErrForm)
	}
	if err := doc.check(); err != nil {
		return WorkOrder{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	return WorkOrder{doc: doc}, nil
}

// Digest is the SHA-256 of the signed document, in hex: how refusals and the record name an order.
func (s Signed) Digest() string {
	sum := sha256.Sum256(s.Document)
	return hex.EncodeToString(sum[:])
}
