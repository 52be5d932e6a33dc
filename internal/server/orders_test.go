package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

const (
	basicFar  = "{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}"
	unpackged = "{id: c-data, customer: kuhn, model: paas, package: none, policy: managedhosting-2, window: far}"
)

func (o *office) until(id string, want mandate.OrderState) board.OrderRow {
	o.Helper()
	for range 200 {
		if row := o.stateOf(id); row.State == want {
			return row
		}
		time.Sleep(20 * time.Millisecond)
	}
	row := o.stateOf(id)
	o.Fatalf("%s is %s, want %s: %s", id, row.State, want, row.Sentence.EN)
	return row
}

// TestOnlyTheNamedPackagesAreInstalled: an order of one package, by mail; the work order holds it alone, and the
// other due update is left out, with the reason.
func TestOnlyTheNamedPackagesAreInstalled(t *testing.T) {
	o, _ := openWithPost(t)
	o.far(strings.Replace(basicFar, "window: far", "window: always", 1))
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"), security("openssl", "3.0.17-1", "3.0.18-1"))
	got := o.receive(written("1@kuhn.example", "eva@kuhn.example", "bitte spielen Sie auf db1 die Sicherheitsupdates des Pakets openssl ein."))
	if got.Outcome.Kind != intake.KindOrder || len(got.Orders) != 1 || !got.Desk.IsZero() {
		t.Fatalf("%s %v %v: %+v", got.Outcome.Kind, got.Orders, got.Desk, got.Outcome.Reasons)
	}
	if row := o.stateOf(got.Orders[0]); !slices.Equal(row.Terms.Packages, []string{"openssl"}) || row.Scope != estate.ScopeSecurity || !strings.Contains(row.Confirmation.EN, "openssl only") {
		t.Errorf("%+v", row)
	}
	order := db.await()
	if len(order.Packages()) != 1 || order.Packages()[0].Name != "openssl" {
		t.Errorf("the work order: %+v", order.Packages())
	}
	db.work("")
	row := o.until(got.Orders[0], mandate.Done)
	left := o.run(row.Run).LeftOut
	if len(left) != 1 || left[0].Finding.Package != "mariadb" || !strings.Contains(left[0].Text.EN, "names only openssl") || left[0].Rule == "" {
		t.Errorf("left out: %+v", left)
	}
	o.verify()
}

// TestAnUpgradeIsATaskForPeople (MH1-11, C3, S7): accepted as an order of its kind, with its price agreed first;
// no run is ever planned on it; the desk says when it is done.
func TestAnUpgradeIsATaskForPeople(t *testing.T) {
	o := open(t)
	o.far(basicFar)
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	q := board.OrderRequest{System: "db1", Contact: "eva", Channel: "Ticket 7", Text: "Bitte PHP von 8.2 auf 8.4 heben.", Explicit: true,
		Change: &mandate.VersionChange{Class: policy.ChangeClassVersionUpgrade, Software: "php", From: "8.2", To: "8.4"}}
	seen, err := o.server.PreviewOrder(t.Context(), q)
	if err != nil || seen.State != mandate.Question || seen.Rule != "MH2-11" || len(seen.Changes) != 0 || seen.Desk.IsZero() {
		t.Errorf("preview: %+v, %v", seen, err)
	}
	if list, _ := o.server.Orders(t.Context(), "db1"); len(list) != 0 {
		t.Fatalf("a preview was kept: %+v", list)
	}
	receipt, err := o.server.PlaceOrder(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	id := receipt.Order.ID
	if row := o.stateOf(id); row.State != mandate.Question || !slices.Equal(row.Awaits(), []mandate.Awaited{mandate.AwaitsOffer}) || row.Desk.IsZero() {
		t.Errorf("placed: %+v", row)
	}
	settle := board.OrderSettlement{Order: id, By: "ida", Note: "PHP 8.4 läuft", Done: true}
	if _, err := o.server.SettleOrder(t.Context(), settle); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("done before the price was agreed: %v", err)
	}
	row, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: id, Amount: "180 € netto", By: "ida"})
	if err != nil || row.State != mandate.Question || !strings.Contains(row.Confirmation.DE, "180 € netto") || !strings.Contains(row.Confirmation.DE, "MH2-11") {
		t.Fatalf("%+v, %v", row, err)
	}
	answer := board.PriceAnswer{Order: id, Contact: "tom", Channel: "Ticket 7", Text: "Ja, einverstanden.", Yes: true}
	if _, err := o.server.AnswerPrice(t.Context(), answer); fault.CodeOf(err) != fault.Refused {
		t.Errorf("agreed by somebody who may only read: %v", err)
	}
	answer.Contact = "eva"
	row, err = o.server.AnswerPrice(t.Context(), answer)
	if err != nil || row.State != mandate.Accepted || row.Terms.Price.Answer.Text != answer.Text || len(row.Terms.Price.Answer.SHA256) != 64 {
		t.Fatalf("%+v, %v", row, err)
	}
	if p := o.plan("db1"); len(p.Slots) != 0 {
		t.Errorf("planned on an upgrade: %+v", p.Slots)
	}
	if row := o.stateOf(id); row.Desk.IsZero() || !strings.Contains(row.Sentence.EN, "no automatic run") {
		t.Errorf("%+v", row)
	}
	if row, err = o.server.SettleOrder(t.Context(), settle); err != nil || row.State != mandate.Done || !strings.Contains(row.Sentence.DE, "PHP 8.4 läuft") {
		t.Errorf("%+v, %v", row, err)
	}
	if _, err := o.server.Withdraw(t.Context(), board.WithdrawalRequest{Order: id, Contact: "eva", Channel: "T", Text: "doch nicht"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("withdrawn when it was done: %v", err)
	}
	updates := o.order("Bitte die Sicherheitsupdates einspielen.").Order
	settle.Order = updates.ID
	if _, err := o.server.SettleOrder(t.Context(), settle); fault.CodeOf(err) != fault.Refused {
		t.Errorf("updates called done by hand: %v", err)
	}
	o.verify()
}

// TestNothingRunsBeforeThePriceIsAgreed (MH2-11): beyond a package the price comes first. Silence lets the order
// expire, a no refuses it, a yes by mail – verbatim – has it planned.
func TestNothingRunsBeforeThePriceIsAgreed(t *testing.T) {
	o, box := openWithPost(t)
	o.far(unpackged)
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	const text = "bitte spielen Sie auf db1 die Sicherheitsupdates ein."
	mailed := o.receive(written("1@kuhn.example", "eva@kuhn.example", text))
	if len(mailed.Orders) != 1 || !strings.Contains(mailed.Desk.DE, "Preis") {
		t.Fatalf("%+v", mailed)
	}
	id := mailed.Orders[0]
	if p := o.plan("db1"); len(p.Slots) != 0 {
		t.Errorf("planned without a price: %+v", p.Slots)
	}
	if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: id, Amount: "45 €", By: "ida"}); err != nil {
		t.Fatal(err)
	}
	if p := o.plan("db1"); len(p.Slots) != 0 || len(p.Refused) == 0 || !strings.Contains(p.Refused[0].Text.EN, "agree to the price") {
		t.Errorf("planned without an answer: %+v", p)
	}
	asked := box.await(o, 2)
	if !slices.ContainsFunc(asked, func(l board.Letter) bool { // in whichever order they go out
		return l.To == "eva@kuhn.example" && l.Thread == "1@kuhn.example" && strings.Contains(l.Text, "45 €")
	}) {
		t.Errorf("asked: %+v", asked)
	}
	yes := written("2@kuhn.example", "eva@kuhn.example", "Ja, einverstanden.")
	yes.Thread, yes.First, yes.Subject = "1@kuhn.example", false, "Re: Updates db1"
	doubt := yes
	doubt.ID, doubt.Text = "3@kuhn.example", "Ja, aber erst wenn Tom zustimmt."
	if m := o.receive(doubt); len(m.Orders) != 0 || o.stateOf(id).State != mandate.Question {
		t.Errorf("a yes with a condition: %s %v", m.Outcome.Kind, m.Orders)
	}
	yes.Sender.Standing = intake.None
	if m := o.receive(yes); len(m.Orders) != 0 || o.stateOf(id).State != mandate.Question {
		t.Errorf("an unproven yes: %s %v", m.Outcome.Kind, m.Orders)
	}
	yes.ID, yes.Sender.Standing = "4@kuhn.example", intake.Aligned
	if m := o.receive(yes); m.Outcome.Kind != intake.KindAnswer || len(m.Orders) != 1 {
		t.Fatalf("%s: %+v", m.Outcome.Kind, m.Outcome.Reasons)
	}
	row := o.until(id, mandate.Scheduled)
	if a := row.Terms.Price.Answer; a == nil || !a.Yes || !strings.Contains(a.Text, "Ja, einverstanden.") || len(a.SHA256) != 64 || a.Channel != "Mail 4@kuhn.example" {
		t.Errorf("%+v", row.Terms.Price)
	}
	if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: id, Amount: "450 €", By: "ida"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("another price after the yes: %v", err)
	}

	// a no, and silence
	refuse := o.order("Noch einmal, bitte.").Order
	silent := o.order("Und noch einmal, bitte.").Order
	for _, one := range []mandate.Order{refuse, silent} {
		if _, err := o.server.OfferPrice(t.Context(), board.PriceOffer{Order: one.ID, Amount: "45 €", By: "ida"}); err != nil {
			t.Fatal(err)
		}
	}
	if row, err := o.server.AnswerPrice(t.Context(), board.PriceAnswer{Order: refuse.ID, Contact: "eva", Channel: "Ticket 9", Text: "Nein."}); err != nil || row.State != mandate.Refused {
		t.Errorf("%+v, %v", row, err)
	}
	if _, err := o.server.lapse(t.Context(), silent.ID); err != nil || o.stateOf(silent.ID).State != mandate.Question {
		t.Errorf("expired at once: %v", err)
	}
	o.ahead.Add(int64(answerWithin + time.Minute))
	if _, err := o.server.AnswerPrice(t.Context(), board.PriceAnswer{Order: silent.ID, Contact: "eva", Channel: "T", Text: "Ja.", Yes: true}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("agreed too late: %v", err)
	}
	if _, err := o.server.lapse(t.Context(), silent.ID); err != nil {
		t.Fatal(err)
	}
	if row := o.stateOf(silent.ID); row.State != mandate.Expired {
		t.Errorf("%+v", row)
	}
	o.ahead.Store(0)
	o.verify()
}

// TestTodayAtThree (S4, MH1-06): a wish outside of windows is a proposal. The order waits; agreed by us too, the
// run is planned then; declined, it stays with the window.
func TestTodayAtThree(t *testing.T) {
	o, _ := openWithPost(t)
	o.far(basicFar)
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	day := time.Now().UTC().AddDate(0, 0, 1)
	wish := written("1@kuhn.example", "eva@kuhn.example", "bitte spielen Sie am "+day.Format("2.1.2006")+" um 15:00 Uhr auf db1 die Sicherheitsupdates ein.")
	got := o.receive(wish)
	if len(got.Orders) != 1 {
		t.Fatalf("%s: %+v", got.Outcome.Kind, got.Outcome.Reasons)
	}
	id := got.Orders[0]
	list, err := o.server.Appointments(t.Context(), "db1")
	if err != nil || len(list) != 1 || list[0].State != appointment.Proposed || list[0].Turn != appointment.Provider || list[0].Order != id || list[0].Time.From.Day() != day.Day() {
		t.Fatalf("%+v, %v", list, err)
	}
	if p := o.plan("db1"); len(p.Slots) != 0 || o.stateOf(id).State != mandate.Question {
		t.Errorf("planned before both agreed: %+v", p.Slots)
	}
	says := func(act appointment.Act, side appointment.Side, by string) board.AppointmentEvent {
		return board.AppointmentEvent{ID: list[0].ID, Event: appointment.Event{Act: act, Side: side, By: by, Channel: "Ticket 1", Text: "passt"}}
	}
	for name, e := range map[string]board.AppointmentEvent{
		"the proposer agrees with himself": says(appointment.Accept, appointment.Customer, "eva"),
		"by somebody who may only read":    says(appointment.Decline, appointment.Customer, "tom"),
	} {
		if _, err := o.server.Arrange(t.Context(), e); fault.CodeOf(err) != fault.Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a, err := o.server.Arrange(t.Context(), says(appointment.Accept, appointment.Provider, "ida")); err != nil || a.State != appointment.Agreed {
		t.Fatalf("%+v, %v", a, err)
	}
	row := o.until(id, mandate.Scheduled)
	if !row.Slot.From.Equal(list[0].Time.From) || !row.Slot.To.Equal(list[0].Time.To) {
		t.Errorf("planned at %+v, agreed %+v", row.Slot, list[0].Time)
	}
	// Taken back: the run goes back into the window, two days later.
	if a, err := o.server.Arrange(t.Context(), says(appointment.Decline, appointment.Customer, "eva")); err != nil || a.State != appointment.Declined {
		t.Fatalf("%+v, %v", a, err)
	}
	for range 200 {
		if row = o.stateOf(id); row.State == mandate.Scheduled && !row.Slot.From.Equal(list[0].Time.From) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if row.State != mandate.Scheduled || !row.Slot.From.After(list[0].Time.To) {
		t.Errorf("after the no: %s at %+v", row.State, row.Slot)
	}
	// Ours: proposed by us, with another time by the customer, and silence.
	ours := board.AppointmentEvent{System: "db1", Order: id, Event: appointment.Event{Act: appointment.Propose, Side: appointment.Provider, By: "ida", Channel: "Ticket 1",
		Text: "Passt es morgen?", Time: window.Interval{From: o.server.now().Add(20 * time.Hour), To: o.server.now().Add(22 * time.Hour)}}}
	a, err := o.server.Arrange(t.Context(), ours)
	if err != nil || a.State != appointment.Proposed || a.Turn != appointment.Customer || o.stateOf(id).State != mandate.Question {
		t.Fatalf("%+v, %v", a, err)
	}
	o.ahead.Add(int64(21 * time.Hour))
	if err := o.server.change(t.Context(), func(c *change) error { return c.lapseAppointment(t.Context(), a.ID) }); err != nil {
		t.Fatal(err)
	}
	o.ahead.Store(0)
	o.plan("db1") // the plan that the lapse asked for waits for the story's clock
	if row := o.stateOf(id); row.State != mandate.Scheduled || row.Slot.Zero() {
		t.Errorf("%+v", row)
	}
	o.verify()
}
