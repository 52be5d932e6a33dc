// Package dossier puts together what all feeds say about one hole: the advisories that name it, who
// scored it how, whether it is exploited, and which packages of which releases have it. It is what a
// rating rests on, and what people read.
package dossier

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// Dossier is everything that is said about one CVE.
type Dossier struct {
	CVE        string               `json:"cve"`
	Title      string               `json:"title,omitempty"`
	Published  time.Time            `json:"published,omitzero"` // the earliest date that a publisher gives
	Advisories []Source             `json:"advisories,omitempty"`
	Aliases    []string             `json:"aliases,omitempty"`
	Vectors    []severity.Vector    `json:"vectors,omitempty"`
	KEV        *severity.KEV        `json:"kev,omitempty"`
	EPSS       *severity.EPSS       `json:"epss,omitempty"`
	Packages   []Package            `json:"packages,omitempty"`
	References []advisory.Reference `json:"references,omitempty"`
}

// Source is one publisher's record that names the hole.
type Source struct {
	ID        string    `json:"id"`
	Publisher string    `json:"publisher"`
	Title     string    `json:"title,omitempty"`
	Published time.Time `json:"published,omitzero"`
}

// Package is how a source package of a release of Debian or Ubuntu stands towards the hole.
type Package struct {
	Release string         `json:"release"`
	Source  string         `json:"source"`
	State   advisory.State `json:"state"`
	Fixed   string         `json:"fixed,omitempty"`
	Urgency string         `json:"urgency,omitempty"`
	Note    string         `json:"note,omitempty"`
}

// ubuntu is the publisher of Ubuntu's priorities.
const ubuntu = "Ubuntu"

// The bounds of one dossier: more is left out.
const (
	maxReferences = 50
	maxVectors    = 64
)

// Evidence is what a rating of the hole rests on. The urgency is Debian's for the source package, in
// the release; empty where it gives none. Ubuntu's priority is one more publisher's word.
func (d *Dossier) Evidence(release, source string) severity.Evidence {
	e := severity.Evidence{Holes: []string{d.CVE}, Vectors: d.Vectors, KEV: d.KEV, EPSS: d.EPSS}
	for _, a := range d.Advisories {
		if a.ID != d.CVE {
			e.Holes = append(e.Holes, a.ID)
		}
	}
	for _, p := range d.Packages {
		switch {
		case p.Release != release || p.Source != source || p.Urgency == "":
		case debian.Distribution(release) == ubuntu:
			e.Words = []severity.Word{{Publisher: ubuntu, Text: p.Urgency}}
		default:
			e.Urgency = p.Urgency
		}
	}
	return e
}

// add takes one record in.
func (d *Dossier) add(r *advisory.Record) {
	if d.Title == "" || r.ID == d.CVE && r.Title != "" {
		d.Title = r.Title
	}
	if !r.Published.IsZero() && (d.Published.IsZero() || r.Published.Before(d.Published)) {
		d.Published = r.Published
	}
	if !slices.ContainsFunc(d.Advisories, func(s Source) bool { return s.ID == r.ID && s.Publisher == r.Publisher }) {
		d.Advisories = append(d.Advisories, Source{r.ID, r.Publisher, r.Title, r.Published})
	}
	for _, alias := range r.Aliases {
		if !slices.Contains(d.Aliases, alias) {
			d.Aliases = append(d.Aliases, alias)
		}
	}
	for _, v := range r.Vectors {
		known := slices.ContainsFunc(d.Vectors, func(have severity.Vector) bool { return have.Text == v })
		if !known && len(d.Vectors) < maxVectors {
			d.Vectors = append(d.Vectors, severity.Vector{Publisher: r.Publisher, Text: v})
		}
	}
	for _, ref := range r.References {
		if len(d.References) < maxReferences && !slices.Contains(d.References, ref) {
			d.References = append(d.References, ref)
		}
	}
	for _, a := range r.Affected {
		release, service, ok := a.Ecosystem.Release()
		if !ok || a.Inherited || service == advisory.FIPS || len(a.CVEs) > 0 && !slices.Contains(a.CVEs, d.CVE) {
			continue
		}
		p := Package{Release: release, Source: a.Package, State: a.State, Urgency: a.Urgency, Note: a.Note}
		if service == advisory.Pro && p.State == advisory.Fixed {
			p.State = advisory.ProOnly
		}
		for _, span := range a.Ranges {
			p.Fixed = cmp.Or(span.Fixed, p.Fixed)
		}
		at := slices.IndexFunc(d.Packages, func(have Package) bool {
			return have.Release == release && have.Source == a.Package && have.State == a.State
		})
		if at < 0 {
			d.Packages = append(d.Packages, p)
			continue
		}
		d.Packages[at].Urgency = cmp.Or(d.Packages[at].Urgency, p.Urgency)
	}
}

// sorted brings the lists into an order that does not depend on the order of the feeds.
func (d *Dossier) sorted() {
	slices.SortFunc(d.Advisories, func(a, b Source) int {
		return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Publisher, b.Publisher))
	})
	slices.SortFunc(d.Packages, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Release, b.Release), cmp.Compare(a.State, b.State))
	})
	slices.SortFunc(d.Vectors, func(a, b severity.Vector) int {
		return cmp.Or(cmp.Compare(a.Publisher, b.Publisher), cmp.Compare(a.Text, b.Text))
	})
	slices.Sort(d.Aliases)
}

// Shelf holds the dossiers of all holes, and the indexes that match inventories of packages and of web
// applications.
type Shelf struct {
	Index        *advisory.Index
	Applications *application.Index
	dossiers     map[string]*Dossier
}

// Hole is what is said about a CVE. The dossier belongs to the shelf and must not be changed.
func (s *Shelf) Hole(cve string) (*Dossier, bool) {
	d, ok := s.dossiers[cve]
	return d, ok
}

// Holes counts the CVEs that something is said about.
func (s *Shelf) Holes() int { return len(s.dossiers) }

// Named lists the CVEs that an advisory of that name is about, sorted; a CVE is about itself.
func (s *Shelf) Named(id string) []string {
	if _, ok := s.dossiers[id]; ok {
		return []string{id}
	}
	var found []string
	for cve, d := range s.dossiers {
		if slices.ContainsFunc(d.Advisories, func(a Source) bool { return a.ID == id }) || slices.Contains(d.Aliases, id) {
			found = append(found, cve)
		}
	}
	slices.Sort(found)
	return found
}

// CVEs lists all, sorted.
func (s *Shelf) CVEs() []string { return slices.Sorted(maps.Keys(s.dossiers)) }
