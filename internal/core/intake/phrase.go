package intake

import (
	"slices"
	"strings"
	"sync"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Meaning is what a phrase says.
type Meaning string

// The meanings of phrases.
const (
	MeansRequest    Meaning = "request"    // asks for something in plain words; a polite question is one, too
	MeansSoft       Meaning = "soft"       // a wish that is no plain request: no explicit order (MH2-20)
	MeansImperative Meaning = "imperative" // request and action in one; with a question mark it is an inquiry
	MeansAction     Meaning = "action"     // something is to be changed
	MeansPatch      Meaning = "patch"      // an action that says its scope: the narrowest one
	MeansSecurity   Meaning = "security"
	MeansUpdates    Meaning = "updates"
	MeansBare       Meaning = "bare"    // "Updates" and no word which
	MeansMigrate    Meaning = "migrate" // to another generation of the operating system
	MeansMeasure    Meaning = "measure" // stop a service, close a port
	MeansNegation   Meaning = "negation"
	MeansHarmless   Meaning = "harmless" // holds a word that would raise a doubt, and raises none
	MeansDoubt      Meaning = "doubt"    // a condition, a maybe, somebody else's words
	MeansContrary   Meaning = "contrary" // something else is to be done: removed, postponed, undone
	MeansInquiry    Meaning = "inquiry"  // asks for information
	MeansWithdraw   Meaning = "withdraw"
	MeansYes        Meaning = "yes"
	MeansNo         Meaning = "no"
	MeansThanks     Meaning = "thanks"
	MeansTopic      Meaning = "topic" // says what the message is about
	MeansAll        Meaning = "all"   // all systems of the customer
	MeansOne        Meaning = "one"   // the customer's system, clear where there is only one
	MeansSoon       Meaning = "soon"
	MeansNext       Meaning = "next"
	MeansOutside    Meaning = "outside"
	MeansVague      Meaning = "vague" // a time that is no time
	MeansTime       Meaning = "time"  // introduces a wish for a time

	// What a whole line or subject is, by how it begins.
	MeansQuoteBelow Meaning = "quote_below" // all below is an earlier message
	MeansClosing    Meaning = "closing"     // what follows is a signature
	MeansDisclaimer Meaning = "disclaimer"  // the paragraph is boilerplate
	MeansCopied     Meaning = "copied"      // the subject of an earlier message
	MeansMachine    Meaning = "machine"     // the subject of an automatic message
)

// Phrase is one thing that is understood. Words are separated by spaces and match whole words without regard to
// case and to how an umlaut is written: "a|b" is either, a trailing * any ending, "…" up to twelve words in
// between, a leading ^ the beginning of the sentence.
type Phrase struct {
	Lang    lang.Lang
	Means   Meaning
	Words   string
	Example string // a sentence in which it is found with this meaning
}

// Phrases lists all that is understood, German first.
func Phrases() []Phrase { return slices.Concat(phrasesDE, phrasesEN) }

// gapWords bounds how many words may stand in a phrase's gap.
const gapWords = 12

type part struct {
	gap   bool
	words []string // alternatives, folded
	stems []string // alternatives with any ending
}

func (p part) is(word string) bool {
	return slices.Contains(p.words, word) || slices.ContainsFunc(p.stems, func(s string) bool { return strings.HasPrefix(word, s) })
}

type compiled struct {
	means    Meaning
	anchored bool
	parts    []part
	literals int
}

// weight puts longer phrases first, and of equal ones those that are bound to the beginning.
func (c compiled) weight() int {
	if c.anchored {
		return 2*c.literals + 1
	}
	return 2 * c.literals
}

func compile(p Phrase) compiled {
	c := compiled{means: p.Means}
	for i, w := range strings.Fields(p.Words) {
		if i == 0 && strings.HasPrefix(w, "^") {
			c.anchored, w = true, w[1:]
		}
		if w == "…" {
			c.parts = append(c.parts, part{gap: true})
			continue
		}
		var one part
		for alt := range strings.SplitSeq(w, "|") {
			if stem, any := strings.CutSuffix(alt, "*"); any {
				one.stems = append(one.stems, fold(stem))
			} else {
				one.words = append(one.words, fold(alt))
			}
		}
		c.parts = append(c.parts, one)
		c.literals++
	}
	return c
}

// table is compiled once: longer phrases first, so that what they hold is not read a second time.
var table = sync.OnceValue(func() []compiled {
	all := Phrases()
	out := make([]compiled, len(all))
	for i, p := range all {
		out[i] = compile(p)
	}
	slices.SortStableFunc(out, func(a, b compiled) int { return b.weight() - a.weight() })
	return out
})

// vocabulary reports whether a word is one of the phrases', whole.
var vocabulary = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, c := range table() {
		for _, p := range c.parts {
			for _, w := range p.words {
				out[w] = true
			}
		}
	}
	return out
})

// match finds the phrase from the token at; used are the indexes of the tokens that it consists of.
func (c compiled) match(tokens []token, at int) (used []int, ok bool) {
	i := at
	for n := 0; n < len(c.parts); n++ {
		p := c.parts[n]
		if !p.gap {
			if i >= len(tokens) || tokens[i].taken || !p.is(tokens[i].word) {
				return nil, false
			}
			used = append(used, i)
			i++
			continue
		}
		for skipped := 0; ; skipped++ {
			if i+skipped >= len(tokens) || skipped > gapWords {
				return nil, false
			}
			if t := tokens[i+skipped]; !t.taken && c.parts[n+1].is(t.word) {
				i += skipped
				break
			}
		}
	}
	return used, true
}

// mark finds all phrases in a sentence. A word belongs to one phrase only, to the longest.
func mark(tokens []token) map[Meaning]bool {
	found := map[Meaning]bool{}
	for _, c := range table() {
		if lineMeaning(c.means) {
			continue
		}
		for at := range tokens {
			if c.anchored && at > 0 {
				break
			}
			used, ok := c.match(tokens, at)
			if !ok {
				continue
			}
			for _, i := range used {
				tokens[i].taken, tokens[i].means = true, c.means
			}
			found[c.means] = true
		}
	}
	return found
}

func lineMeaning(m Meaning) bool {
	switch m {
	case MeansQuoteBelow, MeansClosing, MeansDisclaimer, MeansCopied, MeansMachine:
		return true
	default:
		return false
	}
}

// line reports whether a line begins with a phrase of that meaning.
func line(s string, means Meaning) bool {
	return lineTokens(tokenise(s, 0, len(s), nil, nil), means)
}

func lineTokens(tokens []token, means Meaning) bool {
	return slices.ContainsFunc(table(), func(c compiled) bool {
		if c.means != means {
			return false
		}
		_, ok := c.match(tokens, 0)
		return ok
	})
}
