package csaf

import (
	_ "embed" // for the list of weaknesses
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed cwe.tsv
var cweList string

// weaknesses are the names that each weakness has or had, and the highest number in the list.
var weaknesses = sync.OnceValues(func() (map[int][]string, int) {
	names, last := map[int][]string{}, 0
	for line := range strings.Lines(cweList) {
		number, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			continue // the head of the list
		}
		names[n] = append(names[n], name)
		last = max(last, n)
	}
	return names, last
})

// wrongWeaknesses is test 6.1.11: the weakness exists, and has that name. Which edition of the list a
// publisher uses is not said in a document, so that every name counts that the weakness ever had, and a
// weakness that is newer than the list here is believed: a new weakness must not cost us an advisory.
func wrongWeaknesses(doc node) []Violation {
	names, last := weaknesses()
	var found []Violation
	for _, w := range doc.find("vulnerabilities[]/cwe") {
		id, name := w.at("id"), w.at("name")
		n, err := strconv.Atoi(strings.TrimPrefix(id.text(), "CWE-"))
		switch known := names[n]; {
		case err == nil && n > last:
		case len(known) == 0:
			found = append(found, Violation{"6.1.11", id.path, fmt.Sprintf("there is no weakness %s", id.text())})
		case !slices.Contains(known, name.text()):
			found = append(found, Violation{"6.1.11", name.path, fmt.Sprintf("%s is %q, not %q", id.text(), known[len(known)-1], name.text())})
		}
	}
	return found
}
