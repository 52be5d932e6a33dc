package run_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// machine is a host in miniature: what a run did to it. It lives on when the agent is killed.
type machine struct {
	touched  bool // differs from before
	complete bool // all ordered versions are in place
	applies  int
	reboots  int
	boot     int
}

// TestARunEndsNewOrAsBefore lets a run go through any sequence of failures and kills, and holds what
// is promised of every run: it ends; a success means that everything is in place; anything else that
// was written is put back, or said to be broken, loudly; applying happens once.
func TestARunEndsNewOrAsBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var (
			s    run.State
			host machine
			next = run.Next()
		)
		fold := func(e run.Event) {
			e.Order, e.Seq, e.At = "r", s.Seq+1, day.Add(time.Duration(s.Seq)*time.Second)
			after, effect, err := run.Apply(s, e)
			if err != nil {
				t.Fatalf("%s %s: %v", e.Kind, e.Step, err)
			}
			s, next = after, effect
		}
		var begunIn, lastBoot int
		resume := func() {
			if rapid.IntRange(0, 3).Draw(t, "booted") == 0 {
				host.boot++
			}
			fold(run.Event{Kind: run.Resumed, Booted: host.boot != lastBoot})
			lastBoot = host.boot
		}
		killed := func(label string) bool { return rapid.IntRange(0, 9).Draw(t, label) == 0 }
		fails := func(label string) bool { return rapid.IntRange(0, 5).Draw(t, label) == 0 }

		for n := 0; !s.Ended; n++ {
			if n > 400 {
				t.Fatal("the run does not end")
			}
			if killed("killed before") {
				resume()
			}
			want := next
			switch want.Do {
			case run.DoStep:
				fold(run.Event{Kind: run.Begun, Step: want.Step})
				half := killed("killed within")
				if want.Step == run.Rebooting {
					host.reboots++
					begunIn = host.boot
					if fails("the order to reboot fails") {
						fold(run.Event{Kind: run.Failed, Step: run.Rebooting, Code: "drawn"})
						continue
					}
					if !half {
						host.boot++
					}
					resume()
					continue
				}
				act(&host, want.Step, half)
				if half {
					resume()
					continue
				}
				e := run.Event{Kind: run.Finished, Step: want.Step, Point: &run.Point{ID: "p"}}
				bad := fails("fails")
				if want.Step == run.Applying && bad {
					host.complete = false
				}
				if want.Step == run.Restoring && bad {
					host.touched = true
				}
				if want.Step == run.Settling {
					e.Reboot = rapid.Bool().Draw(t, "a reboot is wanted and permitted")
				}
				if want.Step == run.Verifying {
					e.Verdict = &verdict.Verdict{Outcome: verdict.Succeeded}
					bad = bad || !host.complete
				}
				if bad {
					e.Kind, e.Code = run.Failed, "drawn"
				}
				fold(e)
			case run.DoLookUp:
				found := run.FoundOther
				if s.Step == run.Rebooting {
					if host.boot != begunIn {
						found = run.FoundRebooted
					}
				} else if host.complete {
					found = run.FoundComplete
				}
				fold(run.Event{Kind: run.LookedUp, Found: found})
			case run.DoConclude:
				fold(run.Event{Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: want.Outcome}})
			default:
				t.Fatalf("nothing to do, and not ended: %+v", s)
			}
		}
		switch s.Outcome {
		case verdict.Succeeded:
			if !host.complete {
				t.Fatalf("success, and the host is not new: %+v", host)
			}
		case verdict.Blocked:
			if host.touched || s.Written {
				t.Fatalf("blocked, and the host was touched: %+v", host)
			}
		case verdict.Restored:
			if host.touched {
				t.Fatalf("restored, and the host is not as before: %+v", host)
			}
		case verdict.RestoreFailed:
			if !s.Written {
				t.Fatal("restore failed, and nothing had been written")
			}
		default:
			t.Fatalf("a run cannot end %q here", s.Outcome)
		}
		if host.reboots > run.MaxReboots || host.reboots != s.Reboots {
			t.Fatalf("rebooted %d times, counted %d", host.reboots, s.Reboots)
		}
		if host.applies > 1 {
			t.Fatalf("applied %d times", host.applies)
		}
	})
}

// act is what a step does to the host; half of it when the agent is killed meanwhile.
func act(h *machine, step run.Step, half bool) {
	switch step {
	case run.Applying:
		h.applies++
		h.touched, h.complete = true, !half
	case run.Restoring:
		if !half {
			h.touched = false
		}
		h.complete = false
	}
}

// TestApplyNeverPanicsAndNeverGoesBack throws arbitrary events at the machine.
func TestApplyNeverPanicsAndNeverGoesBack(t *testing.T) {
	kinds := []run.Kind{run.Refused, run.Begun, run.Finished, run.Failed, run.Line, run.Resumed, run.LookedUp, run.Ended, "other"}
	steps := append([]run.Step{"", run.Restoring, run.Rebooting, "other"}, run.Steps...)
	rapid.Check(t, func(t *rapid.T) {
		var s run.State
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			e := run.Event{
				Order: "r", Seq: s.Seq + rapid.Int64Range(0, 2).Draw(t, "seq"),
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Step: rapid.SampledFrom(steps).Draw(t, "step"),
				Reboot: rapid.Bool().Draw(t, "reboot"), Booted: rapid.Bool().Draw(t, "booted"),
				Found: rapid.SampledFrom([]run.Found{"", run.FoundComplete, run.FoundOther, run.FoundRebooted}).Draw(t, "found"),
			}
			if rapid.Bool().Draw(t, "with verdict") {
				e.Verdict = &verdict.Verdict{Outcome: rapid.SampledFrom(verdict.Outcomes).Draw(t, "outcome")}
			}
			next, _, err := run.Apply(s, e)
			if err != nil {
				continue
			}
			if next.Reboots > run.MaxReboots || next.Reboots > 0 && !next.Wanted {
				t.Fatalf("a reboot that nobody permitted, or one too many: %+v", next)
			}
			if next.Seq != s.Seq+1 || s.Written && !next.Written || s.Ended {
				t.Fatalf("went back: %+v → %+v", s, next)
			}
			if next.Ended && next.Outcome == verdict.Succeeded {
				n := len(next.Spans)
				if n == 0 || next.Spans[n-1].Step != run.Verifying || !next.Spans[n-1].Good {
					t.Fatalf("talked into a success: %+v", next)
				}
			}
			s = next
		}
	})
}
