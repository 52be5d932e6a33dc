package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// ledger is the journal as a run needs it.
type ledger interface {
	State() run.State
	Append(e run.Event) (run.Effect, error)
	Lines() int
	SameBoot() bool
	Booted() bool
}

// memory keeps how the host looked before the run.
type memory interface {
	Before(id string) (verdict.Observation, error)
	SetBefore(id string, o verdict.Observation) error
}

// runner carries out one order: it does what the state machine asks for and writes each event before
// it acts on it. It may be stopped or killed at any instant; a new runner on the same journal goes on.
type runner struct {
	order  wire.WorkOrder
	log    ledger
	memory memory
	host   Steps
	now    func() time.Time
	pause  func(context.Context, time.Duration) error // sleep, but in tests
	open   func(time.Time) *Trouble                   // why the host lets no writing begin at a time; nil: it does
	wrote  func()                                     // called after each event
	slog   *slog.Logger
}

// limits bound the steps that have no limit in the order. They are generous: they end what hangs, not
// what is slow.
var limits = map[run.Step]time.Duration{
	run.Prechecking: 15 * time.Minute,
	run.Fetching:    time.Hour,
	run.Saving:      30 * time.Minute,
	run.Settling:    15 * time.Minute,
	run.Rebooting:   10 * time.Minute,
	run.Verifying:   10 * time.Minute,
	run.Restoring:   2 * time.Hour,
}

// drive goes on until the run has ended, or its journal cannot be written, or ctx ends. In the last
// two cases nothing more is written, and whoever drives on begins with the journal as it is on disk.
func (r *runner) drive(ctx context.Context) error {
	effect, err := r.begin(ctx)
	for err == nil && !r.log.State().Ended {
		if err = ctx.Err(); err != nil {
			break
		}
		switch effect.Do {
		case run.DoStep:
			effect, err = r.step(ctx, effect.Step)
		case run.DoLookUp:
			effect, err = r.lookUp(ctx)
		case run.DoConclude:
			effect, err = r.conclude(effect.Outcome)
		default:
			err = fmt.Errorf("run %s: nothing follows event %d", r.order.ID(), r.log.State().Seq)
		}
	}
	return err
}

// begin finds out where the run stands. Of a run that had begun, what may still be running is ended
// before anything else is done.
func (r *runner) begin(ctx context.Context) (run.Effect, error) {
	if r.log.State().Seq == 0 {
		return run.Next(), nil
	}
	if r.log.State().Ended {
		return run.Effect{}, nil
	}
	if err := r.host.Witness.KillLeftovers(ctx); err != nil {
		return run.Effect{}, fmt.Errorf("run %s: end what was left running: %w", r.order.ID(), err)
	}
	return r.write(run.Event{Kind: run.Resumed, Step: r.log.State().Step, Booted: r.log.Booted()})
}

func (r *runner) write(e run.Event) (run.Effect, error) {
	e.At = r.now().UTC()
	e.Detail = clip(e.Detail, run.MaxDetail)
	effect, err := r.log.Append(e)
	if err != nil {
		return run.Effect{}, err
	}
	r.slog.Info("run", r.about(e)...)
	r.wrote()
	return effect, nil
}

// about is what the log says of an event.
func (r *runner) about(e run.Event) []any {
	list := []any{"order", r.order.ID(), "event", e.Kind}
	if e.Step != "" {
		list = append(list, "step", e.Step)
	}
	if e.Code != "" {
		list = append(list, "code", e.Code)
	}
	if e.Kind == run.Ended {
		list = append(list, "outcome", e.Verdict.Outcome)
	}
	return list
}

// step begins a step, carries it out, and writes how it ended.
func (r *runner) step(ctx context.Context, step run.Step) (run.Effect, error) {
	if step == run.Saving {
		if err := r.await(ctx, r.order.NotBefore()); err != nil {
			return run.Effect{}, err
		}
	}
	if step == run.Applying {
		if t := r.late(); t != nil { // the agent was away since the point was saved
			v := verdict.Verdict{Outcome: verdict.Blocked, Reasons: []verdict.Reason{{Code: t.Code, Text: t.Text}}}
			return r.end(v)
		}
	}
	if _, err := r.write(run.Event{Kind: run.Begun, Step: step}); err != nil {
		return run.Effect{}, err
	}
	limit := limits[step]
	if step == run.Applying {
		limit = r.order.Limit() + aroundApply
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done, trouble := r.carryOut(within, step)
	if err := ctx.Err(); err != nil {
		return run.Effect{}, err // the agent is being stopped: this is no failure of the step
	}
	if trouble == nil {
		done.Kind, done.Step = run.Finished, step
		return r.write(done)
	}
	t := asTrouble(trouble, step, limit, within.Err())
	done.Kind, done.Step = run.Failed, step
	done.Code, done.Text, done.Detail = t.Code, t.Text, t.Detail
	if done.Verdict == nil {
		done.Verdict = r.reasoned(t)
	}
	effect, err := r.write(done)
	if err == nil && step == run.Restoring && effect.Do == run.DoStep {
		err = r.await(ctx, r.now().Add(pauseAfterRestore(r.log.State().Tries)))
	}
	return effect, err
}

// aroundApply is what applying may take beyond the order's limit for the package manager itself: the
// wait for another one that holds the lock, and the flush to disk.
const aroundApply = 15 * time.Minute

// pauseAfterRestore lies between the restore that failed for the n-th time and the next try. The last one is given
// time for what passes by itself, or for somebody who makes room on a full disk.
func pauseAfterRestore(n int) time.Duration {
	if n < run.MaxRestores-1 {
		return 10 * time.Second
	}
	return time.Minute
}

// carryOut does what a step is. The event carries what came of it.
func (r *runner) carryOut(ctx context.Context, step run.Step) (run.Event, error) {
	line := r.liner(step)
	switch step {
	case run.Prechecking:
		return run.Event{}, r.host.Machine.Precheck(ctx, r.order)
	case run.Fetching:
		return run.Event{}, r.host.Machine.Fetch(ctx, r.order, line)
	case run.Saving:
		return r.save(ctx)
	case run.Applying:
		return run.Event{}, r.host.Machine.Install(ctx, r.order, line)
	case run.Settling:
		return r.settle(ctx, line)
	case run.Rebooting:
		return run.Event{}, r.reboot(ctx)
	case run.Verifying:
		return r.verify(ctx)
	case run.Restoring:
		return r.restore(ctx)
	}
	return run.Event{}, fmt.Errorf("there is no step %q", step)
}

// lookUp finds out whether an interrupted apply was complete. What cannot be found out counts as not
// complete: the way back is there, a guess is not. Of a reboot, the name of the boot tells.
func (r *runner) lookUp(ctx context.Context) (run.Effect, error) {
	if r.log.State().Step == run.Rebooting {
		e := run.Event{Kind: run.LookedUp, Step: run.Rebooting, Found: run.FoundRebooted}
		if r.log.SameBoot() {
			e.Found, e.Detail = run.FoundOther, "the host is still in the boot in which the reboot was to be ordered"
		}
		return r.write(e)
	}
	within, cancel := context.WithTimeout(ctx, limits[run.Verifying])
	defer cancel()
	complete, detail, err := r.host.Witness.LookUp(within, r.order)
	if err := ctx.Err(); err != nil {
		return run.Effect{}, err
	}
	found := run.FoundOther
	switch {
	case !r.log.SameBoot():
		detail = "the host was booted while packages were being installed"
	case err != nil:
		detail = err.Error()
	case complete:
		found = run.FoundComplete
	}
	return r.write(run.Event{Kind: run.LookedUp, Step: run.Applying, Found: found, Detail: detail})
}

// conclude ends the run with the outcome that the state machine asks for.
func (r *runner) conclude(o verdict.Outcome) (run.Effect, error) {
	v := r.reasoned(nil)
	v.Outcome = o
	return r.end(*v)
}

func (r *runner) end(v verdict.Verdict) (run.Effect, error) {
	return r.write(run.Event{Kind: run.Ended, Verdict: &v, Text: v.Sentence(r.order.System())})
}

// reasoned is the verdict so far, with the trouble added to its reasons. The first failure stands
// first also when it left no verdict, as a crash does.
func (r *runner) reasoned(t *Trouble) *verdict.Verdict {
	s := r.log.State()
	v := verdict.Verdict{Outcome: verdict.Unknown}
	if s.Verdict != nil {
		v = *s.Verdict
		v.Reasons = append([]verdict.Reason(nil), v.Reasons...)
	}
	if f := s.Failure; f != nil && len(v.Reasons) == 0 {
		v.Reasons = append(v.Reasons, verdict.Reason{Code: f.Code, Text: saying(f.Code)})
	}
	if t != nil {
		v.Reasons = append(v.Reasons, verdict.Reason{Code: t.Code, Text: t.Text})
	}
	return &v
}

// saying words the failures that are found on resuming, when nobody was there to word them.
func saying(code string) lang.Text {
	switch code {
	case "interrupted":
		return lang.T("Die Installation wurde unterbrochen.", "The installation was interrupted.")
	case "boot_loop":
		return lang.T("Nach dem Neustart hat sich der Host immer wieder selbst neu gestartet.", "After the reboot, the host kept rebooting by itself.")
	case "crash_loop":
		return lang.T("Der Schritt wurde zu oft unterbrochen.", "The step was interrupted too often.")
	}
	return lang.Textf("Der Lauf wurde abgebrochen (%[1]s).", "The run was broken off (%[1]s).", code)
}

// asTrouble words any error of a step.
func asTrouble(err error, step run.Step, limit time.Duration, ended error) *Trouble {
	var t *Trouble
	if errors.As(err, &t) {
		return t
	}
	if ended != nil && errors.Is(err, context.DeadlineExceeded) {
		return &Trouble{Code: "time_limit", Cause: err, Detail: err.Error(), Text: lang.Text{
			DE: "Der Schritt hat sein Zeitlimit von " + lang.Duration(limit, lang.DE) + " überschritten.",
			EN: "The step exceeded its time limit of " + lang.Duration(limit, lang.EN) + ".",
		}}
	}
	return &Trouble{Code: "internal", Cause: err, Detail: err.Error(), Text: lang.Textf(
		"Der Schritt %[1]s ist an einem unerwarteten Fehler gescheitert.", "The step %[1]s failed on an unexpected error.", step)}
}

// mayBegin says why the host lets nothing begin at a time.
func (r *runner) mayBegin(at time.Time) *Trouble {
	if r.open == nil {
		return nil
	}
	return r.open(at)
}

// late says whether it is too late to begin writing, or no hour for it on this host.
func (r *runner) late() *Trouble {
	now := r.now()
	if !now.After(r.order.NotAfter()) {
		return r.mayBegin(now)
	}
	return &Trouble{Code: "too_late", Text: lang.Text{
		DE: "Bis " + lang.DateTime(r.order.NotAfter().UTC(), lang.DE) + " (UTC) konnte nicht begonnen werden.",
		EN: "It could not be begun by " + lang.DateTime(r.order.NotAfter().UTC(), lang.EN) + " (UTC).",
	}}
}

// await waits until the host's clock shows t. It looks at the clock again and again, because clocks
// are set and hosts are suspended.
func (r *runner) await(ctx context.Context, t time.Time) error {
	for {
		left := t.Sub(r.now())
		if left <= 0 {
			return ctx.Err()
		}
		if err := r.pause(ctx, min(left, 15*time.Second)); err != nil {
			return err
		}
	}
}

// Bounds of the live text of one run.
const (
	maxLines = 2000
	maxLine  = 500 // bytes
)

// liner takes the live text of a step. It writes at most maxLines in a run, and says so at the end.
func (r *runner) liner(step run.Step) func(string) {
	return func(text string) {
		text = clip(strings.TrimRightFunc(strings.Map(printable, strings.ToValidUTF8(text, "?")), unicode.IsSpace), maxLine)
		n := r.log.Lines()
		if text == "" || n > maxLines {
			return
		}
		e := run.Event{Kind: run.Line, Step: step, Detail: text, At: r.now().UTC()}
		if n == maxLines {
			e.Detail, e.Code = "", "omitted"
			e.Text = lang.T("Weitere Ausgaben werden ausgelassen.", "More output is omitted.")
		}
		// An error here comes up again at the step's end, where it stops the run.
		if _, err := r.log.Append(e); err == nil {
			r.wrote()
		}
	}
}

func printable(c rune) rune {
	if c == '\t' {
		return ' '
	}
	if !unicode.IsPrint(c) {
		return -1
	}
	return c
}

// clip shortens s to at most n bytes, at the border of a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n-len("…")], "") + "…"
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
