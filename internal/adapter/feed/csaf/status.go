package csaf

import "fmt"

// standing is the group of statuses that exclude the others (test 6.1.6). A recommended version may stand
// anywhere.
var standing = map[string]string{
	"first_affected": "affected", "known_affected": "affected", "last_affected": "affected",
	"known_not_affected": "not affected",
	"first_fixed":        "fixed", "fixed": "fixed",
	"under_investigation": "under investigation",
}

// contradictingStatus is test 6.1.6: a product stands in one way only towards a hole.
func contradictingStatus(doc node) []Violation {
	var found []Violation
	for _, v := range doc.find("vulnerabilities[]") {
		stands := map[string]string{}
		status := v.at("product_status")
		for _, list := range status.members() {
			group := standing[list.path[len(status.path)+1:]]
			if group == "" {
				continue
			}
			for _, p := range list.items() {
				before, known := stands[p.text()]
				if known && before != group {
					found = append(found, Violation{"6.1.6", p.path, fmt.Sprintf("the product %q is said to be %s and %s", p.text(), before, group)})
				}
				stands[p.text()] = group
			}
		}
	}
	return found
}

// groups are the products of each product group.
func groups(doc node) map[string][]string {
	out := map[string][]string{}
	for _, g := range doc.find("product_tree/product_groups[]") {
		out[g.at("group_id").text()] = g.texts("product_ids[]")
	}
	return out
}

// meant are the products that a flag, threat or remediation is about, by itself or by a group.
func meant(n node, of map[string][]string) []string {
	list := n.texts("product_ids[]")
	for _, g := range n.texts("group_ids[]") {
		list = append(list, of[g]...)
	}
	return list
}

// repeatedFlags is test 6.1.33: at most one justification why a product is not affected. All labels of
// flags in CSAF 2.0 are such justifications.
func repeatedFlags(doc node) []Violation {
	var found []Violation
	of := groups(doc)
	for _, v := range doc.find("vulnerabilities[]") {
		flagged := map[string]int{}
		for i, f := range v.find("flags[]") {
			for _, p := range meant(f, of) {
				if before, ok := flagged[p]; ok && before != i {
					found = append(found, Violation{"6.1.33", f.path, fmt.Sprintf("the product %q has more than one justification", p)})
				}
				flagged[p] = i
			}
		}
	}
	return found
}

// aimlessRemediations is test 6.1.29: a remediation says for which products it is.
func aimlessRemediations(doc node) []Violation {
	return aimless("6.1.29", "remediation", doc.find("vulnerabilities[]/remediations[]"))
}

// aimlessFlags is test 6.1.32: a flag says for which products it is.
func aimlessFlags(doc node) []Violation {
	return aimless("6.1.32", "flag", doc.find("vulnerabilities[]/flags[]"))
}

func aimless(test, what string, list []node) []Violation {
	var found []Violation
	for _, n := range list {
		if !n.at("product_ids").there() && !n.at("group_ids").there() {
			found = append(found, Violation{test, n.path, "the " + what + " names no product and no group"})
		}
	}
	return found
}
