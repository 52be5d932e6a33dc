package intake

import (
	"slices"
	"strings"
	"unicode"

	"github.com/patchwart/patchwart/internal/core/estate"
)

// systemsOf are the systems of a customer, by name.
func systemsOf(e estate.Estate, customer string) []string {
	var out []string
	for _, s := range e.Systems {
		if c, ok := e.Contract(s.Contract); ok && c.Customer == customer {
			out = append(out, s.Name)
		}
	}
	slices.Sort(out)
	return out
}

// roster are the names that a sentence may hold, folded, with the name as it is written.
type roster map[string]string

// skeletons are the names without what people leave out.
func (r roster) skeletons() map[string]bool {
	out := make(map[string]bool, len(r))
	for name := range r {
		if plainly(name) {
			out[bones(name)] = true
		}
	}
	return out
}

// named are the systems that a sentence names, and whether it has a word that may be meant as one and is none:
// a slip of the pen, or a name that is not in the sender's estate. A system of somebody else's is no different.
func (s *sentence) named(names roster, installed map[string]bool) (systems []string, strange bool) {
	skeletons := names.skeletons()
	for i := range s.tokens {
		t := &s.tokens[i]
		if name, ok := names[t.word]; ok && (plainly(t.word) || announced(s.tokens, i)) {
			t.taken = true
			if !slices.Contains(systems, name) {
				systems = append(systems, name)
			}
			continue
		}
		if t.taken {
			continue
		}
		strange = strange || names[t.word] != "" || looksNamed(s.tokens, i, installed) || s.nearly(i, names, skeletons)
	}
	slices.Sort(systems)
	return systems, strange
}

// plainly reports whether a name cannot be an ordinary word: it has a digit, a hyphen or a dot in it.
func plainly(name string) bool { return strings.ContainsAny(name, "0123456789-._") }

// announced reports whether the word before says that a system's name follows.
func announced(toks []token, i int) bool {
	return i > 0 && slices.Contains([]string{"server", "system", "host", "vm", "maschine", "rechner", "machine"}, toks[i-1].word)
}

// looksNamed reports whether a word looks like the name of a host: letters with digits, or dots.
func looksNamed(toks []token, i int, installed map[string]bool) bool {
	word := toks[i].word
	first := rune(word[0])
	if !unicode.IsLetter(first) || installed[word] || strings.ContainsAny(word, "@:/") || strings.HasPrefix(word, "cve-") || strings.HasPrefix(word, "dsa-") {
		return false
	}
	if i > 0 && slices.Contains([]string{"ticket", "auftrag", "vorgang", "order", "nr", "nummer", "number", "case", "kundennummer"}, toks[i-1].word) {
		return false
	}
	bare := strings.TrimRight(word, "0123456789.")
	if software[bare] != "" || generations[bare] != "" {
		return false
	}
	return strings.ContainsAny(word, "0123456789") || strings.Count(word, ".") > 1
}

// nearly reports whether a word, alone or with the next one, is almost the name of a system: "web 01", "web-01"
// and "web1" for "web01", "wbe01" with two letters turned round, one letter missing or wrong.
func (s *sentence) nearly(i int, names roster, skeletons map[string]bool) bool {
	word := s.tokens[i].word
	joined := ""
	if i+1 < len(s.tokens) && !s.tokens[i+1].taken {
		joined = word + s.tokens[i+1].word
	}
	if skeletons[bones(word)] || joined != "" && skeletons[bones(joined)] {
		return true
	}
	for name := range names {
		if !plainly(name) && word != name {
			if len(name) >= 5 && slip(word, name) {
				return true
			}
			continue
		}
		for _, w := range []string{word, joined} {
			if w != "" && len(name) >= 4 && len(w) >= 4 && slip(w, name) {
				return true
			}
		}
	}
	return false
}

// bones are a name without what people leave out: separators and leading zeros.
func bones(s string) string {
	var b strings.Builder
	zero := true
	for _, r := range s {
		switch {
		case r == '-' || r == '_' || r == '.':
			zero = true
			continue
		case r == '0' && zero:
			continue
		}
		zero = !unicode.IsDigit(r)
		b.WriteRune(r)
	}
	return b.String()
}

// slip reports whether two words differ by one letter more, less or other, or by two neighbours turned round.
func slip(a, b string) bool {
	if a == b || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	ra, rb := a[i:], b[i:]
	switch {
	case len(a) > len(b):
		return ra[1:] == rb
	case len(a) < len(b):
		return ra == rb[1:]
	}
	return ra[1:] == rb[1:] || len(ra) > 1 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:]
}
