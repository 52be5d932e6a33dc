package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// ruled applies the office's estate with another recurrence of the shop's standing order.
func (o *office) ruled(recurs string) {
	o.Helper()
	doc := strings.Replace(officeEstate, "interval: quarterly", recurs, 1)
	if _, err := o.server.Apply(o.Context(), "estate.yaml", []byte(doc)); err != nil {
		o.Fatal(err)
	}
}

// TestADateIsMovedPausedAndResumed (K2): the customer moves a date by some days and pauses the order; what was
// planned on it is given up, the customer's contact is told, and all of it is in the record.
func TestADateIsMovedPausedAndResumed(t *testing.T) {
	o := open(t)
	o.ruled("rule: FREQ=DAILY, starts: " + time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	first := o.plan("web1")
	if len(first.Slots) != 0 || first.Not[0].Code != "held_back" || !strings.Contains(first.Not[0].Reason.DE, "wieder fällig ab") {
		t.Fatalf("planned before the first date: %+v", first)
	}
	row, err := o.server.StandingOrder(t.Context(), "c-shop")
	if err != nil || row.RRule != "FREQ=DAILY" || len(row.Dates) != 24 || row.Paused || !slices.Equal(row.Systems, []string{"web1"}) {
		t.Fatalf("%+v, %v", row, err)
	}
	day := row.Dates[0].Day
	move := board.StandingChange{Contract: "c-shop", Kind: board.StandingMove, Day: day, To: day.Add(40).At(23, 59), By: "tom", As: board.ByContact, Reason: "Messe"}
	if _, err := o.server.ChangeStandingOrder(t.Context(), move); fault.CodeOf(err) != fault.Refused {
		t.Errorf("moved by somebody who may only read: %v", err)
	}
	for name, bad := range map[string]func(*board.StandingChange){
		"no reason":         func(q *board.StandingChange) { q.Reason = " " },
		"in nobody's name":  func(q *board.StandingChange) { q.As = "" },
		"no such contract":  func(q *board.StandingChange) { q.Contract = "c-none" },
		"no standing order": func(q *board.StandingChange) { q.Contract = "c-data" },
		"not a date of it":  func(q *board.StandingChange) { q.Day = day.Add(-30) },
		"not known":         func(q *board.StandingChange) { q.Kind = "forget" },
	} {
		q := move
		q.By = "eva"
		bad(&q)
		if _, err := o.server.ChangeStandingOrder(t.Context(), q); fault.CodeOf(err) == fault.Internal || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	leave := board.StandingChange{Contract: "c-shop", Kind: board.StandingLeaveOut, Day: day, By: "eva", As: board.ByContact, Reason: "Messe"}
	row, err = o.server.ChangeStandingOrder(t.Context(), leave)
	if err != nil || row.Dates[0].TakesPlace() || !row.Dates[1].TakesPlace() || len(row.Said) != 1 {
		t.Fatalf("%+v, %v", row.Dates[:2], err)
	}
	if told := o.told2("web1"); len(told) != 1 || !strings.HasPrefix(told[0], "eva: Dauerauftrag so-shop: Der Termin vom") || !strings.Contains(told[0], "Messe") {
		t.Errorf("told: %q", told)
	}

	// By an interval whose date has begun the run is planned, and a pause takes it away. The window is hours ahead: a
	// run that is under way already would be decided anew instead.
	o.shortWindow("web1", time.Now().UTC().Add(3*time.Hour), "2")
	planned := o.plan("web1")
	runs, err := o.server.Runs(t.Context(), board.RunFilter{System: "web1"})
	if err != nil || len(runs) != 1 || runs[0].Stage != board.Planned { // here, or by the server, which plans anew after a change
		t.Fatalf("not planned: %+v, %+v, %v", planned, runs, err)
	}
	pause := board.StandingChange{Contract: "c-shop", Kind: board.StandingPause, By: "eva", As: board.ByContact, Reason: "Weihnachtsgeschäft"}
	if row, err = o.server.ChangeStandingOrder(t.Context(), pause); err != nil || !row.Paused {
		t.Fatalf("%+v, %v", row, err)
	}
	if r := o.run(runs[0].ID); r.Stage != board.Over || r.Outcome != verdict.Deferred {
		t.Errorf("the planned run: %+v", r.RunRow)
	}
	if again := o.plan("web1"); len(again.Slots) != 0 || len(again.Refused) != 1 || !strings.Contains(again.Refused[0].Text.DE, "ausgesetzt") {
		t.Errorf("planned in a pause: %+v", again)
	}
	resume := board.StandingChange{Contract: "c-shop", Kind: board.StandingResume, By: "ida", As: board.ByProvider, Reason: "weiter"}
	if _, err := o.server.ChangeStandingOrder(t.Context(), resume); fault.CodeOf(err) != fault.Refused {
		t.Errorf("the provider resumed what the customer paused: %v", err)
	}
	resume.By, resume.As = "eva", board.ByContact
	if row, err = o.server.ChangeStandingOrder(t.Context(), resume); err != nil || row.Paused {
		t.Fatalf("%+v, %v", row, err)
	}
	if _, err := o.server.ChangeStandingOrder(t.Context(), resume); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("resumed twice: %v", err)
	}
	web.poll(0)
	if again := o.plan("web1"); len(again.Slots)+len(again.Not) != 1 || len(again.Refused) != 0 {
		t.Errorf("after the pause: %+v", again)
	}
	o.verify()
}

// TestEveryDateIsDecidedAnew: a standing order that recurs is no permission for good. When the contract's package
// is another one on the day, the same date is refused by the policy in force then.
func TestEveryDateIsDecidedAnew(t *testing.T) {
	o := open(t)
	o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	if preview, err := o.server.Plan(t.Context(), "web1", true); err != nil || len(preview.Slots) != 1 {
		t.Fatalf("%+v, %v", preview, err)
	}
	doc := strings.Replace(officeEstate, "package: advanced", "package: basic", 1)
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(doc)); err != nil {
		t.Fatal(err)
	}
	p := o.plan("web1")
	if len(p.Slots) != 0 || len(p.Refused) != 1 || p.Refused[0].Rule != "MH2-20" {
		t.Fatalf("%+v", p)
	}
}

// enrolledOn makes a host one that was enrolled at that time.
func (o *office) enrolledOn(system string, at time.Time) {
	o.Helper()
	if err := o.server.store.Write(o.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(o.Context(), "update agents set enrolled = $1 where system = $2", at.UnixMicro(), system)
		return err
	}); err != nil {
		o.Fatal(err)
	}
}

// TestADateThatWentByRaisesAnAlarm (MH2-22): a quarter without anything done is on the start page, and the operator
// is told once.
func TestADateThatWentByRaisesAnAlarm(t *testing.T) {
	o := open(t)
	o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	o.plan("web1")
	today, err := o.server.Today(t.Context())
	if err != nil || len(today.Overdue) != 0 || len(o.told2("web1")) != 0 {
		t.Fatalf("a date from before the host was enrolled: %+v, %v", today.Overdue, err)
	}
	o.enrolledOn("web1", time.Now().AddDate(-1, 0, 0))
	o.plan("web1")
	o.plan("web1")
	today, err = o.server.Today(t.Context())
	if err != nil || len(today.Overdue) != 1 || today.Overdue[0].System != "web1" || !today.Overdue[0].Last.IsZero() {
		t.Fatalf("%+v, %v", today.Overdue, err)
	}
	if told := o.told2("web1"); len(told) != 1 || !strings.HasPrefix(told[0], "operator: web1: Der Termin vom") {
		t.Errorf("told: %q", told)
	}
	o.ruled("interval: quarterly, starts: " + time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly))
	if today, err = o.server.Today(t.Context()); err != nil || len(today.Overdue) != 0 {
		t.Fatalf("an order of three days is overdue: %+v, %v", today.Overdue, err)
	}
}
