package estate

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// checkContract finds what a contract says against itself, and references to nothing.
func (r *reader) checkContract(o object, c Contract) {
	r.refer(o, "customer", c.Customer, func(e Estate) bool { _, ok := e.Customer(c.Customer); return ok },
		lang.T("den Kunden", "customer"), "customers")
	r.refer(o, "window", c.Window, func(e Estate) bool { _, ok := e.Window(c.Window); return ok },
		lang.T("das Wartungsfenster", "window"), "windows")
	if _, stated := o.fields["window"]; !stated && (c.Model == policy.ServiceModelPaaS || c.Model == policy.ServiceModelSaaS) {
		o.problem("window", lang.Textf(
			"das Feld „window“ fehlt; bei %[1]s führt der Provider aus und braucht ein Wartungsfenster aus windows",
			`the field "window" is missing; under %[1]s the provider executes and needs a maintenance window from windows`,
			strings.Replace(strings.ToUpper(string(c.Model)), "AAS", "aaS", 1)))
	}
	if c.StandingOrder != nil && c.Model == policy.ServiceModelIaaS {
		o.problem("standing_order", lang.T(
			"ein Dauerauftrag widerspricht dem Modell iaas: dort führt der Kunde selbst aus (MH2-03); bitte weglassen oder das Modell berichtigen",
			"a standing order contradicts the model iaas: there the customer executes (MH2-03); please leave it out or correct the model"))
	}
}

// checkAgreement holds an individual agreement against the contract that names it: it must be known, be the
// customer's, and be about the contract's policy.
func (r *reader) checkAgreement(n ast.Node, path, id string, c Contract) {
	var customer, amends string
	ok := false
	if r.known.Agreement != nil {
		customer, amends, ok = r.known.Agreement(id)
	}
	switch {
	case !ok:
		r.problem(spotOf(n), path, lang.Textf(
			"die Sonderabsprache „%[1]s“ ist nicht bekannt; bitte zuerst veröffentlichen: patchwart policy publish DATEI",
			`the individual agreement "%[1]s" is not known; please publish it first: patchwart policy publish FILE`, id))
	case customer != c.Customer:
		r.problem(spotOf(n), path, lang.Textf(
			"die Sonderabsprache „%[1]s“ ist die von %[2]s, nicht von %[3]s", `the individual agreement "%[1]s" is that of %[2]s, not of %[3]s`, id, customer, c.Customer))
	case amends != c.Policy && !strings.HasPrefix(c.Policy, amends+"-") && !strings.HasPrefix(amends, c.Policy+"-"):
		r.problem(spotOf(n), path, lang.Textf(
			"die Sonderabsprache „%[1]s“ gilt zu %[2]s, der Vertrag nach %[3]s", `the individual agreement "%[1]s" is about %[2]s, the contract under %[3]s`, id, amends, c.Policy))
	}
}
