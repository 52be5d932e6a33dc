// Package strictyaml reads small rule documents from YAML so that whoever wrote one learns everything that
// is wrong with it at once, each with line, column and what would be right.
//
// It is strict: unknown fields, fields given twice, anchors, aliases, tags, merge keys and more than one
// document are problems. Documents are bounded in size, line length and depth before the parser sees them.
// Only the byte parser of github.com/goccy/go-yaml is used; nothing is decoded by reflection.
package strictyaml

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// The bounds of a document. A rule document of a hoster is a few kilobytes.
const (
	MaxBytes    = 64 << 10
	maxLine     = 1000 // bytes
	maxBrackets = 32   // open at once
	maxIndent   = 128  // spaces and list dashes before the first word of a line
	maxProblems = 50   // reported at once
)

// Document is one YAML document that is being read, with the problems found so far.
type Document struct {
	file   string
	places []fault.Place
}

// Open parses the bytes. The file name serves only to say where something is wrong. After a syntax error
// the root is a node without fields, and Err tells why.
func Open(file string, data []byte) (*Document, Node) {
	d := &Document{file: file}
	if line, text := tooLarge(data); !text.IsZero() {
		d.wrong(line, 1, "", text)
		return d, Node{d: d}
	}
	tree, err := parse(data)
	if err != nil {
		line, column, message := 1, 1, err.Error()
		var syntax interface {
			GetToken() *token.Token
			GetMessage() string
		}
		if errors.As(err, &syntax) {
			line, column = placeOf(syntax.GetToken())
			message = syntax.GetMessage()
		}
		d.wrong(line, column, "", lang.Textf("kein gültiges YAML: %[1]s", "not valid YAML: %[1]s", message))
		return d, Node{d: d}
	}
	if len(tree.Docs) != 1 {
		d.wrong(1, 1, "", lang.Textf("%[1]d YAML-Dokumente in der Datei; erwartet ist genau eines",
			"%[1]d YAML documents in the file; exactly one is expected", len(tree.Docs)))
		return d, Node{d: d}
	}
	return d, Node{d: d, n: tree.Docs[0].Body}
}

// Err returns everything that was found wrong as one *fault.Error with the code Invalid, in the order of
// the document, or nil. What is the document in words: "Das Regelwerk", "The rule document".
func (d *Document) Err(what lang.Text) error {
	if len(d.places) == 0 {
		return nil
	}
	slices.SortStableFunc(d.places, func(a, b fault.Place) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	causes := make([]error, len(d.places))
	for i, p := range d.places {
		causes[i] = fmt.Errorf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Problem.EN)
	}
	return &fault.Error{
		Code:   fault.Invalid,
		Text:   lang.Textf("%[1]s %[2]s ist nicht gültig.", "%[1]s %[2]s is not valid.", what, d.file),
		Mend:   lang.T("Bitte berichtigen Sie die genannten Stellen.", "Please correct the places named."),
		Places: d.places, Cause: errors.Join(causes...),
	}
}

// OK reports whether nothing was found wrong so far.
func (d *Document) OK() bool { return len(d.places) == 0 }

func (d *Document) wrong(line, column int, field string, text lang.Text) {
	if len(d.places) < maxProblems {
		d.places = append(d.places, fault.Place{File: d.file, Line: line, Column: column, Field: field, Problem: text})
	}
}

// parse turns bytes into a tree. The parser is foreign and reads what people wrote: a panic in it is a
// syntax error here.
func parse(data []byte) (tree *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	// A key that is there twice is let through and found by Fields, which reports it with all the others.
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

// tooLarge checks the bounds, and returns the line that breaks one with what is wrong.
func tooLarge(data []byte) (int, lang.Text) {
	if len(data) > MaxBytes {
		return 1, lang.Textf("die Datei hat mehr als %[1]d Bytes", "the file has more than %[1]d bytes", MaxBytes)
	}
	open, number := 0, 0
	for line := range bytes.Lines(data) {
		number++
		open += bytes.Count(line, []byte("[")) + bytes.Count(line, []byte("{")) - bytes.Count(line, []byte("]")) - bytes.Count(line, []byte("}"))
		lead := len(line) - len(bytes.TrimLeft(line, " -?:\t"))
		switch {
		case !utf8.Valid(line):
			return number, lang.T("die Zeile ist kein gültiges UTF-8", "the line is not valid UTF-8")
		case len(line) > maxLine:
			return number, lang.Textf("die Zeile hat mehr als %[1]d Bytes", "the line has more than %[1]d bytes", maxLine)
		case open > maxBrackets || lead > maxIndent:
			return number, lang.T("zu tief verschachtelt", "nested too deeply")
		}
	}
	return 0, lang.Text{}
}

// placeOf is line and column of a token, counted from 1.
func placeOf(t *token.Token) (line, column int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	return max(t.Position.Line, 1), max(t.Position.Column, 1)
}
