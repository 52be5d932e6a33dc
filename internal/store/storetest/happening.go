package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/store"
)

// happenings: an event is kept once, each of its deliveries too; of two tries that end at once the second has to look
// again; what is old is forgotten, an event with its last delivery.
func happenings(t *testing.T, s *store.Store) {
	ctx := t.Context()
	h := store.Happening{ID: "h-1", Event: "run.ended", About: "r-1", At: Noon, Document: []byte(`{"run":"r-1"}`)}
	d := store.Delivery{ID: "d-1", Hook: "cmdb", Happening: "h-1", Queued: Noon}
	Write(t, s, func(tx *store.Tx) error {
		for _, fresh := range []bool{true, false} {
			if got, err := tx.AddHappening(ctx, h); err != nil || got != fresh {
				t.Errorf("happening: %v, %v", got, err)
			}
			if got, err := tx.AddDelivery(ctx, d); err != nil || got != fresh {
				t.Errorf("delivery: %v, %v", got, err)
			}
		}
		_, err := tx.AddDelivery(ctx, store.Delivery{ID: "d-2", Hook: "mon", Happening: "h-1", Queued: Noon.Add(time.Hour)})
		return err
	})
	d.Tries, d.FirstTry, d.LastTry, d.Status, d.Delivered = 1, Noon.Add(time.Second), Noon.Add(time.Second), 204, Noon.Add(time.Second)
	Write(t, s, func(tx *store.Tx) error { return tx.SetDelivery(ctx, d) })
	if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SetDelivery(ctx, d) }); !errors.Is(err, store.ErrStale) {
		t.Errorf("the same try twice: %v", err)
	}
	Read(t, s, func(tx *store.Tx) error {
		list, err := tx.Deliveries(ctx, 10)
		if len(list) != 2 || list[0].ID != "d-2" || cmp.Diff(d, list[1]) != "" {
			t.Errorf("%+v", list)
		}
		counts, err2 := tx.HookCounts(ctx)
		if diff := cmp.Diff(map[string]store.HookCount{"cmdb": {Total: 1, LastDelivered: d.Delivered}, "mon": {Total: 1, Waiting: 1}}, counts); diff != "" {
			t.Error(diff)
		}
		got, ok, err3 := tx.Happening(ctx, "h-1")
		if diff := cmp.Diff(h, got); diff != "" || !ok {
			t.Error(diff)
		}
		return errors.Join(err, err2, err3)
	})
	for _, keep := range []struct {
		before time.Time
		left   int
		event  bool
	}{{Noon.Add(time.Minute), 1, true}, {Noon.Add(2 * time.Hour), 0, false}} {
		Write(t, s, func(tx *store.Tx) error { return tx.ForgetDeliveries(ctx, keep.before) })
		Read(t, s, func(tx *store.Tx) error {
			list, err := tx.Deliveries(ctx, 10)
			_, ok, err2 := tx.Happening(ctx, "h-1")
			if len(list) != keep.left || ok != keep.event {
				t.Errorf("before %s: %d deliveries, event %v", keep.before, len(list), ok)
			}
			return errors.Join(err, err2)
		})
	}
}

// deskCursors: how far a desk was read is kept for each desk, and moves.
func deskCursors(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, at := range []int64{7, 9} {
		Write(t, s, func(tx *store.Tx) error { return tx.SetDeskCursor(ctx, "rt", at, Noon) })
		Read(t, s, func(tx *store.Tx) error {
			got, known, err := tx.DeskCursor(ctx, "rt")
			if got != at || !known {
				t.Errorf("%d, %v", got, known)
			}
			_, known, err2 := tx.DeskCursor(ctx, "zammad")
			if known {
				t.Error("a desk that was never read")
			}
			return errors.Join(err, err2)
		})
	}
}
