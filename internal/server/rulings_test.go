package server

import (
	"errors"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// duty puts db1 under ITEG's terms, with a window three days away.
func (o *office) duty() {
	o.Helper()
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: iteg-toms-1.1, window: far}")
}

// except proposes an exception for the hole of the stories on db1.
func (o *office) except(change func(*exception.Exception)) (board.Exception, error) {
	e := exception.Exception{
		Scope: exception.Scope{Advisory: "CVE-2026-1", System: "db1"}, Reason: "The update breaks the till.", RiskOwner: "Eva Kuhn",
		Compensation: "The port is open to the shop only.", RequestedBy: "tom", Expires: o.server.now().Add(48 * time.Hour),
	}
	if change != nil {
		change(&e)
	}
	return o.server.Except(o.Context(), e)
}

// TestAnExceptionCoversUntilItEnds: what is accepted is not installed, in a hurry or otherwise, and nobody
// is called about it; when it ends, the hole is open again by itself, overdue, and is closed at once.
func TestAnExceptionCoversUntilItEnds(t *testing.T) {
	o := open(t)
	o.duty()
	o.deliver("debian-dsa", dsaFeed)
	o.deliver("kev", kevFeed)
	e, err := o.except(func(e *exception.Exception) { e.Level = severity.Critical })
	if err != nil || e.State != exception.Proposed {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, err := o.server.Approve(t.Context(), e.ID, "Tom"); fault.CodeOf(err) != fault.Refused {
		t.Errorf("who asks approves: %v", err)
	}
	e, err = o.server.Approve(t.Context(), e.ID, "ida")
	if err != nil || e.State != exception.InForce {
		t.Fatalf("%+v, %v", e, err)
	}
	db := o.database()
	o.deliver("osv", osvFeed) // now it is known to be critical
	c := o.clocks()[0].Clock
	if !c.Accepted || c.Job != clock.Nothing || c.Secured {
		t.Fatalf("%+v", c)
	}
	if planned := o.plan("db1"); len(planned.Slots) != 1 || time.Until(planned.Slots[0].At.From) < 24*time.Hour {
		t.Fatalf("in a hurry: %+v", planned)
	}
	for _, row := range o.due() {
		if row.Allowed != (row.Finding.Package == "curl") || row.Finding.Package == "mariadb" && row.Why.IsZero() {
			t.Errorf("%s allowed %v: %s", row.Finding.Package, row.Allowed, row.Why.EN)
		}
	}
	o.forward(49 * time.Hour)
	if err := o.server.reconsider(t.Context()); err != nil { // the job that the approval enqueued
		t.Fatal(err)
	}
	if c := o.clocks()[0].Clock; !c.Overdue || c.Lapsed.IsZero() {
		t.Errorf("after its end: %+v", c)
	}
	o.forward(-49 * time.Hour) // the host's clock did not move
	if _, err := o.server.Revoke(t.Context(), e.ID, "ida"); err != nil {
		t.Fatal(err)
	}
	order := db.await()
	if p := order.Packages(); len(p) != 1 || p[0].Name != "mariadb" {
		t.Errorf("ordered %v", p)
	}
	o.verify()
}

// due is what is due on db1.
func (o *office) due() []board.DueRow {
	o.Helper()
	rows, err := o.server.Due(o.Context(), "db1")
	if err != nil {
		o.Fatal(err)
	}
	return rows
}

// TestExceptionsAreWhole: without reason, owner, compensation or end there is none, nor for longer than its
// level allows; and of what is not there nothing can be said.
func TestExceptionsAreWhole(t *testing.T) {
	o := open(t)
	o.duty()
	for name, change := range map[string]func(*exception.Exception){
		"no reason":       func(e *exception.Exception) { e.Reason = "" },
		"no owner":        func(e *exception.Exception) { e.RiskOwner = " " },
		"no compensation": func(e *exception.Exception) { e.Compensation = "" },
		"for ever":        func(e *exception.Exception) { e.Expires = e.Expires.AddDate(3, 0, 0) },
		"over already":    func(e *exception.Exception) { e.Expires = time.Now().Add(-time.Hour) },
		"for everybody":   func(e *exception.Exception) { e.Scope.System = "" },
		"no such system":  func(e *exception.Exception) { e.Scope.System = "nosuch" },
		"nobody asks":     func(e *exception.Exception) { e.RequestedBy = "" },
	} {
		_, err := o.except(change)
		var f *fault.Error
		if !errors.As(err, &f) || f.Text.DE == "" || f.Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := o.server.Exceptions(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := o.server.Approve(t.Context(), "x20261127-000000000000", "ida"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}

// TestAnOperatorRatesAHoleOtherwise: with a reason and for a while, and it is put beside what the rules say.
func TestAnOperatorRatesAHoleOtherwise(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.database()
	o.deliver("debian-dsa", dsaFeed)
	o.deliver("osv", osvFeed)
	o.deliver("kev", kevFeed)
	if n := len(o.clocks()); n != 1 {
		t.Fatalf("%d clocks", n)
	}
	up := severity.Override{Hole: "CVE-2026-2", Level: severity.Critical, By: "ida", Reason: "We saw it used.", Expires: o.server.now().Add(24 * time.Hour)}
	if _, err := o.server.Override(t.Context(), up); err != nil {
		t.Fatal(err)
	}
	if list := o.clocks(); len(list) != 2 || list[1].Rating.Derived == severity.Critical || list[1].Rating.Override.By != "ida" {
		t.Fatalf("%+v", list)
	}
	if _, err := o.server.Override(t.Context(), severity.Override{Hole: "CVE-2026-1", Level: severity.Low, By: "ida", Expires: up.Expires}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	h, err := o.server.Hole(t.Context(), "CVE-2026-2")
	if err != nil || len(h.Overrides) != 1 || !h.Overrides[0].Holds || h.Rating.Level != severity.Critical {
		t.Errorf("%+v, %v", h, err)
	}
	o.forward(25 * time.Hour)
	if err := o.server.reconsider(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h, err = o.server.Hole(t.Context(), "CVE-2026-2"); err != nil || h.Rating.Level == severity.Critical || h.Overrides[0].Holds {
		t.Errorf("after its end: %+v, %v", h.Rating, err)
	}
	o.verify()
}
