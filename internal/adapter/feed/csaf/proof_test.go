package csaf_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
)

func sum256(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
func sum512(b []byte) string { s := sha512.Sum512(b); return hex.EncodeToString(s[:]) }

func TestSums(t *testing.T) {
	t.Parallel()
	doc := []byte("{}")
	for _, c := range []struct {
		story, sum string
		ok         bool
	}{
		{"as sha256sum writes it", sum256(doc) + "  wid-1.json\n", true},
		{"in binary mode, with a folder", strings.ToUpper(sum256(doc)) + " *2026/wid-1.json", true},
		{"only the hash", sum256(doc), true},
		{"of another document", sum256([]byte("[]")) + "  wid-1.json", false},
		{"of a document with another name", sum256(doc) + "  wid-2.json", false},
		{"of another kind", sum512(doc) + "  wid-1.json", false},
		{"cut off", sum256(doc)[:40], false},
		{"empty", " \n", false},
		{"an error page", "<html>", false},
		{"endless", sum256(doc) + strings.Repeat(" ", 70<<10), false},
	} {
		if err := csaf.CheckSHA256("https://x.example/2026/wid-1.json", doc, []byte(c.sum)); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.story, err)
		}
	}
	if err := csaf.CheckSHA512("wid-1.json", doc, []byte(sum512(doc)+"  wid-1.json")); err != nil {
		t.Error(err)
	}
}

// signer makes a key of a provider, and signatures with it.
type signer struct{ *openpgp.Entity }

func newSigner(t *testing.T, at time.Time, lifetime time.Duration) signer {
	t.Helper()
	e, err := openpgp.NewEntity("Beispiel-CERT", "", "cert@example.de", &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return at }, KeyLifetimeSecs: uint32(lifetime / time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	return signer{e}
}

func (s signer) public(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serialize(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s signer) sign(t *testing.T, text []byte, at time.Time) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := openpgp.ArmoredDetachSign(&b, s.Entity, bytes.NewReader(text), &packet.Config{Time: func() time.Time { return at }}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func keyring(t *testing.T, s signer) csaf.Keyring {
	t.Helper()
	k, err := csaf.ParseKeyring(s.public(t))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	doc := []byte(`{"document":{}}`)
	ours, other := newSigner(t, day(1), 10*24*time.Hour), newSigner(t, day(1), 0)
	keys := keyring(t, ours)
	good := ours.sign(t, doc, day(2))
	by, err := keys.Verify(doc, good, day(3))
	if err != nil || by != keys.Fingerprints()[0] || len(by) < 40 {
		t.Errorf("signed by %q: %v", by, err)
	}
	var binary bytes.Buffer
	if err := openpgp.DetachSign(&binary, ours.Entity, bytes.NewReader(doc), &packet.Config{Time: func() time.Time { return day(2) }}); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Verify(doc, binary.Bytes(), day(3)); err != nil {
		t.Errorf("not armored: %v", err)
	}
	for story, try := range map[string]func() (string, error){
		"a changed document":   func() (string, error) { return keys.Verify([]byte(`{"document":{ }}`), good, day(3)) },
		"somebody else's":      func() (string, error) { return keys.Verify(doc, other.sign(t, doc, day(2)), day(3)) },
		"an expired key":       func() (string, error) { return keys.Verify(doc, good, day(20)) },
		"no keys":              func() (string, error) { return csaf.Keyring{}.Verify(doc, good, day(3)) },
		"another fingerprint":  func() (string, error) { return keys.Only(strings.Repeat("A", 40), "").Verify(doc, good, day(3)) },
		"no signature":         func() (string, error) { return keys.Verify(doc, nil, day(3)) },
		"an error page":        func() (string, error) { return keys.Verify(doc, []byte("<html>"), day(3)) },
		"half a signature":     func() (string, error) { return keys.Verify(doc, good[:len(good)/2], day(3)) },
		"an endless signature": func() (string, error) { return keys.Verify(doc, bytes.Repeat(good, 1000), day(3)) },
	} {
		if by, err := try(); err == nil {
			t.Errorf("%s holds, by %s", story, by)
		}
	}
	if only := keys.Only(strings.ToLower(keys.Fingerprints()[0])); only.Empty() {
		t.Error("the announced key is not found")
	}
	for _, none := range []string{"", "no key", string(good), strings.Repeat("x", 2<<20)} {
		if _, err := csaf.ParseKeyring([]byte(none)); err == nil {
			t.Errorf("%.20q passes for a keyring", none)
		}
	}
}
