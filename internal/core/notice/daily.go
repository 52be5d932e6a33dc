package notice

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Group is one part of the operators' daily overview.
type Group struct {
	Name  lang.Text
	Lines []lang.Text
}

// mostLines bounds what a letter shows of one group.
const mostLines = 40

// Overview is the words of the daily overview; ok is false when there is nothing to say. Empty groups are left out,
// and what is left out of a long one is counted.
func Overview(groups []Group) (text lang.Text, total int, ok bool) {
	var de, en []string
	add := func(t lang.Text) { de, en = append(de, t.DE), append(en, t.EN) }
	for _, g := range groups {
		if len(g.Lines) == 0 {
			continue
		}
		if total > 0 {
			add(lang.Text{})
		}
		total += len(g.Lines)
		add(lang.Textf("%[1]s (%[2]d)", "%[1]s (%[2]d)", g.Name, len(g.Lines)))
		for _, line := range g.Lines[:min(len(g.Lines), mostLines)] {
			add(lang.T("- "+line.DE, "- "+line.EN))
		}
		if more := len(g.Lines) - mostLines; more > 0 {
			add(lang.Textf("… und %[1]d weitere", "… and %[1]d more", more))
		}
	}
	return lang.T(strings.Join(de, "\n"), strings.Join(en, "\n")), total, total > 0
}
