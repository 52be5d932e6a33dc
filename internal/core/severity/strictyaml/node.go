package strictyaml

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Node is one place in a document, with its path ("rules[2].when"). The zero node reads as nothing and
// reports nothing: what is missing was told by whoever needed it.
type Node struct {
	d    *Document
	n    ast.Node
	path string
	gone bool // needed and not there; already told
}

// Fields is a mapping by field name.
type Fields struct {
	of    Node
	named map[string]Node
	order []string
	empty bool // a mapping without a field, allowed or not
}

// Path is where the node stands: "rules[2].when".
func (n Node) Path() string { return n.path }

// Line is the line in which the node starts, counted from 1.
func (n Node) Line() int {
	line, _ := n.place()
	return line
}

// Wrong records that something is wrong with the node, and what would be right.
func (n Node) Wrong(text lang.Text) {
	if n.d == nil || n.gone {
		return
	}
	line, column := n.place()
	n.d.wrong(line, column, n.path, text)
}

func (n Node) place() (line, column int) {
	at := n.n
	if m, ok := at.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		at = m.Values[0].Key // the token of a block mapping is its first colon
	}
	if at == nil {
		return 1, 1
	}
	return placeOf(at.GetToken())
}

// Fields reads a mapping of which only the allowed names may be there, each once.
func (n Node) Fields(allowed ...string) Fields {
	f := Fields{of: n, named: map[string]Node{}}
	m, ok := n.n.(*ast.MappingNode)
	if !ok {
		if n.n != nil || n.d != nil && n.d.OK() {
			n.Wrong(lang.T("hier müssen Felder der Form „name: wert“ stehen", `fields of the form "name: value" must stand here`))
		}
		f.of.gone = true
		return f
	}
	f.empty = len(m.Values) == 0
	for _, v := range m.Values {
		key, plain := v.Key.(*ast.StringNode)
		if !plain {
			Node{d: n.d, n: v.Key, path: n.path}.Wrong(lang.T("ein Feldname muss ein einfaches Wort sein", "a field name must be a plain word"))
			continue
		}
		at := Node{d: n.d, n: key, path: join(n.path, key.Value)}
		first, twice := f.named[key.Value]
		switch {
		case !slices.Contains(allowed, key.Value):
			at.Wrong(lang.Textf("unbekanntes Feld „%[1]s“; möglich sind: %[2]s", `unknown field "%[1]s"; possible are: %[2]s`,
				key.Value, strings.Join(allowed, ", ")))
		case twice:
			at.Wrong(lang.Textf("das Feld „%[1]s“ steht schon in Zeile %[2]d; bitte nur einmal angeben",
				`the field "%[1]s" is there in line %[2]d already; please give it once`, key.Value, first.Line()))
		default:
			f.named[key.Value] = Node{d: n.d, n: v.Value, path: at.path}
			f.order = append(f.order, key.Value)
		}
	}
	return f
}

// Names lists the fields that are there, in the order of the document.
func (f Fields) Names() []string { return f.order }

// Empty reports whether the mapping is there and has no fields at all, not even wrong ones.
func (f Fields) Empty() bool { return f.empty }

// Get returns a field, and whether it is there.
func (f Fields) Get(name string) (Node, bool) {
	n, ok := f.named[name]
	return n, ok
}

// Need returns a field that must be there. When it is missing that is told, and the node returned reads as
// nothing without telling more.
func (f Fields) Need(name string) Node {
	n, ok := f.named[name]
	if !ok {
		f.of.Wrong(lang.Textf("das Feld „%[1]s“ fehlt", `the field "%[1]s" is missing`, name))
		return Node{d: f.of.d, path: join(f.of.path, name), gone: true}
	}
	return n
}

// Items reads a list with at least one and at most limit members.
func (n Node) Items(limit int) []Node {
	s, ok := n.n.(*ast.SequenceNode)
	switch {
	case !ok || len(s.Values) == 0:
		n.Wrong(lang.T("hier muss eine Liste mit mindestens einem Eintrag stehen", "a list with at least one entry must stand here"))
		return nil
	case len(s.Values) > limit:
		n.Wrong(lang.Textf("die Liste hat mehr als %[1]d Einträge", "the list has more than %[1]d entries", limit))
		return nil
	}
	out := make([]Node, len(s.Values))
	for i, v := range s.Values {
		out[i] = Node{d: n.d, n: v, path: fmt.Sprintf("%s[%d]", n.path, i)}
	}
	return out
}

// Word reads a text that is not empty; numbers and true or false are taken as written.
func (n Node) Word() (string, bool) {
	text := ""
	switch v := n.n.(type) {
	case *ast.StringNode:
		text = v.Value
	case *ast.LiteralNode:
		text = v.Value.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		text = v.GetToken().Value
	}
	if text = strings.TrimSpace(text); text == "" {
		n.Wrong(lang.T("hier muss ein Text stehen, der nicht leer ist und kein Verweis (& * !)",
			"a text must stand here that is not empty and no reference (& * !)"))
		return "", false
	}
	return text, true
}

// OneOf reads a word of a closed vocabulary.
func (n Node) OneOf(allowed ...string) string {
	text, ok := n.Word()
	if ok && !slices.Contains(allowed, text) {
		n.Wrong(lang.Textf("unbekannter Wert „%[1]s“; möglich sind: %[2]s", `unknown value "%[1]s"; possible are: %[2]s`,
			text, strings.Join(allowed, ", ")))
		return ""
	}
	return text
}

// Bool reads true or false.
func (n Node) Bool() bool { return n.OneOf("true", "false") == "true" }

// Number reads a number from low to high.
func (n Node) Number(low, high float64) float64 {
	text, ok := n.Word()
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || v < low || v > high {
		n.Wrong(lang.Textf("„%[1]s“ ist keine Zahl von %[2]v bis %[3]v", `"%[1]s" is not a number from %[2]v to %[3]v`, text, low, high))
		return 0
	}
	return v
}

// Whole reads a whole number from low to high.
func (n Node) Whole(low, high int) int {
	text, ok := n.Word()
	if !ok {
		return 0
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < low || v > high {
		n.Wrong(lang.Textf("„%[1]s“ ist keine ganze Zahl von %[2]d bis %[3]d", `"%[1]s" is not a whole number from %[2]d to %[3]d`, text, low, high))
		return 0
	}
	return v
}

// Text reads a statement in both languages.
func (n Node) Text() lang.Text {
	f := n.Fields("de", "en")
	var t lang.Text
	t.DE, _ = f.Need("de").Word()
	t.EN, _ = f.Need("en").Word()
	return t
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
