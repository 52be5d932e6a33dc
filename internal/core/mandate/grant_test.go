package mandate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

var friday = time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC)

// held is a system of the bakery's, under the newer article.
func held(model policy.ServiceModel, pkg policy.Package, standing *estate.StandingOrder) estate.Held {
	return estate.Held{
		System:   estate.System{Name: "web1", AdminAccess: policy.AdminAccessProvider},
		Contract: estate.Contract{ID: "c1", Customer: "baker", Model: model, Package: pkg, Policy: "managedhosting-2", StandingOrder: standing},
		Customer: estate.Customer{ID: "baker", Name: "Bäckerei Kuhn", Contacts: []estate.Contact{
			{ID: "eva", Authority: []estate.Authority{estate.AuthorityOrder}},
			{ID: "tom", Authority: []estate.Authority{estate.AuthorityRead}},
		}},
	}
}

func standing(change func(*estate.StandingOrder)) *estate.StandingOrder {
	s := &estate.StandingOrder{ID: "so1", By: "eva", Given: "2026-01-15", Scope: estate.ScopeSecurity, Interval: estate.Quarterly}
	if change != nil {
		change(s)
	}
	return s
}

func order(change func(*mandate.Order)) mandate.Order {
	o := mandate.Order{ID: "o1", System: "web1", Customer: "baker", Contact: "eva", Explicit: true, Scope: estate.ScopeSecurity, Given: friday.Add(-time.Hour)}
	if change != nil {
		change(&o)
	}
	return o
}

// security is a due security update with a decision as the policy would make it.
func security(trigger policy.Trigger) mandate.Item {
	return mandate.Item{
		Finding: finding.Finding{Package: "openssl", Arch: "amd64", Installed: "3.0.17-1", Candidate: "3.0.18-1", Class: policy.ChangeClassSecurityUpdate},
		Decision: policy.Decision{
			PolicyID: "managedhosting-2", PolicySHA256: "ab", Verdict: policy.Permitted, Execution: policy.PartyProvider,
			Trigger: trigger, ExplicitRequest: trigger == policy.TriggerOrder, Governing: "MH2-20",
			Reasons: []policy.Reason{{RuleID: "MH2-20", Sets: []string{"trigger"}}},
		},
	}
}

func TestWhoMayWhat(t *testing.T) {
	denied := security(policy.TriggerNever)
	denied.Decision.Verdict, denied.Decision.Execution, denied.Decision.Governing = policy.Denied, policy.PartyCustomer, "MH2-03"
	asked := security(policy.TriggerOrder)
	asked.Decision.Verdict, asked.Decision.Missing = policy.Ask, []string{"admin_access"}
	onHold := security(policy.TriggerProactive)
	onHold.Finding.Held = true
	upgrade := security(policy.TriggerOrder)
	upgrade.Finding.Class = policy.ChangeClassVersionUpgrade
	unknownClass := security(policy.TriggerOrder)
	unknownClass.Finding.Class = policy.ChangeClassUnknown
	otherPolicy := security(policy.TriggerProactive)
	otherPolicy.Decision.PolicyID = "managedhosting-1"

	for _, c := range []struct {
		name   string
		item   mandate.Item
		s      *estate.StandingOrder
		orders []mandate.Order
		kind   mandate.Kind // empty: refused
		says   string       // part of the English refusal
	}{
		{name: "SaaS: the provider's duty", item: security(policy.TriggerProactive), kind: mandate.ByProviderDuty},
		{name: "advanced: the standing order carries it", item: security(policy.TriggerStandingOrder), s: standing(nil), kind: mandate.ByStandingOrder},
		{name: "advanced, but nobody gave a standing order", item: security(policy.TriggerStandingOrder), says: "no standing order"},
		{name: "advanced, paused", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) { s.Paused = true }), says: "paused"},
		{name: "advanced, over Christmas", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) {
			s.Pauses = []recurrence.Pause{{From: wall.Date(2026, 11, 27), Until: wall.Date(2026, 11, 27)}}
		}), says: "paused"},
		{name: "advanced, a pause that is over", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) {
			s.Pauses = []recurrence.Pause{{From: wall.Date(2026, 11, 1), Until: wall.Date(2026, 11, 26)}}
		}), kind: mandate.ByStandingOrder},
		{name: "advanced, ended yesterday", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) { s.Ends = "2026-11-26" }), says: "ended"},
		{name: "advanced, from tomorrow", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) { s.Given = "2026-11-28" }), says: "not yet"},
		{name: "advanced, given by somebody who may only read", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) { s.By = "tom" }), says: "authorised"},
		{name: "advanced, paused, but ordered by hand", item: security(policy.TriggerStandingOrder), s: standing(func(s *estate.StandingOrder) { s.Paused = true }), orders: []mandate.Order{order(nil)}, kind: mandate.ByOrder},
		{name: "basic: an explicit order", item: security(policy.TriggerOrder), orders: []mandate.Order{order(nil)}, kind: mandate.ByOrder},
		{name: "basic: no order", item: security(policy.TriggerOrder), says: "MH2-20"},
		{name: "basic: a standing order is no explicit request", item: security(policy.TriggerOrder), s: standing(nil), says: "MH2-20"},
		{name: "basic: 'machen Sie mal alles aktuell' is not explicit", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Explicit = false })}, says: "MH2-20"},
		{name: "basic: by somebody who may only read", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Contact = "tom" })}, says: "MH2-20"},
		{name: "basic: by a stranger", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Contact = "mallory" })}, says: "MH2-20"},
		{name: "basic: withdrawn", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Withdrawn = true })}, says: "MH2-20"},
		{name: "basic: for another system", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.System = "web2" })}, says: "MH2-20"},
		{name: "basic: by another customer", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Customer = "butcher" })}, says: "MH2-20"},
		{name: "basic: given in the future", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Given = friday.Add(time.Minute) })}, says: "MH2-20"},
		{name: "basic: an order is good once", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Used = "r0" })}, says: "MH2-20"},
		{name: "basic: used by this very run", item: security(policy.TriggerOrder), orders: []mandate.Order{order(func(o *mandate.Order) { o.Used = "r1" })}, kind: mandate.ByOrder},
		{name: "IaaS: never", item: denied, orders: []mandate.Order{order(nil)}, says: "MH2-03"},
		{name: "a fact is missing: deny and ask", item: asked, orders: []mandate.Order{order(nil)}, says: "admin_access"},
		{name: "a package on hold stays", item: onHold, says: "on hold"},
		{name: "an order for security updates is none for a version upgrade", item: upgrade, orders: []mandate.Order{order(nil)}, says: "MH2-20"},
		{name: "an unknown class is covered by nothing", item: unknownClass, orders: []mandate.Order{order(func(o *mandate.Order) { o.Scope = estate.ScopeUpdates })}, says: "MH2-20"},
		{name: "decided under another version than the contract's", item: otherPolicy, says: "managedhosting-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, refusals := mandate.Grant(mandate.Request{
				Held: held(policy.ServiceModelPaaS, policy.PackageAdvanced, c.s), Items: []mandate.Item{c.item}, Orders: c.orders, Run: "r1", At: friday,
			})
			if c.kind == "" {
				if !m.Zero() || len(refusals) != 1 {
					t.Fatalf("granted: %s", m.Document())
				}
				r := refusals[0]
				if all := r.Rule + " " + r.Text.EN; !strings.Contains(all, c.says) || r.Text.DE == "" {
					t.Fatalf("refused with %q, which does not say %q", all, c.says)
				}
				return
			}
			if m.Zero() || len(refusals) != 0 || m.Grounds()[0].Kind != c.kind {
				t.Fatalf("mandate %s, refusals %v", m.Document(), refusals)
			}
			want := mandate.Change{Package: "openssl", Arch: "amd64", From: "3.0.17-1", To: "3.0.18-1"}
			if got := m.Changes(); len(got) != 1 || got[0] != want || m.System() != "web1" || m.Run() != "r1" {
				t.Fatalf("changes %v", got)
			}
		})
	}
}

func TestTheZeroMandateCoversNothing(t *testing.T) {
	var m mandate.Mandate
	if !m.Zero() || len(m.Changes()) != 0 || len(m.Grounds()) != 0 {
		t.Fatal("a mandate out of nothing")
	}
}

// TestGrantInventsNothing: whatever comes in, every change of the mandate is one of the items, the
// provider may execute it, and each item is either granted or refused. The same request gives the same
// mandate, which is what lets a stored request stand for it.
func TestGrantInventsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []mandate.Item
		for i := range rapid.IntRange(0, 12).Draw(t, "items") {
			it := security(rapid.SampledFrom([]policy.Trigger{policy.TriggerOrder, policy.TriggerStandingOrder, policy.TriggerProactive, policy.TriggerNever}).Draw(t, "trigger"))
			it.Finding.Package = string(rune('a'+i)) + "pkg"
			it.Finding.Held = rapid.Bool().Draw(t, "held")
			it.Finding.Class = rapid.SampledFrom(policy.AllChangeClasses()).Draw(t, "class")
			it.Decision.Verdict = rapid.SampledFrom([]policy.Verdict{policy.Permitted, policy.Denied, policy.Ask}).Draw(t, "verdict")
			items = append(items, it)
		}
		r := mandate.Request{Held: held(policy.ServiceModelPaaS, policy.PackageBasic, nil), Items: items, Run: "r1", At: friday}
		if rapid.Bool().Draw(t, "standing") {
			r.Held.Contract.StandingOrder = standing(nil)
		}
		if rapid.Bool().Draw(t, "ordered") {
			r.Orders = []mandate.Order{order(nil)}
		}
		m, refusals := mandate.Grant(r)
		if len(m.Changes())+len(refusals) != len(items) {
			t.Fatalf("%d granted and %d refused of %d", len(m.Changes()), len(refusals), len(items))
		}
		for _, c := range m.Changes() {
			at := slices.IndexFunc(items, func(i mandate.Item) bool { return i.Finding.Package == c.Package })
			it := items[at]
			if it.Decision.Verdict != policy.Permitted || it.Decision.Trigger == policy.TriggerNever || it.Finding.Held || c.To != it.Finding.Candidate {
				t.Fatalf("granted %+v for %+v", c, it)
			}
			if g := m.Grounds()[c.Ground]; g.Kind == mandate.ByOrder && len(r.Orders) == 0 || g.Kind == mandate.ByStandingOrder && r.Held.Contract.StandingOrder == nil {
				t.Fatalf("granted on ground %+v that nobody gave", g)
			}
		}
		again, _ := mandate.Grant(r)
		if again.Digest() != m.Digest() {
			t.Fatal("the same request gave another mandate")
		}
	})
}
