package recurrence_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	// All start on Saturday, 5 December 2026, at 05:00.
	for _, c := range []struct{ rule, de, en string }{
		{"FREQ=MONTHLY;BYDAY=1SA;BYHOUR=5", "am ersten Samstag jedes Monats um 05:00 Uhr", "on the first Saturday of every month at 05:00"},
		{"FREQ=DAILY", "täglich um 05:00 Uhr", "every day at 05:00"},
		{"FREQ=DAILY;INTERVAL=3;BYHOUR=22;BYMINUTE=30", "alle 3 Tage um 22:30 Uhr, ab Sa 05.12.2026", "every 3 days at 22:30, from Sat 5 Dec 2026 on"},
		{"FREQ=DAILY;BYDAY=MO,TU", "jeden Montag und Dienstag um 05:00 Uhr", "every Monday and Tuesday at 05:00"},
		{"FREQ=DAILY;INTERVAL=2;BYDAY=SU,SA", "alle 2 Tage, wenn es ein Samstag oder Sonntag ist, um 05:00 Uhr, ab Sa 05.12.2026", "every 2 days, if it is a Saturday or Sunday, at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1,-1", "alle 2 Tage, wenn es der 1. oder letzte Tag des Monats ist, um 05:00 Uhr, ab Sa 05.12.2026", "every 2 days, if it is the 1st or last day of the month, at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR", "am 13. jedes Monats, wenn das ein Freitag ist, um 05:00 Uhr", "on the 13th of every month, if that is a Friday, at 05:00"},
		{"FREQ=DAILY;BYMONTH=12,1", "täglich um 05:00 Uhr, nur im Januar und Dezember", "every day at 05:00, in January and December only"},
		{"FREQ=WEEKLY", "jeden Samstag um 05:00 Uhr", "every Saturday at 05:00"},
		{"FREQ=WEEKLY;BYDAY=SU,SA,MO", "jeden Montag, Samstag und Sonntag um 05:00 Uhr", "every Monday, Saturday and Sunday at 05:00"},
		{"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "täglich um 05:00 Uhr", "every day at 05:00"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "alle 2 Wochen am Donnerstag um 05:00 Uhr, ab Sa 05.12.2026", "every 2 weeks on Thursday at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=WEEKLY;INTERVAL=2;WKST=SU", "alle 2 Wochen am Samstag um 05:00 Uhr (Wochen beginnen am Sonntag), ab Sa 05.12.2026", "every 2 weeks on Saturday at 05:00 (weeks begin on Sunday), from Sat 5 Dec 2026 on"},
		{"FREQ=WEEKLY;COUNT=10", "jeden Samstag um 05:00 Uhr, ab Sa 05.12.2026, 10-mal", "every Saturday at 05:00, from Sat 5 Dec 2026 on, 10 times"},
		{"FREQ=WEEKLY;COUNT=1", "jeden Samstag um 05:00 Uhr, ab Sa 05.12.2026, einmal", "every Saturday at 05:00, from Sat 5 Dec 2026 on, once"},
		{"FREQ=WEEKLY;UNTIL=20271231", "jeden Samstag um 05:00 Uhr, bis Fr 31.12.2027", "every Saturday at 05:00, until Fri 31 Dec 2027"},
		{"FREQ=WEEKLY;UNTIL=20271231T040000Z", "jeden Samstag um 05:00 Uhr, bis Fr 31.12.2027, 05:00 Uhr", "every Saturday at 05:00, until Fri 31 Dec 2027, 05:00"},
		{"FREQ=MONTHLY", "am 5. jedes Monats um 05:00 Uhr", "on the 5th of every month at 05:00"},
		{"FREQ=MONTHLY;BYMONTHDAY=15,1,-1", "am 1., 15. und letzten Tag jedes Monats um 05:00 Uhr", "on the 1st, 15th and last day of every month at 05:00"},
		{"FREQ=MONTHLY;BYMONTHDAY=-2,-3,-7,22", "am 22., 7.-letzten Tag, drittletzten Tag und vorletzten Tag jedes Monats um 05:00 Uhr", "on the 22nd, 7th-to-last day, third-to-last day and second-to-last day of every month at 05:00"},
		{"FREQ=MONTHLY;BYMONTHDAY=31", "am 31. jedes Monats (nicht in Monaten ohne diesen Tag) um 05:00 Uhr", "on the 31st of every month (not in months without that day) at 05:00"},
		{"FREQ=MONTHLY;INTERVAL=3;BYDAY=1SA", "alle 3 Monate am ersten Samstag um 05:00 Uhr, ab Sa 05.12.2026", "every 3 months on the first Saturday at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=MONTHLY;BYDAY=3SA,1SA,-1SU", "am ersten Samstag, am dritten Samstag und am letzten Sonntag jedes Monats um 05:00 Uhr", "on the first Saturday, on the third Saturday and on the last Sunday of every month at 05:00"},
		{"FREQ=MONTHLY;BYDAY=SA", "jeden Samstag um 05:00 Uhr", "every Saturday at 05:00"},
		{"FREQ=MONTHLY;INTERVAL=2;BYDAY=SA", "alle 2 Monate an jedem Samstag um 05:00 Uhr, ab Sa 05.12.2026", "every 2 months on every Saturday at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "am letzten Tag jedes Monats, der ein Montag, Dienstag, Mittwoch, Donnerstag oder Freitag ist, um 05:00 Uhr", "on the last day of every month that is a Monday, Tuesday, Wednesday, Thursday or Friday at 05:00"},
		{"FREQ=MONTHLY;BYDAY=1SA;BYMONTHDAY=1,2,3", "am 1., 2. und 3. jedes Monats, wenn das der erste Samstag des Monats ist, um 05:00 Uhr", "on the 1st, 2nd and 3rd of every month, if that is the first Saturday of the month, at 05:00"},
		{"FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=1SA", "am ersten Samstag jedes Monats um 05:00 Uhr, nur im März, Juni, September und Dezember", "on the first Saturday of every month at 05:00, in March, June, September and December only"},
		{"FREQ=YEARLY", "jedes Jahr am 5. Dezember um 05:00 Uhr", "every year on 5 December at 05:00"},
		{"FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=1", "alle 2 Jahre am 1. Februar um 05:00 Uhr, ab Sa 05.12.2026", "every 2 years on 1 February at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1,-1", "jedes Jahr am 1. und letzten Tag im März und September um 05:00 Uhr", "every year on the 1st and last day in March and September at 05:00"},
		{"FREQ=YEARLY;BYMONTHDAY=13", "jedes Jahr am 13. jedes Monats um 05:00 Uhr", "every year on the 13th of every month at 05:00"},
		{"FREQ=YEARLY;BYMONTH=3,9;BYDAY=1SA", "jedes Jahr am ersten Samstag im März und September um 05:00 Uhr", "every year on the first Saturday in March and September at 05:00"},
		{"FREQ=YEARLY;BYDAY=20MO", "jedes Jahr am 20. Montag des Jahres um 05:00 Uhr", "every year on the 20th Monday of the year at 05:00"},
		{"FREQ=YEARLY;BYDAY=SA", "jeden Samstag um 05:00 Uhr", "every Saturday at 05:00"},
		{"FREQ=YEARLY;BYMONTH=3;BYDAY=SA", "jedes Jahr an jedem Samstag im März um 05:00 Uhr", "every year on every Saturday in March at 05:00"},
		{"FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU;BYSETPOS=1", "jedes Jahr am ersten Tag im Dezember, der ein Montag oder Dienstag ist, um 05:00 Uhr", "every year on the first day in December that is a Monday or Tuesday at 05:00"},
		{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=TU", "jedes Jahr am Dienstag in Kalenderwoche 20 um 05:00 Uhr", "every year on Tuesday of week 20 at 05:00"},
		{"FREQ=YEARLY;BYWEEKNO=40,20;BYDAY=TU", "jedes Jahr am Dienstag in den Kalenderwochen 20 und 40 um 05:00 Uhr", "every year on Tuesday of weeks 20 and 40 at 05:00"},
		{"FREQ=YEARLY;BYYEARDAY=100,-1", "am 100. und letzten Tag jedes Jahres um 05:00 Uhr", "on the 100th and last day of every year at 05:00"},
		{"freq=yearly;bymonth=3,9;byday=mo,tu;bysetpos=1", "nach der Regel FREQ=YEARLY;BYMONTH=3,9;BYDAY=MO,TU;BYSETPOS=1 um 05:00 Uhr, ab Sa 05.12.2026", "by the rule FREQ=YEARLY;BYMONTH=3,9;BYDAY=MO,TU;BYSETPOS=1 at 05:00, from Sat 5 Dec 2026 on"},
		{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=TU;WKST=SU", "nach der Regel FREQ=YEARLY;BYWEEKNO=20;BYDAY=TU;WKST=SU um 05:00 Uhr, ab Sa 05.12.2026", "by the rule FREQ=YEARLY;BYWEEKNO=20;BYDAY=TU;WKST=SU at 05:00, from Sat 5 Dec 2026 on"},
	} {
		got := parsed(t, stated(t, c.rule, "2026-12-05T05:00")).Text()
		if got.DE != c.de || got.EN != c.en {
			t.Errorf("%s:\n got  %s\n want %s\n got  %s\n want %s", c.rule, got.DE, c.de, got.EN, c.en)
		}
	}
}

// TestSentencesTellRulesApart goes through all rules of few parts: two that read the same are the same.
func TestSentencesTellRulesApart(t *testing.T) {
	t.Parallel()
	parts := [][]string{
		{"FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"},
		{"", "INTERVAL=2"},
		{"", "BYDAY=SA", "BYDAY=SA,SU", "BYDAY=1SA", "BYDAY=-1SA,2SU", "BYDAY=MO,TU,WE,TH,FR,SA,SU"},
		{"", "BYMONTHDAY=1", "BYMONTHDAY=5,-1", "BYYEARDAY=5", "BYWEEKNO=5"},
		{"", "BYMONTH=1,12"},
		{"", "BYSETPOS=1", "BYSETPOS=2,-1"},
		{"", "WKST=SU"},
		{"", "COUNT=3", "UNTIL=20270601"},
	}
	accepted, words := 0, 0
	seen := map[string][]wall.Day{}
	rule := map[string]string{}
	var try func(rule string, rest [][]string)
	try = func(text string, rest [][]string) {
		for _, p := range rest[0] {
			next := strings.Trim(text+";"+p, ";")
			if len(rest) > 1 {
				try(next, rest[1:])
				continue
			}
			r, err := parse(asked{Rule: next, Start: "2026-12-05T05:00:00", Zone: "UTC"})
			if err != nil {
				continue
			}
			accepted++
			said := r.Text()
			if strings.Contains(said.DE, "FREQ") {
				continue
			}
			words++
			var got []wall.Day
			for _, o := range r.Between(utc("2026-12-01T00:00:00Z"), utc("2032-03-01T00:00:00Z")) {
				got = append(got, o.Day)
			}
			for _, key := range []string{said.DE, said.EN} {
				if old, again := seen[key]; again && !slices.Equal(old, got) {
					t.Errorf("%s and %s read the same and are not: %s", rule[key], next, key)
				}
				seen[key], rule[key] = got, next
			}
		}
	}
	try("", parts)
	if words < 500 {
		t.Errorf("only %d sentences", words)
	}
	t.Logf("%d rules accepted, %d with words of their own, %d sentences", accepted, words, len(seen)/2)
}
