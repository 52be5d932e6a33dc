package policy_test

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// questions are one combination for each kind of answer.
func questions() map[string]policy.Facets {
	unknownAccess := onBasic()
	unknownAccess.AdminAccess = policy.AdminAccessUnknown
	return map[string]policy.Facets{"permitted": onAdvanced(), "denied": onIaaS(), "ask": unknownAccess}
}

func BenchmarkJudge(b *testing.B) {
	v := managedhosting2(b)
	for name, f := range questions() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.Judge(v, f)
			}
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	v := managedhosting2(b)
	for name, f := range questions() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.Decide(v, f)
			}
		})
	}
}

func BenchmarkLint(b *testing.B) {
	for id := range least {
		v := version(b, id)
		b.Run(id, func(b *testing.B) {
			for b.Loop() {
				policy.Lint(v)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	data := document(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Parse("managedhosting-2.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}

func TestJudgeDoesNotAllocate(t *testing.T) {
	v := managedhosting2(t)
	for name, f := range questions() {
		if n := testing.AllocsPerRun(100, func() { policy.Judge(v, f) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestJudgeSaysWhatDecideSays(t *testing.T) {
	t.Parallel()
	for id := range least {
		v := version(t, id)
		n := 0
		for f := range policy.Enumerate {
			if n++; n%37 != 0 { // a sample evenly spread over the space
				continue
			}
			r, d := policy.Judge(v, f), policy.Decide(v, f)
			told := policy.Ruling{
				Verdict: d.Verdict, Planning: d.Planning, Execution: d.Execution, Trigger: d.Trigger, ExplicitRequest: d.ExplicitRequest,
				Cadence: d.Cadence, DeadlineHours: d.DeadlineHours, Charge: d.Charge, Window: d.Window, Governing: d.Governing,
			}
			if r != told {
				t.Fatalf("%s: %+v is judged as\n%+v\nand decided as\n%+v", id, f, r, told)
			}
			if d.Verdict == policy.Ask && !d.Reasons[firstMay(d)].May || d.Verdict == policy.Ask && d.Reasons[firstMay(d)].RuleID != d.Governing {
				t.Fatalf("%s: %+v: governed by %s, but the first that hangs on a missing fact is another: %+v", id, f, d.Governing, d.Reasons)
			}
		}
	}
}

func firstMay(d policy.Decision) int {
	for i, r := range d.Reasons {
		if r.May {
			return i
		}
	}
	return 0
}
