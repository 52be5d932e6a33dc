// Package record is the tamper-evident record: what was ordered, decided, done and found, as the leaves
// of a Merkle tree (RFC 6962, by golang.org/x/mod/sumdb/tlog) that is kept in the same database, and
// written in the same transaction, as the state it speaks of.
//
// A leaf binds kind, subject and time of an entry, and a commitment to its document: the SHA-256 of a
// random salt and the document's bytes as they were written. The document stands beside the leaf, not
// in it, so that personal text can be erased one day while the proof of everything else, and of the
// fact that there was an entry, remains.
//
// Who changes an entry must change all hashes above it, and then the root no longer is the one in the
// signed checkpoints (Sign). Checkpoints are notes as golang.org/x/mod/sumdb/note defines them; give
// them away, to customers or to a mailbox: what somebody else holds nobody can rewrite.
//
// Verify recomputes everything from the documents up, and holds the state's own rows against their
// newest entries. It names the first entry that does not match.
package record

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Entry is one thing to be recorded.
type Entry struct {
	Kind     string // what it is: order, decision, run_event …; a short word
	Subject  string // which one: an ID
	Document []byte // what there is to say, byte by byte
}

// Rows is where Append writes: the transaction that changes the state. Indices count from 0.
type Rows interface {
	RecordSize(ctx context.Context) (int64, error)
	AddRecordEntry(ctx context.Context, index int64, kind, subject string, at time.Time, salt, document []byte) error
	Hashes
	AddRecordHashes(ctx context.Context, first int64, hashes [][]byte) error
}

// Hashes reads stored hashes of the tree: n of them from index first on, nil for one that is missing.
type Hashes interface {
	RecordHashes(ctx context.Context, first int64, n int) ([][]byte, error)
}

// Bounds of an entry.
const (
	maxKind     = 64
	maxSubject  = 512
	maxDocument = 64 << 20
	saltSize    = 16
)

// Append adds entries, in their order, recorded at that time (kept to the microsecond). It must run in
// the transaction that writes what the entries speak of: then there is never one without the other.
func Append(ctx context.Context, rows Rows, at time.Time, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	size, err := rows.RecordSize(ctx)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	tree := &reader{ctx: ctx, hashes: rows, fresh: map[int64]tlog.Hash{}}
	for i, e := range entries {
		if err := e.check(); err != nil {
			return err
		}
		if err := add(ctx, rows, tree, size+int64(i), at, e); err != nil {
			return fmt.Errorf("record: append %s %q: %w", e.Kind, e.Subject, err)
		}
	}
	return nil
}

func (e Entry) check() error {
	switch {
	case e.Kind == "" || len(e.Kind) > maxKind || strings.ContainsAny(e.Kind, "\n\x00"):
		return fmt.Errorf("record: %.80q is no kind of entry", e.Kind)
	case e.Subject == "" || len(e.Subject) > maxSubject || strings.ContainsAny(e.Subject, "\n\x00"):
		return fmt.Errorf("record: %.80q is no subject of an entry", e.Subject)
	case len(e.Document) > maxDocument:
		return fmt.Errorf("record: document of %s %q has %d bytes, at most %d", e.Kind, e.Subject, len(e.Document), maxDocument)
	}
	return nil
}

func add(ctx context.Context, rows Rows, tree *reader, index int64, at time.Time, e Entry) error {
	if e.Document == nil {
		e.Document = []byte{} // nothing said is not unknown
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails, see crypto/rand
	stored, err := tlog.StoredHashesForRecordHash(index, leaf(e.Kind, e.Subject, at, salt, e.Document), tree)
	if err != nil {
		return err
	}
	if err := rows.AddRecordEntry(ctx, index, e.Kind, e.Subject, at, salt, e.Document); err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, index)
	hashes := make([][]byte, len(stored))
	for i, h := range stored {
		hashes[i] = h[:]
		tree.fresh[first+int64(i)] = h
	}
	return rows.AddRecordHashes(ctx, first, hashes)
}

// leaf is the hash of an entry. Its input is five lines, none of which can hold a line break.
func leaf(kind, subject string, at time.Time, salt, document []byte) tlog.Hash {
	commitment := sha256.New()
	commitment.Write(salt)
	commitment.Write(document)
	return tlog.RecordHash(fmt.Appendf(nil, "patchwart record entry v1\n%s\n%s\n%d\n%x\n",
		kind, subject, at.UnixMicro(), commitment.Sum(nil)))
}

// reader reads stored hashes for tlog; hashes that this transaction has made are at hand.
type reader struct {
	ctx    context.Context //nolint:containedctx // tlog.HashReader has no room for it
	hashes Hashes
	fresh  map[int64]tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if h, ok := r.fresh[index]; ok {
			out[i] = h
			continue
		}
		got, err := r.hashes.RecordHashes(r.ctx, index, 1)
		if err != nil {
			return nil, err
		}
		if len(got) != 1 || len(got[0]) != tlog.HashSize {
			return nil, fmt.Errorf("stored hash %d of the record is missing or malformed; verify the record", index)
		}
		copy(out[i][:], got[0])
	}
	return out, nil
}
