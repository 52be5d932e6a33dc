package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Bounds of a policy document. The parser's time grows with the square of the depth, and a document
// of a hoster's lawyer is far below all of them.
const (
	maxDocument = 256 << 10 // bytes
	maxLine     = 1000      // bytes
	maxDepth    = 32        // open brackets
	maxProblems = 100       // reported at once
)

// document reads a YAML tree strictly and collects every problem with its place.
type document struct {
	file   string
	draft  bool // let through what Lint tells better
	places []fault.Place
}

// spot is a place in the document: line and column count from 1.
type spot struct{ line, column int }

func spotOf(n ast.Node) spot {
	if n == nil {
		return spot{1, 1}
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		n = m.Values[0].Key // the token of a block mapping is its first colon
	}
	return spotOfToken(n.GetToken())
}

func spotOfToken(t *token.Token) spot {
	if t == nil || t.Position == nil {
		return spot{1, 1}
	}
	return spot{max(t.Position.Line, 1), max(t.Position.Column, 1)}
}

// problem records that something is wrong at a place, in which field, and what would be right.
func (d *document) problem(at spot, field string, text lang.Text) {
	if len(d.places) < maxProblems {
		d.places = append(d.places, fault.Place{File: d.file, Line: at.line, Column: at.column, Field: field, Problem: text})
	}
}

// err returns all problems as one error, in the order of the document; nil when there is none.
func (d *document) err() error {
	if len(d.places) == 0 {
		return nil
	}
	slices.SortStableFunc(d.places, func(a, b fault.Place) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	lines := make([]error, len(d.places))
	for i, p := range d.places {
		lines[i] = fmt.Errorf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Problem.EN)
	}
	text := lang.Textf("Das Regelwerk %[1]s ist nicht gültig.", "The policy %[1]s is not valid.", d.file)
	mend := lang.T("Bitte berichtigen Sie die genannten Stellen.", "Please correct the places named.")
	return &fault.Error{Code: fault.Invalid, Text: text, Mend: mend, Places: d.places, Cause: errors.Join(lines...)}
}

// root parses the bytes into the one mapping they must hold. It returns nil after a problem.
func (d *document) root(data []byte) *ast.MappingNode {
	if at, text := tooLarge(data); !text.IsZero() {
		d.problem(at, "", text)
		return nil
	}
	tree, err := parseYAML(data)
	if err != nil {
		at, message := spot{1, 1}, err.Error()
		var syntax interface {
			GetToken() *token.Token
			GetMessage() string
		}
		if errors.As(err, &syntax) {
			at, message = spotOfToken(syntax.GetToken()), syntax.GetMessage()
		}
		d.problem(at, "", lang.Textf("kein gültiges YAML: %[1]s", "not valid YAML: %[1]s", message))
		return nil
	}
	if len(tree.Docs) != 1 {
		d.problem(spot{1, 1}, "", lang.Textf(
			"%[1]d YAML-Dokumente gefunden; erwartet ist genau eines je Datei",
			"%[1]d YAML documents found; exactly one in a file is expected", len(tree.Docs)))
		return nil
	}
	body := tree.Docs[0].Body
	m, ok := body.(*ast.MappingNode)
	if !ok {
		d.problem(spotOf(body), "", lang.T(
			"die Datei muss aus Feldern der Form „name: wert“ bestehen",
			`the file must consist of fields of the form "name: value"`))
		return nil
	}
	return m
}

// parseYAML turns bytes into a tree. The parser is foreign and reads what people upload, so a panic
// in it is a syntax error here.
func parseYAML(data []byte) (tree *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	// Duplicate keys are let through here and found by fields, which reports all of them.
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

// tooLarge checks the bounds before the parser sees a byte.
func tooLarge(data []byte) (spot, lang.Text) {
	if len(data) > maxDocument {
		return spot{1, 1}, lang.Textf("die Datei hat mehr als %[1]d Bytes", "the file has more than %[1]d bytes", maxDocument)
	}
	depth, number := 0, 0
	for line := range strings.Lines(string(data)) {
		number++
		switch {
		case !utf8.ValidString(line):
			return spot{number, 1}, lang.T("die Zeile ist kein gültiges UTF-8", "the line is not valid UTF-8")
		case len(line) > maxLine:
			return spot{number, 1}, lang.Textf("die Zeile hat mehr als %[1]d Bytes", "the line has more than %[1]d bytes", maxLine)
		}
		depth += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		if depth > maxDepth {
			return spot{number, 1}, lang.Textf("mehr als %[1]d offene Klammern", "more than %[1]d open brackets", maxDepth)
		}
	}
	return spot{}, lang.Text{}
}

// entry is one field of a mapping.
type entry struct {
	name  string
	key   spot
	value ast.Node
}

// fields returns the fields of a mapping by name. A field that is not allowed, or is there twice, is
// a problem, and so is a node that is no mapping.
func (d *document) fields(n ast.Node, path string, allowed ...string) map[string]entry {
	out := map[string]entry{}
	for _, e := range d.entries(n, path) {
		where := join(path, e.name)
		if !slices.Contains(allowed, e.name) {
			d.problem(e.key, where, lang.Textf(
				"unbekanntes Feld „%[1]s“; möglich sind: %[2]s", `unknown field "%[1]s"; possible are: %[2]s`,
				e.name, strings.Join(allowed, ", ")))
			continue
		}
		if first, twice := out[e.name]; twice {
			d.problem(e.key, where, lang.Textf(
				"das Feld „%[1]s“ steht schon in Zeile %[2]d; bitte nur einmal angeben",
				`the field "%[1]s" stands already in line %[2]d; please give it once`, e.name, first.key.line))
			continue
		}
		out[e.name] = e
	}
	return out
}

// entries returns the fields of a mapping in the order of the document.
func (d *document) entries(n ast.Node, path string) []entry {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		d.problem(spotOf(n), path, lang.Textf(
			"%[1]s muss aus Feldern der Form „name: wert“ bestehen",
			`%[1]s must consist of fields of the form "name: value"`, path))
		return nil
	}
	out := make([]entry, 0, len(m.Values))
	for _, v := range m.Values {
		key, plain := v.Key.(*ast.StringNode)
		if !plain {
			d.problem(spotOf(v.Key), path, lang.T(
				"ein Feldname muss ein einfaches Wort sein", "a field name must be a plain word"))
			continue
		}
		out = append(out, entry{key.Value, spotOf(key), v.Value})
	}
	return out
}

// items returns the members of a list; a node that is no list, or an empty one, is a problem.
func (d *document) items(n ast.Node, path string) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok || len(s.Values) == 0 {
		d.problem(spotOf(n), path, lang.Textf(
			"%[1]s muss eine Liste mit mindestens einem Eintrag sein",
			"%[1]s must be a list with at least one entry", path))
		return nil
	}
	return s.Values
}

// scalar returns the text of a node: a string as it is meant, anything else as it is written (true,
// 2026-11-23). Anchors, aliases, tags, lists and nothing at all are problems.
func (d *document) scalar(n ast.Node, path string) (string, bool) {
	text := ""
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = n.Value.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		text = n.GetToken().Value
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.problem(spotOf(n), path, lang.Textf(
			"%[1]s: Verweise und Typangaben (& * !) werden nicht gelesen; bitte schreiben Sie den Text aus",
			"%[1]s: references and types (& * !) are not read; please write the text out", path))
		return "", false
	}
	if text = strings.TrimSpace(text); text == "" {
		d.problem(spotOf(n), path, lang.Textf(
			"%[1]s muss ein nicht leerer Text sein", "%[1]s must be a text that is not empty", path))
		return "", false
	}
	return text, true
}

// oneOf returns the text of a node that must be one of the allowed.
func (d *document) oneOf(n ast.Node, path string, allowed []string) (string, bool) {
	text, ok := d.scalar(n, path)
	if ok && !slices.Contains(allowed, text) {
		d.problem(spotOf(n), path, lang.Textf(
			"unbekannter Wert „%[1]s“ für %[2]s; möglich sind: %[3]s", `unknown value "%[1]s" for %[2]s; possible are: %[3]s`,
			text, path, strings.Join(allowed, ", ")))
		return "", false
	}
	return text, ok
}

// text reads a statement in both languages.
func (d *document) text(n ast.Node, path string) lang.Text {
	in := d.fields(n, path, "de", "en")
	var t lang.Text
	if e, ok := d.need(in, n, path, "de"); ok {
		t.DE, _ = d.scalar(e.value, join(path, "de"))
	}
	if e, ok := d.need(in, n, path, "en"); ok {
		t.EN, _ = d.scalar(e.value, join(path, "en"))
	}
	return t
}

// need returns a field that must be there.
func (d *document) need(in map[string]entry, n ast.Node, path, name string) (entry, bool) {
	e, ok := in[name]
	if _, isMapping := n.(*ast.MappingNode); !ok && isMapping {
		d.problem(spotOf(n), join(path, name), lang.Textf(
			"das Feld „%[1]s“ fehlt", `the field "%[1]s" is missing`, join(path, name)))
	}
	return e, ok
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
