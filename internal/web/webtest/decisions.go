package webtest

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Policy is the policy version of all contracts here.
var Policy = board.PolicyInfo{
	ID: "managedhosting-2", Title: "managedhosting.de, Fassung 2", SHA256: digest("managedhosting-2"),
	From: "unknown", Recorded: "2026-11-22",
}

// digest is a hash to show: the SHA-256 of a name.
func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// rules are the rules the decisions cite, in words of their own.
var rules = map[string]lang.Text{
	"MH2-03": lang.T("Bei IaaS plant und beauftragt der Kunde Updates selbst und führt sie selbst aus.", "With IaaS the customer plans, orders and executes updates."),
	"MH2-04": lang.T("Bei PaaS plant und beauftragt der Kunde, der Provider führt aus.", "With PaaS the customer plans and orders, the provider executes."),
	"MH2-09": lang.T("Ohne Anweisung des Kunden wird an seinen Systemen nichts geändert.", "Without the customer's instruction nothing is changed on the customer's systems."),
	"MH2-13": lang.T("Updates im Rahmen des Pakets gibt es nur auf Systemen, auf denen der Kunde keine Administratorrechte hat.", "Updates under the package are made only on systems where the customer holds no administrative rights."),
	"MH2-15": lang.T("Ob ein Update mit Software des Kunden zusammenpasst, wird nicht geprüft.", "Whether an update fits the customer's own software is not checked."),
	"MH2-19": lang.T("Das Paket umfasst Sicherheitsupdates des Betriebssystems und der Software, die der Provider aus Standard-Repositories installiert hat.", "The package covers security updates of the operating system and of software that the provider installed from standard repositories."),
	"MH2-20": lang.T("Im Paket basic werden sie nur auf ausdrückliche Anforderung des Kunden installiert.", "In package basic they are installed only on the customer's explicit request."),
	"MH2-21": lang.T("Im Paket advanced werden sie regelmäßig und automatisch installiert.", "In package advanced they are installed regularly and automatically."),
	"MH2-22": lang.T("In der Regel geschieht das quartalsweise oder nach Absprache.", "As a rule this happens quarterly, or as agreed."),
}

func facets(m policy.ServiceModel, p policy.Package) policy.Facets {
	return policy.Facets{
		ServiceModel: m, Package: p, Layer: policy.LayerOS, ChangeClass: policy.ChangeClassSecurityUpdate,
		Criticality: policy.CriticalityUnknown, Origin: policy.OriginStandard, InstalledBy: policy.InstalledByProvider,
		AdminAccess: policy.AdminAccessProvider, SystemCreated: policy.SystemCreatedUnknown, OSSupported: policy.OSSupportedUnknown,
	}
}

func decide(f policy.Facets, d policy.Decision, ids ...string) policy.Decision {
	d.PolicyID, d.PolicySHA256, d.Facets = Policy.ID, Policy.SHA256, f
	for _, id := range ids {
		d.Reasons = append(d.Reasons, policy.Reason{RuleID: id, Text: rules[id], May: d.Verdict == policy.Ask})
	}
	return d
}

// advanced is the decision for security updates in package advanced.
func advanced() policy.Decision {
	d := decide(facets(policy.ServiceModelPaaS, policy.PackageAdvanced), policy.Decision{
		Verdict: policy.Permitted, Planning: policy.PartyCustomer, Execution: policy.PartyProvider,
		Trigger: policy.TriggerStandingOrder, Cadence: policy.CadenceQuarterly, Charge: policy.ChargeFree,
		Window: policy.WindowNext, Governing: "MH2-21",
	}, "MH2-13", "MH2-19", "MH2-21", "MH2-22", "MH2-04")
	d.Notices = []policy.Notice{{RuleID: "MH2-15", Text: rules["MH2-15"]}}
	return d
}

// basic is the decision for security updates in package basic.
func basic() policy.Decision {
	d := decide(facets(policy.ServiceModelPaaS, policy.PackageBasic), policy.Decision{
		Verdict: policy.Permitted, Planning: policy.PartyCustomer, Execution: policy.PartyProvider,
		Trigger: policy.TriggerOrder, ExplicitRequest: true, Charge: policy.ChargeFree,
		Window: policy.WindowNext, Governing: "MH2-20",
	}, "MH2-13", "MH2-19", "MH2-20", "MH2-04", "MH2-09")
	d.Notices = []policy.Notice{{RuleID: "MH2-15", Text: rules["MH2-15"]}}
	return d
}

// iaas is the decision for everything on a system the customer runs alone.
func iaas() policy.Decision {
	f := facets(policy.ServiceModelIaaS, policy.PackageNone)
	f.AdminAccess, f.InstalledBy = policy.AdminAccessShared, policy.InstalledByUnknown
	return decide(f, policy.Decision{
		Verdict: policy.Denied, Planning: policy.PartyCustomer, Execution: policy.PartyCustomer,
		Trigger: policy.TriggerNever, Charge: policy.ChargeUnknown, Window: policy.WindowNone, Governing: "MH2-03",
	}, "MH2-03")
}

// foreign is the decision for what comes from somebody else's repository.
func foreign(p policy.Package) policy.Decision {
	f := facets(policy.ServiceModelPaaS, p)
	f.Origin, f.ChangeClass, f.Layer = policy.OriginThirdParty, policy.ChangeClassUpdate, policy.LayerMiddleware
	return decide(f, policy.Decision{
		Verdict: policy.Denied, Planning: policy.PartyCustomer, Execution: policy.PartyNobody,
		Trigger: policy.TriggerNever, Charge: policy.ChargeUnknown, Window: policy.WindowNone, Governing: "MH2-19",
	}, "MH2-19", "MH2-09")
}

// askAccess is the decision while nobody knows who holds root.
func askAccess() policy.Decision {
	f := facets(policy.ServiceModelPaaS, policy.PackageBasic)
	f.AdminAccess, f.InstalledBy = policy.AdminAccessUnknown, policy.InstalledByUnknown
	d := decide(f, policy.Decision{
		Verdict: policy.Ask, Planning: policy.PartyCustomer, Execution: policy.PartyNobody,
		Trigger: policy.TriggerNever, Charge: policy.ChargeUnknown, Window: policy.WindowNone, Governing: "MH2-13",
	}, "MH2-13", "MH2-20")
	d.Missing = []string{"admin_access", "installed_by"}
	return d
}

// confirmation is the order confirmation, with what the policy makes part of it.
func confirmation(system string, s estate.Scope) lang.Text {
	what := lang.T("Sicherheitsupdates", "security updates")
	if s == estate.ScopeUpdates {
		what = lang.T("alle Updates der Fassung", "all updates within the release")
	}
	return lang.Textf(
		"Wir haben Ihren Auftrag für %[1]s angenommen: %[2]s, im nächsten Wartungsfenster, kostenfrei (MH2-20). Ob die Updates mit Ihrer eigenen Software zusammenpassen, prüfen wir nicht (MH2-15). Schlägt ein Update fehl, stellen wir den vorherigen Zustand wieder her (MH2-16).",
		"We have accepted your order for %[1]s: %[2]s, in the next maintenance window, free of charge (MH2-20). Whether the updates fit your own software is not checked by us (MH2-15). Should an update fail, we restore the previous state (MH2-16).",
		system, what)
}

func planned(system string) lang.Text {
	return lang.Textf("%[1]s kommt im nächsten Wartungsfenster an die Reihe.", "%[1]s is due in the next maintenance window.", system)
}
