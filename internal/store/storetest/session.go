package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/store"
)

// sessions: a sign-in link works once, a session until it ends.
func sessions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Write(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.AddSignIn(ctx, "link", Noon, Noon.Add(time.Minute)),
			tx.AddSignIn(ctx, "late", Noon, Noon.Add(time.Minute)),
			tx.AddSession(ctx, "session", Noon, Noon.Add(time.Hour)))
	})
	use := func(hash string, now time.Time) (ok bool) {
		Write(t, s, func(tx *store.Tx) (err error) {
			ok, err = tx.UseSignIn(ctx, hash, now)
			return err
		})
		return ok
	}
	if use("late", Noon.Add(time.Minute)) || use("forged", Noon) || !use("link", Noon) || use("link", Noon) {
		t.Error("a sign-in link does not work exactly once")
	}
	good := func(hash string, now time.Time) (ok bool) {
		Read(t, s, func(tx *store.Tx) (err error) {
			ok, err = tx.Session(ctx, hash, now)
			return err
		})
		return ok
	}
	if !good("session", Noon.Add(time.Minute)) || good("session", Noon.Add(time.Hour)) || good("forged", Noon) {
		t.Error("a session is not good just for its time")
	}
	Write(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.DropSession(ctx, "session"), tx.DropSession(ctx, "session"))
	})
	if good("session", Noon) {
		t.Error("a session is good after its end")
	}
}

// recordRows: the rows of the record are kept as they are given.
func recordRows(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Write(t, s, func(tx *store.Tx) error {
		if n, err := tx.RecordSize(ctx); n != 0 || err != nil {
			t.Errorf("size of nothing = %d, %v", n, err)
		}
		var errs error
		for i := range int64(70) { // more than one page
			errs = errors.Join(errs, tx.AddRecordEntry(ctx, i, "kind", "even", Noon, []byte{byte(i)}, []byte("doc")))
		}
		return errors.Join(errs,
			tx.AddRecordHashes(ctx, 5, [][]byte{{1}, {2}}),
			tx.AddRecordCheckpoint(ctx, 3, []byte("note")), tx.AddRecordCheckpoint(ctx, 3, []byte("another")),
			tx.AddRecordCheckpoint(ctx, 70, []byte("newest")))
	})
	if err := s.Write(ctx, func(tx *store.Tx) error {
		return tx.AddRecordEntry(ctx, 3, "kind", "even", Noon, nil, nil)
	}); err == nil {
		t.Error("an entry was replaced")
	}
	Read(t, s, func(tx *store.Tx) error {
		next := int64(1)
		err := tx.EachRecordEntry(ctx, 1, func(index int64, kind, subject string, at time.Time, salt, document []byte) error {
			if index != next || kind != "kind" || subject != "even" || !at.Equal(Noon) || salt[0] != byte(index) || string(document) != "doc" {
				t.Errorf("entry %d: %s %s %s %v %s, expected %d", index, kind, subject, at, salt, document, next)
			}
			next++
			return nil
		})
		newest, ok, err2 := tx.NewestRecordEntry(ctx, "kind", "even")
		if next != 70 || newest != 69 || !ok {
			t.Errorf("saw entries up to %d, newest %d, %t", next, newest, ok)
		}
		if _, ok, err := tx.NewestRecordEntry(ctx, "kind", "odd"); ok || err != nil {
			t.Errorf("an entry of a subject without any: %t, %v", ok, err)
		}
		hashes, err3 := tx.RecordHashes(ctx, 4, 4)
		if diff := cmp.Diff([][]byte{nil, {1}, {2}, nil}, hashes); diff != "" {
			t.Errorf("hashes (-want +got):\n%s", diff)
		}
		var sizes []int64
		err4 := tx.EachRecordCheckpoint(ctx, func(size int64, _ []byte) error {
			sizes = append(sizes, size)
			return nil
		})
		size, note, ok, err5 := tx.NewestRecordCheckpoint(ctx)
		if !cmp.Equal(sizes, []int64{3, 70}) || size != 70 || string(note) != "newest" || !ok {
			t.Errorf("checkpoints %v, newest %d %s %t", sizes, size, note, ok)
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
}
