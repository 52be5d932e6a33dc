package recurrence_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// problems is the English of a fault without places, else of every place.
func problems(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	if len(f.Places) == 0 {
		return f.Text.EN
	}
	var list []string
	for _, p := range f.Places {
		list = append(list, fmt.Sprintf("%s:%d: %s", p.Field, p.Column, p.Problem.EN))
	}
	return strings.Join(list, "\n")
}

func local(t testing.TB, s string) wall.Time {
	t.Helper()
	at, err := wall.ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func day(t testing.TB, s string) wall.Day {
	t.Helper()
	d, err := wall.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func stated(t testing.TB, rule, start string) recurrence.Stated {
	t.Helper()
	return recurrence.Stated{ID: "SO-7", Rule: rule, Start: local(t, start), Zone: "Europe/Berlin", Minutes: 120}
}

func parsed(t testing.TB, s recurrence.Stated) recurrence.Rule {
	t.Helper()
	r, err := recurrence.Parse(s, time.LoadLocation)
	if err != nil {
		t.Fatal(problems(err))
	}
	return r
}

func TestRefusedRulesNameThePlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, rule, want string }{
		{"nothing", "", `rule:1: "" is no NAME=VALUE`},
		{"no frequency", "BYDAY=SA", "rule:0: it does not say how often"},
		{"an unknown frequency", "FREQ=FORTNIGHTLY", `rule:1: "FORTNIGHTLY" is no frequency`},
		{"every hour", "FREQ=HOURLY;INTERVAL=4", "rule:1: a standing order falls due once a day at most"},
		{"every minute", "BYDAY=SA;FREQ=MINUTELY", "rule:10: a standing order falls due once a day at most"},
		{"every second", "FREQ=SECONDLY", "once a day at most"},
		{"an extension", "FREQ=YEARLY;BYEASTER=1", "rule:13: BYEASTER is not known"},
		{"a start in the rule", "DTSTART=20261205T050000;FREQ=DAILY", "rule:1: DTSTART is not known"},
		{"a gap", "FREQ=DAILY;;INTERVAL=2", `rule:12: "" is no NAME=VALUE`},
		{"after the name RRULE", " RRULE:FREQ=DAILY;INTERVAL=0", "rule:19: INTERVAL is a number from 1 to 1000"},
		{"twice", "FREQ=DAILY;FREQ=WEEKLY", "rule:12: FREQ is there twice"},
		{"an interval of nothing", "FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1 to 1000, not \"0\""},
		{"an interval without end", "FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL is a number from 1 to 1000"},
		{"a sign where none is", "FREQ=DAILY;INTERVAL=+2", "INTERVAL is a number"},
		{"too often", "FREQ=DAILY;COUNT=10001", "COUNT is a number from 1 to 10000"},
		{"both ends", "FREQ=DAILY;COUNT=3;UNTIL=20271231", "rule:20: COUNT and UNTIL exclude each other"},
		{"a local end", "FREQ=DAILY;UNTIL=20271231T050000", "UNTIL is a day such as 20271231"},
		{"an end that is no day", "FREQ=DAILY;UNTIL=20270230", "UNTIL is a day"},
		{"two times a day", "FREQ=DAILY;BYHOUR=5,17", "BYHOUR names several times; a standing order falls due once a day at most, two times are two standing orders"},
		{"two minutes", "FREQ=DAILY;BYMINUTE=0,30", "BYMINUTE names several"},
		{"a second", "FREQ=DAILY;BYSECOND=30", "at a full minute"},
		{"25 o'clock", "FREQ=DAILY;BYHOUR=25", "BYHOUR is a number from 0 to 23"},
		{"no month", "FREQ=DAILY;BYMONTH=13", `BYMONTH is a number from 1 to 12, not "13"`},
		{"a month from the end", "FREQ=DAILY;BYMONTH=-1", "BYMONTH is a number"},
		{"day zero", "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY are numbers from 1 to 31 or from −31 to −1"},
		{"a day twice", "FREQ=MONTHLY;BYMONTHDAY=1,15,1", "BYMONTHDAY names 1 twice"},
		{"a weekday twice", "FREQ=WEEKLY;BYDAY=SA,SU,SA", "BYDAY names SA twice"},
		{"no weekday", "FREQ=WEEKLY;BYDAY=SAT", `rule:13: "SAT" is no day for BYDAY; for example SA`},
		{"a number without a weekday", "FREQ=MONTHLY;BYDAY=1", `"1" is no day`},
		{"two signs", "FREQ=MONTHLY;BYDAY=+-1SA", `"+-1SA" is no day`},
		{"a weekday of the week's month", "FREQ=WEEKLY;BYDAY=1SA", "days with a number (1SA) go with FREQ=MONTHLY and FREQ=YEARLY only"},
		{"with and without number", "FREQ=MONTHLY;BYDAY=1SA,SU", "with a number (1SA) and without (SA) do not go together"},
		{"the sixth Saturday", "FREQ=MONTHLY;BYDAY=6SA", "a month has each day of the week 5 times at most, not 6 times"},
		{"the library's panic", "FREQ=MONTHLY;BYDAY=-53SA", "5 times at most, not 53 times"},
		{"a day of the week's month by number", "FREQ=WEEKLY;BYMONTHDAY=13", "BYMONTHDAY does not go with FREQ=WEEKLY"},
		{"a day of the year each month", "FREQ=MONTHLY;BYYEARDAY=100", "BYYEARDAY goes with FREQ=YEARLY only"},
		{"a week of the month", "FREQ=MONTHLY;BYWEEKNO=20", "BYWEEKNO goes with FREQ=YEARLY only"},
		{"a week without a day", "FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO needs a day of the week"},
		{"the last week", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SA", "week numbers are accepted from 1 to 51"},
		{"week 52", "FREQ=YEARLY;BYWEEKNO=52;BYDAY=SA", "week numbers are accepted from 1 to 51"},
		{"a week every other year", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=SA", "INTERVAL is not accepted together with BYWEEKNO"},
		{"a week in a month", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SA;BYMONTH=12", "BYMONTH is not accepted together with BYWEEKNO"},
		{"positions in a week", "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "BYSETPOS goes with FREQ=MONTHLY and FREQ=YEARLY only here"},
		{"positions in nothing", "FREQ=MONTHLY;BYSETPOS=1", "none of them is there"},
		{"weeks that begin nowhere", "FREQ=WEEKLY;WKST=1", `"1" is no day of the week`},
		{"30 February", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "there is no occurrence at all from 2026-12-05 to 2199"},
		{"30 February, asked every day", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no occurrence at all"},
		{"a Saturday that is a Sunday", "FREQ=MONTHLY;BYDAY=1SA;BYMONTHDAY=8", "no occurrence at all"},
		{"ended before it began", "FREQ=DAILY;UNTIL=20261204", "no occurrence at all"},
		{"too long", "FREQ=DAILY;BYMONTHDAY=" + strings.Repeat("1,", 300) + "1", "more than 500 characters"},
		{"three mistakes", "FREQ=DAILY;BYHOUR=24;WKST=XX;COUNT=0", "rule:12: BYHOUR is a number from 0 to 23, not \"24\"\nrule:22: \"XX\" is no day of the week; there are MO, TU, WE, TH, FR, SA, SU\nrule:30: COUNT is a number"},
	} {
		_, err := recurrence.Parse(stated(t, c.rule, "2026-12-05T05:00"), time.LoadLocation)
		if err == nil || fault.CodeOf(err) != fault.Invalid || !strings.Contains(problems(err), c.want) {
			t.Errorf("%s: %s, want %q", c.name, problems(err), c.want)
		}
	}
}

func TestRefusedStatementsNameTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		f    func(*recurrence.Stated)
		want string
	}{
		{"no name", func(s *recurrence.Stated) { s.ID = " " }, "id:0: the name of the rule is missing"},
		{"no start", func(s *recurrence.Stated) { s.Start = wall.Time{} }, "start:0: it does not say from when on"},
		{"long ago", func(s *recurrence.Stated) { s.Start = local(t, "1969-12-31T05:00") }, "start:0: the year is not between 1970 and 2199"},
		{"no zone", func(s *recurrence.Stated) { s.Zone = "" }, `zone:0: "" is no time zone`},
		{"the machine's zone", func(s *recurrence.Stated) { s.Zone = "Local" }, `zone:0: "Local" is no time zone`},
		{"no length", func(s *recurrence.Stated) { s.Minutes = 0 }, "minutes:0: the length is more than 0 and at most 1440 minutes"},
		{"too long", func(s *recurrence.Stated) { s.Minutes = 1441 }, "at most 1440 minutes"},
	} {
		s := stated(t, "FREQ=DAILY", "2026-12-05T05:00")
		c.f(&s)
		if _, err := recurrence.Parse(s, time.LoadLocation); err == nil || !strings.Contains(problems(err), c.want) {
			t.Errorf("%s: %s, want %q", c.name, problems(err), c.want)
		}
	}
}

// TestAnyTextEnds: whatever is written, the answer is a rule or a fault with a place, soon.
func TestAnyTextEnds(t *testing.T) {
	t.Parallel()
	names := []string{"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "WKST", "X"}
	values := []string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "1", "-1", "2", "29", "30", "31", "366", "-366", "1000", "SA", "1SA", "-1SU", "5MO", "53TU", "SA,SU", "1,2,3", "20271231", "20271231T000000Z", "", "ı", "-"}
	rapid.Check(t, func(t *rapid.T) {
		var list []string
		for range rapid.IntRange(0, 6).Draw(t, "parts") {
			list = append(list, rapid.SampledFrom(names).Draw(t, "name")+"="+rapid.SampledFrom(values).Draw(t, "value"))
		}
		text := rapid.OneOf(rapid.Just(strings.Join(list, ";")), rapid.Just("FREQ=YEARLY;"+strings.Join(list, ";")), rapid.String()).Draw(t, "rule")
		s := recurrence.Stated{ID: "r", Rule: text, Start: wall.Date(2026, 12, 5).At(2, 30), Zone: "Europe/Berlin", Minutes: 60}
		r, err := recurrence.Parse(s, time.LoadLocation)
		if err != nil {
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Places) == 0 || f.Mend.IsZero() {
				t.Fatalf("%q: %v without a place or without a mend", text, err)
			}
			return
		}
		if _, ok := r.Next(time.Time{}); !ok {
			t.Fatalf("%q is accepted and never recurs", text)
		}
		if text := r.Text(); text.DE == "" || text.EN == "" || strings.Contains(text.DE+text.EN, "%!") {
			t.Fatalf("%+v", text)
		}
	})
}
