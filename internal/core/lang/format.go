package lang

import (
	"strconv"
	"strings"
	"time"
)

// Weekday and month names as the two languages shorten them. German dates are written in digits and
// need no month names.
var (
	weekdaysDE = [7]string{"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"}
	weekdaysEN = [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
)

// Weekday writes the short name of a day: "Sa", "Sat".
func Weekday(d time.Weekday, l Lang) string {
	if d < time.Sunday || d > time.Saturday {
		return d.String()
	}
	if l == EN {
		return weekdaysEN[d]
	}
	return weekdaysDE[d]
}

// Date writes the day of t in its own location: "Sa 28.11.2026", "Sat 28 Nov 2026".
func Date(t time.Time, l Lang) string {
	if l == EN {
		return t.Format("Mon 2 Jan 2006")
	}
	return Weekday(t.Weekday(), DE) + t.Format(" 02.01.2006")
}

// DateTime writes day and minute of t in its own location: "Sa 28.11.2026, 05:00 Uhr",
// "Sat 28 Nov 2026, 05:00".
func DateTime(t time.Time, l Lang) string {
	return Date(t, l) + ", " + Clock(t, l)
}

// Clock writes the minute of t in its own location: "05:00 Uhr", "05:00".
func Clock(t time.Time, l Lang) string {
	if l == EN {
		return t.Format("15:04")
	}
	return t.Format("15:04") + " Uhr"
}

// Interval writes a span of time in the location of from: "Sa 28.11., 05:00–07:00 Uhr",
// "Sat 28 Nov, 05:00–07:00". A span that ends on another day names both days, one that ends in
// another year both years, and one during which the clocks change both zones, because the same
// clock reading may occur twice.
func Interval(from, to time.Time, l Lang) string { return interval(from, to, false, l) }

// IntervalYear writes a span as Interval does, with its year: "Mo 02.08.2027, 05:00–07:00 Uhr".
func IntervalYear(from, to time.Time, l Lang) string { return interval(from, to, true, l) }

// IntervalSeen writes a span as Interval does, and names the year where it begins in another one than now is.
func IntervalSeen(now, from, to time.Time, l Lang) string {
	return interval(from, to, from.Year() != now.In(from.Location()).Year(), l)
}

func interval(from, to time.Time, years bool, l Lang) string {
	to = to.In(from.Location())
	sameDay := from.Year() == to.Year() && from.YearDay() == to.YearDay()
	years = years || from.Year() != to.Year()
	zoneFrom, offsetFrom := from.Zone()
	zoneTo, offsetTo := to.Zone()
	if offsetFrom == offsetTo {
		zoneFrom, zoneTo = "", ""
	} else {
		zoneFrom, zoneTo = " "+zoneFrom, " "+zoneTo
	}
	if l == EN {
		layout := "Mon 2 Jan"
		if years {
			layout = "Mon 2 Jan 2006"
		}
		start := from.Format(layout+", 15:04") + zoneFrom
		if sameDay {
			return start + "–" + to.Format("15:04") + zoneTo
		}
		return start + " – " + to.Format(layout+", 15:04") + zoneTo
	}
	layout := " 02.01."
	if years {
		layout = " 02.01.2006"
	}
	start := Weekday(from.Weekday(), DE) + from.Format(layout+", 15:04")
	if sameDay {
		return start + zoneFrom + "–" + to.Format("15:04") + zoneTo + " Uhr"
	}
	end := Weekday(to.Weekday(), DE) + to.Format(layout+", 15:04")
	return start + zoneFrom + " Uhr – " + end + zoneTo + " Uhr"
}

// Duration writes a length of time in its two largest units: "1 min 42 s", "2 h 5 min",
// "3 Tage 4 h", "3 days 4 h"; under ten seconds with one decimal: "0,8 s", "0.8 s". Rounding is to
// the nearest of the smaller unit. A negative duration keeps its sign.
func Duration(d time.Duration, l Lang) string { return duration(d, "Tage", l) }

// DurationDative writes a length of time as German wants it after "in", "vor" and "seit": "3 Tagen 4 h".
func DurationDative(d time.Duration, l Lang) string { return duration(d, "Tagen", l) }

func duration(d time.Duration, days string, l Lang) string {
	if d < 0 {
		// The smallest duration has no positive counterpart; one nanosecond more does.
		return "−" + duration(-max(d, -1<<63+1), days, l)
	}
	const day = 24 * time.Hour
	switch {
	case d.Round(100*time.Millisecond) < 10*time.Second:
		tenths := int64(d.Round(100*time.Millisecond) / (100 * time.Millisecond))
		if tenths%10 == 0 {
			return strconv.FormatInt(tenths/10, 10) + " s"
		}
		point := ","
		if l == EN {
			point = "."
		}
		return strconv.FormatInt(tenths/10, 10) + point + strconv.FormatInt(tenths%10, 10) + " s"
	case d.Round(time.Second) < time.Hour:
		return units(d, time.Minute, time.Second, "min", "s")
	case d.Round(time.Minute) < day:
		return units(d, time.Hour, time.Minute, "h", "min")
	}
	word := days
	if l == EN {
		word = "days"
	}
	if d.Round(time.Hour) < 2*day {
		word = "Tag"
		if l == EN {
			word = "day"
		}
	}
	return units(d, day, time.Hour, word, "h")
}

// units writes d, rounded to small, as so many large and so many small units, leaving out zeros.
func units(d, large, small time.Duration, largeName, smallName string) string {
	n := int64(d.Round(small) / small)
	ratio := int64(large / small)
	whole, rest := n/ratio, n%ratio
	parts := make([]string, 0, 2)
	if whole > 0 {
		parts = append(parts, strconv.FormatInt(whole, 10)+" "+largeName)
	}
	if rest > 0 {
		parts = append(parts, strconv.FormatInt(rest, 10)+" "+smallName)
	}
	return strings.Join(parts, " ")
}

// Count writes a whole number with thousands separators: "1.412", "1,412".
func Count[N ~int | ~int32 | ~int64](n N, l Lang) string {
	sep := byte('.')
	if l == EN {
		sep = ','
	}
	digits := strconv.FormatInt(int64(n), 10)
	out := make([]byte, 0, len(digits)+len(digits)/3)
	if digits[0] == '-' {
		out, digits = append(out, "−"...), digits[1:]
	}
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, sep)
		}
		out = append(out, digits[i])
	}
	return string(out)
}
