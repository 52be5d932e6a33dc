package server

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/proof"
)

// TestAHostThatWasAwayIsCaughtUpInTheNextWindow is obstacle 18: nobody hears of the host for the whole window. Its
// run moves to the next one, which the host does reach; nothing is done outside of a window, and nothing twice.
func TestAHostThatWasAwayIsCaughtUpInTheNextWindow(t *testing.T) {
	o := open(t)
	o.shortWindow("web1", time.Now().UTC().Add(-30*time.Minute), "2")
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	planned := o.plan("web1")
	if len(planned.Slots) != 1 || time.Until(planned.Slots[0].At.From) > time.Minute {
		t.Fatalf("not planned for the open window: %+v", planned)
	}
	id := planned.Slots[0].Run
	o.step(id) // the host is asked, and does not answer
	o.forward(2 * time.Hour)
	o.step(id)
	r := o.run(id)
	if now := o.server.now(); r.Stage != board.Planned || !r.Slot.From.After(now.Add(20*time.Hour)) {
		t.Fatalf("after the window it stands at %s, slot %s, now %s", r.Stage, r.Slot.From, now)
	}
	web.poll(0) // it is back, outside of any window
	if web.order != "" || web.applied != 0 {
		t.Fatal("an order was given outside of the window")
	}
	o.forward(r.Slot.From.Sub(o.server.now()) + time.Minute)
	o.step(id)
	web.await()
	if got := web.work(""); got != verdict.Succeeded || web.applied != 1 {
		t.Errorf("caught up: %s, applied %d times", got, web.applied)
	}
	if r := o.run(id); r.Outcome != verdict.Succeeded {
		t.Errorf("%s: %s", r.Outcome, r.Sentence.EN)
	}
	o.verify()
	proof.Obstacle(t, 18, "succeeded, in the next window", "The host did not answer for its whole window; its run moved to the next one, nothing was ordered in between, and there it was carried out once (simulated host, real server, the server's clock set forward).")
}

// TestAWindowThatIsTooShortBeginsNothing is obstacle 19: the last run took longer than the window lasts.
func TestAWindowThatIsTooShortBeginsNothing(t *testing.T) {
	o := open(t)
	db := o.host("db1", security("mariadb", "1", "2"))
	ordered := func() {
		o.Helper()
		if _, err := o.server.PlaceOrder(t.Context(), board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 9", Text: "Bitte die Sicherheitsupdates einspielen.", Explicit: true}); err != nil {
			t.Fatal(err)
		}
	}
	ordered()
	o.plan("db1")
	db.await()
	db.ago = 40 * time.Minute
	db.before = func(e run.Event) {
		if e.Step == run.Applying {
			db.ago = 0
		}
	}
	if got := db.work(""); got != verdict.Succeeded {
		t.Fatal(got)
	}
	o.shortWindow("db1", time.Now().UTC().Add(-time.Minute), "0.5")
	db.facts.Pending = []fact.Pending{security("mariadb", "2", "3")}
	db.poll(0)
	ordered()
	planned := o.plan("db1")
	if len(planned.Slots) != 0 || len(planned.Not) != 1 || planned.Not[0].Code != "window_too_short" || !strings.Contains(planned.Not[0].Reason.EN, "1 h") {
		t.Fatalf("planned: %+v", planned)
	}
	db.poll(0)
	if db.order != "" || db.applied != 1 {
		t.Errorf("something was begun: %q, applied %d times", db.order, db.applied)
	}
	o.verify()
	proof.Obstacle(t, 19, "not started", "The last run had taken 40 minutes, and the window lasts 30: nothing was planned, the reason says how long a window has to be, and no order was given (simulated host, real server).")
}

// shortWindow gives a system a window on all days.
func (o *office) shortWindow(system string, from time.Time, hours string) {
	o.Helper()
	doc := strings.Replace(officeEstate, "windows:\n", "windows:\n  - {name: some, days: [mon, tue, wed, thu, fri, sat, sun], start: \""+from.Format("15:04")+"\", hours: "+hours+", zone: UTC}\n", 1)
	id := map[string]string{"web1": "c-shop", "db1": "c-data"}[system]
	begin, contract, ok := strings.Cut(doc, "id: "+id)
	if !ok {
		o.Fatalf("no contract of %s", system)
	}
	doc = begin + "id: " + id + strings.Replace(contract, "window: always", "window: some", 1)
	if _, err := o.server.Apply(o.Context(), "estate.yaml", []byte(doc)); err != nil {
		o.Fatal(err)
	}
}

// step takes a run one step further: the jobs run by the real clock, which a story's clock may be ahead of.
func (o *office) step(id string) {
	o.Helper()
	if _, err := o.server.advance(o.Context(), id); err != nil {
		o.Fatal(err)
	}
}
