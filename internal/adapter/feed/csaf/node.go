package csaf

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// node is a value of a decoded document with the place where it stands. The mandatory tests name places by
// patterns such as "vulnerabilities[]/scores[]/products[]", and so do we. A node for what is not there is
// the zero value below its path, and everything can be asked of it.
type node struct {
	value any
	path  string
}

// at is the member of that name.
func (n node) at(key string) node {
	m, _ := n.value.(map[string]any)
	return node{m[key], n.path + "/" + key}
}

// there reports whether the value exists.
func (n node) there() bool { return n.value != nil }

// text is the value as a string; empty if it is none.
func (n node) text() string {
	s, _ := n.value.(string)
	return s
}

// number is the value as a number.
func (n node) number() (float64, bool) {
	f, ok := n.value.(float64)
	return f, ok
}

// items are the members of a list.
func (n node) items() []node {
	list, _ := n.value.([]any)
	out := make([]node, len(list))
	for i, v := range list {
		out[i] = node{v, n.path + "/" + strconv.Itoa(i)}
	}
	return out
}

// members are the values of an object, by name.
func (n node) members() []node {
	m, _ := n.value.(map[string]any)
	out := make([]node, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, node{m[key], n.path + "/" + key})
	}
	return out
}

// find follows a pattern: names separated by slashes, "*" for every member, "[]" for every item.
func (n node) find(pattern string) []node {
	found := []node{n}
	for step := range strings.SplitSeq(pattern, "/") {
		name, list := strings.CutSuffix(step, "[]")
		var next []node
		for _, at := range found {
			inner := []node{at.at(name)}
			if name == "*" {
				inner = at.members()
			}
			for _, v := range inner {
				switch {
				case list:
					next = append(next, v.items()...)
				case v.there():
					next = append(next, v)
				}
			}
		}
		found = next
	}
	return found
}

// all is find for several patterns.
func (n node) all(patterns ...string) []node {
	var found []node
	for _, p := range patterns {
		found = append(found, n.find(p)...)
	}
	return found
}

// texts are the strings that a pattern leads to.
func (n node) texts(pattern string) []string {
	var out []string
	for _, v := range n.find(pattern) {
		out = append(out, v.text())
	}
	return out
}

// branches calls each for every branch of a product tree, with the way that leads to it, itself last. The
// way belongs to the walk.
func branches(doc node, each func(way []node)) {
	var walk func(list node, way []node)
	walk = func(list node, way []node) {
		for _, b := range list.items() {
			here := append(way, b) // the next branch overwrites this one
			each(here)
			walk(b.at("branches"), here)
		}
	}
	walk(doc.at("product_tree").at("branches"), nil)
}

// products are all definitions of products: full_product_name_t in the standard.
func products(doc node) []node {
	tree := doc.at("product_tree")
	found := tree.all("full_product_names[]", "relationships[]/full_product_name")
	branches(doc, func(way []node) {
		if p := way[len(way)-1].at("product"); p.there() {
			found = append(found, p)
		}
	})
	return found
}
