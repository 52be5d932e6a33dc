package recurrence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Notice says who stated an exception, when, and why.
type Notice struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Move puts one occurrence elsewhere. Its length stays. Of several moves of one occurrence the last counts.
type Move struct {
	Day    wall.Day  `json:"day"` // on which the rule has it
	To     wall.Time `json:"to"`  // new begin, in the rule's zone
	Notice Notice    `json:"notice"`
}

// Skip leaves one occurrence out (EXDATE in RFC 5545). It still counts for COUNT.
type Skip struct {
	Day    wall.Day `json:"day"`
	Notice Notice   `json:"notice"`
}

// Pause lets nothing take place on the local days From to Until, both included. Without Until it lasts.
type Pause struct {
	From   wall.Day `json:"from"`
	Until  wall.Day `json:"until,omitzero"`
	Notice Notice   `json:"notice"`
}

// End ends the rule: Last is the last local day on which anything may begin.
type End struct {
	Last   wall.Day `json:"last"`
	Notice Notice   `json:"notice"`
}

// pause is the pause that a local day lies in.
func (r Rule) pause(d wall.Day) *Pause {
	for i := range r.stated.Pauses {
		p := &r.stated.Pauses[i]
		if !d.Before(p.From) && (p.Until.IsZero() || !d.After(p.Until)) {
			return p
		}
	}
	return nil
}

// changes collects what is wrong with exceptions.
type changes struct {
	zone   *time.Location
	places []fault.Place
}

func (c *changes) wrong(field string, problem lang.Text) {
	c.places = append(c.places, fault.Place{Field: field, Problem: problem})
}

// take reads the exceptions into the rule and says what is wrong with them.
func (r *Rule) take() []fault.Place {
	s := r.stated
	c := changes{zone: r.zone}
	for field, n := range map[string]int{"moved": len(s.Moved), "left_out": len(s.LeftOut), "pauses": len(s.Pauses)} {
		if n > MaxChanges {
			c.wrong(field, lang.Textf("es sind mehr als %[1]d", "there are more than %[1]d", MaxChanges))
		}
	}
	if len(c.places) > 0 {
		return c.places
	}
	r.moves, r.skips = map[wall.Day]Move{}, map[wall.Day]Skip{}
	for i, m := range s.Moved {
		field := "moved[" + strconv.Itoa(i) + "]"
		c.notice(field, m.Notice)
		before := r.at(m.Day)
		if old, again := r.moves[m.Day]; again && !m.Notice.At.After(old.Notice.At) {
			c.wrong(field+".notice.at", lang.T("Verschiebungen desselben Termins stehen nicht in ihrer Reihenfolge", "moves of the same occurrence are not in their order"))
		}
		r.moves[m.Day] = m
		switch {
		case m.To.Day.Year < FirstYear || m.To.Day.Year > LastYear:
			c.wrong(field+".to", lang.Textf("das Jahr liegt nicht zwischen %[1]d und %[2]d", "the year is not between %[1]d and %[2]d", FirstYear, LastYear))
		case m.To == before:
			c.wrong(field+".to", lang.T("dort ist der Termin schon", "that is where the occurrence is already"))
		case !m.Notice.At.Before(m.To.In(r.zone)):
			c.wrong(field+".to", lang.T("der neue Termin liegt vor der Verschiebung", "the new date is before the move was stated"))
		}
		c.early(field, m.Notice, m.Day, before)
	}
	for i, k := range s.LeftOut {
		field := "left_out[" + strconv.Itoa(i) + "]"
		if _, twice := r.skips[k.Day]; twice {
			c.wrong(field+".day", lang.Textf("der Termin vom %[1]s steht zweimal da", "the occurrence of %[1]s is there twice", k.Day))
		}
		c.notice(field, k.Notice)
		c.early(field, k.Notice, k.Day, r.at(k.Day))
		r.skips[k.Day] = k
	}
	for i, p := range s.Pauses {
		c.pause("pauses["+strconv.Itoa(i)+"]", p)
	}
	if s.Ended != nil {
		c.end(*s.Ended)
	}
	c.genuine(r)
	return c.places
}

// early refuses an exception for what has begun.
func (c *changes) early(field string, n Notice, day wall.Day, begin wall.Time) {
	if !n.At.IsZero() && !n.At.Before(begin.In(c.zone)) {
		c.wrong(field+".notice.at", lang.Textf("der Termin vom %[1]s hatte schon begonnen", "the occurrence of %[1]s had begun already", day))
	}
}

func (c *changes) notice(field string, n Notice) {
	for _, f := range []struct{ name, value, de, en string }{
		{"by", n.By, "es fehlt, wer das bestimmt hat", "it does not say who decided so"},
		{"reason", n.Reason, "es fehlt der Grund", "the reason is missing"},
	} {
		switch {
		case strings.TrimSpace(f.value) == "":
			c.wrong(field+".notice."+f.name, lang.T(f.de, f.en))
		case len(f.value) > maxText:
			c.wrong(field+".notice."+f.name, lang.Textf("der Text hat mehr als %[1]d Bytes", "the text has more than %[1]d bytes", maxText))
		}
	}
	if n.At.IsZero() {
		c.wrong(field+".notice.at", lang.T("es fehlt, wann das bestimmt wurde", "it does not say when this was decided"))
	}
}

func (c *changes) pause(field string, p Pause) {
	c.notice(field, p.Notice)
	switch {
	case p.From.IsZero():
		c.wrong(field+".from", lang.T("es fehlt der erste Tag der Pause", "the first day of the pause is missing"))
	case !p.Until.IsZero() && p.Until.Before(p.From):
		c.wrong(field+".until", lang.T("die Pause endet, bevor sie beginnt", "the pause ends before it begins"))
	case !p.Notice.At.IsZero() && p.From.Before(wall.DayOf(p.Notice.At.In(c.zone))):
		c.wrong(field+".from", lang.T("eine Pause beginnt nicht rückwirkend", "a pause does not begin in the past"))
	}
}

func (c *changes) end(e End) {
	c.notice("ended", e.Notice)
	switch {
	case e.Last.IsZero():
		c.wrong("ended.last", lang.T("es fehlt der letzte Tag", "the last day is missing"))
	case !e.Notice.At.IsZero() && e.Last.Add(1).Before(wall.DayOf(e.Notice.At.In(c.zone))):
		c.wrong("ended.last", lang.T("eine Regel endet nicht rückwirkend", "a rule does not end in the past"))
	}
}

// genuine refuses exceptions for days on which the rule has no occurrence. It walks through the rule once.
func (c *changes) genuine(r *Rule) {
	var asked []wall.Day
	for d := range r.moves {
		asked = append(asked, d)
	}
	for d := range r.skips {
		asked = append(asked, d)
	}
	if len(asked) == 0 {
		return
	}
	slices.SortFunc(asked, wall.Day.Compare)
	known := map[wall.Day]bool{}
	for d := range r.days() {
		if d.After(asked[len(asked)-1]) {
			break
		}
		known[d] = true
	}
	miss := func(field string, d wall.Day) {
		if !known[d] {
			c.wrong(field+".day", lang.Textf("am %[1]s hat die Regel keinen Termin", "the rule has no occurrence on %[1]s", d))
		}
	}
	for i, m := range r.stated.Moved {
		miss("moved["+strconv.Itoa(i)+"]", m.Day)
	}
	for i, k := range r.stated.LeftOut {
		miss("left_out["+strconv.Itoa(i)+"]", k.Day)
	}
}
