package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// noticeAppointment tells the other side of a proposal and of what came of it (MH1-06).
const noticeAppointment = "appointment"

// mostAppointments bounds how many appointments, the newest, are looked at.
const mostAppointments = 5000

// appointments are, by system, the times agreed with customers that are not over: runs may be planned then, also
// outside of windows (MH1-06).
func (s *Server) appointments(ctx context.Context, tx *store.Tx) (map[string][]window.Interval, error) {
	list, err := documents[appointment.Appointment](tx.NewestRulings(ctx, store.RulingAppointment, mostAppointments))
	out := map[string][]window.Interval{}
	for _, a := range list {
		if a.Holds(s.now()) {
			out[a.System] = append(out[a.System], a.Time)
		}
	}
	for _, times := range out {
		slices.SortFunc(times, func(a, b window.Interval) int { return a.From.Compare(b.From) })
	}
	return out, err
}

// Appointments lists the newest appointments of a system, or of all, the newest first.
func (s *Server) Appointments(ctx context.Context, system string) ([]board.Appointment, error) {
	var out []board.Appointment
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(system); system != "" && !ok {
			return fault.Missing("Das System", "system", system)
		}
		rows, err := tx.NewestRulings(ctx, store.RulingAppointment, mostOrders)
		if system != "" {
			rows, err = tx.RulingsAbout(ctx, store.RulingAppointment, system, mostOrders)
		}
		list, err := documents[appointment.Appointment](rows, err)
		for _, a := range list {
			out = append(out, s.appointmentRow(e, a))
		}
		return err
	})
	return out, err
}

func (s *Server) appointmentRow(e estate.Estate, a appointment.Appointment) board.Appointment {
	a = a.At(s.now())
	row := board.Appointment{Appointment: a, CustomerName: a.Customer, Zone: hostersZone}
	if held, ok := e.Held(a.System); ok {
		row.Zone, row.CustomerName = cmp.Or(held.Window.Zone, hostersZone), held.Customer.Name
		row.Names = board.Speakers(held.Customer, a.Steps)
	}
	switch a.State {
	case appointment.Wanted:
		row.Sentence = lang.T("Ein Termin wird gebraucht; vorgeschlagen hat ihn noch niemand.", "An appointment is needed; nobody has proposed one yet.")
	case appointment.Proposed:
		row.Sentence = lang.Textf("Vorgeschlagen; zustimmen muss: %[1]s.", "Proposed; has to agree: %[1]s.", a.Turn.Text())
	case appointment.Agreed:
		row.Sentence = lang.T("Beide Seiten haben zugestimmt; ein Lauf darf dann geplant werden.", "Both sides have agreed; a run may be planned then.")
	case appointment.Declined:
		row.Sentence = lang.T("Abgelehnt; es bleibt beim Wartungsfenster.", "Declined; it stays with the maintenance window.")
	case appointment.Expired:
		row.Sentence = lang.T("Ohne Antwort verfallen; es bleibt beim Wartungsfenster.", "Expired without an answer; it stays with the maintenance window.")
	}
	return row
}

// Arrange takes what a side says about an appointment: a proposal, another time, an acceptance, a no. Of the
// customer's side it has to be a contact who may order (to propose) or consent (to accept).
func (s *Server) Arrange(ctx context.Context, q board.AppointmentEvent) (board.Appointment, error) {
	var out board.Appointment
	if utf8.RuneCountInString(q.Text) > maxOrderText || !utf8.ValidString(q.Text) || utf8.RuneCountInString(q.Channel) > maxChannel || strings.TrimSpace(q.Channel) == "" {
		return out, fault.New(fault.Invalid, lang.T("Es fehlt, wo das steht, oder der Wortlaut ist zu lang.", "It does not say where that stands, or the wording is too long."), lang.Text{})
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		a, err := c.appointment(ctx, e, &q)
		if err != nil {
			return err
		}
		if err := mayArrange(e, a, q.Event); err != nil {
			return err
		}
		a, err = c.arrange(ctx, e, a, q.Event)
		out = s.appointmentRow(e, a)
		return err
	})
	return out, err
}

// appointment is the one that an event is about; a proposal without an ID begins one.
func (c *change) appointment(ctx context.Context, e estate.Estate, q *board.AppointmentEvent) (appointment.Appointment, error) {
	if q.ID != "" {
		a, _, ok, err := document[appointment.Appointment](ctx, c.Tx, store.RulingAppointment, q.ID)
		if err == nil && !ok {
			err = fault.Missing("Den Termin", "appointment", q.ID)
		}
		return a, err
	}
	held, ok := e.Held(q.System)
	if !ok {
		return appointment.Appointment{}, fault.Missing("Das System", "system", q.System)
	}
	if q.Order != "" {
		o, ok, err := c.Order(ctx, q.Order)
		if err != nil {
			return appointment.Appointment{}, err
		}
		if !ok || o.System != q.System {
			return appointment.Appointment{}, fault.Missing("Den Auftrag", "order", q.Order)
		}
		if o.Terms.Appointment != "" {
			a, _, _, err := document[appointment.Appointment](ctx, c.Tx, store.RulingAppointment, o.Terms.Appointment)
			return a, err
		}
		return c.want(ctx, o)
	}
	id, err := newID("t", c.at)
	if err != nil {
		return appointment.Appointment{}, err
	}
	a := appointment.New(id, q.System, held.Customer.ID, "", c.at)
	return a, c.keepAppointment(ctx, a)
}

// want begins an appointment for an order, which waits for it from now on. A planned run is not made.
func (c *change) want(ctx context.Context, o mandate.Order) (appointment.Appointment, error) {
	_, pursuit, err := pursued(ctx, c.Tx, o)
	if err != nil {
		return appointment.Appointment{}, err
	}
	if state := mandate.StateOf(o, pursuit); state != mandate.Question {
		if _, ok := state.May(mandate.Question); !ok {
			return appointment.Appointment{}, notNow(o, state)
		}
	}
	id, err := newID("t", c.at)
	if err != nil {
		return appointment.Appointment{}, err
	}
	a := appointment.New(id, o.System, o.Customer, o.ID, c.at)
	waits := o
	waits.Terms.Appointment = a.ID
	if err := c.amendOrder(ctx, o, waits, lang.Textf("Auftrag %[1]s wartet auf einen Termin.", "Order %[1]s waits for an appointment.", o.ID)); err != nil {
		return a, err
	}
	return a, c.keepAppointment(ctx, a)
}

func (c *change) keepAppointment(ctx context.Context, a appointment.Appointment) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: a.ID, Kind: store.RulingAppointment, About: a.System, Given: c.at, Document: doc})
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	return c.enqueue(ctx, jobAppointment, a.ID, a.Until)
}

// mayArrange holds who speaks for the customer against the authority that he has.
func mayArrange(e estate.Estate, a appointment.Appointment, ev appointment.Event) error {
	if ev.Side != appointment.Customer {
		return nil
	}
	customer, _ := e.Customer(a.Customer)
	contact, known := customer.Contact(ev.By)
	if !known {
		return fault.Missing("Die Ansprechperson", "contact", ev.By)
	}
	if contact.May(estate.AuthorityConsent) || ev.Act != appointment.Accept && contact.May(estate.AuthorityOrder) {
		return nil
	}
	return refusedBy("MH1-06", lang.Textf("%[1]s darf für den Kunden keinen Termin vereinbaren.", "%[1]s may not agree on appointments for the customer.", contact.Name),
		lang.T("Gefragt ist jemand mit der Berechtigung consent.", "Somebody with the authority consent is asked for."))
}

// arrange applies what a side says, keeps it, tells the other side, and lets go the order that waited.
func (c *change) arrange(ctx context.Context, e estate.Estate, a appointment.Appointment, ev appointment.Event) (appointment.Appointment, error) {
	ev.Channel, ev.Time.From, ev.Time.To = strings.TrimSpace(ev.Channel), ev.Time.From.UTC(), ev.Time.To.UTC()
	var next appointment.Appointment
	_, err := amend(ctx, c, store.RulingAppointment, a.ID, fault.Missing("Den Termin", "appointment", a.ID), func(kept *appointment.Appointment) (err error) {
		next, err = appointment.Apply(*kept, ev, c.at)
		*kept = next
		return err
	})
	var no appointment.RefusalError
	if errors.As(err, &no) {
		f := refusedBy("MH1-06", no.Text, lang.Text{})
		if no.Field != "" {
			f.Places = []fault.Place{{Field: no.Field, Problem: no.Text}}
		}
		return a, f
	}
	if err != nil {
		return a, err
	}
	c.wake()
	if next.State == appointment.Proposed {
		if err := c.enqueue(ctx, jobAppointment, next.ID, next.Until); err != nil {
			return next, err
		}
	} else if err := c.arranged(ctx, next); err != nil {
		return next, err
	}
	return next, c.tellAppointment(ctx, e, next, ev)
}

// arranged lets go the order that waited for an appointment, and has the system planned anew: at the time agreed,
// or, without one, in its window.
func (c *change) arranged(ctx context.Context, a appointment.Appointment) error {
	if a.Order != "" {
		had, ok, err := c.Order(ctx, a.Order)
		if err != nil {
			return err
		}
		if ok && had.Terms.Appointment == a.ID && had.Terms.Closed == nil && !had.Withdrawn {
			o := had
			o.Terms.Appointment = ""
			if err := c.amendOrder(ctx, had, o, lang.Text{}); err != nil {
				return err
			}
		}
	}
	r, busy, err := c.ActiveRun(ctx, a.System)
	if err != nil {
		return err
	}
	if busy && yields(r) { // a run that is planned otherwise is planned anew
		if err := c.endHere(ctx, r, verdict.Deferred, "made_way", lang.Textf(
			"Über den Termin %[1]s ist entschieden; der Lauf wird neu geplant.", "Appointment %[1]s is settled; the run is planned anew.", a.ID)); err != nil {
			return err
		}
	}
	return c.enqueue(ctx, jobPlan, a.System, c.at)
}

// tellAppointment tells the customer's contacts what we say, and the operator what the customer says.
func (c *change) tellAppointment(ctx context.Context, e estate.Estate, a appointment.Appointment, ev appointment.Event) error {
	held, _ := e.Held(a.System)
	at := func(l lang.Lang) string {
		if a.Time.Zero() {
			return "–"
		}
		return lang.DateTime(c.server.local(held, a.Time.From), l)
	}
	text := lang.Textf("Termin %[1]s für %[2]s am %[3]s: %[4]s (%[5]s).", "Appointment %[1]s for %[2]s on %[3]s: %[4]s (%[5]s).",
		a.ID, a.System, lang.T(at(lang.DE), at(lang.EN)), a.State.Text(), ev.Side.Text())
	if a.Turn == appointment.Customer {
		text = lang.Textf("%[1]s Bitte stimmen Sie zu, lehnen Sie ab oder nennen Sie eine andere Zeit.", "%[1]s Please agree, decline or name another time.", text)
	}
	key := a.ID + " " + a.Steps[len(a.Steps)-1].SHA256 + " " + c.at.String()
	if ev.Side == appointment.Customer {
		return c.tell(ctx, a.System, noticeAppointment, key, "operator", text)
	}
	for _, contact := range held.Customer.Contacts {
		if contact.May(estate.AuthorityConsent) {
			if err := c.tell(ctx, a.System, noticeAppointment, key, contact.ID, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// lapseAppointment lets an appointment expire that nobody answered in time.
func (c *change) lapseAppointment(ctx context.Context, id string) error {
	a, row, ok, err := document[appointment.Appointment](ctx, c.Tx, store.RulingAppointment, id)
	if err != nil || !ok || a.At(c.at).State == a.State {
		return err
	}
	a = a.At(c.at)
	if err := c.rewrite(ctx, row, a); err != nil {
		return err
	}
	c.wake()
	return c.arranged(ctx, a)
}
