package web

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// us is who speaks in an appointment's form when it is not a contact.
const us = "wir"

// appointmentForm is what a side says about an appointment, as filled in.
type appointmentForm struct {
	ID       string // of the appointment; empty: a new one
	System   string
	Order    string
	Zone     string
	Contacts []estate.Contact // who may speak for the customer
	Acts     []appointment.Act
	Act      appointment.Act
	Who      string // a contact's ID, or us
	Name     string // who it is, of us
	Channel  string
	Text     string
	From, To string               // local time in the window's zone, 2026-12-05T05:00
	Wrong    map[string]lang.Text // by the field's name
	Fault    *fault.Error
}

// newAppointmentForm is the empty form: what can be said about the appointment as it stands.
func newAppointmentForm(s board.System, a board.Appointment) appointmentForm {
	f := appointmentForm{ID: a.ID, System: s.Name, Order: a.Order, Zone: s.Held.Window.Zone}
	for _, contact := range s.Held.Customer.Contacts {
		if contact.May(estate.AuthorityOrder) || contact.May(estate.AuthorityConsent) {
			f.Contacts = append(f.Contacts, contact)
		}
	}
	switch {
	case a.State == appointment.Agreed:
		f.Acts = []appointment.Act{appointment.Decline}
	case a.State == appointment.Proposed:
		f.Acts = []appointment.Act{appointment.Accept, appointment.Propose, appointment.Decline}
	case a.State == appointment.Wanted && a.ID != "":
		f.Acts = []appointment.Act{appointment.Propose, appointment.Decline}
	case a.State == appointment.Wanted:
		f.Acts = []appointment.Act{appointment.Propose}
	}
	if len(f.Acts) == 1 {
		f.Act = f.Acts[0]
	}
	return f
}

// proposes reports whether times can be named.
func (f appointmentForm) proposes() bool {
	for _, a := range f.Acts {
		if a == appointment.Propose {
			return true
		}
	}
	return false
}

// action is where the form is sent to.
func (f appointmentForm) action() string {
	if f.ID == "" {
		return "/termine"
	}
	return appointmentURL(f.ID)
}

// id is the ID of a field, unique where several forms stand on a page.
func (f appointmentForm) id(name string) string {
	if f.ID == "" {
		return "termin-" + name
	}
	return "termin-" + f.ID + "-" + name
}

// said are the IDs of what is said about a field: what is wrong with it, and the hint below.
func (f appointmentForm) said(name string, hint bool) string {
	var ids []string
	if _, wrong := f.Wrong[name]; wrong {
		ids = append(ids, f.id(name)+"-fehler")
	}
	if hint {
		ids = append(ids, f.id(name)+"-hilfe")
	}
	return strings.Join(ids, " ")
}

// choiceWord is an act as a choice.
func (f appointmentForm) choiceWord(a appointment.Act) lang.Text {
	switch a {
	case appointment.Accept:
		return meetWords.Accept
	case appointment.Decline:
		return meetWords.Decline
	case appointment.Propose:
	}
	if len(f.Acts) == 3 {
		return meetWords.Counter
	}
	return meetWords.Propose
}

// readAppointment reads the form, with what is wrong with it beside its fields.
func readAppointment(r *http.Request, act appointment.Act, zone *time.Location) (appointmentForm, appointment.Event) {
	f := appointmentForm{Act: act, Who: field(r, "wer"), Name: field(r, "name"), Channel: field(r, "wo"), Text: field(r, "wortlaut"), From: field(r, "von"), To: field(r, "bis"), Wrong: map[string]lang.Text{}}
	e := appointment.Event{Act: act, Side: appointment.Customer, By: f.Who, Channel: f.Channel, Text: f.Text}
	if f.Who == us {
		e.Side, e.By = appointment.Provider, f.Name
		if f.Name == "" {
			f.Wrong["name"] = meetWords.NameMissing
		}
	}
	if f.Who == "" {
		f.Wrong["wer"] = meetWords.WhoMissing
	}
	if act == "" {
		f.Wrong["antwort"] = meetWords.ActMissing
	}
	for _, x := range []struct {
		name, value string
		most        int
		missing     lang.Text
	}{{"name", e.By, maxChannel, lang.Text{}}, {"wo", f.Channel, maxChannel, meetWords.ChannelMissing}, {"wortlaut", f.Text, maxOrderText, meetWords.TextMissing}} {
		switch n := utf8.RuneCountInString(x.value); {
		case n == 0 && !x.missing.IsZero():
			f.Wrong[x.name] = x.missing
		case n > x.most:
			f.Wrong[x.name] = lang.Textf(meetWords.TooLong.DE, meetWords.TooLong.EN, x.most)
		}
	}
	if act == appointment.Propose {
		e.Time.From = f.moment("von", f.From, zone)
		e.Time.To = f.moment("bis", f.To, zone)
	}
	return f, e
}

// moment reads a local time as browsers send it.
func (f appointmentForm) moment(name, value string, zone *time.Location) time.Time {
	t, err := wall.ParseTime(value)
	if err != nil || value == "" {
		f.Wrong[name] = meetWords.NoTime
		return time.Time{}
	}
	return t.In(zone)
}

// refused lays what the server refused beside the fields it is about.
func (f *appointmentForm) refused(wrong *fault.Error) {
	names := map[string]string{"from": "von", "to": "bis", "by": "wer", "channel": "wo", "text": "wortlaut"}
	f.Fault = wrong
	for _, place := range wrong.Places {
		if name, ok := names[place.Field]; ok {
			f.Wrong[name] = place.Problem
		}
	}
}

// propose takes a proposal that begins an appointment.
func (c *console) propose(w http.ResponseWriter, r *http.Request) {
	c.arrange(w, r, blankAppointment(field(r, "system"), field(r, "auftrag")), appointment.Propose)
}

// answerAppointment takes another time, a yes or a no.
func (c *console) answerAppointment(w http.ResponseWriter, r *http.Request) {
	a, err := c.findAppointment(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.arrange(w, r, a, appointment.Act(strings.TrimSpace(r.PostFormValue("antwort"))))
}

func (c *console) arrange(w http.ResponseWriter, r *http.Request, a board.Appointment, act appointment.Act) {
	s, err := c.backend.System(r.Context(), a.System)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	form, event := readAppointment(r, act, c.zones.find(s.Held.Window.Zone))
	if len(form.Wrong) > 0 {
		form.Fault = fault.New(fault.Invalid, meetWords.NotTaken, meetWords.NotTakenMend)
		c.showAppointment(w, r, http.StatusUnprocessableEntity, appointmentView{A: a, Form: form})
		return
	}
	done, err := c.backend.Arrange(r.Context(), board.AppointmentEvent{ID: a.ID, System: a.System, Order: a.Order, Event: event})
	if err == nil {
		http.Redirect(w, r, appointmentURL(done.ID), http.StatusSeeOther)
		return
	}
	form.refused(c.fault(r, err))
	c.showAppointment(w, r, statusOf(form.Fault.Code), appointmentView{A: a, Form: form})
}
