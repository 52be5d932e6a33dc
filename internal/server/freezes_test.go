package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

func (o *office) told2(system string) (texts []string) {
	o.Helper()
	list, err := o.server.Notices(o.Context(), system)
	if err != nil {
		o.Fatal(err)
	}
	for _, n := range list {
		texts = append(texts, n.Recipient+": "+n.Text.DE)
	}
	return texts
}

// TestAFreezeMovesRunsAndSaysSo (K6): a planned run that a freeze is in the way of moves behind it, the customer
// is told once, runs of others stay; an override by somebody who may brings it back; nobody else can.
func TestAFreezeMovesRunsAndSaysSo(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	o.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	before := o.plan("db1").Slots[0]
	day := wall.DayOf(before.At.From)
	set := freeze.Freeze{Scope: freeze.Scope{Customer: "kuhn"}, From: day.At(0, 0), To: day.Add(1).At(0, 0), Zone: "UTC", Reason: "Inventur", SetBy: "eva",
		May: []freeze.Authority{freeze.Contact}}
	elsewhere := set
	elsewhere.Scope = freeze.Scope{System: "web1"}
	if f, err := o.server.Freeze(t.Context(), elsewhere); err != nil || len(f.Moved) != 0 {
		t.Fatalf("a freeze of another system moved %v, %v", f.Moved, err)
	}
	f, err := o.server.Freeze(t.Context(), set)
	if err != nil || !slices.Equal(f.Moved, []string{before.Run}) || f.Over || len(f.Ahead) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	moved := o.run(before.Run)
	if moved.Stage != board.Planned || !moved.Slot.From.Equal(before.At.From.AddDate(0, 0, 7)) || !strings.Contains(moved.Sentence.DE, "Inventur") {
		t.Errorf("the run is now at %s: %s", moved.Slot.From, moved.Sentence.DE)
	}
	notices := o.told2("db1")
	if len(notices) != 1 || !strings.HasPrefix(notices[0], "eva: db1: Die Wartung ist verschoben") {
		t.Errorf("told: %q", notices)
	}
	if s, err := o.server.System(t.Context(), "db1"); err != nil || s.Slot == nil || s.Slot.At.From.Before(moved.Slot.From) {
		t.Errorf("the next slot of the system: %+v, %v", s.Slot, err)
	}

	let := board.FreezeOverride{Freeze: f.ID, Override: freeze.Override{By: "tom", As: freeze.Contact, Reason: "Es ist dringend.", From: before.At.From, To: before.At.To}}
	if _, err := o.server.OverrideFreeze(t.Context(), let); fault.CodeOf(err) != fault.Refused {
		t.Errorf("overridden by somebody who may only read: %v", err)
	}
	let.As = freeze.Management
	if _, err := o.server.OverrideFreeze(t.Context(), let); fault.CodeOf(err) != fault.Refused {
		t.Errorf("overridden by the provider, whom the freeze does not name: %v", err)
	}
	let.By, let.As = "eva", freeze.Contact
	over, err := o.server.OverrideFreeze(t.Context(), let)
	if err != nil || !slices.Equal(over.Moved, []string{before.Run}) || len(over.Overrides) != 1 {
		t.Fatalf("%+v, %v", over, err)
	}
	if back := o.run(before.Run); !back.Slot.From.Equal(before.At.From) {
		t.Errorf("after the override the run is at %s", back.Slot.From)
	}
	if _, err := o.server.EndFreeze(t.Context(), f.ID, "eva"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.server.EndFreeze(t.Context(), f.ID, "eva"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("ended twice: %v", err)
	}
	list, err := o.server.Freezes(t.Context())
	if err != nil || len(list) != 2 || !list[1].Over || list[1].EndedBy != "eva" {
		t.Errorf("%+v, %v", list, err)
	}
	for _, bad := range []freeze.Freeze{{Scope: freeze.Scope{System: "nosuch"}}, {Scope: freeze.Scope{Customer: "nosuch"}}} {
		if _, err := o.server.Freeze(t.Context(), bad); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%+v: %v", bad.Scope, err)
		}
	}
	if _, err := o.server.Freeze(t.Context(), freeze.Freeze{SetBy: "ida", Zone: "UTC"}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a freeze without time and reason: %v", err)
	}
	o.verify()
}

// TestAFreezeSetMeanwhileHoldsAtTheDoor: a run whose slot has come does not begin in a freeze; an emergency does
// where the freeze lets it pass.
func TestAFreezeSetMeanwhileHoldsAtTheDoor(t *testing.T) {
	o := open(t)
	o.duty()
	o.database()
	today := wall.DayOf(time.Now().UTC())
	stop := freeze.Freeze{From: today.Add(-1).At(0, 0), To: today.Add(2).At(0, 0), Zone: "UTC", Reason: "Umzug des Rechenzentrums", SetBy: "ida", May: []freeze.Authority{freeze.Management}}
	f, err := o.server.Freeze(t.Context(), stop)
	if err != nil || !f.Now {
		t.Fatalf("%+v, %v", f, err)
	}
	o.alarm()
	o.assess()
	p := o.plan("db1")
	if len(p.Slots) != 1 || p.Slots[0].At.From.Before(today.Add(2).At(0, 0).In(time.UTC)) {
		t.Fatalf("an emergency that the freeze does not let pass: %+v %+v", p.Slots, p.Not)
	}
	if _, err := o.server.EndFreeze(t.Context(), f.ID, "ida"); err != nil {
		t.Fatal(err)
	}
	if r := o.run(p.Slots[0].Run); r.Stage == board.Planned && r.Slot.From.After(time.Now().Add(time.Minute)) {
		t.Errorf("the freeze has ended, and the emergency still waits until %s", r.Slot.From)
	}
	o.verify()
}
