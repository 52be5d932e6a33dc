// Package recurrence computes when a standing order (Dauerauftrag) falls due: from a rule in the words of
// RFC 5545 ("FREQ=MONTHLY;BYDAY=1SA;BYHOUR=5"), a start in local time and a length, to absolute intervals.
//
// A rule recurs on days, once a day at most, and it recurs in local time: days are counted without any
// zone, and the time of day becomes a moment by the convention of package wall, the same that maintenance
// windows keep. What happens to single occurrences (moved, left out, paused, ended) is stated beside the
// rule, with who said so, when and why. An occurrence keeps the day on which the rule has it as its name,
// wherever it is moved to.
package recurrence

import (
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Stated is a recurrence as people state it. Parse says whether it holds together.
type Stated struct {
	ID      string    `json:"id"`      // names the rule in the keys of its occurrences
	Rule    string    `json:"rule"`    // RFC 5545, section 3.3.10, without what Parse refuses
	Start   wall.Time `json:"start"`   // nothing falls due before; intervals are counted from here
	Zone    string    `json:"zone"`    // IANA name, e.g. Europe/Berlin
	Minutes int       `json:"minutes"` // length of an occurrence in minutes of elapsed time
	Moved   []Move    `json:"moved,omitempty"`
	LeftOut []Skip    `json:"left_out,omitempty"`
	Pauses  []Pause   `json:"pauses,omitempty"`
	Ended   *End      `json:"ended,omitempty"`
}

// Bounds of what is accepted. They keep every computation finite and short.
const (
	FirstYear   = 1970  // no start before
	LastYear    = 2199  // no occurrence after
	MaxRule     = 500   // bytes of a rule
	MaxInterval = 1000  // INTERVAL
	MaxCount    = 10000 // COUNT
	MaxMinutes  = 24 * 60
	MaxChanges  = 1000 // exceptions of one kind
	maxText     = 4000 // bytes that people write
)

// Rule is a recurrence that has been checked. The zero rule never recurs.
type Rule struct {
	stated Stated
	parts  parts
	option rrule.ROption
	zone   *time.Location
	moves  map[wall.Day]Move
	skips  map[wall.Day]Skip
}

// Parse checks a stated recurrence: a *fault.Error with the code Invalid that names every field and, in
// the rule, the column at which something is wrong, or nil.
func Parse(s Stated, zones window.Zones) (Rule, error) {
	r := Rule{stated: s}
	var places []fault.Place
	wrong := func(field string, problem lang.Text) {
		places = append(places, fault.Place{Field: field, Problem: problem})
	}
	if strings.TrimSpace(s.ID) == "" {
		wrong("id", lang.T("es fehlt der Name der Regel", "the name of the rule is missing"))
	}
	switch {
	case s.Start.IsZero():
		wrong("start", lang.T("es fehlt, ab wann sie gilt; zum Beispiel 2026-12-05T05:00", "it does not say from when on; for example 2026-12-05T05:00"))
	case s.Start.Day.Year < FirstYear || s.Start.Day.Year > LastYear:
		wrong("start", lang.Textf("das Jahr liegt nicht zwischen %[1]d und %[2]d", "the year is not between %[1]d and %[2]d", FirstYear, LastYear))
	}
	if s.Minutes <= 0 || s.Minutes > MaxMinutes {
		wrong("minutes", lang.Textf("die Dauer ist mehr als 0 und höchstens %[1]d Minuten", "the length is more than 0 and at most %[1]d minutes", MaxMinutes))
	}
	if zone, err := zones(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		wrong("zone", lang.Textf("„%[1]s“ ist keine Zeitzone; zum Beispiel Europe/Berlin", `"%[1]s" is no time zone; for example Europe/Berlin`, s.Zone))
	} else {
		r.zone = zone
	}
	text, inRule := readRule(s.Rule, s.Start)
	r.parts = text
	if places = append(places, inRule...); len(places) > 0 {
		return Rule{}, refusal(places)
	}
	r.option = r.parts.option(s.Start.Day)
	if _, ok := r.first(); !ok {
		return Rule{}, refusal([]fault.Place{{Field: "rule", Problem: lang.Textf(
			"nach dieser Regel gibt es von %[1]s bis %[2]d keinen einzigen Termin", "by this rule there is no occurrence at all from %[1]s to %[2]d", s.Start.Day, LastYear)}})
	}
	if places = r.take(); len(places) > 0 {
		return Rule{}, refusal(places)
	}
	return r, nil
}

func refusal(places []fault.Place) error {
	return &fault.Error{
		Code:   fault.Invalid,
		Text:   lang.T("Die Wiederholung wird nicht angenommen.", "The recurrence is not accepted."),
		Mend:   lang.T("Bitte ändern Sie die genannten Stellen. Angenommen werden Regeln wie FREQ=MONTHLY;BYDAY=1SA;BYHOUR=5.", "Please change the places named. Rules such as FREQ=MONTHLY;BYDAY=1SA;BYHOUR=5 are accepted."),
		Places: places,
	}
}

// Stated is the recurrence as it was stated.
func (r Rule) Stated() Stated { return r.stated }

// Zone is the rule's time zone, for showing times as the customer reads them.
func (r Rule) Zone() *time.Location { return r.zone }

// Length is how long an occurrence is.
func (r Rule) Length() time.Duration { return time.Duration(r.stated.Minutes) * time.Minute }
