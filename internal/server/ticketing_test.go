package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/store"
)

// TestWhoWroteIsProvenOnARealRT: the same person of RT writes three times. By a mail that nobody vouches for: nothing is
// scheduled. By one that the trusted mail server vouches for: an order. Signed in with the linked account: an order. The
// answers stand on the tickets, and the state in RT's field.
func TestWhoWroteIsProvenOnARealRT(t *testing.T) {
	d := rttest.Start(t)
	client := d.Client(t, "patchwart")
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	if err := o.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.config.Helpdesk = &Helpdesk{Desk: client, Name: "rt", Trusted: trustedServer, Every: 200 * time.Millisecond, Field: "Patchwart-Stand",
		Statuses: map[string]string{shownScheduled: "open"}, Accounts: map[string]Account{"ekuhn": {"kuhn", "eva"}}}
	o.start()
	until := func(what string, done func() bool) {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(200 * time.Millisecond) {
			if time.Now().After(end) {
				list, _ := o.server.Messages(t.Context())
				t.Fatalf("not: %s\n%+v", what, list)
			}
		}
	}
	until("the desk was looked at", func() bool {
		known := false
		if err := o.server.store.Read(t.Context(), func(tx *store.Tx) (err error) {
			_, known, err = tx.DeskCursor(t.Context(), "rt")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return known
	})
	const text = "Bitte spielen Sie auf db1 die Sicherheitsupdates ein."
	letter := func(id, results string) {
		d.Mail(t, rttest.Queue, results+"From: Eva Kuhn <eva@kuhn.example>\nTo: updates@helpdesk.example\nSubject: Updates\nMessage-ID: <"+id+">\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"+text+"\n")
	}
	letter("plain@kuhn.example", "")
	until("the unproven mail is read", func() bool { list, _ := o.server.Messages(t.Context()); return len(list) == 1 })
	if list, _ := o.server.Messages(t.Context()); list[0].Outcome.Kind != intake.KindUnauthorised || list[0].Desk.IsZero() || list[0].Message.Sender.Standing != intake.None || list[0].Message.Sender.Address != "eva@kuhn.example" {
		t.Fatalf("%+v", list[0])
	}
	if orders, _ := o.server.Orders(t.Context(), ""); len(orders) != 0 {
		t.Fatalf("%+v", orders)
	}
	letter("proven@kuhn.example", "Authentication-Results: "+trustedServer+"; spf=pass smtp.mailfrom=eva@kuhn.example\n")
	until("the proven mail is an order", func() bool { orders, _ := o.server.Orders(t.Context(), "db1"); return len(orders) == 1 })

	d.Call(t, "ekuhn", http.MethodPost, "/ticket", map[string]string{"Queue": rttest.Queue, "Subject": "Updates", "Requestor": "eva@kuhn.example", "Content": text, "ContentType": "text/plain"})
	until("what the account wrote is an order", func() bool { orders, _ := o.server.Orders(t.Context(), "db1"); return len(orders) == 2 })
	list, err := o.server.Messages(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	standings := map[intake.Standing]string{}
	for _, m := range list {
		standings[m.Message.Sender.Standing] = m.Message.Thread
	}
	if len(standings) != 3 || standings[intake.Aligned] == "" || standings[intake.SignedIn] == "" {
		t.Errorf("%v", standings)
	}
	orders, _ := o.server.Orders(t.Context(), "db1")
	for _, row := range orders {
		if row.Contact != "eva" {
			t.Errorf("%+v", row)
		}
	}
	// Two orders, one run: the ticket of the order that it rests on shows it.
	var id int64
	until("a ticket shows the window", func() bool {
		for _, thread := range []string{standings[intake.Aligned], standings[intake.SignedIn]} {
			if _, err := fmt.Sscanf(thread, "rt/%d", &id); err != nil {
				t.Fatal(err)
			}
			messages, err := client.Messages(t.Context(), id, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messages {
				if m.Role == desk.Own && strings.Contains(m.Text, "eingeplant für") && strings.Contains(m.Text, "05:00") {
					return true
				}
			}
		}
		return false
	})
	until("its state is shown", func() bool {
		k, err := client.Ticket(t.Context(), id)
		return err == nil && k.Status == "open" && strings.Join(k.Fields["Patchwart-Stand"], "") == "eingeplant"
	})
	o.verify()
}
