// Package osv reads records in the Open Source Vulnerability format (schema 1.x), one by one or from
// the zip files in which whole ecosystems are published.
//
// A record of Debian counts only with the release it speaks of: without one every release would seem
// to have the hole.
package osv

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// Publisher is the name that records of this package carry.
const Publisher = "osv"

// MaxRecord is the size in bytes of the largest record that is read.
const MaxRecord = 8 << 20

type document struct {
	ID         string    `json:"id"`
	Published  time.Time `json:"published"`
	Modified   time.Time `json:"modified"`
	Withdrawn  time.Time `json:"withdrawn"`
	Aliases    []string  `json:"aliases"`
	Upstream   []string  `json:"upstream"`
	Summary    string    `json:"summary"`
	Severity   []score   `json:"severity"`
	Affected   []product `json:"affected"`
	References []struct {
		URL string `json:"url"`
	} `json:"references"`
}

type score struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

type product struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Severity []score `json:"severity"`
	Ranges   []struct {
		Type   string              `json:"type"`
		Events []map[string]string `json:"events"`
	} `json:"ranges"`
	Versions []string `json:"versions"`
	Specific struct {
		Urgency string `json:"urgency"`
	} `json:"ecosystem_specific"`
}

// Parse reads one record.
func Parse(text []byte) (advisory.Record, error) {
	if len(text) > MaxRecord {
		return advisory.Record{}, fmt.Errorf("a record has at most %d bytes, not %d", MaxRecord, len(text))
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return advisory.Record{}, err
	}
	if d.ID == "" {
		return advisory.Record{}, fmt.Errorf("the record has no id")
	}
	r := advisory.Record{
		ID: d.ID, Publisher: Publisher, Title: d.Summary,
		Published: d.Published, Modified: d.Modified, Withdrawn: !d.Withdrawn.IsZero(),
	}
	for _, name := range slices.Concat([]string{d.ID}, d.Upstream, d.Aliases) {
		switch {
		case strings.HasPrefix(name, "CVE-"), strings.HasPrefix(name, "TEMP-"):
			if !slices.Contains(r.CVEs, name) {
				r.CVEs = append(r.CVEs, name)
			}
		case name != d.ID && !slices.Contains(r.Aliases, name):
			r.Aliases = append(r.Aliases, name)
		}
	}
	scores := d.Severity
	for i, p := range d.Affected {
		scores = append(scores, p.Severity...)
		a, ok, err := p.affected()
		if err != nil {
			return r, fmt.Errorf("affected[%d]: %w", i, err)
		}
		if ok {
			r.Affected = append(r.Affected, a)
		}
	}
	for _, s := range scores {
		if strings.HasPrefix(s.Type, "CVSS_") && !slices.Contains(r.Vectors, s.Score) {
			r.Vectors = append(r.Vectors, s.Score)
		}
	}
	for _, ref := range d.References {
		r.References = append(r.References, advisory.Reference{URL: ref.URL})
	}
	return r, nil
}

// affected turns a product into the terms of the house. ok is false for what says nothing that can be
// matched: a Debian package without its release, a repository's commits.
func (p product) affected() (a advisory.Affected, ok bool, err error) {
	name, release, _ := strings.Cut(p.Package.Ecosystem, ":")
	a = advisory.Affected{Ecosystem: advisory.Ecosystem(p.Package.Ecosystem), Package: p.Package.Name, State: advisory.Unfixed, Urgency: p.Specific.Urgency}
	if p.Package.Name == "" {
		return a, false, nil
	}
	if name == "Debian" {
		codename, known := debian.Codename(release)
		if release == "" || !known {
			return a, false, nil
		}
		a.Ecosystem = advisory.Debian(codename)
	}
	for _, r := range p.Ranges {
		if r.Type != "ECOSYSTEM" && r.Type != "SEMVER" {
			continue
		}
		spans, err := spansOf(r.Events)
		if err != nil {
			return a, false, err
		}
		a.Ranges = append(a.Ranges, spans...)
	}
	if len(a.Ranges) == 0 { // listed versions alone
		for _, v := range p.Versions {
			a.Ranges = append(a.Ranges, advisory.Range{Introduced: v, LastAffected: v})
		}
	}
	if slices.ContainsFunc(a.Ranges, func(r advisory.Range) bool { return r.Fixed != "" }) {
		a.State = advisory.Fixed
	}
	return a, len(a.Ranges) > 0, nil
}

// spansOf reads the events of a range, in the order of the record: each introduction opens a span, a
// fix or a last affected version closes it.
func spansOf(events []map[string]string) ([]advisory.Range, error) {
	var spans []advisory.Range
	open := false
	for _, e := range events {
		if len(e) != 1 {
			return nil, fmt.Errorf("an event has one of introduced, fixed, last_affected, limit, not %d", len(e))
		}
		for kind, version := range e {
			switch kind {
			case "introduced":
				spans = append(spans, advisory.Range{Introduced: version})
				open = true
			case "fixed", "last_affected":
				if !open {
					if len(spans) == 0 {
						return nil, fmt.Errorf("%s %.40q comes before any introduction", kind, version)
					}
					continue // a second end of the same span: the first one closed it
				}
				open = false
				if kind == "fixed" {
					spans[len(spans)-1].Fixed = version
				} else {
					spans[len(spans)-1].LastAffected = version
				}
			case "limit":
			default:
				return nil, fmt.Errorf("%.40q is no event; events are introduced, fixed, last_affected, limit", kind)
			}
		}
	}
	return spans, nil
}
