package estate

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// reader walks the tree of an estate document and collects every problem with its place. References
// are checked when everything has been read, by the functions in later.
type reader struct {
	file   string
	zones  func(string) (*time.Location, error)
	known  Known
	places []fault.Place
	names  map[string]int // kind and name → the line it stands in
	later  []func(Estate)
}

// spot is a place in the document; line and column count from 1, the column in characters.
type spot struct{ line, column int }

func spotOf(n ast.Node) spot {
	if n == nil {
		return spot{1, 1}
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
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
func (r *reader) problem(at spot, field string, text lang.Text) {
	if len(r.places) < maxProblems {
		r.places = append(r.places, fault.Place{File: r.file, Line: at.line, Column: at.column, Field: field, Problem: text})
	}
}

// sorted returns the problems in the order of the document. At the cap, a last one says that there
// may be more.
func (r *reader) sorted() []fault.Place {
	slices.SortStableFunc(r.places, func(a, b fault.Place) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(r.places) == maxProblems {
		last := r.places[maxProblems-1]
		r.places = append(r.places, fault.Place{File: r.file, Line: last.Line, Column: last.Column, Problem: lang.Textf(
			"nur die ersten %[1]d Fehler sind genannt", "only the first %[1]d problems are named", maxProblems)})
	}
	return r.places
}

// root parses the bytes into the one mapping they must hold. It returns nil after a problem.
func (r *reader) root(doc []byte) ast.Node {
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	fail := func(at spot, text lang.Text) ast.Node {
		r.problem(at, "", text)
		return nil
	}
	switch {
	case len(doc) > MaxDocument:
		return fail(spot{1, 1}, lang.Textf("das Dokument hat mehr als %[1]d MiB", "the document has more than %[1]d MiB", MaxDocument>>20))
	case !utf8.Valid(doc):
		return fail(spotOfInvalid(doc), lang.T("kein gültiges UTF-8", "not valid UTF-8"))
	}
	tree, err := parseYAML(string(doc))
	if err != nil {
		at, message := spot{1, 1}, err.Error()
		var syntax interface {
			GetToken() *token.Token
			GetMessage() string
		}
		if errors.As(err, &syntax) {
			at, message = spotOfToken(syntax.GetToken()), syntax.GetMessage()
		}
		return fail(at, lang.Textf("kein gültiges YAML: %[1]s", "not valid YAML: %[1]s", message))
	}
	var bodies []ast.Node
	for _, d := range tree.Docs {
		if d.Body != nil && d.Body.Type() != ast.NullType && d.Body.Type() != ast.CommentType {
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) == 0 {
		return fail(spot{1, 1}, lang.T(
			"das Dokument ist leer; erwartet sind customers, windows, contracts und systems",
			"the document is empty; customers, windows, contracts and systems are expected"))
	}
	if len(bodies) > 1 {
		return fail(spotOf(bodies[1]), lang.T(
			"hier beginnt ein zweites YAML-Dokument; erwartet ist genau eines je Datei",
			"a second YAML document begins here; exactly one in a file is expected"))
	}
	if _, ok := bodies[0].(*ast.MappingNode); !ok {
		return fail(spotOf(bodies[0]), lang.T(
			"das Dokument muss aus Feldern der Form „name: wert“ bestehen",
			`the document must consist of fields of the form "name: value"`))
	}
	return bodies[0]
}

// spotOfInvalid finds the first byte that is not UTF-8.
func spotOfInvalid(doc []byte) spot {
	at := spot{1, 1}
	for len(doc) > 0 {
		c, size := utf8.DecodeRune(doc)
		switch {
		case c == utf8.RuneError && size == 1:
			return at
		case c == '\n':
			at = spot{at.line + 1, 1}
		default:
			at.column++
		}
		doc = doc[size:]
	}
	return at
}

// parseYAML turns text into a tree. The parser is foreign and reads what people upload, so a panic
// in it is a syntax error here; and because it descends once per level, which no recover survives
// when it goes too deep, the levels are counted first.
func parseYAML(text string) (tree *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			tree, err = nil, fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	tokens := lexer.Tokenize(text)
	open, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position != nil && t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType:
			dashes++
		}
		if open > maxDepth || dashes > maxDepth {
			return nil, &depthError{t}
		}
	}
	// Duplicate keys are let through here and found by object, which reports all of them.
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// depthError is the problem of a document that nests more than maxDepth levels.
type depthError struct{ at *token.Token }

func (e *depthError) Error() string          { return e.GetMessage() }
func (e *depthError) GetToken() *token.Token { return e.at }
func (e *depthError) GetMessage() string     { return "more than " + strconv.Itoa(maxDepth) + " levels" }

// unique records a name of a kind; a second one is a problem. Names differ by more than their case:
// people do not hear the difference, and the names of hosts do not have it.
func (r *reader) unique(kind, name string, at entry) {
	if name == "" {
		return
	}
	if r.names == nil {
		r.names = map[string]int{}
	}
	key := kind + "\x00" + strings.ToLower(name)
	if first, twice := r.names[key]; twice {
		r.problem(spotOf(at.value), at.path, lang.Textf(
			"„%[1]s“ steht schon in Zeile %[2]d; jeder Name darf nur einmal vorkommen, auch in anderer Schreibung",
			`"%[1]s" stands in line %[2]d already; every name may occur once, also in other spelling`, name, first))
		return
	}
	r.names[key] = spotOf(at.value).line
}

// refer checks, when everything has been read, that a name refers to something.
func (r *reader) refer(o object, field, name string, exists func(Estate) bool, kind lang.Text, section string) {
	if name == "" {
		return
	}
	r.later = append(r.later, func(e Estate) {
		if !exists(e) {
			o.problem(field, lang.Textf(
				"%[1]s „%[2]s“ gibt es nicht; erwartet ist ein Name aus %[3]s", `there is no %[1]s "%[2]s"; a name from %[3]s is expected`,
				kind, name, section))
		}
	})
}
