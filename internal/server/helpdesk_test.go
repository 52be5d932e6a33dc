package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/store"
)

// counter is a help desk in memory. What a real one does is tested with the adapters.
type counter struct {
	mu       sync.Mutex
	tickets  map[int64]*desk.Ticket
	messages []desk.Message
	status   []string
	busy     int // writes that are refused for now
}

func (k *counter) Changed(_ context.Context, since desk.Cursor) (desk.Changes, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := desk.Changes{Next: since}
	for _, m := range k.messages {
		if m.Transaction > int64(since) && !slices.ContainsFunc(out.Tickets, func(t desk.Ticket) bool { return t.ID == m.Ticket }) {
			out.Tickets = append(out.Tickets, *k.tickets[m.Ticket])
		}
	}
	return out, nil
}

func (k *counter) Latest(context.Context) (desk.Cursor, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return desk.Cursor(len(k.messages)), nil
}

func (k *counter) Ticket(_ context.Context, id int64) (desk.Ticket, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t := k.tickets[id]; t != nil {
		return *t, nil
	}
	return desk.Ticket{}, fault.New(fault.NotFound, lang.T("nicht da", "not there"), lang.Text{})
}

func (k *counter) Messages(_ context.Context, id int64, since desk.Cursor) (out []desk.Message, _ error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.messages {
		if m.Ticket == id && m.Transaction > int64(since) {
			out = append(out, m)
		}
	}
	return out, nil
}

func (k *counter) write(id int64, key, text string, kind desk.Kind) (desk.Sent, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.busy > 0 {
		k.busy--
		return desk.Sent{}, fault.New(fault.Unavailable, lang.T("später", "later"), lang.Text{})
	}
	for _, m := range k.messages {
		if m.MessageID == key {
			return desk.Sent{Transaction: m.Transaction, Already: true}, nil
		}
	}
	k.messages = append(k.messages, desk.Message{Ticket: id, Transaction: int64(len(k.messages) + 1), Kind: kind, Role: desk.Own, Text: text, MessageID: key})
	return desk.Sent{Transaction: int64(len(k.messages))}, nil
}

func (k *counter) Reply(_ context.Context, id int64, key, text string) (desk.Sent, error) {
	return k.write(id, key, text, desk.Correspondence)
}

func (k *counter) Comment(_ context.Context, id int64, key, text string) (desk.Sent, error) {
	return k.write(id, key, text, desk.Internal)
}

func (k *counter) SetStatus(_ context.Context, id int64, status string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tickets[id].Status = status
	k.status = append(k.status, status)
	return nil
}

func (k *counter) SetField(_ context.Context, id int64, field, value string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.tickets[id].Fields == nil {
		k.tickets[id].Fields = map[string][]string{}
	}
	k.tickets[id].Fields[field] = []string{value}
	return nil
}

// write on a ticket as a customer; with 0 a new one. head is the header that the desk keeps of a mail.
func (k *counter) customer(id int64, from, head, text string) int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	kind := desk.Correspondence
	if id == 0 {
		id, kind = int64(len(k.tickets)+1), desk.Opening
		k.tickets[id] = &desk.Ticket{ID: id, Queue: "Updates", Requestors: []desk.Person{{Name: from, Address: from}}, Status: "new"}
	}
	m := desk.Message{Ticket: id, Transaction: int64(len(k.messages) + 1), Kind: kind, At: time.Now().UTC(), Author: desk.Person{Name: from, Address: from}, Role: desk.Requestor,
		Subject: "Updates", Text: text, Way: desk.ByMail, Head: head}
	if head == "" {
		m.Way = desk.ByAccount
	}
	k.messages = append(k.messages, m)
	return id
}

// texts are what stands on a ticket for its requestors, ours only.
func (k *counter) texts(id int64, kind desk.Kind) (out []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.messages {
		if m.Ticket == id && m.Role == desk.Own && m.Kind == kind {
			out = append(out, m.Text)
		}
	}
	return out
}

func (k *counter) await(o *office, id int64, n int, words string) {
	o.Helper()
	for range 600 {
		if list := k.texts(id, desk.Correspondence); len(list) >= n && strings.Contains(list[len(list)-1], words) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	letters, _ := o.server.Letters(o.Context())
	o.Fatalf("ticket %d has not %d answers of which the last says %q: %q\n%+v", id, n, words, k.texts(id, desk.Correspondence), letters)
}

const trustedServer = "mail.hoster.example"

// header is what the desk keeps of a mail whose sender the trusted server has proven, or not.
func header(from, results string) string {
	h := "From: Eva Kuhn <" + from + ">\nSubject: Updates\nMessage-ID: <1@kuhn.example>\nX-RT-Interface: Email\n"
	if results != "" {
		h = "Authentication-Results: " + results + "\n" + h
	}
	return h
}

func openWithDesk(t *testing.T) (*office, *counter) {
	t.Helper()
	o := open(t)
	k := &counter{tickets: map[int64]*desk.Ticket{}}
	if err := o.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.config.Helpdesk = &Helpdesk{Desk: k, Name: "rt", Trusted: trustedServer, Every: 20 * time.Millisecond, Field: "Stand",
		Statuses: map[string]string{shownAccepted: "open", shownDone: "resolved"}, Accounts: map[string]Account{"ekuhn": {"kuhn", "eva"}}}
	o.start()
	for range 200 { // the first look takes nothing: it must be over before somebody writes
		known := false
		if err := o.server.store.Read(t.Context(), func(tx *store.Tx) (err error) {
			_, known, err = tx.DeskCursor(t.Context(), "rt")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if known {
			return o, k
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the help desk was not looked at")
	return nil, nil
}

// TestATicketBecomesARun (S1): from an authorised contact whose domain the trusted mail server vouches for. The ticket
// tells it all, each thing once: understood, scheduled for when, begun, done.
func TestATicketBecomesARun(t *testing.T) {
	o, k := openWithDesk(t)
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	k.busy = 1 // the desk is busy at first; nothing is lost
	id := k.customer(0, "eva@kuhn.example", header("eva@kuhn.example", trustedServer+"; spf=pass smtp.mailfrom=eva@kuhn.example"), "Bitte spielen Sie auf db1 die Sicherheitsupdates ein.\n\nEva Kuhn\n")
	var order string
	for range 300 {
		if orders, err := o.server.Orders(t.Context(), "db1"); err == nil && len(orders) == 1 {
			order = orders[0].ID
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if row := o.stateOf(order); row.Contact != "eva" || row.Channel != fmt.Sprintf("Ticket rt/%d/1", id) {
		t.Fatalf("%+v", row)
	}
	letters, err := o.server.Letters(t.Context())
	if err != nil || len(letters) == 0 || letters[len(letters)-1].Ticket != "rt/1" {
		t.Fatalf("%+v, %v", letters, err)
	}
	// The busy desk is asked again in a minute; the test does not wait for it.
	for range 200 {
		if again, err := o.server.send(t.Context(), letters[len(letters)-1].ID); err != nil {
			t.Fatal(err)
		} else if again == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	k.await(o, id, 2, "eingeplant für")
	db.await()
	db.work("")
	if row := o.stateOf(order); row.State != mandate.Done {
		t.Errorf("%+v", row)
	}
	k.await(o, id, 4, "db1")
	texts := k.texts(id, desk.Correspondence)
	for i, want := range []string{"db1", "Ihr Auftrag ist eingeplant für", "haben begonnen", "erfolgreich"} {
		if !strings.Contains(texts[i], want) && i != 3 {
			t.Errorf("answer %d: %s", i, texts[i])
		}
	}
	for range 300 {
		if kt, _ := k.Ticket(t.Context(), id); kt.Status == "resolved" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if kt, _ := k.Ticket(t.Context(), id); kt.Status != "resolved" || kt.Fields["Stand"][0] != "erledigt" {
		t.Errorf("%+v", kt)
	}
	if len(texts) != 4 {
		t.Errorf("%d answers: %q", len(texts), texts)
	}
	o.verify()
}

// TestWhoWroteATicketHasToBeProven (S2): the desk's word for an address is none. Nothing is scheduled for a mail that
// nobody vouches for, one whose proof names another server, one that the domain disowns, an account that is linked to
// nobody; for an account that is linked to the contact there is an order.
func TestWhoWroteATicketHasToBeProven(t *testing.T) {
	o, k := openWithDesk(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	const text = "Bitte spielen Sie auf db1 die Sicherheitsupdates ein."
	good := "; spf=pass smtp.mailfrom=eva@kuhn.example"
	ids := map[string]int64{
		"nobody vouches":              k.customer(0, "eva@kuhn.example", header("eva@kuhn.example", ""), text),
		"another server vouches":      k.customer(0, "eva@kuhn.example", header("eva@kuhn.example", "mail.evil.example"+good), text),
		"for another domain":          k.customer(0, "eva@kuhn.example", header("eva@kuhn.example", trustedServer+"; spf=pass smtp.mailfrom=x@evil.example"), text),
		"the domain disowns it":       k.customer(0, "eva@kuhn.example", header("eva@kuhn.example", trustedServer+"; dmarc=fail header.from=kuhn.example"), text),
		"for another than the author": k.customer(0, "eva@kuhn.example", header("tom@kuhn.example", trustedServer+"; spf=pass smtp.mailfrom=tom@kuhn.example"), text),
		"an account of nobody's":      k.customer(0, "eva@kuhn.example", "", text),
	}
	for range 600 {
		if list, _ := o.server.Messages(t.Context()); len(list) == len(ids) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	list, err := o.server.Messages(t.Context())
	if err != nil || len(list) != len(ids) {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	for _, m := range list {
		if m.Outcome.Kind != intake.KindUnauthorised || len(m.Orders) != 0 || m.Desk.IsZero() {
			t.Errorf("%s: %s, %v, %q", m.Message.Thread, m.Outcome.Kind, m.Orders, m.Desk.EN)
		}
	}
	if orders, _ := o.server.Orders(t.Context(), ""); len(orders) != 0 {
		t.Fatalf("orders: %+v", orders)
	}
	if said := k.texts(ids["the domain disowns it"], desk.Correspondence); len(said) != 0 {
		t.Errorf("a forged mail was answered: %q", said)
	}
	linked := k.customer(0, "ekuhn", "", text)
	k.await(o, linked, 2, "eingeplant für")
	if orders, _ := o.server.Orders(t.Context(), "db1"); len(orders) != 1 || orders[0].Contact != "eva" {
		t.Errorf("%+v", orders)
	}
	// On the ticket, the withdrawal.
	k.customer(linked, "ekuhn", "", "Bitte doch nicht, ich ziehe den Auftrag zurück.")
	for range 300 {
		if orders, _ := o.server.Orders(t.Context(), "db1"); len(orders) == 1 && orders[0].State == mandate.Withdrawn {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if orders, _ := o.server.Orders(t.Context(), "db1"); orders[0].State != mandate.Withdrawn {
		t.Errorf("%+v", orders)
	}
	o.verify()
}

// TestStrangersOnATicketLearnNothing: a stranger opened the ticket and the customer's contact orders on it. The answer
// is for the staff.
func TestStrangersOnATicketLearnNothing(t *testing.T) {
	o, k := openWithDesk(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	id := k.customer(0, "mallory@evil.example", header("mallory@evil.example", trustedServer+"; spf=pass smtp.mailfrom=mallory@evil.example"), "Bitte spielen Sie auf db1 die Sicherheitsupdates ein.")
	k.await(o, id, 1, "nichts eingeplant")
	k.customer(id, "eva@kuhn.example", header("eva@kuhn.example", trustedServer+"; spf=pass smtp.mailfrom=eva@kuhn.example"), "Bitte spielen Sie auf db1 die Sicherheitsupdates ein.")
	for range 300 {
		if len(k.texts(id, desk.Internal)) >= 2 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if said := k.texts(id, desk.Internal); len(said) < 2 || !strings.Contains(said[1], "eingeplant für") {
		t.Errorf("the staff read %q", said)
	}
	if said := k.texts(id, desk.Correspondence); len(said) != 1 || strings.Contains(said[0], "db1") {
		t.Errorf("the stranger reads %q", said)
	}
}
