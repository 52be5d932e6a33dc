// Package kev reads the catalogue of holes that are known to be exploited (CISA KEV, JSON).
package kev

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// Catalogue is one edition.
type Catalogue struct {
	Version  string    // 2026.07.23
	Released time.Time // when this edition was released
	Entries  map[string]Entry
}

// Entry is one hole that is exploited.
type Entry struct {
	CVE        string    `json:"cve"`
	Name       string    `json:"name"`
	Product    string    `json:"product"`
	Added      time.Time `json:"added"` // day
	Due        time.Time `json:"due,omitzero"`
	Ransomware bool      `json:"ransomware"` // known to be used by ransomware; false: not known
}

type document struct {
	Version         string `json:"catalogVersion"`
	Released        string `json:"dateReleased"`
	Count           int    `json:"count"`
	Vulnerabilities []struct {
		CVE        string `json:"cveID"`
		Vendor     string `json:"vendorProject"`
		Product    string `json:"product"`
		Name       string `json:"vulnerabilityName"`
		Added      string `json:"dateAdded"`
		Due        string `json:"dueDate"`
		Ransomware string `json:"knownRansomwareCampaignUse"`
	} `json:"vulnerabilities"`
}

// Parse reads an edition. Entries that cannot be read are reported and left out. An edition that holds
// fewer entries than it says it does is an error: it was cut, and what is missing must not look as if
// nobody exploited it.
func Parse(text []byte) (*Catalogue, []advisory.Skip, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, nil, fmt.Errorf("the catalogue is no JSON of CISA's form: %w", err)
	}
	released, err := time.Parse(time.RFC3339, d.Released)
	switch {
	case d.Version == "" || err != nil:
		return nil, nil, fmt.Errorf("the catalogue needs catalogVersion and dateReleased like 2026-07-23T16:21:10Z, not %.40q and %.40q", d.Version, d.Released)
	case len(d.Vulnerabilities) == 0:
		return nil, nil, fmt.Errorf("the catalogue is empty")
	case d.Count != len(d.Vulnerabilities):
		return nil, nil, fmt.Errorf("the catalogue says that it holds %d entries, and holds %d", d.Count, len(d.Vulnerabilities))
	}
	c := &Catalogue{Version: d.Version, Released: released, Entries: make(map[string]Entry, len(d.Vulnerabilities))}
	var skipped []advisory.Skip
	for i, v := range d.Vulnerabilities {
		added, err := time.Parse(time.DateOnly, v.Added)
		if !strings.HasPrefix(v.CVE, "CVE-") || err != nil {
			skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("vulnerabilities[%d] (%.40s)", i, v.CVE),
				Why: fmt.Sprintf("an entry needs a cveID and a dateAdded like 2026-07-22, not %.40q and %.40q", v.CVE, v.Added)})
			continue
		}
		due, _ := time.Parse(time.DateOnly, v.Due) // of federal agencies; without it nothing changes
		c.Entries[v.CVE] = Entry{CVE: v.CVE, Name: v.Name, Product: strings.TrimSpace(v.Vendor + " " + v.Product), Added: added, Due: due,
			Ransomware: strings.EqualFold(v.Ransomware, "Known")}
	}
	return c, skipped, nil
}
