package record

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Log is the record as Verify and Prove read it, all of one moment.
type Log interface {
	RecordSize(ctx context.Context) (int64, error)
	Hashes
	EachRecordEntry(ctx context.Context, first int64, fn func(index int64, kind, subject string, at time.Time, salt, document []byte) error) error
	NewestRecordEntry(ctx context.Context, kind, subject string) (index int64, ok bool, err error)
	EachRecordCheckpoint(ctx context.Context, fn func(size int64, checkpoint []byte) error) error
}

// State is the state beside the record: what each row says now. For every kind it lists, each row has
// an entry, and the newest entry of a subject is what Document says.
type State interface {
	Kinds() []string
	Document(ctx context.Context, kind, subject string) (doc []byte, ok bool, err error)
	Each(ctx context.Context, kind string, fn func(subject string) error) error
}

// Options say what to verify against.
type Options struct {
	Keys  note.Verifiers // whose checkpoints count; required
	State State          // nil: the record alone is looked at
	Known []byte         // a signed checkpoint kept elsewhere; nil: none
}

// Result is what was found.
type Result struct {
	Size       int64   // entries that are there
	Root       string  // root hash over the documents as they are, hex; empty when an entry is missing
	Signed     int64   // entries that the newest good checkpoint covers
	Checkpoint []byte  // that checkpoint
	Broken     *Broken // the first thing that does not match; nil = all is well
}

// Good reports whether everything matches.
func (r Result) Good() bool { return r.Broken == nil }

// Verify looks at the whole record and, unless Options.State is nil, at all rows it speaks of. An error
// means that it could not look; what it found is in the Result. It takes about a tenth of a
// millisecond per entry.
func Verify(ctx context.Context, log Log, o Options) (Result, error) {
	if o.Keys == nil {
		return Result{}, errors.New("record: verify: no key was given")
	}
	w := &walk{ctx: ctx, log: log, keys: o.Keys}
	err := w.collect(o.Known)
	if err == nil {
		err = w.entries()
	}
	if err == nil && w.broken == nil && o.State != nil {
		err = w.state(o.State)
	}
	if err != nil {
		return Result{}, fmt.Errorf("record: verify: %w", err)
	}
	r := Result{Size: w.next, Signed: w.signed, Checkpoint: w.newest, Broken: w.broken}
	if w.whole {
		root := w.root()
		r.Root = hex.EncodeToString(root[:])
	}
	return r, nil
}

// errFound ends a walk early: something broken was found.
var errFound = errors.New("found")

// point is a checkpoint to be met on the way.
type point struct {
	Checkpoint
	raw []byte
	bad error // it is malformed, or nobody's
}

// walk goes through the record from its first entry on.
type walk struct {
	ctx    context.Context //nolint:containedctx // lives for one call of Verify
	log    Log
	keys   note.Verifiers
	points []point // by size
	stack  []tlog.Hash
	next   int64 // index of the next entry = entries seen
	signed int64
	newest []byte
	whole  bool
	broken *Broken
}

func (w *walk) found(b Broken) error {
	w.broken = &b
	return errFound
}

// collect reads all checkpoints. What they say is looked at when the walk comes to their size.
func (w *walk) collect(known []byte) error {
	err := w.log.EachRecordCheckpoint(w.ctx, func(size int64, raw []byte) error {
		c, err := Open(raw, w.keys)
		if err == nil && c.Size != size {
			err = fmt.Errorf("it speaks of %d entries", c.Size)
		}
		c.Size = size
		w.points = append(w.points, point{c, raw, err})
		return nil
	})
	if err != nil || known == nil {
		return err
	}
	c, err := Open(known, w.keys)
	if err != nil {
		return fmt.Errorf("the given checkpoint: %w", err)
	}
	at := len(w.points)
	for at > 0 && w.points[at-1].Size > c.Size {
		at--
	}
	w.points = append(w.points[:at:at], append([]point{{c, known, nil}}, w.points[at:]...)...)
	return nil
}

// entries recomputes leaves and tree and holds them against stored hashes and checkpoints.
func (w *walk) entries() error {
	err := w.meet() // a checkpoint may have been signed over nothing
	if err == nil {
		err = w.log.EachRecordEntry(w.ctx, 0, w.entry)
	}
	if err == nil {
		w.whole = true
		err = w.end()
	}
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}

func (w *walk) entry(index int64, kind, subject string, at time.Time, salt, document []byte) error {
	if index != w.next {
		return w.found(Broken{Index: w.next, What: EntryMissing})
	}
	broken := Broken{Index: index, Kind: kind, Subject: subject}
	if len(salt) != saltSize || strings.Contains(kind+subject, "\n") {
		broken.What = EntryAltered
		return w.found(broken)
	}
	h := leaf(kind, subject, at, salt, document)
	first, n := tlog.StoredHashIndex(0, index), int(tlog.StoredHashCount(index+1)-tlog.StoredHashCount(index))
	stored, err := w.log.RecordHashes(w.ctx, first, n)
	if err != nil {
		return err
	}
	if len(stored) != n {
		return fmt.Errorf("asked for %d hashes, got %d", n, len(stored))
	}
	if string(stored[0]) != string(h[:]) {
		if broken.What, err = w.which(index, h, stored[0]); err != nil {
			return err
		}
		return w.found(broken)
	}
	w.stack = append(w.stack, h)
	for _, s := range stored[1:] {
		top := len(w.stack) - 1
		h = tlog.NodeHash(w.stack[top-1], w.stack[top])
		w.stack = append(w.stack[:top-1], h)
		if string(s) != string(h[:]) {
			broken.What = HashAltered
			return w.found(broken)
		}
	}
	w.next++
	return w.meet()
}

// which tells whether it was the entry or its stored hash that was changed, by the hash above them or
// by the checkpoint that ends with the entry. When neither exists it blames the entry.
func (w *walk) which(index int64, h tlog.Hash, stored []byte) (What, error) {
	if len(stored) != tlog.HashSize {
		return HashAltered, nil
	}
	if sibling := index ^ 1; sibling < index { // an odd leaf: its sibling was looked at before
		above, err := w.log.RecordHashes(w.ctx, tlog.StoredHashIndex(1, index/2), 1)
		if err != nil {
			return "", err
		}
		if parent := tlog.NodeHash(w.stack[len(w.stack)-1], h); string(above[0]) == string(parent[:]) {
			return HashAltered, nil
		}
		return EntryAltered, nil
	}
	next, err := w.log.RecordHashes(w.ctx, tlog.StoredHashIndex(0, index+1), 2)
	if err != nil {
		return "", err
	}
	if len(next[0]) == tlog.HashSize && next[1] != nil {
		if parent := tlog.NodeHash(h, tlog.Hash(next[0])); string(next[1]) == string(parent[:]) {
			return HashAltered, nil
		}
		return EntryAltered, nil
	}
	for _, p := range w.points {
		if p.Size == index+1 && p.bad == nil && (&walk{stack: append(w.stack[:len(w.stack):len(w.stack)], h)}).root() == p.Root {
			return HashAltered, nil
		}
	}
	return EntryAltered, nil
}

// meet holds the checkpoints of the present size against the tree so far.
func (w *walk) meet() error {
	for len(w.points) > 0 && w.points[0].Size == w.next {
		p := w.points[0]
		w.points = w.points[1:]
		if p.bad != nil {
			return w.found(Broken{Index: w.next - 1, Kind: "checkpoint", Subject: fmt.Sprint(p.Size), What: CheckpointAltered})
		}
		if p.Root != w.root() {
			return w.found(Broken{Index: w.signed, Last: w.next - 1, What: Rewritten})
		}
		w.signed, w.newest = p.Size, p.raw
	}
	return nil
}

// end looks for what speaks of more entries than there are.
func (w *walk) end() error {
	if len(w.points) > 0 {
		p := w.points[0]
		if p.bad != nil {
			return w.found(Broken{Index: w.next - 1, Kind: "checkpoint", Subject: fmt.Sprint(p.Size), What: CheckpointAltered})
		}
		return w.found(Broken{Index: w.next, Last: p.Size - 1, What: Truncated})
	}
	more, err := w.log.RecordHashes(w.ctx, tlog.StoredHashCount(w.next), 64)
	if err != nil {
		return err
	}
	for _, h := range more {
		if h != nil {
			return w.found(Broken{Index: w.next, What: EntryMissing})
		}
	}
	return nil
}

// root is the root of the tree over the entries so far.
func (w *walk) root() tlog.Hash {
	if len(w.stack) == 0 {
		h, _ := tlog.TreeHash(0, nil) // the empty tree needs no reader
		return h
	}
	h := w.stack[len(w.stack)-1]
	for i := len(w.stack) - 2; i >= 0; i-- {
		h = tlog.NodeHash(w.stack[i], h)
	}
	return h
}
