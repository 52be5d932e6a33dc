package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// ruling is what a story expects of a decision.
type ruling struct {
	Verdict   policy.Verdict
	Planning  policy.Party
	Execution policy.Party
	Trigger   policy.Trigger
	Explicit  bool
	Cadence   policy.Cadence
	Charge    policy.Charge
	Window    policy.Window
	Rules     []string // the governing one first
	Notices   []string // IDs
	Missing   []string
}

func rulingOf(d policy.Decision) ruling {
	r := ruling{
		Verdict: d.Verdict, Planning: d.Planning, Execution: d.Execution, Trigger: d.Trigger, Explicit: d.ExplicitRequest,
		Cadence: d.Cadence, Charge: d.Charge, Window: d.Window, Rules: d.Rules(), Missing: d.Missing,
	}
	for _, n := range d.Notices {
		r.Notices = append(r.Notices, n.RuleID)
	}
	return r
}

// changed is f after the changes.
func changed(f policy.Facets, change func(*policy.Facets)) policy.Facets {
	change(&f)
	return f
}

// The notices that go with every change the provider makes to operating system or middleware.
var care = []string{"MH2-15", "MH2-16"}

func ordered(charge policy.Charge, notices []string, rules ...string) ruling {
	return ruling{
		Verdict: policy.Permitted, Planning: policy.PartyCustomer, Execution: policy.PartyProvider,
		Trigger: policy.TriggerOrder, Explicit: true, Cadence: policy.CadenceNone, Charge: charge,
		Window: policy.WindowNext, Rules: rules, Notices: notices,
	}
}

func standing(notices []string, rules ...string) ruling {
	return ruling{
		Verdict: policy.Permitted, Planning: policy.PartyCustomer, Execution: policy.PartyProvider,
		Trigger: policy.TriggerStandingOrder, Cadence: policy.CadenceQuarterly, Charge: policy.ChargeIncluded,
		Window: policy.WindowNext, Rules: rules, Notices: notices,
	}
}

func proactive(rules ...string) ruling {
	return ruling{
		Verdict: policy.Permitted, Planning: policy.PartyProvider, Execution: policy.PartyProvider,
		Trigger: policy.TriggerProactive, Cadence: policy.CadenceNone, Charge: policy.ChargeUnknown,
		Window: policy.WindowNext, Rules: rules,
	}
}

func denied(planner, executor policy.Party, notices []string, rules ...string) ruling {
	return ruling{
		Verdict: policy.Denied, Planning: planner, Execution: executor, Trigger: policy.TriggerNever,
		Cadence: policy.CadenceNone, Charge: policy.ChargeUnknown, Window: policy.WindowNone,
		Rules: rules, Notices: notices,
	}
}

func TestManagedHosting2(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	const (
		customer = policy.PartyCustomer
		nobody   = policy.PartyNobody
	)
	plainOrder := []string{"MH2-09", "MH2-08", "MH2-10", "MH2-11", "MH2-04"}
	ticket := append([]string{"MH2-10"}, care...)
	tests := []struct {
		name   string
		facets policy.Facets
		want   ruling
	}{
		{"IaaS: the customer plans and executes (MH2-03, MH2-06), and is told that nobody has access (MH2-07)",
			onIaaS(), denied(customer, customer, []string{"MH2-07"}, "MH2-03", "MH2-06")},
		{"IaaS stays the customer's even for a hole that lets strangers in (this article knows no 24 hours)",
			changed(onIaaS(), func(f *policy.Facets) { f.Criticality = policy.CriticalityRemoteTakeover }),
			denied(customer, customer, []string{"MH2-07"}, "MH2-03", "MH2-06")},
		{"IaaS with a package booked: still the customer's, and the contract is to be clarified (MH2-12)",
			changed(onIaaS(), func(f *policy.Facets) { f.Package = policy.PackageAdvanced }),
			denied(customer, customer, []string{"MH2-12", "MH2-07"}, "MH2-03", "MH2-06")},

		{"PaaS basic: security updates free of charge (MH2-19), only on explicit request (MH2-20)",
			onBasic(), ordered(policy.ChargeFree, append([]string{"MH2-20"}, care...), "MH2-20", "MH2-19", "MH2-08")},
		{"PaaS basic: the same for middleware that the provider installed",
			changed(onBasic(), func(f *policy.Facets) { f.Layer = policy.LayerMiddleware }),
			ordered(policy.ChargeFree, append([]string{"MH2-20"}, care...), "MH2-20", "MH2-19", "MH2-08")},
		{"PaaS basic: the same for an application that the provider installed from the standard repository (MH2-19 names no layer)",
			changed(onBasic(), func(f *policy.Facets) { f.Layer = policy.LayerApplication }),
			ordered(policy.ChargeFree, []string{"MH2-20"}, "MH2-20", "MH2-19", "MH2-08")},
		{"PaaS basic, from a third-party repository: out of the package's scope (MH2-19), needs an order",
			changed(onBasic(), func(f *policy.Facets) { f.Origin = policy.OriginThirdParty }),
			ordered(policy.ChargeIncluded, ticket, "MH2-19", "MH2-08", "MH2-10", "MH2-11", "MH2-04")},
		{"PaaS basic, from no repository at all: out of scope likewise",
			changed(onBasic(), func(f *policy.Facets) { f.Origin = policy.OriginCustomer }),
			ordered(policy.ChargeIncluded, ticket, "MH2-19", "MH2-08", "MH2-10", "MH2-11", "MH2-04")},
		{"PaaS basic, installed by the customer: out of scope likewise",
			changed(onBasic(), func(f *policy.Facets) { f.InstalledBy = policy.InstalledByCustomer }),
			ordered(policy.ChargeIncluded, ticket, "MH2-19", "MH2-08", "MH2-10", "MH2-11", "MH2-04")},
		{"PaaS basic, an update that closes no hole: orderable (MH2-10), as a rule free (MH2-11)",
			changed(onBasic(), func(f *policy.Facets) { f.ChangeClass = policy.ChangeClassUpdate }),
			ordered(policy.ChargeIncluded, ticket, plainOrder...)},

		{"PaaS advanced: standing order (MH2-21), quarterly (MH2-22); booking is the instruction (MH2-14)",
			onAdvanced(), standing(append([]string{"MH2-14"}, care...), "MH2-21", "MH2-22", "MH2-08", "MH2-11")},
		{"PaaS advanced: an application installed by the provider from the standard repository goes along",
			changed(onAdvanced(), func(f *policy.Facets) { f.Layer = policy.LayerApplication }),
			standing([]string{"MH2-14"}, "MH2-21", "MH2-22", "MH2-08", "MH2-11")},
		{"PaaS advanced, third-party repository: not automatic (MH2-19), needs an order",
			changed(onAdvanced(), func(f *policy.Facets) { f.Origin = policy.OriginThirdParty }),
			ordered(policy.ChargeIncluded, ticket, "MH2-19", "MH2-08", "MH2-10", "MH2-11", "MH2-04")},
		{"C4: PaaS advanced, an ordinary update: the wide class is never automatic, needs an order",
			changed(onAdvanced(), func(f *policy.Facets) { f.ChangeClass = policy.ChangeClassUpdate }),
			ordered(policy.ChargeIncluded, ticket, plainOrder...)},
		{"C3: a PHP version upgrade on advanced needs an order, and a price agreed before",
			changed(onAdvanced(), func(f *policy.Facets) {
				f.Layer, f.ChangeClass = policy.LayerMiddleware, policy.ChangeClassVersionUpgrade
			}),
			ordered(policy.ChargeQuote, ticket, plainOrder...)},
		{"C3: the migration of the operating system on advanced likewise",
			changed(onAdvanced(), func(f *policy.Facets) { f.ChangeClass = policy.ChangeClassOSMigration }),
			ordered(policy.ChargeQuote, ticket, plainOrder...)},

		{"PaaS without a package: the customer orders, the provider executes (MH2-04); the price is agreed before",
			changed(onBasic(), func(f *policy.Facets) { f.Package = policy.PackageNone }),
			ordered(policy.ChargeQuote, ticket, plainOrder...)},
		{"PaaS: the customer's own application stays the customer's (MH2-10)",
			changed(onAdvanced(), func(f *policy.Facets) {
				f.Layer, f.InstalledBy = policy.LayerApplication, policy.InstalledByCustomer
			}),
			denied(customer, customer, nil, "MH2-10", "MH2-08")},
		{"PaaS: an application from elsewhere is covered by no sentence, so nobody touches it (MH2-09)",
			changed(onAdvanced(), func(f *policy.Facets) {
				f.Layer, f.Origin = policy.LayerApplication, policy.OriginThirdParty
			}),
			denied(customer, nobody, nil, "MH2-09", "MH2-08")},

		{"A customer with root excludes the service (MH2-13)",
			changed(onAdvanced(), func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessShared }),
			denied(customer, nobody, []string{"MH2-13"}, "MH2-13", "MH2-08")},
		{"A customer with root excludes ordered work, too",
			changed(onBasic(), func(f *policy.Facets) {
				f.AdminAccess, f.ChangeClass = policy.AdminAccessShared, policy.ChangeClassVersionUpgrade
			}),
			denied(customer, nobody, []string{"MH2-13"}, "MH2-13", "MH2-08")},
		{"A customer with root keeps the own application as before (MH2-10)",
			changed(onBasic(), func(f *policy.Facets) {
				f.AdminAccess, f.Layer = policy.AdminAccessShared, policy.LayerApplication
				f.InstalledBy = policy.InstalledByCustomer
			}),
			denied(customer, customer, nil, "MH2-10", "MH2-08")},

		{"SaaS: the provider proactively updates the operating system (MH2-17)", onSaaS(), proactive("MH2-17")},
		{"SaaS: feature updates of the application come proactively, too (MH2-17)",
			changed(onSaaS(), func(f *policy.Facets) {
				f.Layer, f.ChangeClass, f.Origin = policy.LayerApplication, policy.ChangeClassVersionUpgrade, policy.OriginCustomer
			}),
			proactive("MH2-17")},
		{"SaaS: middleware is named only by the table (MH2-05)",
			changed(onSaaS(), func(f *policy.Facets) { f.Layer = policy.LayerMiddleware }), proactive("MH2-05")},
		{"SaaS: a new generation of the operating system is named only by the table (MH2-05)",
			changed(onSaaS(), func(f *policy.Facets) { f.ChangeClass = policy.ChangeClassOSMigration }), proactive("MH2-05")},
		{"SaaS: what the customer put there is not part of the product (MH2-09)",
			changed(onSaaS(), func(f *policy.Facets) { f.InstalledBy = policy.InstalledByCustomer }),
			denied(nobody, nobody, nil, "MH2-09")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, rulingOf(policy.Decide(v, tt.facets))); diff != "" {
				t.Errorf("decided otherwise (-expected +decided):\n%s", diff)
			}
		})
	}
}

func TestManagedHosting2AsksForWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	tests := []struct {
		name      string
		facets    policy.Facets
		governing string
		missing   []string
	}{
		{"nobody knows whether the customer has root",
			changed(onBasic(), func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessUnknown }),
			"MH2-13", []string{"admin_access"}},
		{"nobody knows where the package comes from: automatic or on order?",
			changed(onAdvanced(), func(f *policy.Facets) { f.Origin = policy.OriginUnknown }),
			"MH2-19", []string{"origin"}},
		{"on basic the order is needed either way, but the price hangs on the origin",
			changed(onBasic(), func(f *policy.Facets) { f.Origin = policy.OriginUnknown }),
			"MH2-19", []string{"origin"}},
		{"nobody knows who installed it",
			changed(onAdvanced(), func(f *policy.Facets) { f.InstalledBy = policy.InstalledByUnknown }),
			"MH2-19", []string{"installed_by"}},
		{"nobody knows whether it is a security update",
			changed(onAdvanced(), func(f *policy.Facets) { f.ChangeClass = policy.ChangeClassUnknown }),
			"MH2-21", []string{"change_class"}},
		{"nobody knows which package is booked",
			changed(onAdvanced(), func(f *policy.Facets) { f.Package = policy.PackageUnknown }),
			"MH2-19", []string{"package"}},
		{"a SaaS system on which nobody knows who installed the package",
			changed(onSaaS(), func(f *policy.Facets) { f.InstalledBy = policy.InstalledByUnknown }),
			"MH2-17", []string{"installed_by"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := policy.Decide(v, tt.facets)
			if d.Verdict != policy.Ask || d.Execution != policy.PartyNobody || d.Trigger != policy.TriggerNever {
				t.Errorf("%s, %s executes, trigger %s; want a question, and nobody acts", d.Verdict, d.Execution, d.Trigger)
			}
			if !slices.Equal(d.Missing, tt.missing) || d.GoverningRule() != tt.governing {
				t.Errorf("asks for %q by %s, want %q by %s", d.Missing, d.GoverningRule(), tt.missing, tt.governing)
			}
		})
	}
}

func TestUnknownFactsThatDecideNothingAreNotAskedFor(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	onlyModel := policy.Facets{ServiceModel: policy.ServiceModelIaaS}
	if got := policy.Decide(v, onlyModel).Answer().EN; got != "customer plans, customer executes (MH2-03)" {
		t.Errorf("IaaS is the customer's, whatever else is unknown; got %q", got)
	}
	noOrigin := changed(onBasic(), func(f *policy.Facets) {
		f.Package, f.Origin, f.InstalledBy = policy.PackageNone, policy.OriginUnknown, policy.InstalledByUnknown
	})
	if d := policy.Decide(v, noOrigin); d.Verdict != policy.Permitted || d.Trigger != policy.TriggerOrder {
		t.Errorf("without a package nothing hangs on the origin; got %s, missing %q", d.Verdict, d.Missing)
	}
}

func TestManagedHosting2SaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	if v.ID != "managedhosting-2" || v.Supersedes != "managedhosting-1" {
		t.Errorf("ID %q supersedes %q", v.ID, v.Supersedes)
	}
	if v.ValidFrom != policy.DateUnknown || v.ValidTo != policy.DateUnknown {
		t.Errorf("the article has no date; valid from %q to %q", v.ValidFrom, v.ValidTo)
	}
	if len(v.Rules) != 22 {
		t.Errorf("%d rules, the article makes 22 statements", len(v.Rules))
	}
	if _, ok := v.Rule("MH2-23"); ok {
		t.Error("there is no statement MH2-23")
	}
	if r, ok := v.Rule("MH2-20"); !ok || r.Text.DE == "" || r.Kind != policy.KindRule {
		t.Errorf("MH2-20 is %+v", r)
	}
}
