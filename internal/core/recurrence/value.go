package recurrence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// number reads one number from least to most; 0 when it is none.
func (r *ruleReader) number(x part, s string, least, most int) int {
	n, ok := digits(s)
	if !ok || n < least || n > most {
		r.wrong(x.column, lang.Textf("%[1]s ist eine Zahl von %[3]d bis %[4]d, nicht „%[2]s“", `%[1]s is a number from %[3]d to %[4]d, not "%[2]s"`, x.name, s, least, most))
		return least
	}
	return n
}

// numbers reads a list of numbers from 1 on; signed ones count from the end when negative.
func (r *ruleReader) numbers(x part, most int, signed bool) []int {
	var list []int
	for s := range strings.SplitSeq(x.value, ",") {
		unsigned := strings.TrimPrefix(s, "+")
		negative := false
		if signed {
			unsigned, negative = strings.CutPrefix(unsigned, "-")
		} else {
			unsigned = s
		}
		n, ok := digits(unsigned)
		if !ok || n < 1 || n > most {
			if signed {
				r.wrong(x.column, lang.Textf("%[1]s sind Zahlen von 1 bis %[3]d oder von −%[3]d bis −1, nicht „%[2]s“", `%[1]s are numbers from 1 to %[3]d or from −%[3]d to −1, not "%[2]s"`, x.name, s, most))
			} else {
				r.number(x, s, 1, most)
			}
			return nil
		}
		if negative {
			n = -n
		}
		if slices.Contains(list, n) {
			r.wrong(x.column, lang.Textf("%[1]s nennt %[2]d zweimal", "%[1]s names %[2]d twice", x.name, n))
			return nil
		}
		list = append(list, n)
	}
	return list
}

// digits reads a number of at most six digits, and nothing else.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 6 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// once reads an hour or a minute. Two of them would be two occurrences on one day, which could not be
// told apart by their day.
func (r *ruleReader) once(x part, most int) int {
	if strings.Contains(x.value, ",") {
		r.wrong(x.column, lang.Textf("%[1]s nennt mehrere Uhrzeiten; ein Dauerauftrag wird höchstens einmal am Tag fällig, zwei Uhrzeiten sind zwei Daueraufträge", "%[1]s names several times; a standing order falls due once a day at most, two times are two standing orders", x.name))
		return 0
	}
	return r.number(x, x.value, 0, most)
}

// weekdays reads BYDAY.
func (r *ruleReader) weekdays(x part) []nth {
	var list []nth
	for s := range strings.SplitSeq(x.value, ",") {
		if len(s) < 2 {
			r.noDay(x, s)
			return nil
		}
		day, ok := weekdays[s[len(s)-2:]]
		d := nth{day: day}
		if sign := s[:len(s)-2]; ok && sign != "" {
			unsigned := strings.TrimLeft(sign, "+-")
			if len(sign)-len(unsigned) > 1 {
				ok = false
			}
			var number bool
			d.n, number = digits(unsigned)
			ok = ok && number && d.n >= 1 && d.n <= 53
			if sign[0] == '-' {
				d.n = -d.n
			}
		}
		if !ok {
			r.noDay(x, s)
			return nil
		}
		if slices.Contains(list, d) {
			r.wrong(x.column, lang.Textf("BYDAY nennt %[1]s zweimal", "BYDAY names %[1]s twice", s))
			return nil
		}
		list = append(list, d)
	}
	return list
}

func (r *ruleReader) noDay(x part, s string) {
	r.wrong(x.column, lang.Textf("„%[2]s“ ist kein Tag für %[1]s; zum Beispiel SA, 1SA für den ersten oder -1SA für den letzten Samstag", `"%[2]s" is no day for %[1]s; for example SA, 1SA for the first or -1SA for the last Saturday`, x.name, s))
}

// end reads UNTIL: a day, which is included whole, or a moment in UTC, as RFC 5545 demands of rules with
// a zone. A local time is refused: by RFC 5545 it belongs to rules without a zone.
func (r *ruleReader) end(x part) (wall.Day, time.Time) {
	if t, err := time.Parse("20060102", x.value); err == nil {
		return wall.DayOf(t), time.Time{}
	}
	if t, err := time.Parse("20060102T150405Z", x.value); err == nil {
		return wall.Day{}, t
	}
	r.wrong(x.column, lang.Textf("UNTIL ist ein Tag wie 20271231, der noch dazugehört, oder ein Zeitpunkt in UTC wie 20271231T040000Z, nicht „%[1]s“", `UNTIL is a day such as 20271231, which still counts, or a moment in UTC such as 20271231T040000Z, not "%[1]s"`, x.value))
	return wall.Day{}, time.Time{}
}
