package csaf

import (
	"fmt"
	"strconv"
)

func status(doc node) string { return doc.at("document").at("tracking").at("status").text() }

func current(doc node) (version, node) {
	at := doc.at("document").at("tracking").at("version")
	return parseVersion(at.text()), at
}

// released reports whether the document calls itself released.
func released(doc node) bool { return status(doc) != "draft" }

// unsortedHistory is test 6.1.14: later revisions have higher numbers.
func unsortedHistory(doc node) []Violation {
	var found []Violation
	list := history(doc)
	for i := 1; i < len(list); i++ {
		if compareVersions(list[i-1].version, list[i].version) > 0 {
			found = append(found, Violation{"6.1.14", list[i].number.path, fmt.Sprintf("revision %s is later than %s", list[i].number.text(), list[i-1].number.text())})
		}
	}
	return found
}

// outdatedVersion is test 6.1.16: the document's version is the one of the last revision. In a draft the
// pre-release part does not count.
func outdatedVersion(doc node) []Violation {
	list := history(doc)
	if len(list) == 0 {
		return nil // the schema demands one
	}
	last := list[len(list)-1]
	is, at := current(doc)
	newest := last.version
	if !released(doc) {
		is.pre, newest.pre = "", ""
	}
	if is != newest {
		return []Violation{{"6.1.16", at.path, fmt.Sprintf("the version is %s, and the last revision is %s", at.text(), last.number.text())}}
	}
	return nil
}

// undeclaredDraft is test 6.1.17: a version before the first release belongs to a draft.
func undeclaredDraft(doc node) []Violation {
	if v, at := current(doc); (v.draft() || v.pre != "") && released(doc) {
		return []Violation{{"6.1.17", doc.at("document").at("tracking").at("status").path, fmt.Sprintf("version %s is a draft's, and the status is %s", at.text(), status(doc))}}
	}
	return nil
}

// unreleasedHistory is test 6.1.18: a released document has no revisions from before its release.
func unreleasedHistory(doc node) []Violation {
	var found []Violation
	for _, r := range history(doc) {
		if r.version.draft() && released(doc) {
			found = append(found, Violation{"6.1.18", r.number.path, fmt.Sprintf("the document is released, and revision %s was before", r.number.text())})
		}
	}
	return found
}

// prereleaseHistory is test 6.1.19: pre-releases leave no revision.
func prereleaseHistory(doc node) []Violation {
	var found []Violation
	for _, r := range history(doc) {
		if r.version.pre != "" {
			found = append(found, Violation{"6.1.19", r.number.path, fmt.Sprintf("revision %s is a pre-release", r.number.text())})
		}
	}
	return found
}

// prereleaseVersion is test 6.1.20: a released document is no pre-release.
func prereleaseVersion(doc node) []Violation {
	if v, at := current(doc); v.pre != "" && released(doc) {
		return []Violation{{"6.1.20", at.path, fmt.Sprintf("the document is released, and version %s is a pre-release", at.text())}}
	}
	return nil
}

// gapsInHistory is test 6.1.21: major versions begin with 0 or 1 and leave none out.
func gapsInHistory(doc node) []Violation {
	var found []Violation
	before := uint64(0)
	for _, r := range history(doc) {
		n, err := strconv.ParseUint(r.version.core[0], 10, 64)
		if err != nil || n > before+1 {
			found = append(found, Violation{"6.1.21", r.number.path, fmt.Sprintf("between revision %s and what was before, versions are missing", r.number.text())})
		}
		before = n
	}
	return found
}

// repeatedRevisions is test 6.1.22: a revision is there once.
func repeatedRevisions(doc node) []Violation {
	return repeated("6.1.22", "revision", doc.find("document/tracking/revision_history[]/number"))
}

// mixedVersions is test 6.1.30: a document uses whole numbers or semantic versions, not both.
func mixedVersions(doc node) []Violation {
	is, _ := current(doc)
	for _, r := range history(doc) {
		if r.version.whole != is.whole {
			return []Violation{{"6.1.30", r.number.path, "the document mixes whole numbers and semantic versions"}}
		}
	}
	return nil
}
