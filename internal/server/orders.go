package server

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/store"
)

// Bounds of an order's texts, in characters, and of its packages.
const (
	maxOrderText = 20_000
	maxChannel   = 200
	maxPackages  = 200
	maxAmount    = 200
)

// answerWithin is how long a price waits for an answer. None of the published policies names a time.
const answerWithin = 14 * 24 * time.Hour

// PlaceOrder keeps a customer's order, verbatim, and says what it permits. An order by somebody who
// may not order, or for a system whose updates are the customer's own job, is refused with the reason.
func (s *Server) PlaceOrder(ctx context.Context, q board.OrderRequest) (board.OrderReceipt, error) {
	var receipt board.OrderReceipt
	if err := orderForm(&q); err != nil {
		return receipt, err
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		d, err := c.draft(ctx, e, q)
		if err != nil {
			return err
		}
		if err := c.place(ctx, d); err != nil {
			return err
		}
		granted, refusals := d.grant(c.at)
		for _, ch := range granted.Changes() {
			if granted.Grounds()[ch.Ground].Basis == d.order.ID {
				receipt.Allowed++
			}
		}
		receipt.Order, receipt.LeftOut, receipt.Confirmation = d.order, len(refusals), d.order.Confirmation
		c.wake()
		return nil
	})
	return receipt, err
}

// PreviewOrder says what an order would do, when, and at what price. Nothing is kept.
func (s *Server) PreviewOrder(ctx context.Context, q board.OrderRequest) (board.OrderPreview, error) {
	var out board.OrderPreview
	if q.Text == "" {
		q.Text = "–" // the words come with the order itself
	}
	if q.Channel == "" {
		q.Channel = "–"
	}
	if err := orderForm(&q); err != nil {
		return out, err
	}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		c := &change{Tx: tx, server: s, at: s.now()}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		d, err := c.draft(ctx, e, q)
		if err != nil {
			return err
		}
		out = board.OrderPreview{
			Confirmation: d.order.Confirmation, State: mandate.StateOf(d.order, mandate.Pursuit{}), Awaits: d.order.Awaits(), Desk: deskTask(d.order),
			Charge: d.decision.Charge, Rule: chargeRule(d.decision), Zone: d.subject.held.Window.Zone, Change: d.order.Terms.Change,
		}
		// What is still to be agreed is taken as agreed: the preview says what would be done then.
		d.order = asAgreed(d.order, d.subject.held.Customer, c.at)
		granted, refusals := d.grant(c.at)
		for _, ch := range granted.Changes() {
			if granted.Grounds()[ch.Ground].Basis == d.order.ID {
				out.Changes = append(out.Changes, ch)
			}
		}
		out.LeftOut = refusals
		return c.previewSlot(ctx, d, &out)
	})
	return out, err
}

// previewSlot finds when the changes would be made.
func (c *change) previewSlot(ctx context.Context, d orderDraft, out *board.OrderPreview) error {
	if len(out.Changes) == 0 {
		return nil
	}
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	past, err := c.PastRuns(ctx, d.order.System, 50)
	if err != nil {
		return err
	}
	t, err := c.timetable(ctx, e)
	if err != nil {
		return err
	}
	median, high := durations(past)
	wish := t.wish("preview", t.held[d.order.System], schedule.Ordered, median, high)
	wish.NotBefore = d.order.Terms.NotBefore
	next, why, err := t.next(wish)
	if err != nil || why.Code != "" {
		out.NoSlot = why.Text()
		return err
	}
	out.Slot = &board.Slot{System: d.order.System, At: t.slot(next, false, high), Estimate: high, Reason: t.why(next, false, high)}
	return nil
}

// orderDraft is an order that was checked, with what it was checked on.
type orderDraft struct {
	order    mandate.Order
	subject  subject
	decision policy.Decision // on the class of change that it is about
}

// grant is what would be permitted with the order.
func (d orderDraft) grant(at time.Time) (mandate.Mandate, []mandate.Refusal) {
	r := d.subject.request("", at)
	r.Orders = append(slices.Clone(r.Orders), d.order)
	return mandate.Grant(r)
}

// draft checks an order against who gives it, whose job it is and what it costs. Nothing is kept.
func (c *change) draft(ctx context.Context, e estate.Estate, q board.OrderRequest) (orderDraft, error) {
	var d orderDraft
	sub, err := c.server.subject(ctx, c.Tx, e, q.System)
	if err != nil {
		return d, err
	}
	contact, ok := sub.held.Customer.Contact(q.Contact)
	if !ok {
		return d, fault.Missing("Die Ansprechperson", "contact", q.Contact)
	}
	if !contact.May(estate.AuthorityOrder) {
		return d, refusedBy("MH2-09", lang.Textf(
			"%[1]s ist nicht weisungsberechtigt; ein Auftrag ist das nicht.", "%[1]s is not authorised to give orders; this is no order.", contact.Name),
			lang.T("Weisungsberechtigte Ansprechperson fragen.", "Ask an authorised contact."))
	}
	if job := sub.job(); job.Execution == policy.PartyCustomer {
		return d, refusedBy(job.GoverningRule(), job.Refusal(), lang.Text{})
	}
	d.subject, d.decision = sub, decisionOn(sub, q)
	if q.Change != nil && (d.decision.Verdict != policy.Permitted || !d.decision.Execution.Acts() || d.decision.Trigger == policy.TriggerNever) {
		return d, refusedBy(d.decision.GoverningRule(), d.decision.Refusal(), lang.Text{})
	}
	if q.Change != nil && d.decision.ExplicitRequest && !q.Explicit {
		return d, refusedBy("MH2-20", lang.T("Das Regelwerk verlangt einen ausdrücklichen Auftrag; das ist keiner.", "The policy demands an explicit order, and this is none."), lang.Text{})
	}
	id, err := newID("o", c.at)
	if err != nil {
		return d, err
	}
	d.order = mandate.Order{
		ID: id, System: q.System, Customer: sub.held.Customer.ID, Contact: q.Contact, Channel: strings.TrimSpace(q.Channel),
		Text: q.Text, Explicit: q.Explicit, Scope: q.Scope, Given: c.at, Mitigation: q.Mitigation, Reboot: q.Reboot,
		Terms: mandate.Terms{Packages: q.Packages, Change: q.Change, NotBefore: q.NotBefore.UTC()},
	}
	if d.decision.Charge == policy.ChargeQuote {
		d.order.Terms.Price = &mandate.Price{Rule: chargeRule(d.decision)}
	}
	if q.Price != "" {
		if d.order.Terms.Price, err = c.offer(d.decision, q.Price, q.PricedBy); err != nil {
			return d, err
		}
	}
	d.order.Confirmation = confirmation(d.order, d.decision)
	return d, nil
}

func refusedBy(rule string, text, mend lang.Text) *fault.Error {
	f := fault.New(fault.Refused, text, mend)
	f.Rule = rule
	return f
}

// decisionOn asks the policy about what is ordered.
func decisionOn(sub subject, q board.OrderRequest) policy.Decision {
	f := finding.Finding{Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard}
	switch {
	case q.Mitigation:
		f.Class = policy.ChangeClassMitigation
	case q.Change != nil:
		f.Class = q.Change.Class
		if f.Class == policy.ChangeClassVersionUpgrade {
			f.Layer = policy.LayerMiddleware
		}
	case q.Scope == estate.ScopeUpdates:
		f.Class = policy.ChangeClassUpdate
	}
	return policy.Decide(sub.version, finding.Facets(sub.held, f))
}

// orderAgain is the request that an order was placed by, as far as the policy is asked about it.
func orderAgain(o mandate.Order) board.OrderRequest {
	return board.OrderRequest{System: o.System, Scope: o.Scope, Mitigation: o.Mitigation, Change: o.Terms.Change}
}

// place keeps a draft. Where a price was offered with it, it is told and asked.
func (c *change) place(ctx context.Context, d orderDraft) error {
	st, err := c.AddOrder(ctx, d.order)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	if at := d.order.Terms.NotBefore; at.After(c.at) {
		if err := c.enqueue(ctx, jobPlan, d.order.System, at); err != nil {
			return err
		}
	}
	if p := d.order.Terms.Price; p != nil && p.Amount != "" {
		return c.askPrice(ctx, d.order)
	}
	return nil
}

// orderForm checks what was filled in and puts it into its plain form.
func orderForm(q *board.OrderRequest) error {
	var places []fault.Place
	bad := func(field, de, en string) {
		places = append(places, fault.Place{Field: field, Problem: lang.T(de, en)})
	}
	if q.Scope == "" {
		q.Scope = estate.ScopeSecurity
	}
	if strings.TrimSpace(q.Text) == "" || utf8.RuneCountInString(q.Text) > maxOrderText || !utf8.ValidString(q.Text) {
		bad("text", "Der Wortlaut des Auftrags fehlt oder ist zu lang.", "The order's wording is missing or too long.")
	}
	if strings.TrimSpace(q.Channel) == "" || utf8.RuneCountInString(q.Channel) > maxChannel {
		bad("channel", "Es fehlt, wo der Auftrag steht (Ticketnummer).", "Where the order stands (ticket number) is missing.")
	}
	if q.Scope != estate.ScopeSecurity && q.Scope != estate.ScopeUpdates {
		bad("scope", "Der Umfang ist security_updates oder updates.", "The scope is security_updates or updates.")
	}
	q.Packages = slices.Compact(slices.Sorted(slices.Values(q.Packages)))
	if len(q.Packages) > maxPackages || slices.ContainsFunc(q.Packages, func(p string) bool { return !mandate.PackageName(p) }) {
		bad("packages", "Ein Paketname ist keiner, oder es sind zu viele.", "A package's name is none, or there are too many.")
	}
	if len(q.Packages) == 0 {
		q.Packages = nil
	}
	if v := q.Change; v != nil {
		named := func(s string, must bool) bool {
			return (s != "" || !must) && utf8.RuneCountInString(s) <= 64 && !strings.ContainsAny(s, "\n\r") && utf8.ValidString(s)
		}
		if v.Class != policy.ChangeClassVersionUpgrade && v.Class != policy.ChangeClassOSMigration ||
			!named(v.Software, true) || !named(v.To, true) || !named(v.From, v.Class == policy.ChangeClassVersionUpgrade) {
			bad("change", "Der Wechsel nennt nicht Software, alte und neue Version.", "The change does not name software, old and new version.")
		}
		if q.Mitigation || len(q.Packages) > 0 {
			bad("change", "Ein Wechsel ist ein Auftrag für sich.", "A change of version is an order of its own.")
		}
	}
	if q.Mitigation && len(q.Packages) > 0 {
		bad("packages", "Eine Maßnahme nennt keine Pakete.", "A measure names no packages.")
	}
	if len(places) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, lang.T("Der Auftrag ist unvollständig.", "The order is incomplete."), lang.Text{})
	f.Places = places
	return f
}

// deskTask is what people have to do about an order, whatever its runs do; zero: nothing.
func deskTask(o mandate.Order) lang.Text {
	awaits := o.Awaits()
	switch {
	case o.Terms.Closed != nil || o.Withdrawn:
		return lang.Text{}
	case slices.Contains(awaits, mandate.AwaitsOffer):
		return lang.T("Bitte den Preis nennen; vorher geschieht nichts.", "Please name the price; nothing happens before.")
	case slices.Contains(awaits, mandate.AwaitsConsent):
		return lang.Text{}
	case slices.Contains(awaits, mandate.AwaitsAppointment):
		return lang.T("Bitte einen Termin vereinbaren.", "Please agree on an appointment.")
	case o.Terms.Change != nil:
		return lang.T("Bitte planen und von Hand ausführen: Für einen Versionswechsel oder Umzug gibt es keinen automatischen Lauf.",
			"Please plan it and carry it out by hand: there is no automatic run for a version upgrade or a migration.")
	}
	return lang.Text{}
}

// about is what an order covers, in words.
func about(o mandate.Order) lang.Text {
	scope := lang.T("Sicherheitsupdates", "security updates")
	if o.Scope == estate.ScopeUpdates {
		scope = lang.T("alle Updates der laufenden Version", "all updates of the current release")
	}
	switch {
	case o.Terms.Change != nil:
		return o.Terms.Change.Text()
	case len(o.Terms.Packages) > 0:
		return lang.Textf("%[1]s, nur der Pakete %[2]s", "%[1]s, of the packages %[2]s only", scope, strings.Join(o.Terms.Packages, ", "))
	}
	return scope
}

// confirmation is what the customer is told: scope, charge, and that nobody checks whether the updates
// suit the customer's own software (MH2-15).
func confirmation(o mandate.Order, d policy.Decision) lang.Text {
	charge := chargeText(o, d)
	if o.Mitigation {
		return lang.Textf("Auftrag %[1]s für %[2]s: Maßnahmen gegen Sicherheitslücken ohne Update, etwa einen Dienst anhalten oder einen Port schließen. Was angehalten ist, steht so lange still; jede Maßnahme lässt sich zurücknehmen. %[3]s",
			"Order %[1]s for %[2]s: measures against holes without an update, such as stopping a service or closing a port. What is stopped stands still as long; each measure can be taken back. %[3]s", o.ID, o.System, charge)
	}
	when := lang.T("im nächsten Wartungsfenster", "in the next maintenance window")
	switch {
	case o.Terms.Change != nil:
		when = lang.T("nach Absprache; ein Mensch plant es und führt es aus", "as arranged; a person plans it and carries it out")
	case o.Terms.Appointment != "":
		when = lang.T("zu einem Termin, dem beide Seiten zustimmen", "at an appointment that both sides agree to")
	case !o.Terms.NotBefore.IsZero():
		when = lang.T("im ersten Wartungsfenster zum gewünschten Zeitpunkt", "in the first maintenance window at the time wished for")
	}
	return lang.Textf("Auftrag %[1]s für %[2]s: %[3]s, %[4]s. %[5]s Ob die Updates mit selbst installierter Software verträglich sind, prüfen wir nicht. Schlägt das Update fehl, stellen wir den vorherigen Zustand wieder her.",
		"Order %[1]s for %[2]s: %[3]s, %[4]s. %[5]s We do not check whether the updates are compatible with software you installed yourself. If the update fails, we restore the previous state.",
		o.ID, o.System, about(o), when, charge)
}
