package csaf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"
)

// wrongPackageURLs is test 6.1.13: package URLs are ones.
func wrongPackageURLs(doc node) []Violation {
	var found []Violation
	for _, p := range products(doc) {
		at := p.at("product_identification_helper").at("purl")
		if !at.there() {
			continue
		}
		if _, err := packageurl.FromString(at.text()); err != nil {
			found = append(found, Violation{"6.1.13", at.path, fmt.Sprintf("%q is no package URL: %v", at.text(), err)})
		}
	}
	return found
}

// rangesAsVersions is test 6.1.31: a branch for one version does not hold a range. The words count where they
// stand alone: "after-eight" is a version.
func rangesAsVersions(doc node) []Violation {
	words := []string{"after", "all", "before", "earlier", "later", "prior", "versions"}
	var found []Violation
	branches(doc, func(way []node) {
		b := way[len(way)-1]
		if b.at("category").text() != "product_version" {
			return
		}
		name := b.at("name")
		text := strings.ToLower(name.text())
		isWord := func(w string) bool { return slices.Contains(words, strings.Trim(w, ".,;:()[]")) }
		if strings.ContainsAny(text, "<>") || slices.ContainsFunc(strings.Fields(text), isWord) {
			found = append(found, Violation{"6.1.31", name.path, fmt.Sprintf("%q is a range of versions and not one", name.text())})
		}
	})
	return found
}
