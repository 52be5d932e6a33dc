// Package desktest holds what every help desk must do, whatever it runs: the same stories for each adapter.
package desktest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// Desk is what the stories need of an adapter.
type Desk interface {
	Changed(ctx context.Context, since desk.Cursor) (desk.Changes, error)
	Latest(ctx context.Context) (desk.Cursor, error)
	Ticket(ctx context.Context, id int64) (desk.Ticket, error)
	Messages(ctx context.Context, ticket int64, since desk.Cursor) ([]desk.Message, error)
	Reply(ctx context.Context, ticket int64, key, text string) (desk.Sent, error)
	Comment(ctx context.Context, ticket int64, key, text string) (desk.Sent, error)
	SetStatus(ctx context.Context, ticket int64, status string) error
	SetField(ctx context.Context, ticket int64, field, value string) error
}

// Room is a desk with somebody in front of it.
type Room struct {
	Desk Desk
	// Again is the desk after a restart of ours.
	Again func(t *testing.T) Desk
	// Mail is a mail of a customer's to the desk: a new ticket, or with one an answer on it.
	Mail func(t *testing.T, from, subject, text string, ticket int64)
	// Staff writes on a ticket as somebody who works there.
	Staff func(t *testing.T, ticket int64, text string)
	// Elsewhere is a ticket in a queue that is not read.
	Elsewhere int64
	Status    string // a state that tickets can have
	Field     string // a field that tickets have
}

// Customer is who writes.
const Customer = "petra@suite.example"

// Exercise tells the stories, one after the other, on one ticket.
func Exercise(t *testing.T, r Room) {
	t.Helper()
	ctx, d := t.Context(), r.Desk
	const text = "Guten Tag,\n\nbitte die Updates für web1 – gern am Sonntag.\n\nGrüße\nPetra"
	before, err := d.Latest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r.Mail(t, Customer, "Updates der Suite", text, 0)
	got, err := d.Changed(ctx, before)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(got.Tickets, func(k desk.Ticket) bool { return k.Subject == "Updates der Suite" })
	if at < 0 {
		t.Fatalf("the ticket is not among what changed: %+v", got)
	}
	k := got.Tickets[at]
	if len(k.Requestors) != 1 || k.Requestors[0].Address != Customer || k.Queue == "" || k.Status == "" {
		t.Errorf("%+v", k)
	}
	if again, err := d.Changed(ctx, got.Next); err != nil || !slices.ContainsFunc(again.Tickets, func(o desk.Ticket) bool { return o.ID == k.ID }) {
		t.Errorf("what has not settled is not listed again: %+v, %v", again, err)
	}
	list, err := d.Messages(ctx, k.ID, before)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	m := list[0]
	if strings.TrimSpace(m.Text) != text || m.Kind != desk.Opening || m.Role != desk.Requestor || m.Author.Address != Customer || m.Way != desk.ByMail || m.Subject != "Updates der Suite" || m.Transaction == 0 || m.At.IsZero() {
		t.Errorf("%+v", m)
	}
	if m.Head == "" && len(m.Raw) == 0 {
		t.Error("neither the mail nor its header is there: nothing could be proven")
	}
	r.Staff(t, k.ID, "Gern.")
	r.Mail(t, Customer, "", "Danke!", k.ID)

	first, err := d.Reply(ctx, k.ID, "suite-1", "Eingeplant für Sonntag.")
	if err != nil || first.Already || first.Transaction == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	for name, other := range map[string]Desk{"the same": d, "after a restart": r.Again(t)} {
		if sent, err := other.Reply(ctx, k.ID, "suite-1", "Eingeplant für Sonntag."); err != nil || !sent.Already || sent.Transaction != first.Transaction {
			t.Errorf("%s: %+v, %v", name, sent, err)
		}
	}
	if sent, err := d.Reply(ctx, k.ID, "suite-2", "Erledigt."); err != nil || sent.Already {
		t.Errorf("another key: %+v, %v", sent, err)
	}
	if sent, err := d.Comment(ctx, k.ID, "suite-1", "Nur für uns."); err != nil || sent.Already {
		t.Errorf("a comment with a reply's key: %+v, %v", sent, err)
	}
	if list, err = d.Messages(ctx, k.ID, before); err != nil {
		t.Fatal(err)
	}
	var roles []string
	for _, m := range list {
		roles = append(roles, string(m.Role)+" "+string(m.Kind))
	}
	if want := []string{"requestor opening", "staff correspondence", "requestor correspondence", "own correspondence", "own correspondence", "own internal"}; !slices.Equal(roles, want) {
		t.Errorf("%v, want %v", roles, want)
	}
	for range 2 {
		if err := d.SetStatus(ctx, k.ID, r.Status); err != nil {
			t.Error(err)
		}
		if err := d.SetField(ctx, k.ID, r.Field, "eingeplant"); err != nil {
			t.Error(err)
		}
	}
	if k, err = d.Ticket(ctx, k.ID); err != nil || k.Status != r.Status {
		t.Errorf("%+v, %v", k, err)
	}
	if err := d.SetStatus(ctx, k.ID, "quatsch"); fault.CodeOf(err) != fault.Refused {
		t.Errorf("a state that is none: %v", err)
	}
	if err := d.SetField(ctx, k.ID, "gibtesnicht", "x"); fault.CodeOf(err) != fault.Refused {
		t.Errorf("a field that is none: %v", err)
	}
	if _, err := d.Messages(ctx, r.Elsewhere, 0); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("another queue is read: %v", err)
	}
	if _, err := d.Reply(ctx, r.Elsewhere, "suite-1", "Hallo"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("another queue is written on: %v", err)
	}
	if _, err := d.Reply(ctx, k.ID, "not a key!", "x"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a key that is none: %v", err)
	}
}
