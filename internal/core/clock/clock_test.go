package clock_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// known is when the hoster became aware: a Saturday morning.
var known = time.Date(2026, time.November, 28, 8, 0, 0, 0, time.UTC)

// h is so many hours after the hoster became aware.
func h(hours float64) time.Time { return known.Add(time.Duration(hours * float64(time.Hour))) }

var (
	// iteg promises 24 hours by itself, mh2 asks first, mh2Consent has a deadline once the customer consents.
	iteg       = clock.Duty{Footing: clock.Own, Hours: 24, Rule: "IT-33", Level: severity.Critical}
	mh2        = clock.Duty{Footing: clock.Consent, Rule: "MH2-09", Level: severity.Critical}
	mh2Consent = clock.Duty{Footing: clock.Consent, Hours: 24, Rule: "MH2-09", Level: severity.Critical}
)

func times(change func(*clock.Times)) clock.Times {
	t := clock.Times{Published: h(-20), Known: known}
	if change != nil {
		change(&t)
	}
	return t
}

// shut is a mitigation that was applied after two hours, verified after three, and holds until the given hour.
func shut(until float64) clock.Mitigation {
	return clock.Mitigation{ID: "MIT-7", Applied: h(2), Verified: h(3), Review: h(until - 1), Expires: h(until)}
}

func text(reasons []lang.Text) string {
	var b strings.Builder
	for _, r := range reasons {
		if r.DE == "" || r.EN == "" {
			b.WriteString("UNTRANSLATED ")
		}
		b.WriteString(r.EN + "\n")
	}
	return b.String()
}

func TestState(t *testing.T) {
	t.Parallel()
	type state struct {
		phase   clock.Phase
		job     clock.Job
		left    float64 // hours
		overdue bool
		missed  bool
		by      clock.By
	}
	update := func(installed, effective float64) func(*clock.Times) {
		return func(t *clock.Times) { t.Installed, t.Effective = h(installed), h(effective) }
	}
	mitigated := func(until float64) func(*clock.Times) {
		return func(t *clock.Times) { t.Mitigations = []clock.Mitigation{shut(until)} }
	}
	both := func(list ...func(*clock.Times)) func(*clock.Times) {
		return func(t *clock.Times) {
			for _, f := range list {
				f(t)
			}
		}
	}
	tests := []struct {
		name string
		at   float64
		t    clock.Times
		d    clock.Duty
		want state
		says string
	}{
		{"published, and the hoster does not know", -1, times(nil), iteg, state{clock.Unaware, clock.Nothing, 0, false, false, ""}, "does not know of the hole yet"},
		{"the moment of awareness", 0, times(nil), iteg, state{clock.Known, clock.Secure, 24, false, false, ""}, "Deadline (IT-33): 24 hours from when it became known (Sat 28 Nov 2026, 08:00), that is by Sun 29 Nov 2026, 08:00."},
		{"seven hours later", 7, times(nil), iteg, state{clock.Known, clock.Secure, 17, false, false, ""}, "by Sun 29 Nov 2026, 08:00"},
		{"at the deadline", 24, times(nil), iteg, state{clock.Known, clock.Secure, 0, true, true, ""}, ""},
		{"two hours late", 26, times(nil), iteg, state{clock.Known, clock.Secure, -2, true, true, ""}, ""},
		{"the kernel is installed and not running", 6, times(update(5, 30)), iteg, state{clock.Installed, clock.Secure, 18, false, false, ""}, "not effective yet"},
		{"installed in time and effective too late", 31, times(update(5, 30)), iteg, state{clock.Secured, clock.Nothing, -6, false, true, clock.ByUpdate}, "not kept throughout"},
		{"effective to the second", 24, times(update(5, 24)), iteg, state{clock.Secured, clock.Nothing, 0, false, false, clock.ByUpdate}, "installed and effective"},
		{"the nightly update was faster than the news", 1, times(update(-6, -6)), iteg, state{clock.Secured, clock.Nothing, 24, false, false, clock.ByUpdate}, ""},
		{"effective, and nobody saw it installed", 5, times(func(t *clock.Times) { t.Effective = h(4) }), iteg, state{clock.Known, clock.Secure, 19, false, false, ""}, "its installation before that is not on record"},
		{"effective before it was installed", 5, times(update(4, 3)), iteg, state{clock.Installed, clock.Secure, 19, false, false, ""}, "does not count"},
		{"the update was put back", 10, times(both(update(4, 5), func(t *clock.Times) { t.TakenBack = h(9) })), iteg, state{clock.Known, clock.Secure, 14, false, false, ""}, "taken back"},
		{"put back, and done again", 12, times(func(t *clock.Times) { t.Installed, t.Effective, t.TakenBack = h(11), h(12), h(9) }), iteg, state{clock.Secured, clock.Nothing, 12, false, false, clock.ByUpdate}, ""},
		{"applied and not verified", 2.5, times(mitigated(48)), iteg, state{clock.Known, clock.Secure, 21.5, false, false, ""}, "MIT-7 does not count yet: it is not verified"},
		{"a verified mitigation", 4, times(mitigated(48)), iteg, state{clock.Mitigated, clock.Nothing, 21, false, false, clock.ByMitigation}, "by a verified mitigation (IT-34)"},
		{"it is to be reviewed", 47, times(mitigated(48)), iteg, state{clock.Mitigated, clock.Review, 21, false, false, clock.ByMitigation}, ""},
		{"it expired: the original deadline stands", 48, times(mitigated(48)), iteg, state{clock.Known, clock.Secure, -24, true, true, ""}, "the original deadline stands"},
		{"it expired before the deadline: the clock runs again", 20, times(mitigated(20)), iteg, state{clock.Known, clock.Secure, 4, false, false, ""}, "the original deadline stands"},
		{"the update came while it held", 60, times(both(mitigated(48), update(30, 31))), iteg, state{clock.Secured, clock.Nothing, 21, false, false, clock.ByUpdate}, ""},
		{"the update came after it had expired", 60, times(both(mitigated(48), update(50, 51))), iteg, state{clock.Secured, clock.Nothing, -27, false, true, clock.ByUpdate}, "not kept throughout"},
		{"a mitigation without an end", 4, times(func(t *clock.Times) {
			m := shut(48)
			m.Expires = time.Time{}
			t.Mitigations = []clock.Mitigation{m}
		}), iteg, state{clock.Known, clock.Secure, 20, false, false, ""}, "it has no end"},
		{"a mitigation without a review", 4, times(func(t *clock.Times) {
			m := shut(48)
			m.Review = time.Time{}
			t.Mitigations = []clock.Mitigation{m}
		}), iteg, state{clock.Known, clock.Secure, 20, false, false, ""}, "no date of review"},
		{"verified before it was applied", 4, times(func(t *clock.Times) {
			m := shut(48)
			m.Applied = h(3.5)
			t.Mitigations = []clock.Mitigation{m}
		}), iteg, state{clock.Known, clock.Secure, 20, false, false, ""}, "does not follow its application"},
		{"a mitigation taken back", 10, times(func(t *clock.Times) {
			m := shut(48)
			m.TakenBack = h(9)
			t.Mitigations = []clock.Mitigation{m}
		}), iteg, state{clock.Known, clock.Secure, 14, false, false, ""}, "the original deadline stands"},
		{"the software is gone", 5, times(func(t *clock.Times) { t.Removed = h(4) }), iteg, state{clock.Secured, clock.Nothing, 20, false, false, clock.ByRemoval}, "removed"},
		{"not affected, says Debian", 5, times(func(t *clock.Times) {
			t.NotAffected = &clock.Clearance{At: h(1), Source: "Debian", Reason: "vulnerable code not present"}
		}), iteg, state{clock.Secured, clock.Nothing, 23, false, false, clock.ByNotAffected}, "not affected according to Debian (vulnerable code not present)"},
		{"not affected, says nobody", 5, times(func(t *clock.Times) { t.NotAffected = &clock.Clearance{At: h(1), Reason: "somehow"} }), iteg, state{clock.Known, clock.Secure, 19, false, false, ""}, `The statement "not affected" does not count`},
		{"an accepted exception secures nothing and is not overdue", 30, times(func(t *clock.Times) { t.Accepted = []clock.Acceptance{{"EXC-1", h(10), h(100)}} }), iteg, state{clock.Known, clock.Nothing, -6, false, false, ""}, "does not secure the system"},
		{"when it ends, the original deadline stands", 100, times(func(t *clock.Times) { t.Accepted = []clock.Acceptance{{"EXC-1", h(10), h(100)}} }), iteg, state{clock.Known, clock.Secure, -76, true, true, ""}, "the original deadline stands"},
		{"accepted too late", 50, times(func(t *clock.Times) { t.Accepted = []clock.Acceptance{{"EXC-1", h(30), h(100)}} }), iteg, state{clock.Known, clock.Nothing, -26, false, true, ""}, "not kept throughout"},
		{"the operating system reached its end of life", 20, times(func(t *clock.Times) {
			t.Pauses = []clock.Pause{{From: h(10), Reason: lang.T("Debian 10 ist am Ende.", "Debian 10 is at its end."), Rule: "IT-37"}}
		}), iteg, state{clock.Known, clock.Nothing, 14, false, false, ""}, "paused since Sat 28 Nov 2026, 18:00 (IT-37): Debian 10 is at its end."},
		{"extended support was bought: the deadline moves by the pause", 25, times(func(t *clock.Times) {
			t.Pauses = []clock.Pause{{From: h(10), Until: h(20), Reason: lang.T("Ende", "end")}, {From: h(15), Until: h(19), Reason: lang.T("Ende", "end")}}
		}), iteg, state{clock.Known, clock.Secure, 9, false, false, ""}, "that is by Sun 29 Nov 2026, 18:00"},
		{"a pause without a reason is none", 20, times(func(t *clock.Times) { t.Pauses = []clock.Pause{{From: h(10)}} }), iteg, state{clock.Known, clock.Secure, 4, false, false, ""}, ""},
		{"a pause does not hide what was missed before", 40, times(func(t *clock.Times) { t.Pauses = []clock.Pause{{From: h(30), Reason: lang.T("Ende", "end")}} }), iteg, state{clock.Known, clock.Nothing, -6, true, true, ""}, ""},

		{"without consent nothing happens: ask", 1, times(nil), mh2, state{clock.Known, clock.Ask, 0, false, false, ""}, "the customer has not been asked yet"},
		{"asked", 2, times(func(t *clock.Times) { t.Asked = h(1) }), mh2, state{clock.Asked, clock.Ask, 0, false, false, ""}, "Nothing is changed without an order or consent (MH2-09); the customer was asked on Sat 28 Nov 2026, 09:00."},
		{"silence on record", 40, times(func(t *clock.Times) { t.Asked, t.Silence = h(1), h(26) }), mh2, state{clock.Silent, clock.Nothing, 0, false, false, ""}, "has not answered; this is on record since Sun 29 Nov 2026, 10:00"},
		{"silence of somebody who was not asked is none", 40, times(func(t *clock.Times) { t.Silence = h(26) }), mh2, state{clock.Known, clock.Ask, 0, false, false, ""}, "not been asked"},
		{"refused", 5, times(func(t *clock.Times) { t.Asked, t.Refused = h(1), h(4) }), mh2, state{clock.Refused, clock.Nothing, 0, false, false, ""}, "The customer refused on"},
		{"consented: no deadline unless the policy has one", 5, times(func(t *clock.Times) { t.Asked, t.Consented = h(1), h(4) }), mh2, state{clock.Ordered, clock.Secure, 0, false, false, ""}, "consented"},
		{"consented: the deadline counts from the consent", 30, times(func(t *clock.Times) { t.Asked, t.Consented = h(1), h(29) }), mh2Consent, state{clock.Ordered, clock.Secure, 23, false, false, ""}, "24 hours from the consent"},
		{"emergency consent from last year: from the knowledge", 4, times(func(t *clock.Times) { t.Consented = h(-5000) }), mh2Consent, state{clock.Ordered, clock.Secure, 20, false, false, ""}, "24 hours from when it became known"},
		{"consent withdrawn", 10, times(func(t *clock.Times) { t.Consented, t.Refused = h(1), h(9) }), mh2Consent, state{clock.Refused, clock.Nothing, 0, false, false, ""}, "refused"},
		{"silence, then consent after all", 50, times(func(t *clock.Times) { t.Asked, t.Silence, t.Consented = h(1), h(26), h(49) }), mh2Consent, state{clock.Ordered, clock.Secure, 23, false, false, ""}, ""},

		{"WordPress is the customer's", 5, times(nil), clock.Duty{Footing: clock.Customers, Rule: "IT-43"}, state{clock.Known, clock.Inform, 0, false, false, ""}, "This layer is the customer's job (IT-43)"},
		{"nobody can say whose it is", 5, times(nil), clock.Duty{}, state{clock.Known, clock.Clarify, 0, false, false, ""}, "facts are missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := clock.State(h(tt.at), tt.t, tt.d)
			got := state{c.Phase, c.Job, c.Left.Hours(), c.Overdue, c.Missed, c.By}
			if got != tt.want {
				t.Errorf("got %+v, want %+v\n%s", got, tt.want, text(c.Reasons))
			}
			if said := text(c.Reasons); !strings.Contains(said, tt.says) || strings.Contains(said, "UNTRANSLATED") {
				t.Errorf("the reasons do not say %q:\n%s", tt.says, said)
			}
			if c.Secured != (c.By != "") || c.Secured == c.SecuredAt.IsZero() {
				t.Errorf("secured %v by %q at %v", c.Secured, c.By, c.SecuredAt)
			}
		})
	}
}

func TestThreeClocksAreKeptApart(t *testing.T) {
	t.Parallel()
	tm := times(func(t *clock.Times) { t.Asked, t.Consented, t.Installed, t.Effective = h(1), h(29), h(31), h(32) })
	c := clock.State(h(30), tm, mh2Consent)
	if c.SincePublished != 50*time.Hour || c.SinceKnown != 30*time.Hour || c.SinceOrdered != time.Hour {
		t.Errorf("published %v, known %v, ordered %v", c.SincePublished, c.SinceKnown, c.SinceOrdered)
	}
	for _, at := range []float64{32, 500} { // they stop when the system is secured
		c = clock.State(h(at), tm, mh2Consent)
		if c.SincePublished != 52*time.Hour || c.SinceKnown != 32*time.Hour || c.SinceOrdered != 3*time.Hour {
			t.Errorf("after %v h: published %v, known %v, ordered %v", at, c.SincePublished, c.SinceKnown, c.SinceOrdered)
		}
	}
}

func TestTheZoneOfNowIsTheZoneOfTheSentences(t *testing.T) {
	t.Parallel()
	cet := time.FixedZone("CET", 3600)
	c := clock.State(h(1).In(cet), times(nil), iteg)
	if want := "also bis So 29.11.2026, 09:00 Uhr"; !strings.Contains(c.Reasons[len(c.Reasons)-1].DE, want) {
		t.Errorf("%q does not say %q", c.Reasons, want)
	}
}

func TestHostileHoursAreBounded(t *testing.T) {
	t.Parallel()
	for _, hours := range []int{-1, 1 << 62} {
		d := iteg
		d.Hours = hours
		c := clock.State(h(1), times(nil), d)
		if c.Overdue || c.Left < 0 {
			t.Errorf("%d hours: %v left", hours, c.Left)
		}
	}
}

func BenchmarkState(b *testing.B) {
	tm := times(func(t *clock.Times) { t.Mitigations = []clock.Mitigation{shut(48)} })
	now := h(10)
	b.ReportAllocs()
	for b.Loop() {
		if c := clock.State(now, tm, iteg); !c.Secured {
			b.Fatal("not secured")
		}
	}
}
