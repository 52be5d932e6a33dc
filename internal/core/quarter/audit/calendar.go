package audit

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
)

// span is a time from one moment to another, the end not included.
type span struct{ from, to time.Time }

func (s span) meets(o span) bool { return s.from.Before(o.to) && o.from.Before(s.to) }

// clockTime is the moment at which a clock on a wall shows a time of a day. A time that is left out in spring moves
// forward with the clocks.
func clockTime(day time.Time, hhmm string, zone *time.Location) time.Time {
	h, m, _ := strings.Cut(hhmm, ":")
	hour, _ := strconv.Atoi(h)
	minute, _ := strconv.Atoi(m)
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone)
	if at.Hour() == hour && at.Minute() == minute {
		return at
	}
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	return midnight.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// openings are the times at which a maintenance window is open, from the day before one moment until another.
func openings(w estate.Window, zone *time.Location, from, until time.Time) (list []span) {
	first := from.In(zone).AddDate(0, 0, -1)
	for day := first; day.Before(until.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
		if !slices.Contains(w.Days, strings.ToLower(day.Weekday().String()[:3])) {
			continue
		}
		begin := clockTime(day, w.Start, zone)
		list = append(list, span{begin, begin.Add(time.Duration(w.Hours * float64(time.Hour)))})
	}
	return list
}

// dates are the days on which a standing order falls due by its interval, counted from the day it starts.
func dates(s estate.StandingOrder, zone *time.Location, from, until time.Time) (list []time.Time) {
	start, err := time.ParseInLocation(time.DateOnly, s.Begins(), zone)
	if err != nil {
		return nil
	}
	step := map[estate.Recurrence][2]int{estate.Quarterly: {3, 0}, estate.Monthly: {1, 0}, estate.Weekly: {0, 7}, estate.Nightly: {0, 1}}[s.Interval]
	for k := 0; step != [2]int{}; k++ {
		day := start.AddDate(0, k*step[0], k*step[1])
		if !day.Before(until) {
			break
		}
		if !day.Before(from) {
			list = append(list, day)
		}
	}
	return list
}
