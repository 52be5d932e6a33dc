// Package friendsofphp reads the PHP Security Advisories Database (FriendsOfPHP/security-advisories on
// GitHub): one YAML file per advisory, or the same entries as JSON, one a line.
//
// An advisory names one Composer package and, for each branch of it, constraints that an affected version
// fulfils all of: [">=8.0.0", "<8.7.17"].
package friendsofphp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application/composer"
	"github.com/patchwart/patchwart/internal/core/yamltext"
)

// Publisher is the name that records of this package carry.
const Publisher = "friendsofphp"

// Bounds of an advisory. The largest has some 30 branches in 4 KiB.
const (
	MaxRecord      = 256 << 10 // bytes
	maxBranches    = 1000
	maxConstraints = 16
)

type document struct {
	Path      string            `json:"_path" yaml:"-"`
	Reference string            `json:"reference" yaml:"reference"`
	Title     string            `json:"title" yaml:"title"`
	Link      string            `json:"link" yaml:"link"`
	CVE       string            `json:"cve" yaml:"cve"`
	Branches  map[string]branch `json:"branches" yaml:"branches"`
}

type branch struct {
	Time     string   `json:"time" yaml:"time"`
	Versions []string `json:"versions" yaml:"versions"`
}

// ParseYAML reads one file of the database. Its path there, "typo3/cms-core/CVE-2018-6905.yaml", gives
// the record its name.
func ParseYAML(path string, text []byte) (advisory.Record, error) {
	if len(text) > MaxRecord {
		return advisory.Record{}, fmt.Errorf("an advisory has at most %d bytes, not %d", MaxRecord, len(text))
	}
	var d document
	if err := yamltext.Read(text, &d); err != nil {
		return advisory.Record{}, fmt.Errorf("the advisory is no readable YAML: %w", err)
	}
	d.Path = path
	return d.record()
}

// Lines reads entries as JSON lines. An entry that cannot be read is reported, the others stand.
func Lines(text string) (records []advisory.Record, skipped []advisory.Skip) {
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, err := parseJSON(line)
		if err != nil {
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: err.Error()})
			continue
		}
		records = append(records, r)
	}
	return records, skipped
}

func parseJSON(line string) (advisory.Record, error) {
	if len(line) > MaxRecord {
		return advisory.Record{}, fmt.Errorf("an advisory has at most %d bytes, not %d", MaxRecord, len(line))
	}
	var d document
	if err := json.Unmarshal([]byte(line), &d); err != nil {
		return advisory.Record{}, fmt.Errorf("the advisory is no readable JSON: %w", err)
	}
	return d.record()
}

func (d document) record() (advisory.Record, error) {
	id, ok := strings.CutSuffix(d.Path, ".yaml")
	if !ok || id == "" {
		return advisory.Record{}, fmt.Errorf("the path %.80q does not end in .yaml and so gives no name", d.Path)
	}
	name, ok := strings.CutPrefix(d.Reference, "composer://")
	if !ok || strings.Count(name, "/") != 1 || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") {
		return advisory.Record{}, fmt.Errorf("reference is %.80q; composer://vendor/package was expected", d.Reference)
	}
	if len(d.Branches) == 0 || len(d.Branches) > maxBranches {
		return advisory.Record{}, fmt.Errorf("branches has %d entries; 1 to %d were expected", len(d.Branches), maxBranches)
	}
	r := advisory.Record{ID: id, Publisher: Publisher, Title: d.Title}
	if strings.HasPrefix(d.CVE, "CVE-") {
		r.CVEs = []string{d.CVE}
	}
	if d.Link != "" {
		r.References = []advisory.Reference{{URL: d.Link}}
	}
	hit := advisory.Affected{Ecosystem: advisory.Packagist, Package: strings.ToLower(name), State: advisory.Unfixed}
	not := advisory.Affected{Ecosystem: advisory.Packagist, Package: hit.Package, State: advisory.NotAffected}
	for _, label := range slices.Sorted(maps.Keys(d.Branches)) {
		b := d.Branches[label]
		span, except, err := rangeOf(b.Versions)
		if err != nil {
			return advisory.Record{}, fmt.Errorf("branches.%.40s.versions: %w", label, err)
		}
		hit.Ranges = append(hit.Ranges, span)
		not.Ranges = append(not.Ranges, except...)
		if span.Fixed != "" {
			hit.State = advisory.Fixed
		}
		// The times of the branches are when each was fixed; the first of them made the hole public.
		if at, ok := moment(b.Time); ok && (r.Published.IsZero() || at.Before(r.Published)) {
			r.Published = at
		}
	}
	r.Affected = []advisory.Affected{hit}
	if len(not.Ranges) > 0 {
		r.Affected = append(r.Affected, not)
	}
	return r, nil
}

// moment reads the times of branches. One writes its day with a single digit.
func moment(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-1-2 15:04:05", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// rangeOf turns the constraints of a branch into a range. What the range cannot say, it gives as
// exceptions: the lower bound of ">1.0", the version of "!=1.5".
func rangeOf(constraints []string) (span advisory.Range, except []advisory.Range, err error) {
	if len(constraints) == 0 || len(constraints) > maxConstraints {
		return span, nil, fmt.Errorf("there are %d constraints; 1 to %d were expected", len(constraints), maxConstraints)
	}
	for _, c := range constraints {
		operator, version := split(c)
		if !composer.Orderable(version) {
			return span, nil, fmt.Errorf("%.40q is no constraint; an operator and a version were expected, as in >=8.0.0", c)
		}
		into := &span.Introduced
		switch operator {
		case ">=":
			version = withPreReleases(version)
		case ">":
			except = append(except, advisory.Range{Introduced: version, LastAffected: version})
		case "<":
			into = &span.Fixed
		case "<=":
			into = &span.LastAffected
		case "!=", "<>":
			except = append(except, advisory.Range{Introduced: version, LastAffected: version})
			continue
		case "", "=", "==":
			if span.LastAffected != "" {
				return span, nil, fmt.Errorf("there are two upper bounds, %.40q and %.40q", span.LastAffected, version)
			}
			span.LastAffected = version
		default:
			return span, nil, fmt.Errorf("%.10q is no operator; operators are < <= > >= = == !=", operator)
		}
		if *into != "" {
			return span, nil, fmt.Errorf("there are two bounds on one side, %.40q and %.40q", *into, version)
		}
		*into = version
	}
	if span.Fixed != "" && span.LastAffected != "" {
		return span, nil, fmt.Errorf("there are two upper bounds, %.40q and %.40q", span.Fixed, span.LastAffected)
	}
	return span, except, nil
}

// withPreReleases lowers a bound below the pre-releases of its version, because Composer counts them in:
// 9.0.0-RC1 fulfils ">=9.0.0". (By its other rule, 8.7.17-RC1 does not fulfil "<8.7.17"; that is not
// followed, for whether a pre-release of the fix has the fix is in doubt.)
func withPreReleases(version string) string {
	if strings.Trim(version, "v0123456789.") != "" {
		return version // names a stability itself
	}
	return version + "-dev"
}

func split(constraint string) (operator, version string) {
	c := strings.TrimSpace(constraint)
	i := 0
	for i < len(c) && strings.IndexByte("<>=!", c[i]) >= 0 {
		i++
	}
	return c[:i], strings.TrimSpace(c[i:])
}
