package cli

import (
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// cell is one field of a table: its text and its colour.
type cell struct{ text, colour string }

func text(s string) cell       { return cell{clean(s), plainText} }
func painted(c, s string) cell { return cell{clean(s), c} }
func (c cell) width() int      { return utf8.RuneCountInString(c.text) }

// table prints rows under headings, the columns aligned, indented by so much. An empty table prints
// nothing.
func (a *app) table(indent string, heads []lang.Text, rows [][]cell) {
	if len(rows) == 0 {
		return
	}
	all := make([][]cell, 0, len(rows)+1)
	head := make([]cell, len(heads))
	for i, h := range heads {
		head[i] = cell{strings.ToUpper(h.In(a.lang)), faint}
	}
	all = append(append(all, head), rows...)
	widths := make([]int, len(heads))
	for _, row := range all {
		for i, c := range row {
			widths[i] = max(widths[i], c.width())
		}
	}
	for _, row := range all {
		var b strings.Builder
		b.WriteString(indent)
		for i, c := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(a.paint(c.colour, c.text))
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-c.width()))
			}
		}
		a.print(strings.TrimRight(b.String(), " "))
	}
}

// pair is a label with what it labels.
type pair struct {
	label lang.Text
	value string
}

// pairs prints labels and values, aligned and indented. Empty values are left out, long ones wrapped.
func (a *app) pairs(list ...pair) {
	width := 0
	for _, p := range list {
		if p.value != "" {
			width = max(width, utf8.RuneCountInString(p.label.In(a.lang)))
		}
	}
	for _, p := range list {
		if p.value == "" {
			continue
		}
		label := p.label.In(a.lang)
		for i, line := range wrap(p.value, 96-width) {
			if i > 0 {
				label = ""
			}
			pad := strings.Repeat(" ", width-utf8.RuneCountInString(label))
			a.print("  " + a.paint(faint, label) + pad + "  " + line)
		}
	}
}

// head prints a heading after an empty line.
func (a *app) head(t lang.Text) { a.print("\n" + a.paint(bold, t.In(a.lang))) }

// part is head without the empty line for the first part of an output.
func (a *app) part(first *bool, t lang.Text) {
	if !*first {
		a.print("")
	}
	*first = false
	a.print(a.paint(bold, t.In(a.lang)))
}
