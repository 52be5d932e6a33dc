package export

import (
	"io"
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
	Kind        string // run, freeze
	Tentative   bool   // planned, and may still move
}

// Calendar writes appointments as an iCalendar object (RFC 5545) in one language. Times are in UTC: a calendar
// program shows them in its own zone. at is when it is written.
func Calendar(w io.Writer, name lang.Text, list []Appointment, l lang.Lang, at time.Time) error {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//Patchwart//Calendar//"+upper(l))
	cal.Props.SetText("X-WR-CALNAME", name.In(l))
	cal.Props.SetText("REFRESH-INTERVAL", "PT15M")
	for _, a := range list {
		event := ical.NewEvent()
		event.Props.SetText(ical.PropUID, a.ID)
		event.Props.SetDateTime(ical.PropDateTimeStamp, at.UTC())
		event.Props.SetDateTime(ical.PropDateTimeStart, a.From.UTC())
		event.Props.SetDateTime(ical.PropDateTimeEnd, a.To.UTC())
		event.Props.SetText(ical.PropSummary, a.Title.In(l))
		event.Props.SetText(ical.PropDescription, a.Description.In(l))
		event.Props.SetText(ical.PropCategories, a.Kind)
		status := "CONFIRMED"
		if a.Tentative {
			status = "TENTATIVE"
		}
		event.Props.SetText(ical.PropStatus, status)
		event.Props.SetText(ical.PropTransparency, "TRANSPARENT") // nobody is busy because of it
		cal.Children = append(cal.Children, event.Component)
	}
	if len(list) == 0 {
		return empty(w, cal)
	}
	return ical.NewEncoder(w).Encode(cal)
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
