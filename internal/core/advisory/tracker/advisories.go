package tracker

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// Advisories reads DSA/list or DLA/list: for each advisory a line with date, name and package, a line
// with the CVEs in braces, and for each release a line with the version that fixes them.
func Advisories(text string) (records []advisory.Record, skipped []advisory.Skip) {
	var s skips
	var current *advisory.Record
	lines(text, func(n int, line string) {
		place := fmt.Sprintf("line %d", n)
		switch {
		case strings.TrimSpace(line) == "":
		case line[0] == '[':
			current = nil
			r, err := heading(line)
			if err != nil {
				s.add(place, "%v", err)
				return
			}
			records = append(records, r)
			current = &records[len(records)-1]
		case line[0] != '\t' && line[0] != ' ':
			current = nil
			s.add(place, "%.80q is neither the heading of an advisory nor part of one", line)
		case current == nil: // belongs to a heading that could not be read, and is reported with it
		default:
			if err := detail(current, strings.TrimSpace(line)); err != nil {
				s.add(fmt.Sprintf("%s (%s)", place, current.ID), "%v", err)
			}
		}
	})
	return records, s
}

// heading reads "[21 Aug 2026] DSA-6458-1 nginx - security update".
func heading(line string) (advisory.Record, error) {
	date, rest, _ := releaseOf(line)
	day, err := time.Parse("02 Jan 2006", date)
	if err != nil {
		return advisory.Record{}, fmt.Errorf("%.40q is no date; one looks like [21 Aug 2026]", date)
	}
	id, title, _ := strings.Cut(rest, " ")
	if !strings.HasPrefix(id, "DSA-") && !strings.HasPrefix(id, "DLA-") && !strings.HasPrefix(id, "DTSA-") {
		return advisory.Record{}, fmt.Errorf("%.40q is no advisory; they are called DSA-1234-1 or DLA-1234-1", id)
	}
	return advisory.Record{ID: id, Publisher: Publisher, Title: strings.TrimSpace(title), Published: day}, nil
}

// detail reads one line that belongs to an advisory: CVEs in braces, a statement about a release, or a
// note, which says nothing that can be computed with.
func detail(r *advisory.Record, line string) error {
	switch {
	case line[0] == '{':
		inner, closed := strings.CutSuffix(line[1:], "}")
		if !closed {
			return fmt.Errorf("%.80q does not end with a brace", line)
		}
		for _, name := range strings.Fields(inner) {
			if strings.HasPrefix(name, "CVE-") || strings.HasPrefix(name, "TEMP-") {
				r.CVEs = append(r.CVEs, name)
			}
		}
		return nil
	case line[0] == '[':
		codename, rest, closed := releaseOf(line)
		what, dash := strings.CutPrefix(rest, "- ")
		if !closed || codename == "" || !dash {
			return fmt.Errorf("%.80q is no statement about a release; one looks like [bookworm] - nginx 1.22.1-9+deb12u1", line)
		}
		a, err := statement(what)
		if err != nil {
			return err
		}
		if a.State != "" {
			a.Ecosystem = advisory.Debian(codename)
			r.Affected = append(r.Affected, a)
		}
		return nil
	case strings.HasPrefix(line, "NOTE:"), strings.HasPrefix(line, "TODO:"):
		return nil
	}
	return fmt.Errorf("%.80q is no line of an advisory", line)
}
