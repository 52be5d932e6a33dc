package recurrence

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

var (
	daysDE   = [7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
	monthsDE = [13]string{"", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
	// The stems of German ordinals; those that follow are written in digits.
	stemsDE = [6]string{"", "erst", "zweit", "dritt", "viert", "fünft"}
	firstEN = [6]string{"", "first", "second", "third", "fourth", "fifth"}
)

func dayName(d time.Weekday) lang.Text { return lang.T(daysDE[d], d.String()) }

// mondayFirst orders weekdays as both languages' calendars show them.
func mondayFirst(a, b nth) int {
	return cmp.Or(cmp.Compare((a.day+6)%7, (b.day+6)%7), cmp.Compare(a.n, b.n))
}

func weekdayNames(list []nth) []lang.Text {
	var out []lang.Text
	for _, d := range slices.SortedFunc(slices.Values(list), mondayFirst) {
		out = append(out, dayName(d.day))
	}
	return out
}

// every is "jeden Samstag und Sonntag".
func every(list []nth) lang.Text {
	return lang.Textf("jeden %[1]s", "every %[1]s", and(weekdayNames(list)))
}

func monthNames(list []int) lang.Text {
	var out []lang.Text
	for _, m := range sorted(list) {
		out = append(out, lang.T(monthsDE[m], time.Month(m).String()))
	}
	return and(out)
}

func numbers(list []int) lang.Text {
	var out []lang.Text
	for _, n := range sorted(list) {
		out = append(out, lang.T(strconv.Itoa(n), strconv.Itoa(n)))
	}
	return and(out)
}

// ordinal is "ersten", "20.", "letzten", "vorletzten", "drittletzten" in German, with the ending given,
// and "first", "20th", "last", "second-to-last" in English. n is not zero.
func ordinal(n int, ending string) lang.Text {
	switch {
	case n == -1:
		return lang.T("letzt"+ending, "last")
	case n == -2:
		return lang.T("vorletzt"+ending, "second-to-last")
	case n < 0:
		m := -n
		if m < len(stemsDE) {
			return lang.T(stemsDE[m]+"letzt"+ending, firstEN[m]+"-to-last")
		}
		return lang.T(strconv.Itoa(m)+".-letzt"+ending, strconv.Itoa(m)+suffixEN(m)+"-to-last")
	case n < len(stemsDE):
		return lang.T(stemsDE[n]+ending, firstEN[n])
	}
	return lang.T(strconv.Itoa(n)+".", strconv.Itoa(n)+suffixEN(n))
}

func suffixEN(n int) string {
	if n%100 >= 11 && n%100 <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

func ordinals(list []int) []lang.Text {
	var out []lang.Text
	for _, n := range sorted(list) {
		out = append(out, ordinal(n, "en"))
	}
	return out
}

// monthDays names days of the month: "1.", "letzten Tag"; "1st", "last day".
func monthDays(list []int, ending string) []lang.Text {
	var out []lang.Text
	for _, n := range sorted(list) {
		if n > 0 {
			out = append(out, lang.T(strconv.Itoa(n)+".", strconv.Itoa(n)+suffixEN(n)))
			continue
		}
		o := ordinal(n, ending)
		out = append(out, lang.T(o.DE, o.EN+" day"))
	}
	return out
}

// counted is "erster Samstag" with the ending given to the ordinal.
func counted(list []nth, ending string) []lang.Text {
	var out []lang.Text
	for _, d := range list {
		o, day := ordinal(d.n, ending), dayName(d.day)
		out = append(out, lang.T(o.DE+" "+day.DE, o.EN+" "+day.EN))
	}
	return out
}

// countedOn is "am ersten Samstag und am dritten Samstag".
func countedOn(list []nth) lang.Text {
	list = slices.SortedFunc(slices.Values(list), func(a, b nth) int {
		return cmp.Or(cmp.Compare(rank(a.n), rank(b.n)), mondayFirst(a, b))
	})
	var out []lang.Text
	for _, t := range counted(list, "en") {
		out = append(out, lang.Textf("am %[1]s", "on the %[1]s", t))
	}
	return and(out)
}

// rank puts those counted from the end after those counted from the beginning.
func rank(n int) int {
	if n < 0 {
		return 1000 + n
	}
	return n
}
