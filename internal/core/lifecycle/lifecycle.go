// Package lifecycle knows until when software is looked after: releases of distributions, products beside
// them, and the packages of a release that get less than the rest. It says how a system stands, what has to
// be told to whom before the end (12, 6, 3 and 1 months), and that the duty to update pauses after it
// (IT-35, IT-37).
//
// Every date carries its source. Where two sources disagree, the earlier date counts and both are shown.
package lifecycle

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Release is one release of a distribution. Days are UTC; a zero day is not known.
type Release struct {
	Distribution string    `json:"distribution"` // debian, ubuntu
	Version      string    `json:"version"`      // 12, 24.04
	Codename     string    `json:"codename"`
	Released     time.Time `json:"released,omitzero"`
	End          time.Time `json:"end,omitzero"`      // last day of the full security support
	Extended     time.Time `json:"extended,omitzero"` // last day of the long-term support by volunteers (LTS)
	Paid         time.Time `json:"paid,omitzero"`     // last day of support that is paid for (ELTS, ESM)
	Source       string    `json:"source"`            // the feed that says so
}

// Product is a line of versions of software beside the distribution.
type Product struct {
	Name    string    `json:"name"`  // php
	Cycle   string    `json:"cycle"` // 8.2
	End     time.Time `json:"end,omitzero"`
	Paid    time.Time `json:"paid,omitzero"`   // last day of its makers' support that is paid for
	Ended   bool      `json:"ended,omitempty"` // the source says so without a day
	Open    bool      `json:"open,omitempty"`  // the source says that it has not ended
	Latest  string    `json:"latest,omitempty"`
	Source  string    `json:"source"`
	AsOf    time.Time `json:"as_of,omitzero"` // when the source said so
	Comment string    `json:"comment,omitempty"`
}

// Support is a package of a release that gets less than the rest of it.
type Support struct {
	Pattern string    `json:"pattern"`        // name of the source package; golang.* or golang* stands for all that begin so
	Limited bool      `json:"limited"`        // false: the support ends, or has ended
	Full    bool      `json:"full,omitempty"` // an exception to a pattern: it is looked after like the rest
	Last    string    `json:"last,omitempty"`
	End     time.Time `json:"end,omitzero"`
	Why     string    `json:"why,omitempty"`
	Source  string    `json:"source"`
}

// Table is what all sources say together. It is built once and not changed afterwards.
type Table struct {
	releases []Release
	products map[string][]Product
	support  map[string][]Support // by codename
}

// NewTable puts together what sources say. Support is by codename.
func NewTable(releases []Release, products []Product, support map[string][]Support) *Table {
	t := &Table{releases: releases, products: map[string][]Product{}, support: support}
	for _, p := range products {
		t.products[p.Name] = append(t.products[p.Name], p)
	}
	return t
}

// Empty reports whether nothing is known about any release.
func (t *Table) Empty() bool { return t == nil || len(t.releases) == 0 }

// Phase is how far the life of something is.
type Phase string

// The phases.
const (
	Full      Phase = "full"       // everything is looked after
	Long      Phase = "long_term"  // security updates by the long-term support
	PaidOnly  Phase = "paid_only"  // only for those who pay for it
	Ended     Phase = "ended"      // nobody looks after it
	Unstarted Phase = "unreleased" // it is not released yet
	Unknown   Phase = "unknown"    // no source says anything
)

// Text is the phase in words.
func (p Phase) Text() lang.Text {
	switch p {
	case Full:
		return lang.T("voll gepflegt", "fully supported")
	case Long:
		return lang.T("Langzeitpflege", "long-term support")
	case PaidOnly:
		return lang.T("nur gegen Bezahlung", "for a fee only")
	case Ended:
		return lang.T("nicht mehr gepflegt", "no longer supported")
	case Unstarted:
		return lang.T("noch nicht veröffentlicht", "not released yet")
	}
	return lang.T("nicht bekannt", "not known")
}

// Supported is the phase as policies ask for it (IT-37).
func (p Phase) Supported() policy.OSSupported {
	switch p {
	case Full:
		return policy.OSSupportedFull
	case Long:
		return policy.OSSupportedExtended
	case PaidOnly, Ended: // without a contract for it, paid support is none
		return policy.OSSupportedEnded
	}
	return policy.OSSupportedUnknown
}

// Standing is how something stands on a day.
type Standing struct {
	Name    string      `json:"name"` // Debian 12 (bookworm)
	Phase   Phase       `json:"phase"`
	End     time.Time   `json:"end,omitzero"` // last day with security updates for everybody
	Next    time.Time   `json:"next,omitzero"`
	Sources []string    `json:"sources"`
	Reasons []lang.Text `json:"reasons"`
}

// Of is how a release stands. The codename counts; a version is for hosts that tell no codename.
func (t *Table) Of(now time.Time, distribution, codename, version string) Standing {
	s := Standing{Name: strings.TrimSpace(distribution + " " + cmp.Or(version, codename)), Phase: Unknown}
	var all []Release
	if t != nil {
		for _, r := range t.releases {
			if r.Distribution == distribution && (codename != "" && r.Codename == codename || codename == "" && version != "" && r.Version == version) {
				all = append(all, r)
			}
		}
	}
	if len(all) == 0 {
		s.Reasons = []lang.Text{lang.Textf("Keine Quelle sagt, bis wann %[1]s gepflegt wird.", "No source says until when %[1]s is supported.", s.Name)}
		return s
	}
	r := earliest(all)
	s.Name = title(r)
	for _, x := range all {
		if !slices.Contains(s.Sources, x.Source) {
			s.Sources = append(s.Sources, x.Source)
		}
	}
	s.End = r.End
	if r.Extended.After(s.End) {
		s.End = r.Extended
	}
	day := func(at time.Time) bool { return !at.IsZero() && now.Before(at.AddDate(0, 0, 1)) }
	switch {
	case !r.Released.IsZero() && now.Before(r.Released):
		s.Phase, s.Next = Unstarted, r.Released
	case r.End.IsZero():
	case day(r.End):
		s.Phase, s.Next = Full, r.End
	case day(r.Extended):
		s.Phase, s.Next = Long, r.Extended
	case day(r.Paid):
		s.Phase, s.Next = PaidOnly, r.Paid
	default:
		s.Phase = Ended
	}
	s.explain(r, all)
	return s
}

// earliest is what counts where sources disagree: of each date the earlier one.
func earliest(all []Release) Release {
	r := all[0]
	for _, x := range all[1:] {
		for _, d := range []struct{ to, from *time.Time }{{&r.End, &x.End}, {&r.Extended, &x.Extended}, {&r.Paid, &x.Paid}} {
			if d.to.IsZero() || !d.from.IsZero() && d.from.Before(*d.to) {
				*d.to = *d.from
			}
		}
	}
	return r
}

func title(r Release) string {
	name := map[string]string{"debian": "Debian", "ubuntu": "Ubuntu"}[r.Distribution]
	return cmp.Or(name, r.Distribution) + " " + r.Version + " (" + r.Codename + ")"
}

func (s *Standing) explain(r Release, all []Release) {
	sources := strings.Join(s.Sources, ", ")
	tell := func(at time.Time, de, en string) {
		if !at.IsZero() {
			s.Reasons = append(s.Reasons, lang.Text{DE: de + " bis " + lang.Date(at, lang.DE) + " (" + sources + ").", EN: en + " until " + lang.Date(at, lang.EN) + " (" + sources + ")."})
		}
	}
	s.Reasons = append(s.Reasons, lang.Textf("%[1]s: %[2]s.", "%[1]s: %[2]s.", s.Name, s.Phase.Text()))
	tell(r.End, "Volle Pflege", "Full support")
	tell(r.Extended, "Langzeitpflege", "Long-term support")
	tell(r.Paid, "Pflege gegen Bezahlung", "Support for a fee")
	for _, x := range all[1:] {
		if x.End != all[0].End || x.Extended != all[0].Extended {
			s.Reasons = append(s.Reasons, lang.Textf("Die Quellen nennen verschiedene Tage (%[1]s: %[2]s, %[3]s: %[4]s); der frühere zählt.",
				"The sources name different days (%[1]s: %[2]s, %[3]s: %[4]s); the earlier one counts.", all[0].Source, all[0].End.Format(time.DateOnly), x.Source, x.End.Format(time.DateOnly)))
			break
		}
	}
	if s.Phase == Ended || s.Phase == PaidOnly {
		s.Reasons = append(s.Reasons, lang.T("Die Pflicht zu Updates ruht: Es gibt keine mehr. Für personenbezogene Daten darauf übernimmt der Provider keine Verantwortung (IT-37).",
			"The duty to update pauses: there are none any more. The provider takes no responsibility for personal data on it (IT-37)."))
	}
}

// Product is what sources say about a line of versions of a product beside the distribution.
func (t *Table) Product(name, cycle string) (Product, bool) {
	if t == nil {
		return Product{}, false
	}
	for _, p := range t.products[name] {
		if p.Cycle == cycle {
			return p, true
		}
	}
	return Product{}, false
}

// Less lists, sorted, what of the source packages of a release gets less support than the release, and why.
// Support that ends later is listed, too.
func (t *Table) Less(codename string, sources []string) map[string]Support {
	out := map[string]Support{}
	if t == nil {
		return out
	}
	full := map[string]bool{}
	for _, s := range t.support[codename] {
		if s.Full {
			full[s.Pattern] = true
		}
	}
	for _, s := range t.support[codename] {
		for _, name := range sources {
			if s.Full || full[name] || !s.covers(name) {
				continue
			}
			if have, ok := out[name]; ok && (!have.Limited || s.Limited) {
				continue // that it ends says more than that it is limited
			}
			out[name] = s
		}
	}
	return out
}

// covers reports whether the entry is about a source package.
func (s Support) covers(name string) bool {
	prefix, many := strings.CutSuffix(s.Pattern, ".*")
	if !many {
		prefix, many = strings.CutSuffix(s.Pattern, "*")
	}
	if many {
		return strings.HasPrefix(name, prefix)
	}
	return name == s.Pattern
}
