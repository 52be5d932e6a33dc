package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// drawVersion is a random policy: what holds for it holds because of Decide, not because of what
// some document says.
func drawVersion(t *rapid.T) *policy.Version {
	var doc strings.Builder
	doc.WriteString(head + "rules:\n" + lastResort)
	for i := range rapid.IntRange(0, 7).Draw(t, "rules") {
		tier := rapid.SampledFrom(policy.AllTiers()[:5]).Draw(t, "tier")
		fmt.Fprintf(&doc, "  - {id: T-%02d, tier: %s, kind: rule, text: {de: a, en: b}, when: {%s}, result: {%s}}\n",
			i, tier, drawConditions(t), drawResult(t))
	}
	v, err := policy.Parse("random.yaml", []byte(doc.String()))
	if err != nil {
		t.Fatalf("%v in\n%s", err, doc.String())
	}
	return v
}

func drawConditions(t *rapid.T) string {
	var out []string
	for _, facet := range [][]string{
		{"service_model", "iaas", "paas", "saas"}, {"package", "none", "basic", "advanced"},
		{"origin", "standard", "third_party", "customer"}, {"admin_access", "provider", "shared", "customer"}, {"criticality", "normal", "remote_takeover"},
	} {
		name, values := facet[0], facet[1:]
		if n := rapid.IntRange(0, len(values)-1).Draw(t, name); n > 0 {
			out = append(out, name+": ["+strings.Join(rapid.Permutation(values).Draw(t, name+" values")[:n], ", ")+"]")
		}
	}
	return strings.Join(out, ", ")
}

func drawResult(t *rapid.T) string {
	out := []string{"planning: " + rapid.SampledFrom([]string{"provider", "customer", "both", "nobody"}).Draw(t, "planning")}
	if rapid.Bool().Draw(t, "sets executor") {
		out = append(out, "execution: "+rapid.SampledFrom([]string{"provider", "customer", "both", "nobody"}).Draw(t, "execution"))
	}
	if rapid.Bool().Draw(t, "sets trigger") {
		out = append(out, rapid.SampledFrom([]string{
			"trigger: order, explicit_request: true", "trigger: standing_order, explicit_request: false",
			"trigger: proactive, explicit_request: false", "trigger: consent, explicit_request: false", "trigger: never",
		}).Draw(t, "trigger"))
	}
	if rapid.Bool().Draw(t, "sets charge") {
		out = append(out, "charge: "+rapid.SampledFrom([]string{"free", "quote"}).Draw(t, "charge"))
	}
	if rapid.Bool().Draw(t, "sets deadline") {
		out = append(out, "deadline_hours: "+rapid.SampledFrom([]string{"24", "72"}).Draw(t, "deadline"))
	}
	if rapid.Bool().Draw(t, "sets window") {
		out = append(out, "window: "+rapid.SampledFrom([]string{"next", "any", "appointment"}).Draw(t, "window"))
	}
	return strings.Join(out, ", ")
}

func TestWhateverTheDocumentSaysADecisionIsWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, f := drawVersion(t), drawFacets(t)
		d := policy.Decide(v, f)
		acts := d.Execution.Acts() && d.Trigger != policy.TriggerNever
		if acts != (d.Verdict == policy.Permitted) || d.Execution.Acts() != acts {
			t.Fatalf("%s, but %s executes on %s", d.Verdict, d.Execution, d.Trigger)
		}
		if d.Verdict != policy.Permitted && d.Trigger != policy.TriggerNever {
			t.Fatalf("%s, but with the trigger %s", d.Verdict, d.Trigger)
		}
		if d.Verdict == policy.Ask && len(d.Missing) == 0 || d.Verdict == policy.Denied && len(d.Missing) > 0 {
			t.Fatalf("%s, missing %q", d.Verdict, d.Missing)
		}
		if _, ok := v.Rule(d.GoverningRule()); !ok || d.Rules()[0] != d.GoverningRule() {
			t.Fatalf("governed by %q, rules %q", d.GoverningRule(), d.Rules())
		}
		if !slices.ContainsFunc(d.Reasons, func(r policy.Reason) bool { return r.RuleID == d.GoverningRule() }) {
			t.Fatalf("the governing rule %s is not among the reasons: %+v", d.GoverningRule(), d.Reasons)
		}
		for _, r := range d.Reasons {
			if len(r.Sets) == 0 || r.May && len(d.Missing) == 0 {
				t.Fatalf("a reason that decides nothing: %+v", r)
			}
		}
		if len(d.Answer().DE) < 20 || !strings.HasPrefix(d.Refusal().EN, d.GoverningRule()+": ") {
			t.Fatalf("answer %q, refusal %q", d.Answer().DE, d.Refusal().EN)
		}
	})
}

func TestWhateverTheDocumentSaysForgettingNeverAllowsMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, i := drawVersion(t), rapid.IntRange(0, 967679).Draw(t, "combination")
		known := briefOf(policy.Decide(v, combination(i)))
		forgotten(i, func(j int) {
			unknown := briefOf(policy.Decide(v, combination(j)))
			if unknown.verdict == policy.Permitted && !keeps(known, unknown) || unknown.verdict == policy.Denied && known.verdict != policy.Denied {
				t.Fatalf("%+v → %+v\n%+v → %+v", combination(i), known, combination(j), unknown)
			}
		})
	})
}

func TestWhateverTheDocumentSaysAnsweringTheQuestionDecides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, f := drawVersion(t), drawFacets(t)
		d := policy.Decide(v, f)
		if d.Verdict != policy.Ask {
			return
		}
		if again := policy.Decide(v, learn(t, f, d.Missing)); again.Verdict == policy.Ask {
			t.Fatalf("asked for %q, then for %q", d.Missing, again.Missing)
		}
		if !slices.IsSorted(indexes(d.Missing)) {
			t.Fatalf("asked in no order: %q", d.Missing)
		}
	})
}

// indexes are the places of the named facets among all facets.
func indexes(names []string) []int {
	all := policy.Facets{}.Facts()
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = slices.IndexFunc(all, func(f policy.Fact) bool { return f.Name == name })
	}
	return out
}
