package csaf

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

const (
	maxProof = 64 << 10 // bytes of a hash or signature
	maxKeys  = 1 << 20  // bytes of a keyring
)

// CheckSHA256 compares a document with the content of its .sha256 file: the hash, and the document's name
// (requirement 18 of the standard). The name may be left out; if it is there it has to be the right one.
func CheckSHA256(name string, document, sum []byte) error {
	is := sha256.Sum256(document)
	return checkSum(name, is[:], sum)
}

// CheckSHA512 is CheckSHA256 for a .sha512 file.
func CheckSHA512(name string, document, sum []byte) error {
	is := sha512.Sum512(document)
	return checkSum(name, is[:], sum)
}

func checkSum(name string, is, sum []byte) error {
	if len(sum) > maxProof {
		return fmt.Errorf("the file with the hash of %s has more than %d KiB", name, maxProof>>10)
	}
	fields := strings.Fields(string(sum))
	if len(fields) == 0 {
		return fmt.Errorf("the file with the hash of %s is empty", name)
	}
	want, err := hex.DecodeString(fields[0])
	if err != nil || len(want) != len(is) {
		return fmt.Errorf("the file with the hash of %s does not begin with a hash of %d hexadecimal digits", name, 2*len(is))
	}
	if len(fields) > 1 && path.Base(strings.TrimPrefix(fields[1], "*")) != path.Base(name) {
		return fmt.Errorf("the file with the hash of %s is one of %s", name, shortened(fields[1]))
	}
	if subtle.ConstantTimeCompare(want, is) != 1 {
		return fmt.Errorf("%s is not what its publisher has hashed", name)
	}
	return nil
}

// Keyring holds the OpenPGP keys that a provider's documents may be signed with.
type Keyring struct{ entities openpgp.EntityList }

// ParseKeyring reads public keys, armored or not.
func ParseKeyring(text []byte) (Keyring, error) {
	if len(text) > maxKeys {
		return Keyring{}, fmt.Errorf("the keyring has more than %d MiB", maxKeys>>20)
	}
	read := openpgp.ReadKeyRing
	if bytes.Contains(text, []byte("-----BEGIN PGP")) {
		read = openpgp.ReadArmoredKeyRing
	}
	list, err := read(bytes.NewReader(text))
	if err != nil {
		return Keyring{}, fmt.Errorf("the keyring cannot be read: %w", err)
	}
	if len(list) == 0 {
		return Keyring{}, fmt.Errorf("the keyring holds no key")
	}
	return Keyring{list}, nil
}

// Fingerprints are those of the keys, hexadecimal, in capital letters.
func (k Keyring) Fingerprints() []string {
	out := make([]string, 0, len(k.entities))
	for _, e := range k.entities {
		out = append(out, strings.ToUpper(hex.EncodeToString(e.PrimaryKey.Fingerprint)))
	}
	return out
}

// Only is the keyring with the keys of these fingerprints alone: a key that is fetched counts only if it is
// the one that was announced.
func (k Keyring) Only(fingerprints ...string) Keyring {
	var out Keyring
	for i, is := range k.Fingerprints() {
		for _, want := range fingerprints {
			if want != "" && strings.EqualFold(is, strings.ReplaceAll(want, " ", "")) {
				out.entities = append(out.entities, k.entities[i])
				break
			}
		}
	}
	return out
}

// Empty reports whether there is no key.
func (k Keyring) Empty() bool { return len(k.entities) == 0 }

// Verify checks the detached signature of a document at a time, and returns the fingerprint of the primary
// key that made it. Expired and revoked keys and weak hashes do not count.
func (k Keyring) Verify(document, signature []byte, at time.Time) (fingerprint string, err error) {
	if len(signature) > maxProof {
		return "", fmt.Errorf("the signature has more than %d KiB", maxProof>>10)
	}
	check := openpgp.CheckDetachedSignature
	if bytes.Contains(signature, []byte("-----BEGIN PGP")) {
		check = openpgp.CheckArmoredDetachedSignature
	}
	signer, err := check(k.entities, bytes.NewReader(document), bytes.NewReader(signature), &packet.Config{Time: func() time.Time { return at }})
	if err != nil {
		return "", fmt.Errorf("the signature does not hold: %w", err)
	}
	return strings.ToUpper(hex.EncodeToString(signer.PrimaryKey.Fingerprint)), nil
}
