package csaf

import (
	"fmt"
	"slices"
	"strings"
)

// The profiles of section 4 of the standard, as document categories. Any other category is of the profile
// CSAF Base.
const (
	base     = "csaf_base"
	incident = "csaf_security_incident_response"
	informal = "csaf_informational_advisory"
	security = "csaf_security_advisory"
	vex      = "csaf_vex"
)

func category(doc node) string { return doc.at("document").at("category").text() }

// prohibitedCategory is test 6.1.26: no category that only looks like a profile, and none beginning with
// "csaf_", which section 4 reserves.
func prohibitedCategory(doc node) []Violation {
	c := category(doc)
	profiles := []string{base, incident, informal, security, vex}
	if slices.Contains(profiles, c) {
		return nil
	}
	plain := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.Join(strings.Fields(strings.ToLower(c)), ""))
	for _, p := range profiles {
		full := strings.ReplaceAll(p, "_", "")
		if plain == full || p != base && plain == strings.TrimPrefix(full, "csaf") || strings.HasPrefix(strings.ToLower(c), "csaf_") {
			return []Violation{{"6.1.26", doc.at("document").at("category").path, fmt.Sprintf("the category %q can be mistaken for a profile of the standard", c)}}
		}
	}
	return nil
}

// profile is the tests 6.1.27.1 to 6.1.27.11: what the profile of a document demands besides the schema.
func profile(doc node) []Violation {
	var found []Violation
	add := func(test string, at node, problem string) {
		found = append(found, Violation{test, at.path, "a document of category " + category(doc) + " " + problem})
	}
	of, document := groups(doc), doc.at("document")
	holes := doc.at("vulnerabilities")
	switch category(doc) {
	case incident, informal:
		explains := func(n node) bool {
			return slices.Contains([]string{"description", "details", "general", "summary"}, n.at("category").text())
		}
		if !slices.ContainsFunc(document.find("notes[]"), explains) {
			add("6.1.27.1", document.at("notes"), "needs a note that explains: description, details, general or summary")
		}
		outside := func(n node) bool { return n.at("category").text() == "external" }
		if !slices.ContainsFunc(document.find("references[]"), outside) {
			add("6.1.27.2", document.at("references"), "needs an external reference")
		}
		if category(doc) == informal && holes.there() {
			add("6.1.27.3", holes, "is not about vulnerabilities")
		}
	case security, vex:
		if tree := doc.at("product_tree"); !tree.there() {
			add("6.1.27.4", tree, "needs a product tree")
		}
		if !holes.there() {
			add("6.1.27.11", holes, "needs vulnerabilities")
		}
	}
	for _, v := range holes.items() {
		state := v.at("product_status")
		switch category(doc) {
		case security, vex:
			if notes := v.at("notes"); !notes.there() {
				add("6.1.27.5", notes, "needs notes about each vulnerability")
			}
		}
		switch category(doc) {
		case security:
			if !state.there() {
				add("6.1.27.6", state, "needs the status of products for each vulnerability")
			}
		case vex:
			if len(state.all("fixed", "known_affected", "known_not_affected", "under_investigation")) == 0 {
				add("6.1.27.7", state, "needs products that are fixed, affected, not affected or under investigation")
			}
			if !v.at("cve").there() && !v.at("ids").there() {
				add("6.1.27.8", v, "needs a CVE or another ID for each vulnerability")
			}
			for _, p := range unmentioned(state.at("known_not_affected"), append(v.find("flags[]"), impacts(v)...), of) {
				add("6.1.27.9", p, fmt.Sprintf("needs to say why the product %q is not affected", p.text()))
			}
			for _, p := range unmentioned(state.at("known_affected"), v.find("remediations[]"), of) {
				add("6.1.27.10", p, fmt.Sprintf("needs to say what to do about the affected product %q", p.text()))
			}
		}
	}
	return found
}

func impacts(v node) []node {
	return slices.DeleteFunc(v.find("threats[]"), func(t node) bool { return t.at("category").text() != "impact" })
}

// unmentioned are the products of a list that none of the statements is about.
func unmentioned(list node, statements []node, of map[string][]string) []node {
	about := map[string]bool{}
	for _, s := range statements {
		for _, p := range meant(s, of) {
			about[p] = true
		}
	}
	return slices.DeleteFunc(list.items(), func(p node) bool { return about[p.text()] })
}
