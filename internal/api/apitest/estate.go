package apitest

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func theEstate() estate.Estate {
	contract := func(id string, m policy.ServiceModel, p policy.Package, window string) estate.Contract {
		return estate.Contract{ID: id, Customer: "muster", Model: m, Package: p, Policy: "managedhosting-2", Window: window}
	}
	web := contract("c-web", policy.ServiceModelPaaS, policy.PackageAdvanced, "weekend")
	web.StandingOrder = &estate.StandingOrder{ID: "so-web", By: "anna", Given: "2026-01-15", Channel: "Ticket 4711",
		Text: "Bitte regelmäßig einspielen.", Scope: estate.ScopeSecurity, Interval: estate.Quarterly}
	return estate.Estate{
		Customers: []estate.Customer{{ID: "muster", Name: "Muster GmbH", Contacts: []estate.Contact{
			{ID: "anna", Name: "Anna Muster", Email: "anna@muster.example", Authority: []estate.Authority{estate.AuthorityOrder}},
			{ID: "ben", Name: "Ben Leser", Email: "ben@muster.example", Authority: []estate.Authority{estate.AuthorityRead}},
		}}},
		Windows: []estate.Window{{Name: "weekend", Days: []string{"sat"}, Start: "05:00", Hours: 2, Zone: "Europe/Berlin"}},
		Contracts: []estate.Contract{web,
			contract("c-db", policy.ServiceModelPaaS, policy.PackageBasic, "weekend"),
			contract("c-iaas", policy.ServiceModelIaaS, policy.PackageNone, "")},
		Systems: []estate.System{
			{Name: "web1", Contract: "c-web", AdminAccess: policy.AdminAccessProvider, Purpose: "Webshop", Services: []string{"nginx.service"}},
			{Name: "web2", Contract: "c-web", AdminAccess: policy.AdminAccessProvider, Purpose: "Webshop"},
			{Name: "db1", Contract: "c-db", AdminAccess: policy.AdminAccessProvider, Purpose: "Datenbank"},
			{Name: "iaas1", Contract: "c-iaas", AdminAccess: policy.AdminAccessShared},
		},
	}
}

// asks is what would change the answer, for the systems where something would.
var asks = map[string]lang.Text{"db1": lang.T(
	"Wir brauchen dafür einen ausdrücklichen Auftrag von Muster GmbH, am besten als Ticket.",
	"For this we need an explicit order by Muster GmbH, best as a ticket.")}

// decision is the one that the newer hosting article gives for security updates, put by hand: the
// tests of the API are about how it is shown, not about how it is made.
func decision(h estate.Held, system string) policy.Decision {
	d := policy.Decision{
		PolicyID: "managedhosting-2", PolicySHA256: strings.Repeat("ab", 32), Verdict: policy.Permitted,
		Planning: policy.PartyCustomer, Execution: policy.PartyProvider, Trigger: policy.TriggerStandingOrder, Cadence: policy.CadenceQuarterly,
		Charge: policy.ChargeFree, Window: policy.WindowNext, Governing: "MH2-21",
		Facets: policy.Facets{ServiceModel: h.Contract.Model, Package: h.Contract.Package, Layer: policy.LayerOS,
			ChangeClass: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard, AdminAccess: h.System.AdminAccess},
		Reasons: []policy.Reason{{RuleID: "MH2-21", Sets: []string{"trigger"}, Text: lang.T(
			"Im Paket advanced werden Sicherheitsupdates regelmäßig und automatisch eingespielt.",
			"In the package advanced, security updates are installed regularly and automatically.")}},
	}
	switch system {
	case "db1":
		d.Trigger, d.ExplicitRequest, d.Cadence, d.Governing = policy.TriggerOrder, true, policy.CadenceNone, "MH2-20"
		d.Reasons = []policy.Reason{{RuleID: "MH2-20", Sets: []string{"trigger"}, Text: lang.T(
			"Im Paket basic werden Sicherheitsupdates nur auf ausdrückliche Anforderung eingespielt.",
			"In the package basic, security updates are installed only on explicit request.")}}
	case "iaas1":
		d.Verdict, d.Execution, d.Trigger, d.Cadence, d.Window = policy.Denied, policy.PartyCustomer, policy.TriggerNever, policy.CadenceNone, policy.WindowNone
		d.Governing = "MH2-03"
		d.Reasons = []policy.Reason{{RuleID: "MH2-03", Sets: []string{"execution"}, Text: lang.T(
			"Bei IaaS plant der Kunde und führt selbst aus.", "Under IaaS the customer plans and executes.")}}
	}
	return d
}

func waiting() []board.Waiting {
	h, _ := theEstate().Held("db1")
	return []board.Waiting{{System: "db1", Customer: "Muster GmbH", Rule: "MH2-20", Text: decision(h, "db1").Refusal(),
		Ask: asks["db1"], Due: 2, Security: 2, CanOrder: true}}
}

func due(h estate.Held) []board.DueRow {
	var rows []board.DueRow
	if h.System.Name == "" || h.System.Name == "web1" || fresh(h.System.Name) {
		return rows
	}
	d := decision(h, h.System.Name)
	for _, pkg := range []string{"libssl3", "openssl"} {
		row := board.DueRow{
			System: h.System.Name, Decision: d, Rule: d.GoverningRule(), Why: d.ReasonLine(), Ask: asks[h.System.Name],
			Finding: finding.Finding{Package: pkg, Arch: "amd64", Source: "openssl", Installed: "3.0.15-1~deb12u1",
				Candidate: "3.0.17-1~deb12u3", Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate,
				Origin: policy.OriginStandard, From: "Debian-Security/bookworm-security", Size: 1_400_000},
		}
		if h.System.Name == "db1" && pkg == "libssl3" {
			row.Finding.Criticality, row.Finding.Holes = policy.CriticalityRemoteTakeover, []string{theHole}
		}
		if h.System.Name == "web2" {
			row.Allowed, row.Ground = true, &mandate.Ground{Kind: mandate.ByStandingOrder, Basis: "so-web", Contact: "anna", Rules: []string{"MH2-21"}}
		}
		rows = append(rows, row)
	}
	return rows
}

func (b *Backend) systemRow(name string) board.SystemRow {
	h, _ := b.estate.Held(name)
	row := board.SystemRow{Name: name, Customer: h.Customer.Name, Model: h.Contract.Model, Package: h.Contract.Package, Policy: h.Contract.Policy,
		OS: "Debian GNU/Linux 12 (bookworm)", Enrolled: name != "iaas1" && !fresh(name), Due: len(due(h)), Security: len(due(h)), Answer: decision(h, name).Answer()}
	if row.Enrolled {
		row.Seen = Now
	}
	for _, r := range b.runs {
		if r.system != name {
			continue
		}
		if shown := r.row(); shown.Stage == board.Over {
			row.Last = &shown
		} else {
			row.Next = &shown
		}
	}
	return row
}

// fresh says of a system that it has never reported: those that the tests add begin with "new".
func fresh(name string) bool { return strings.HasPrefix(name, "new") }
