package recurrence_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// reference computes the days of a rule in the most simple-minded way: it asks of every single day whether
// RFC 5545 has it in the rule. It knows neither the library nor how dateutil does it.
type reference struct {
	parts map[string]string
	lists map[string][]int
	start wall.Time
	first wall.Day // of the week that the start is in
}

func refer(a asked) reference {
	start, err := wall.ParseTime(a.Start[:16])
	if err != nil {
		panic(err)
	}
	f := reference{parts: map[string]string{"INTERVAL": "1", "WKST": "MO"}, lists: map[string][]int{}, start: start}
	for piece := range strings.SplitSeq(a.Rule, ";") {
		name, value, _ := strings.Cut(piece, "=")
		f.parts[name] = value
	}
	for name, value := range f.parts {
		for s := range strings.SplitSeq(value, ",") {
			if n, err := strconv.Atoi(s); err == nil {
				f.lists[name] = append(f.lists[name], n)
			}
		}
	}
	f.first = f.weekOf(start.Day)
	return f
}

func (f reference) number(name string) int { return f.lists[name][0] }

// has reports whether one of the candidates is in the list, and that the list is not there.
func (f reference) has(name string, candidates ...int) (in, missing bool) {
	list, ok := f.lists[name]
	return slices.ContainsFunc(list, func(n int) bool { return slices.Contains(candidates, n) }), !ok
}

// weekOf is the first day of the week that d is in.
func (f reference) weekOf(d wall.Day) wall.Day {
	return d.Add(-((int(d.Weekday()) + 6 - slices.Index(dayNames, f.parts["WKST"])) % 7))
}

// period numbers the day, week, month or year that d is in, and says whether INTERVAL has it.
func (f reference) period(d wall.Day) (int, bool) {
	var n, zero int
	switch f.parts["FREQ"] {
	case "DAILY":
		n, zero = d.Since(f.start.Day), 0
	case "WEEKLY":
		n, zero = f.weekOf(d).Since(f.first)/7, 0
	case "MONTHLY":
		n, zero = 12*d.Year+int(d.Month), 12*f.start.Day.Year+int(f.start.Day.Month)
	case "YEARLY":
		n, zero = d.Year, f.start.Day.Year
	}
	return n, (n-zero)%f.number("INTERVAL") == 0
}

// is reports whether d satisfies all BY parts but BYSETPOS.
func (f reference) is(d wall.Day) bool {
	month := wall.Date(d.Year, d.Month+1, 0).Day
	yearDay, year := d.Since(wall.Date(d.Year, 1, 1))+1, wall.Date(d.Year, 12, 31).Since(wall.Date(d.Year, 1, 1))+1
	inMonth, noMonth := f.has("BYMONTH", int(d.Month))
	inDays, noDays := f.has("BYMONTHDAY", d.Day, d.Day-month-1)
	inYear, noYear := f.has("BYYEARDAY", yearDay, yearDay-year-1)
	inWeek, noWeek := false, true
	if f.lists["BYWEEKNO"] != nil {
		inWeek, noWeek = f.has("BYWEEKNO", f.week(d))
	}
	names, byDay := f.parts["BYDAY"]
	if !noMonth && !inMonth || !noDays && !inDays || !noYear && !inYear || !noWeek && !inWeek {
		return false
	}
	if byDay {
		name := strings.ToUpper(d.Weekday().String()[:2])
		nth, last := (d.Day-1)/7+1, -((month-d.Day)/7 + 1)
		if f.parts["FREQ"] == "YEARLY" && noMonth {
			nth, last = (yearDay-1)/7+1, -((year-yearDay)/7 + 1)
		}
		list := strings.Split(strings.ReplaceAll(names, "+", ""), ",")
		return slices.Contains(list, name) || slices.Contains(list, strconv.Itoa(nth)+name) || slices.Contains(list, strconv.Itoa(last)+name)
	}
	if !noDays || !noYear || !noWeek {
		return true
	}
	switch f.parts["FREQ"] { // what the rule leaves open is as on the first day
	case "WEEKLY":
		return d.Weekday() == f.start.Day.Weekday()
	case "MONTHLY":
		return d.Day == f.start.Day.Day
	case "YEARLY":
		return d.Day == f.start.Day.Day && (!noMonth || d.Month == f.start.Day.Month)
	}
	return true
}

// week is the number of the week that d is in: week 1 has four days in the new year at least.
func (f reference) week(d wall.Day) int {
	begin := f.weekOf(d)
	year := begin.Add(3).Year
	return begin.Since(f.weekOf(wall.Date(year, 1, 4)))/7 + 1
}

// days lists the days until end.
func (f reference) days(end wall.Day) []wall.Day {
	var list, set []wall.Day
	most := -1
	if _, ok := f.parts["COUNT"]; ok {
		most = f.number("COUNT")
	}
	at := f.start
	if _, ok := f.parts["BYHOUR"]; ok {
		at.Hour = f.number("BYHOUR")
	}
	if _, ok := f.parts["BYMINUTE"]; ok {
		at.Minute = f.number("BYMINUTE")
	}
	take := func() {
		chosen := set
		if f.lists["BYSETPOS"] != nil {
			chosen = nil
			for i, d := range set {
				if in, _ := f.has("BYSETPOS", i+1, i-len(set)); in {
					chosen = append(chosen, d)
				}
			}
		}
		for _, d := range chosen {
			until, ok := f.parts["UNTIL"]
			if d.At(at.Hour, at.Minute).Compare(f.start) >= 0 && len(list) != most && (!ok || strings.ReplaceAll(d.String(), "-", "") <= until) {
				list = append(list, d)
			}
		}
		set = nil
	}
	last := -1 << 62
	for d := wall.Date(f.start.Day.Year, 1, 1).Add(-7); !d.After(end.Add(366)); d = d.Add(1) {
		n, in := f.period(d)
		if n != last {
			take()
			last = n
		}
		if in && f.is(d) {
			set = append(set, d)
		}
	}
	return slices.DeleteFunc(list, func(d wall.Day) bool { return d.After(end) })
}

// TestDaysAreThoseOfTheRFC holds random rules against the reference, and their words against each other:
// two rules of one start that read the same must be the same.
func TestDaysAreThoseOfTheRFC(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(oracleSeed, 2))
	said := map[string][]wall.Day{}
	rule := map[string]string{}
	compared, inWords, repeated := 0, 0, 0
	for range 800 {
		a := randomRule(random)
		if random.IntN(2) == 0 { // many rules of one start, so that some read the same
			a.Start = "2026-12-05T02:30:00"
		}
		start, _, _ := strings.Cut(a.Start, "T")
		first, err := wall.ParseDay(start)
		if err != nil {
			t.Fatal(err)
		}
		end := first.Add(4 * 365)
		want := refer(a).days(end)
		r, err := parse(a)
		if err != nil {
			if len(want) > 0 && strings.Contains(problems(err), "no occurrence at all") {
				t.Errorf("%s from %s recurs: %s", a.Rule, a.Start, want)
			}
			continue
		}
		var got []wall.Day
		for _, o := range r.Between(first.Add(-2).In(time.UTC), end.Add(3).In(time.UTC)) {
			if !o.Day.After(end) {
				got = append(got, o.Day)
			}
		}
		compared += len(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s from %s:\n got  %s\n want %s", a.Rule, a.Start, got, want)
		}
		text := r.Text()
		if !strings.Contains(text.EN, "FREQ") {
			inWords++
		}
		key := a.Start + " " + text.DE
		if _, again := said[key]; again {
			repeated++
			if rule[key] != a.Rule && !slices.Equal(said[key], got) {
				t.Errorf("%s and %s read the same (%s) and are not:\n%s\n%s", rule[key], a.Rule, text.DE, said[key], got)
			}
		}
		if english := a.Start + " " + text.EN; !slices.Equal(said[english], got) && said[english] != nil {
			t.Errorf("%s reads like another rule: %s", a.Rule, text.EN)
		} else {
			said[english] = got
		}
		said[key], rule[key] = got, a.Rule
	}
	if compared < 40_000 || repeated < 20 {
		t.Errorf("only %d days compared, %d sentences met again", compared, repeated)
	}
	t.Logf("%d days compared; %d of the accepted rules have words of their own, %d met again", compared, inWords, repeated)
}
