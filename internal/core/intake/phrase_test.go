package intake

import (
	"strings"
	"testing"
)

// TestEveryPhraseIsFoundInItsExample keeps the table honest: each phrase is found, with its meaning, in the
// sentence that stands beside it.
func TestEveryPhraseIsFoundInItsExample(t *testing.T) {
	t.Parallel()
	for _, p := range Phrases() {
		tokens := tokenise(p.Example, 0, len(p.Example), nil, nil)
		c := compile(p)
		hit := false
		for at := range tokens {
			if _, ok := c.match(tokens, at); ok && (!c.anchored || at == 0) {
				hit = true
			}
		}
		if !hit {
			t.Errorf("%s %q is not in %q", p.Means, p.Words, p.Example)
			continue
		}
		if lineMeaning(p.Means) {
			if !line(p.Example, p.Means) {
				t.Errorf("%q is no line that means %s", p.Example, p.Means)
			}
			continue
		}
		if found := mark(tokens); !found[p.Means] {
			t.Errorf("%q: found %v, not %s by %q", p.Example, found, p.Means, p.Words)
		}
	}
}

// TestPhrasesAreWellFormed: a gap stands between words, and what is harmless has none, so that it hides nothing.
func TestPhrasesAreWellFormed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range Phrases() {
		words := strings.Fields(p.Words)
		key := string(p.Means) + " " + p.Words
		switch {
		case len(words) == 0 || words[0] == "…" || words[len(words)-1] == "…":
			t.Errorf("%q begins or ends with a gap", p.Words)
		case p.Means == MeansHarmless && strings.Contains(p.Words, "…"):
			t.Errorf("%q is harmless and has a gap", p.Words)
		case seen[key]:
			t.Errorf("%q stands there twice", key)
		}
		seen[key] = true
	}
}
