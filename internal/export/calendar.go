package export

import (
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/emersion/go-ical"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Appointment is one thing in a calendar.
type Appointment struct {
	ID          string // the same for each export: a calendar program replaces what it knows
	From, To    time.Time
	Title       lang.Text
	Description lang.Text
	Kind        string // run, freeze, window
	Tentative   bool   // planned, and may still move
	Cancelled   bool
	Sequence    int       // counts how often it has changed
	Stamp       time.Time // when it came to be so; zero: when the calendar is written
}

// Invitation writes appointments as an object to be sent by mail (RFC 5546): one is requested or cancelled, of an
// attendee and by an organiser, both mail addresses; several are published. It returns the method.
func Invitation(w io.Writer, list []Appointment, organiser, attendee string, l lang.Lang, at time.Time) (method string, err error) {
	method = "PUBLISH"
	if len(list) == 1 {
		method = "REQUEST"
		if list[0].Cancelled {
			method = "CANCEL"
		}
	}
	cal := newCalendar(l)
	cal.Props.SetText(ical.PropMethod, method)
	for _, a := range list {
		event := eventOf(a, l, at)
		if organiser != "" {
			mailto(event, ical.PropOrganizer, organiser)
		}
		if method != "PUBLISH" {
			mailto(event, ical.PropAttendee, attendee)
		}
		cal.Children = append(cal.Children, event.Component)
	}
	return method, ical.NewEncoder(w).Encode(cal)
}

func mailto(event *ical.Event, name, address string) {
	p := ical.NewProp(name)
	p.Value = (&url.URL{Scheme: "mailto", Opaque: address}).String() // a CAL-ADDRESS, which no VALUE has to say
	if name == ical.PropAttendee {
		p.Params.Set(ical.ParamRSVP, "FALSE") // nobody has to answer
	}
	event.Props.Set(p)
}

// Calendar writes appointments as an iCalendar object (RFC 5545) in one language. Times are in UTC: a calendar
// program shows them in its own zone. at is when it is written.
func Calendar(w io.Writer, name lang.Text, list []Appointment, l lang.Lang, at time.Time) error {
	cal := newCalendar(l)
	cal.Props.SetText("X-WR-CALNAME", name.In(l))
	cal.Props.SetText("REFRESH-INTERVAL", "PT15M")
	for _, a := range list {
		cal.Children = append(cal.Children, eventOf(a, l, at).Component)
	}
	if len(list) == 0 {
		return empty(w, cal)
	}
	return ical.NewEncoder(w).Encode(cal)
}

func newCalendar(l lang.Lang) *ical.Calendar {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//Patchwart//Calendar//"+upper(l))
	return cal
}

func eventOf(a Appointment, l lang.Lang, at time.Time) *ical.Event {
	event := ical.NewEvent()
	event.Props.SetText(ical.PropUID, a.ID)
	if !a.Stamp.IsZero() {
		at = a.Stamp
	}
	event.Props.SetDateTime(ical.PropDateTimeStamp, at.UTC())
	event.Props.SetDateTime(ical.PropDateTimeStart, a.From.UTC())
	event.Props.SetDateTime(ical.PropDateTimeEnd, a.To.UTC())
	event.Props.SetText(ical.PropSummary, a.Title.In(l))
	event.Props.SetText(ical.PropDescription, a.Description.In(l))
	event.Props.SetText(ical.PropCategories, a.Kind)
	sequence := ical.NewProp(ical.PropSequence)
	sequence.Value = strconv.Itoa(a.Sequence)
	event.Props.Set(sequence)
	status := "CONFIRMED"
	switch {
	case a.Cancelled:
		status = "CANCELLED"
	case a.Tentative:
		status = "TENTATIVE"
	}
	event.Props.SetText(ical.PropStatus, status)
	event.Props.SetText(ical.PropTransparency, "TRANSPARENT") // nobody is busy because of it
	return event
}

// empty writes a calendar without anything in it, which RFC 5545 does not provide for and subscribers need:
// nothing is planned any more.
func empty(w io.Writer, cal *ical.Calendar) error {
	_, err := io.WriteString(w, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"+cal.Props.Get(ical.PropProductID).Value+"\r\nEND:VCALENDAR\r\n")
	return err
}

func upper(l lang.Lang) string {
	if l == lang.DE {
		return "DE"
	}
	return "EN"
}
