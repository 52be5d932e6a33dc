package estate

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// The fields of an exception say who decided so, when, and why.
const (
	fieldBy     = "by"
	fieldAt     = "at"
	fieldReason = "reason"
)

func (r *reader) standingOrder(o object, c Contract) StandingOrder {
	s := StandingOrder{
		ID:       o.shaped("id", required, formName),
		By:       o.shaped("by", required, formName),
		Given:    o.date("given", required),
		Text:     o.text("text", required, maxProse),
		Channel:  o.text("channel", required, maxLine),
		Scope:    choice(o, "scope", required, ScopeSecurity, ScopeUpdates),
		Ends:     o.date("ends", optional),
		Paused:   o.flag("paused"),
		Reboot:   o.flag("reboot"),
		Interval: choice(o, "interval", optional, Quarterly, Monthly, Weekly, Nightly),
		Rule:     o.text("rule", optional, recurrence.MaxRule),
		Starts:   o.date("starts", optional),
	}
	for _, m := range o.objectsAtMost("moved", recurrence.MaxChanges, "day", "to", fieldBy, fieldAt, fieldReason) {
		s.Moved = append(s.Moved, recurrence.Move{Day: m.day("day", required), To: m.moment("to"), Notice: m.notice()})
	}
	for _, l := range o.objectsAtMost("left_out", recurrence.MaxChanges, "day", fieldBy, fieldAt, fieldReason) {
		s.LeftOut = append(s.LeftOut, recurrence.Skip{Day: l.day("day", required), Notice: l.notice()})
	}
	for _, p := range o.objectsAtMost("pauses", recurrence.MaxChanges, "from", "until", fieldBy, fieldAt, fieldReason) {
		s.Pauses = append(s.Pauses, recurrence.Pause{From: p.day("from", required), Until: p.day("until", optional), Notice: p.notice()})
	}
	r.unique("standing order", s.ID, o.field("id"))
	r.checkStandingOrder(o, s, c)
	return s
}

// notice reads who decided something, when, and why.
func (o object) notice() recurrence.Notice {
	at, _ := time.Parse(time.DateOnly, o.date(fieldAt, required))
	return recurrence.Notice{By: o.text(fieldBy, required, maxLine), At: at, Reason: o.text(fieldReason, required, maxProse)}
}

// day reads a day of a calendar.
func (o object) day(name string, n need) wall.Day {
	d, _ := wall.ParseDay(o.date(name, n))
	return d
}

// moment reads a local time, written as 2026-12-12T05:00.
func (o object) moment(name string) wall.Time {
	e, ok := o.get(name, required)
	if !ok {
		return wall.Time{}
	}
	s, _ := scalar(e.value)
	t, err := wall.ParseTime(s)
	if err != nil {
		o.problem(name, unexpected(e.value, lang.T("eine Ortszeit wie 2026-12-12T05:00", "a local time such as 2026-12-12T05:00")))
	}
	return t
}

// checkRecurrence has what was said about when the order falls due read by those who will compute it.
func (r *reader) checkRecurrence(o object, s StandingOrder, c Contract, e Estate) {
	w, ok := e.Window(c.Window)
	_, hasRule := o.fields["rule"]
	_, hasInterval := o.fields["interval"]
	switch {
	case o.broken || !ok && c.Window != "": // said elsewhere
		return
	case hasRule == hasInterval:
		o.problem("interval", lang.T(
			"erwartet ist entweder interval (quarterly, monthly, weekly, nightly) oder rule (RFC 5545, zum Beispiel FREQ=MONTHLY;BYDAY=1SA)",
			"expected is either interval (quarterly, monthly, weekly, nightly) or rule (RFC 5545, for example FREQ=MONTHLY;BYDAY=1SA)"))
		return
	case !ok || slices.ContainsFunc(r.places, func(p fault.Place) bool { return strings.HasPrefix(p.Field, o.path+".") }):
		return // what cannot be read makes no rule
	}
	_, err := s.Recurs(w, r.zones)
	var wrong *fault.Error
	if !errors.As(err, &wrong) {
		return
	}
	for _, p := range wrong.Places {
		field := p.Field
		var at spot
		switch name, _, _ := strings.Cut(strings.ReplaceAll(field, "[", "."), "."); {
		case field == "start":
			field, at = "starts", o.spotOf("starts")
		case field == "rule" && !hasRule: // the interval is ours; its start is not
			field, at = "interval", o.spotOf("interval")
		case field == "rule" && p.Column > 0:
			at = o.spotOf("rule")
			at.column += p.Column - 1
		case name == "ended":
			field, at = "ends", o.spotOf("ends")
		default:
			at = o.spotOf(name)
		}
		r.problem(at, join(o.path, strings.Replace(field, ".notice.", ".", 1)), p.Problem)
	}
}

// spotOf is where the value of a field stands; where the field is not there, where the object does.
func (o object) spotOf(name string) spot {
	if e, ok := o.fields[name]; ok {
		return spotOf(e.value)
	}
	return o.at
}

// checkStandingOrder finds an order by somebody who may not give one, and dates out of order.
func (r *reader) checkStandingOrder(o object, s StandingOrder, c Contract) {
	if s.Given != "" && s.Ends != "" && s.Ends < s.Given {
		o.problem("ends", lang.Textf(
			"das Ende %[1]s liegt vor dem Beginn %[2]s", "the end %[1]s is before the beginning %[2]s", s.Ends, s.Given))
	}
	r.later = append(r.later, func(e Estate) { r.checkRecurrence(o, s, c, e) })
	if s.By == "" || c.Customer == "" {
		return
	}
	r.later = append(r.later, func(e Estate) {
		customer, ok := e.Customer(c.Customer)
		if !ok {
			return // said at the contract
		}
		contact, ok := customer.Contact(s.By)
		switch {
		case !ok:
			o.problem("by", lang.Textf(
				"der Kunde %[1]s hat keine Kontaktperson „%[2]s“; erwartet ist die id einer seiner contacts",
				`the customer %[1]s has no contact "%[2]s"; the id of one of its contacts is expected`, c.Customer, s.By))
		case !contact.May(AuthorityOrder):
			o.problem("by", lang.Textf(
				"„%[1]s“ darf keine Aufträge geben; erwartet ist eine Kontaktperson mit authority: order",
				`"%[1]s" may not give orders; a contact with authority: order is expected`, s.By))
		}
	})
}
