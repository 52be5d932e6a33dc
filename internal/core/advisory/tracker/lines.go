package tracker

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// advisoryLine is one advisory as a line of JSON: the content of the lists in a form for programs.
type advisoryLine struct {
	ID    string   `json:"id"`
	Date  string   `json:"date"`
	Title string   `json:"title"`
	CVEs  []string `json:"cves"`
	Fixed []struct {
		Package string `json:"package"`
		Release string `json:"release"`
		Version string `json:"version"`
		State   string `json:"state"`
	} `json:"fixed"`
}

// Lines reads advisories as JSON lines: an object a line with id, date, cves and fixed.
func Lines(text string) (records []advisory.Record, skipped []advisory.Skip) {
	var s skips
	lines(text, func(n int, line string) {
		place := fmt.Sprintf("line %d", n)
		if strings.TrimSpace(line) == "" {
			return
		}
		var l advisoryLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.add(place, "%v", err)
			return
		}
		day, err := time.Parse(time.DateOnly, l.Date)
		if l.ID == "" || err != nil {
			s.add(place, "an advisory needs an id and a date like 2026-08-21, not %.40q and %.40q", l.ID, l.Date)
			return
		}
		r := advisory.Record{ID: l.ID, Publisher: Publisher, Title: l.Title, CVEs: l.CVEs, Published: day}
		for _, f := range l.Fixed {
			value := f.Version
			if value == "" {
				value = "<" + f.State + ">"
			}
			a, err := statement(f.Package + " " + value)
			if err != nil || f.Release == "" {
				s.add(fmt.Sprintf("%s (%s)", place, l.ID), "fixed for %.40q: %v", f.Release, err)
				continue
			}
			if a.State != "" {
				a.Ecosystem = advisory.Debian(f.Release)
				r.Affected = append(r.Affected, a)
			}
		}
		records = append(records, r)
	})
	return records, s
}
