package lang

import (
	"math"
	"testing"
	"time"
)

// vienna is Central European time around the autumn of 2026, written out so that the test needs no
// zone database: CEST until 2026-10-25 01:00 UTC, then CET.
var (
	cest = time.FixedZone("CEST", 2*3600)
	cet  = time.FixedZone("CET", 3600)
)

func TestDateAndTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 28, 5, 0, 0, 0, cet)
	may := time.Date(2026, time.May, 3, 14, 7, 59, 0, cest)
	tests := []struct{ got, want string }{
		{Date(at, DE), "Sa 28.11.2026"},
		{Date(at, EN), "Sat 28 Nov 2026"},
		{Date(may, DE), "So 03.05.2026"},
		{Date(may, EN), "Sun 3 May 2026"},
		{DateTime(at, DE), "Sa 28.11.2026, 05:00 Uhr"},
		{DateTime(at, EN), "Sat 28 Nov 2026, 05:00"},
		{DateTime(at.UTC(), DE), "Sa 28.11.2026, 04:00 Uhr"},
		{Clock(may, DE), "14:07 Uhr"},
		{Clock(may, EN), "14:07"},
		{Weekday(time.Wednesday, DE), "Mi"},
		{Weekday(time.Wednesday, EN), "Wed"},
		{Weekday(time.Weekday(9), DE), "%!Weekday(9)"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	at := func(year int, month time.Month, day, hour int) time.Time {
		return time.Date(year, month, day, hour, 0, 0, 0, cet)
	}
	tests := []struct {
		name     string
		from, to time.Time
		de, en   string
	}{
		{"a window in the morning", at(2026, 11, 28, 5), at(2026, 11, 28, 7),
			"Sa 28.11., 05:00–07:00 Uhr", "Sat 28 Nov, 05:00–07:00"},
		{"a window over midnight", at(2026, 11, 28, 21), at(2026, 11, 29, 8),
			"Sa 28.11., 21:00 Uhr – So 29.11., 08:00 Uhr", "Sat 28 Nov, 21:00 – Sun 29 Nov, 08:00"},
		{"a window over New Year", at(2026, 12, 31, 22), at(2027, 1, 1, 2),
			"Do 31.12.2026, 22:00 Uhr – Fr 01.01.2027, 02:00 Uhr", "Thu 31 Dec 2026, 22:00 – Fri 1 Jan 2027, 02:00"},
		{"the end is shown in the zone of the start", at(2026, 11, 28, 5), at(2026, 11, 28, 7).UTC(),
			"Sa 28.11., 05:00–07:00 Uhr", "Sat 28 Nov, 05:00–07:00"},
	}
	for _, tt := range tests {
		if got := Interval(tt.from, tt.to, DE); got != tt.de {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.de)
		}
		if got := Interval(tt.from, tt.to, EN); got != tt.en {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.en)
		}
	}
}

func TestIntervalNamesTheZonesWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatalf("the zone database is missing (Debian: tzdata): %v", err)
	}
	from := time.Date(2026, time.October, 25, 0, 30, 0, 0, time.UTC).In(berlin)
	to := from.Add(2 * time.Hour)
	if got, want := Interval(from, to, DE), "So 25.10., 02:30 CEST–03:30 CET Uhr"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Interval(from, to, EN), "Sun 25 Oct, 02:30 CEST–03:30 CET"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d      time.Duration
		de, en string
	}{
		{0, "0 s", "0 s"},
		{820 * time.Millisecond, "0,8 s", "0.8 s"},
		{3 * time.Second, "3 s", "3 s"},
		{9960 * time.Millisecond, "10 s", "10 s"},
		{42*time.Second + 400*time.Millisecond, "42 s", "42 s"},
		{time.Minute, "1 min", "1 min"},
		{102 * time.Second, "1 min 42 s", "1 min 42 s"},
		{time.Hour - 400*time.Millisecond, "1 h", "1 h"},
		{125 * time.Minute, "2 h 5 min", "2 h 5 min"},
		{24 * time.Hour, "1 Tag", "1 day"},
		{28 * time.Hour, "1 Tag 4 h", "1 day 4 h"},
		{76 * time.Hour, "3 Tage 4 h", "3 days 4 h"},
		{-102 * time.Second, "−1 min 42 s", "−1 min 42 s"},
		{math.MinInt64, "−106751 Tage 23 h", "−106751 days 23 h"},
		{math.MaxInt64, "106751 Tage 23 h", "106751 days 23 h"},
	}
	for _, tt := range tests {
		if got := Duration(tt.d, DE); got != tt.de {
			t.Errorf("Duration(%v, DE) = %q, want %q", tt.d, got, tt.de)
		}
		if got := Duration(tt.d, EN); got != tt.en {
			t.Errorf("Duration(%v, EN) = %q, want %q", tt.d, got, tt.en)
		}
	}
}

func TestDurationAfterAPreposition(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		20 * time.Minute: "20 min", 28 * time.Hour: "1 Tag 4 h", 76 * time.Hour: "3 Tagen 4 h", -76 * time.Hour: "−3 Tagen 4 h",
	} {
		if got := DurationDative(d, DE); got != want {
			t.Errorf("%s: %q", d, got)
		}
	}
	if got := DurationDative(76*time.Hour, EN); got != "3 days 4 h" {
		t.Errorf("%q", got)
	}
}

// TestIntervalSeen: next year's date names its year; this year's does not.
func TestIntervalSeen(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 23, 30, 0, 0, time.UTC)
	at := func(y int, m time.Month, d int) string {
		from := time.Date(y, m, d, 5, 0, 0, 0, time.UTC)
		return IntervalSeen(now, from, from.Add(2*time.Hour), DE)
	}
	if a, b := at(2026, 12, 2), at(2027, 8, 2); a != "Mi 02.12., 05:00–07:00 Uhr" || b != "Mo 02.08.2027, 05:00–07:00 Uhr" {
		t.Errorf("%q, %q", a, b)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n      int
		de, en string
	}{
		{0, "0", "0"},
		{999, "999", "999"},
		{1412, "1.412", "1,412"},
		{1234567, "1.234.567", "1,234,567"},
		{-1412, "−1.412", "−1,412"},
		{-999, "−999", "−999"},
		{math.MinInt64, "−9.223.372.036.854.775.808", "−9,223,372,036,854,775,808"},
	}
	for _, tt := range tests {
		if got := Count(tt.n, DE); got != tt.de {
			t.Errorf("Count(%d, DE) = %q, want %q", tt.n, got, tt.de)
		}
		if got := Count(tt.n, EN); got != tt.en {
			t.Errorf("Count(%d, EN) = %q, want %q", tt.n, got, tt.en)
		}
	}
}
