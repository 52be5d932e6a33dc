package clock_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// hourly lets the escalation run from hour to hour and writes down what was told when: "24 SEC-99 management".
func hourly(tm func(hour int) clock.Times, d clock.Duty, hours int) []string {
	table := clock.DefaultTable()
	var told []clock.Told
	var out []string
	for i := range hours {
		now := h(float64(i))
		for _, call := range table.Due(now, clock.State(now, tm(i), d), told) {
			told = append(told, clock.Told{Step: call.Step, Of: call.Of, At: now})
			out = append(out, fmt.Sprintf("%d %s %s", i, call.Step, call.To))
		}
	}
	return out
}

func always(tm clock.Times) func(int) clock.Times { return func(int) clock.Times { return tm } }

func TestADayOnWhichNobodyActs(t *testing.T) {
	t.Parallel()
	got := hourly(always(times(nil)), iteg, 100)
	want := []string{"0 SEC-01 operator", "6 SEC-25 operator", "12 SEC-50 on_call", "18 SEC-75 on_call", "22 SEC-90 management", "24 SEC-99 management"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecuredInTime(t *testing.T) {
	t.Parallel()
	got := hourly(always(times(func(t *clock.Times) { t.Installed, t.Effective = h(7), h(8) })), iteg, 100)
	if diff := cmp.Diff([]string{"0 SEC-01 operator", "6 SEC-25 operator"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMitigationThatExpires(t *testing.T) {
	t.Parallel()
	got := hourly(always(times(func(t *clock.Times) { t.Mitigations = []clock.Mitigation{shut(48)} })), iteg, 100)
	want := []string{"0 SEC-01 operator", "47 REV-01 operator", "48 SEC-00 operator", "48 SEC-99 management"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = hourly(always(times(func(t *clock.Times) { t.Mitigations = []clock.Mitigation{shut(13)} })), iteg, 100)
	want = []string{"0 SEC-01 operator", "12 REV-01 operator", "13 SEC-00 operator", "13 SEC-50 on_call", "18 SEC-75 on_call", "22 SEC-90 management", "24 SEC-99 management"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestACustomerWhoDoesNotAnswer is the story of managedhosting without an emergency consent: asked at once,
// again, on a second way, silence on record, and nothing touched.
func TestACustomerWhoDoesNotAnswer(t *testing.T) {
	t.Parallel()
	got := hourly(func(hour int) clock.Times {
		return times(func(t *clock.Times) {
			if hour > 1 {
				t.Asked = h(1) // the mail went out an hour later
			}
			if hour > 25 {
				t.Silence = h(25)
			}
		})
	}, mh2, 200)
	want := []string{"0 ASK-01 customer", "5 ASK-02 customer", "9 ASK-03 second_contact", "13 ASK-04 operator", "25 ASK-05 record"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestACustomerWhoConsents(t *testing.T) {
	t.Parallel()
	got := hourly(always(times(func(t *clock.Times) { t.Asked, t.Consented, t.Installed, t.Effective = h(0), h(5), h(6), h(7) })), mh2Consent, 100)
	if diff := cmp.Diff([]string{"0 ASK-01 customer", "4 ASK-02 customer", "5 SEC-01 operator"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOthersWhoAreTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		d    clock.Duty
		tm   clock.Times
		want []string
	}{
		{"the customer's own layer", clock.Duty{Footing: clock.Customers}, times(nil), []string{"0 INF-01 customer"}},
		{"nobody's, for want of facts", clock.Duty{}, times(nil), []string{"0 CLR-01 operator", "4 CLR-02 management"}},
		{"no deadline", clock.Duty{Footing: clock.Own}, times(nil), []string{"0 SEC-01 operator"}},
		{"refused", mh2, times(func(t *clock.Times) { t.Asked, t.Refused = h(0), h(2) }), []string{"0 ASK-01 customer"}},
		{"an exception from the third hour on", iteg, times(func(t *clock.Times) { t.Accepted = []clock.Acceptance{{"E", h(3), h(40)}} }),
			[]string{"0 SEC-01 operator", "40 SEC-00 operator", "40 SEC-99 management"}},
		{"paused at the end of life", iteg, times(func(t *clock.Times) {
			t.Pauses = []clock.Pause{{From: h(7), Until: h(17), Reason: lang.T("Ende", "end")}}
		}),
			[]string{"0 SEC-01 operator", "6 SEC-25 operator", "22 SEC-50 on_call", "28 SEC-75 on_call", "32 SEC-90 management", "34 SEC-99 management"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, hourly(always(tt.tm), tt.d, 100)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAfterAnOutageOfTheServerEverythingIsSaidOnceAndInOrder(t *testing.T) {
	t.Parallel()
	calls := clock.DefaultTable().Due(h(23), clock.State(h(23), times(nil), iteg), []clock.Told{{Step: "SEC-01", At: known}})
	var got []string
	for _, c := range calls {
		got = append(got, c.Step)
	}
	if !slices.Equal(got, []string{"SEC-25", "SEC-50", "SEC-75", "SEC-90"}) {
		t.Errorf("told %q", got)
	}
	if want := "The deadline ends in 1 h (Sun 29 Nov 2026, 08:00), and the system is not secured."; calls[3].Text.EN != want {
		t.Errorf("it says %q", calls[3].Text.EN)
	}
	// Nobody hears of the first quarter once the half was told.
	if calls := clock.DefaultTable().Due(h(13), clock.State(h(13), times(nil), iteg), []clock.Told{{Step: "SEC-50"}}); len(calls) != 0 {
		t.Errorf("told afterwards: %+v", calls)
	}
}

func TestSentencesAreFilledIn(t *testing.T) {
	t.Parallel()
	now := h(26)
	calls := clock.DefaultTable().Due(now, clock.State(now, times(nil), iteg), nil)
	last := calls[len(calls)-1].Text
	if want := "Die Frist ist am So 29.11.2026, 08:00 Uhr abgelaufen, und das System ist nicht abgesichert (überfällig seit 2 h)."; last.DE != want {
		t.Errorf("es heißt %q", last.DE)
	}
	for _, c := range calls {
		if strings.ContainsAny(c.Text.DE+c.Text.EN, "{}–") {
			t.Errorf("%s is not filled in: %+v", c.Step, c.Text)
		}
	}
}

// tableHead is a table up to its steps; the first step starts in line 3.
const tableHead = "version: \"1\"\nsteps:\n"

const firstStep = "  - id: A-01\n    job: secure\n    when: {share: 50}\n    to: operator\n    text: {de: \"noch {left}\", en: \"{left} left\"}\n"

func TestParseTableNamesPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	edit := func(old, replacement string) string {
		return tableHead + strings.Replace(firstStep, old, replacement, 1)
	}
	tests := []struct{ name, document, want string }{
		{"an ID of another shape", edit("A-01", "first"), `3:9: "first" does not have the shape of SEC-01`},
		{"an ID twice", tableHead + firstStep + firstStep, "8:5: the step A-01 is there in line 3 already; every ID stands once"},
		{"out of order", tableHead + firstStep + strings.Replace(strings.Replace(firstStep, "A-01", "A-02", 1), "50", "25", 1), "8:5: A-01 would come after A-02; the steps of a job stand in the order of their time"},
		{"a job that is none", edit("secure", "panic"), `4:10: unknown value "panic"; possible are: secure, ask, inform, clarify, review`},
		{"a share of the question", edit("secure", "ask"), "5:19: a step of the job ask does not count from share"},
		{"no moment", edit("{share: 50}", "{}"), "5:11: exactly one moment must stand here"},
		{"two moments", edit("{share: 50}", "{share: 50, lapsed: true}"), "5:11: exactly one moment must stand here"},
		{"far too late", edit("50", "1001"), `5:19: "1001" is not a whole number from 0 to 1000`},
		{"nobody of that name", edit("operator", "press"), `6:9: unknown value "press"; possible are: operator, on_call, management, customer, second_contact, record`},
		{"a placeholder that is none", edit("{left} left", "{password}"), "7:11: unknown placeholder {password}; possible are: {level}, {rule}, {left}, {over}, {deadline}, {known}, {asked}, {lapsed}, {review}"},
		{"a lone brace", edit("{left} left", "{ left"), "7:11: unknown placeholder {; possible are: {level}, {rule}, {left}, {over}, {deadline}, {known}, {asked}, {lapsed}, {review}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, err := clock.ParseTable("own.yaml", []byte(tt.document))
			var f *fault.Error
			if !errors.As(err, &f) || table != nil {
				t.Fatalf("read as %+v (%v)", table, err)
			}
			p := f.Places[0]
			if got := fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Problem.EN); len(f.Places) != 1 || got != tt.want {
				t.Error(cmp.Diff(tt.want, got), f.Places)
			}
		})
	}
}

func FuzzParseTable(f *testing.F) {
	f.Add(clock.DefaultTableDocument())
	f.Add([]byte(tableHead + firstStep))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := clock.ParseTable("x.yaml", data)
		if (err == nil) != (table != nil) {
			t.Fatalf("table %v, error %v", table, err)
		}
		if err != nil {
			return
		}
		for _, now := range []time.Time{h(-1), h(0), h(50)} {
			for _, c := range table.Due(now, clock.State(now, times(nil), iteg), nil) {
				if strings.Contains(c.Text.EN, "{") {
					t.Errorf("not filled in: %q", c.Text.EN)
				}
			}
		}
	})
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	now := h(20)
	late := times(func(t *clock.Times) { t.Known = h(-10) })
	clocks := []clock.Clock{
		clock.State(now, times(nil), iteg),
		clock.State(now, late, iteg),
		clock.State(now, times(func(t *clock.Times) { t.Removed = h(1) }), iteg),
		clock.State(now, times(func(t *clock.Times) { t.Mitigations = []clock.Mitigation{shut(48)} }), iteg),
		clock.State(now, times(func(t *clock.Times) { t.Asked = h(1) }), mh2),
		clock.State(now, times(nil), clock.Duty{}),
		clock.State(now, times(func(t *clock.Times) { t.Known = h(21) }), clock.Duty{Footing: clock.Own, Level: severity.High}), // not known yet
	}
	var got []string
	for _, s := range clock.Measure(now, clocks) {
		got = append(got, fmt.Sprintf("%s{level=%q} %v", s.Name, s.Level, s.Value))
	}
	want := []string{
		`patchwart_clock_open{level="critical"} 3`, `patchwart_clock_overdue{level="critical"} 1`, `patchwart_clock_unanswered{level="critical"} 1`,
		`patchwart_clock_undecided{level="critical"} 0`, `patchwart_clock_mitigated{level="critical"} 1`,
		`patchwart_clock_seconds_left{level="critical"} -21600`, `patchwart_clock_unsecured_seconds{level="critical"} 108000`,
		`patchwart_mitigation_seconds_to_end{level="critical"} 100800`,
		`patchwart_clock_open{level="high"} 0`, `patchwart_clock_overdue{level="high"} 0`, `patchwart_clock_unanswered{level="high"} 0`,
		`patchwart_clock_undecided{level="high"} 0`, `patchwart_clock_mitigated{level="high"} 0`,
		`patchwart_clock_open{level="unknown"} 1`, `patchwart_clock_overdue{level="unknown"} 0`, `patchwart_clock_unanswered{level="unknown"} 0`,
		`patchwart_clock_undecided{level="unknown"} 1`, `patchwart_clock_mitigated{level="unknown"} 0`, `patchwart_clock_unsecured_seconds{level="unknown"} 72000`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
