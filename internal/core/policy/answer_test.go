package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	root := changed(onBasic(), func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessShared })
	unclear := changed(onBasic(), func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessUnknown })
	tests := []struct {
		name         string
		facets       policy.Facets
		answer, line lang.Text
	}{
		{"IaaS", onIaaS(),
			lang.T("Planung: Kunde, Durchführung: Kunde (MH2-03)", "customer plans, customer executes (MH2-03)"),
			lang.T("Ausführung: Kunde – MH2-03, Fassung managedhosting-2", "Execution: customer – MH2-03, version managedhosting-2")},
		{"basic", onBasic(),
			lang.T("Planung: Kunde, Durchführung: Provider, nur auf ausdrücklichen Auftrag (MH2-20, MH2-19)",
				"customer plans, provider executes only on explicit order (MH2-20, MH2-19)"),
			lang.T("Ausführung: wir, nur auf ausdrücklichen Auftrag – MH2-20, Fassung managedhosting-2",
				"Execution: us, only on explicit order – MH2-20, version managedhosting-2")},
		{"advanced", onAdvanced(),
			lang.T("Planung: Kunde, Durchführung: Provider, nach Dauerauftrag, quartalsweise (MH2-21, MH2-22)",
				"customer plans, provider executes by standing order, quarterly (MH2-21, MH2-22)"),
			lang.T("Ausführung: wir, nach Dauerauftrag, quartalsweise – MH2-21, Fassung managedhosting-2",
				"Execution: us, by standing order, quarterly – MH2-21, version managedhosting-2")},
		{"SaaS", onSaaS(),
			lang.T("Planung: Provider, Durchführung: Provider, von sich aus (MH2-17)",
				"provider plans, provider executes proactively (MH2-17)"),
			lang.T("Ausführung: wir, von sich aus – MH2-17, Fassung managedhosting-2",
				"Execution: us, proactively – MH2-17, version managedhosting-2")},
		{"a customer with root", root,
			lang.T("Planung: Kunde, Durchführung: nicht durch den Provider (MH2-13)",
				"customer plans, the provider does not execute (MH2-13)"),
			lang.T("Ausführung: nicht durch uns – MH2-13, Fassung managedhosting-2",
				"Execution: not by us – MH2-13, version managedhosting-2")},
		{"root is unclear", unclear,
			lang.T("offen, es fehlt die Angabe: wer Administratorrechte hat (admin_access); bis dahin führt der Provider nichts aus (MH2-13)",
				"open, not known: who has administrative rights (admin_access); until then the provider does nothing (MH2-13)"),
			lang.T("Offen, es fehlt die Angabe: wer Administratorrechte hat (admin_access) – MH2-13, Fassung managedhosting-2",
				"Open, not known: who has administrative rights (admin_access) – MH2-13, version managedhosting-2")},
	}
	for _, tt := range tests {
		d := policy.Decide(v, tt.facets)
		if diff := cmp.Diff(tt.answer, d.Answer()); diff != "" {
			t.Errorf("%s: answer (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.line, d.ReasonLine()); diff != "" {
			t.Errorf("%s: reason line (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestRefusalsNameTheGoverningRuleFirst(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	text := func(id string) lang.Text {
		r, ok := v.Rule(id)
		if !ok {
			t.Fatalf("no rule %s", id)
		}
		return r.Text
	}
	needsOrder := lang.T("Dafür braucht es einen ausdrücklichen Auftrag; er liegt nicht vor.",
		"This needs an explicit order, and there is none.")
	tests := []struct {
		name   string
		facets policy.Facets
		rule   string
		end    lang.Text
	}{
		{"basic without an order", onBasic(), "MH2-20", needsOrder},
		{"PaaS without a package and without an order",
			changed(onBasic(), func(f *policy.Facets) { f.Package = policy.PackageNone }), "MH2-09", needsOrder},
		{"a third-party package on advanced",
			changed(onAdvanced(), func(f *policy.Facets) { f.Origin = policy.OriginThirdParty }), "MH2-19", needsOrder},
		{"advanced without a standing order", onAdvanced(), "MH2-21",
			lang.T("Ein gültiger Dauerauftrag dafür liegt nicht vor.", "There is no valid standing order for it.")},
		{"SaaS", onSaaS(), "MH2-17",
			lang.T("Der Provider führt die Änderung zurzeit nicht aus.", "The provider does not make the change at present.")},
		{"IaaS", onIaaS(), "MH2-03",
			lang.T("Die Durchführung liegt beim Kunden, der Provider führt sie nicht aus.",
				"The execution is the customer's, the provider does not make the change.")},
		{"a customer with root",
			changed(onBasic(), func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessShared }), "MH2-13",
			lang.T("Der Provider führt die Änderung nicht aus.", "The provider does not make the change.")},
		{"root is unclear",
			changed(onBasic(), func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessUnknown }), "MH2-13",
			lang.T("Dazu fehlt die Angabe: wer Administratorrechte hat (admin_access). Bis sie vorliegt, führt der Provider die Änderung nicht aus.",
				"For this it must be known: who has administrative rights (admin_access). Until then the provider does not make the change.")},
	}
	for _, tt := range tests {
		d := policy.Decide(v, tt.facets)
		if d.GoverningRule() != tt.rule {
			t.Errorf("%s: governed by %s, want %s", tt.name, d.GoverningRule(), tt.rule)
		}
		want := lang.Textf("%[1]s: %[2]s %[3]s", "%[1]s: %[2]s %[3]s", tt.rule, text(tt.rule), tt.end)
		if diff := cmp.Diff(want, d.Refusal()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestWithoutAPolicyNothingIsPermitted(t *testing.T) {
	t.Parallel()
	for _, v := range []*policy.Version{nil, {}, {ID: "by-hand", Rules: managedhosting2(t).Rules}} {
		d := policy.Decide(v, onAdvanced())
		if d.Verdict != policy.Denied || d.Execution != policy.PartyNobody || d.Trigger != policy.TriggerNever {
			t.Errorf("permitted without a parsed policy: %+v", d)
		}
		if d.Answer().IsZero() || d.Refusal().IsZero() || d.ReasonLine().IsZero() {
			t.Error("no words for a decision without a policy")
		}
	}
}

func TestADecisionSurvivesStorage(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	unclear := changed(onAdvanced(), func(f *policy.Facets) { f.Origin = policy.OriginUnknown })
	for _, f := range []policy.Facets{onAdvanced(), onBasic(), onIaaS(), onSaaS(), unclear, {}} {
		d := policy.Decide(v, f)
		doc, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back policy.Decision
		if err := json.Unmarshal(doc, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Errorf("stored and read again (-before +after):\n%s", diff)
		}
		if d.Refusal() != back.Refusal() || d.Answer() != back.Answer() {
			t.Error("the words changed in storage")
		}
	}
}
