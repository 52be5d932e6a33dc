// Package lang holds what Patchwart says to people: a text in German and English, and dates, numbers
// and lists written the way each language writes them.
//
// A Text always carries both languages, so that whoever makes one never needs to know who will read
// it; the reader's side chooses with In. German addresses people with Sie and stays calm. Formatting
// is pure: a time is shown in the location it carries, so callers convert it to the hoster's or the
// reader's zone before.
package lang

import (
	"fmt"
	"strings"
)

// Lang is a language that Patchwart speaks.
type Lang string

// The languages that Patchwart speaks.
const (
	DE Lang = "de"
	EN Lang = "en"
)

// All lists the languages, German first.
func All() []Lang { return []Lang{DE, EN} }

// Parse reads a language from a locale ("de_DE.UTF-8"), a language tag ("en-GB"), or an
// Accept-Language header ("fr, en-GB;q=0.8, de;q=0.5"). Of several, the first that Patchwart speaks
// and that is not refused (q=0) counts: browsers list them by preference. It reports false where none
// is spoken ("C", "fr_FR", ""), and leaves the default to the caller.
func Parse(s string) (Lang, bool) {
	for rest := s; rest != ""; {
		var entry string
		entry, rest, _ = strings.Cut(rest, ",")
		tag, params, _ := strings.Cut(entry, ";")
		if refused(params) {
			continue
		}
		tag = strings.TrimSpace(tag)
		if i := strings.IndexAny(tag, "-_.@"); i >= 0 {
			tag = tag[:i]
		}
		switch l := Lang(strings.ToLower(tag)); l {
		case DE, EN:
			return l, true
		}
	}
	return "", false
}

// refused reports whether the parameters of an Accept-Language entry carry the weight zero.
func refused(params string) bool {
	value, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=0")
	return found && strings.Trim(value, ".0") == ""
}

// Text is one statement in both languages. Both are filled, or the text is zero.
type Text struct {
	DE string `json:"de" yaml:"de"`
	EN string `json:"en" yaml:"en"`
}

// T makes a text from its two wordings.
func T(de, en string) Text { return Text{DE: de, EN: en} }

// Textf makes a text from two formats and one list of arguments. Where the languages order the words
// differently, the formats use explicit indexes (%[2]s). An argument that is a Text itself stands in
// each wording in that wording's language.
func Textf(de, en string, args ...any) Text {
	return Text{
		DE: fmt.Sprintf(de, inEach(DE, args)...),
		EN: fmt.Sprintf(en, inEach(EN, args)...),
	}
}

// inEach returns args with every Text replaced by its wording in l.
func inEach(l Lang, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if t, ok := a.(Text); ok {
			a = t.In(l)
		}
		out[i] = a
	}
	return out
}

// In returns the wording in l. Any language but English is answered in German, the project's first
// language.
func (t Text) In(l Lang) string {
	if l == EN {
		return t.EN
	}
	return t.DE
}

// IsZero reports whether neither wording is filled.
func (t Text) IsZero() bool { return t == Text{} }

// Join writes a list as a sentence has it: "a, b und c", "a, b and c".
func Join(list []string, l Lang) string {
	and := " und "
	if l == EN {
		and = " and "
	}
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + and + list[n-1]
	}
}

// JoinTexts is Join for texts, in both languages at once.
func JoinTexts(list []Text) Text {
	de, en := make([]string, len(list)), make([]string, len(list))
	for i, t := range list {
		de[i], en[i] = t.DE, t.EN
	}
	return Text{DE: Join(de, DE), EN: Join(en, EN)}
}
