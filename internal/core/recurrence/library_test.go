package recurrence_test

import (
	"testing"
	"time"

	"github.com/teambition/rrule-go"
)

// TestWhatTheLibraryGetsWrong holds what this package mends or refuses because of the library. Where the
// library has mended it, the restriction can go.
func TestWhatTheLibraryGetsWrong(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	list := func(o rrule.ROption) []time.Time {
		r, err := rrule.NewRRule(o)
		if err != nil {
			t.Fatal(err)
		}
		return r.All()
	}
	// The second 02:30 of the autumn day, not the first: days are expanded without a zone.
	autumn := list(rrule.ROption{Freq: rrule.DAILY, Dtstart: time.Date(2026, 10, 24, 2, 30, 0, 0, berlin), Count: 2})
	if _, offset := autumn[1].Zone(); offset != 3600 {
		t.Errorf("autumn is right now: %s", autumn[1])
	}
	// One hour of the spring night is lost: HOURLY is refused.
	spring := list(rrule.ROption{Freq: rrule.HOURLY, Dtstart: time.Date(2027, 3, 28, 0, 0, 0, 0, berlin), Until: time.Date(2027, 3, 28, 8, 0, 0, 0, berlin)})
	if hours := int(spring[len(spring)-1].Sub(spring[0])/time.Hour) + 1; len(spring) == hours {
		t.Errorf("spring is right now: %s", spring)
	}
	// A weekday counted beyond a month is an index beyond a list: more than five are refused.
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the library does not panic any more")
			}
		}()
		list(rrule.ROption{Freq: rrule.MONTHLY, Dtstart: time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC), Count: 1, Byweekday: []rrule.Weekday{rrule.MO.Nth(-53)}})
	}()
	// Weekdays with and without a number in one rule leave only days that are both: refused.
	both := list(rrule.ROption{Freq: rrule.MONTHLY, Dtstart: time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC), Until: time.Date(2026, 12, 31, 5, 0, 0, 0, time.UTC), Byweekday: []rrule.Weekday{rrule.SA.Nth(1), rrule.SU}})
	if len(both) != 0 {
		t.Errorf("days with and without a number go together now: %s", both)
	}
	// 1 and 2 January 2011 are in week 52 of 2010, and are not found; dateutil does not find them either.
	// Week numbers from 52 on are refused.
	week := list(rrule.ROption{Freq: rrule.YEARLY, Dtstart: time.Date(2011, 1, 1, 9, 0, 0, 0, time.UTC), Count: 1, Byweekno: []int{52}, Byweekday: []rrule.Weekday{rrule.SA}})
	if week[0].YearDay() == 1 {
		t.Errorf("week 52 is right now: %s", week)
	}
	// The first week of a WEEKLY rule is counted from the start, not from the week's beginning: from Thursday,
	// 1 January 2026 on, Friday is the first of Monday, Wednesday and Friday, and then it is Monday. dateutil
	// does the same. BYSETPOS is refused there.
	first := list(rrule.ROption{Freq: rrule.WEEKLY, Dtstart: time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC), Count: 1, Bysetpos: []int{1}, Byweekday: []rrule.Weekday{rrule.MO, rrule.WE, rrule.FR}})
	if first[0].Day() != 2 {
		t.Errorf("BYSETPOS in weeks is right now: %s", first)
	}
}
