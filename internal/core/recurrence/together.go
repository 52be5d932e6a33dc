package recurrence

import (
	"slices"

	"github.com/teambition/rrule-go"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// mostNth is how often a weekday may be counted in a month.
const mostNth = 5

// lastWeek is the last week number whose days are all in the year of the week by every count. Days of the
// later weeks may lie in January; there implementations disagree, this one's library included.
const lastWeek = 51

// together checks parts that exclude or need each other: first what RFC 5545 forbids, then what
// implementations read in different ways and is refused for that reason.
func (r *ruleReader) together(p parts, found map[string]part) {
	at := func(name string) int { return found[name].column }
	has := func(name string) bool { _, ok := found[name]; return ok }
	if has("COUNT") && has("UNTIL") {
		r.wrong(at("UNTIL"), lang.T("COUNT und UNTIL schließen einander aus", "COUNT and UNTIL exclude each other"))
	}
	if p.freq == rrule.WEEKLY && has("BYMONTHDAY") {
		r.wrong(at("BYMONTHDAY"), lang.T("BYMONTHDAY gibt es nicht mit FREQ=WEEKLY", "BYMONTHDAY does not go with FREQ=WEEKLY"))
	}
	for _, name := range []string{"BYYEARDAY", "BYWEEKNO"} {
		if p.freq != rrule.YEARLY && has(name) {
			r.wrong(at(name), lang.Textf("%[1]s gibt es nur mit FREQ=YEARLY", "%[1]s goes with FREQ=YEARLY only", name))
		}
	}
	r.countedDays(p, found)
	if has("BYWEEKNO") {
		r.weekNumbers(p, found)
	}
	if !has("BYSETPOS") {
		return
	}
	if p.freq != rrule.MONTHLY && p.freq != rrule.YEARLY {
		r.wrong(at("BYSETPOS"), lang.T("BYSETPOS gibt es hier nur mit FREQ=MONTHLY und FREQ=YEARLY; nennen Sie bitte den Wochentag", "BYSETPOS goes with FREQ=MONTHLY and FREQ=YEARLY only here; please name the day of the week"))
	}
	if !slices.ContainsFunc([]string{"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH"}, has) {
		r.wrong(at("BYSETPOS"), lang.T("BYSETPOS zählt Tage ab, die BYDAY, BYMONTHDAY, BYYEARDAY oder BYMONTH nennt; nichts davon steht da", "BYSETPOS counts days that BYDAY, BYMONTHDAY, BYYEARDAY or BYMONTH names; none of them is there"))
	}
}

// countedDays checks weekdays with a number (1SA).
func (r *ruleReader) countedDays(p parts, found map[string]part) {
	at := found["BYDAY"].column
	counted := 0
	for _, d := range p.byDay {
		if d.n != 0 {
			counted++
		}
	}
	if counted == 0 {
		return
	}
	switch {
	case p.freq != rrule.MONTHLY && p.freq != rrule.YEARLY:
		r.wrong(at, lang.T("Wochentage mit Nummer (1SA) gibt es nur mit FREQ=MONTHLY und FREQ=YEARLY", "days with a number (1SA) go with FREQ=MONTHLY and FREQ=YEARLY only"))
	case len(p.byWeekNo) > 0:
		r.wrong(at, lang.T("Wochentage mit Nummer (1SA) gibt es nicht mit BYWEEKNO", "days with a number (1SA) do not go with BYWEEKNO"))
	case counted != len(p.byDay):
		// The library, and the one it is modelled on, want a day to be both, so that none is left.
		r.wrong(at, lang.T("Wochentage mit Nummer (1SA) und ohne (SA) gibt es nicht zusammen; zwei Regeln sind zwei Daueraufträge", "days with a number (1SA) and without (SA) do not go together; two rules are two standing orders"))
	case p.freq == rrule.MONTHLY || len(p.byMonth) > 0:
		for _, d := range p.byDay {
			if d.n > mostNth || d.n < -mostNth {
				r.wrong(at, lang.Textf("ein Monat hat jeden Wochentag höchstens %[1]d-mal, nicht %[2]d-mal", "a month has each day of the week %[1]d times at most, not %[2]d times", mostNth, max(d.n, -d.n)))
			}
		}
	}
}

// weekNumbers checks BYWEEKNO, which is accepted where everybody means the same by it.
func (r *ruleReader) weekNumbers(p parts, found map[string]part) {
	at := found["BYWEEKNO"].column
	if len(p.byDay) == 0 {
		r.wrong(at, lang.T("BYWEEKNO braucht einen Wochentag: BYDAY", "BYWEEKNO needs a day of the week: BYDAY"))
	}
	for _, name := range []string{"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYSETPOS"} {
		if x, ok := found[name]; ok {
			r.wrong(x.column, lang.Textf("%[1]s wird nicht zusammen mit BYWEEKNO angenommen", "%[1]s is not accepted together with BYWEEKNO", name))
		}
	}
	if p.interval != 1 {
		r.wrong(found["INTERVAL"].column, lang.T("INTERVAL wird nicht zusammen mit BYWEEKNO angenommen: Wochen können in zwei Jahren liegen", "INTERVAL is not accepted together with BYWEEKNO: weeks may lie in two years"))
	}
	for _, n := range p.byWeekNo {
		if n < 1 || n > lastWeek {
			r.wrong(at, lang.Textf("Kalenderwochen werden von 1 bis %[1]d angenommen: was danach kommt, kann im nächsten Jahr liegen", "week numbers are accepted from 1 to %[1]d: what comes after may lie in the next year", lastWeek))
			return
		}
	}
}
