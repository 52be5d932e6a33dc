package estate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// need says whether a field must be there.
type need bool

const (
	required need = true
	optional need = false
)

// entry is one field of a mapping.
type entry struct {
	path  string
	value ast.Node
}

// object is a mapping of the document with its known fields. A field without a value (name:) counts
// as left out.
type object struct {
	r      *reader
	path   string
	at     spot
	fields map[string]entry
	broken bool // no mapping at all: said once, the missing fields are not
}

// object reads a mapping. A field that is not allowed, or is there twice, is a problem.
func (r *reader) object(n ast.Node, path string, allowed ...string) object {
	o := object{r: r, path: path, at: spotOf(n), fields: map[string]entry{}}
	m, ok := n.(*ast.MappingNode)
	if !ok {
		o.broken = true
		r.problem(o.at, path, unexpected(n, lang.T("eine Gruppe von Feldern der Form „name: wert“", `a group of fields of the form "name: value"`)))
		return o
	}
	lines := map[string]int{}
	for _, v := range m.Values {
		at := spotOfToken(v.Key.GetToken())
		key, plain := v.Key.(*ast.StringNode)
		if !plain {
			r.problem(at, path, lang.T(
				"ein Feldname muss ein einfaches Wort sein", "a field name must be a plain word"))
			continue
		}
		name := key.Value
		where := join(path, name)
		if !slices.Contains(allowed, name) {
			r.problem(at, join(path, shown(name)), lang.Textf(
				"unbekanntes Feld „%[1]s“; möglich sind: %[2]s", `unknown field "%[1]s"; possible are: %[2]s`,
				shown(name), strings.Join(allowed, ", ")))
			continue
		}
		if first, twice := lines[name]; twice {
			r.problem(at, where, lang.Textf(
				"das Feld „%[1]s“ steht schon in Zeile %[2]d; bitte nur einmal angeben",
				`the field "%[1]s" stands in line %[2]d already; please state it once`, name, first))
			continue
		}
		lines[name] = at.line
		if v.Value != nil && v.Value.Type() != ast.NullType {
			o.fields[name] = entry{where, v.Value}
		}
	}
	return o
}

func (o object) field(name string) entry { return o.fields[name] }

// problem records a problem with a field, at its value, or at the object when it is not there.
func (o object) problem(name string, text lang.Text) {
	at := o.at
	if e, ok := o.fields[name]; ok {
		at = spotOf(e.value)
	}
	o.r.problem(at, join(o.path, name), text)
}

// get returns a field; that it is needed and missing is a problem.
func (o object) get(name string, n need) (entry, bool) {
	e, ok := o.fields[name]
	if !ok && n == required && !o.broken {
		o.problem(name, lang.Textf("das Feld „%[1]s“ fehlt", `the field "%[1]s" is missing`, name))
	}
	return e, ok
}

// items returns the members of a list field, at most so many.
func (o object) items(name string, most int) []ast.Node {
	e, ok := o.fields[name]
	if !ok {
		return nil
	}
	s, ok := e.value.(*ast.SequenceNode)
	if !ok {
		o.problem(name, unexpected(e.value, lang.T("eine Liste", "a list")))
		return nil
	}
	if most > 0 && len(s.Values) > most {
		o.problem(name, lang.Textf(
			"die Liste hat %[1]d Einträge; erlaubt sind höchstens %[2]d", "the list has %[1]d entries; at most %[2]d are allowed",
			len(s.Values), most))
		return nil
	}
	return s.Values
}

// objects returns the members of a list field as objects.
func (o object) objects(name string, allowed ...string) []object {
	return o.objectsAtMost(name, 0, allowed...)
}

func (o object) objectsAtMost(name string, most int, allowed ...string) []object {
	var out []object
	for i, n := range o.items(name, most) {
		out = append(out, o.r.object(n, index(o.path, name, i), allowed...))
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path, name string, i int) string {
	return join(path, name) + "[" + strconv.Itoa(i) + "]"
}
