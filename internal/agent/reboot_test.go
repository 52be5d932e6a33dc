package agent

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// rebootStage is a run whose update takes effect with a reboot only. The order permits one or does not.
func rebootStage(t failer, dir string, permitted bool) *stage {
	s := newStage(t, dir)
	c := closing("run-1", simDay)
	c.Reboot = permitted
	s.order, s.host.old = sealed("web1", c, s.key), true
	return s
}

func (s *stage) reasons() []string {
	_, state := s.log()
	var codes []string
	for _, why := range state.Verdict.Reasons {
		codes = append(codes, why.Code)
	}
	return codes
}

func TestAnOrderedRebootMakesTheChangeEffective(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		permitted bool
		faults    map[string]int
		late      time.Duration // how long before the order's end the run begins; 0: at its begin
		want      verdict.Outcome
		reboots   int
		reason    string
	}{
		{name: "a good day", permitted: true, want: verdict.Succeeded, reboots: 1},
		{name: "nobody ordered it", want: verdict.NotEffective, reason: "reboot_not_ordered"},
		{name: "no time is left for it", permitted: true, late: 10 * time.Minute, want: verdict.NotEffective, reason: "reboot_no_time"},
		{name: "the host refuses", permitted: true, faults: map[string]int{"reboot refused": 1}, want: verdict.NotEffective, reboots: 1, reason: "reboot_failed"},
		{name: "the host does not", permitted: true, faults: map[string]int{"reboot ignored": 1}, want: verdict.NotEffective, reboots: 1, reason: "reboot_failed"},
		{name: "the old kernel comes back", permitted: true, faults: map[string]int{"old kernel": 1}, want: verdict.NotEffective, reboots: 1, reason: "reboot_without_effect"},
		{name: "a service does not come up", permitted: true, faults: map[string]int{"unit after boot": 1}, want: verdict.Restored, reboots: 1, reason: "reboot_pending"},
		{name: "it boots by itself, twice", permitted: true, faults: map[string]int{"boots": 2}, want: verdict.Succeeded, reboots: 1},
		{name: "it boots again and again", permitted: true, faults: map[string]int{"boots": run.MaxBoots + 1}, want: verdict.Restored, reboots: 1, reason: "boot_loop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := rebootStage(t, t.TempDir(), c.permitted)
			maps.Copy(s.host.faults, c.faults)
			if c.late > 0 {
				s.clock = simDay.Add(2*time.Hour - c.late)
			}
			if got := s.finish(); got != c.want {
				t.Errorf("outcome %s, want %s (%v)", got, c.want, s.reasons())
			}
			if s.host.reboots != c.reboots {
				t.Errorf("told to reboot %d times, want %d", s.host.reboots, c.reboots)
			}
			if got := s.reasons(); c.reason != "" && !slices.Contains(got, c.reason) {
				t.Errorf("reasons %v, want %s", got, c.reason)
			}
		})
	}
}

// TestKilledAtAnyEventAroundTheRebootItIsOrderedOnceAtMost kills the agent before and after every write of
// the journal and every change of the host, with and without a boot that comes with it.
func TestKilledAtAnyEventAroundTheRebootItIsOrderedOnceAtMost(t *testing.T) {
	t.Parallel()
	events := func() int {
		s := rebootStage(t, t.TempDir(), true)
		s.finish()
		return s.events
	}()
	for _, power := range []bool{false, true} {
		for at := 1; at <= events; at++ {
			s := rebootStage(t, t.TempDir(), true)
			s.killAt = at
			for life := 0; ; life++ {
				if life > 20 {
					t.Fatalf("killed %s: the run does not end", s.killed)
				}
				boots := s.host.boots
				killed, err := s.live()
				if err != nil {
					t.Fatal(err)
				}
				if !killed {
					break
				}
				if power && s.events == at && s.host.boots == boots {
					s.host.booted() // the power went, too
				}
			}
			out := s.sound()
			_, state := s.log()
			good := out == verdict.Succeeded || out == verdict.Restored ||
				out == verdict.NotEffective && state.Reboots == 1 && !state.Rebooted()
			if !good {
				t.Errorf("killed %s (power cut: %t): %s, %v", s.killed, power, out, s.reasons())
			}
			if out == verdict.Succeeded && s.host.old {
				t.Errorf("killed %s: success, and the host runs the old code", s.killed)
			}
		}
	}
}
