package mail

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// silent elements have no words for the reader.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Noscript: true,
	atom.Iframe: true, atom.Object: true, atom.Svg: true, atom.Math: true, atom.Textarea: true, atom.Select: true,
}

// breaks begin a new line.
var breaks = map[atom.Atom]bool{
	atom.Br: true, atom.P: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Table: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.Blockquote: true, atom.Hr: true, atom.Pre: true,
}

// PlainText is the words of a page, as of a mail that has no plain text.
func PlainText(page string) string { return plainHTML(page) }

// plainHTML is the words of a page, crudely: nothing is fetched, no address is kept, nothing is drawn.
func plainHTML(page string) string {
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(maxHTML)
	var out strings.Builder
	var within atom.Atom // the silent element we are in
	deep := 0            // how often it is in itself
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return collapse(out.String())
		case html.TextToken:
			if deep == 0 {
				out.WriteString(strings.ReplaceAll(strings.ReplaceAll(string(z.Text()), "\r", " "), "\n", " "))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case deep > 0 && tag == within && kind == html.StartTagToken:
				deep++
			case deep > 0 && tag == within && kind == html.EndTagToken:
				deep--
			case deep > 0 && within == atom.Head && tag == atom.Body:
				deep = 0 // a head that was never closed
			case deep == 0 && silent[tag] && kind == html.StartTagToken:
				within, deep = tag, 1
			}
			if deep == 0 && breaks[tag] {
				out.WriteByte('\n')
			}
		}
	}
}

// collapse takes out the empty lines that boxes in boxes make.
func collapse(s string) string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}
