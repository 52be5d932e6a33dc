package intake

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/window"
)

var weekdayWords = map[string]time.Weekday{
	"montag": time.Monday, "dienstag": time.Tuesday, "mittwoch": time.Wednesday, "donnerstag": time.Thursday,
	"freitag": time.Friday, "samstag": time.Saturday, "sonnabend": time.Saturday, "sonntag": time.Sunday,
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
}

var relativeDays = map[string]int{"heute": 0, "today": 0, "morgen": 1, "tomorrow": 1, "uebermorgen": 2}

var monthWords = map[string]time.Month{
	"januar": 1, "jaenner": 1, "februar": 2, "maerz": 3, "april": 4, "mai": 5, "juni": 6, "juli": 7, "august": 8,
	"september": 9, "oktober": 10, "november": 11, "dezember": 12,
	"january": 1, "february": 2, "march": 3, "may": 5, "june": 6, "july": 7, "october": 10, "december": 12,
}

// around stand before a time that is a bound or a guess, and no time.
var around = []string{"bis", "nach", "vor", "ab", "seit", "zwischen", "gegen", "ca", "circa", "etwa", "spaetestens", "fruehestens",
	"until", "after", "before", "by", "around", "about", "since", "between", "latest", "earliest", "naechsten", "naechster", "next", "uebernaechsten", "letzten", "last"}

// spans are lengths of time: "in 2 Stunden" is nothing that can be looked up in a calendar.
var spans = []string{"stunden", "stunde", "tagen", "tage", "wochen", "minuten", "monaten", "hours", "hour", "days", "weeks", "minutes", "months"}

func month(s string) bool {
	word := strings.FieldsFunc(fold(s[:min(len(s), 16)]), func(r rune) bool { return r < 'a' || r > 'z' })
	if len(word) == 0 {
		return false
	}
	_, ok := monthWords[word[0]]
	return ok
}

// day is a day as it was said: one of the fields.
type day struct {
	weekday *time.Weekday
	offset  *int // days from today
	year    int  // 0: not said
	month   time.Month
	date    int
}

// clockTime is a time of day as it was said. Half says that it may mean the afternoon as well.
type clockTime struct {
	hour, minute int
	half         bool
}

// timing is all that was said about when.
type timing struct {
	days  []day
	clock []clockTime
	vague bool // something was said that is no day and no time
}

func (t timing) said() bool { return t.vague || len(t.days) > 0 || len(t.clock) > 0 }

// times reads what a sentence says about when, and takes its words.
func (s *sentence) times(verbatim string) timing {
	var t timing
	toks := s.tokens
	for i := range toks {
		if toks[i].taken {
			continue
		}
		switch word := toks[i].word; {
		case relative(toks, i):
			n := relativeDays[word]
			t.days = append(t.days, day{offset: &n})
		case weekdayWord(word) >= 0:
			n := time.Weekday(weekdayWord(word))
			t.days = append(t.days, day{weekday: &n})
			t.vague = t.vague || !exactWeekday(word)
		case i+1 < len(toks) && verbatim[toks[i].to:toks[i+1].from] == "/" && number(word) && number(toks[i+1].word):
			toks[i+1].taken, t.vague = true, true
			if i+2 < len(toks) && verbatim[toks[i+1].to:toks[i+2].from] == "/" {
				toks[i+2].taken = true
			}
		case i > 0 && slices.Contains(spans, word) && number(toks[i-1].word):
			toks[i-1].taken, t.vague = true, true
		case s.date(&t, i), s.clockTime(&t, i):
		default:
			continue
		}
		toks[i].taken = true
		for back := max(0, i-2); back < i; back++ {
			t.vague = t.vague || slices.Contains(around, toks[back].word) && (back == i-1 || !number(toks[i-1].word))
		}
	}
	t.vague = t.vague || s.found[MeansVague]
	return t
}

func relative(toks []token, i int) bool {
	_, ok := relativeDays[toks[i].word]
	return ok && (i == 0 || !strings.HasPrefix(toks[i-1].word, "gute") && toks[i-1].word != "am")
}

// weekdayWord is the day that a word names, also with an ending ("samstags", "samstagmorgen"), or -1.
func weekdayWord(word string) int {
	for name, d := range weekdayWords {
		if strings.HasPrefix(word, name) {
			return int(d)
		}
	}
	return -1
}

func exactWeekday(word string) bool {
	_, ok := weekdayWords[word]
	return ok
}

func number(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil && !strings.HasPrefix(s, "-") && !strings.HasPrefix(s, "+")
}

// date reads a date at i: 2026-12-05, 5.12.2026, "am 5.12.", "5. Dezember", "December 5".
func (s *sentence) date(t *timing, i int) bool {
	toks, word := s.tokens, s.tokens[i].word
	if d, err := time.Parse(time.DateOnly, word); err == nil {
		t.days = append(t.days, day{year: d.Year(), month: d.Month(), date: d.Day()})
		return true
	}
	for _, form := range []string{"2.1.2006", "2.1.06"} {
		if d, err := time.Parse(form, word); err == nil {
			t.days = append(t.days, day{year: d.Year(), month: d.Month(), date: d.Day()})
			return true
		}
	}
	if d, err := time.Parse("2.1", word); err == nil && i > 0 && slices.Contains([]string{"am", "den", "dem", "vom", "der"}, beforeDate(toks, i)) &&
		(i+1 == len(toks) || toks[i+1].word != "uhr") {
		t.days = append(t.days, day{month: d.Month(), date: d.Day()})
		return true
	}
	m, ok := monthWords[word]
	if !ok {
		return false
	}
	for _, at := range []int{i - 1, i + 1} {
		if at < 0 || at >= len(toks) || toks[at].taken {
			continue
		}
		digits := strings.TrimRight(toks[at].word, "sthnrd")
		if n, err := strconv.Atoi(digits); err == nil && n >= 1 && n <= 31 {
			d := day{month: m, date: n}
			toks[at].taken = true
			if next := max(i, at) + 1; next < len(toks) && len(toks[next].word) == 4 && number(toks[next].word) {
				d.year, _ = strconv.Atoi(toks[next].word)
				toks[next].taken = true
			}
			t.days = append(t.days, d)
			return true
		}
	}
	if word != "may" && word != "march" { // a verb, more often than a month without its day
		t.vague = true
	}
	return word != "may" && word != "march"
}

// beforeDate is the word before a date, a weekday left out.
func beforeDate(toks []token, i int) string {
	if exactWeekday(toks[i-1].word) {
		return "am"
	}
	return toks[i-1].word
}

// clockTime reads a time of day at i: 15:00, "5 Uhr", "5.30 Uhr", "um 5", "at 5 pm", "5pm".
func (s *sentence) clockTime(t *timing, i int) bool {
	toks, word := s.tokens, s.tokens[i].word
	next := ""
	if i+1 < len(toks) {
		next = toks[i+1].word
	}
	var half string
	for _, suffix := range []string{"am", "pm", "uhr"} {
		if digits, ok := strings.CutSuffix(word, suffix); ok && digits != "" && digits[0] <= '9' {
			word, half = digits, suffix
		}
	}
	prefix := i > 0 && (toks[i-1].word == "um" || toks[i-1].word == "at")
	german := next == "am" && prefix && toks[i-1].word == "um" // "um 5 am Samstag"
	if half == "" && !german && word[0] >= '0' && word[0] <= '9' && slices.Contains([]string{"uhr", "am", "pm", "a.m", "p.m", "o'clock"}, next) {
		half = strings.ReplaceAll(next, ".", "")
	}
	colon := strings.Contains(word, ":")
	if half == "am" && word == s.tokens[i].word && !prefix && i+2 < len(toks) && exactWeekday(toks[i+2].word) {
		half = "" // "… 5 am Samstag" is German
	}
	if half == "" && !prefix && !colon {
		return false
	}
	h, m, _ := strings.Cut(strings.ReplaceAll(word, ".", ":"), ":")
	hour, err := strconv.Atoi(h)
	minute := 0
	if err == nil && m != "" {
		minute, err = strconv.Atoi(m)
	}
	if err != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		if half != "" || colon || err == nil {
			t.vague = true
			return true
		}
		return false
	}
	c := clockTime{hour: hour, minute: minute}
	switch half {
	case "am", "pm":
		if hour < 1 || hour > 12 {
			t.vague = true
		}
		c.hour %= 12
		if half == "pm" {
			c.hour += 12
		}
	case "":
		c.half = !colon && hour >= 1 && hour <= 12
	case "o'clock":
		c.half = hour >= 1 && hour <= 12
	}
	if half != "" && word == s.tokens[i].word && i+1 < len(toks) {
		toks[i+1].taken = true
	}
	t.clock = append(t.clock, c)
	return true
}

// moment is when the customer wishes it, in the zone of the window; ok is false where that is not certain: more
// than one day or time, a time without its day, today's weekday, a time that has passed, that does not exist or
// exists twice.
func (t timing) moment(received time.Time, w estate.Window, zones window.Zones) (wish Wish, at time.Time, ok bool) {
	if t.vague || len(t.days) == 0 || len(t.clock) > 1 || zones == nil {
		return WishUnstated, at, false
	}
	zone, err := zones(w.Zone)
	if err != nil || w.Zone == "" {
		return WishUnstated, at, false
	}
	now := received.In(zone)
	var date time.Time
	for i, d := range t.days {
		said, ok := d.resolve(now)
		if len(t.days) > 1 && d.weekday != nil && !ok { // beside a date, a weekday only has to fit
			continue
		}
		if !ok || i > 0 && !date.IsZero() && !said.Equal(date) && d.weekday == nil {
			return WishUnstated, at, false
		}
		if d.weekday == nil || len(t.days) == 1 {
			date = said
		}
	}
	if date.IsZero() || slices.ContainsFunc(t.days, func(d day) bool { return d.weekday != nil && *d.weekday != date.Weekday() }) {
		return WishUnstated, at, false
	}
	if len(t.clock) == 0 {
		return WishDay, time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, zone), true
	}
	at, ok = t.clock[0].on(date, w, zones)
	if !ok || !at.After(received) {
		return WishUnstated, time.Time{}, false
	}
	return WishAt, at, true
}

// farthest is how many days ahead a date without a year may lie.
const farthest = 180

// resolve is the day at noon, in now's zone.
func (d day) resolve(now time.Time) (time.Time, bool) {
	noon := func(y int, m time.Month, n int) time.Time { return time.Date(y, m, n, 12, 0, 0, 0, now.Location()) }
	today := noon(now.Year(), now.Month(), now.Day())
	switch {
	case d.offset != nil:
		return today.AddDate(0, 0, *d.offset), true
	case d.weekday != nil:
		ahead := (int(*d.weekday) - int(today.Weekday()) + 7) % 7
		return today.AddDate(0, 0, ahead), ahead > 0
	}
	year := d.year
	if year == 0 {
		year = today.Year()
		if noon(year, d.month, d.date).Before(today) {
			year++
		}
	}
	said := noon(year, d.month, d.date)
	if said.Day() != d.date || said.Before(today) || d.year == 0 && said.After(today.AddDate(0, 0, farthest)) {
		return time.Time{}, false
	}
	return said, true
}

// on is the time of day on a date. "Um 5" is five in the morning only if that, and not the afternoon, lies in
// the maintenance window, and the other way round.
func (c clockTime) on(date time.Time, w estate.Window, zones window.Zones) (time.Time, bool) {
	early, ok := exactly(date, c.hour%24, c.minute)
	if !c.half {
		return early, ok
	}
	early, earlyOK := exactly(date, c.hour%12, c.minute)
	late, lateOK := exactly(date, c.hour%12+12, c.minute)
	earlyOK, lateOK = earlyOK && inWindow(early, w, zones), lateOK && inWindow(late, w, zones)
	switch {
	case earlyOK && !lateOK:
		return early, true
	case lateOK && !earlyOK:
		return late, true
	}
	return time.Time{}, false
}

// exactly is a local time that exists once.
func exactly(date time.Time, hour, minute int) (time.Time, bool) {
	at := time.Date(date.Year(), date.Month(), date.Day(), hour, minute, 0, 0, date.Location())
	same := func(t time.Time) bool { return t.Hour() == hour && t.Minute() == minute }
	return at, same(at) && !same(at.Add(-time.Hour)) && !same(at.Add(time.Hour))
}

// inWindow reports whether a window is open at that time.
func inWindow(at time.Time, w estate.Window, zones window.Zones) bool {
	r, err := window.Compile(w, zones)
	if err != nil {
		return false
	}
	slot, ok := r.Next(at, time.Minute)
	return ok && slot.From.Equal(at)
}
