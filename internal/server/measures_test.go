package server

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// exposed is db1 with a critical hole for which there is no update yet.
func (o *office) exposed() *host {
	o.Helper()
	db := o.database()
	db.facts.Pending = nil
	db.facts.Units = []fact.Unit{{Name: "mariadb.service", Active: "active", Sub: "running"}}
	db.facts.Listen = []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 3306, Process: "mariadbd"}}
	db.facts.Sort()
	db.poll(0)
	o.alarm()
	o.assess()
	return db
}

func (o *office) closing() mitigation.Mitigation {
	return mitigation.Mitigation{Measure: mitigation.Measure{Verb: mitigation.ClosePort, Proto: "tcp", Port: 3306}, System: "db1", Hole: "CVE-2026-1",
		Reason: "Only the host itself asks the database.", By: "ida", Review: o.server.now().Add(20 * time.Hour), Expires: o.server.now().Add(48 * time.Hour)}
}

// shows is what the host reports of a measure from now on.
func (h *host) shows(measures ...fact.Measure) {
	h.Helper()
	h.facts.Measures = measures
	h.facts.Sort()
	h.poll(0)
	h.assess()
}

// TestTheAgentMitigates: a signed order, a run, the host's report, a secured hole; and the way back, whose run
// rests on the mandate of the first.
func TestTheAgentMitigates(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.exposed()
	m, err := o.server.Mitigate(t.Context(), o.closing())
	if err != nil || m.Hands != mitigation.ByAgent || len(m.Runs) != 1 || m.Holds {
		t.Fatalf("%+v, %v", m, err)
	}
	w := db.await()
	if got, ok := w.Measure(); !ok || w.Verb() != wire.Mitigate || got.ID != m.ID || got.Port != 3306 || len(w.Packages()) != 0 {
		t.Fatalf("ordered: %s %+v", w.Verb(), got)
	}
	if out := db.work(""); out != verdict.Succeeded {
		t.Fatal(out)
	}
	if c := o.clocks()[0].Clock; c.Secured {
		t.Fatalf("a run secures before the host shows it: %+v", c)
	}
	db.shows(fact.Measure{ID: m.ID, Holds: true})
	if c := o.clocks()[0].Clock; !c.Secured || c.By != clock.ByMitigation {
		t.Fatalf("the packet filter drops what comes: %+v", c)
	}
	r := o.run(m.Runs[0])
	if r.Measure != m.ID || r.Lift || len(r.Grounds) != 1 || r.Grounds[0].Kind != mandate.ByProviderDuty || r.Packages != 0 {
		t.Errorf("run: %+v %+v", r.RunRow, r.Grounds)
	}
	db.shows(fact.Measure{ID: m.ID, Saw: "the rule is gone"})
	if c := o.clocks()[0].Clock; c.Secured {
		t.Errorf("somebody emptied the filter: %+v", c)
	}
	db.shows(fact.Measure{ID: m.ID, Holds: true})

	ended, err := o.server.EndMitigation(t.Context(), m.ID, "ida")
	if err != nil || len(ended.Runs) != 2 {
		t.Fatalf("%+v, %v", ended, err)
	}
	back := db.await()
	if got, ok := back.Measure(); !ok || back.Verb() != wire.Lift || got.ID != m.ID {
		t.Fatalf("ordered: %s %+v", back.Verb(), got)
	}
	db.work("")
	db.shows()
	if c := o.clocks()[0].Clock; c.Secured {
		t.Errorf("taken back: %+v", c)
	}
	lift := o.run(ended.Runs[1])
	if !lift.Lift || lift.Grounds[0].Kind != mandate.ByItself || lift.Grounds[0].Basis != r.Mandate || r.Mandate == "" {
		t.Errorf("the way back rests on %+v", lift.Grounds)
	}
	if again, err := o.server.haveMeasure(t.Context(), m.ID); again != 0 || err != nil {
		t.Errorf("asked once more: %s, %v", again, err)
	}
	if list, _ := o.server.Runs(t.Context(), board.RunFilter{System: "db1"}); len(list) != 2 {
		t.Errorf("%d runs", len(list))
	}
	o.verify()
}

// TestNoServiceStandsStillWithoutAWord: neither an order for updates nor nothing at all lets a service be
// stopped; an order that says so does, once.
func TestNoServiceStandsStillWithoutAWord(t *testing.T) {
	o := open(t)
	db := o.exposed()
	refused := func(why string) {
		t.Helper()
		_, err := o.server.Mitigate(t.Context(), o.closing())
		if fault.CodeOf(err) != fault.Refused {
			t.Fatalf("%s: %v", why, err)
		}
		list, err := o.server.Mitigations(t.Context())
		runs, _ := o.server.Runs(t.Context(), board.RunFilter{System: "db1"})
		if err != nil || len(list) != 0 || len(runs) != 0 {
			t.Fatalf("%s: kept %+v, %+v, %v", why, list, runs, err)
		}
	}
	refused("no word")
	order := board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 1", Text: "Bitte die Updates einspielen.", Explicit: true, Scope: estate.ScopeSecurity}
	if _, err := o.server.PlaceOrder(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	refused("an order for updates")
	order.Text, order.Mitigation = "Bitte den Port der Datenbank schließen.", true
	receipt, err := o.server.PlaceOrder(t.Context(), order)
	if err != nil || !strings.Contains(receipt.Confirmation.DE, "Maßnahmen") || receipt.Allowed != 0 {
		t.Fatalf("%+v, %v", receipt, err)
	}
	refused("an order whose price is not agreed") // MH2-11
	if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: receipt.Order.ID, Amount: "90 €", By: "ida"}); err != nil {
		t.Fatal(err)
	}
	refused("a price without an answer")
	if _, err := o.server.AnswerPrice(t.Context(), board.PriceAnswer{Order: receipt.Order.ID, Contact: "eva", Channel: "Ticket 1", Text: "Ja.", Yes: true}); err != nil {
		t.Fatal(err)
	}
	m, err := o.server.Mitigate(t.Context(), o.closing())
	if err != nil {
		t.Fatal(err)
	}
	db.await()
	db.work("")
	if g := o.run(m.Runs[0]).Grounds; g[0].Kind != mandate.ByOrder || g[0].Basis != receipt.Order.ID {
		t.Errorf("%+v", g)
	}
	again := o.closing()
	again.Port = 3307
	if _, err := o.server.Mitigate(t.Context(), again); fault.CodeOf(err) != fault.Refused {
		t.Errorf("one order was good for two measures: %v", err)
	}
	foreign := o.closing()
	foreign.Hole = "CVE-2020-1"
	if _, err := o.server.Mitigate(t.Context(), foreign); fault.CodeOf(err) != fault.Refused {
		t.Errorf("a hole that the system does not have: %v", err)
	}
	o.verify()
}

// TestAMeasureThatFailsIsTakenBackAndSaysSo: the host is as before, the hole open, and nothing is repeated
// behind anybody's back.
func TestAMeasureThatFailsIsTakenBackAndSaysSo(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.exposed()
	m, err := o.server.Mitigate(t.Context(), o.closing())
	if err != nil {
		t.Fatal(err)
	}
	db.await()
	if out := db.work(run.Verifying); out != verdict.Restored {
		t.Fatal(out)
	}
	if again, err := o.server.haveMeasure(t.Context(), m.ID); again != 0 || err != nil {
		t.Errorf("%s, %v", again, err)
	}
	list, err := o.server.Mitigations(t.Context())
	if err != nil || len(list) != 1 || list[0].Holds || len(list[0].Runs) != 1 || !strings.Contains(list[0].Sentence.EN, "is as it was") {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := o.server.EndMitigation(t.Context(), m.ID, "ida"); err != nil {
		t.Fatal(err)
	}
	if list, _ := o.server.Runs(t.Context(), board.RunFilter{System: "db1"}); len(list) != 1 {
		t.Errorf("what is not there was taken back: %+v", list)
	}
}

// TestAPreparedFragmentIsOrderedAsTheHostReportedIt: what was seen is what is ordered; what is not prepared cannot be.
func TestAPreparedFragmentIsOrderedAsTheHostReportedIt(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.exposed()
	db.facts.Fragments = []fact.Fragment{{Name: "no-remote", SHA256: strings.Repeat("ab", 32), Target: "/etc/mysql/conf.d/no-remote.cnf", Service: "mariadb.service"}}
	db.facts.Sort()
	db.poll(0)
	place := o.closing()
	place.Measure = mitigation.Measure{Verb: mitigation.PlaceFragment, Fragment: "no-upload"}
	if _, err := o.server.Mitigate(t.Context(), place); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("nobody prepared it: %v", err)
	}
	place.Fragment = "no-remote"
	if _, err := o.server.Mitigate(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	if got, ok := db.await().Measure(); !ok || got.Fragment != "no-remote" || got.SHA256 != strings.Repeat("ab", 32) {
		t.Errorf("ordered: %+v", got)
	}
}
