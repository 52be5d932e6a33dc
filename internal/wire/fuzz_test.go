package wire

import (
	"crypto/ed25519"
	"encoding/json"
	"testing"
)

// FuzzCountersigned reads orders as they travel. The server's key signed all of them, as that of a server
// that was taken over would; none may count as countersigned, because the second key signed nothing here.
func FuzzCountersigned(f *testing.F) {
	_, second, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	public, _ := second.Public().(ed25519.PublicKey)
	f.Add([]byte(`{"document":"e30=","key":"x","signature":"AA==","second":{"key":"` + KeyID(public) + `","at":"2026-11-28T04:00:00Z","signature":"AA=="}}`))
	f.Add([]byte(`{"document":"e30=","second":null}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var s Signed
		if json.Unmarshal(doc, &s) != nil {
			return
		}
		if s.Second != nil {
			s.Second.Key = KeyID(public)
			s.Second.Signature = append(s.Second.Signature, ed25519.Sign(seed, s.Document)...)
		}
		if _, ok := s.Countersigned([]ed25519.PublicKey{public, nil, {1}}); ok {
			t.Fatalf("counts as countersigned: %s", doc)
		}
		if _, err := Open(s, pub); err == nil && !ed25519.Verify(pub, append([]byte(signingContext), s.Document...), s.Signature) {
			t.Fatal("opened without a signature")
		}
	})
}
