package policy_test

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

const someSHA = "1111111111111111111111111111111111111111111111111111111111111111"

// agreementOf is an agreement on a version with one rule for automatic work on PaaS.
func agreementOf(t *testing.T, amends, documents, result string) *policy.Agreement {
	t.Helper()
	doc := `agreement: bakery-2026
title: {de: Sonderabsprache, en: Individual agreement}
amends: ` + amends + `
customer: kuhn
by: eva
valid_from: 2026-01-01
valid_to: 2026-12-31
recorded_at: 2025-12-20
documents: [` + documents + `]
rules:
  - id: SA-01
    tier: agreement
    kind: rule
    text: {de: So ist es vereinbart., en: So it is agreed.}
    when: {service_model: paas, layer: os, change_class: security_update, admin_access: provider}
    result: ` + result + "\n"
	a, err := policy.ParseAgreement("bakery.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const (
	paperAgreement   = "{kind: agreement, title: Ticket 1, date: 2025-12-01, sha256: " + someSHA + "}"
	paperInstruction = "{kind: instruction, title: Ticket 2, date: 2025-12-02, sha256: " + someSHA + "}"
	paperConsent     = "{kind: consent, title: Ticket 3, date: 2025-12-03, sha256: " + someSHA + "}"
)

func TestAQuarterBecomesAMonth(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	a := agreementOf(t, "managedhosting-2", paperAgreement, "{cadence: monthly}")
	amended, inactive := policy.Amend(v, "2026-11-27", a)
	d := policy.Decide(amended, onAdvanced())
	if d.Cadence != policy.CadenceMonthly || d.Trigger != policy.TriggerStandingOrder || len(inactive) != 0 {
		t.Errorf("%s, %s, %+v", d.Cadence, d.Trigger, inactive)
	}
	if len(d.Agreements) != 1 || d.Agreements[0].SHA256 != a.SHA256 || d.PolicySHA256 != v.SHA256 || d.PolicyID != "managedhosting-2" {
		t.Errorf("names %+v of %s", d.Agreements, d.PolicyID)
	}
	if before := policy.Decide(v, onAdvanced()); before.Cadence != policy.CadenceQuarterly || before.Agreements != nil {
		t.Errorf("the version itself has changed: %+v", before)
	}
	for day, says := range map[string]string{"2025-12-31": "valid from 2026-01-01 only", "2027-01-01": "until 2026-12-31 only"} {
		amended, inactive := policy.Amend(v, day, a)
		if policy.Decide(amended, onAdvanced()).Cadence != policy.CadenceQuarterly || len(inactive) != 1 || !strings.Contains(inactive[0].Text.EN, says) {
			t.Errorf("on %s: %+v", day, inactive)
		}
	}
	if _, inactive := policy.Amend(version(t, "iteg-toms-1.1"), "2026-11-27", a); len(inactive) != 1 || !strings.Contains(inactive[0].Text.EN, "not about iteg-toms-1.1") {
		t.Errorf("laid over another document: %+v", inactive)
	}
}

// TestEmergencyConsent: PaaS basic, and the customer has consented beforehand to critical fixes (K5).
func TestEmergencyConsent(t *testing.T) {
	t.Parallel()
	a := agreementOf(t, "managedhosting-2", paperConsent, "{trigger: consent, explicit_request: false, window: any, deadline_hours: 24}")
	amended, _ := policy.Amend(managedhosting2(t), "2026-11-27", a)
	d := policy.Decide(amended, onBasic())
	if d.Verdict != policy.Permitted || d.Trigger != policy.TriggerConsent || d.DeadlineHours != 24 || d.Window != policy.WindowAny || d.Charge != policy.ChargeFree {
		t.Errorf("%+v", d)
	}
	if d.Governing != "SA-01" {
		t.Errorf("governed by %s", d.Governing)
	}
}

// TestMH1_10NeedsBothDocuments (C2): under the older article regular work takes an agreement and the
// customer's instruction; with one of them alone, nothing recurs.
func TestMH1_10NeedsBothDocuments(t *testing.T) {
	t.Parallel()
	v := version(t, "managedhosting-1")
	regular := "{trigger: standing_order, explicit_request: false, cadence: quarterly}"
	for _, c := range []struct {
		name, papers string
		active       bool
		lacks        string
	}{
		{"both", paperAgreement + ", " + paperInstruction, true, ""},
		{"the agreement alone", paperAgreement, false, "instruction"},
		{"the instruction alone", paperInstruction, false, "agreement"},
		{"a consent is neither", paperConsent, false, "agreement and instruction"},
	} {
		amended, inactive := policy.Amend(v, "2026-11-27", agreementOf(t, "managedhosting", c.papers, regular))
		d := policy.Decide(amended, onBasic())
		if (d.Trigger == policy.TriggerStandingOrder) != c.active {
			t.Errorf("%s: %s", c.name, d.Trigger)
		}
		if c.active {
			continue
		}
		if len(inactive) != 1 || inactive[0].By != "MH1-10" || !strings.Contains(inactive[0].Text.EN, "also demands: "+c.lacks) || d.Trigger != policy.TriggerOrder {
			t.Errorf("%s: %s, %+v", c.name, d.Trigger, inactive)
		}
	}
}

func TestAnAgreementYieldsToTheLawAndTakesNoForeignName(t *testing.T) {
	t.Parallel()
	doc := head + "rules:\n" + lastResort + `  - {id: T-01, tier: law, kind: rule, text: {de: a, en: a}, result: {execution: nobody, trigger: never}}
  - {id: SA-01, tier: text, kind: rule, text: {de: a, en: a}, when: {layer: middleware}, result: {charge: free}}
`
	v, err := policy.Parse("p.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	a := agreementOf(t, "test-1", paperAgreement, "{execution: provider, trigger: proactive, explicit_request: false}")
	amended, inactive := policy.Amend(v, "2026-11-27", a)
	if len(inactive) != 1 || !strings.Contains(inactive[0].Text.EN, "another rule has that ID already") {
		t.Errorf("two rules of one name: %+v", inactive)
	}
	if d := policy.Decide(amended, onBasic()); d.Verdict != policy.Denied || d.Governing != "T-01" {
		t.Errorf("an agreement beats the law: %s by %s", d.Verdict, d.Governing)
	}
}

func TestParseAgreementNamesPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	_, err := policy.ParseAgreement("a.yaml", []byte(`agreement: Bakery 1
title: {de: x}
amends: managedhosting-2
valid_from: unknown
valid_to: 2020-13-01
recorded_at: 2026-01-01
documents:
  - {kind: wish, title: t, date: 2026-01-01}
rules:
  - {id: SA-01, tier: package, kind: rule, text: {de: a, en: a}, result: {cadence: monthly}}
  - {id: SA-01, tier: agreement, kind: rule, text: {de: a, en: a}, result: {cadence: monthly}}
colour: red
`))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		`a.yaml:1:12: "Bakery 1" does not have the shape`, `the field "title.en" is missing`, `the field "customer" is missing`, `the field "by" is missing`,
		`"unknown" is not a date`, `"2020-13-01" is not a date`, `unknown value "wish"`, `the field "documents[0].sha256" is missing`,
		"every rule has tier: agreement", "the rule SA-01 stands twice", `unknown field "colour"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("does not say %q:\n%v", want, err)
		}
	}
}

func FuzzParseAgreement(f *testing.F) {
	f.Add([]byte("agreement: a\nrules: []\n"))
	f.Add([]byte("agreement: bakery-2026\ntitle: {de: a, en: b}\namends: x\ncustomer: c\nby: d\nvalid_from: 2026-01-01\nrecorded_at: 2026-01-01\ndocuments: []\nrules: []\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if a, err := policy.ParseAgreement("f.yaml", data); err == nil {
			policy.Amend(managedhosting2(t), "2026-11-27", a)
		}
	})
}
