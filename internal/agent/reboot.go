package agent

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// What a reboot is taken to need at most until services are up, and the reserve for looking at them. A host
// is not rebooted if that would reach beyond the time that was agreed.
const (
	rebootTakes  = 10 * time.Minute
	rebootMargin = graceAfterReboot
	rebootWait   = 8 * time.Minute // for the shutdown to reach the agent
	rebootDoubt  = time.Minute     // the same, where it is not known whether the order to reboot was taken
)

// settle restarts what runs on replaced files, and says whether the host is to be rebooted for the rest.
func (r *runner) settle(ctx context.Context, line func(string)) (run.Event, error) {
	left, err := r.host.Machine.Settle(ctx, line)
	if err != nil {
		return run.Event{}, err
	}
	if !needsReboot(left) {
		return run.Event{}, nil
	}
	if why := r.noReboot(); why != nil {
		return run.Event{Text: why.Text}, nil
	}
	return run.Event{Reboot: true, Text: lang.T(
		"Ein Teil wird erst mit einem Neustart wirksam; der Auftrag erlaubt ihn.",
		"Some of it takes effect with a reboot only; the order permits it.")}, nil
}

func needsReboot(left fact.Reboot) bool { return left.Required || len(left.Services) > 0 }

// noReboot says why the host is not rebooted; nil if it is.
func (r *runner) noReboot() *verdict.Reason {
	now := r.now()
	switch {
	case !r.order.Reboot():
		return &verdict.Reason{Code: "reboot_not_ordered", Text: lang.T(
			"Ein Neustart ist nicht beauftragt.", "A reboot was not ordered.")}
	case now.Add(rebootTakes + rebootMargin).After(r.order.NotAfter()):
		return &verdict.Reason{Code: "reboot_no_time", Text: lang.T(
			"Für den erlaubten Neustart reichte die Zeit nicht mehr.", "There was no time left for the reboot that is permitted.")}
	}
	if t := r.mayBegin(now); t != nil {
		return &verdict.Reason{Code: t.Code, Text: t.Text}
	}
	return nil
}

// reboot orders the one reboot of a run, and waits to be stopped by it. That it begins is on disk already;
// the agent that comes back looks up whether it came about.
func (r *runner) reboot(ctx context.Context) error {
	asked := r.host.Power.Reboot(ctx)
	wait := rebootWait
	if asked != nil { // whoever asked may have been ended by the very shutdown that he brought about
		wait = rebootDoubt
	}
	if err := r.await(ctx, r.now().Add(wait)); err != nil {
		return err
	}
	if asked != nil {
		return asked
	}
	return &Trouble{Code: "reboot_failed", Text: lang.T(
		"Der Host hat den Auftrag zum Neustart angenommen und ist nicht neu gestartet.",
		"The host took the order to reboot and did not reboot.")}
}

// whyNotEffective adds to a change that is not effective what became of the reboot.
func (r *runner) whyNotEffective() []verdict.Reason {
	s := r.log.State()
	switch {
	case s.Rebooted():
		return []verdict.Reason{{Code: "reboot_without_effect", Text: lang.T(
			"Der Host wurde neu gestartet, und das hat daran nichts geändert.", "The host was rebooted, and that did not change it.")}}
	case s.Reboots > 0:
		return []verdict.Reason{{Code: "reboot_failed", Text: lang.T(
			"Der angeordnete Neustart kam nicht zustande; ein zweiter wird nicht angeordnet.",
			"The reboot that was ordered did not come about; a second one is not ordered.")}}
	}
	if why := r.noReboot(); why != nil {
		return []verdict.Reason{*why}
	}
	return nil
}
