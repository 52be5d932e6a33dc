package estate

import (
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// StandingOrder is the customer's documented instruction that work of one scope may recur
// (Dauerauftrag; MH2-14, MH2-21).
type StandingOrder struct {
	ID       string     `json:"id"`
	By       string     `json:"by"`      // contact ID, needs AuthorityOrder
	Given    string     `json:"given"`   // date of the instruction, YYYY-MM-DD
	Text     string     `json:"text"`    // the instruction, verbatim
	Channel  string     `json:"channel"` // ticket number or document
	Scope    Scope      `json:"scope"`   // what it covers
	Ends     string     `json:"ends,omitempty"`
	Paused   bool       `json:"paused,omitempty"`
	Reboot   bool       `json:"reboot,omitempty"`   // the system may be rebooted for it, within the window
	Interval Recurrence `json:"interval,omitempty"` // how often; empty: Rule says so
	Rule     string     `json:"rule,omitempty"`     // RFC 5545, in the zone of the contract's window; empty: Interval says so
	Starts   string     `json:"starts,omitempty"`   // YYYY-MM-DD, from when on occurrences are counted; empty: Given

	// What happens to single dates, each with who said so, when and why.
	Moved   []recurrence.Move  `json:"moved,omitempty"`
	LeftOut []recurrence.Skip  `json:"left_out,omitempty"`
	Pauses  []recurrence.Pause `json:"pauses,omitempty"`
}

// Recurrence is how often a standing order falls due (MH2-22).
type Recurrence string

// The recurrences a standing order can have.
const (
	Quarterly Recurrence = "quarterly"
	Monthly   Recurrence = "monthly"
	Weekly    Recurrence = "weekly"
	Nightly   Recurrence = "nightly"
)

// rule is the interval in the words of RFC 5545, counted from a day. A month that does not have the day is
// counted by its last one.
func (r Recurrence) rule(from wall.Day) string {
	switch r {
	case Nightly:
		return "FREQ=DAILY"
	case Weekly:
		return "FREQ=WEEKLY"
	case Monthly:
		return "FREQ=MONTHLY" + onDay(from.Day)
	case Quarterly:
		return "FREQ=MONTHLY;INTERVAL=3" + onDay(from.Day)
	}
	return ""
}

// onDay is the day of the month, or the last one of a shorter month.
func onDay(day int) string {
	const shortest = 28
	if day <= shortest {
		return ""
	}
	days := strconv.Itoa(shortest)
	for d := shortest + 1; d <= day; d++ {
		days += "," + strconv.Itoa(d)
	}
	return ";BYMONTHDAY=" + days + ";BYSETPOS=-1"
}

// Begins is the day from which on occurrences are counted.
func (s StandingOrder) Begins() string {
	if s.Starts != "" {
		return s.Starts
	}
	return s.Given
}

// RRule is the rule in the words of RFC 5545, also where an interval was stated.
func (s StandingOrder) RRule() string {
	if s.Rule != "" {
		return s.Rule
	}
	from, _ := wall.ParseDay(s.Begins())
	return s.Interval.rule(from)
}

// Recurs is when the order falls due: on days in the zone of the maintenance window, at the window's begin
// unless the rule names a time of day, for as long as the window is open. The error is that of
// recurrence.Parse; a day that is none is found when the document is read.
func (s StandingOrder) Recurs(w Window, zones window.Zones) (recurrence.Rule, error) {
	day, _ := wall.ParseDay(s.Begins())
	given, _ := wall.ParseDay(s.Given)
	begin, _ := time.Parse("15:04", w.Start)
	stated := recurrence.Stated{
		ID: s.ID, Rule: s.RRule(), Start: day.At(begin.Hour(), begin.Minute()), Zone: w.Zone,
		Minutes: max(1, min(int(w.Hours*60), recurrence.MaxMinutes)), Moved: s.Moved, LeftOut: s.LeftOut, Pauses: s.Pauses,
	}
	if last, err := wall.ParseDay(s.Ends); err == nil {
		stated.Ended = &recurrence.End{Last: last, Notice: recurrence.Notice{By: s.By, At: given.In(time.UTC), Reason: s.Channel}}
	}
	return recurrence.Parse(stated, zones)
}

// PausedOn reports whether the order is suspended on a local day.
func (s StandingOrder) PausedOn(day wall.Day) bool {
	for _, p := range s.Pauses {
		if !day.Before(p.From) && (p.Until.IsZero() || !day.After(p.Until)) {
			return true
		}
	}
	return s.Paused
}
