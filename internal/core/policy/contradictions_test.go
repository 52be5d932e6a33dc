package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// The contradictions between and inside the documents, each treated as decided and named in the rule files.
// C9 is in package statute, C11 in package promise, C2 also in TestMH1_10NeedsBothDocuments.

func decideIn(t *testing.T, id string, change func(*policy.Facets)) policy.Decision {
	t.Helper()
	f := onBasic()
	f.Criticality, f.SystemCreated, f.OSSupported = policy.CriticalityNormal, policy.SystemCreatedFrom2025, policy.OSSupportedFull
	change(&f)
	return policy.Decide(version(t, id), f)
}

func TestC1ThePolicyVersionDecidesTheRegime(t *testing.T) {
	t.Parallel()
	saas := func(f *policy.Facets) { f.ServiceModel = policy.ServiceModelSaaS }
	if d := decideIn(t, "managedhosting-1", saas); d.Trigger != policy.TriggerOrder {
		t.Errorf("the older article: %s", d.Trigger)
	}
	if d := decideIn(t, "managedhosting-2", saas); d.Trigger != policy.TriggerProactive {
		t.Errorf("the newer article: %s", d.Trigger)
	}
}

func TestC2BookingAdvancedIsAStandingInstructionInTheNewerArticleOnly(t *testing.T) {
	t.Parallel()
	advanced := func(f *policy.Facets) { f.Package = policy.PackageAdvanced }
	if d := decideIn(t, "managedhosting-2", advanced); d.Trigger != policy.TriggerStandingOrder || !slices.Contains(noticed(d), "MH2-14") {
		t.Errorf("the newer article: %s, notices %v", d.Trigger, noticed(d))
	}
	if d := decideIn(t, "managedhosting-1", advanced); d.Trigger != policy.TriggerOrder || !slices.Contains(noticed(d), "MH1-10") {
		t.Errorf("the older article: %s, notices %v", d.Trigger, noticed(d))
	}
}

func noticed(d policy.Decision) []string { return strings.Fields(noticesOf(d)) }

func TestC3VersionUpgradesStayOrderOnly(t *testing.T) {
	t.Parallel()
	php := func(f *policy.Facets) {
		f.Package, f.Layer, f.ChangeClass = policy.PackageAdvanced, policy.LayerMiddleware, policy.ChangeClassVersionUpgrade
	}
	for _, id := range []string{"managedhosting-1", "managedhosting-2"} {
		if d := decideIn(t, id, php); d.Trigger != policy.TriggerOrder || !d.ExplicitRequest {
			t.Errorf("%s: %s", id, d.Trigger)
		}
	}
}

func TestC4TheNarrowClassIsAutomaticTheWideOneOnlyByOrder(t *testing.T) {
	t.Parallel()
	of := func(c policy.ChangeClass) func(*policy.Facets) {
		return func(f *policy.Facets) { f.Package, f.ChangeClass = policy.PackageAdvanced, c }
	}
	if d := decideIn(t, "managedhosting-2", of(policy.ChangeClassSecurityUpdate)); d.Trigger != policy.TriggerStandingOrder {
		t.Errorf("narrow: %s", d.Trigger)
	}
	if d := decideIn(t, "managedhosting-2", of(policy.ChangeClassUpdate)); d.Trigger != policy.TriggerOrder {
		t.Errorf("wide: %s", d.Trigger)
	}
	if d := decideIn(t, "managedhosting-1", of(policy.ChangeClassUpdate)); d.Trigger != policy.TriggerOrder {
		t.Errorf("the older article, wide: %s", d.Trigger)
	}
}

func TestC5WhereTheArticleIsSilentWorkWaitsForTheNextWindow(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"managedhosting-1", "managedhosting-2"} {
		if d := decideIn(t, id, func(*policy.Facets) {}); d.Window != policy.WindowNext {
			t.Errorf("%s: %s", id, d.Window)
		}
	}
}

func TestC6ThePriceIsAMatterOfTheVersion(t *testing.T) {
	t.Parallel()
	if d := decideIn(t, "managedhosting-1", func(*policy.Facets) {}); d.Charge != policy.ChargeUnknown {
		t.Errorf("the older article names no price: %s", d.Charge)
	}
	if d := decideIn(t, "managedhosting-2", func(*policy.Facets) {}); d.Charge != policy.ChargeFree {
		t.Errorf("the newer article, basic: %s", d.Charge)
	}
}

func TestC7TheNewerArticleAsksForATicket(t *testing.T) {
	t.Parallel()
	update := func(f *policy.Facets) { f.ChangeClass = policy.ChangeClassUpdate }
	if d := decideIn(t, "managedhosting-2", update); !slices.Contains(noticed(d), "MH2-10") {
		t.Errorf("nobody tells the customer about the ticket: %v", noticed(d))
	}
	if d := decideIn(t, "managedhosting-1", update); slices.Contains(noticed(d), "MH2-10") {
		t.Errorf("the older article takes any request: %v", noticed(d))
	}
}

func TestC8TheIntroductionObligesToNothingAndAdvancedIsPlannedByTheCustomer(t *testing.T) {
	t.Parallel()
	r, _ := version(t, "managedhosting-2").Rule("MH2-01")
	if r.Kind != policy.KindStatement || r.Reason.IsZero() || r.Question.IsZero() {
		t.Errorf("the introduction: %+v", r)
	}
	d := decideIn(t, "managedhosting-2", func(f *policy.Facets) { f.Package = policy.PackageAdvanced })
	if d.Planning != policy.PartyCustomer || d.Trigger != policy.TriggerStandingOrder {
		t.Errorf("advanced: planned by %s, %s", d.Planning, d.Trigger)
	}
}

func TestC10RollbackIsPromisedAndCompatibilityIsNotChecked(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{"managedhosting-1": {"MH1-07", "MH1-08"}, "managedhosting-2": {"MH2-15", "MH2-16"}} {
		for _, n := range want {
			if d := decideIn(t, id, func(*policy.Facets) {}); !slices.Contains(noticed(d), n) {
				t.Errorf("%s does not say %s: %v", id, n, noticed(d))
			}
		}
	}
}

func TestC12WhoseRootItIsAndWhoActsIn24HoursIsTheProvidersPolicy(t *testing.T) {
	t.Parallel()
	critical := func(f *policy.Facets) {
		f.AdminAccess, f.Criticality = policy.AdminAccessShared, policy.CriticalityRemoteTakeover
	}
	if d := decideIn(t, "iteg-toms-1.1", critical); d.Verdict != policy.Permitted || d.DeadlineHours != 24 || d.Trigger != policy.TriggerProactive {
		t.Errorf("ITEG: %s, %d hours, %s", d.Verdict, d.DeadlineHours, d.Trigger)
	}
	for _, id := range []string{"managedhosting-1", "managedhosting-2"} {
		if d := decideIn(t, id, critical); d.Verdict != policy.Denied {
			t.Errorf("%s: %s", id, d.Verdict)
		}
	}
}
