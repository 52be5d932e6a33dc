package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence is one of the sender's own sentences with what was found in it.
type sentence struct {
	Span
	tokens  []token
	found   map[Meaning]bool
	asks    bool // it ends with a question mark
	when    timing
	subject bool
}

// sentences splits the sender's words, marks the phrases in each, and leaves out empty ones.
func sentences(verbatim string, w writing, names roster) []sentence {
	var out []sentence
	for _, b := range w.blocks {
		for from := b.From; from < b.To; {
			to, ends := sentenceEnd(verbatim, from, b.To, w.masked)
			if tokens := tokenise(verbatim, from, to, w.masked, names); len(tokens) > 0 {
				s := sentence{Span: trim(verbatim, from, to), tokens: tokens, asks: ends == '?'}
				s.found = mark(s.tokens)
				s.settle()
				s.when = s.times(verbatim)
				out = append(out, s)
			}
			from = to
		}
	}
	return out
}

// settle resolves what only the whole sentence tells: an imperative asks for something, unless it ends with a
// question mark; a bare statement with a question mark asks for information, unless it is a polite request.
func (s *sentence) settle() {
	if s.found[MeansImperative] {
		s.found[MeansAction] = true
		if s.asks && !s.found[MeansRequest] {
			s.found[MeansInquiry] = true
		} else {
			s.found[MeansRequest] = true
		}
	}
	if s.found[MeansPatch] {
		s.found[MeansAction] = true
	}
	if s.asks && !s.found[MeansRequest] && !s.found[MeansSoft] {
		s.found[MeansInquiry] = true
	}
}

// recount forgets a patch, and the action in it, that turned out to be a name.
func (s *sentence) recount() {
	has := func(m Meaning) bool { return slices.ContainsFunc(s.tokens, func(t token) bool { return t.means == m }) }
	s.found[MeansPatch] = has(MeansPatch)
	s.found[MeansAction] = has(MeansAction) || has(MeansImperative) || s.found[MeansPatch]
}

// requests reports whether the sentence asks for a change.
func (s *sentence) requests() bool {
	asks := s.found[MeansRequest] || s.found[MeansSoft]
	return asks && s.changes() && !s.found[MeansInquiry]
}

// changes reports whether the sentence is about a change at all.
func (s *sentence) changes() bool {
	return s.found[MeansAction] || s.found[MeansMigrate] || s.found[MeansMeasure] || s.scoped()
}

// scoped reports whether the sentence names a class of updates.
func (s *sentence) scoped() bool {
	return s.found[MeansSecurity] || s.found[MeansUpdates] || s.found[MeansBare]
}

// sentenceEnd is where the sentence that begins at from ends, and by which character. A full stop after a digit
// ends none if a digit or a small letter follows ("am 5.12. um 5 Uhr"); what is masked ends none, either.
func sentenceEnd(verbatim string, from, to int, masked []Span) (end int, by rune) {
	before := rune(0)
	for at := from; at < to; {
		if past, hidden := masks(masked, at); hidden {
			at = past
			continue
		}
		r, size := utf8.DecodeRuneInString(verbatim[at:to])
		at += size
		if strings.ContainsRune(".!?;", r) {
			after, _ := utf8.DecodeRuneInString(verbatim[at:to])
			rest := strings.TrimLeft(verbatim[at:to], " \t\r\n")
			next, _ := utf8.DecodeRuneInString(rest)
			inside := r == '.' && (unicode.IsDigit(before) && (unicode.IsDigit(next) || unicode.IsLower(next) || month(rest)) ||
				unicode.IsLower(next) && abbreviated(verbatim[from:at]))
			if (unicode.IsSpace(after) || at == to) && !inside {
				return at, r
			}
			if r == '?' || r == '!' {
				return at, r
			}
		}
		before = r
	}
	return to, 0
}

// abbreviated reports whether words end with a short form and its full stop.
func abbreviated(s string) bool {
	s = fold(s[max(0, len(s)-8):])
	for _, short := range []string{"z.b.", "ggf.", "evtl.", "bzw.", "usw.", "ca.", "nr.", "inkl.", "d.h.", "e.g.", "i.e.", "no."} {
		if strings.HasSuffix(s, short) {
			return true
		}
	}
	return false
}

func trim(verbatim string, from, to int) Span {
	s := verbatim[from:to]
	from += len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	return Span{From: from, To: from + len(strings.TrimSpace(s))}
}
