package clock_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// draw is the source of random histories. Moments lie on a coarse grid, so that they meet often.
type draw struct{ *rapid.T }

// moment is some quarter of an hour around the awareness, or that it is not known.
func (d draw) moment(label string) time.Time {
	n := rapid.IntRange(-40, 400).Draw(d.T, label)
	if n%3 == 0 {
		return time.Time{}
	}
	return h(float64(n) / 4)
}

// times draws a history. What ends again (mitigations, exceptions, pauses, fixes put back, withdrawn consents)
// is in it only where asked for.
func (d draw) times(ends bool) clock.Times {
	t := clock.Times{
		Published: d.moment("published"), Known: d.moment("known"), Asked: d.moment("asked"), Consented: d.moment("consented"),
		Silence: d.moment("silence"), Installed: d.moment("installed"), Effective: d.moment("effective"),
	}
	if rapid.IntRange(0, 5).Draw(d.T, "removed?") == 0 {
		t.Removed = d.moment("removed")
	}
	if rapid.IntRange(0, 5).Draw(d.T, "cleared?") == 0 {
		t.NotAffected = &clock.Clearance{At: d.moment("cleared"), Source: rapid.SampledFrom([]string{"", "Debian"}).Draw(d.T, "source"), Reason: "r"}
	}
	if !ends {
		return t
	}
	t.Refused, t.TakenBack = d.moment("refused"), d.moment("taken back")
	for range rapid.IntRange(0, 3).Draw(d.T, "mitigations") {
		t.Mitigations = append(t.Mitigations, clock.Mitigation{
			ID: "m", Applied: d.moment("applied"), Verified: d.moment("verified"), Review: d.moment("review"), Expires: d.moment("expires"), TakenBack: d.moment("m taken back"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(d.T, "exceptions") {
		t.Accepted = append(t.Accepted, clock.Acceptance{ID: "e", From: d.moment("from"), Until: d.moment("until")})
	}
	for range rapid.IntRange(0, 2).Draw(d.T, "pauses") {
		t.Pauses = append(t.Pauses, clock.Pause{From: d.moment("pause"), Until: d.moment("pause until"), Reason: lang.T("r", "r")})
	}
	return t
}

func (d draw) duty() clock.Duty {
	return clock.Duty{
		Footing: rapid.SampledFrom([]clock.Footing{clock.Own, clock.Own, clock.Consent, clock.Customers, clock.Undecided}).Draw(d.T, "footing"),
		Hours:   rapid.SampledFrom([]int{0, 4, 24, 24, 48}).Draw(d.T, "hours"), Level: severity.Critical,
	}
}

// walk is the state every hour of a week, from before the earliest moment until after the last.
func walk(tm clock.Times, duty clock.Duty, visit func(now time.Time, c clock.Clock)) {
	for i := -12; i < 110; i++ {
		visit(h(float64(i)), clock.State(h(float64(i)), tm, duty))
	}
}

func TestTimeOnlyMovesPhasesForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := draw{t}
		furthest := 0
		walk(d.times(false), d.duty(), func(now time.Time, c clock.Clock) {
			at := slices.Index(clock.Phases(), c.Phase)
			if at < furthest {
				t.Fatalf("%v: from %s back to %s", now, clock.Phases()[furthest], c.Phase)
			}
			furthest = at
		})
	})
}

// TestSecuredOnlyByWhatIsKnown rebuilds from the bare times, independently, what may secure a system.
func TestSecuredOnlyByWhatIsKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := draw{t}
		tm := d.times(true)
		was := func(x, now time.Time) bool { return !x.IsZero() && !x.After(now) }
		walk(tm, d.duty(), func(now time.Time, c clock.Clock) {
			update := was(tm.Installed, now) && was(tm.Effective, now) && !tm.Effective.Before(tm.Installed) &&
				(!was(tm.TakenBack, now) || tm.TakenBack.Before(tm.Installed))
			mitigation := slices.ContainsFunc(tm.Mitigations, func(m clock.Mitigation) bool {
				return !m.Applied.IsZero() && was(m.Verified, now) && !m.Verified.Before(m.Applied) && !m.Review.IsZero() && !m.Review.After(m.Expires) &&
					now.Before(m.Expires) && !was(m.TakenBack, now)
			})
			cleared := tm.NotAffected != nil && was(tm.NotAffected.At, now) && tm.NotAffected.Source != ""
			want := update || mitigation || cleared || was(tm.Removed, now)
			if c.Secured != want {
				t.Fatalf("%v: secured is %v by %q: update %v, mitigation %v, cleared %v", now, c.Secured, c.By, update, mitigation, cleared)
			}
			if c.Secured && (c.Overdue || c.SecuredAt.After(now) || c.Job == clock.Secure || c.Job == clock.Ask) {
				t.Fatalf("%v: secured, and %+v", now, c)
			}
			if c.Phase == clock.Mitigated != (c.By == clock.ByMitigation) || c.Phase == clock.Secured && !c.Secured {
				t.Fatalf("%v: phase %s by %q", now, c.Phase, c.By)
			}
		})
	})
}

// TestUnknownSecuresNothing: taking a fact away never secures a system that was not.
func TestUnknownSecuresNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := draw{t}
		tm := d.times(true)
		tm.TakenBack = time.Time{} // this one takes away
		for i := range tm.Mitigations {
			tm.Mitigations[i].TakenBack = time.Time{}
		}
		less := tm
		less.Mitigations = slices.Clone(tm.Mitigations)
		forget := []*time.Time{&less.Known, &less.Installed, &less.Effective, &less.Removed, &less.Consented}
		for i := range less.Mitigations {
			m := &less.Mitigations[i]
			forget = append(forget, &m.Applied, &m.Verified, &m.Review, &m.Expires)
		}
		*forget[rapid.IntRange(0, len(forget)-1).Draw(t, "forget")] = time.Time{}
		duty := d.duty()
		walk(less, duty, func(now time.Time, c clock.Clock) {
			if c.Secured && !clock.State(now, tm, duty).Secured {
				t.Fatalf("%v: forgetting secured the system by %s", now, c.By)
			}
		})
	})
}

func TestMoreTimeNeverGivesMoreTimeLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := draw{t}
		var before clock.Clock
		walk(d.times(true), d.duty(), func(now time.Time, c clock.Clock) {
			if !c.Deadline.IsZero() && !before.Deadline.IsZero() && c.Started.Equal(before.Started) {
				if c.Left > before.Left {
					t.Fatalf("%v: %v left after %v", now, c.Left, before.Left)
				}
				if c.Deadline.Before(before.Deadline) || c.Deadline.After(before.Deadline) && len(c.Times.Pauses) == 0 {
					t.Fatalf("%v: the deadline moved from %v to %v", now, before.Deadline, c.Deadline)
				}
				if before.Missed && !c.Missed {
					t.Fatalf("%v: what was missed is kept now", now)
				}
			}
			if c.Overdue && !c.Missed || c.Overdue && c.Left > 0 {
				t.Fatalf("%v: overdue %v, missed %v, %v left", now, c.Overdue, c.Missed, c.Left)
			}
			before = c
		})
	})
}

func TestEveryStepIsToldAtMostOnceAndInOrder(t *testing.T) {
	t.Parallel()
	table := clock.DefaultTable()
	index := map[string]int{}
	for i, s := range table.Steps {
		index[s.ID] = i
	}
	rapid.Check(t, func(t *rapid.T) {
		d := draw{t}
		tm, duty := d.times(true), d.duty()
		var told []clock.Told
		now := h(-10)
		for range 60 {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minutes")) * 15 * time.Minute)
			c := clock.State(now, tm, duty)
			calls := table.Due(now, c, told)
			if c.Job == clock.Nothing && len(calls) > 0 {
				t.Fatalf("%v: nothing to do, and %+v is told", now, calls)
			}
			for _, call := range calls {
				step := table.Steps[index[call.Step]]
				for _, before := range told {
					earlier := table.Steps[index[before.Step]]
					if before.Of.Equal(call.Of) && earlier.Job == step.Job && index[before.Step] >= index[call.Step] {
						t.Fatalf("%v: %s is told after %s of the same round %v", now, call.Step, before.Step, call.Of)
					}
				}
				told = append(told, clock.Told{Step: call.Step, Of: call.Of, At: now})
			}
			if again := table.Due(now, c, told); len(again) > 0 {
				t.Fatalf("%v: told twice: %+v", now, again)
			}
		}
	})
}
