package csaf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

const (
	maxNamed = 3   // products named in a skip
	maxNote  = 200 // bytes
)

// statements gathers what a vulnerability says about products, by package.
type statements struct {
	place   string
	known   map[string]product
	subject map[subject]*standings
	lost    map[string][]string // why → names of products
}

type subject struct {
	ecosystem advisory.Ecosystem
	pkg       string
}

// standings are the statements about one package.
type standings struct {
	affected []advisory.Range
	first    []string // first affected versions, of each line of development
	last     []string // last affected versions
	every    bool     // affected in all versions
	fixed    []string // versions
	clear    bool     // not affected in any version
	unknown  []advisory.Range
	asked    bool // under investigation
}

// read takes in the statuses of a vulnerability.
func (s *statements) read(v node) {
	s.subject, s.lost = map[subject]*standings{}, map[string][]string{}
	status := v.at("product_status")
	for _, list := range []string{"first_affected", "known_affected", "last_affected", "first_fixed", "fixed", "known_not_affected", "under_investigation"} {
		for _, id := range status.texts(list + "[]") {
			p := s.known[id]
			if p.lost != "" {
				s.lost[p.lost] = append(s.lost[p.lost], p.name)
				continue
			}
			if why := s.take(list, p); why != "" {
				s.lost[why] = append(s.lost[why], p.name)
			}
		}
	}
}

// take takes in one statement, or says why it cannot be kept.
func (s *statements) take(list string, p product) (why string) {
	key := subject{p.ecosystem, p.pkg}
	st := s.subject[key]
	if st == nil {
		st = &standings{}
	}
	one := []advisory.Range{{Introduced: p.version, LastAffected: p.version}}
	if p.span != "" {
		ranges, ok := readSpan(p.span)
		if !ok {
			// Half understood, it would either clear or accuse the wrong versions.
			return fmt.Sprintf("its range of versions %q is not understood", shortened(p.span))
		}
		one = ranges
	}
	all := p.version == "" && (p.span == "" || slices.Contains(one, advisory.Range{}))
	switch list {
	case "first_affected", "known_affected", "last_affected":
		switch {
		case all:
			st.every = true
		case p.version != "" && list == "first_affected":
			st.first = append(st.first, p.version)
		case p.version != "" && list == "last_affected":
			st.last = append(st.last, p.version)
		default:
			st.affected = append(st.affected, one...)
		}
	case "first_fixed", "fixed":
		if p.version == "" {
			return "it is fixed, and no single version is named"
		}
		st.fixed = append(st.fixed, p.version)
	case "known_not_affected":
		if !all {
			// A statement about one version must not clear the others.
			return "only some versions of it are not affected, and only the affected ones can be kept"
		}
		st.clear = true
	default:
		st.asked = true
		if !all {
			st.unknown = append(st.unknown, one...)
		}
	}
	s.subject[key] = st
	return ""
}

// affected are the statements in the core's form, sorted.
func (s *statements) affected() []advisory.Affected {
	var out []advisory.Affected
	for key, st := range s.subject {
		st.join(key.ecosystem)
		a := advisory.Affected{Ecosystem: key.ecosystem, Package: key.pkg}
		switch {
		case st.every || len(st.affected) > 0:
			out = append(out, st.holes(a))
		case len(st.fixed) > 0:
			a.State = advisory.Fixed
			for _, v := range st.fixed {
				a.Ranges = append(a.Ranges, advisory.Range{Fixed: v})
			}
			out = append(out, a)
		case st.clear && !st.asked:
			a.State = advisory.NotAffected
			out = append(out, a)
		}
		if st.asked {
			a := advisory.Affected{Ecosystem: key.ecosystem, Package: key.pkg, State: advisory.Undetermined, Ranges: st.unknown}
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b advisory.Affected) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Package, b.Package), cmp.Compare(a.State, b.State))
	})
	return out
}

// join makes a range of the first and the last affected version. Where there are several, nobody says which
// belong together, and they stay what they are: affected versions. Fixed versions are sorted, in Debian's
// order for Debian's packages and as texts for others, which cannot be compared here.
func (st *standings) join(e advisory.Ecosystem) {
	order := strings.Compare
	if strings.HasPrefix(string(e), "Debian:") {
		order = debian.Compare
	}
	slices.SortFunc(st.fixed, order)
	st.fixed = slices.Compact(st.fixed)
	if len(st.first) == 1 && len(st.last) == 1 {
		st.affected = append(st.affected, advisory.Range{Introduced: st.first[0], LastAffected: st.last[0]})
		st.first, st.last = nil, nil
	}
	for _, v := range append(st.first, st.last...) {
		st.affected = append(st.affected, advisory.Range{Introduced: v, LastAffected: v})
	}
	st.first, st.last = nil, nil
}

// holes says which versions are affected. A range ends in a fixed version where the publisher says so, or,
// in Debian's order, in the next version that is called fixed. Elsewhere versions cannot be compared here,
// and the fixed ones are named in the note.
func (st *standings) holes(a advisory.Affected) advisory.Affected {
	a.State = advisory.Unfixed
	if st.every && len(st.fixed) == 0 {
		return a
	}
	if st.every {
		a.State = advisory.Fixed
		for _, v := range st.fixed {
			a.Ranges = append(a.Ranges, advisory.Range{Fixed: v})
		}
		return a
	}
	for _, r := range st.affected {
		if next := st.next(a.Ecosystem, r); next != "" {
			r.LastAffected, r.Fixed = "", next
		}
		if r.Fixed != "" {
			a.State = advisory.Fixed
		}
		a.Ranges = append(a.Ranges, r)
	}
	if a.State == advisory.Unfixed && len(st.fixed) > 0 {
		a.State = advisory.Fixed
	}
	if len(st.fixed) > 0 {
		a.Note = shortened("fixed in " + strings.Join(st.fixed[:min(len(st.fixed), maxNote)], ", "))
	}
	return a
}

// next is the first fixed version after a range of Debian versions that has no end of its own.
func (st *standings) next(e advisory.Ecosystem, r advisory.Range) string {
	if !strings.HasPrefix(string(e), "Debian:") || r.Fixed != "" {
		return ""
	}
	from := cmp.Or(r.LastAffected, r.Introduced)
	i, _ := slices.BinarySearchFunc(st.fixed, from, debian.Compare)
	for i < len(st.fixed) && debian.Compare(st.fixed[i], from) == 0 {
		i++ // the version itself is affected
	}
	if i >= len(st.fixed) {
		return ""
	}
	return st.fixed[i]
}

// skips are the statements that were left out, put together by reason.
func (s *statements) skips() []advisory.Skip {
	out := make([]advisory.Skip, 0, len(s.lost))
	for why, names := range s.lost {
		slices.Sort(names)
		names = slices.Compact(names)
		shown := make([]string, 0, maxNamed)
		for _, n := range names[:min(maxNamed, len(names))] {
			shown = append(shown, fmt.Sprintf("%q", shortened(n)))
		}
		more := ""
		if n := len(names) - maxNamed; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		out = append(out, advisory.Skip{Place: s.place, Why: strings.Join(shown, ", ") + more + " left out: " + why})
	}
	slices.SortFunc(out, func(a, b advisory.Skip) int { return strings.Compare(a.Why, b.Why) })
	return out
}

// shortened keeps texts of publishers readable in messages.
func shortened(s string) string {
	if len(s) <= maxNote {
		return s
	}
	return strings.ToValidUTF8(s[:maxNote], "") + "…"
}
