package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// readAhead: what is kept in memory between transactions is what the database says: a run that ends late, one that was
// rolled back, one that changed, and another estate under the same name and time included.
func readAhead(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	end := func(id, system string, at time.Time) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			r := plannedRun(id, system)
			r.Created = at.Add(-time.Hour)
			if _, err := tx.AddRun(ctx, r); err != nil {
				return err
			}
			r.Stage, r.Outcome, r.Ended = board.Over, verdict.Succeeded, at
			_, err := tx.UpdateRun(ctx, r, 1)
			return err
		}
	}
	same := func(when string) {
		t.Helper()
		for range 2 { // the second time from memory
			Read(t, s, func(tx *store.Tx) error {
				for _, sys := range Hoster().Systems {
					one := tellRuns(ctx, t, tx, sys.Name)
					Read(t, s, func(ahead *store.Tx) error {
						ahead.ReadAhead()
						if all := tellRuns(ctx, t, ahead, sys.Name); !reflect.DeepEqual(one, all) {
							t.Errorf("%s, %s: one by one\n%+v\nahead\n%+v", when, sys.Name, one, all)
						}
						return nil
					})
				}
				return nil
			})
		}
	}
	same("no runs")
	Write(t, s, end("run-2", "web1", Noon.Add(2*time.Hour)))
	Write(t, s, end("run-3", "db1", Noon.Add(2*time.Hour)))
	same("two runs that ended at the same time")
	Write(t, s, end("run-1", "web1", Noon.Add(time.Hour)))
	same("one that ended before them, kept after them")

	undone := errors.New("undone")
	if err := s.Write(ctx, func(tx *store.Tx) error {
		if err := end("run-4", "web1", Noon.Add(4*time.Hour))(tx); err != nil {
			return err
		}
		tx.ReadAhead()
		if list := tellRuns(ctx, t, tx, "web1").past; len(list) != 3 || list[0].ID != "run-4" {
			t.Errorf("a transaction does not see its own run: %+v", list)
		}
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	same("one that was rolled back")

	open := plannedRun("run-5", "web1")
	open.Created = Noon.Add(90 * time.Minute) // older than what is over
	Write(t, s, func(tx *store.Tx) error { _, err := tx.AddRun(ctx, open); return err })
	same("one that is planned")
	open.Slot.From = Noon.Add(time.Minute)
	if err := s.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.UpdateRun(ctx, open, 1); err != nil {
			return err
		}
		if list, err := tx.ActiveRuns(ctx); err != nil || !list[0].Slot.From.Equal(open.Slot.From) {
			t.Errorf("a transaction does not see its own change: %+v, %v", list, err)
		}
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	same("a change of it that was rolled back")
	open.Slot.From = Noon.Add(2 * time.Minute)
	Write(t, s, func(tx *store.Tx) error { _, err := tx.UpdateRun(ctx, open, 1); return err })
	same("a change of it")
	Read(t, s, func(tx *store.Tx) error {
		list, err := tx.ActiveRuns(ctx)
		if err != nil || len(list) != 1 || !list[0].Slot.From.Equal(open.Slot.From) {
			t.Errorf("after the change: %+v, %v", list, err)
		}
		return err
	})

	other := Hoster()
	other.Customers[1].Name = "Allein"
	Write(t, s, func(tx *store.Tx) error {
		if _, err := tx.SaveEstate(ctx, other, "sha-of-hoster", Noon); err != nil {
			return err
		}
		e, err := tx.Estate(ctx)
		if err == nil && e.Customers[1].Name != "Allein" {
			t.Error("a transaction does not see the estate that it states")
		}
		return err
	})
	for range 2 {
		Read(t, s, func(tx *store.Tx) error {
			e, err := tx.Estate(ctx)
			if err != nil || e.Customers[1].Name != "Allein" {
				t.Errorf("another estate: %+v, %v", e.Customers, err)
			}
			e.Customers[1].Name = "changed by a caller"
			return err
		})
	}
}

type toldRuns struct {
	past        []store.Run
	newest, now store.Run
}

func tellRuns(ctx context.Context, t *testing.T, tx *store.Tx, system string) (told toldRuns) {
	t.Helper()
	var errs [3]error
	told.past, errs[0] = tx.PastRuns(ctx, system, 20)
	told.newest, _, errs[1] = tx.NewestOver(ctx, system)
	told.now, _, errs[2] = tx.ActiveRun(ctx, system)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return told
}
