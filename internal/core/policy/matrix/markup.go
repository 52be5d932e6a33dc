package matrix

import (
	"fmt"
	"html"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// HTML is the table as markup with captions and scopes, without style or script: two tables, the overview
// and the details.
func (m Matrix) HTML(l lang.Lang) string {
	var b strings.Builder
	esc := html.EscapeString
	fmt.Fprintf(&b, "<table class=\"matrix\" lang=\"%s\">\n<caption>%s: %s</caption>\n<thead><tr>", l, esc(m.Title.In(l)), esc(words.Overview.In(l)))
	for _, head := range []lang.Text{words.Contract, words.Planning, words.Execution, words.How, words.Rule} {
		fmt.Fprintf(&b, "<th scope=\"col\">%s</th>", esc(head.In(l)))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, r := range m.Rows {
		fmt.Fprintf(&b, "<tr><th scope=\"row\">%s</th>", esc(r.Title.In(l)))
		for _, cell := range r.Cells[0].line(l) {
			fmt.Fprintf(&b, "<td>%s</td>", esc(cell))
		}
		b.WriteString("</tr>\n")
	}
	fmt.Fprintf(&b, "</tbody>\n</table>\n<table class=\"matrix details\" lang=\"%s\">\n<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>",
		l, esc(words.Details.In(l)), esc(words.Change.In(l)))
	for _, r := range m.Details {
		fmt.Fprintf(&b, "<th scope=\"col\">%s</th>", esc(r.Title.In(l)))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for i, c := range m.Columns {
		fmt.Fprintf(&b, "<tr><th scope=\"row\">%s</th>", esc(c.Title.In(l)))
		for _, r := range m.Details {
			fmt.Fprintf(&b, "<td>%s</td>", esc(r.Cells[i].whole(l)))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}

// whole is the cell in one sentence with its rule.
func (c Cell) whole(l lang.Lang) string {
	s := c.Short().In(l)
	if how := c.How().In(l); how != "" {
		s += ", " + how
	}
	return s + " (" + c.Rule + ")"
}

// The measures of the drawing, in its own units.
const (
	rowHeight  = 44
	headHeight = 96
	nameWidth  = 210
	partyWidth = 170
	howWidth   = 260
)

// SVG is the overview as a drawing for a page or a handout. Who acts is told by words and by the filling of
// the shape, never by colour alone; lines and text take the colour of what surrounds the drawing.
func (m Matrix) SVG(l lang.Lang) string {
	var b strings.Builder
	esc := html.EscapeString
	width, height := nameWidth+2*partyWidth+howWidth, headHeight+rowHeight*len(m.Rows)+12
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="matrix-title matrix-desc" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, sans-serif" font-size="15" fill="currentColor" stroke="none">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, "<title id=\"matrix-title\">%s: %s</title>\n<desc id=\"matrix-desc\">", esc(m.Title.In(l)), esc(words.Overview.In(l)))
	for i, r := range m.Rows {
		if i > 0 {
			b.WriteString(" ")
		}
		fmt.Fprintf(&b, "%s: %s.", esc(r.Title.In(l)), esc(r.Cells[0].whole(l)))
	}
	b.WriteString("</desc>\n")
	fmt.Fprintf(&b, `<text x="8" y="26" font-size="17" font-weight="600">%s</text>`+"\n", esc(m.Title.In(l)))
	fmt.Fprintf(&b, `<text x="8" y="50" opacity="0.75">%s</text>`+"\n", esc(words.Overview.In(l)))
	for i, head := range []lang.Text{words.Contract, words.Planning, words.Execution, words.How} {
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-weight="600">%s</text>`+"\n", column(i), headHeight-16, esc(head.In(l)))
	}
	for i, r := range m.Rows {
		top := headHeight + i*rowHeight
		fmt.Fprintf(&b, `<path d="M0 %d H%d" stroke="currentColor" stroke-opacity="0.25"/>`+"\n", top, width)
		base, c := top+28, r.Cells[0]
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", column(0), base, esc(r.Title.In(l)))
		party(&b, column(1), base, c.Planning, l)
		party(&b, column(2), base, c.Execution, l)
		how := c.How().In(l)
		if how != "" {
			how += " · "
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", column(3), base, esc(how+c.Rule))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func column(i int) int {
	return [...]int{8, nameWidth, nameWidth + partyWidth, nameWidth + 2*partyWidth}[i]
}

// party draws who it is: a full disc for the provider, an empty one for the customer, half for both, a dash
// for nobody, and the word beside it.
func party(b *strings.Builder, x, base int, p policy.Party, l lang.Lang) {
	cx, cy := x+7, base-5
	switch p {
	case policy.PartyProvider:
		fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="6"/>`, cx, cy)
	case policy.PartyCustomer:
		fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/>`, cx, cy)
	case policy.PartyBoth:
		fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M%d %d a6 6 0 0 0 0 12 z"/>`, cx, cy, cx, cy-6)
	default:
		fmt.Fprintf(b, `<path d="M%d %d h12" stroke="currentColor" stroke-width="1.5"/>`, cx-6, cy)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", x+22, base, html.EscapeString(p.Text().In(l)))
}
