package holiday

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// feast is a day that recurs each year, and its name.
type feast struct {
	name lang.Text
	in   func(year int) (wall.Day, bool)
}

// english names the library's feasts, which it names in German.
var english = map[string]string{
	"Neujahrstag": "New Year's Day", "Berchtoldstag": "Saint Berchtold's Day", "Heilige Drei Könige": "Epiphany",
	"Frauentag": "Women's Day", "Josefstag": "Saint Joseph's Day", "Karfreitag": "Good Friday",
	"Ostersonntag": "Easter Sunday", "Ostermontag": "Easter Monday", "Tag der Arbeit": "Labour Day",
	"Christi Himmelfahrt": "Ascension Day", "Auffahrt": "Ascension Day", "Pfingstsonntag": "Whit Sunday",
	"Pfingstmontag": "Whit Monday", "Fronleichnam": "Corpus Christi", "Bundesfeiertag": "National Day",
	"Friedensfest": "Augsburg Peace Festival", "Mariä Himmelfahrt": "Assumption Day", "Weltkindertag": "World Children's Day",
	"Tag der Deutschen Einheit": "German Unity Day", "Nationalfeiertag": "National Day", "Reformationstag": "Reformation Day",
	"Allerheiligen": "All Saints' Day", "Buß- und Bettag": "Day of Repentance and Prayer", "Mariä Empfängnis": "Immaculate Conception",
	"Weihnachtstag": "Christmas Day", "Christtag": "Christmas Day", "Stefanitag": "Saint Stephen's Day",
	"Zweiter Weihnachtsfeiertag": "Second Day of Christmas",
}

// of makes a feast of the library's.
func of(h *cal.Holiday) feast {
	return feast{
		name: lang.T(h.Name, english[h.Name]),
		in: func(year int) (wall.Day, bool) {
			day, _ := h.Calc(year)
			if day.IsZero() {
				return wall.Day{}, false
			}
			// The library computes midnights in the machine's own zone. Where the clocks skip one, it is an
			// hour early or late; noon is the right day everywhere.
			return wall.DayOf(day.Add(12 * time.Hour)), true
		},
	}
}

// fixed is a feast on the same day each year.
func fixed(month time.Month, day int, name, en string) feast {
	return feast{lang.T(name, en), func(year int) (wall.Day, bool) { return wall.Date(year, month, day), true }}
}

// only keeps a feast where its weekday allows it.
func (f feast) only(allowed func(time.Weekday) bool) feast {
	return feast{f.name, func(year int) (wall.Day, bool) {
		day, ok := f.in(year)
		return day, ok && allowed(day.Weekday())
	}}
}

// nth is the nth weekday of a month.
func nth(year int, month time.Month, n int, weekday time.Weekday) wall.Day {
	first := wall.Date(year, month, 1)
	return first.Add((int(weekday)-int(first.Weekday())+7)%7 + 7*(n-1))
}

// afterSunday is a feast some days after the nth Sunday of September.
func afterSunday(n, days int, name, en string) feast {
	return feast{lang.T(name, en), func(year int) (wall.Day, bool) {
		return nth(year, time.September, n, time.Sunday).Add(days), true
	}}
}

var (
	easter      = of(aa.Easter.Clone(&cal.Holiday{Name: "Ostersonntag"}))
	whitSunday  = of(aa.Pentecost.Clone(&cal.Holiday{Name: "Pfingstsonntag"}))
	berchtold   = of(ch.Berchtoldstag)
	joseph      = of(ch.Josefstag)
	labour      = of(de.TagderArbeit)
	corpus      = of(de.Fronleichnam)
	assumption  = of(de.MariaHimmelfahrt)
	allSaints   = of(de.Allerheiligen)
	conception  = of(at.MariaEmpfaengnis)
	epiphany    = of(de.HeiligeDreiKoenige)
	goodFriday  = of(de.Karfreitag)
	eastMonday  = of(de.Ostermontag)
	whitMonday  = of(de.Pfingstmontag)
	secondDay   = of(ch.ZweiterWeihnachtsfeiertag)
	reformation = of(de.Reformationstag)
	womensDay   = of(de.Frauentag)
	peace       = of(de.Friedensfest)

	// naefels is the first Thursday in April, and a week later when that is in Holy Week.
	naefels = feast{lang.T("Näfelser Fahrt", "Näfelser Fahrt"), func(year int) (wall.Day, bool) {
		day := nth(year, time.April, 1, time.Thursday)
		if sunday, _ := easter.in(year); sunday.Since(day) == 3 {
			day = day.Add(7)
		}
		return day, true
	}}
	geneva      = afterSunday(1, 4, "Genfer Bettag", "Genevan Fast")
	fastMonday  = afterSunday(3, 1, "Bettagsmontag", "Monday after the Federal Fast")
	restoration = fixed(time.December, 31, "Wiederherstellung der Republik", "Restoration of the Republic")
	republic    = fixed(time.March, 1, "Ausrufung der Republik", "Proclamation of the Republic")
	plebiscite  = fixed(time.June, 23, "Fest der Unabhängigkeit", "Independence Day")
	peterPaul   = fixed(time.June, 29, "Peter und Paul", "Saints Peter and Paul")
	mauritius   = fixed(time.September, 22, "Mauritiustag", "Saint Maurice's Day")
	nicholas    = fixed(time.September, 25, "Bruderklausenfest", "Saint Nicholas of Flüe")
	liberation  = fixed(time.May, 8, "Tag der Befreiung", "Liberation Day")
	uprising    = fixed(time.June, 17, "Jahrestag des Aufstandes vom 17. Juni 1953", "Anniversary of the Uprising of 17 June 1953")
	martin      = fixed(time.November, 11, "Martinstag", "Saint Martin's Day")
	plebisciteK = fixed(time.October, 10, "Tag der Volksabstimmung", "Day of the Plebiscite")
	leopold     = fixed(time.November, 15, "Leopolditag", "Saint Leopold's Day")
	florian     = fixed(time.May, 4, "Florianitag", "Saint Florian's Day")
	rupert      = fixed(time.September, 24, "Rupertitag", "Saint Rupert's Day")
	// stephen is 26 December, but not when Christmas Day is a Monday or a Friday.
	stephen = secondDay.only(func(d time.Weekday) bool { return d != time.Tuesday && d != time.Saturday })
)

func onMonday(d time.Weekday) bool { return d == time.Monday }
