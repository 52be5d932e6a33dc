package matrix

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/lang"
)

var words = struct{ Contract, Planning, Execution, How, Rule, Overview, Details, Change lang.Text }{
	Contract:  lang.T("Vertrag", "contract"),
	Planning:  lang.T("Planung", "planning"),
	Execution: lang.T("Durchführung", "execution"),
	How:       lang.T("Auslöser", "trigger"),
	Rule:      lang.T("Regel", "rule"),
	Overview:  lang.T("Sicherheitsupdates des Betriebssystems", "Security updates of the operating system"),
	Details:   lang.T("Im Einzelnen", "In detail"),
	Change:    lang.T("Änderung", "change"),
}

// Text is the table as aligned plain text: the overview, then the details, one line for each contract and
// kind of change.
func (m Matrix) Text(l lang.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n\n", m.Title.In(l), words.Overview.In(l))
	lines := [][]string{{words.Contract.In(l), words.Planning.In(l), words.Execution.In(l), words.How.In(l), words.Rule.In(l)}}
	for _, r := range m.Rows {
		lines = append(lines, append([]string{r.Title.In(l)}, r.Cells[0].line(l)...))
	}
	align(&b, lines)
	fmt.Fprintf(&b, "\n%s\n\n", words.Details.In(l))
	lines = [][]string{{words.Contract.In(l), words.Change.In(l), words.Planning.In(l), words.Execution.In(l), words.How.In(l), words.Rule.In(l)}}
	for _, r := range m.Details {
		title := r.Title.In(l)
		for i, c := range r.Cells {
			lines = append(lines, append([]string{title, m.Columns[i].Title.In(l)}, c.line(l)...))
			title = ""
		}
	}
	align(&b, lines)
	return b.String()
}

func (c Cell) line(l lang.Lang) []string {
	return []string{c.Planning.Text().In(l), c.Execution.Text().In(l), c.How().In(l), c.Rule}
}

// align writes lines in columns, two spaces apart.
func align(b *strings.Builder, lines [][]string) {
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		var out strings.Builder
		for i, cell := range line {
			out.WriteString(cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2))
		}
		b.WriteString(strings.TrimRight(out.String(), " ") + "\n")
	}
}
