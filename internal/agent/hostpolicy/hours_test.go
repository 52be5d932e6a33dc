package hostpolicy

import (
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/proof"
)

// TestHoursKeepLocalTimeWhenTheClocksChange holds a host's hours against the days on which local time jumps
// (obstacle 20): 02:30 does not exist in March and exists twice in October.
func TestHoursKeepLocalTimeWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	p, err := Parse("host.yaml", []byte("hours:\n  - {days: [sun], start: \"02:30\", hours: 1, zone: Europe/Berlin}\n  - {days: [wed], start: \"22:00\", hours: 4, zone: Europe/Berlin}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-01-11T01:29:59Z": false, // Sunday in winter: 02:29:59
		"2026-01-11T01:30:00Z": true,
		"2026-01-11T02:29:59Z": true,
		"2026-01-11T02:30:00Z": false,
		"2026-07-12T00:30:00Z": true, // in summer
		"2026-07-12T01:30:00Z": false,
		"2026-03-29T01:29:59Z": false, // 02:30 does not exist: it is 03:30
		"2026-03-29T01:30:00Z": true,
		"2026-10-25T00:30:00Z": true,  // the first 02:30 …
		"2026-10-25T01:30:00Z": false, // … and not the second
		"2026-01-14T23:30:00Z": true,  // Thursday 00:30, in Wednesday's hours
		"2026-01-15T01:00:00Z": false,
		"2026-01-14T20:59:59Z": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Open(moment); got != want {
			t.Errorf("%s: open %t, want %t", at, got, want)
		}
	}
	proof.Obstacle(t, 20, "local time kept", "A host's hours at 02:30 are open at 03:30 on the day on which 02:30 does not exist, and once on the day on which it exists twice. The server's windows are held against each day of sixty years in five zones (internal/core/window TestEveryWindowOfSixtyYears).")
}

func TestHoursThatAreNotSetAreAlwaysAndNoneAreNever(t *testing.T) {
	t.Parallel()
	never, err := Parse("host.yaml", []byte("hours: []\n"))
	if now := time.Now(); err != nil || !Default().Open(now) || never.Open(now) {
		t.Errorf("%v; default %t, none %t", err, Default().Open(now), never.Open(now))
	}
}
