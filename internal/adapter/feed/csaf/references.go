package csaf

import "fmt"

// productReferences are the places that name a product defined elsewhere. The standard's list leaves the
// flags out; OASIS's own cases for test 6.1.1 have them.
var productReferences = []string{
	"product_tree/product_groups[]/product_ids[]",
	"product_tree/relationships[]/product_reference",
	"product_tree/relationships[]/relates_to_product_reference",
	"vulnerabilities[]/product_status/*[]",
	"vulnerabilities[]/remediations[]/product_ids[]",
	"vulnerabilities[]/scores[]/products[]",
	"vulnerabilities[]/threats[]/product_ids[]",
	"vulnerabilities[]/flags[]/product_ids[]",
}

// groupReferences are the places that name a group of products.
var groupReferences = []string{
	"vulnerabilities[]/remediations[]/group_ids[]",
	"vulnerabilities[]/threats[]/group_ids[]",
	"vulnerabilities[]/flags[]/group_ids[]",
}

// missingProducts is test 6.1.1: every product that is named is defined.
func missingProducts(doc node) []Violation {
	return dangling("6.1.1", "product", defined(products(doc), "product_id"), doc.all(productReferences...))
}

// missingGroups is test 6.1.4: every group that is named is defined.
func missingGroups(doc node) []Violation {
	return dangling("6.1.4", "product group", defined(doc.find("product_tree/product_groups[]"), "group_id"), doc.all(groupReferences...))
}

func defined(list []node, key string) map[string]bool {
	known := make(map[string]bool, len(list))
	for _, n := range list {
		known[n.at(key).text()] = true
	}
	return known
}

func dangling(test, what string, known map[string]bool, refs []node) []Violation {
	var found []Violation
	for _, r := range refs {
		if !known[r.text()] {
			found = append(found, Violation{test, r.path, fmt.Sprintf("the %s %q is not defined in the product tree", what, r.text())})
		}
	}
	return found
}

// repeatedProducts is test 6.1.2: a product is defined once.
func repeatedProducts(doc node) []Violation {
	return repeated("6.1.2", "product", members(products(doc), "product_id"))
}

// repeatedGroups is test 6.1.5: a group of products is defined once.
func repeatedGroups(doc node) []Violation {
	return repeated("6.1.5", "product group", doc.find("product_tree/product_groups[]/group_id"))
}

func members(list []node, key string) []node {
	out := make([]node, len(list))
	for i, n := range list {
		out[i] = n.at(key)
	}
	return out
}

// repeated finds the texts that occurred before.
func repeated(test, what string, list []node) []Violation {
	var found []Violation
	seen := map[string]bool{}
	for _, n := range list {
		if id := n.text(); seen[id] {
			found = append(found, Violation{test, n.path, fmt.Sprintf("the %s %q is there more than once", what, id)})
		} else {
			seen[id] = true
		}
	}
	return found
}

// circularProducts is test 6.1.3: no relationship defines a product by itself, directly or over others.
func circularProducts(doc node) []Violation {
	type definition struct {
		from node
		by   []string
	}
	definitions := map[string]definition{}
	list := doc.find("product_tree/relationships[]")
	for _, r := range list {
		id := r.at("full_product_name").at("product_id")
		d := definitions[id.text()]
		d.from = id
		d.by = append(d.by, r.at("product_reference").text(), r.at("relates_to_product_reference").text())
		definitions[id.text()] = d
	}
	const entered, left = 1, 2
	state := map[string]int{}
	var found []Violation
	var follow func(id string)
	follow = func(id string) {
		d, ok := definitions[id]
		if !ok || state[id] == left {
			return
		}
		if state[id] == entered {
			found = append(found, Violation{"6.1.3", d.from.path, fmt.Sprintf("the product %q is defined by itself", id)})
			return
		}
		state[id] = entered
		for _, next := range d.by {
			follow(next)
		}
		state[id] = left
	}
	for _, r := range list {
		follow(r.at("full_product_name").at("product_id").text())
	}
	return found
}
