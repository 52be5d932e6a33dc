package server

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// TestTheCalendarShowsWindowsRunsAndFreezes: what is planned and what is frozen stands on its day, and so do the
// windows that systems have; days of the clock change have 23 and 25 hours.
func TestTheCalendarShowsWindowsRunsAndFreezes(t *testing.T) {
	o := open(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	o.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	slot := o.plan("db1").Slots[0]
	day := wall.DayOf(time.Now()).Add(6)
	if _, err := o.server.Freeze(t.Context(), freeze.Freeze{Scope: freeze.Scope{System: "web1"}, From: day.At(8, 0), To: day.At(12, 0), Reason: "Messe", SetBy: "ida"}); err != nil {
		t.Fatal(err)
	}
	c, err := o.server.Calendar(t.Context(), time.Time{}, 14)
	if err != nil || len(c.Days) != 14 || len(c.Freezes) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	runs, frozen, far := 0, 0, 0
	for i, d := range c.Days {
		if i > 0 && !d.From.Equal(c.Days[i-1].To) {
			t.Errorf("%s does not begin where the day before ends", d.Day)
		}
		for _, r := range d.Runs {
			runs++
			if r.ID != slot.Run || slot.At.From.Before(d.From) || !slot.At.From.Before(d.To) {
				t.Errorf("%s has %+v", d.Day, r)
			}
		}
		for _, h := range d.Frozen {
			frozen++
			if d.Day != day.String() || h.Interval.To.Sub(h.Interval.From) != 4*time.Hour {
				t.Errorf("%s has %+v", d.Day, h)
			}
		}
		for _, w := range d.Windows {
			if w.Name == "far" {
				far++
			}
		}
	}
	if runs != 1 || frozen != 1 || far != 2 {
		t.Errorf("%d runs, %d freezes, %d windows of db1", runs, frozen, far)
	}
	for customer, want := range map[string][]string{"": {"SUMMARY:Wartung db1", "SUMMARY:Sperrzeit: Messe"}, "kuhn": {"SUMMARY:Wartung db1", "Messe"}} {
		text, err := o.server.ICalendar(t.Context(), customer, lang.DE)
		for _, w := range want {
			if err != nil || !strings.Contains(string(text), w) {
				t.Errorf("the calendar of %q lacks %q: %v", customer, w, err)
			}
		}
	}
	if _, err := o.server.ICalendar(t.Context(), "nosuch", lang.DE); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the calendar of nobody: %v", err)
	}
	for day, hours := range map[string]int{"2026-10-25": 25, "2026-03-29": 23, "2026-11-28": 24} {
		first, _ := time.Parse(time.DateOnly, day)
		c, err := o.server.Calendar(t.Context(), first, 1)
		if err != nil || c.Days[0].Day != day || c.Days[0].To.Sub(c.Days[0].From) != time.Duration(hours)*time.Hour {
			t.Errorf("%s: %+v, %v", day, c.Days, err)
		}
	}
	if c, err := o.server.Calendar(t.Context(), time.Time{}, 10_000); err != nil || len(c.Days) != mostDays {
		t.Errorf("%d days, %v", len(c.Days), err)
	}
}
