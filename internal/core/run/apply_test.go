package run_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

var day = time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC)

// tape folds events written in short hand.
type tape struct {
	t     *testing.T
	state run.State
	last  run.Effect
}

func (p *tape) add(kind run.Kind, step run.Step, change ...func(*run.Event)) *tape {
	p.t.Helper()
	e := run.Event{Order: "r1", Seq: p.state.Seq + 1, At: day.Add(time.Duration(p.state.Seq) * time.Second), Kind: kind, Step: step}
	for _, c := range change {
		c(&e)
	}
	next, effect, err := run.Apply(p.state, e)
	if err != nil {
		p.t.Fatalf("%s %s after %d: %v", kind, step, p.state.Seq, err)
	}
	p.state, p.last = next, effect
	return p
}

func (p *tape) good(steps ...run.Step) *tape {
	p.t.Helper()
	for _, s := range steps {
		p.add(run.Begun, s)
		p.add(run.Finished, s, func(e *run.Event) {
			switch s {
			case run.Saving:
				e.Point = &run.Point{ID: "p1"}
			case run.Verifying:
				e.Verdict = &verdict.Verdict{Outcome: verdict.Succeeded}
			case run.Restoring:
				e.Verdict = &verdict.Verdict{Outcome: verdict.Restored}
			}
		})
	}
	return p
}

func (p *tape) wants(do run.Do, step run.Step, outcome verdict.Outcome) *tape {
	p.t.Helper()
	want := run.Effect{Do: do, Step: step, Outcome: outcome}
	if p.last != want {
		p.t.Fatalf("effect is %+v, want %+v", p.last, want)
	}
	return p
}

func (p *tape) refuses(kind run.Kind, step run.Step, change ...func(*run.Event)) *tape {
	p.t.Helper()
	e := run.Event{Order: "r1", Seq: p.state.Seq + 1, At: day, Kind: kind, Step: step}
	for _, c := range change {
		c(&e)
	}
	next, _, err := run.Apply(p.state, e)
	if !errors.Is(err, run.ErrIllegal) {
		p.t.Fatalf("%s %s was taken: %v", kind, step, err)
	}
	if !reflect.DeepEqual(next, p.state) {
		p.t.Fatalf("a refused event changed the state")
	}
	return p
}

func outcome(o verdict.Outcome) func(*run.Event) {
	return func(e *run.Event) { e.Verdict = &verdict.Verdict{Outcome: o} }
}

func start(t *testing.T) *tape { return &tape{t: t} }

func TestAGoodDay(t *testing.T) {
	p := start(t).good(run.Steps...).wants(run.DoConclude, "", verdict.Succeeded)
	p.add(run.Ended, "", outcome(verdict.Succeeded))
	if !p.state.Ended || p.state.Outcome != verdict.Succeeded || len(p.state.Spans) != 6 || p.state.Failure != nil {
		t.Fatalf("state %+v", p.state)
	}
	p.refuses(run.Begun, run.Restoring)
}

func TestFailureBeforeTheFirstWriteIsBlocked(t *testing.T) {
	for i, step := range []run.Step{run.Prechecking, run.Fetching, run.Saving} {
		p := start(t).good(run.Steps[:i]...)
		p.add(run.Begun, step).add(run.Failed, step, func(e *run.Event) { e.Code = "disk_full" })
		p.wants(run.DoConclude, "", verdict.Blocked)
		p.refuses(run.Begun, run.Applying)
		p.refuses(run.Ended, "", outcome(verdict.Succeeded))
		p.add(run.Ended, "", outcome(verdict.Blocked))
		if p.state.Written || p.state.Failure.Code != "disk_full" {
			t.Fatalf("%s: state %+v", step, p.state)
		}
	}
}

func TestFailureAfterTheFirstWriteIsPutBack(t *testing.T) {
	for i, step := range []run.Step{run.Applying, run.Settling, run.Verifying} {
		p := start(t).good(run.Steps[:3+i]...)
		p.add(run.Begun, step).add(run.Failed, step)
		p.wants(run.DoStep, run.Restoring, "")
		p.refuses(run.Ended, "", outcome(verdict.Blocked))
		p.refuses(run.Ended, "", outcome(verdict.Succeeded))
		p.good(run.Restoring).wants(run.DoConclude, "", verdict.Restored)
		p.refuses(run.Ended, "", outcome(verdict.Succeeded))
		p.add(run.Ended, "", outcome(verdict.Restored))
	}
}

func TestRestoringIsTriedAgainAndThenFailsLoudly(t *testing.T) {
	p := start(t).good(run.Steps[:3]...).add(run.Begun, run.Applying).add(run.Failed, run.Applying)
	for range run.MaxRestores {
		p.wants(run.DoStep, run.Restoring, "")
		p.add(run.Begun, run.Restoring).add(run.Failed, run.Restoring)
	}
	p.wants(run.DoConclude, "", verdict.RestoreFailed)
	p.refuses(run.Ended, "", outcome(verdict.Restored))
	p.add(run.Ended, "", outcome(verdict.RestoreFailed))
}

func TestAnInterruptedApplyIsLookedUpFirst(t *testing.T) {
	p := start(t).good(run.Steps[:3]...).add(run.Begun, run.Applying).add(run.Resumed, "")
	p.wants(run.DoLookUp, "", "")
	p.refuses(run.Finished, run.Applying) // nobody may claim it went well without looking
	p.refuses(run.Begun, run.Applying)    // nor do it a second time
	p.add(run.Resumed, "").wants(run.DoLookUp, "", "")

	whole := *p
	whole.add(run.LookedUp, "", func(e *run.Event) { e.Found = run.FoundComplete }).wants(run.DoStep, run.Settling, "")

	other := *p
	other.add(run.LookedUp, "", func(e *run.Event) { e.Found = run.FoundOther }).wants(run.DoStep, run.Restoring, "")
	if other.state.Failure == nil || other.state.Failure.Code != "interrupted" {
		t.Fatalf("failure %+v", other.state.Failure)
	}
}

func TestHarmlessStepsAreBegunAgainButNotForEver(t *testing.T) {
	for i, step := range []run.Step{run.Prechecking, run.Fetching, run.Saving} {
		p := start(t).good(run.Steps[:i]...)
		for range run.MaxTries - 1 {
			p.add(run.Begun, step).add(run.Resumed, "").wants(run.DoStep, step, "")
		}
		p.add(run.Begun, step).add(run.Resumed, "").wants(run.DoConclude, "", verdict.Blocked)
	}
	p := start(t).good(run.Steps[:4]...)
	for range run.MaxTries - 1 {
		p.add(run.Begun, run.Settling).add(run.Resumed, "").wants(run.DoStep, run.Settling, "")
	}
	p.add(run.Begun, run.Settling).add(run.Resumed, "").wants(run.DoStep, run.Restoring, "")
}

func TestARefusedOrderTouchesNothing(t *testing.T) {
	p := start(t).add(run.Refused, "", func(e *run.Event) { e.Code = "signature" }, outcome(verdict.Blocked))
	if !p.state.Ended || p.state.Outcome != verdict.Blocked || p.state.Written {
		t.Fatalf("state %+v", p.state)
	}
	start(t).add(run.Begun, run.Prechecking).refuses(run.Refused, "")
}

func TestNumbersHaveNoGapsAndRepeatsAreHarmless(t *testing.T) {
	p := start(t).good(run.Prechecking)
	for _, c := range []struct {
		name string
		e    run.Event
		want error
	}{
		{"again", run.Event{Order: "r1", Seq: 2, Kind: run.Finished, Step: run.Prechecking}, run.ErrDuplicate},
		{"gap", run.Event{Order: "r1", Seq: 4, Kind: run.Begun, Step: run.Fetching}, run.ErrGap},
		{"another order", run.Event{Order: "r2", Seq: 3, Kind: run.Begun, Step: run.Fetching}, run.ErrOrder},
		{"unknown kind", run.Event{Order: "r1", Seq: 3, Kind: "exec"}, run.ErrIllegal},
		{"step skipped", run.Event{Order: "r1", Seq: 3, Kind: run.Begun, Step: run.Applying}, run.ErrIllegal},
	} {
		next, _, err := run.Apply(p.state, c.e)
		if !errors.Is(err, c.want) || !reflect.DeepEqual(next, p.state) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
