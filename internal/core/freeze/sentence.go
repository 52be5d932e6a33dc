package freeze

import (
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Text is the freeze in words: what is frozen and when, why, by whom, and what passes.
func (c Closed) Text() lang.Text {
	f := c.freeze
	emergencies := lang.T("auch für Notfälle", "for emergencies, too")
	if f.Emergencies {
		emergencies = lang.T("Notfälle gehen vor", "emergencies pass")
	}
	return lang.Textf(
		"Sperrzeit %[1]s %[2]s, %[3]s: %[4]s. Gesetzt von %[5]s am %[6]s; %[7]s. %[8]s",
		"Freeze %[1]s %[2]s, %[3]s: %[4]s. Set by %[5]s on %[6]s; %[7]s. %[8]s",
		f.ID, f.Scope.text(), c.when(), clause(f.Reason), f.SetBy, moment(f.SetAt.In(c.zone)), emergencies, c.mayText())
}

// text is what is frozen.
func (s Scope) text() lang.Text {
	switch {
	case s.System != "":
		return lang.Textf("für das System %[1]s", "for the system %[1]s", s.System)
	case s.Customer != "":
		return lang.Textf("für den Kunden %[1]s", "for the customer %[1]s", s.Customer)
	}
	return lang.T("für alle Systeme", "for all systems")
}

// when is the time in words.
func (c Closed) when() lang.Text {
	f := c.freeze
	if f.Holidays == nil {
		return interval(c.all, c.zone)
	}
	text := f.Holidays.Text()
	if !f.From.IsZero() {
		text = lang.Textf("%[1]s, ab %[2]s", "%[1]s, from %[2]s on", text, moment(c.all.From.In(c.zone)))
	}
	if !f.To.IsZero() {
		text = lang.Textf("%[1]s, bis %[2]s", "%[1]s, until %[2]s", text, moment(c.all.To.In(c.zone)))
	}
	return text
}

// Text is the rule in words: "an gesetzlichen Feiertagen in Bayern und am Tag davor".
func (h Holidays) Text() lang.Text {
	text := lang.Textf("an gesetzlichen Feiertagen %[1]s", "on public holidays %[1]s", h.Region.In())
	if h.Partly {
		text = lang.Textf("%[1]s (auch solchen, die nur in Teilen davon gelten)", "%[1]s (also those that hold in parts of it only)", text)
	}
	before, after := days(h.Before, lang.T("davor", "before")), days(h.After, lang.T("danach", "after"))
	switch {
	case h.Before > 0 && h.After > 0:
		return lang.Textf("%[1]s sowie %[2]s und %[3]s", "%[1]s, %[2]s and %[3]s", text, before, after)
	case h.Before > 0:
		return lang.Textf("%[1]s und %[2]s", "%[1]s and %[2]s", text, before)
	case h.After > 0:
		return lang.Textf("%[1]s und %[2]s", "%[1]s and %[2]s", text, after)
	}
	return text
}

func days(n int, where lang.Text) lang.Text {
	if n == 1 {
		return lang.Textf("am Tag %[1]s", "the day %[1]s", where)
	}
	return lang.Textf("%[1]d Tage %[2]s", "%[1]d days %[2]s", n, where)
}

// mayText says who may override.
func (c Closed) mayText() lang.Text {
	if len(c.freeze.May) == 0 {
		return lang.T("Aufheben darf sie niemand.", "Nobody may override it.")
	}
	var list []lang.Text
	for _, a := range c.freeze.May {
		list = append(list, a.Text())
	}
	who := lang.JoinTexts(list)
	if len(list) == 2 {
		who = lang.Textf("%[1]s oder %[2]s", "%[1]s or %[2]s", list[0], list[1])
	}
	return lang.Textf("Aufheben darf sie %[1]s.", "It may be overridden by %[1]s.", who)
}

// why is why nothing is changed in a stretch.
func (c Closed) why(stretch window.Interval) lang.Text {
	f := c.freeze
	return lang.Textf(
		"Sperrzeit %[1]s %[2]s: %[3]s, %[4]s (gesetzt von %[5]s).", "Freeze %[1]s %[2]s: %[3]s, %[4]s (set by %[5]s).",
		f.ID, f.Scope.text(), interval(stretch, c.zone), clause(f.Reason), f.SetBy)
}

// overridden is what the other side is told.
func (c Closed) overridden(o Override) lang.Text {
	f := c.freeze
	what := f.Scope.text()
	if len(o.Systems) > 0 {
		what = lang.T("für "+lang.Join(o.Systems, lang.DE), "for "+lang.Join(o.Systems, lang.EN))
	}
	return lang.Textf(
		"%[1]s (%[2]s) hat am %[3]s die Sperrzeit %[4]s %[5]s aufgehoben: %[6]s. Grund: %[7]s. Die Sperrzeit hatte %[8]s gesetzt (%[9]s).",
		"%[1]s (%[2]s) overrode the freeze %[4]s %[5]s on %[3]s: %[6]s. Reason: %[7]s. The freeze was set by %[8]s (%[9]s).",
		o.By, o.As.role(), moment(o.At.In(c.zone)), f.ID, what, interval(window.Interval{From: o.From, To: o.To}, c.zone), clause(o.Reason), f.SetBy, clause(f.Reason))
}

func interval(i window.Interval, zone *time.Location) lang.Text {
	from, to := i.From.In(zone), i.To.In(zone)
	return lang.T(lang.Interval(from, to, lang.DE), lang.Interval(from, to, lang.EN))
}

// moment writes a time in its own location.
func moment(t time.Time) lang.Text {
	return lang.T(lang.DateTime(t, lang.DE), lang.DateTime(t, lang.EN))
}

// clause is what a person wrote, fit for the middle of a sentence.
func clause(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".") }
