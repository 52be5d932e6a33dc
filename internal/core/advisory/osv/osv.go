// Package osv reads records in the Open Source Vulnerability format (schema 1.x), one by one or from
// the zip files in which whole ecosystems are published.
//
// A record of Debian or Ubuntu counts only with the release it speaks of: without one every release would
// seem to have the hole.
package osv

import (
	"cmp"
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
	Related    []string  `json:"related"`
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
	Versions json.RawMessage `json:"versions"` // read only where there are no ranges: it is most of a record
	Specific struct {
		Urgency      string `json:"urgency"`      // Debian's
		Availability string `json:"availability"` // Ubuntu's: what one has to subscribe to
	} `json:"ecosystem_specific"`
	Database struct {
		CVEs struct {
			List []struct {
				ID string `json:"id"`
			} `json:"cves"`
		} `json:"cves_map"` // Ubuntu's: which of a notice's holes the package had
	} `json:"database_specific"`
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
	r.CVEs, r.Aliases = d.names()
	scores := d.Severity
	for i, p := range d.Affected {
		scores = append(scores, p.Severity...)
		a, ok, err := p.affected()
		if err != nil {
			return r, fmt.Errorf("affected[%d]: %w", i, err)
		}
		if !ok || livepatch(d.ID, p) {
			continue
		}
		if _, _, packaged := a.Ecosystem.Release(); packaged && a.Urgency == "" {
			a.Urgency = cmp.Or(priority(p.Severity), priority(d.Severity))
		}
		r.Affected = append(r.Affected, a)
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

// names are the holes that a record is about, and what else it is called. Debian's and Ubuntu's own
// entries for a CVE have its name with theirs in front.
func (d *document) names() (cves, aliases []string) {
	take := func(names []string, others bool) {
		for _, name := range names {
			cve := cveOf(name)
			switch {
			case cve != "":
				if !slices.Contains(cves, cve) {
					cves = append(cves, cve)
				}
			case others && name != d.ID && !slices.Contains(aliases, name):
				aliases = append(aliases, name)
			}
		}
	}
	take([]string{d.ID}, false)
	take(d.Upstream, true)
	take(d.Aliases, true)
	if len(cves) == 0 && notice(d.ID) { // older notices name their holes as merely related
		take(d.Related, false)
	}
	return cves, aliases
}

// cveOf is the CVE that a name is of; empty for the name of something else.
func cveOf(name string) string {
	for _, publisher := range []string{"UBUNTU-", "DEBIAN-"} {
		if rest, ok := strings.CutPrefix(name, publisher); ok && strings.HasPrefix(rest, "CVE-") {
			return rest
		}
	}
	if strings.HasPrefix(name, "CVE-") || strings.HasPrefix(name, "TEMP-") {
		return name
	}
	return ""
}

// affected turns a product into the terms of the house. ok is false for what says nothing that can be
// matched: a package of Debian or Ubuntu without its release, a repository's commits.
func (p *product) affected() (a advisory.Affected, ok bool, err error) {
	name, release, _ := strings.Cut(p.Package.Ecosystem, ":")
	a = advisory.Affected{Ecosystem: advisory.Ecosystem(p.Package.Ecosystem), Package: p.Package.Name, State: advisory.Unfixed, Urgency: p.Specific.Urgency}
	if p.Package.Name == "" {
		return a, false, nil
	}
	switch name {
	case "Debian":
		codename, known := debian.Codename(release)
		if release == "" || !known {
			return a, false, nil
		}
		a.Ecosystem = advisory.Debian(codename)
	case "Ubuntu":
		codename, service, known := p.ubuntu(release)
		if !known {
			return a, false, nil
		}
		a.Ecosystem, a.CVEs = advisory.Ubuntu(codename, service), p.cves()
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
		var list []string
		if len(p.Versions) > 0 {
			if err := json.Unmarshal(p.Versions, &list); err != nil {
				return a, false, err
			}
		}
		for _, v := range list {
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
