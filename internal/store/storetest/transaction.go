package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/store"
)

// transactions: all or nothing, announced after the commit only, one writer at a time.
func transactions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	failed := errors.New("something else went wrong")
	announced := 0
	err := s.Write(ctx, func(tx *store.Tx) error {
		tx.AfterCommit(func() { announced++ })
		if _, err := tx.SaveEstate(ctx, Hoster(), "sha", Noon); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) || announced != 0 {
		t.Errorf("Write = %v, announced %d times", err, announced)
	}
	wantEstate(t, s, estate.Estate{})

	// A failed writer lets go at once, also one whose own time is not over.
	patient, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	if err := s.Write(patient, func(*store.Tx) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("Write = %v", err)
	}
	next, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.Write(next, func(*store.Tx) error { return nil }); err != nil {
		t.Fatalf("the writer after a failed one: %v", err)
	}

	func() {
		defer func() { _ = recover() }()
		_ = s.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.SaveEstate(ctx, Hoster(), "sha", Noon)
			if err != nil {
				t.Error(err)
			}
			panic("a bug")
		})
	}()
	wantEstate(t, s, estate.Estate{})

	Write(t, s, func(tx *store.Tx) error {
		tx.AfterCommit(func() {
			announced++
			wantEstate(t, s, Hoster()) // who hears of it finds it
		})
		_, err := tx.SaveEstate(ctx, Hoster(), "sha", Noon)
		return err
	})
	if announced != 1 {
		t.Errorf("announced %d times", announced)
	}

	err = s.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.SaveEstate(ctx, estate.Estate{}, "sha", Noon)
		return err
	})
	if err == nil {
		t.Error("a reading transaction wrote")
	}
	wantEstate(t, s, Hoster())

	oneWriter(t, s)
}

// oneWriter: many counters at once lose nothing, and who waits too long is told.
func oneWriter(t *testing.T, s *store.Store) {
	const writers, each = 8, 25
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					n, err := tx.RecordSize(t.Context())
					if err != nil {
						return err
					}
					return tx.AddRecordEntry(t.Context(), n, "count", "x", Noon, []byte{1}, []byte{2})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	Read(t, s, func(tx *store.Tx) error {
		n, err := tx.RecordSize(t.Context())
		if n != writers*each {
			t.Errorf("%d entries of %d writers who wrote %d each", n, writers, each)
		}
		return err
	})
	Write(t, s, func(*store.Tx) error {
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err := s.Write(short, func(*store.Tx) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second writer got %v", err)
		}
		return nil
	})
}
