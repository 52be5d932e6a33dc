package application

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Action is what Patchwart does about a finding.
type Action string

// NoAction is the only one: web applications are changed by those who own them (IT-43).
const NoAction Action = "none"

// Finding is one published hole in one application that was found. What all publishers say about the hole
// is put together.
type Finding struct {
	Found
	Hole       string               `json:"hole"` // the CVE, or the advisory where none was given
	CVEs       []string             `json:"cves,omitempty"`
	Advisories []string             `json:"advisories"`         // "publisher: id", sorted
	Summary    string               `json:"summary,omitempty"`  // a publisher's title for the hole
	Affected   []advisory.Range     `json:"affected,omitempty"` // the ranges that the version lies in; empty = every version
	Fixed      string               `json:"fixed,omitempty"`    // first version without the hole in the same line; empty: none is named
	Vectors    []string             `json:"vectors,omitempty"`
	Published  time.Time            `json:"published,omitzero"`
	References []advisory.Reference `json:"references,omitempty"`
	Action     Action               `json:"action"` // always NoAction
}

// Unclear is something with published holes of which nobody can say whether they are in it: its version is
// missing or is a branch, or a publisher's bound is. It must never pass for "no holes".
type Unclear struct {
	Found
	Advisories int    `json:"advisories"` // that can be neither confirmed nor excluded
	Action     Action `json:"action"`     // always NoAction
}

// Index answers which advisories hit what was found. It is built once and may then be asked by any number
// of readers at once.
type Index struct {
	entries map[identity][]entry
}

// entry is what one record says about one piece of software.
type entry struct {
	record *advisory.Record
	all    bool   // every version is affected
	hit    []span // versions that are
	clear  []span // versions that the record says are not
}

// NewIndex gives an index of records. Withdrawn ones and those of other ecosystems are left out.
func NewIndex(records []advisory.Record) *Index {
	x := &Index{entries: map[identity][]entry{}}
	for i := range records {
		r := &records[i]
		if r.Withdrawn {
			continue
		}
		for _, a := range r.Affected {
			id, ok := identityOf(a)
			if !ok {
				continue
			}
			list := x.entries[id]
			if len(list) == 0 || list[len(list)-1].record != r {
				list = append(list, entry{record: r})
			}
			e := &list[len(list)-1]
			switch {
			case a.State == advisory.NotAffected:
				e.clear = append(e.clear, spansOf(a.Ranges)...)
			case a.State == advisory.Undetermined:
			case len(a.Ranges) == 0:
				e.all = true
			default:
				e.hit = append(e.hit, spansOf(a.Ranges)...)
			}
			x.entries[id] = list
		}
	}
	return x
}

// Match is NewIndex and Index.Match in one.
func Match(found []Found, records []advisory.Record) ([]Finding, []Unclear) {
	return NewIndex(records).Match(found)
}

// Match lists the holes of what was found, in its order, each with the newest hole first; and what cannot be
// judged. Who has no owner yet is the customer's (IT-43).
func (x *Index) Match(found []Found) (findings []Finding, unclear []Unclear) {
	for _, f := range found {
		f.Owner = cmp.Or(f.Owner, policy.PartyCustomer)
		doubts, v := 0, versionOf(f.Version)
		var holes []Finding
		for _, id := range identitiesOf(f) {
			for _, e := range x.entries[id] {
				var doubt bool
				if holes, doubt = e.judge(f, v, id.ecosystem, holes); doubt {
					doubts++
				}
			}
		}
		if doubts > 0 {
			unclear = append(unclear, Unclear{Found: f, Advisories: doubts, Action: NoAction})
		}
		slices.SortStableFunc(holes, func(a, b Finding) int {
			return cmp.Or(b.Published.Compare(a.Published), strings.Compare(a.Hole, b.Hole))
		})
		findings = append(findings, holes...)
	}
	return findings, unclear
}

// judge adds the record's hole to those of f, if the version has it. It reports a doubt if that cannot be
// said.
func (e entry) judge(f Found, v version, eco advisory.Ecosystem, holes []Finding) (_ []Finding, doubt bool) {
	for _, r := range e.clear {
		if in, ok := r.holds(eco, v); ok && in {
			return holes, false
		}
	}
	hit, fixed := e.all, ""
	var spans []advisory.Range
	for _, r := range e.hit {
		in, ok := r.holds(eco, v)
		if !ok {
			doubt = true
		}
		if in {
			hit, spans, fixed = true, append(spans, r.Range), later(eco, fixed, e.fixedFrom(eco, r.Fixed))
		}
	}
	if !hit {
		return holes, doubt
	}
	name := e.record.ID
	if len(e.record.CVEs) > 0 {
		name = e.record.CVEs[0]
	}
	at := slices.IndexFunc(holes, func(h Finding) bool { return h.Hole == name || len(e.record.CVEs) == 0 && sharesLink(h, e.record) })
	if at < 0 {
		at = len(holes)
		holes = append(holes, Finding{Found: f, Hole: name, Summary: e.record.Title, Published: e.record.Published, Action: NoAction})
	}
	h := &holes[at]
	h.Fixed = later(eco, h.Fixed, fixed)
	h.Affected = union(h.Affected, spans)
	h.CVEs = union(h.CVEs, e.record.CVEs)
	h.Vectors = union(h.Vectors, e.record.Vectors)
	h.References = union(h.References, e.record.References)
	h.Advisories = union(h.Advisories, []string{e.record.Publisher + ": " + e.record.ID})
	slices.Sort(h.Advisories)
	if h.Summary == "" {
		h.Summary = e.record.Title
	}
	if at := e.record.Published; h.Published.IsZero() || !at.IsZero() && at.Before(h.Published) {
		h.Published = at
	}
	return holes, false
}

// fixedFrom follows a fixed version to the first one that no other range of the record holds: publishers cut
// lines so that one ends where the next begins (< 9.1.0, then >= 9.1.0 and < 9.1.9).
func (e entry) fixedFrom(eco advisory.Ecosystem, fixed string) string {
	if len(e.hit) == 1 {
		return fixed
	}
	for range e.hit { // each can end it at most once
		v := versionOf(fixed)
		at := slices.IndexFunc(e.hit, func(s span) bool { in, _ := s.holds(eco, v); return in })
		if fixed == "" || at < 0 {
			break
		}
		fixed = e.hit[at].Fixed
	}
	return fixed
}

// sharesLink: two records without a CVE that lead to the same text are about the same hole.
func sharesLink(h Finding, r *advisory.Record) bool {
	return len(h.CVEs) == 0 && slices.ContainsFunc(r.References, func(ref advisory.Reference) bool { return slices.Contains(h.References, ref) })
}

func union[T comparable](to, from []T) []T {
	for _, v := range from {
		if !slices.Contains(to, v) {
			to = append(to, v)
		}
	}
	return to
}
