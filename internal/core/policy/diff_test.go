package policy_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/policy"
)

func TestAVersionDoesNotDifferFromItself(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	d := policy.Diff(v, v)
	if d.Changed != 0 || len(d.Differences) != 0 || len(d.RulesAdded)+len(d.RulesRemoved)+len(d.RulesChanged) != 0 || d.Combinations != 46656 {
		t.Errorf("%+v", d)
	}
}

// TestWhatTheNewerArticleChanges: the lawyer asks what the customers will notice.
func TestWhatTheNewerArticleChanges(t *testing.T) {
	t.Parallel()
	d := policy.Diff(version(t, "managedhosting-1"), version(t, "managedhosting-2"))
	if d.Changed == 0 || d.Differences[0].Effect != policy.Forbids {
		t.Fatalf("%d changes, first %+v", d.Changed, d.Differences[:min(1, len(d.Differences))])
	}
	find := func(f policy.Facets) policy.Difference {
		for _, x := range d.Differences {
			if slices.ContainsFunc(x.Where, func(b policy.Box) bool { return b.Holds(f) }) {
				return x
			}
		}
		t.Fatalf("nothing changes for %+v", f)
		return policy.Difference{}
	}
	f := onAdvanced()
	f.Criticality, f.SystemCreated, f.OSSupported = policy.CriticalityNormal, policy.SystemCreatedFrom2025, policy.OSSupportedFull
	automatic := find(f)
	if automatic.Effect != policy.Alters || !strings.Contains(automatic.After.DE, "nach Dauerauftrag, quartalsweise") ||
		!strings.Contains(automatic.Before.DE, "auf ausdrücklichen Auftrag") {
		t.Errorf("advanced becomes automatic: %+v", automatic)
	}
	f.Package = policy.PackageNone
	if x := find(f); x.Effect != policy.Permits {
		t.Errorf("without a package the newer article lets the provider execute: %+v", x)
	}
}

// TestDifferencesAreAllOfTheSpaceAndNothingTwice: each combination lies in exactly one difference, or
// changes nothing; and read backwards, forbidding is permitting.
func TestDifferencesAreAllOfTheSpaceAndNothingTwice(t *testing.T) {
	t.Parallel()
	a, b := version(t, "managedhosting-2"), version(t, "iteg-toms-1.1")
	there, back := policy.Diff(a, b), policy.Diff(b, a)
	count := func(d policy.Comparison, e policy.Effect) (n int) {
		for _, x := range d.Differences {
			if x.Effect == e {
				n += x.Count
			}
		}
		return n
	}
	if there.Changed != back.Changed || count(there, policy.Forbids) != count(back, policy.Permits) || count(there, policy.Alters) != count(back, policy.Alters) {
		t.Errorf("%d changes there, %d back", there.Changed, back.Changed)
	}
	i := 0
	for f := range policy.EnumerateKnown {
		if i++; i%11 != 0 {
			continue
		}
		in := 0
		for _, x := range there.Differences {
			for _, box := range x.Where {
				if box.Holds(f) {
					in++
				}
			}
		}
		x, y := policy.Judge(a, f), policy.Judge(b, f)
		x.Governing, y.Governing = "", ""
		if want := x != y; in > 1 || (in == 1) != want {
			t.Fatalf("%+v lies in %d boxes; changed: %v", f, in, want)
		}
	}
}

func TestWhateverDiffersIsCoveredExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawVersion(t), drawVersion(t)
		d := policy.Diff(a, b)
		n := 0
		for _, x := range d.Differences {
			n += x.Count
		}
		if n != d.Changed {
			t.Fatalf("%d in the groups, %d changed", n, d.Changed)
		}
		f := combination(rapid.IntRange(0, 967679).Draw(t, "combination"))
		if !f.Known() {
			return
		}
		x, y := policy.Judge(a, f), policy.Judge(b, f)
		x.Governing, y.Governing = "", ""
		covered := false
		for _, g := range d.Differences {
			for _, box := range g.Where {
				covered = covered || box.Holds(f)
			}
		}
		if covered != (x != y) {
			t.Fatalf("%+v: covered %v, changed %v", f, covered, x != y)
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	x, y := version(b, "managedhosting-1"), version(b, "managedhosting-2")
	for b.Loop() {
		policy.Diff(x, y)
	}
}
