package run_test

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

func booted(e *run.Event)                  { e.Booted = true }
func wanted(e *run.Event)                  { e.Reboot = true }
func found(f run.Found) func(e *run.Event) { return func(e *run.Event) { e.Found = f } }

// rebooting is a run that has just written down that it reboots its host.
func rebooting(t *testing.T) *tape {
	t.Helper()
	p := start(t).good(run.Steps[:4]...).add(run.Begun, run.Settling).add(run.Finished, run.Settling, wanted)
	return p.wants(run.DoStep, run.Rebooting, "").add(run.Begun, run.Rebooting)
}

func TestARunSurvivesTheRebootItOrdered(t *testing.T) {
	p := rebooting(t)
	p.refuses(run.Finished, run.Rebooting) // nobody may claim it without looking
	p.add(run.Resumed, "", booted).wants(run.DoLookUp, "", "")
	p.add(run.LookedUp, run.Rebooting, found(run.FoundRebooted)).wants(run.DoStep, run.Verifying, "")
	p.good(run.Verifying).wants(run.DoConclude, "", verdict.Succeeded)
	p.refuses(run.Begun, run.Rebooting)
	p.add(run.Ended, "", outcome(verdict.Succeeded))
	if !p.state.Rebooted() || p.state.Reboots != 1 || p.state.Failure != nil {
		t.Fatalf("state %+v", p.state)
	}
}

func TestARebootThatDidNotComeAboutIsNotOrderedAgain(t *testing.T) {
	for _, end := range []func(p *tape){
		func(p *tape) { // killed between writing it down and doing it
			p.add(run.Resumed, "").wants(run.DoLookUp, "", "").add(run.LookedUp, run.Rebooting, found(run.FoundOther))
		},
		func(p *tape) { p.add(run.Failed, run.Rebooting, func(e *run.Event) { e.Code = "reboot_failed" }) },
	} {
		p := rebooting(t)
		end(p)
		p.wants(run.DoStep, run.Verifying, "").refuses(run.Begun, run.Rebooting)
		p.add(run.Resumed, "").wants(run.DoStep, run.Verifying, "")
		p.add(run.Begun, run.Verifying).add(run.Finished, run.Verifying, outcome(verdict.NotEffective))
		p.wants(run.DoConclude, "", verdict.NotEffective).add(run.Ended, "", outcome(verdict.NotEffective))
		if p.state.Rebooted() || p.state.Failure != nil {
			t.Fatalf("state %+v", p.state)
		}
	}
}

func TestNobodyRebootsWithoutBeingAsked(t *testing.T) {
	p := start(t).good(run.Steps[:5]...).wants(run.DoStep, run.Verifying, "")
	p.refuses(run.Begun, run.Rebooting)
	start(t).good(run.Steps[:4]...).refuses(run.Begun, run.Rebooting)
}

func TestChecksThatFailAfterTheRebootPutTheHostBack(t *testing.T) {
	p := rebooting(t).add(run.Resumed, "", booted).add(run.LookedUp, run.Rebooting, found(run.FoundRebooted))
	p.add(run.Begun, run.Verifying).add(run.Failed, run.Verifying).wants(run.DoStep, run.Restoring, "")
	p.good(run.Restoring).refuses(run.Begun, run.Rebooting)
	p.add(run.Ended, "", outcome(verdict.Restored))
}

// TestAHostThatBootsAgainAndAgainIsPutBack is the loop of boots, wherever in the run it strikes.
func TestAHostThatBootsAgainAndAgainIsPutBack(t *testing.T) {
	for name, strike := range map[string]func(p *tape){
		"while verifying": func(p *tape) {
			p.add(run.LookedUp, run.Rebooting, found(run.FoundRebooted))
			for range run.MaxBoots + 1 {
				p.wants(run.DoStep, run.Verifying, "").add(run.Begun, run.Verifying).add(run.Resumed, "", booted)
			}
		},
		"before verifying": func(p *tape) {
			p.add(run.LookedUp, run.Rebooting, found(run.FoundRebooted))
			for range run.MaxBoots + 1 {
				p.wants(run.DoStep, run.Verifying, "").add(run.Resumed, "", booted)
			}
		},
		"before the look": func(p *tape) {
			for range run.MaxBoots + 1 {
				p.wants(run.DoLookUp, "", "").add(run.Resumed, "", booted)
			}
			p.add(run.LookedUp, run.Rebooting, found(run.FoundRebooted))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := rebooting(t).add(run.Resumed, "", booted)
			strike(p)
			p.wants(run.DoStep, run.Restoring, "").add(run.Resumed, "", booted).wants(run.DoStep, run.Restoring, "")
			if p.state.Failure == nil || p.state.Failure.Code != "boot_loop" {
				t.Fatalf("failure %+v", p.state.Failure)
			}
			p.good(run.Restoring).add(run.Ended, "", outcome(verdict.Restored))
		})
	}
}
