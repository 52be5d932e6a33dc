// Package bitnami reads Bitnami's vulnerability database (bitnami/vulndb on GitHub): OSV records about web
// applications, under Bitnami's names for them, with SEMVER ranges.
//
// The database is made by matching names in CVE entries, and so contains what is about something else: an
// app for telephones that is called like the server, a plugin, Bitnami's own packaging. Such records would
// say of every installation that it has a hole. They are left out, with the reason.
package bitnami

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/osv"
)

// Publisher is the name that records of this package carry.
const Publisher = "bitnami"

// ErrOther is what Parse gives for records that are about something else than the application.
var ErrOther = errors.New("the record is about something else")

// Parse reads one record.
func Parse(text []byte) (advisory.Record, error) {
	r, err := osv.Parse(text)
	if err != nil {
		return r, err
	}
	var more struct {
		Specific struct {
			CPEs []string `json:"cpes"`
		} `json:"database_specific"`
	}
	if err := json.Unmarshal(text, &more); err != nil {
		return r, fmt.Errorf("database_specific: %w", err)
	}
	r.Publisher = Publisher
	var kept []advisory.Affected
	for _, a := range r.Affected {
		if a.Ecosystem != "Bitnami" {
			continue
		}
		if !speaksOf(a.Package, more.Specific.CPEs) {
			return r, fmt.Errorf("%w: its product is not %.40s itself", ErrOther, a.Package)
		}
		if slices.ContainsFunc(a.Ranges, packaging) {
			return r, fmt.Errorf("%w: Bitnami's packaging of %.40s", ErrOther, a.Package)
		}
		if a.Package == "wordpress-multisite" {
			continue // says once more what is said of wordpress
		}
		a.Ecosystem = advisory.Application
		if a.Package == "wordpress" {
			a.Ecosystem = advisory.WordPress
		}
		kept = append(kept, a)
	}
	r.Affected = kept
	return r, nil
}

// Lines reads records as JSON lines. A record that cannot be read, or is about something else, is
// reported; the others stand.
func Lines(text string) (records []advisory.Record, skipped []advisory.Skip) {
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		r, err := Parse([]byte(line))
		switch {
		case err != nil && r.ID != "":
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d (%.80s)", n, r.ID), Why: err.Error()})
		case err != nil:
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: err.Error()})
		case len(r.Affected) > 0:
			records = append(records, r)
		}
	}
	return records, skipped
}

// devices are the systems on which a product called like the server is an app that talks to it.
var devices = []string{"android", "iphone_os", "ios", "ipados", "macos", "windows", "linux"}

// speaksOf reports whether one of the product names (CPE 2.3, NISTIR 7695) is the application's own: not a
// plugin's for it, nor an app's. Records without any are believed.
func speaksOf(name string, cpes []string) bool {
	if len(cpes) == 0 {
		return true
	}
	return slices.ContainsFunc(cpes, func(cpe string) bool {
		f := strings.Split(strings.ReplaceAll(cpe, `\:`, "-"), ":")
		if len(f) < 11 || slices.Contains(devices, f[10]) {
			return false
		}
		return f[10] != strings.TrimSuffix(name, "-multisite") // "for WordPress" is a plugin
	})
}

// packaging reports whether a bound is a revision of Bitnami's own: 6.7.2-7.
func packaging(r advisory.Range) bool {
	return slices.ContainsFunc([]string{r.Introduced, r.Fixed, r.LastAffected}, func(v string) bool {
		_, revision, found := strings.Cut(v, "-")
		return found && revision != "" && strings.Trim(revision, "0123456789") == ""
	})
}
