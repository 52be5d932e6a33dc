package recurrence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Text is the rule in words, to stand in a sentence: "am ersten Samstag jedes Monats um 05:00 Uhr", "on the
// first Saturday of every month at 05:00". A rule that has no short words is named as it was written. Zone,
// length and exceptions are not in it.
func (r Rule) Text() lang.Text {
	if r.zone == nil {
		return lang.T("nie", "never")
	}
	p := r.parts
	when := p.when(r.stated.Start.Day)
	if when.IsZero() {
		return lang.Textf("nach der Regel %[1]s um %[2]s Uhr, ab %[3]s", "by the rule %[1]s at %[2]s, from %[3]s on", p.text, p.clock(), date(r.stated.Start.Day))
	}
	text := lang.Textf("%[1]s um %[2]s Uhr", "%[1]s at %[2]s", when, p.clock())
	if len(p.byMonth) > 0 && p.freq != rrule.YEARLY {
		months := monthNames(p.byMonth)
		text = lang.Textf("%[1]s, nur im %[2]s", "%[1]s, in %[2]s only", text, months)
	}
	if p.interval > 1 && p.weekStart != time.Monday && p.freq == rrule.WEEKLY {
		text = lang.Textf("%[1]s (Wochen beginnen am %[2]s)", "%[1]s (weeks begin on %[2]s)", text, dayName(p.weekStart))
	}
	// What is counted is counted from the start.
	if p.interval > 1 || p.count > 0 {
		text = lang.Textf("%[1]s, ab %[2]s", "%[1]s, from %[2]s on", text, date(r.stated.Start.Day))
	}
	switch {
	case p.count == 1:
		text = lang.Textf("%[1]s, einmal", "%[1]s, once", text)
	case p.count > 1:
		text = lang.Textf("%[1]s, %[2]d-mal", "%[1]s, %[2]d times", text, p.count)
	case !p.untilDay.IsZero():
		text = lang.Textf("%[1]s, bis %[2]s", "%[1]s, until %[2]s", text, date(p.untilDay))
	case !p.until.IsZero():
		at := p.until.In(r.zone)
		text = lang.Textf("%[1]s, bis %[2]s", "%[1]s, until %[2]s", text, lang.T(lang.DateTime(at, lang.DE), lang.DateTime(at, lang.EN)))
	}
	return text
}

func (p parts) clock() string { return fmt.Sprintf("%02d:%02d", p.hour, p.minute) }

// when is on which days; zero when there are no short words for it.
func (p parts) when(start wall.Day) lang.Text {
	if len(p.byYearDay) > 0 || len(p.byWeekNo) > 0 {
		return p.rare()
	}
	if len(p.bySetPos) > 0 && (len(p.byDay) == 0 || len(p.byMonthDay) > 0 || p.byDay[0].n != 0) {
		return lang.Text{}
	}
	switch p.freq {
	case rrule.DAILY:
		return p.daily()
	case rrule.WEEKLY:
		return p.weekly(start)
	case rrule.MONTHLY:
		return p.monthly(start)
	case rrule.YEARLY:
		return p.yearly(start)
	case rrule.HOURLY, rrule.MINUTELY, rrule.SECONDLY: // refused by the reader
	}
	return lang.Text{}
}

func (p parts) daily() lang.Text {
	if p.interval > 1 {
		base := lang.Textf("alle %[1]d Tage", "every %[1]d days", p.interval)
		switch {
		case len(p.byDay) > 0 && len(p.byMonthDay) > 0:
			return lang.Text{}
		case len(p.byDay) > 0:
			return lang.Textf("%[1]s, wenn es ein %[2]s ist,", "%[1]s, if it is a %[2]s,", base, or(weekdayNames(p.byDay)))
		case len(p.byMonthDay) > 0:
			return lang.Textf("%[1]s, wenn es der %[2]s des Monats ist,", "%[1]s, if it is the %[2]s of the month,", base, or(monthDays(p.byMonthDay, "e Tag")))
		}
		return base
	}
	switch {
	case len(p.byMonthDay) > 0:
		return lang.Textf("%[1]s jedes Monats%[2]s", "%[1]s of every month%[2]s", p.onMonthDays(), p.ifWeekday())
	case len(p.byDay) > 0 && len(p.byDay) < 7:
		return every(p.byDay)
	}
	return lang.T("täglich", "every day")
}

func (p parts) weekly(start wall.Day) lang.Text {
	days := p.byDay
	if len(days) == 0 {
		days = []nth{{day: start.Weekday()}}
	}
	if p.interval == 1 {
		if len(days) == 7 {
			return lang.T("täglich", "every day")
		}
		return every(days)
	}
	return lang.Textf("alle %[1]d Wochen am %[2]s", "every %[1]d weeks on %[2]s", p.interval, and(weekdayNames(days)))
}

func (p parts) monthly(start wall.Day) lang.Text {
	of, front := lang.T(" jedes Monats", " of every month"), lang.Text{}
	if p.interval > 1 {
		of, front = lang.Text{}, lang.Textf("alle %[1]d Monate ", "every %[1]d months ", p.interval)
	}
	if len(p.byDay) == 0 && len(p.byMonthDay) == 0 {
		p.byMonthDay = []int{start.Day}
	}
	text := lang.Textf("%[1]s%[2]s", "%[1]s%[2]s", front, p.inSpan(of, of, p.interval == 1))
	if slices.ContainsFunc(p.byMonthDay, func(n int) bool { return n > 28 || n < -28 }) {
		text = lang.Textf("%[1]s (nicht in Monaten ohne diesen Tag)", "%[1]s (not in months without that day)", text)
	}
	return text
}

// inSpan is the days that BYDAY, BYMONTHDAY and BYSETPOS choose of a month or a year: of names the span,
// ofMonth the months whose days BYMONTHDAY names, and all says that no span is left out.
func (p parts) inSpan(of, ofMonth lang.Text, all bool) lang.Text {
	switch {
	case len(p.bySetPos) > 0:
		return lang.Textf("am %[1]s Tag%[2]s, der ein %[3]s ist,", "on the %[1]s day%[2]s that is a %[3]s", and(ordinals(p.bySetPos)), of, or(weekdayNames(p.byDay)))
	case len(p.byMonthDay) > 0:
		return lang.Textf("%[1]s%[2]s%[3]s", "%[1]s%[2]s%[3]s", p.onMonthDays(), ofMonth, p.ifWeekday())
	case p.byDay[0].n != 0:
		return lang.Textf("%[1]s%[2]s", "%[1]s%[2]s", countedOn(p.byDay), of)
	case all && len(p.byDay) == 7:
		return lang.T("täglich", "every day")
	case all:
		return every(p.byDay)
	}
	return lang.Textf("an jedem %[1]s%[2]s", "on every %[1]s%[2]s", and(weekdayNames(p.byDay)), of)
}

func (p parts) yearly(start wall.Day) lang.Text {
	front := lang.T("jedes Jahr ", "every year ")
	if p.interval > 1 {
		front = lang.Textf("alle %[1]d Jahre ", "every %[1]d years ", p.interval)
	}
	if len(p.byDay) == 0 && len(p.byMonthDay) == 0 {
		p.byMonthDay = []int{start.Day}
		if len(p.byMonth) == 0 {
			p.byMonth = []int{int(start.Month)}
		}
	}
	in := lang.T(" des Jahres", " of the year")
	ofMonth := lang.T(" jedes Monats", " of every month")
	if len(p.byMonth) > 0 {
		in = lang.Textf(" im %[1]s", " in %[1]s", monthNames(p.byMonth))
		ofMonth = in
	}
	if len(p.bySetPos) > 0 && len(p.byMonth) > 1 {
		return lang.Text{} // counted over all of them together, which no short words say
	}
	if len(p.byMonth) == 1 && len(p.byMonthDay) == 1 && p.byMonthDay[0] > 0 && len(p.byDay) == 0 {
		month := monthNames(p.byMonth)
		return lang.Textf("%[1]sam %[2]d. %[3]s", "%[1]son %[2]d %[4]s", front, p.byMonthDay[0], month, month)
	}
	all := p.interval == 1 && len(p.byMonth) == 0
	if all && len(p.byMonthDay)+len(p.bySetPos) == 0 && p.byDay[0].n == 0 {
		front = lang.Text{}
	}
	return lang.Textf("%[1]s%[2]s", "%[1]s%[2]s", front, p.inSpan(in, ofMonth, all))
}

// rare is for the parts that only yearly rules have.
func (p parts) rare() lang.Text {
	if len(p.byWeekNo) > 0 && p.weekStart == time.Monday {
		weeks := numbers(p.byWeekNo)
		if len(p.byWeekNo) == 1 {
			return lang.Textf("jedes Jahr am %[1]s in Kalenderwoche %[2]s", "every year on %[1]s of week %[2]s", and(weekdayNames(p.byDay)), weeks)
		}
		return lang.Textf("jedes Jahr am %[1]s in den Kalenderwochen %[2]s", "every year on %[1]s of weeks %[2]s", and(weekdayNames(p.byDay)), weeks)
	}
	if len(p.byYearDay) > 0 && p.interval == 1 && len(p.byMonth)+len(p.byMonthDay)+len(p.byDay)+len(p.bySetPos) == 0 {
		return lang.Textf("am %[1]s Tag jedes Jahres", "on the %[1]s day of every year", and(ordinals(p.byYearDay)))
	}
	return lang.Text{}
}

// onMonthDays is "am 1. und am letzten Tag", without the month.
func (p parts) onMonthDays() lang.Text {
	return lang.Textf("am %[1]s", "on the %[1]s", and(monthDays(p.byMonthDay, "en Tag")))
}

// ifWeekday is the condition that BYDAY adds to days of the month.
func (p parts) ifWeekday() lang.Text {
	switch {
	case len(p.byDay) == 0:
		return lang.Text{}
	case p.byDay[0].n != 0:
		return lang.Textf(", wenn das der %[1]s %[2]s ist,", ", if that is the %[1]s %[3]s,", or(counted(p.byDay, "e")), spanDE(p), spanEN(p))
	}
	return lang.Textf(", wenn das ein %[1]s ist,", ", if that is a %[1]s,", or(weekdayNames(p.byDay)))
}

// spanDE and spanEN name what weekdays with a number are counted in.
func spanDE(p parts) string {
	if p.freq == rrule.YEARLY && len(p.byMonth) == 0 {
		return "des Jahres"
	}
	return "des Monats"
}

func spanEN(p parts) string {
	if p.freq == rrule.YEARLY && len(p.byMonth) == 0 {
		return "of the year"
	}
	return "of the month"
}

func date(d wall.Day) lang.Text {
	t := d.In(time.UTC)
	return lang.T(lang.Date(t, lang.DE), lang.Date(t, lang.EN))
}

// and and or join a list in both languages.
func and(list []lang.Text) lang.Text { return lang.JoinTexts(list) }

func or(list []lang.Text) lang.Text {
	t := lang.JoinTexts(list)
	if n := len(list); n > 1 {
		last := list[n-1]
		t.DE = strings.TrimSuffix(t.DE, " und "+last.DE) + " oder " + last.DE
		t.EN = strings.TrimSuffix(t.EN, " and "+last.EN) + " or " + last.EN
	}
	return t
}

// sorted is a copy in calendar order: from the beginning on, then from the end backwards.
func sorted(list []int) []int {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b int) int {
		if (a < 0) != (b < 0) {
			return b - a
		}
		return a - b
	})
	return list
}
