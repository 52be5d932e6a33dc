package policy_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// TestEveryMistakeInTheRulesIsNoticed makes every small mistake in the rules of the published versions, one
// at a time, and holds that a golden case or lint notices it. A mutant that decides and says everything as
// before, in every combination of known facts, is no mistake and does not count.
func TestEveryMistakeInTheRulesIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute of work; run without -short")
	}
	t.Parallel()
	for id := range least {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			v, cases, notices := version(t, id), goldens(t, id), goldenNotices(t)
			mutants := policy.Mutants(v)
			if raceEnabled { // ten times slower: a sample, the whole runs without
				mutants = sample(mutants, 7)
			}
			var byCase, notice, lint, equal int
			for _, m := range mutants {
				switch {
				case slices.ContainsFunc(cases, func(g golden) bool { return g.fails(m.Version) }):
					byCase++
				case slices.ContainsFunc(notices, func(g goldenNotice) bool {
					return g.policy == id && noticesOf(policy.Decide(m.Version, g.facets)) != g.notices
				}):
					notice++
				case !policy.LintKnown(m.Version).Clean():
					lint++
				case same(v, m.Version):
					equal++
				default:
					t.Errorf("nobody notices %s", m.Name)
				}
			}
			t.Logf("%s: %d mutants; noticed by golden cases %d, by golden notices %d, by lint %d; %d are no mistakes",
				id, len(mutants), byCase, notice, lint, equal)
		})
	}
}

// fails reports whether the version decides the case otherwise than by hand.
func (g golden) fails(v *policy.Version) bool {
	d := policy.Decide(v, g.facets)
	if answerOf(d) != g.want {
		return true
	}
	return slices.ContainsFunc(g.rules, func(id string) bool { return !slices.Contains(d.Rules(), id) })
}

// knownSpace lists the combinations of known facts once.
var knownSpace = sync.OnceValue(func() []policy.Facets {
	var out []policy.Facets
	for f := range policy.EnumerateKnown {
		out = append(out, f)
	}
	return out
})

// same reports whether two versions decide and say the same everywhere.
func same(a, b *policy.Version) bool {
	for _, f := range knownSpace() {
		x, y := policy.Judge(a, f), policy.Judge(b, f)
		x.Governing, y.Governing = "", "" // another rule may say the same
		if x != y {
			return false
		}
	}
	for i, f := range knownSpace() {
		if i%5 == 0 && noticesOf(policy.Decide(a, f)) != noticesOf(policy.Decide(b, f)) {
			return false
		}
	}
	return true
}

func sample[T any](list []T, every int) []T {
	var out []T
	for i := 0; i < len(list); i += every {
		out = append(out, list[i])
	}
	return out
}
