package finding_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// article is the newer article. It is read from its file: the core, its tests included, imports nothing
// outside the core.
func article(t testing.TB) *policy.Version {
	t.Helper()
	doc, err := os.ReadFile("../../../policies/managedhosting-2.yaml")
	if err != nil {
		t.Fatal(err)
	}
	v, err := policy.Parse("managedhosting-2.yaml", doc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// bakery is a managed system of the bakery's, where Eva may order and has placed a standing order.
func bakery(pkg policy.Package, access policy.AdminAccess) estate.Held {
	return estate.Held{
		System: estate.System{Name: "web1", AdminAccess: access},
		Contract: estate.Contract{
			ID: "c1", Customer: "baker", Model: policy.ServiceModelPaaS, Package: pkg, Policy: "managedhosting-2",
			StandingOrder: &estate.StandingOrder{ID: "so1", By: "eva", Given: "2026-01-15", Scope: estate.ScopeSecurity, Interval: estate.Quarterly},
		},
		Customer: estate.Customer{ID: "baker", Name: "Bäckerei Kuhn", Contacts: []estate.Contact{{ID: "eva", Authority: []estate.Authority{estate.AuthorityOrder}}}},
	}
}

// TestFromAHostToADecision follows a pending change from the report of the host to the answer whose
// job it is. MH2-19 frees, and MH2-21 automates, what comes from standard repositories and nothing else.
func TestFromAHostToADecision(t *testing.T) {
	t.Parallel()
	v := article(t)
	const (
		basic, advanced = policy.PackageBasic, policy.PackageAdvanced
		only, too       = policy.AdminAccessProvider, policy.AdminAccessShared
	)
	for _, c := range []struct {
		name      string
		pkg       policy.Package
		access    policy.AdminAccess
		os        fact.OS
		origins   []fact.Origin
		verdict   policy.Verdict
		trigger   policy.Trigger
		charge    policy.Charge
		governing string
	}{
		{"advanced: Debian's security update comes by itself", advanced, only, bookworm, []fact.Origin{bookwormSecurity}, policy.Permitted, policy.TriggerStandingOrder, policy.ChargeIncluded, "MH2-21"},
		{"basic: Debian's security update is free, on request", basic, only, bookworm, []fact.Origin{bookwormSecurity}, policy.Permitted, policy.TriggerOrder, policy.ChargeFree, "MH2-20"},
		{"advanced: also when the point release offers it, too", advanced, only, bookworm, []fact.Origin{bookwormMain, bookwormSecurity}, policy.Permitted, policy.TriggerStandingOrder, policy.ChargeIncluded, "MH2-21"},
		{"advanced: an ordinary update waits for an order", advanced, only, bookworm, []fact.Origin{bookwormUpdates}, policy.Permitted, policy.TriggerOrder, policy.ChargeIncluded, "MH2-09"},
		{"advanced: PHP from Sury waits for an order", advanced, only, bookworm, []fact.Origin{sury}, policy.Permitted, policy.TriggerOrder, policy.ChargeIncluded, "MH2-09"},
		{"advanced: a stranger that calls itself Debian-Security is not automatic", advanced, only, bookworm, []fact.Origin{evil}, policy.Permitted, policy.TriggerOrder, policy.ChargeIncluded, "MH2-09"},
		{"basic: and not within the package", basic, only, bookworm, []fact.Origin{evil}, policy.Permitted, policy.TriggerOrder, policy.ChargeIncluded, "MH2-09"},
		{"advanced: a stranger without a name neither", advanced, only, bookworm, []fact.Origin{anonymous}, policy.Permitted, policy.TriggerOrder, policy.ChargeIncluded, "MH2-09"},
		{"advanced: a stranger beside Debian's security archive takes the change out of the package", advanced, only, bookworm, []fact.Origin{bookwormSecurity, evil}, policy.Permitted, policy.TriggerOrder, policy.ChargeIncluded, "MH2-19"},
		{"advanced: from no repository, so nobody knows what it is", advanced, only, bookworm, nil, policy.Ask, policy.TriggerNever, policy.ChargeUnknown, ""},
		{"advanced: the host does not say which Debian it is: ask", advanced, only, fact.OS{}, []fact.Origin{bookwormSecurity}, policy.Ask, policy.TriggerNever, policy.ChargeUnknown, ""},
		{"advanced: the customer has root, too (MH2-13)", advanced, too, bookworm, []fact.Origin{bookwormSecurity}, policy.Denied, policy.TriggerNever, policy.ChargeUnknown, "MH2-13"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := policy.Decide(v, finding.Facets(bakery(c.pkg, c.access), due(t, c.os, c.origins...)))
			if d.Verdict != c.verdict || d.Trigger != c.trigger || d.Charge != c.charge || c.governing != "" && d.Governing != c.governing {
				t.Fatalf("%s, %s, %s by %s (%v), missing %v", d.Verdict, d.Trigger, d.Charge, d.Governing, d.Rules(), d.Missing)
			}
			if d.Verdict == policy.Ask && len(d.Missing) == 0 {
				t.Fatal("asks, and does not say for what")
			}
		})
	}
}

// TestAnOrderForSecurityUpdatesCoversNoStranger: Eva orders "all security updates". That does not let
// in what a stranger's repository passes off as one; an order that names all updates does.
func TestAnOrderForSecurityUpdatesCoversNoStranger(t *testing.T) {
	t.Parallel()
	v := article(t)
	held := bakery(policy.PackageBasic, policy.AdminAccessProvider)
	friday := time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)
	granted := func(scope estate.Scope) []string {
		var items []mandate.Item
		for _, f := range finding.Due(fact.Facts{OS: bookworm, Pending: []fact.Pending{
			{Name: "libssl3", Candidate: "3.0.18-1", Source: "openssl", Origins: []fact.Origin{bookwormSecurity}},
			{Name: "openssl", Candidate: "99", Source: "openssl", Origins: []fact.Origin{evil}},
		}}) {
			items = append(items, mandate.Item{Finding: f, Decision: policy.Decide(v, finding.Facets(held, f))})
		}
		m, _ := mandate.Grant(mandate.Request{Held: held, Items: items, Run: "r1", At: friday, Orders: []mandate.Order{{
			ID: "o1", System: "web1", Customer: "baker", Contact: "eva", Explicit: true, Scope: scope, Given: friday.Add(-time.Hour),
		}}})
		var names []string
		for _, c := range m.Changes() {
			names = append(names, c.Package)
		}
		return names
	}
	if got := granted(estate.ScopeSecurity); !slices.Equal(got, []string{"libssl3"}) {
		t.Errorf("an order for security updates permits %v", got)
	}
	if got := granted(estate.ScopeUpdates); !slices.Equal(got, []string{"libssl3", "openssl"}) {
		t.Errorf("an order for all updates permits %v", got)
	}
}
