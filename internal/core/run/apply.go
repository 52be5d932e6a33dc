package run

import (
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/verdict"
)

// State is what is known of a run after some events. Its zero value is a run that has not begun.
type State struct {
	Order   string           `json:"order,omitempty"`
	Seq     int64            `json:"seq"`            // of the last event
	Step    Step             `json:"step,omitempty"` // the step under way or last ended
	Open    bool             `json:"open,omitempty"` // Step has begun and not ended
	Tries   int              `json:"tries,omitempty"`
	Saved   bool             `json:"saved,omitempty"`   // a complete restore point exists
	Written bool             `json:"written,omitempty"` // applying was begun: the host may differ from before
	Doubt   bool             `json:"doubt,omitempty"`   // an interrupted apply or reboot has not been looked up yet
	Wanted  bool             `json:"wanted,omitempty"`  // settling ended with the wish for a reboot that is permitted
	Reboots int              `json:"reboots,omitempty"` // how often rebooting was begun; at most MaxReboots
	Boots   int              `json:"boots,omitempty"`   // boots after the ordered reboot that nobody had ordered
	Ended   bool             `json:"ended,omitempty"`
	Outcome verdict.Outcome  `json:"outcome,omitempty"`
	Failure *Failure         `json:"failure,omitempty"` // the first failure: why the run did not go on
	Point   *Point           `json:"point,omitempty"`
	Verdict *verdict.Verdict `json:"verdict,omitempty"`
	Begun   time.Time        `json:"begun,omitzero"`
	Last    time.Time        `json:"last,omitzero"`
	Spans   []Span           `json:"spans,omitempty"`
}

// Failure is the step that failed, with its code.
type Failure struct {
	Step   Step   `json:"step"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

// Span is one try of a step on the run's time line.
type Span struct {
	Step  Step      `json:"step"`
	Begun time.Time `json:"begun"`
	Ended time.Time `json:"ended,omitzero"`
	Good  bool      `json:"good,omitempty"`
}

// Do is what has to be done next.
type Do string

// The effects. The agent carries them out; the server ignores all of them.
const (
	DoNothing  Do = ""
	DoStep     Do = "step"     // begin Effect.Step
	DoLookUp   Do = "look_up"  // find out what an interrupted apply left behind, or whether the host was rebooted
	DoConclude Do = "conclude" // end the run with Effect.Outcome
)

// Effect is what the machine asks for after an event.
type Effect struct {
	Do      Do
	Step    Step
	Outcome verdict.Outcome
}

// MaxRestores bounds how often restoring is tried before the run ends as restore_failed.
const MaxRestores = 3

// MaxTries bounds how often an interrupted harmless step is begun again before the run ends blocked
// (or, after the first write, before the host is put back). It caps crash loops.
const MaxTries = 5

// MaxReboots bounds how often a run has its host rebooted. MaxBoots bounds how often the host may boot
// by itself after that before the change is taken for the reason and put back.
const (
	MaxReboots = 1
	MaxBoots   = 2
)

// Errors of Apply. A duplicate is harmless; a gap means that events were lost on the way.
var (
	ErrDuplicate = errors.New("event is already known")
	ErrGap       = errors.New("events before this one are missing")
	ErrOrder     = errors.New("event belongs to another order")
	ErrIllegal   = errors.New("event does not fit the state of the run")
)

// Next is the effect a fresh run asks for.
func Next() Effect { return Effect{Do: DoStep, Step: Prechecking} }

// Apply folds one event into the state. On an error the state is returned unchanged. Line events
// change nothing but the sequence number and the time.
func Apply(s State, e Event) (State, Effect, error) {
	switch {
	case s.Order != "" && e.Order != s.Order:
		return s, Effect{}, fmt.Errorf("%w: %q, not %q", ErrOrder, e.Order, s.Order)
	case e.Seq <= s.Seq:
		return s, Effect{}, ErrDuplicate
	case e.Seq != s.Seq+1:
		return s, Effect{}, fmt.Errorf("%w: got %d after %d", ErrGap, e.Seq, s.Seq)
	case s.Ended:
		return s, Effect{}, fmt.Errorf("%w: %s after the end", ErrIllegal, e.Kind)
	}
	next := s
	next.Order, next.Seq, next.Last = e.Order, e.Seq, e.At
	if next.Begun.IsZero() {
		next.Begun = e.At
	}
	effect, ok := next.fold(e)
	if !ok {
		return s, Effect{}, fmt.Errorf("%w: %s %s while %q", ErrIllegal, e.Kind, e.Step, s.Step)
	}
	return next, effect, nil
}

// fold changes s by e; false means that e is illegal here.
func (s *State) fold(e Event) (Effect, bool) {
	switch e.Kind {
	case Line:
		return Effect{}, true
	case Refused:
		if s.Step != "" {
			return Effect{}, false
		}
		s.fail(e)
		s.Ended, s.Outcome, s.Verdict = true, verdict.Blocked, e.Verdict
		return Effect{}, true
	case Begun:
		return s.begin(e)
	case Finished, Failed:
		// That a reboot came about nobody can say who was not there afterwards: it is looked up.
		if !s.Open || e.Step != s.Step || s.Doubt || e.Kind == Finished && e.Step == Rebooting {
			return Effect{}, false
		}
		s.closeSpan(e)
		if e.Kind == Finished {
			return s.finished(e), true
		}
		if e.Step != Rebooting { // what follows from it is that the change is not effective
			s.fail(e)
		}
		return s.failed(e), true
	case Resumed:
		return s.resumed(e)
	case LookedUp:
		if !s.Doubt {
			return Effect{}, false
		}
		s.Doubt = false
		if s.Step == Rebooting {
			s.closeSpan(Event{Step: s.Step, At: e.At, Kind: kindOf(e.Found == FoundRebooted)})
			return s.rebooted(), true
		}
		s.closeSpan(Event{Step: s.Step, At: e.At, Kind: kindOf(e.Found == FoundComplete)})
		if e.Found == FoundComplete {
			return s.to(Settling), true
		}
		s.fail(Event{Step: Applying, Code: "interrupted", Detail: e.Detail})
		return s.to(Restoring), true
	case Ended:
		if s.Open || s.Doubt || e.Verdict == nil || !s.mayEnd(e.Verdict.Outcome) {
			return Effect{}, false
		}
		s.Ended, s.Outcome, s.Verdict = true, e.Verdict.Outcome, e.Verdict
		return Effect{}, true
	}
	return Effect{}, false
}

// mayEnd guards the outcome: blocked only before the first write, a good outcome only after a good
// verification, restored only after a good restore. Nobody can talk the machine into a success.
func (s *State) mayEnd(o verdict.Outcome) bool {
	good := len(s.Spans) > 0 && s.Spans[len(s.Spans)-1].Good
	switch o {
	case verdict.Blocked, verdict.Deferred:
		return !s.Written
	case verdict.Succeeded, verdict.NotEffective, verdict.Partial:
		return s.Step == Verifying && good && s.Verdict != nil && s.Verdict.Outcome == o
	case verdict.Restored:
		return s.Step == Restoring && good
	case verdict.RestoreFailed:
		return s.Step == Restoring && !good
	}
	return false
}

func kindOf(good bool) Kind {
	if good {
		return Finished
	}
	return Failed
}

// follows says which step may begin after which, when the earlier one has ended.
var follows = map[Step][]Step{
	"":          {Prechecking},
	Prechecking: {Fetching},
	Fetching:    {Saving},
	Saving:      {Applying},
	Applying:    {Settling, Restoring},
	Settling:    {Verifying, Restoring, Rebooting},
	Rebooting:   {Verifying, Restoring},
	Verifying:   {Restoring},
	Restoring:   {Restoring},
}

func (s *State) begin(e Event) (Effect, bool) {
	again := s.Open && e.Step == s.Step && e.Step != Applying && e.Step != Rebooting && !s.Doubt
	fits := again
	if !s.Open {
		for _, f := range follows[s.Step] {
			fits = fits || f == e.Step
		}
	}
	if e.Step == Applying && !s.Saved || !fits || s.Doubt {
		return Effect{}, false
	}
	if e.Step == Rebooting && (!s.Wanted || s.Reboots >= MaxReboots) {
		return Effect{}, false
	}
	if e.Step == s.Step {
		s.Tries++
	} else {
		s.Tries = 1
	}
	s.Step, s.Open = e.Step, true
	switch e.Step {
	case Applying:
		s.Written = true
	case Rebooting:
		s.Reboots++
	}
	s.Spans = append(append([]Span(nil), s.Spans...), Span{Step: e.Step, Begun: e.At})
	return Effect{}, true
}

func (s *State) closeSpan(e Event) {
	s.Open = false
	if n := len(s.Spans); n > 0 {
		s.Spans = append([]Span(nil), s.Spans...)
		s.Spans[n-1].Ended, s.Spans[n-1].Good = e.At, e.Kind == Finished
	}
}

// fail keeps the first failure: later ones are consequences.
func (s *State) fail(e Event) {
	if s.Failure == nil {
		s.Failure = &Failure{Step: e.Step, Code: e.Code, Detail: e.Detail}
	}
}

func (s *State) to(step Step) Effect { return Effect{Do: DoStep, Step: step} }

func (s *State) finished(e Event) Effect {
	switch e.Step {
	case Prechecking:
		return s.to(Fetching)
	case Fetching:
		return s.to(Saving)
	case Saving:
		s.Saved, s.Point = true, e.Point
		return s.to(Applying)
	case Applying:
		return s.to(Settling)
	case Settling:
		s.Wanted = s.Wanted || e.Reboot
		if s.Wanted && s.Reboots < MaxReboots {
			return s.to(Rebooting)
		}
		return s.to(Verifying)
	case Rebooting:
		return s.rebooted()
	case Verifying:
		s.Verdict = e.Verdict
		out := verdict.Unknown
		if e.Verdict != nil {
			out = e.Verdict.Outcome
		}
		return Effect{Do: DoConclude, Outcome: out}
	}
	s.Verdict = e.Verdict // restoring
	return Effect{Do: DoConclude, Outcome: verdict.Restored}
}

func (s *State) failed(e Event) Effect {
	if e.Verdict != nil {
		s.Verdict = e.Verdict
	}
	switch {
	case !s.Written:
		return Effect{Do: DoConclude, Outcome: verdict.Blocked}
	case e.Step == Rebooting: // the host stands as settling left it
		return s.to(Verifying)
	case e.Step != Restoring:
		return s.to(Restoring)
	case s.Tries < MaxRestores:
		return s.to(Restoring)
	}
	return Effect{Do: DoConclude, Outcome: verdict.RestoreFailed}
}

// resumed decides what a returning agent does with the step it left open. With no step open it goes
// on where the last event pointed. Rebooting is never begun again: whether it came about is looked up.
func (s *State) resumed(e Event) (Effect, bool) {
	if e.Booted && s.Reboots > 0 && (s.Doubt || !s.Open || s.Step != Rebooting) {
		s.Boots++
	}
	if s.Doubt {
		return Effect{Do: DoLookUp}, true // killed again before the look-up
	}
	if !s.Open {
		return s.onward(), true
	}
	switch {
	case s.Step == Applying, s.Step == Rebooting:
		s.Doubt = true
		return Effect{Do: DoLookUp}, true
	case s.Step == Verifying && s.Boots > MaxBoots:
		s.closeSpan(Event{At: s.Last, Kind: Failed})
		return s.rebooted(), true
	case s.Tries >= MaxTries && s.Step == Restoring:
		s.closeSpan(Event{At: s.Last, Kind: Failed})
		return Effect{Do: DoConclude, Outcome: verdict.RestoreFailed}, true
	case s.Tries >= MaxTries && s.Written:
		s.closeSpan(Event{At: s.Last, Kind: Failed})
		s.fail(Event{Step: s.Step, Code: "crash_loop"})
		return s.to(Restoring), true
	case s.Tries >= MaxTries:
		s.closeSpan(Event{At: s.Last, Kind: Failed})
		s.fail(Event{Step: s.Step, Code: "crash_loop"})
		return Effect{Do: DoConclude, Outcome: verdict.Blocked}, true
	}
	return s.to(s.Step), true
}

// onward recomputes the effect that the last ended step asked for: the agent was killed between
// writing that step's end and beginning what follows.
func (s *State) onward() Effect {
	n := len(s.Spans)
	if n == 0 {
		return Next()
	}
	if s.Failure != nil && !s.Spans[n-1].Good || s.Step == Restoring && !s.Spans[n-1].Good {
		return s.failed(Event{Step: s.Step})
	}
	if s.Step == Rebooting { // that the loop of boots is the reason has to stay in the state
		return s.rebooted()
	}
	probe := *s
	return probe.finished(Event{Step: s.Step, Point: s.Point, Verdict: s.Verdict})
}

// rebooted is what follows a reboot: the look at the host, or, when it boots again and again, the way back.
func (s *State) rebooted() Effect {
	if s.Boots <= MaxBoots {
		return s.to(Verifying)
	}
	s.fail(Event{Step: s.Step, Code: "boot_loop"})
	return s.to(Restoring)
}

// Rebooted reports whether the host was rebooted by this run: looked up, and not only ordered.
func (s State) Rebooted() bool {
	for _, span := range s.Spans {
		if span.Step == Rebooting && span.Good {
			return true
		}
	}
	return false
}
