package server

import (
	"slices"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

func (o *office) queue() []board.Queued {
	o.Helper()
	list, err := o.server.Queue(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	for _, q := range list {
		if q.Text.DE == "" || q.Text.EN == "" || q.Since.IsZero() || q.Zone == "" || q.Asked == nil {
			o.Errorf("half told: %+v", q)
		}
	}
	return list
}

// queued is the one thing of a kind that waits.
func (o *office) queued(kind board.QueuedKind) board.Queued {
	o.Helper()
	list := slices.DeleteFunc(o.queue(), func(q board.Queued) bool { return q.Kind != kind })
	if len(list) != 1 {
		o.Fatalf("%d wait for %s: %+v", len(list), kind, list)
	}
	return list[0]
}

func whom(q board.Queued) (names []string) {
	for _, a := range q.Asked {
		names = append(names, a.To)
	}
	slices.Sort(names)
	return names
}

// TestWhatWaitsForAnOrder: since when it has been due, by the host's own reports; who was asked by the escalation of a
// critical hole in it, when, and that nobody sent it where no way to send is set up. With the order, it waits no more.
func TestWhatWaitsForAnOrder(t *testing.T) {
	o := open(t)
	db := o.database()
	first := o.server.now()
	o.forward(2 * time.Hour) // the same is due still
	db.facts.Kernel.Running = "6.1.0-99-amd64"
	db.poll(0)
	row := o.queued(board.QueuedMandate)
	if row.System != "db1" || row.Customer != "Bäckerei Kuhn GmbH" || row.Rule != "MH2-20" || row.Ours || row.Next.IsZero() || row.Due != 2 || row.Security != 2 {
		t.Errorf("%+v", row)
	}
	if age := first.Sub(row.Since); age < -time.Minute || age > time.Minute || !row.AtLeast {
		t.Errorf("due since %s (at least: %v), first seen %s", row.Since, row.AtLeast, first)
	}
	if len(row.Asked) != 0 || row.Times != 0 {
		t.Errorf("nobody was asked: %+v", row.Asked)
	}
	o.alarm()
	for range 30 {
		o.forward(time.Hour)
	}
	var asked []board.Queued
	for _, q := range o.queue() {
		if q.Times > 0 {
			asked = append(asked, q)
		}
	}
	if len(asked) != 1 {
		t.Fatalf("asked about one hole: %+v", asked)
	}
	row = asked[0]
	if got := whom(row); !slices.Equal(got, []string{"eva", "eva", "tom"}) || row.Times != 3 {
		t.Errorf("asked %v, %d times", got, row.Times)
	}
	for i, a := range row.Asked {
		if a.By != board.AskedInRecord || a.Name == "" || a.Text.EN == "" || a.At.Before(row.Since) || i > 0 && a.At.After(row.Asked[i-1].At) {
			t.Errorf("inquiry %d: %+v", i, a)
		}
	}
	o.order("Bitte die Sicherheitsupdates einspielen.")
	if list := o.queue(); len(list) != 0 {
		t.Errorf("ordered, and waits: %+v", list)
	}
}

// TestWhatIsNewlyDueIsYoung: what has just become due has not waited since the host reported something else.
func TestWhatIsNewlyDueIsYoung(t *testing.T) {
	o := open(t)
	db := o.host("db1")
	before := time.Now()
	db.facts.Pending = append(db.facts.Pending, security("curl", "7-1", "7-2"))
	db.poll(0)
	if row := o.queued(board.QueuedMandate); row.AtLeast || row.Since.Before(before.Truncate(time.Second)) {
		t.Errorf("since %s (at least: %v), and was not due at %s", row.Since, row.AtLeast, before)
	}
}

// TestWhatWaitsForAPrice (MH2-11): first for us to name it, then for the customer's answer; only the notices about
// this order count.
func TestWhatWaitsForAPrice(t *testing.T) {
	o, box := openWithPost(t)
	o.far(unpackged)
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	id := o.order("Bitte die Sicherheitsupdates einspielen.").Order.ID
	row := o.queued(board.QueuedOffer)
	if !row.Ours || row.Order != id || row.Next.IsZero() {
		t.Errorf("%+v", row)
	}
	if list := o.queue(); list[0].Kind != board.QueuedOffer {
		t.Errorf("what is ours does not come first: %+v", list)
	}
	if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: id, Amount: "45 €", By: "ida"}); err != nil {
		t.Fatal(err)
	}
	box.await(o, 1)
	row = o.queued(board.QueuedConsent)
	if row.Ours || row.Order != id || row.Until.IsZero() || !slices.Equal(whom(row), []string{"eva"}) || row.Times != 1 || row.Asked[0].By != board.AskedByMail {
		t.Errorf("%+v", row)
	}
	other := o.order("Noch einmal, bitte.").Order.ID
	if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: other, Amount: "45 €", By: "ida"}); err != nil {
		t.Fatal(err)
	}
	for _, q := range o.queue() {
		if q.Kind == board.QueuedConsent && q.Times != 1 {
			t.Errorf("order %s: asked %d times about the same price", q.Order, q.Times)
		}
	}
	for _, one := range []string{id, other} {
		if _, err := o.server.AnswerPrice(t.Context(), board.PriceAnswer{Order: one, Contact: "eva", Channel: "Ticket 9", Text: "Nein."}); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range o.queue() {
		if q.Order != "" {
			t.Errorf("answered, and waits: %+v", q)
		}
	}
}

// TestWhatWaitsForAnAppointment (MH1-06): the side whose turn it is; told once, with its order.
func TestWhatWaitsForAnAppointment(t *testing.T) {
	o := open(t)
	o.far(basicFar)
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	id := o.order("Bitte die Sicherheitsupdates einspielen.").Order.ID
	at := window.Interval{From: o.server.now().Add(20 * time.Hour), To: o.server.now().Add(22 * time.Hour)}
	says := func(ref string, side appointment.Side, by string, when window.Interval) board.Appointment {
		t.Helper()
		e := board.AppointmentEvent{ID: ref, Event: appointment.Event{Act: appointment.Propose, Side: side, By: by, Channel: "Ticket 1", Text: "Passt es dann?", Time: when}}
		if ref == "" {
			e.System, e.Order = "db1", id
		}
		a, err := o.server.Arrange(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := says("", appointment.Provider, "ida", at)
	row := o.queued(board.QueuedAppointment)
	if row.Ours || row.Appointment != a.ID || row.Order != id || row.Rule != "MH1-06" || row.Until.IsZero() || !slices.Equal(whom(row), []string{"eva"}) || row.Times != 1 {
		t.Errorf("%+v", row)
	}
	at.From, at.To = at.From.Add(time.Hour), at.To.Add(time.Hour)
	says(a.ID, appointment.Customer, "eva", at)
	if row = o.queued(board.QueuedAppointment); !row.Ours || len(row.Asked) != 0 || row.Next.IsZero() {
		t.Errorf("the customer named another time: %+v", row)
	}
	if _, err := o.server.Arrange(t.Context(), board.AppointmentEvent{ID: a.ID, Event: appointment.Event{Act: appointment.Accept, Side: appointment.Provider, By: "ida", Channel: "Ticket 1", Text: "Ja."}}); err != nil {
		t.Fatal(err)
	}
	if list := o.queue(); len(list) != 0 {
		t.Errorf("agreed, and waits: %+v", list)
	}
}

// TestWhatWaitsForAPersonOfOurs: a version upgrade is work by hand, until somebody says that it is done.
func TestWhatWaitsForAPersonOfOurs(t *testing.T) {
	o := open(t)
	o.far(basicFar)
	o.host("db1")
	got, err := o.server.PlaceOrder(t.Context(), board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 1", Text: "Bitte PHP 8.4.", Explicit: true,
		Change: &mandate.VersionChange{Class: policy.ChangeClassVersionUpgrade, Software: "php", From: "8.2", To: "8.4"}})
	if err != nil {
		t.Fatal(err)
	}
	if row := o.queued(board.QueuedOffer); row.Order != got.Order.ID || row.Next.IsZero() {
		t.Errorf("before its price is agreed: %+v", row)
	}
	if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: got.Order.ID, Amount: "180 €", By: "ida"}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.server.AnswerPrice(t.Context(), board.PriceAnswer{Order: got.Order.ID, Contact: "eva", Channel: "Ticket 1", Text: "Ja.", Yes: true}); err != nil {
		t.Fatal(err)
	}
	if row := o.queued(board.QueuedDesk); !row.Ours || row.Order != got.Order.ID {
		t.Errorf("%+v", row)
	}
	if _, err := o.server.SettleOrder(t.Context(), board.OrderSettlement{Order: got.Order.ID, By: "ida", Note: "PHP 8.4 läuft", Done: true}); err != nil {
		t.Fatal(err)
	}
	if list := o.queue(); len(list) != 0 {
		t.Errorf("done, and waits: %+v", list)
	}
}
