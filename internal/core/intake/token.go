package intake

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word, number or name, with its place in the verbatim message.
type token struct {
	word     string // folded
	raw      string
	from, to int
	taken    bool    // it belongs to a phrase
	means    Meaning // of that phrase
}

// umlauts are written out, so that "für", "fuer" and a decomposed "für" are the same word.
var umlauts = strings.NewReplacer(
	"a\u0308", "ae", "o\u0308", "oe", "u\u0308", "ue", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss",
	"’", "'", "\u2010", "-", "\u2011", "-",
	"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "")

// fold makes words comparable: lower case, umlauts written out.
func fold(s string) string { return umlauts.Replace(strings.ToLower(s)) }

// joins are the characters that belong to a word between two letters or digits.
func joins(before, r, after rune) bool {
	switch r {
	case '-', '_', '@', '+', '\u2010', '\u2011', '\'', '’', '.':
		return true
	case ':':
		return unicode.IsDigit(before) && unicode.IsDigit(after)
	}
	return false
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("\u00ad\u200b\u200c\u200d\u2060\ufeff", r)
}

// tokenise splits verbatim[from:to] into words, without what is masked. Dots between letters part words
// ("einspielen.Nicht"), unless the whole is a name that is known.
func tokenise(verbatim string, from, to int, masked []Span, names roster) []token {
	var out []token
	for i := from; i < to; {
		if end, hidden := masks(masked, i); hidden {
			i = end
			continue
		}
		r, size := utf8.DecodeRuneInString(verbatim[i:to])
		if r == '→' || strings.HasPrefix(verbatim[i:to], "->") {
			size = max(size, 2)
			out = append(out, token{word: "->", raw: verbatim[i : i+size], from: i, to: i + size})
			i += size
			continue
		}
		if !inWord(r) {
			i += size
			continue
		}
		end := wordEnd(verbatim, i, to, masked)
		if word := fold(verbatim[i:end]); word != "" { // not invisible as a whole
			out = append(out, parts(token{word: word, raw: verbatim[i:end], from: i, to: end}, names)...)
		}
		i = end
	}
	return out
}

// wordEnd is where the word that begins at i ends. An address is one word to the next space.
func wordEnd(verbatim string, i, to int, masked []Span) int {
	rest := verbatim[i:to]
	if strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		if n := strings.IndexFunc(rest, unicode.IsSpace); n >= 0 {
			return i + n
		}
		return to
	}
	end := i
	before := rune(0)
	for end < to {
		if _, hidden := masks(masked, end); hidden {
			break
		}
		r, size := utf8.DecodeRuneInString(verbatim[end:to])
		if !inWord(r) {
			after, _ := utf8.DecodeRuneInString(verbatim[end+size : to])
			if !joins(before, r, after) || !inWord(after) {
				break
			}
		}
		before = r
		end += size
	}
	return end
}

// parts splits a token at its dots where they are full stops without a space.
func parts(t token, names roster) []token {
	if _, known := names[t.word]; known || !strings.Contains(t.raw, ".") || strings.ContainsAny(t.raw, "@/0123456789") {
		return []token{t}
	}
	var out []token
	at := t.from
	for piece := range strings.SplitSeq(t.raw, ".") {
		if word := fold(piece); word != "" {
			out = append(out, token{word: word, raw: piece, from: at, to: at + len(piece)})
		}
		at += len(piece) + 1
	}
	return out
}

func masks(masked []Span, at int) (end int, hidden bool) {
	i := sort.Search(len(masked), func(i int) bool { return masked[i].To > at }) // they stand in their order
	if i == len(masked) || masked[i].From > at {
		return 0, false
	}
	return masked[i].To, true
}
