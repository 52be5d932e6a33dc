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

// checkStandingOrder finds an order by somebody who may not give one, and dates out of order.
func (r *reader) checkStandingOrder(o object, s StandingOrder, c Contract) {
	if s.Given != "" && s.Ends != "" && s.Ends < s.Given {
		o.problem("ends", lang.Textf(
			"das Ende %[1]s liegt vor dem Beginn %[2]s", "the end %[1]s is before the beginning %[2]s", s.Ends, s.Given))
	}
	if s.By == "" || c.Customer == "" {
		return
	}
	r.later = append(r.later, func(e Estate) {
		customer, ok := e.Customer(c.Customer)
		if !ok {
			return // said at the contract
		}
		contact, ok := customer.Contact(s.By)
		switch {
		case !ok:
			o.problem("by", lang.Textf(
				"der Kunde %[1]s hat keine Kontaktperson „%[2]s“; erwartet ist die id einer seiner contacts",
				`the customer %[1]s has no contact "%[2]s"; the id of one of its contacts is expected`, c.Customer, s.By))
		case !contact.May(AuthorityOrder):
			o.problem("by", lang.Textf(
				"„%[1]s“ darf keine Aufträge geben; erwartet ist eine Kontaktperson mit authority: order",
				`"%[1]s" may not give orders; a contact with authority: order is expected`, s.By))
		}
	})
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
