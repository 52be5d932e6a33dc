package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/proof"
)

var (
	rootItself = fact.Holder{Way: fact.ByAccount, Who: "root", From: "/etc/passwd"}
	evaSudo    = fact.Holder{Way: fact.ByGroup, Who: "eva (sudo)", From: "/etc/group"}
)

// TestNothingIsChangedWhereTheCustomerHasBecomeRoot (MH1-02, story O3): what was found at the first report is the
// state that the provider answers for. Who becomes root later stops the run before its order is signed, the desk
// is told once, and it goes on when a person has accepted it, or when it is gone.
func TestNothingIsChangedWhereTheCustomerHasBecomeRoot(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	holders := func(list ...fact.Holder) {
		web.facts.Root = list
		web.facts.Sort()
		web.poll(0)
	}
	holders(rootItself)
	if a, err := o.server.RootAccess(t.Context(), "web1"); err != nil || !a.Watched || len(a.New) != 0 || a.By != "patchwart" {
		t.Fatalf("as found: %+v, %v", a, err)
	}
	planned := o.plan("web1")
	holders(rootItself, evaSudo)
	id := planned.Slots[0].Run
	for range 3 {
		if got := web.poll(1); got.Refresh != "" {
			web.refreshed = got.Refresh
		} else if got.Order != nil {
			t.Fatal("an order came for a host on which the customer has become root")
		}
	}
	r := o.run(id)
	if r.Outcome != verdict.Blocked || !strings.Contains(r.Sentence.DE, "MH1-02") || !strings.Contains(r.Sentence.EN, "eva (sudo)") {
		t.Fatalf("%s: %s", r.Outcome, r.Sentence.DE)
	}
	web.poll(0)
	if told := o.toldOf("web1", noticeRoot); len(told) != 1 || told[0].Recipient != "operator" {
		t.Errorf("told: %+v", told)
	}
	today, err := o.server.Today(t.Context())
	if err != nil || len(today.Drift) != 1 || !slices.Equal(today.Drift[0].New, []fact.Holder{evaSudo}) {
		t.Errorf("today: %+v, %v", today.Drift, err)
	}
	holders() // an agent that hides it all of a sudden is no better
	if a, _ := o.server.RootAccess(t.Context(), "web1"); len(a.New) != 1 {
		t.Errorf("the agent says nothing any more: %+v", a)
	}
	holders(rootItself, evaSudo)
	if _, err := o.server.AcceptRoot(t.Context(), "web1", "ida", " "); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("accepted without a reason: %v", err)
	}
	a, err := o.server.AcceptRoot(t.Context(), "web1", "ida", "Eva is on call with us now.")
	if err != nil || len(a.New) != 0 || a.By != "ida" {
		t.Fatalf("%+v, %v", a, err)
	}
	if next := o.plan("web1"); len(next.Slots) != 0 || next.Not[0].Code != "held_back" {
		t.Errorf("in the same window: %+v", next) // what was blocked is tried in the next one
	}
	if _, err := o.server.PlaceOrder(t.Context(), board.OrderRequest{System: "web1", Contact: "eva", Channel: "Ticket 9", Text: "Bitte die Sicherheitsupdates einspielen.", Explicit: true}); err != nil {
		t.Fatal(err)
	}
	o.forward(25 * time.Hour)
	next := o.plan("web1")
	if _, err := o.server.advance(t.Context(), next.Slots[0].Run); err != nil { // the jobs run by the real clock
		t.Fatal(err)
	}
	web.await()
	if got := web.work(run.Step("")); got != verdict.Succeeded {
		t.Errorf("after it was accepted: %s", got)
	}
	o.verify()
	proof.Obstacle(t, 21, "blocked", "Whoever is new stops the run before its order is signed, the desk is told once, and it goes on when a person has accepted it (simulated host, real server).")
}

// TestWhereTheCustomerHoldsRootAnyway nobody is stopped by it: the policy decides about such systems.
func TestWhereTheCustomerHoldsRootAnyway(t *testing.T) {
	o := open(t)
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(strings.Replace(officeEstate, "{name: db1, contract: c-data, admin_access: provider}", "{name: db1, contract: c-data, admin_access: shared}", 1))); err != nil {
		t.Fatal(err)
	}
	db := o.host("db1", security("mariadb", "1", "2"))
	for _, list := range [][]fact.Holder{{rootItself}, {rootItself, evaSudo}} {
		db.facts.Root = list
		db.facts.Sort()
		db.poll(0)
	}
	if today, err := o.server.Today(t.Context()); err != nil || len(today.Drift) != 0 {
		t.Errorf("%+v, %v", today.Drift, err)
	}
}

// TestAPhasedUpdateIsDeferred (obstacle 23): the archive gives it to this host later, by itself.
func TestAPhasedUpdateIsDeferred(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	id := o.plan("web1").Slots[0].Run
	web.facts.Pending[0].Held, web.facts.Pending[0].Phased = true, true
	for range 3 {
		if got := web.poll(1); got.Refresh != "" {
			web.refreshed = got.Refresh
		}
	}
	if r := o.run(id); r.Outcome != verdict.Deferred || !strings.Contains(r.Sentence.EN, "bit by bit") {
		t.Errorf("%s: %s", r.Outcome, r.Sentence.EN)
	}
	proof.Obstacle(t, 23, "deferred", "The host reported that its archive phases the update in; the run was deferred with that reason (simulated host, real server).")
}
