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

	"golang.org/x/mod/sumdb/note"
)

// keyring is the server's own secrets. Each lives in a file of mode 0600 below a directory of mode
// 0700; they are made at the first start and never leave the machine.
type keyring struct {
	order    ed25519.PrivateKey // signs work orders; agents pin its public half at enrolment
	signer   note.Signer        // signs checkpoints of the record
	verifier note.Verifier
	token    string // lets the command line speak to the API
}

// recordName is the key name in the record's signed notes.
const recordName = "patchwart-record"

// openKeys reads the keys below dir, and makes those that are not there yet.
func openKeys(dir string) (*keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key directory: %w", err)
	}
	seed, err := secret(filepath.Join(dir, "order.key"), func() ([]byte, error) {
		seed := make([]byte, ed25519.SeedSize)
		_, err := rand.Read(seed)
		return []byte(hex.EncodeToString(seed)), err
	})
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(string(bytes.TrimSpace(seed)))
	if err != nil || len(raw) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is not a key of %d bytes in hex", filepath.Join(dir, "order.key"), ed25519.SeedSize)
	}
	k := &keyring{order: ed25519.NewKeyFromSeed(raw)}

	var public string
	private, err := secret(filepath.Join(dir, "record.key"), func() ([]byte, error) {
		skey, vkey, err := note.GenerateKey(rand.Reader, recordName)
		public = vkey
		return []byte(skey + "\n" + vkey), err
	})
	if err != nil {
		return nil, err
	}
	lines := bytes.Fields(private)
	if len(lines) != 2 {
		return nil, fmt.Errorf("%s does not hold a signing and a verifying key", filepath.Join(dir, "record.key"))
	}
	if k.signer, err = note.NewSigner(string(lines[0])); err != nil {
		return nil, fmt.Errorf("record key: %w", err)
	}
	if k.verifier, err = note.NewVerifier(string(lines[1])); err != nil {
		return nil, fmt.Errorf("record key: %w", err)
	}
	if public != "" { // readable by whoever has to verify; it is no secret
		if err := os.WriteFile(filepath.Join(dir, "record.pub"), []byte(public+"\n"), 0o644); err != nil {
			return nil, fmt.Errorf("write public record key: %w", err)
		}
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
	return k, nil
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
