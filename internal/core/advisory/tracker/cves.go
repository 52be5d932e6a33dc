package tracker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// CVEs reads CVE/list: for each CVE a line with its name, then statements. One without a release is
// about unstable, and holds for every release that nothing is said about; of a release it says itself,
// or the advisory that it names in braces says, which is in DSA/list or DLA/list.
func CVEs(text string) (records []advisory.Record, skipped []advisory.Skip) {
	var s skips
	var current *advisory.Record
	flush := func() {
		if current != nil {
			handDown(current)
			records = append(records, *current)
		}
		current = nil
	}
	lines(text, func(n int, line string) {
		place := fmt.Sprintf("line %d", n)
		switch {
		case strings.TrimSpace(line) == "":
		case line[0] != '\t' && line[0] != ' ':
			flush()
			name, title, _ := strings.Cut(line, " ")
			if !strings.HasPrefix(name, "CVE-") && !strings.HasPrefix(name, "TEMP-") {
				s.add(place, "%.40q is no CVE; entries begin with CVE-2026-1234", name)
				return
			}
			current = &advisory.Record{ID: name, CVEs: []string{name}, Publisher: Publisher, Title: strings.Trim(strings.TrimSpace(title), "()[]")}
		case current == nil: // belongs to an entry that could not be read, and is reported with it
		default:
			if err := remark(current, strings.TrimSpace(line)); err != nil {
				s.add(fmt.Sprintf("%s (%s)", place, current.ID), "%v", err)
			}
		}
	})
	flush()
	return records, s
}

// remark reads one line of an entry.
func remark(r *advisory.Record, line string) error {
	switch {
	case line[0] == '[':
		return detail(r, line)
	case strings.HasPrefix(line, "- "):
		a, err := statement(line[2:])
		if err != nil {
			return err
		}
		if a.State != "" {
			a.Ecosystem = advisory.Debian("sid")
			r.Affected = append(r.Affected, a)
		}
		return nil
	case line[0] == '{':
		inner, closed := strings.CutSuffix(line[1:], "}")
		if !closed {
			return fmt.Errorf("%.80q does not end with a brace", line)
		}
		r.Aliases = append(r.Aliases, strings.Fields(inner)...)
		return nil
	case line == "REJECTED":
		r.Withdrawn = true
		return nil
	case line == "RESERVED", strings.HasPrefix(line, "NOT-FOR-US:"), strings.HasPrefix(line, "NOTE:"), strings.HasPrefix(line, "TODO:"), strings.HasPrefix(line, "RESERVED"):
		return nil
	}
	return fmt.Errorf("%.80q is no line of an entry", line)
}

// handDown repeats what is said of unstable for the releases that the entry does not speak of.
func handDown(r *advisory.Record) {
	own := slices.Clone(r.Affected)
	for _, a := range own {
		if a.Ecosystem != advisory.Debian("sid") {
			continue
		}
		for _, codename := range living() {
			eco := advisory.Debian(codename)
			if slices.ContainsFunc(own, func(o advisory.Affected) bool { return o.Ecosystem == eco && o.Package == a.Package }) {
				continue
			}
			a.Ecosystem, a.Inherited = eco, true
			r.Affected = append(r.Affected, a)
		}
	}
}
