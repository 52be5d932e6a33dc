package record

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// origin is the first line of every checkpoint: a note that lacks it is none of ours, even when the key
// signed it.
const origin = "patchwart record v1"

// Checkpoint is what a signed checkpoint says: so many entries have this root.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
}

// text is the signed text, in the form of C2SP tlog-checkpoint: origin, size, root.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, c.Size, c.Root)
}

// Errors of checkpoints.
var (
	ErrSignature = errors.New("record: the checkpoint is not signed by a key we know")
	ErrForm      = errors.New("record: the signed text is no checkpoint")
	ErrRewritten = errors.New("record: the stored tree contradicts the newest checkpoint; nothing is signed, verify the record")
)

// Open verifies a signed checkpoint.
func Open(checkpoint []byte, keys note.Verifiers) (Checkpoint, error) {
	n, err := note.Open(checkpoint, keys)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		return Checkpoint{}, ErrForm
	}
	var c Checkpoint
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 {
		return Checkpoint{}, ErrForm
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, ErrForm
	}
	copy(c.Root[:], root)
	if c.text() != n.Text { // one way to write each checkpoint
		return Checkpoint{}, ErrForm
	}
	return c, nil
}

// Signing is where Sign reads and writes: a writing transaction.
type Signing interface {
	RecordSize(ctx context.Context) (int64, error)
	Hashes
	NewestRecordCheckpoint(ctx context.Context) (size int64, checkpoint []byte, ok bool, err error)
	AddRecordCheckpoint(ctx context.Context, size int64, checkpoint []byte) error
}

// Signer signs checkpoints, and verifies its own.
type Signer interface {
	note.Signer
	Verifier() note.Verifier
}

// Sign signs the record as it is now and keeps the checkpoint; when nothing was added since the newest
// one, it returns that. Before it signs, it looks whether the stored tree still has the newest
// checkpoint's root: it does not put a signature under a rewritten record (ErrRewritten).
func Sign(ctx context.Context, rows Signing, key Signer) ([]byte, error) {
	size, err := rows.RecordSize(ctx)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	tree := &reader{ctx: ctx, hashes: rows}
	last, newest, ok, err := rows.NewestRecordCheckpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	if ok {
		c, err := Open(newest, note.VerifierList(key.Verifier()))
		if err != nil {
			return nil, fmt.Errorf("record: newest checkpoint: %w", err)
		}
		if c.Size != last || c.Size > size {
			return nil, fmt.Errorf("%w: it speaks of %d entries, there are %d", ErrRewritten, c.Size, size)
		}
		root, err := tlog.TreeHash(c.Size, tree)
		if err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		if root != c.Root {
			return nil, ErrRewritten
		}
		if c.Size == size {
			return newest, nil
		}
	}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: Checkpoint{Size: size, Root: root}.text()}, key)
	if err != nil {
		return nil, fmt.Errorf("record: sign checkpoint: %w", err)
	}
	if err := rows.AddRecordCheckpoint(ctx, size, signed); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return signed, nil
}

// signer signs notes with an Ed25519 key.
type signer struct {
	public note.Verifier
	key    ed25519.PrivateKey
}

func (s signer) Name() string                    { return s.public.Name() }
func (s signer) KeyHash() uint32                 { return s.public.KeyHash() }
func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }
func (s signer) Verifier() note.Verifier         { return s.public }

// NewSigner makes a signer of a key. The name goes into every checkpoint; it has neither spaces nor
// plus signs. The key is best kept away from the database's host.
func NewSigner(name string, key ed25519.PrivateKey) (Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("record: not an Ed25519 private key")
	}
	public, err := NewVerifier(name, ed25519.PublicKey(key[ed25519.PrivateKeySize-ed25519.PublicKeySize:]))
	if err != nil {
		return nil, err
	}
	return signer{public: public, key: key}, nil
}

// NewVerifier makes a verifier of a public key. PublicKey gives both in one line of text.
func NewVerifier(name string, key ed25519.PublicKey) (note.Verifier, error) {
	text, err := PublicKey(name, key)
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("record: verifier %q: %w", name, err)
	}
	return v, nil
}

// PublicKey writes name and key as one line, name+hash+key, which note.NewVerifier reads.
func PublicKey(name string, key ed25519.PublicKey) (string, error) {
	text, err := note.NewEd25519VerifierKey(name, key)
	if err != nil {
		return "", fmt.Errorf("record: verifier %q: %w", name, err)
	}
	return text, nil
}
