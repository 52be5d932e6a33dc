package record_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/record"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/store/storetest"
)

// The record is tested on the rows it lives on: the store is joined to it here as the server does it.
// Outside of tests neither knows the other.

func TestMain(m *testing.M) {
	if path := childPath(); path != "" {
		child(path)
		return
	}
	goleak.VerifyTestMain(m)
}

var noon = storetest.Noon

// key is a signing key that is the same in every run of the test.
func key(name string) (record.Signer, note.Verifiers) {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	s, err := record.NewSigner("patchwart.test", ed25519.NewKeyFromSeed(seed))
	if err != nil {
		panic(err)
	}
	return s, note.VerifierList(s.Verifier())
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// appendNumbered adds entries "n" to "m-1", each in a transaction of its own.
func appendNumbered(t testing.TB, s *store.Store, n, m int) {
	t.Helper()
	for ; n < m; n++ {
		storetest.Write(t, s, func(tx *store.Tx) error {
			return record.Append(t.Context(), tx, noon, record.Entry{Kind: "note", Subject: fmt.Sprint(n), Document: fmt.Appendf(nil, "document %d", n)})
		})
	}
}

func sign(t testing.TB, s *store.Store) (checkpoint []byte) {
	t.Helper()
	signer, _ := key("ours")
	storetest.Write(t, s, func(tx *store.Tx) (err error) {
		checkpoint, err = record.Sign(t.Context(), tx, signer)
		return err
	})
	return checkpoint
}

func verify(t testing.TB, s *store.Store, o record.Options) (r record.Result) {
	t.Helper()
	if o.Keys == nil {
		_, o.Keys = key("ours")
	}
	storetest.Read(t, s, func(tx *store.Tx) (err error) {
		if o.State != nil {
			o.State = tx
		}
		r, err = record.Verify(t.Context(), tx, o)
		return err
	})
	return r
}

func TestAnEmptyRecordIsGood(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	if r := verify(t, s, record.Options{}); !r.Good() || r.Size != 0 || len(r.Root) != 64 {
		t.Errorf("%+v", r)
	}
	sign(t, s)
	if r := verify(t, s, record.Options{}); !r.Good() || len(r.Checkpoint) == 0 {
		t.Errorf("signed: %+v", r)
	}
}

// TestTheTreeIsTheStandardOne compares with a plain reading of RFC 6962, section 2.1, whatever the
// sizes of the transactions were.
func TestTheTreeIsTheStandardOne(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		batch := make([]record.Entry, rapid.IntRange(0, 9).Draw(rt, "batch"))
		for i := range batch {
			batch[i] = record.Entry{Kind: "note", Subject: fmt.Sprint(n + i), Document: rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(rt, "document")}
		}
		n += len(batch)
		storetest.Write(t, s, func(tx *store.Tx) error { return record.Append(t.Context(), tx, noon, batch...) })
		if r := verify(t, s, record.Options{}); !r.Good() || r.Size != int64(n) {
			rt.Fatalf("after %d entries: %+v", n, r)
		}
	})
	var leaves []tlog.Hash
	storetest.Read(t, s, func(tx *store.Tx) error {
		hashes, err := tx.RecordHashes(t.Context(), 0, int(tlog.StoredHashCount(int64(n))))
		for i := range int64(n) {
			leaves = append(leaves, tlog.Hash(hashes[tlog.StoredHashIndex(0, i)]))
		}
		return err
	})
	want := merkle(leaves)
	if r := verify(t, s, record.Options{}); r.Root != fmt.Sprintf("%x", want[:]) {
		t.Errorf("root %s, want %x", r.Root, want)
	}
	_, keys := key("ours")
	if c, err := record.Open(sign(t, s), keys); err != nil || c.Root != want || c.Size != int64(n) {
		t.Errorf("checkpoint %+v, %v", c, err)
	}
}

func merkle(leaves []tlog.Hash) tlog.Hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return tlog.NodeHash(merkle(leaves[:k]), merkle(leaves[k:]))
}

func TestWhatIsNotCommittedIsNotRecorded(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	appendNumbered(t, s, 0, 3)
	failed := errors.New("the order was not kept")
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		if err := record.Append(t.Context(), tx, noon, record.Entry{Kind: "order", Subject: "o-1"}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if r := verify(t, s, record.Options{}); !r.Good() || r.Size != 3 {
		t.Errorf("%+v", r)
	}
}

func TestEntriesThatCannotBeBoundAreRefused(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for _, e := range []record.Entry{
		{Subject: "x"}, {Kind: "note"}, {Kind: "no\nte", Subject: "x"}, {Kind: "note", Subject: "x\nnote"},
		{Kind: strings.Repeat("k", 65), Subject: "x"}, {Kind: "note", Subject: strings.Repeat("s", 513)},
	} {
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return record.Append(t.Context(), tx, noon, e) }); err == nil {
			t.Errorf("%.40q of %.40q was recorded", e.Kind, e.Subject)
		}
	}
}

func TestEveryEntryCanBeProvenOffline(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	_, keys := key("ours")
	for size := 1; size <= 17; size++ {
		appendNumbered(t, s, size-1, size)
		checkpoint := sign(t, s)
		for index := range int64(size) {
			var in record.Inclusion
			storetest.Read(t, s, func(tx *store.Tx) (err error) {
				in, err = record.Prove(t.Context(), tx, index, int64(size))
				return err
			})
			if err := in.Check(checkpoint, keys); err != nil {
				t.Fatalf("entry %d of %d: %v", index, size, err)
			}
			for what, forge := range map[string]func(*record.Inclusion){
				"kind":     func(in *record.Inclusion) { in.Kind = "nota" },
				"subject":  func(in *record.Inclusion) { in.Subject += "0" },
				"time":     func(in *record.Inclusion) { in.At = in.At.Add(time.Microsecond) },
				"document": func(in *record.Inclusion) { in.Document = append([]byte("x"), in.Document...) },
				"salt":     func(in *record.Inclusion) { in.Salt = make([]byte, len(in.Salt)) },
				"no salt":  func(in *record.Inclusion) { in.Salt = nil },
				"index":    func(in *record.Inclusion) { in.Index++ },
				"size":     func(in *record.Inclusion) { in.Size++ },
				"proof":    func(in *record.Inclusion) { in.Proof = append(in.Proof[:len(in.Proof):len(in.Proof)], tlog.Hash{}) },
			} {
				forged := in
				forge(&forged)
				if err := forged.Check(checkpoint, keys); !errors.Is(err, record.ErrProof) {
					t.Errorf("entry %d of %d with another %s: %v", index, size, what, err)
				}
			}
			_, theirs := key("theirs")
			if err := in.Check(checkpoint, theirs); !errors.Is(err, record.ErrSignature) {
				t.Errorf("a checkpoint of somebody else: %v", err)
			}
		}
	}
	storetest.Read(t, s, func(tx *store.Tx) error {
		for _, c := range [][2]int64{{-1, 5}, {5, 5}, {0, 18}} {
			if _, err := record.Prove(t.Context(), tx, c[0], c[1]); err == nil {
				t.Errorf("proved entry %d of %d", c[0], c[1])
			}
		}
		return nil
	})
}

func TestOnlyAWellFormedCheckpointCounts(t *testing.T) {
	t.Parallel()
	signer, keys := key("ours")
	root := tlog.Hash{1}.String()
	for what, text := range map[string]string{
		"another origin":  "patchwart record v2\n1\n" + root + "\n",
		"a signed size":   "patchwart record v1\n+1\n" + root + "\n",
		"a negative size": "patchwart record v1\n-1\n" + root + "\n",
		"a short root":    "patchwart record v1\n1\nAAAA\n",
		"no root":         "patchwart record v1\n1\n\n",
		"a line more":     "patchwart record v1\n1\n" + root + "\nextra\n",
	} {
		msg, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := record.Open(msg, keys); !errors.Is(err, record.ErrForm) {
			t.Errorf("%s: %v", what, err)
		}
	}
	msg, err := note.Sign(&note.Note{Text: "patchwart record v1\n7\n" + root + "\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := record.Open(msg, keys); err != nil || c.Size != 7 || c.Root != (tlog.Hash{1}) {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := record.Open(append([]byte("x"), msg...), keys); !errors.Is(err, record.ErrSignature) {
		t.Errorf("altered: %v", err)
	}
}

func TestSigningTwiceGivesTheSameCheckpoint(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	appendNumbered(t, s, 0, 5)
	first := sign(t, s)
	if string(first) != string(sign(t, s)) {
		t.Error("nothing was added, but the checkpoint is another one")
	}
	appendNumbered(t, s, 5, 6)
	if string(first) == string(sign(t, s)) {
		t.Error("an entry was added, but the checkpoint is the same")
	}
	if r := verify(t, s, record.Options{}); !r.Good() || r.Signed != 6 || r.Size != 6 {
		t.Errorf("%+v", r)
	}
}

func TestNoKeysNoVerification(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	err := s.Read(t.Context(), func(tx *store.Tx) error {
		_, err := record.Verify(t.Context(), tx, record.Options{})
		return err
	})
	if err == nil {
		t.Error("verified without a key")
	}
	if _, err := record.NewSigner("two words", make(ed25519.PrivateKey, ed25519.PrivateKeySize)); err == nil {
		t.Error("a name with a space was taken")
	}
	if _, err := record.NewSigner("short", nil); err == nil {
		t.Error("half a key was taken")
	}
}

func TestVerifyingEndsWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	appendNumbered(t, s, 0, 3)
	_, keys := key("ours")
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Read(ctx, func(tx *store.Tx) error {
		cancel()
		_, err := record.Verify(ctx, tx, record.Options{Keys: keys})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// BenchmarkTransaction is one event of a run: event, run and record in one durable commit.
func BenchmarkTransaction(b *testing.B) {
	s := openStore(b)
	w := newWriter(b.Context(), s)
	if err := w.begin(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := w.next(1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// BenchmarkVerify is the whole record and state, per entry.
func BenchmarkVerify(b *testing.B) {
	s := openStore(b)
	w := newWriter(b.Context(), s)
	if err := w.begin(); err != nil {
		b.Fatal(err)
	}
	for range 20 {
		if err := w.next(100); err != nil {
			b.Fatal(err)
		}
	}
	sign(b, s)
	var size int64
	for b.Loop() {
		storetest.Read(b, s, func(tx *store.Tx) error {
			_, keys := key("ours")
			r, err := record.Verify(b.Context(), tx, record.Options{Keys: keys, State: tx})
			size = r.Size
			if !r.Good() {
				b.Fatalf("%+v", r.Broken)
			}
			return err
		})
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(size), "µs/entry")
}
