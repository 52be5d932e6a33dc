package recurrence

import (
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// parts is a rule taken apart. Lists are in the order in which they were written, without doubles.
type parts struct {
	freq       rrule.Frequency
	interval   int // at least 1
	count      int // 0: no end by number
	untilDay   wall.Day
	until      time.Time // the moment, if the rule names one; else untilDay or none
	byMonth    []int
	byMonthDay []int
	byYearDay  []int
	byWeekNo   []int
	bySetPos   []int
	byDay      []nth
	hour       int
	minute     int
	weekStart  time.Weekday
	text       string // as written, in capitals
}

// nth is a weekday, of each week (n = 0), or the nth of a month or year, from the end if negative.
type nth struct {
	n   int
	day time.Weekday
}

// part is one NAME=VALUE of a rule with its column, from 1.
type part struct {
	name, value string
	column      int
}

// ruleReader collects what is wrong.
type ruleReader struct {
	places []fault.Place
}

func (r *ruleReader) wrong(column int, problem lang.Text) {
	r.places = append(r.places, fault.Place{Field: "rule", Column: column, Problem: problem})
}

// readRule reads a recurrence rule of RFC 5545, section 3.3.10. What it leaves open comes from the start.
func readRule(text string, start wall.Time) (parts, []fault.Place) {
	p := parts{interval: 1, hour: start.Hour, minute: start.Minute, weekStart: time.Monday, text: strings.ToUpper(strings.TrimSpace(text))}
	var r ruleReader
	if len(text) > MaxRule {
		r.wrong(0, lang.Textf("die Regel hat mehr als %[1]d Zeichen", "the rule has more than %[1]d characters", MaxRule))
		return p, r.places
	}
	p.text = strings.TrimPrefix(p.text, "RRULE:")
	found := map[string]part{}
	for _, part := range r.split(text) {
		if _, twice := found[part.name]; twice {
			r.wrong(part.column, lang.Textf("%[1]s steht zweimal da", "%[1]s is there twice", part.name))
			continue
		}
		found[part.name] = part
		r.read(&p, part)
	}
	if _, ok := found["FREQ"]; !ok {
		r.wrong(0, lang.T("es fehlt, wie oft: FREQ=DAILY, WEEKLY, MONTHLY oder YEARLY", "it does not say how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"))
	}
	if len(r.places) == 0 {
		r.together(p, found)
	}
	return p, r.places
}

// split takes the text apart at its semicolons.
func (r *ruleReader) split(text string) []part {
	upper := strings.ToUpper(text)
	column := 1 + len(upper) - len(strings.TrimLeft(upper, " \t\r\n"))
	upper = strings.TrimSpace(upper)
	if rest, ok := strings.CutPrefix(upper, "RRULE:"); ok {
		column += len(upper) - len(rest)
		upper = rest
	}
	var list []part
	for piece := range strings.SplitSeq(upper, ";") {
		name, value, ok := strings.Cut(piece, "=")
		if !ok || name == "" || value == "" {
			r.wrong(column, lang.Textf("„%[1]s“ ist kein NAME=WERT", `"%[1]s" is no NAME=VALUE`, piece))
		} else {
			list = append(list, part{name, value, column})
		}
		column += len(piece) + 1
	}
	return list
}

// read reads one part.
func (r *ruleReader) read(p *parts, x part) {
	switch x.name {
	case "FREQ":
		p.freq = r.frequency(x)
	case "INTERVAL":
		p.interval = r.number(x, x.value, 1, MaxInterval)
	case "COUNT":
		p.count = r.number(x, x.value, 1, MaxCount)
	case "UNTIL":
		p.untilDay, p.until = r.end(x)
	case "BYMONTH":
		p.byMonth = r.numbers(x, 12, false)
	case "BYMONTHDAY":
		p.byMonthDay = r.numbers(x, 31, true)
	case "BYYEARDAY":
		p.byYearDay = r.numbers(x, 366, true)
	case "BYWEEKNO":
		p.byWeekNo = r.numbers(x, 53, true)
	case "BYSETPOS":
		p.bySetPos = r.numbers(x, 366, true)
	case "BYDAY":
		p.byDay = r.weekdays(x)
	case "BYHOUR":
		p.hour = r.once(x, 23)
	case "BYMINUTE":
		p.minute = r.once(x, 59)
	case "BYSECOND":
		if x.value != "0" && x.value != "00" {
			r.wrong(x.column, lang.T("Termine beginnen zur vollen Minute", "occurrences begin at a full minute"))
		}
	case "WKST":
		day, ok := weekdays[x.value]
		if !ok {
			r.wrong(x.column, lang.Textf("„%[1]s“ ist kein Wochentag; es gibt MO, TU, WE, TH, FR, SA, SU", `"%[1]s" is no day of the week; there are MO, TU, WE, TH, FR, SA, SU`, x.value))
		}
		p.weekStart = day
	default:
		r.wrong(x.column, lang.Textf("%[1]s kennt RFC 5545 in einer Regel nicht, oder es wird hier nicht angenommen", "%[1]s is not known in a rule of RFC 5545, or not accepted here", x.name))
	}
}

var weekdays = map[string]time.Weekday{
	"MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday,
	"FR": time.Friday, "SA": time.Saturday, "SU": time.Sunday,
}

func (r *ruleReader) frequency(x part) rrule.Frequency {
	switch x.value {
	case "DAILY":
		return rrule.DAILY
	case "WEEKLY":
		return rrule.WEEKLY
	case "MONTHLY":
		return rrule.MONTHLY
	case "YEARLY":
		return rrule.YEARLY
	case "HOURLY", "MINUTELY", "SECONDLY":
		r.wrong(x.column, lang.T("ein Dauerauftrag wird höchstens einmal am Tag fällig: DAILY, WEEKLY, MONTHLY oder YEARLY", "a standing order falls due once a day at most: DAILY, WEEKLY, MONTHLY or YEARLY"))
	default:
		r.wrong(x.column, lang.Textf("„%[1]s“ ist keine Häufigkeit; es gibt DAILY, WEEKLY, MONTHLY, YEARLY", `"%[1]s" is no frequency; there are DAILY, WEEKLY, MONTHLY, YEARLY`, x.value))
	}
	return rrule.DAILY
}
