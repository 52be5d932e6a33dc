package server

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/patchwart/patchwart/internal/record"
)

// keyring is the server's own secrets. Each lives in a file of mode 0600 below a directory of mode
// 0700; they are made at the first start and never leave the machine.
type keyring struct {
	order    ed25519.PrivateKey // signs work orders; agents pin its public half at enrolment
	signer   record.Signer      // signs checkpoints of the record
	verifier string             // its public half, as auditors take it along
	token    string             // lets the command line speak to the API
}

// recordName is the key name in the record's signed checkpoints.
const recordName = "patchwart-record"

// openKeys reads the keys below dir, and makes those that are not there yet.
func openKeys(dir string) (*keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key directory: %w", err)
	}
	var k keyring
	var err error
	if k.order, err = signingKey(filepath.Join(dir, "order.key")); err != nil {
		return nil, err
	}
	recordKey, err := signingKey(filepath.Join(dir, "record.key"))
	if err != nil {
		return nil, err
	}
	if k.signer, err = record.NewSigner(recordName, recordKey); err != nil {
		return nil, err
	}
	if k.verifier, err = record.PublicKey(recordName, publicKey(recordKey)); err != nil {
		return nil, err
	}
	// The public half is no secret: whoever verifies the record offline takes it along.
	if err := os.WriteFile(filepath.Join(dir, "record.pub"), []byte(k.verifier+"\n"), 0o644); err != nil { //nolint:gosec // public on purpose
		return nil, fmt.Errorf("write public record key: %w", err)
	}
	token, err := secret(filepath.Join(dir, "..", "api-token"), func() ([]byte, error) {
		raw := make([]byte, 32)
		_, err := rand.Read(raw)
		return []byte("pw_" + hex.EncodeToString(raw)), err
	})
	if err != nil {
		return nil, err
	}
	k.token = string(bytes.TrimSpace(token))
	return &k, nil
}

// signingKey reads an Ed25519 key, kept as its seed in hex, or makes one.
func signingKey(path string) (ed25519.PrivateKey, error) {
	text, err := secret(path, func() ([]byte, error) {
		seed := make([]byte, ed25519.SeedSize)
		_, err := rand.Read(seed)
		return []byte(hex.EncodeToString(seed)), err
	})
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is not a key of %d bytes in hex", path, ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// secret reads a secret from a file, or makes it there. An existing file that others can read is
// refused: a secret that leaked must not be trusted on.
func secret(path string, generate func() ([]byte, error)) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s can be read by others (mode %04o): chmod 600 it, or remove it to make a new one", path, info.Mode().Perm())
	case err == nil:
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read secret: %w", err)
		}
		return data, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("look for secret: %w", err)
	}
	data, err := generate()
	if err != nil {
		return nil, fmt.Errorf("make secret %s: %w", filepath.Base(path), err)
	}
	if err := writeNew(path, data); err != nil {
		return nil, fmt.Errorf("write secret: %w", err)
	}
	return data, nil
}

// writeNew writes a file that must not exist, durably: a key that is used before it is on disk could
// be gone after a power cut, with everything that was signed by it.
func writeNew(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if cerr := temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(temp.Name(), path) // unlike a rename, a link never replaces
	}
	if err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
