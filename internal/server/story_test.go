package server

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

func TestAdvancedIsPatchedUnderItsStandingOrder(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"), security("nginx", "1.22-1", "1.22-2"))
	planned := o.plan("")
	if len(planned.Slots) != 1 || planned.Slots[0].System != "web1" {
		t.Fatalf("planned %+v", planned)
	}
	order := web.await()
	if order.System() != "web1" || len(order.Packages()) != 2 || !slices.Equal(order.Services(), []string{"nginx.service"}) {
		t.Fatalf("order %+v", order)
	}
	if got := web.work(""); got != verdict.Succeeded {
		t.Fatal(got)
	}
	r := o.run(order.ID())
	if r.Stage != board.Over || r.Outcome != verdict.Succeeded || r.Ground != "standing_order so-shop" || len(r.Events) != 13 {
		t.Fatalf("run %+v", r.RunRow)
	}
	if again := o.plan("web1"); len(again.Slots) != 0 || again.Not[0].Code != "held_back" {
		t.Fatalf("within the quarter it was planned again: %+v", again)
	}
	o.verify()
}

func TestBasicWaitsForTheCustomersWord(t *testing.T) {
	o := open(t)
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	first := o.plan("")
	if len(first.Slots) != 0 || len(first.Refused) != 1 || first.Refused[0].Rule != "MH2-20" || !first.Refused[0].CanOrder {
		t.Fatalf("planned without an order: %+v", first)
	}
	for name, q := range map[string]board.OrderRequest{
		"not authorised": {System: "db1", Contact: "tom", Channel: "Ticket 1", Text: "Bitte.", Explicit: true},
		"a stranger":     {System: "db1", Contact: "mallory", Channel: "Ticket 1", Text: "Bitte.", Explicit: true},
		"no wording":     {System: "db1", Contact: "eva", Channel: "Ticket 1", Explicit: true},
		"no ticket":      {System: "db1", Contact: "eva", Text: "Bitte.", Explicit: true},
		"own system":     {System: "iaas1", Contact: "eva", Channel: "Ticket 1", Text: "Bitte.", Explicit: true},
	} {
		if _, err := o.server.PlaceOrder(t.Context(), q); fault.CodeOf(err) == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	vague, err := o.server.PlaceOrder(t.Context(), board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 2", Text: "Machen Sie mal alles aktuell."})
	if err != nil || vague.Allowed != 0 {
		t.Fatalf("an unclear order permitted %d changes: %v", vague.Allowed, err)
	}
	receipt, err := o.server.PlaceOrder(t.Context(), board.OrderRequest{
		System: "db1", Contact: "eva", Channel: "Ticket 3", Text: "Bitte Sicherheitsupdates auf db1.", Explicit: true, Scope: estate.ScopeSecurity,
	})
	if err != nil || receipt.Allowed != 1 || !strings.Contains(receipt.Confirmation.DE, "prüfen wir nicht") {
		t.Fatalf("receipt %+v, %v", receipt, err)
	}
	if second := o.plan("db1"); len(second.Slots) != 1 {
		t.Fatalf("not planned after the order: %+v", second)
	}
	order := db.await()
	if got := db.work(""); got != verdict.Succeeded {
		t.Fatal(got)
	}
	if r := o.run(order.ID()); r.Ground != "order "+receipt.Order.ID || r.Outcome != verdict.Succeeded {
		t.Fatalf("run %+v", r.RunRow)
	}
	if third := o.plan("db1"); len(third.Slots) != 0 || len(third.Refused) != 1 {
		t.Fatalf("an order was good twice: %+v", third)
	}
	o.verify()
}

func TestTheCustomersOwnSystemIsNeverOurs(t *testing.T) {
	o := open(t)
	e, err := o.server.Explain(t.Context(), board.Question{System: "iaas1"})
	if err != nil || e.Allowed || e.Rule != "MH2-03" {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, err := o.server.Enrolment(t.Context(), "iaas1"); fault.CodeOf(err) != fault.Refused {
		t.Fatalf("enrolled where we have no access (MH2-07): %v", err)
	}
	today, err := o.server.Today(t.Context())
	if err != nil || !slices.Equal(today.Yours, []string{"iaas1"}) {
		t.Fatalf("today %+v, %v", today, err)
	}
}

func TestTheOrderIsClosedOnWhatIsDueNow(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	o.plan("")
	// Between planning and the slot the archive moved on, and somebody put nginx on hold.
	held := security("nginx", "1.22-1", "1.22-2")
	held.Held = true
	web.facts.Pending = []fact.Pending{held, security("openssl", "3.0.17-1", "3.0.19-1")}
	order := web.await()
	want := []wire.Package{{Name: "openssl", Arch: "amd64", From: "3.0.17-1", To: "3.0.19-1"}}
	if !slices.Equal(order.Packages(), want) {
		t.Fatalf("ordered %v", order.Packages())
	}
	r := o.run(order.ID())
	if len(r.Preview) != 1 || r.Preview[0].To != "3.0.18-1" || len(r.LeftOut) != 1 || r.LeftOut[0].Finding.Package != "nginx" {
		t.Fatalf("preview %v, left out %v", r.Preview, r.LeftOut)
	}
}

func TestStaleListsAreNotPatched(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	id := o.plan("").Slots[0].Run
	web.facts.Indices.Errors = []string{"Release file expired"}
	for range 3 {
		if got := web.poll(1); got.Refresh != "" {
			web.refreshed = got.Refresh
		}
	}
	if r := o.run(id); r.Outcome != verdict.Blocked || r.State.Verdict.Reasons[0].Code != "indices" {
		t.Fatalf("run %+v", r.RunRow)
	}
	if again := o.plan(""); len(again.Slots) != 0 {
		t.Fatal("tried again in the same window")
	}
}

func TestWhatWasPutBackIsNotTriedAgainWithTheSameVersions(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("nginx", "1.22-1", "1.22-2"))
	o.plan("")
	web.await()
	if got := web.work(run.Verifying); got != verdict.Restored {
		t.Fatal(got)
	}
	if again := o.plan(""); len(again.Slots) != 0 || !strings.Contains(again.Not[0].Reason.DE, "neuer Fassung") {
		t.Fatalf("planned %+v", again)
	}
	today, err := o.server.Today(t.Context())
	if err != nil || len(today.Needs) != 1 || today.Needs[0].Outcome != verdict.Restored {
		t.Fatalf("today %+v, %v", today, err)
	}
	web.facts.Pending[0].Candidate = "1.22-3"
	web.poll(0)
	if again := o.plan(""); len(again.Slots) != 1 {
		t.Fatalf("the new version was not planned: %+v", again)
	}
}

func TestAHostCannotTalkItsRunIntoASuccess(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("nginx", "1.22-1", "1.22-2"))
	other := o.host("db1")
	o.plan("")
	order := web.await()
	lie := run.Event{Order: order.ID(), Seq: 1, Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: verdict.Succeeded}}
	if _, err := o.server.Events(t.Context(), "web1", wire.EventsReport{Order: order.ID(), Events: []run.Event{lie}}); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("taken: %v", err)
	}
	begun := run.Event{Order: order.ID(), Seq: 1, Kind: run.Begun, Step: run.Prechecking}
	if _, err := o.server.Events(t.Context(), other.name, wire.EventsReport{Order: order.ID(), Events: []run.Event{begun}}); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("another host reported for web1: %v", err)
	}
	if r := o.run(order.ID()); r.Stage != board.Ordered || r.State.Seq != 0 {
		t.Fatalf("run %+v", r.RunRow)
	}
}

func TestARestartInTheMiddleLosesNothing(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("nginx", "1.22-1", "1.22-2"))
	id := o.plan("").Slots[0].Run
	o.restart()
	order := web.await()
	if order.ID() != id {
		t.Fatal("another run")
	}
	o.restart()
	if again := web.poll(0); again.Order != nil {
		t.Fatal("handed out an order that the host has under way")
	}
	web.send(run.Event{Kind: run.Begun, Step: run.Prechecking})
	o.restart()
	web.send(run.Event{Kind: run.Failed, Step: run.Prechecking, Code: "lock_timeout"})
	web.send(run.Event{Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: verdict.Blocked}})
	if r := o.run(id); r.Outcome != verdict.Blocked {
		t.Fatalf("run %+v", r.RunRow)
	}
	o.verify()
}

func TestAppliesWholeOrNotAtAll(t *testing.T) {
	o := open(t)
	again, err := o.server.Apply(t.Context(), "estate.yaml", []byte(officeEstate))
	if err != nil || len(again.Added)+len(again.Changed)+len(again.Removed) != 0 || again.Unchanged == 0 {
		t.Fatalf("applied twice: %+v, %v", again, err)
	}
	bad := strings.Replace(officeEstate, "model: iaas", "model: iass", 1)
	bad = strings.Replace(bad, "name: web1, contract: c-shop", "name: web9, contract: c-shopp", 1)
	_, err = o.server.Apply(t.Context(), "estate.yaml", []byte(bad))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Places) < 2 || f.Places[0].Line == 0 || f.Places[0].Column == 0 {
		t.Fatalf("error %+v", err)
	}
	rows, err := o.server.Systems(t.Context())
	if err != nil || len(rows) != 3 || rows[0].Name != "web1" {
		t.Fatalf("half applied: %+v, %v", rows, err)
	}
}

func TestAnAlteredRowIsFoundAndNamed(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("nginx", "1.22-1", "1.22-2"))
	id := o.plan("").Slots[0].Run
	web.await()
	web.work("")
	o.verify()
	err := o.server.change(t.Context(), func(c *change) error {
		_, err := c.SQL().ExecContext(t.Context(), `update runs set outcome = 'restored' where id = $1`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check, err := o.server.VerifyRecord(t.Context())
	if err != nil || check.Good || check.Broken.Kind != "run" || !strings.Contains(check.Broken.What.EN, id) {
		t.Fatalf("%+v, %v", check.Broken, err)
	}
}
