package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/store"
)

// agreements: published means unchangeable, as with policies.
func agreements(t *testing.T, s *store.Store) {
	ctx := t.Context()
	text, other := []byte("agreement: a\n"), []byte("agreement: a, but different\n")
	for i, want := range []bool{true, false} {
		Write(t, s, func(tx *store.Tx) error {
			_, added, err := tx.SaveAgreement(ctx, "a", hexSum(text), text, Noon.Add(time.Duration(i)*time.Hour))
			if added != want {
				t.Errorf("time %d: added = %t", i+1, added)
			}
			return err
		})
	}
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.SaveAgreement(ctx, "a", hexSum(other), other, Noon)
		return err
	}); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another text under the same ID: %v", err)
	}
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.SaveAgreement(ctx, "b", hexSum(other), text, Noon)
		return err
	}); err == nil {
		t.Error("a text was kept under a hash that is not its own")
	}
	Read(t, s, func(tx *store.Tx) error {
		got, err := tx.Agreements(ctx)
		if diff := cmp.Diff([]store.Agreement{{ID: "a", SHA: hexSum(text), Document: text, At: Noon}}, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

// validities: what people state about dates adds up, and the older statements stay.
func validities(t *testing.T, s *store.Store) {
	ctx := t.Context()
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddValidity(ctx, store.Validity{Policy: "nobody-1", ValidFrom: "2025-01-01", ValidTo: "unknown", By: "Jansen", At: Noon})
		return err
	}); err == nil {
		t.Error("a statement about a version that nobody published")
	}
	text := []byte("id: managedhosting-2\n")
	want := []store.Validity{
		{Policy: "managedhosting-2", ValidFrom: "2024-01-01", ValidTo: "unknown", By: "Jansen", At: Noon},
		{Policy: "managedhosting-2", ValidFrom: "2025-01-01", ValidTo: "unknown", By: "Özgür", At: Noon.Add(time.Hour)},
	}
	Write(t, s, func(tx *store.Tx) error {
		if _, _, err := tx.SavePolicy(ctx, "managedhosting-2", hexSum(text), text, Noon); err != nil {
			return err
		}
		for _, v := range want {
			if _, err := tx.AddValidity(ctx, v); err != nil {
				return err
			}
		}
		return nil
	})
	Read(t, s, func(tx *store.Tx) error {
		got, err := tx.Validities(ctx)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

// estatesThen: what was stated at a time can be told later.
func estatesThen(t *testing.T, s *store.Store) {
	ctx := t.Context()
	less := Hoster()
	less.Systems = less.Systems[:1]
	for i, e := range []func() error{
		func() error {
			return s.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.SaveEstate(ctx, Hoster(), "sha-1", Noon)
				if err == nil {
					_, err = tx.KeepEstate(ctx, "sha-1", Noon)
				}
				return err
			})
		},
		func() error {
			return s.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.SaveEstate(ctx, less, "sha-2", Noon.Add(time.Hour))
				if err == nil {
					_, err = tx.KeepEstate(ctx, "sha-2", Noon.Add(time.Hour))
				}
				return err
			})
		},
	} {
		if err := e(); err != nil {
			t.Fatalf("statement %d: %v", i+1, err)
		}
	}
	Read(t, s, func(tx *store.Tx) error {
		if _, _, ok, err := tx.EstateAt(ctx, Noon.Add(-time.Second)); ok || err != nil {
			t.Errorf("an estate before anybody stated one: %t, %v", ok, err)
		}
		then, at, ok, err := tx.EstateAt(ctx, Noon.Add(time.Minute))
		if diff := cmp.Diff(Hoster(), then); diff != "" || !ok || err != nil || !at.Equal(Noon) {
			t.Errorf("%t, %s, %v\n%s", ok, at, err, diff)
		}
		now, _, ok, err := tx.EstateAt(ctx, Noon.Add(24*time.Hour))
		if diff := cmp.Diff(less, now); diff != "" || !ok {
			t.Errorf("%t, %v\n%s", ok, err, diff)
		}
		return err
	})
}
