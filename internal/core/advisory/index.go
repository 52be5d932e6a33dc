package advisory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/debian"
)

// Hole is what is known about one CVE in one source package of one release of Debian or Ubuntu, all
// publishers put together.
type Hole struct {
	CVE        string   `json:"cve"`
	Fixed      string   `json:"fixed,omitempty"` // first version without the hole that everybody gets; empty: there is none yet
	Pro        string   `json:"pro,omitempty"`   // first version without the hole that subscribers of Ubuntu Pro get
	State      State    `json:"state"`
	Urgency    string   `json:"urgency,omitempty"`
	Advisories []string `json:"advisories,omitempty"` // DSA, DLA and USN that name it, sorted
	introduced string
	inherited  bool
	proAlone   bool // nobody says anything of the version that everybody gets
}

// Index answers which holes an installed version has. It is built once from many records and is not
// changed afterwards, so that any number of readers may ask it at once.
type Index struct {
	releases map[string]map[string]*timeline // codename → source package
	holes    int
	fips     bool // certified builds are among the packages
}

// timeline holds what is known about one source package, ordered so that the holes of an installed
// version are the rest of one list: those that are fixed later than it, then those that nobody fixed.
type timeline struct {
	fixed []string // distinct versions, ascending
	start []int    // of each: where in holes the ones that it fixes begin
	holes []Hole   // by fixed version, ascending; unfixed last
	apart bool     // some holes spare versions that the order does not tell, see spares
}

// statements are what is said of one release: source package → CVE.
type statements map[string]map[string]Hole

// Builder gathers records for an Index.
type Builder struct {
	releases map[string]statements // codename → of the version that everybody gets
	pro      map[string]statements // codename → of the version that Ubuntu Pro offers
	fips     bool
}

// NewBuilder gives an empty builder.
func NewBuilder() *Builder {
	return &Builder{releases: map[string]statements{}, pro: map[string]statements{}}
}

// Add puts one record in. Records of other ecosystems than Debian's and Ubuntu's, and withdrawn ones, are
// left out. Several records about one CVE in one package are put together so that the worst holds, see
// worse; what is said of Ubuntu Pro's version stands beside what is said of everybody's, see beside.
func (b *Builder) Add(r Record) {
	if r.Withdrawn {
		return
	}
	for _, a := range r.Affected {
		codename, service, ok := a.Ecosystem.Release()
		if !ok {
			continue
		}
		to, source := b.releases, a.Package
		if service != Everybody {
			to = b.pro
		}
		if service == FIPS {
			source, b.fips = certified(source), true
		}
		cves := r.CVEs
		if len(a.CVEs) > 0 {
			cves = a.CVEs
		}
		for _, h := range holesOf(a) {
			if !aboutOneHole(r.ID) {
				h.Advisories = []string{r.ID}
			}
			for _, cve := range cves {
				h.CVE = cve
				put(to, codename, source, h)
			}
		}
	}
}

// aboutOneHole reports whether a record is a publisher's entry for a CVE, by its name, and no advisory.
func aboutOneHole(id string) bool {
	for _, prefix := range []string{"CVE-", "TEMP-", "UBUNTU-CVE-", "DEBIAN-CVE-"} {
		if strings.HasPrefix(id, prefix) {
			return true
		}
	}
	return false
}

// holesOf turns the ranges of a record into holes. A range without an end is a hole that nobody fixed.
func holesOf(a Affected) []Hole {
	base := Hole{State: a.State, Urgency: a.Urgency, inherited: a.Inherited}
	if len(a.Ranges) == 0 {
		return []Hole{base}
	}
	holes := make([]Hole, 0, len(a.Ranges))
	for _, r := range a.Ranges {
		h := base
		if r.Introduced != "0" {
			h.introduced = r.Introduced
		}
		switch {
		case r.Fixed != "":
			h.Fixed = r.Fixed
		case r.LastAffected != "":
			h.Fixed = r.LastAffected + "+~" // the first version after it, in Debian's order
		case a.State == Fixed:
			h.State = Unfixed
		}
		holes = append(holes, h)
	}
	return holes
}

func put(to map[string]statements, codename, source string, h Hole) {
	sources := to[codename]
	if sources == nil {
		sources = statements{}
		to[codename] = sources
	}
	if sources[source] == nil {
		sources[source] = map[string]Hole{}
	}
	if known, ok := sources[source][h.CVE]; ok {
		h = worse(known, h)
	}
	sources[source][h.CVE] = h
}

// gravity orders what publishers say of the same hole: the worse word holds. A publisher who says that
// there is no fix outweighs one who says that there is; one who found a vulnerable version outweighs
// one who found none.
var gravity = map[State]int{NotAffected: 0, Undetermined: 1, Fixed: 2, NoDSA: 3, EndOfLife: 4, Unfixed: 5}

// worse puts two statements about one hole together. Of two fixed versions the later counts: the
// earlier one left something open, which is why there was a second (a DSA-…-2).
//
// What is said about the release itself replaces what it inherits from unstable, better or worse:
// backported fixes have lower versions than unstable's.
func worse(a, b Hole) Hole {
	if a.inherited != b.inherited {
		if a.inherited {
			return b
		}
		return a
	}
	if gravity[b.State] > gravity[a.State] || a.State == b.State && debian.Compare(b.Fixed, a.Fixed) > 0 {
		a, b = b, a
	}
	a.Advisories = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(a.Advisories), b.Advisories...))))
	a.Urgency = cmp.Or(a.Urgency, b.Urgency)
	if debian.Compare(b.introduced, a.introduced) < 0 || b.introduced == "" {
		a.introduced = b.introduced
	}
	return a
}

// Build closes the builder's records into an index.
func (b *Builder) Build() *Index {
	x := &Index{releases: make(map[string]map[string]*timeline, len(b.releases)), fips: b.fips}
	build := func(codename string) {
		all := joined(b.releases[codename], b.pro[codename])
		lines := make(map[string]*timeline, len(all))
		for source, holes := range all {
			if t := line(holes); t != nil {
				lines[source] = t
				x.holes += len(t.holes)
			}
		}
		x.releases[codename] = lines
	}
	for codename := range b.releases {
		build(codename)
	}
	for codename := range b.pro {
		if _, done := x.releases[codename]; !done {
			build(codename)
		}
	}
	return x
}

func line(holes map[string]Hole) *timeline {
	t := &timeline{}
	for _, h := range holes {
		switch h.State {
		case Fixed, Unfixed, ProOnly, NoDSA, EndOfLife:
			t.holes = append(t.holes, h)
			t.apart = t.apart || h.introduced != "" || h.Pro != ""
		}
	}
	if len(t.holes) == 0 {
		return nil
	}
	slices.SortFunc(t.holes, func(a, b Hole) int {
		switch {
		case a.Fixed == b.Fixed:
			return strings.Compare(a.CVE, b.CVE)
		case a.Fixed == "":
			return 1
		case b.Fixed == "":
			return -1
		}
		return cmp.Or(debian.Compare(a.Fixed, b.Fixed), strings.Compare(a.Fixed, b.Fixed))
	})
	for i, h := range t.holes {
		if h.Fixed != "" && (i == 0 || t.holes[i-1].Fixed != h.Fixed) {
			t.fixed, t.start = append(t.fixed, h.Fixed), append(t.start, i)
		}
	}
	return t
}

// Holes counts what the index knows: CVE × source package × release.
func (x *Index) Holes() int { return x.holes }

// Knows reports whether the index holds anything about a release. Of a release that it knows nothing
// about it cannot say that nothing is open.
func (x *Index) Knows(codename string) bool { return len(x.releases[codename]) > 0 }

// Releases lists the codenames that the index knows, sorted.
func (x *Index) Releases() []string { return slices.Sorted(maps.Keys(x.releases)) }

// Open gives the holes that a version of a source package has in a release. The list belongs to the
// index and must not be changed.
func (x *Index) Open(codename, source, version string) []Hole {
	t := x.line(codename, source, version)
	if t == nil {
		return nil
	}
	i, _ := slices.BinarySearchFunc(t.fixed, version, func(fixed, v string) int {
		if debian.Compare(fixed, v) > 0 {
			return 0
		}
		return -1
	})
	first := len(t.holes)
	if i < len(t.fixed) {
		first = t.start[i]
	} else {
		for first > 0 && t.holes[first-1].Fixed == "" {
			first--
		}
	}
	open := t.holes[first:]
	if !t.apart {
		return open
	}
	return slices.DeleteFunc(slices.Clone(open), func(h Hole) bool { return h.spares(version) })
}

// line is what is known about a version of a source package.
func (x *Index) line(codename, source, version string) *timeline {
	sources := x.releases[codename]
	if x.fips && isCertified(version) {
		if t := sources[certified(source)]; t != nil {
			return t
		}
	}
	return sources[source]
}

// spares reports whether a version does not have the hole although no fixed version that everybody gets is
// reached: the hole came later, or Ubuntu Pro mended it and the version is Pro's. Pro writes esm into its
// versions; where nobody but Pro mends anything, all later ones are Pro's.
func (h *Hole) spares(version string) bool {
	if h.introduced != "" && debian.Compare(version, h.introduced) < 0 {
		return true
	}
	return h.Pro != "" && (h.proAlone || strings.Contains(version, "esm")) && debian.Compare(version, h.Pro) >= 0
}
