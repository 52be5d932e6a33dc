package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// anOrder is what a contact wrote.
func anOrder(id string, given time.Time) mandate.Order {
	return mandate.Order{ID: id, System: "db1", Customer: "nordlicht", Contact: "jansen", Channel: "T-4711",
		Text: "Bitte die Sicherheitsupdates auf db1 einspielen.\nGruß", Explicit: true, Scope: estate.ScopeSecurity, Given: given}
}

// orders: kept verbatim, used by one run, withdrawn only while unused.
func orders(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	try := func(fn func(*store.Tx) (store.Statement, error)) error {
		return s.Write(ctx, func(tx *store.Tx) error {
			_, err := fn(tx)
			return err
		})
	}
	must := func(fn func(*store.Tx) (store.Statement, error)) {
		t.Helper()
		if err := try(fn); err != nil {
			t.Fatal(err)
		}
	}
	first, second := anOrder("o-1", Noon), anOrder("o-2", Noon.Add(-time.Hour))
	for _, o := range []mandate.Order{first, second, first} {
		must(func(tx *store.Tx) (store.Statement, error) { return tx.AddOrder(ctx, o) })
	}
	forged := first
	forged.Text = "Alles aktualisieren!"
	if err := try(func(tx *store.Tx) (store.Statement, error) { return tx.AddOrder(ctx, forged) }); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another order of the same ID: %v", err)
	}
	wrong := anOrder("o-3", Noon)
	wrong.Scope = "everything"
	if err := try(func(tx *store.Tx) (store.Statement, error) { return tx.AddOrder(ctx, wrong) }); err == nil {
		t.Error("an order of an unknown scope was kept")
	}
	use := func(id, run string) error {
		return try(func(tx *store.Tx) (store.Statement, error) { return tx.UseOrder(ctx, id, run) })
	}
	withdraw := func(id string) error {
		return try(func(tx *store.Tx) (store.Statement, error) { return tx.WithdrawOrder(ctx, id, aWithdrawal()) })
	}
	if err := errors.Join(use("o-1", "run-1"), use("o-1", "run-1"), withdraw("o-2")); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{"use by another run": use("o-1", "run-2"), "withdrawing a used one": withdraw("o-1"), "withdrawing it again": withdraw("o-2"), "use of a withdrawn one": use("o-2", "run-2")} {
		if !errors.Is(err, store.ErrUsed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := use("o-9", "run-1"); !errors.Is(err, store.ErrMissing) {
		t.Errorf("use of no order: %v", err)
	}
	first.Used, second.Withdrawn = "run-1", true
	taken := aWithdrawal()
	second.Withdrawal = &taken
	Read(t, s, func(tx *store.Tx) error {
		all, err := tx.Orders(ctx, "db1")
		if diff := cmp.Diff([]mandate.Order{second, first}, all); diff != "" {
			t.Errorf("orders, oldest first (-want +got):\n%s", diff)
		}
		return err
	})
	free := func(run string) error {
		return try(func(tx *store.Tx) (store.Statement, error) { return tx.FreeOrder(ctx, "o-1", run) })
	}
	if err := free("run-2"); !errors.Is(err, store.ErrUsed) {
		t.Errorf("given back by a run that has not got it: %v", err)
	}
	if err := errors.Join(free("run-1"), use("o-1", "run-2")); err != nil {
		t.Error(err)
	}
}

// aWithdrawal is how an order was taken back.
func aWithdrawal() mandate.Withdrawal {
	return mandate.Withdrawal{Contact: "anna", Channel: "Ticket 4713", Text: "Bitte doch nicht.", At: Noon}
}

func plannedRun(id, system string) store.Run {
	return store.Run{ID: id, System: system, Customer: "nordlicht", Stage: board.Planned, Version: 1,
		Slot: window.Interval{From: Noon, To: Noon.Add(2 * time.Hour)}, Zone: "Europe/Berlin", Created: Noon,
		Policy: "managedhosting-2", Ground: "standing_order so-1", Packages: 3,
		Sentence: lang.T("Geplant.", "Planned.")}
}

// runs: one at a time per system, changed under its version, never after the end.
func runs(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	add := func(r store.Run) error {
		return s.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.AddRun(ctx, r)
			return err
		})
	}
	update := func(r store.Run, expected int64) error {
		return s.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.UpdateRun(ctx, r, expected)
			return err
		})
	}
	r := plannedRun("run-1", "web1")
	if err := add(r); err != nil {
		t.Fatal(err)
	}
	if err := add(plannedRun("run-2", "web1")); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a second run of the same system: %v", err)
	}
	if err := add(plannedRun("run-3", "db1")); err != nil {
		t.Error(err)
	}
	r.Stage, r.Mandate = board.Running, "digest"
	r.State = run.State{Order: "run-1", Seq: 2, Step: run.Saving, Open: true, Begun: Noon, Last: Noon, Spans: []run.Span{{Step: run.Saving, Begun: Noon}}}
	if err := update(r, 1); err != nil {
		t.Fatal(err)
	}
	if err := update(r, 1); !errors.Is(err, store.ErrStale) {
		t.Errorf("an update by somebody who has not seen the last one: %v", err)
	}
	r.Version = 2
	Read(t, s, func(tx *store.Tx) error {
		got, ok, err := tx.Run(ctx, "run-1")
		if diff := cmp.Diff(r, got); diff != "" || !ok {
			t.Errorf("run, %t (-want +got):\n%s", ok, diff)
		}
		active, ok, err2 := tx.ActiveRun(ctx, "web1")
		if !ok || active.ID != "run-1" {
			t.Errorf("active run of web1 = %q, %t", active.ID, ok)
		}
		if _, ok, err := tx.ActiveRun(ctx, "iaas1"); ok || err != nil {
			t.Errorf("iaas1 has a run: %t, %v", ok, err)
		}
		return errors.Join(err, err2)
	})
	over := r
	over.Stage = board.Over
	if err := update(over, 2); err == nil {
		t.Error("a run ended without an outcome")
	}
	over.Outcome, over.Ended = verdict.Succeeded, Noon.Add(time.Hour)
	early := over
	early.Stage = board.Running
	if err := update(early, 2); err == nil {
		t.Error("a run has an outcome before its end")
	}
	if err := update(over, 2); err != nil {
		t.Fatal(err)
	}
	if err := update(over, 3); !errors.Is(err, store.ErrStale) {
		t.Errorf("a run that is over was changed: %v", err)
	}
	if err := add(plannedRun("run-2", "web1")); err != nil {
		t.Errorf("the next run of the system: %v", err)
	}
	if err := add(plannedRun("run-4", "nowhere")); err == nil {
		t.Error("a run of a system that does not exist was kept")
	}
}

// runLists: newest first, narrowed, bounded.
func runLists(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	for i, id := range []string{"a", "b", "c"} {
		r := plannedRun(id, "web1")
		r.Created = Noon.Add(time.Duration(i) * time.Hour)
		Write(t, s, func(tx *store.Tx) error {
			_, err := tx.AddRun(ctx, r)
			if err == nil && id != "c" {
				r.Stage, r.Outcome, r.Ended = board.Over, verdict.Restored, r.Created.Add(time.Minute)
				_, err = tx.UpdateRun(ctx, r, 1)
			}
			return err
		})
	}
	other := plannedRun("d", "db1")
	other.Slot.From = Noon.Add(-time.Hour)
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.AddRun(ctx, other)
		return err
	})
	ids := func(list func(*store.Tx) ([]store.Run, error)) (out string) {
		Read(t, s, func(tx *store.Tx) error {
			runs, err := list(tx)
			for _, r := range runs {
				out += r.ID
			}
			return err
		})
		return out
	}
	for system, want := range map[string]string{"web1": "ba", "db1": "", "nowhere": ""} { // c is not over
		got := ""
		Read(t, s, func(tx *store.Tx) error {
			heads, err := tx.PutBack(ctx, system)
			for _, h := range heads {
				if got += h.ID; h.System != system || h.Outcome != verdict.Restored || h.Ended.IsZero() {
					t.Errorf("%+v", h)
				}
			}
			return err
		})
		if got != want {
			t.Errorf("PutBack(%s) = %q, want %q", system, got, want)
		}
	}
	for want, f := range map[string]board.RunFilter{
		"cbda": {}, "cba": {System: "web1"}, "cd": {Stage: board.Planned}, "ba": {System: "web1", Stage: board.Over}, "c": {Limit: 1}, "": {System: "nowhere"},
	} {
		if got := ids(func(tx *store.Tx) ([]store.Run, error) { return tx.Runs(ctx, f) }); got != want {
			t.Errorf("Runs(%+v) = %q, want %q", f, got, want)
		}
	}
	if got := ids(func(tx *store.Tx) ([]store.Run, error) { return tx.ActiveRuns(ctx) }); got != "dc" {
		t.Errorf("ActiveRuns = %q", got)
	}
	if got := ids(func(tx *store.Tx) ([]store.Run, error) { return tx.EndedRuns(ctx, Noon.Add(time.Hour)) }); got != "b" {
		t.Errorf("EndedRuns = %q", got)
	}
}

// events: numbered, told twice without harm, never told differently.
func events(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.AddRun(ctx, plannedRun("run-1", "web1"))
		return err
	})
	list := []run.Event{
		{Order: "run-1", Seq: 1, At: Noon, Kind: run.Begun, Step: run.Prechecking},
		{Order: "run-1", Seq: 2, At: Noon, Kind: run.Line, Step: run.Prechecking, Detail: "Reading package lists…"},
		{Order: "run-1", Seq: 3, At: Noon, Kind: run.Line, Step: run.Prechecking, Detail: "Done"},
		{Order: "run-1", Seq: 4, At: Noon, Kind: run.Finished, Step: run.Prechecking},
	}
	add := func(events ...run.Event) (n int, err error) {
		err = s.Write(ctx, func(tx *store.Tx) error {
			st, err := tx.AddEvents(ctx, "run-1", events)
			n = len(st)
			return err
		})
		return n, err
	}
	if n, err := add(list[:3]...); n != 3 || err != nil {
		t.Errorf("%d new events, %v", n, err)
	}
	if n, err := add(list...); n != 1 || err != nil {
		t.Errorf("sent again, one more: %d new events, %v", n, err)
	}
	other := list[3]
	other.Kind = run.Failed
	if _, err := add(other); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another event under the same number: %v", err)
	}
	other.Order = "run-2"
	if _, err := add(other); err == nil {
		t.Error("an event of another order was kept")
	}
	Read(t, s, func(tx *store.Tx) error {
		after, err := tx.Events(ctx, "run-1", 1, 2)
		if diff := cmp.Diff(list[1:3], after); diff != "" {
			t.Errorf("events after 1 (-want +got):\n%s", diff)
		}
		steps, err2 := tx.Steps(ctx, "run-1")
		if diff := cmp.Diff([]run.Event{list[0], list[3]}, steps); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		lines, err3 := tx.Lines(ctx, "run-1", 1)
		if diff := cmp.Diff(list[2:3], lines); diff != "" {
			t.Errorf("newest line (-want +got):\n%s", diff)
		}
		return errors.Join(err, err2, err3)
	})
}
