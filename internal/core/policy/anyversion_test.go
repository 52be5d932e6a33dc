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
		{"origin", "standard", "third_party", "local"}, {"admin_access", "provider_only", "customer_too"},
	} {
		name, values := facet[0], facet[1:]
		if n := rapid.IntRange(0, len(values)-1).Draw(t, name); n > 0 {
			out = append(out, name+": ["+strings.Join(rapid.Permutation(values).Draw(t, name+" values")[:n], ", ")+"]")
		}
	}
	return strings.Join(out, ", ")
}

func drawResult(t *rapid.T) string {
	out := []string{"planner: " + rapid.SampledFrom([]string{"provider", "customer", "nobody"}).Draw(t, "planner")}
	if rapid.Bool().Draw(t, "sets executor") {
		out = append(out, "executor: "+rapid.SampledFrom([]string{"provider", "customer", "nobody"}).Draw(t, "executor"))
	}
	if rapid.Bool().Draw(t, "sets trigger") {
		out = append(out, rapid.SampledFrom([]string{
			"trigger: order, explicit_request: true", "trigger: standing_order, explicit_request: false",
			"trigger: proactive, explicit_request: false", "trigger: never",
		}).Draw(t, "trigger"))
	}
	if rapid.Bool().Draw(t, "sets charge") {
		out = append(out, "charge: "+rapid.SampledFrom([]string{"free", "by_agreement"}).Draw(t, "charge"))
	}
	return strings.Join(out, ", ")
}

func TestWhateverTheDocumentSaysADecisionIsWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, f := drawVersion(t), drawFacets(t)
		d := policy.Decide(v, f)
		acts := d.Executor == policy.PartyProvider && d.Trigger != policy.TriggerNever
		if acts != (d.Verdict == policy.Permitted) || (d.Executor == policy.PartyProvider) != acts {
			t.Fatalf("%s, but %s executes on %s", d.Verdict, d.Executor, d.Trigger)
		}
		if d.Verdict != policy.Permitted && d.Trigger != policy.TriggerNever {
			t.Fatalf("%s, but with the trigger %s", d.Verdict, d.Trigger)
		}
		if (d.Verdict == policy.Ask) != (len(d.Missing) > 0) {
			t.Fatalf("%s, missing %q", d.Verdict, d.Missing)
		}
		if _, ok := v.Rule(d.GoverningRule()); !ok || d.Rules()[0] != d.GoverningRule() {
			t.Fatalf("governed by %q, rules %q", d.GoverningRule(), d.Rules())
		}
		if !slices.ContainsFunc(d.Reasons, func(r policy.Reason) bool { return r.RuleID == d.GoverningRule() }) {
			t.Fatalf("the governing rule %s is not among the reasons: %+v", d.GoverningRule(), d.Reasons)
		}
		for _, r := range d.Reasons {
			if len(r.Sets) == 0 || r.May && d.Verdict != policy.Ask {
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
		v, i := drawVersion(t), rapid.IntRange(0, 414719).Draw(t, "combination")
		known := briefOf(policy.Decide(v, combination(i)))
		forgotten(i, func(j int) {
			unknown := briefOf(policy.Decide(v, combination(j)))
			a, b := known, unknown
			a.governing, b.governing = "", ""
			if b.verdict == policy.Permitted && a != b || b.verdict == policy.Denied && a.verdict != policy.Denied {
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
