package server

import (
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/mitigation"
)

// TestAMitigationSecuresWhileItHolds: not when somebody says so, but when the host shows it; not any more when
// the service comes back, when somebody ends it, or when it expires. Then the original deadline stands.
func TestAMitigationSecuresWhileItHolds(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.database()
	db.facts.Units = []fact.Unit{{Name: "mariadb.service", Active: "active", Sub: "running"}}
	db.facts.Pending = nil // the update is not out yet
	db.facts.Sort()
	db.poll(0)
	o.alarm()
	stop := mitigation.Mitigation{Measure: mitigation.Measure{Verb: mitigation.StopUnit, Unit: "mariadb.service"}, System: "db1", Hole: "CVE-2026-1", Hands: mitigation.ByPeople, Reason: "The shop is closed at night.", By: "ida",
		Review: o.server.now().Add(20 * time.Hour), Expires: o.server.now().Add(48 * time.Hour)}
	m, err := o.server.Mitigate(t.Context(), stop)
	if err != nil || m.Holds || !m.Verified.IsZero() {
		t.Fatalf("%+v, %v", m, err)
	}
	if c := o.clocks()[0].Clock; c.Secured {
		t.Fatalf("somebody's word secures: %+v", c)
	}
	state := func(active string) clock.Clock {
		t.Helper()
		db.facts.Units[0].Active = active
		db.poll(0)
		o.assess()
		return o.clocks()[0].Clock
	}
	if c := state("inactive"); !c.Secured || c.By != clock.ByMitigation || c.Phase != clock.Mitigated {
		t.Fatalf("the service is stopped: %+v", c)
	}
	if c := state("active"); c.Secured || c.Lapsed.IsZero() {
		t.Errorf("the service came back: %+v", c)
	}
	if c := state("inactive"); !c.Secured {
		t.Errorf("stopped again: %+v", c)
	}
	o.forward(21 * time.Hour)
	o.assess()
	if c := o.clocks()[0].Clock; !c.Secured || c.Job != clock.Review {
		t.Errorf("the day of review has come: %+v", c)
	}
	o.forward(28 * time.Hour)
	o.assess()
	if c := o.clocks()[0].Clock; c.Secured || !c.Overdue {
		t.Errorf("expired: %+v", c)
	}
	stop.Review, stop.Expires = o.server.now().Add(time.Hour), o.server.now().Add(2*time.Hour)
	again, err := o.server.Mitigate(t.Context(), stop)
	if err != nil || !again.Holds || again.Verified.IsZero() {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := o.server.EndMitigation(t.Context(), again.ID, "ida"); err != nil {
		t.Fatal(err)
	}
	if c := o.clocks()[0].Clock; c.Secured {
		t.Errorf("ended: %+v", c)
	}
	if _, err := o.server.EndMitigation(t.Context(), again.ID, "ida"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("ended twice: %v", err)
	}
	stop.Unit = "ssh.service"
	if _, err := o.server.Mitigate(t.Context(), stop); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("the way in was stopped: %v", err)
	}
	if h, err := o.server.Hole(t.Context(), "CVE-2026-1"); err != nil || len(h.Mitigations) != 2 {
		t.Errorf("%+v, %v", h.Mitigations, err)
	}
	o.verify()
}
