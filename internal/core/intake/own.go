package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// writing is what of a message the sender wrote: blocks of lines that stand together, without what is quoted.
type writing struct {
	blocks []Span
	masked []Span // somebody's words in quotation marks
	below  int    // where an earlier message was announced above words of the sender's; 0: nowhere
	// blurred says that among the words left out is a negation whose owner is not certain.
	blurred bool
}

// own finds the sender's own words in verbatim[from:]. Left out are lines that begin with ">" and those that a
// mail program broke off them, everything below the head of an earlier message, signatures (RFC 3676, 4.3),
// what follows the closing formula, except for a postscript, and boilerplate.
func own(verbatim string, from int) writing {
	var w writing
	var block Span
	end := func() {
		if block.To > block.From {
			w.blocks = append(w.blocks, block)
		}
		block = Span{}
	}
	var quoted, closed, boilerplate bool
	for at := from; at < len(verbatim); {
		next := len(verbatim)
		if n := strings.IndexByte(verbatim[at:], '\n'); n >= 0 {
			next = at + n + 1
		}
		text := strings.TrimSpace(verbatim[at:next])
		switch {
		case strings.HasPrefix(text, ">") || strings.HasPrefix(text, "|"):
			quoted = true
			end()
		case text == "--" || text == "—" || strings.HasPrefix(text, "_____") || strings.HasPrefix(text, "=====") ||
			line(text, MeansQuoteBelow) && decorated(text) || header(verbatim[at:]):
			end()
			at = len(verbatim)
			continue
		case introduces(verbatim[at:]) > 0:
			end()
			rest, ok := prefixed(verbatim[at:], introduces(verbatim[at:]))
			if !ok { // the earlier message stands below without a mark on its lines
				at = len(verbatim)
				continue
			}
			at, quoted, w.below = at+rest, true, at+rest
			continue
		case text == "":
			quoted, boilerplate = false, false
			end()
		case quoted: // broken off a quoted line, or an answer right below it: nobody can tell
			w.blurred = w.blurred || doubtful(text)
			end()
		case boilerplate:
		case line(paragraph(verbatim[at:]), MeansDisclaimer):
			boilerplate = true
			end()
		case line(text, MeansClosing):
			closed = true
			end()
		case closed && !postscript(text): // but a second thought below one's own name is one
			w.blurred = w.blurred || takesBack(text)
		default:
			closed = false
			if block.To == 0 || bullet(text) {
				end()
				block = Span{From: at}
			}
			block.To = next
		}
		at = next
	}
	end()
	w.mask(verbatim)
	return w
}

// doubtful reports whether words hold anything that would raise a doubt.
func doubtful(s string) bool {
	found := mark(tokenise(s, 0, len(s), nil, nil))
	return found[MeansNegation] || found[MeansWithdraw] || found[MeansNo] || found[MeansContrary] || found[MeansDoubt]
}

// takesBack reports whether words hold a negation or take something back.
func takesBack(s string) bool {
	found := mark(tokenise(s, 0, len(s), nil, nil))
	return found[MeansNegation] || found[MeansWithdraw] || found[MeansNo]
}

// paragraph is what stands before the next empty line, as far as a phrase can reach.
func paragraph(s string) string {
	s = s[:min(len(s), 400)]
	for _, empty := range []string{"\n\n", "\n\r\n"} {
		s, _, _ = strings.Cut(s, empty)
	}
	return s
}

func bullet(s string) bool {
	return strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "* ") || strings.HasPrefix(s, "• ")
}

func postscript(s string) bool {
	s = fold(s)
	return strings.HasPrefix(s, "ps") || strings.HasPrefix(s, "p.s.") || strings.HasPrefix(s, "nachtrag")
}

// decorated reports whether a line that names an earlier message is more than words: dashes, a colon at its end.
func decorated(s string) bool { return strings.HasPrefix(s, "-") || strings.HasSuffix(s, ":") }

// header reports whether an earlier message's head begins here: "Von: … Gesendet: …", "From: … Sent: …".
func header(s string) bool {
	lines := strings.SplitN(s, "\n", 6)
	fields := 0
	for i, l := range lines[:min(len(lines), 5)] {
		l = fold(strings.Trim(l, "*_ \t\r"))
		name, _, ok := strings.Cut(l, ":")
		switch strings.Trim(name, "* ") {
		case "von", "from":
			if !ok {
				return false
			}
			fields++
		case "gesendet", "datum", "an", "betreff", "sent", "date", "to", "subject", "cc":
			if ok && i > 0 {
				fields++
			}
		default:
			if i == 0 {
				return false
			}
		}
	}
	return fields >= 2
}

// introduces is how many lines, one or two, announce somebody's words, 0 if none do: "Am 23.11.2026 um 10:00 schrieb
// X:", "On Mon, 23 Nov 2026, X wrote:".
func introduces(s string) int {
	lines := strings.SplitN(s, "\n", 3)
	for n := 1; n <= min(len(lines), 2); n++ {
		head := fold(strings.TrimSpace(strings.Join(lines[:n], " ")))
		said := strings.HasPrefix(head, "am ") && strings.Contains(head, " schrieb") ||
			strings.HasPrefix(head, "on ") && strings.Contains(head, " wrote") ||
			strings.Contains(head, "@") && (strings.Contains(head, " schrieb") || strings.Contains(head, " wrote"))
		if said && strings.HasSuffix(head, ":") && strings.ContainsAny(head, "0123456789@") {
			return n
		}
	}
	return 0
}

// prefixed is how long an announcement of so many lines is, and whether the next line with words in it begins
// with ">".
func prefixed(s string, lines int) (length int, ok bool) {
	for at, n := 0, 0; at < len(s); n++ {
		l, _, _ := strings.Cut(s[at:], "\n")
		if text := strings.TrimSpace(l); n >= lines && text != "" {
			return at, strings.HasPrefix(text, ">")
		}
		at += len(l) + 1
	}
	return 0, false
}

// closers are quotation marks with those that end what they begin.
var closers = map[rune]string{'„': "“”\"", '“': "”\"", '"': "\"", '»': "«", '«': "»", '›': "‹", '‹': "›"}

// mask hides what stands in quotation marks: it is somebody's words, or only mentioned. A single word stays: it
// is a name. Marks that nobody closes hide the rest of the block.
func (w *writing) mask(verbatim string) {
	for _, b := range w.blocks {
		for at := b.From; at < b.To; {
			r, size := utf8.DecodeRuneInString(verbatim[at:b.To])
			ends, opens := closers[r]
			if !opens {
				at += size
				continue
			}
			from := at + size
			to := b.To
			if n := strings.IndexAny(verbatim[from:b.To], ends); n >= 0 {
				to = from + n
			}
			said := verbatim[from:to]
			if strings.IndexFunc(strings.TrimSpace(said), unicode.IsSpace) >= 0 {
				w.masked = append(w.masked, Span{at, to})
				w.blurred = w.blurred || doubtful(said)
			}
			at = to
			if at < b.To {
				_, size = utf8.DecodeRuneInString(verbatim[at:])
				at += size
			}
		}
	}
}
