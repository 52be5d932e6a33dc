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
		o := d.Owed(c.past, at(c.now))
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

// TestWhereTheProviderNeedsNoOrderAPlainOneIsANewTry (C10): after a failed update of the provider's own accord, a word
// of the customer's lets it be tried again; an older word, a withdrawn one or a vague one does not.
func TestWhereTheProviderNeedsNoOrderAPlainOneIsANewTry(t *testing.T) {
	t.Parallel()
	ended := time.Date(2027, 3, 1, 5, 0, 0, 0, time.UTC)
	last := Past{Over: true, Outcome: verdict.Restored, Ended: ended, Ground: "provider_duty"}
	order := mandate.Order{ID: "o-1", Explicit: true, Given: ended.Add(time.Hour)}
	for name, c := range map[string]struct {
		change func(*mandate.Order)
		want   bool
	}{
		"plain, and since": {func(*mandate.Order) {}, true},
		"from before":      {func(o *mandate.Order) { o.Given = ended.Add(-time.Hour) }, false},
		"taken back":       {func(o *mandate.Order) { o.Withdrawn = true }, false},
		"vague":            {func(o *mandate.Order) { o.Explicit = false }, false},
		"carried out":      {func(o *mandate.Order) { o.Used = "r-1" }, false},
		"about a measure":  {func(o *mandate.Order) { o.Mitigation = true }, false},
		"about an upgrade": {func(o *mandate.Order) { o.Terms.Change = &mandate.VersionChange{} }, false},
	} {
		o := order
		c.change(&o)
		if got := orderedAnew(mandate.Mandate{}, []mandate.Order{o}, last); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
