package cadence

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// TestWhenAStandingOrderIsDue: interval and rule, through a year.
func TestWhenAStandingOrderIsDue(t *testing.T) {
	t.Parallel()
	w := window.Window{Name: "w", Days: []string{"sat"}, Start: "05:00", Hours: 2, Zone: "Europe/Berlin"}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		t, _ := wall.ParseTime(text)
		return t.In(berlin)
	}
	done := func(text string) []Past {
		return []Past{{Over: true, Outcome: verdict.Succeeded, Ground: mandate.GroundName(mandate.ByStandingOrder, "so"), Slot: window.Interval{From: at(text)}}}
	}
	for _, c := range []struct {
		name    string
		order   estate.StandingOrder
		past    []Past
		now     string
		due     bool
		overdue string // day
		next    string
	}{
		{"quarterly, never done", estate.StandingOrder{Interval: estate.Quarterly}, nil, "2026-02-01T00:00", true, "", "2026-04-15T05:00"},
		{"quarterly, done in its quarter", estate.StandingOrder{Interval: estate.Quarterly}, done("2026-01-17T05:00"), "2026-04-14T00:00", false, "", "2026-04-15T05:00"},
		{"quarterly, the next quarter has begun", estate.StandingOrder{Interval: estate.Quarterly}, done("2026-01-17T05:00"), "2026-04-15T05:00", true, "", "2026-07-15T05:00"},
		{"quarterly, a whole quarter with nothing done", estate.StandingOrder{Interval: estate.Quarterly}, done("2026-01-17T05:00"), "2026-07-15T05:00", true, "2026-04-15", "2026-10-15T05:00"},
		{"monthly on the 31st, in February", estate.StandingOrder{Interval: estate.Monthly, Starts: "2026-01-31"}, done("2026-01-31T05:00"), "2026-02-28T06:00", true, "", "2026-03-31T05:00"},
		{"nightly, after a week", estate.StandingOrder{Interval: estate.Nightly}, done("2026-02-01T05:00"), "2026-02-08T06:00", true, "", "2026-02-09T05:00"},
		{"nightly, after a month", estate.StandingOrder{Interval: estate.Nightly}, done("2026-02-01T05:00"), "2026-03-08T06:00", true, "2026-03-07", "2026-03-09T05:00"},
		{"first Saturday, not begun yet", estate.StandingOrder{Rule: "FREQ=MONTHLY;BYDAY=1SA", Starts: "2026-12-01"}, nil, "2026-12-04T12:00", false, "", "2026-12-05T05:00"},
		{"first Saturday, begun", estate.StandingOrder{Rule: "FREQ=MONTHLY;BYDAY=1SA", Starts: "2026-12-01"}, nil, "2026-12-05T05:00", true, "", "2027-01-02T05:00"},
		{"ended", estate.StandingOrder{Interval: estate.Weekly, Ends: "2026-01-31"}, done("2026-01-30T05:00"), "2026-02-20T12:00", false, "", ""},
	} {
		c.order.ID, c.order.By, c.order.Given, c.order.Channel = "so", "eva", "2026-01-15", "Ticket 1"
		d, err := Of(&c.order, w, time.LoadLocation, at(c.now))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		o := d.Owed(c.past, time.Time{}, at(c.now))
		overdue, next := "", ""
		if o.Overdue != nil {
			overdue = o.Overdue.Day.String()
		}
		if !o.Next.Interval.From.IsZero() {
			next = wall.TimeOf(o.Next.Interval.From.In(berlin)).String()
		}
		if o.Due != c.due || overdue != c.overdue || next != c.next {
			t.Errorf("%s: due %v, overdue %q, next %q", c.name, o.Due, overdue, next)
		}
	}
}

// TestADateBeforeTheSystemWasOursIsNotOverdue: whoever takes a system over has not missed what was before. From then
// on it counts.
func TestADateBeforeTheSystemWasOursIsNotOverdue(t *testing.T) {
	t.Parallel()
	w := window.Window{Name: "w", Days: []string{"sat"}, Start: "05:00", Hours: 2, Zone: "Europe/Berlin"}
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		clock, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return clock
	}
	quarterly := estate.StandingOrder{ID: "so", By: "eva", Given: "2025-01-15", Channel: "Ticket 1", Interval: estate.Quarterly} // 15 January, April …
	nightly := quarterly
	nightly.Interval = estate.Nightly
	for name, c := range map[string]struct {
		order      estate.StandingOrder
		since, now string
		overdue    string // day
	}{
		"always ours":                             {quarterly, "", "2026-07-20T09:00", "2026-04-15"},
		"taken over after the date":               {quarterly, "2026-05-02T10:00", "2026-07-20T09:00", ""},
		"taken over right before it":              {quarterly, "2026-04-15T04:00", "2026-07-20T09:00", "2026-04-15"},
		"taken over while its window was open":    {quarterly, "2026-04-15T06:00", "2026-07-20T09:00", ""},
		"the first whole quarter went by":         {quarterly, "2026-05-02T10:00", "2026-10-20T09:00", "2026-07-15"},
		"taken over today":                        {quarterly, "2026-07-20T08:00", "2026-07-20T09:00", ""},
		"nightly, a week after it was taken over": {nightly, "2026-07-13T08:00", "2026-07-20T09:00", ""},
		"nightly, five weeks after":               {nightly, "2026-06-13T08:00", "2026-07-20T09:00", "2026-07-19"},
	} {
		d, err := Of(&c.order, w, time.LoadLocation, at(c.now))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		o, got := d.Owed(nil, at(c.since), at(c.now)), ""
		if o.Overdue != nil {
			got = o.Overdue.Day.String()
		}
		if got != c.overdue || !o.Due {
			t.Errorf("%s: overdue %q, want %q; due %v", name, got, c.overdue, o.Due)
		}
	}
}
