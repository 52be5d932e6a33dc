package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// oneRulePerTier is a document in which a rule of each given tier sets another charge, in that order.
func oneRulePerTier(tb interface{ Fatal(...any) }, tiers []policy.Tier, charges []policy.Charge) *policy.Version {
	var doc strings.Builder
	doc.WriteString(head + "rules:\n")
	for i, tier := range tiers {
		fmt.Fprintf(&doc, "  - {id: T-%02d, tier: %s, kind: rule, text: {de: a, en: b}, result: {charge: %s}}\n", i, tier, charges[i])
	}
	doc.WriteString(lastResort)
	// What is told about a denial leaves the charge out, so the provider acts here.
	doc.WriteString("  - id: T-50\n    tier: law\n    kind: rule\n    text: {de: a, en: b}\n" +
		"    result: {execution: provider, trigger: proactive, explicit_request: false}\n")
	v, err := policy.Parse("p.yaml", []byte(doc.String()))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestLawBeatsAgreementBeatsPackageBeatsTextBeatsTable(t *testing.T) {
	t.Parallel()
	order := policy.AllTiers()
	tiers := order[:len(order)-1] // the default is in every document
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "rules")
		var drawn []policy.Tier
		var charges []policy.Charge
		for i := range n {
			drawn = append(drawn, rapid.SampledFrom(tiers).Draw(t, "tier"))
			charges = append(charges, []policy.Charge{policy.ChargeFree, policy.ChargeIncluded, policy.ChargeQuote, policy.ChargeUnknown}[i])
		}
		strongest := 0
		for i := range drawn {
			if slices.Index(order, drawn[i]) < slices.Index(order, drawn[strongest]) {
				strongest = i
			}
		}
		d := policy.Decide(oneRulePerTier(t, drawn, charges), policy.Facets{})
		if d.Charge != charges[strongest] {
			t.Fatalf("tiers %q: charge %s, want %s of rule %d", drawn, d.Charge, charges[strongest], strongest)
		}
		for _, r := range d.Reasons {
			if slices.Contains(r.Sets, "charge") && r.RuleID != fmt.Sprintf("T-%02d", strongest) {
				t.Fatalf("tiers %q: the charge is said to come from %s", drawn, r.RuleID)
			}
		}
	})
}

func TestACaseMayStandInAnotherTierThanItsRule(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	r, _ := v.Rule("MH2-09")
	if r.Tier != policy.TierText || r.Cases[0].Tier != policy.TierText || r.Cases[1].Tier != policy.TierDefault {
		t.Errorf("MH2-09 is text with a default at its end; read as %+v", r)
	}
}

func TestReasonsSayWhichRuleDecidedWhat(t *testing.T) {
	t.Parallel()
	d := policy.Decide(managedhosting2(t), onAdvanced())
	want := map[string]string{
		"MH2-21": "execution trigger explicit_request window",
		"MH2-22": "cadence",
		"MH2-08": "planning",
		"MH2-11": "charge",
	}
	for _, r := range d.Reasons {
		if got := strings.Join(r.Sets, " "); got != want[r.RuleID] || r.May || r.Text.IsZero() {
			t.Errorf("%s decided %q, want %q", r.RuleID, got, want[r.RuleID])
		}
		delete(want, r.RuleID)
	}
	if len(want) > 0 {
		t.Errorf("not cited: %v", want)
	}
}

func TestFactsArePutIntoWords(t *testing.T) {
	t.Parallel()
	for _, fact := range onAdvanced().Facts() {
		if fact.Title != policy.FacetTitle(fact.Name) || fact.Title.DE == "" || fact.Words.DE == "" || fact.Words.EN == "" {
			t.Errorf("%s has no words: %+v", fact.Name, fact)
		}
		if fact.Name == "admin_access" && (fact.Value != "provider" || fact.Words.DE != "nur Provider") {
			t.Errorf("administrative access: %+v", fact)
		}
		if fact.Name == "criticality" && (fact.Value != "unknown" || fact.Words.EN != "not known") {
			t.Errorf("criticality: %+v", fact)
		}
	}
	if got := policy.FacetTitle("weather"); got.DE != "weather" {
		t.Errorf("a facet that is none: %v", got)
	}
}
