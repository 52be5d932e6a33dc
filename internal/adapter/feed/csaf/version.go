package csaf

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// version is the version of a document: a whole number, or a semantic version. Build metadata is left out;
// it never counts (section 3.1.11 of the standard). Numbers stay texts, as they may have any length.
type version struct {
	whole bool
	core  [3]string // major, minor, patch; a whole number is a major
	pre   string    // pre-release part
}

// parseVersion reads a version that fits the schema.
func parseVersion(s string) version {
	s, _, _ = strings.Cut(s, "+")
	numbers, pre, _ := strings.Cut(s, "-")
	parts := strings.Split(numbers, ".")
	v := version{whole: len(parts) == 1, core: [3]string{"0", "0", "0"}, pre: pre}
	copy(v.core[:], parts)
	return v
}

// draft reports whether the version is 0 or 0.y.z: not yet released.
func (v version) draft() bool { return v.core[0] == "0" }

func compareVersions(a, b version) int {
	for i := range a.core {
		if c := compareNumbers(a.core[i], b.core[i]); c != 0 {
			return c
		}
	}
	switch {
	case a.pre == b.pre:
		return 0
	case a.pre == "":
		return 1
	case b.pre == "":
		return -1
	}
	return slices.CompareFunc(strings.Split(a.pre, "."), strings.Split(b.pre, "."), comparePart)
}

// comparePart orders parts of a pre-release: numbers by value and before words.
func comparePart(a, b string) int {
	numA, numB := strings.Trim(a, "0123456789") == "", strings.Trim(b, "0123456789") == ""
	switch {
	case numA && numB:
		return compareNumbers(a, b)
	case numA:
		return -1
	case numB:
		return 1
	}
	return strings.Compare(a, b)
}

// compareNumbers orders digits without leading zeros.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// revision is an item of the revision history.
type revision struct {
	number  node
	version version
	at      time.Time
}

// history is the revision history, oldest first; revisions of one moment are in the order of their numbers.
func history(doc node) []revision {
	items := doc.find("document/tracking/revision_history[]")
	list := make([]revision, 0, len(items))
	for _, r := range items {
		at, _ := moment(r.at("date").text()) // checked with the schema
		number := r.at("number")
		list = append(list, revision{number, parseVersion(number.text()), at})
	}
	slices.SortStableFunc(list, func(a, b revision) int {
		return cmp.Or(a.at.Compare(b.at), compareVersions(a.version, b.version))
	})
	return list
}
