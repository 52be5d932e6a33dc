package webtest

import (
	"context"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// meetings gives the demo four appointments: one that waits for us, one for the customer, one that is agreed, one
// that was declined.
func meetings(m maker, b *Backend) {
	at := func(days, hour int) window.Interval {
		from := time.Date(m.now.Year(), m.now.Month(), m.now.Day()+days, hour, 0, 0, 0, m.zone)
		return window.Interval{From: from.UTC(), To: from.Add(2 * time.Hour).UTC()}
	}
	for _, x := range []struct {
		id, system, customer, order string
		events                      []appointment.Event
	}{
		{"t-91", "shop2", "alpenrad", "", []appointment.Event{
			{Act: appointment.Propose, Side: appointment.Provider, By: "Jana Voss", Channel: "Ticket 20261124-12", Text: "Wir schlagen für den Versionswechsel Montag früh vor.", Time: at(2, 6)},
		}},
		{"t-92", Waiting, "nordlicht", "", []appointment.Event{
			{Act: appointment.Propose, Side: appointment.Provider, By: "Jana Voss", Channel: "Ticket 20261126-08", Text: "Passt Ihnen Dienstag, 22 Uhr?", Time: at(3, 22)},
			{Act: appointment.Propose, Side: appointment.Customer, By: "petersen", Channel: "Ticket 20261126-08", Text: "Lieber am Mittwoch um 20 Uhr, dann ist der Redaktionsschluss vorbei.", Time: at(4, 20)},
		}},
		{"t-90", "wiki1", "alpenrad", "", []appointment.Event{
			{Act: appointment.Propose, Side: appointment.Customer, By: "huber", Channel: "Telefon 24.11.", Text: "Bitte am 3.12. nach Ladenschluss.", Time: at(5, 21)},
			{Act: appointment.Accept, Side: appointment.Provider, By: "Jana Voss", Channel: "Telefon 24.11.", Text: "Einverstanden."},
		}},
		{"t-88", "mail1", "alpenrad", "", []appointment.Event{
			{Act: appointment.Propose, Side: appointment.Provider, By: "Jana Voss", Channel: "Ticket 20261119-03", Text: "Donnerstag, 14 Uhr?", Time: at(1, 14)},
			{Act: appointment.Decline, Side: appointment.Customer, By: "huber", Channel: "Ticket 20261119-03", Text: "Da sind wir im Versand."},
		}},
	} {
		then := m.now.Add(-20 * time.Hour).UTC()
		a := appointment.New(x.id, x.system, x.customer, x.order, then)
		for i, e := range x.events {
			next, err := appointment.Apply(a, e, then.Add(time.Duration(i)*5*time.Hour))
			if err != nil {
				panic(fmt.Sprintf("the demo's appointment %s: %v", x.id, err))
			}
			a = next
		}
		b.meetings = append(b.meetings, a)
	}
}

// Appointments are those of a system, or all, the newest first.
func (b *Backend) Appointments(_ context.Context, system string) ([]board.Appointment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return nil, b.Fail
	}
	var out []board.Appointment
	for _, a := range b.meetings {
		if system == "" || a.System == system {
			out = append([]board.Appointment{b.meetingRow(a)}, out...)
		}
	}
	return out, nil
}

func (b *Backend) meetingRow(a appointment.Appointment) board.Appointment {
	row := board.Appointment{Appointment: a.At(b.Now), Zone: Berlin, CustomerName: a.Customer, Sentence: lang.Textf("Der Termin ist %[1]s.", "The appointment is %[1]s.", a.State.Text())}
	if s, err := b.find(a.System); err == nil {
		row.CustomerName, row.Names = s.Customer, board.Speakers(s.Held.Customer, a.Steps)
	}
	return row
}

// Arrange takes what a side says.
func (b *Backend) Arrange(_ context.Context, q board.AppointmentEvent) (board.Appointment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := -1
	for i, a := range b.meetings {
		if a.ID == q.ID && q.ID != "" {
			at = i
		}
	}
	if q.ID == "" {
		s, err := b.find(q.System)
		if err != nil {
			return board.Appointment{}, err
		}
		b.meetings = append(b.meetings, appointment.New(fmt.Sprintf("t-%d", 100+len(b.meetings)), q.System, s.Held.Customer.ID, q.Order, b.Now))
		at = len(b.meetings) - 1
	}
	if at < 0 {
		return board.Appointment{}, fault.Missing("Den Termin", "appointment", q.ID)
	}
	next, err := appointment.Apply(b.meetings[at], q.Event, b.Now)
	if err != nil {
		if q.ID == "" {
			b.meetings = b.meetings[:at]
		}
		no := err.(appointment.RefusalError) //nolint:forcetypeassert,errorlint // Apply gives nothing else
		f := fault.New(fault.Refused, no.Text, lang.Text{})
		f.Rule = "MH1-06"
		if no.Field != "" {
			f.Places = []fault.Place{{Field: no.Field, Problem: no.Text}}
		}
		return board.Appointment{}, f
	}
	b.meetings[at] = next
	return b.meetingRow(next), nil
}

// StandingOrders are the standing orders of the demo's contracts.
func (b *Backend) StandingOrders(context.Context) ([]board.StandingOrder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return nil, b.Fail
	}
	var out []board.StandingOrder
	at := map[string]int{}
	for _, s := range b.systems {
		k := s.Held.Contract
		if k.StandingOrder == nil {
			continue
		}
		i, known := at[k.ID]
		if !known {
			row, err := b.standingRow(s)
			if err != nil {
				return nil, err
			}
			i = len(out)
			at[k.ID], out = i, append(out, row)
		}
		out[i].Systems = append(out[i].Systems, s.Name)
	}
	return out, nil
}

func (b *Backend) standingRow(s *board.System) (board.StandingOrder, error) {
	o := *s.Held.Contract.StandingOrder
	rule, err := o.Recurs(s.Held.Window, time.LoadLocation)
	if err != nil {
		return board.StandingOrder{}, err
	}
	row := board.StandingOrder{Contract: s.Held.Contract.ID, Customer: s.Held.Customer.ID, Order: o, RRule: o.RRule(), Zone: Berlin, Overdue: b.overdue[s.Held.Contract.ID], Said: b.said[s.Held.Contract.ID]}
	for _, q := range row.Said {
		n := recurrence.Notice{By: q.By, At: q.At, Reason: q.Reason}
		switch q.Kind {
		case board.StandingMove:
			rule, err = rule.Move(q.Day, q.To, n)
		case board.StandingLeaveOut:
			rule, err = rule.LeaveOut(q.Day, n)
		case board.StandingPause:
			rule, err = rule.Pause(q.From, q.Until, n)
			row.Paused = true
		case board.StandingResume:
			row.Paused = false
		}
		if err != nil {
			return row, err
		}
	}
	row.Text = rule.Text()
	for _, x := range rule.All(b.Now, b.Now.AddDate(2, 0, 0)) {
		row.Dates = append(row.Dates, board.StandingDate{Occurrence: x, Text: x.Text()})
	}
	return row, nil
}

// StandingOrder is that of one contract.
func (b *Backend) StandingOrder(ctx context.Context, contract string) (board.StandingOrder, error) {
	all, err := b.StandingOrders(ctx)
	if err != nil {
		return board.StandingOrder{}, err
	}
	for _, o := range all {
		if o.Contract == contract {
			return o, nil
		}
	}
	return board.StandingOrder{}, fault.Missing("Den Vertrag", "contract", contract)
}

// ChangeStandingOrder keeps what is said, if its contact may say it and the rule has the date.
func (b *Backend) ChangeStandingOrder(ctx context.Context, q board.StandingChange) (board.StandingOrder, error) {
	before, err := b.StandingOrder(ctx, q.Contract)
	if err != nil {
		return before, err
	}
	b.mu.Lock()
	q.At = b.Now
	if q.Kind == board.StandingPause && q.From.IsZero() {
		q.From = wall.DayOf(b.Now)
	}
	b.said[q.Contract] = append(before.Said[:len(before.Said):len(before.Said)], q)
	b.mu.Unlock()
	after, err := b.StandingOrder(ctx, q.Contract)
	if err != nil {
		b.mu.Lock()
		b.said[q.Contract] = before.Said
		b.mu.Unlock()
	}
	return after, err
}

// series gives the demo's standing orders what was said about them: one date is moved and one left out, and one is
// overdue.
func series(m maker, b *Backend) {
	b.said, b.overdue = map[string][]board.StandingChange{}, map[string][]board.Overdue{}
	for _, s := range b.systems {
		o := s.Held.Contract.StandingOrder
		if o == nil || b.said[s.Held.Contract.ID] != nil {
			continue
		}
		row, err := b.standingRow(s)
		if err != nil || len(row.Dates) < 3 {
			panic(fmt.Sprintf("the demo's standing order %s: %v, %d dates", o.ID, err, len(row.Dates)))
		}
		first, third := row.Dates[0].Day, row.Dates[2].Day
		by, contract := "petersen", s.Held.Contract.ID
		if s.Held.Customer.ID == alpenrad.ID {
			by = "huber"
			b.overdue[contract] = []board.Overdue{{System: s.Name, Customer: s.Held.Customer.ID, Contract: contract, Order: o.ID, Missed: m.now.AddDate(0, -1, 0), Zone: Berlin,
				Text: lang.Textf("%[1]s: Der Termin vom 28.10.2026 ging vorbei, ohne dass etwas eingespielt wurde.", "%[1]s: the date of 28 Oct 2026 went by with nothing installed.", s.Name)}}
		}
		b.said[contract] = []board.StandingChange{
			{Contract: contract, Kind: board.StandingMove, Day: first, To: first.Add(6).At(22, 0), By: by, As: board.ByContact, Reason: "Inventur", At: m.before(50 * time.Hour)},
			{Contract: contract, Kind: board.StandingLeaveOut, Day: third, By: "Jana Voss", As: board.ByProvider, Reason: "Umzug des Rechenzentrums", At: m.before(26 * time.Hour)},
		}
	}
}
