package advisory

import (
	"cmp"
	"slices"
	"strings"
)

// beside puts what is said of the version that everybody gets together with what is said of Ubuntu Pro's.
// A host is not known to subscribe to it, so what Pro offers mends nothing here: the hole is open, and its
// state says that there would be a way out.
func beside(everybody, pro Hole) Hole {
	h := everybody
	h.Advisories = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(h.Advisories), pro.Advisories...))))
	h.Urgency = cmp.Or(h.Urgency, pro.Urgency)
	if pro.State != Fixed {
		return h
	}
	h.Pro = pro.Fixed
	if h.Fixed == "" && h.State != NotAffected {
		h.State = ProOnly
	}
	return h
}

// alone is what is said of Ubuntu Pro's version where nobody says anything of everybody's: the release is
// at its end for everybody, or the package never got updates but from Pro.
func alone(pro Hole) Hole {
	pro.proAlone = true
	if pro.State == Fixed {
		pro.State, pro.Fixed, pro.Pro = ProOnly, "", pro.Fixed
	}
	return pro
}

// joined puts the statements of a release together. Those about everybody's version are written into.
func joined(everybody, pro statements) statements {
	if everybody == nil {
		everybody = make(statements, len(pro))
	}
	for source, holes := range pro {
		all := everybody[source]
		if all == nil {
			all = make(map[string]Hole, len(holes))
			everybody[source] = all
		}
		for cve, h := range holes {
			if said, ok := all[cve]; ok {
				all[cve] = beside(said, h)
			} else {
				all[cve] = alone(h)
			}
		}
	}
	return everybody
}

// certified is the name under which the certified build (FIPS) of a source package is known here. Most have
// the name of the ordinary one, while their versions count by themselves: 3.0.2-0ubuntu1.7+Fips1 is none of
// 3.0.2-0ubuntu1.15's series, and would pass for newer than its fixes.
func certified(source string) string {
	if strings.Contains(source, "fips") {
		return source // a kernel, which has a name of its own
	}
	return source + " FIPS"
}

// isCertified reports whether a version is that of a certified build.
func isCertified(version string) bool {
	return strings.Contains(version, "fips") || strings.Contains(version, "Fips")
}
