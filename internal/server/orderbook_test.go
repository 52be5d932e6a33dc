package server

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

func (o *office) order(text string) board.OrderReceipt {
	o.Helper()
	got, err := o.server.PlaceOrder(o.Context(), board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 1", Text: text, Explicit: true, Scope: estate.ScopeSecurity})
	if err != nil {
		o.Fatal(err)
	}
	return got
}

func (o *office) stateOf(id string) board.OrderRow {
	o.Helper()
	row, err := o.server.Order(o.Context(), id)
	if err != nil || row.Sentence.DE == "" || row.Sentence.EN == "" {
		o.Fatalf("%+v, %v", row, err)
	}
	return row
}

// TestAnOrderIsFollowedAndTakenBackUntilItsRunBegins: from the ticket to the result; a withdrawal takes the
// planned run with it, by whoever may order, in his words; what has begun is brought to its end.
func TestAnOrderIsFollowedAndTakenBackUntilItsRunBegins(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	first := o.order("Bitte die Sicherheitsupdates auf db1 einspielen.").Order
	if row := o.stateOf(first.ID); row.State != mandate.Accepted || len(row.SHA256) != 64 || row.ContactName != "Eva Kuhn" || row.Confirmation.DE == "" {
		t.Errorf("given: %+v", row)
	}
	planned := o.plan("db1")
	if row := o.stateOf(first.ID); row.State != mandate.Scheduled || row.Run != planned.Slots[0].Run || !row.Slot.From.Equal(planned.Slots[0].At.From) {
		t.Errorf("planned: %+v", row)
	}
	take := board.WithdrawalRequest{Order: first.ID, Contact: "tom", Channel: "Ticket 2", Text: "Bitte doch nicht."}
	if _, err := o.server.Withdraw(t.Context(), take); fault.CodeOf(err) != fault.Refused {
		t.Errorf("withdrawn by somebody who may only read: %v", err)
	}
	take.Contact, take.Text = "eva", " "
	if _, err := o.server.Withdraw(t.Context(), take); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("withdrawn without a word: %v", err)
	}
	take.Text = "Bitte doch nicht."
	row, err := o.server.Withdraw(t.Context(), take)
	if err != nil || row.State != mandate.Withdrawn || !strings.Contains(row.Sentence.DE, "Bitte doch nicht.") {
		t.Fatalf("%+v, %v", row, err)
	}
	if r := o.run(planned.Slots[0].Run); r.Stage != board.Over || r.Outcome != verdict.Deferred {
		t.Errorf("the planned run: %+v", r.RunRow)
	}
	if _, err := o.server.Withdraw(t.Context(), take); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("withdrawn twice: %v", err)
	}
	if p := o.plan("db1"); len(p.Slots) != 0 {
		t.Errorf("planned without an order: %+v", p.Slots)
	}

	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: always}")
	second := o.order("Jetzt doch, bitte.").Order
	o.plan("db1")
	db.await()
	if row := o.stateOf(second.ID); row.State != mandate.Running {
		t.Errorf("with the host: %+v", row)
	}
	take.Order = second.ID
	if _, err := o.server.Withdraw(t.Context(), take); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("withdrawn while it runs: %v", err)
	}
	db.work("")
	if row := o.stateOf(second.ID); row.State != mandate.Done || row.Run == "" {
		t.Errorf("done: %+v", row)
	}
	list, err := o.server.Orders(t.Context(), "db1")
	if err != nil || len(list) != 2 || list[0].ID != second.ID {
		t.Errorf("newest first: %+v, %v", list, err)
	}
	if _, err := o.server.Orders(t.Context(), "nosuch"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("orders for nothing: %v", err)
	}
	o.verify()
}

// TestWhoOrdersAnewAfterAFailedUpdateIsHeard: what was put back is not tried again by itself; a new order is a new
// try (C10), and does not wait for a version that may never come.
func TestWhoOrdersAnewAfterAFailedUpdateIsHeard(t *testing.T) {
	o := open(t)
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	o.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	o.plan("db1")
	db.await()
	if got := db.work("verifying"); got != verdict.Restored {
		t.Fatal(got)
	}
	if planned := o.plan("db1"); len(planned.Slots) != 0 {
		t.Fatalf("the used order was used again: %+v", planned)
	}
	o.order("Bitte versuchen Sie es auf db1 noch einmal mit den Sicherheitsupdates.")
	if planned := o.plan("db1"); len(planned.Slots) != 1 {
		t.Fatalf("the new order is held back: %+v", planned)
	}
}
