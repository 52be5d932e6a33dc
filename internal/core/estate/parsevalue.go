package estate

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// scalar returns the text of a value: a string as it is meant, a number as it is written, so that a
// ticket number needs no quotes. false means that the value is something else.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// text reads free text of at most so many characters. Line breaks at its ends do not count; control
// characters are a problem, because the text is shown in terminals.
func (o object) text(name string, n need, most int) string {
	e, ok := o.get(name, n)
	if !ok {
		return ""
	}
	s, ok := scalar(e.value)
	s = strings.TrimSpace(s)
	switch {
	case !ok:
		o.problem(name, unexpected(e.value, lang.T("ein Text", "a text")))
	case s == "" && n == required:
		o.problem(name, lang.T("der Text ist leer", "the text is empty"))
	case utf8.RuneCountInString(s) > most:
		o.problem(name, lang.Textf("der Text hat mehr als %[1]d Zeichen", "the text has more than %[1]d characters", most))
	case strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) && (most <= maxLine || c != '\n' && c != '\t')
	}):
		o.problem(name, lang.T("der Text enthält Steuerzeichen oder Zeilenumbrüche, die hier nicht erlaubt sind",
			"the text contains control characters or line breaks that are not allowed here"))
	default:
		return s
	}
	return ""
}

// date reads a day that exists, written as 2026-11-23.
func (o object) date(name string, n need) string {
	e, ok := o.get(name, n)
	if !ok {
		return ""
	}
	s, _ := scalar(e.value)
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		o.problem(name, lang.Textf(
			"„%[1]s“ ist kein Datum; erwartet ist ein Tag wie 2026-11-23", `"%[1]s" is no date; a day such as 2026-11-23 is expected`,
			shownNode(e.value)))
		return ""
	}
	return s
}

// flag reads true or false; left out means false.
func (o object) flag(name string) bool {
	e, ok := o.fields[name]
	if !ok {
		return false
	}
	b, ok := e.value.(*ast.BoolNode)
	if !ok {
		o.problem(name, unexpected(e.value, lang.T("true oder false, ohne Anführungszeichen", "true or false, without quotes")))
		return false
	}
	return b.Value
}

// whole reads a whole number within bounds, 0 when it is left out.
func (o object) whole(name string, n need, least, most int) int {
	e, ok := o.get(name, n)
	if !ok {
		return 0
	}
	number := 0
	_, isNumber := e.value.(*ast.IntegerNode)
	if isNumber {
		var err error
		number, err = strconv.Atoi(e.value.GetToken().Value)
		isNumber = err == nil && number >= least && number <= most
	}
	if !isNumber {
		o.problem(name, unexpected(e.value, lang.Textf(
			"eine ganze Zahl von %[1]d bis %[2]d, ohne Anführungszeichen", "a whole number from %[1]d to %[2]d, without quotes", least, most)))
		return 0
	}
	return number
}

// hours reads a length of at most a day.
func (o object) hours(name string) float64 {
	e, ok := o.get(name, required)
	if !ok {
		return 0
	}
	var hours float64
	err := strconv.ErrSyntax
	switch e.value.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		hours, err = strconv.ParseFloat(e.value.GetToken().Value, 64)
	}
	if err != nil || !(hours >= 0.25 && hours <= 24) {
		o.problem(name, unexpected(e.value, lang.T(
			"eine Zahl von Stunden von 0.25 bis 24, ohne Anführungszeichen", "a number of hours from 0.25 to 24, without quotes")))
		return 0
	}
	return hours
}

// choice reads one of the allowed values.
func choice[T ~string](o object, name string, n need, allowed ...T) T {
	e, ok := o.get(name, n)
	if !ok {
		return ""
	}
	return choiceOf(o.r, e.value, e.path, allowed)
}

// choices reads a list of at least one of the allowed values, each once.
func choices[T ~string](o object, name string, allowed ...T) []T {
	e, ok := o.get(name, required)
	if !ok {
		return nil
	}
	var out []T
	members := o.items(name, 0)
	if s, isList := e.value.(*ast.SequenceNode); isList && len(s.Values) == 0 {
		o.problem(name, lang.Textf("die Liste ist leer; möglich sind: %[1]s", "the list is empty; possible are: %[1]s", joined(allowed)))
	}
	for i, n := range members {
		path := index(o.path, name, i)
		value := choiceOf(o.r, n, path, allowed)
		if value != "" && slices.Contains(out, value) {
			o.r.problem(spotOf(n), path, lang.Textf(
				"„%[1]s“ steht schon in der Liste", `"%[1]s" is in the list already`, value))
		}
		out = append(out, value)
	}
	return out
}

func choiceOf[T ~string](r *reader, n ast.Node, path string, allowed []T) T {
	s, _ := scalar(n)
	if i := slices.Index(allowed, T(s)); i >= 0 {
		return allowed[i]
	}
	r.problem(spotOf(n), path, lang.Textf(
		"„%[1]s“ ist hier kein Wert; möglich sind: %[2]s", `"%[1]s" is no value here; possible are: %[2]s`,
		shownNode(n), joined(allowed)))
	return ""
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}

// unexpected says what a value is and what was expected in its place.
func unexpected(n ast.Node, want lang.Text) lang.Text {
	return lang.Textf("hier steht %[1]s; erwartet ist %[2]s", "here is %[1]s; expected is %[2]s", kindOf(n), want)
}

// kindOf names what a value is, for people.
func kindOf(n ast.Node) lang.Text {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return lang.T("nichts", "nothing")
	case *ast.MappingNode:
		return lang.T("eine Gruppe von Feldern", "a group of fields")
	case *ast.SequenceNode:
		return lang.T("eine Liste", "a list")
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return lang.T("ein Verweis (Anker oder Alias), den Patchwart nicht liest", "a reference (anchor or alias), which Patchwart does not read")
	case *ast.TagNode:
		return lang.T("eine Typangabe, die Patchwart nicht liest", "a tag, which Patchwart does not read")
	default:
		return lang.Textf("„%[1]s“", `"%[1]s"`, shownNode(n))
	}
}

func shownNode(n ast.Node) string {
	if s, ok := scalar(n); ok {
		return shown(s)
	}
	var t *token.Token
	if n != nil {
		t = n.GetToken()
	}
	if t == nil {
		return ""
	}
	return shown(t.Value)
}

// shown is a piece of the document as it can stand in a message: short and without control characters.
func shown(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, s)
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return s
}
