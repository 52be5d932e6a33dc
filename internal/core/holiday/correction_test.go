package holiday

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"github.com/rickar/cal/v2"
)

// TestCorrectionsMeetTheLibrary: what a correction takes off is there, and what it adds is not; so that a
// library that has caught up is noticed.
func TestCorrectionsMeetTheLibrary(t *testing.T) {
	t.Parallel()
	for _, c := range corrections {
		var names []string
		for _, h := range library[c.region] {
			names = append(names, h.Name)
		}
		if len(names) == 0 {
			t.Errorf("%s is not known", c.region)
		}
		for _, off := range c.off {
			if !slices.Contains(names, off) {
				t.Errorf("the library does not have %s in %s", off, c.region)
			}
		}
		for _, o := range c.add {
			if slices.Contains(names, o.feast.name.DE) && !slices.Contains(c.off, o.feast.name.DE) {
				t.Errorf("the library has %s in %s already", o.feast.name.DE, c.region)
			}
		}
	}
}

// TestTheMachinesZoneDoesNotMatter: the library computes in the machine's zone. Where the clocks skip
// midnight its days begin at 23:00 of the day before; the holiday must not move.
func TestTheMachinesZoneDoesNotMatter(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	here := cal.DefaultLoc
	defer func() { cal.DefaultLoc = here }()
	feast := of(&cal.Holiday{Month: time.November, Day: 4, Func: cal.CalcDayOfMonth}) // midnight was missing
	cal.DefaultLoc = zone
	if midnight := time.Date(2018, time.November, 4, 0, 0, 0, 0, zone); midnight.Day() != 3 {
		t.Fatalf("this test has lost its subject: %s", midnight)
	}
	if day, _ := feast.in(2018); day.String() != "2018-11-04" {
		t.Error(day)
	}
}
