package plan_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/plan"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// friday is 14:00 in Berlin.
var friday = time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)

func compile(t testing.TB, start string, hours float64, days ...string) window.Recurring {
	t.Helper()
	r, err := window.Compile(estate.Window{Name: "w", Days: days, Start: start, Hours: hours, Zone: "Europe/Berlin"}, time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told is a plan as short lines: "web1/r1 Sat 05:00–07:00", in Berlin's time, and "web2/r2 busy".
func told(t *testing.T, p plan.Plan) []string {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range p.Slots {
		lines = append(lines, s.System+"/"+s.Run+" "+s.At.From.In(berlin).Format("Mon 15:04")+"–"+s.At.To.In(berlin).Format("15:04"))
	}
	for _, n := range p.Not {
		lines = append(lines, n.System+"/"+n.Run+" "+n.Code)
	}
	return lines
}

func TestWhenChangesAreMade(t *testing.T) {
	t.Parallel()
	weekend, nightly, now := compile(t, "05:00", 2, "sat", "sun"), compile(t, "23:00", 4, window.Weekdays...), compile(t, "13:00", 2, "fri")
	const hour = time.Hour
	for _, c := range []struct {
		name       string
		candidates []plan.Candidate
		want       []string
	}{
		{"nothing is permitted, nothing is planned", nil, nil},
		{"the next window", []plan.Candidate{{System: "web1", Run: "r1", Window: weekend, Estimate: hour}}, []string{"web1/r1 Sat 05:00–07:00"}},
		{"the window is open, and an hour is left of it", []plan.Candidate{{System: "web1", Run: "r1", Window: now, Estimate: hour}}, []string{"web1/r1 Fri 14:00–15:00"}},
		{"the window is open, but too little is left of it", []plan.Candidate{{System: "web1", Run: "r1", Window: now, Estimate: hour + time.Minute}}, []string{"web1/r1 Fri 13:00–15:00"}},
		{"not before Sunday", []plan.Candidate{{System: "web1", Run: "r1", Window: weekend, Estimate: hour, NotUntil: friday.Add(30 * hour)}}, []string{"web1/r1 Sun 05:00–07:00"}},
		{"not before last week: that is over", []plan.Candidate{{System: "web1", Run: "r1", Window: weekend, Estimate: hour, NotUntil: friday.Add(-100 * hour)}}, []string{"web1/r1 Sat 05:00–07:00"}},
		{"never long enough", []plan.Candidate{{System: "web1", Run: "r1", Window: weekend, Estimate: 3 * hour}}, []string{"web1/r1 no_fit"}},
		{"no window was compiled", []plan.Candidate{{System: "web1", Run: "r1", Estimate: hour}}, []string{"web1/r1 no_fit"}},
		{"another run is under way", []plan.Candidate{{System: "web1", Run: "r1", Window: weekend, Estimate: hour, Busy: true}}, []string{"web1/r1 busy"}},
		{"two runs for one system: the first is planned", []plan.Candidate{
			{System: "web1", Run: "r2", Window: nightly, Estimate: hour}, {System: "web1", Run: "r1", Window: weekend, Estimate: hour},
		}, []string{"web1/r1 Sat 05:00–07:00", "web1/r2 busy"}},
		{"two runs for one system, of which the first does not fit: the second is planned", []plan.Candidate{
			{System: "web1", Run: "r1", Window: weekend, Estimate: 3 * hour}, {System: "web1", Run: "r2", Window: nightly, Estimate: 3 * hour},
		}, []string{"web1/r2 Fri 23:00–03:00", "web1/r1 no_fit"}},
		{"what comes first stands first; at the same time, in the order of the names", []plan.Candidate{
			{System: "web3", Run: "r3", Window: weekend, Estimate: hour}, {System: "web1", Run: "r1", Window: weekend, Estimate: hour},
			{System: "web2", Run: "r2", Window: nightly, Estimate: hour},
		}, []string{"web2/r2 Fri 23:00–03:00", "web1/r1 Sat 05:00–07:00", "web3/r3 Sat 05:00–07:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, told(t, plan.Make(friday, c.candidates))); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestAPlanSaysWhy: for what is planned as for what is not, in both languages, with lengths of time as
// each language writes them.
func TestAPlanSaysWhy(t *testing.T) {
	t.Parallel()
	weekend, open := compile(t, "05:00", 2, "sat"), compile(t, "13:00", 2, "fri")
	p := plan.Make(friday, []plan.Candidate{
		{System: "busy1", Run: "r", Window: weekend, Estimate: time.Hour, Busy: true},
		{System: "long1", Run: "r", Window: weekend, Estimate: 52 * time.Hour},
		{System: "now1", Run: "r", Window: open, Estimate: time.Hour},
		{System: "soon1", Run: "r", Window: weekend, Estimate: time.Hour},
	})
	var got []string
	for _, s := range p.Slots {
		got = append(got, s.System+": "+s.Reason.DE, s.System+": "+s.Reason.EN)
	}
	for _, n := range p.Not {
		got = append(got, n.System+": "+n.Reason.DE, n.System+": "+n.Reason.EN)
	}
	want := []string{
		"now1: Das Wartungsfenster ist offen und lang genug.",
		"now1: The maintenance window is open and long enough.",
		"soon1: Nächstes Wartungsfenster.",
		"soon1: Next maintenance window.",
		"busy1: Für busy1 ist schon ein Lauf geplant oder unterwegs.",
		"busy1: A run for busy1 is already planned or under way.",
		"long1: Kein Wartungsfenster von long1 ist lang genug (gebraucht werden etwa 2 Tage 4 h).",
		"long1: No maintenance window of long1 is long enough (about 2 days 4 h are needed).",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	if strings.Contains(strings.Join(got, ""), "0m0s") {
		t.Fatal("a length of time is written for machines")
	}
}

// TestFreezesMoveRuns: what is frozen waits for the first window after it; what passes a freeze does not.
func TestFreezesMoveRuns(t *testing.T) {
	t.Parallel()
	weekend := compile(t, "05:00", 2, "sat", "sun")
	closed := func(change func(*freeze.Freeze)) []freeze.Closed {
		t.Helper()
		f := freeze.Freeze{ID: "black-friday", From: wall.Date(2026, 11, 27).At(0, 0), To: wall.Date(2026, 11, 29).At(0, 0), Zone: "Europe/Berlin",
			Reason: "Black Friday", SetBy: "ida", SetAt: friday, May: []freeze.Authority{freeze.Management}}
		if change != nil {
			change(&f)
		}
		c, err := freeze.Check(f, time.LoadLocation)
		if err != nil {
			t.Fatal(err)
		}
		return []freeze.Closed{c}
	}
	for _, c := range []struct {
		name    string
		freezes []freeze.Closed
		urgent  bool
		want    string
	}{
		{"Saturday is frozen", closed(nil), false, "web1/r1 Sun 05:00–07:00"},
		{"the freeze ends in the window", closed(func(f *freeze.Freeze) { f.To = wall.Date(2026, 11, 28).At(5, 30) }), false, "web1/r1 Sat 05:30–07:00"},
		{"too little of the window is left", closed(func(f *freeze.Freeze) { f.To = wall.Date(2026, 11, 28).At(6, 30) }), false, "web1/r1 Sun 05:00–07:00"},
		{"another customer's", closed(func(f *freeze.Freeze) { f.Scope.Customer = "other" }), false, "web1/r1 Sat 05:00–07:00"},
		{"an emergency that does not pass", closed(nil), true, "web1/r1 Sun 00:00–04:00"},
		{"an emergency that passes", closed(func(f *freeze.Freeze) { f.Emergencies = true }), true, "web1/r1 Fri 14:00–18:00"},
		{"for as long as anybody looks ahead", append(closed(func(f *freeze.Freeze) { f.To = wall.Date(2027, 11, 27).At(0, 0) }), closed(func(f *freeze.Freeze) {
			f.From, f.To = wall.Date(2027, 11, 26).At(0, 0), wall.Date(2028, 11, 26).At(0, 0)
		})...), false, "web1/r1 frozen"},
	} {
		p := plan.Make(friday, []plan.Candidate{{System: "web1", Run: "r1", Customer: "kuhn", Window: weekend, Estimate: time.Hour, Freezes: c.freezes, Urgent: c.urgent}})
		if got := told(t, p); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
		if len(p.Slots) == 1 && p.Slots[0].At.From.After(friday.Add(24*time.Hour)) && !strings.Contains(p.Slots[0].Reason.EN, "Black Friday") {
			t.Errorf("%s: does not say why: %s", c.name, p.Slots[0].Reason.EN)
		}
	}
}
