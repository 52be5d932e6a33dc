// Package csaf reads security advisories in the Common Security Advisory Framework 2.0 (OASIS Standard,
// 2022), the form in which BSI/CERT-Bund and many vendors publish, and walks through the places where
// they lie: provider-metadata.json, changes.csv, index.txt and ROLIE feeds.
//
// A document counts only as a whole. What fails the JSON schema or one of the mandatory tests (section
// 6.1 of the standard) is refused with the test's number and the place; what the optional and informative
// tests (6.2, 6.3) find leaves a document valid and is not looked for.
//
// CSAF says which products a hole is in, by names of the publisher's choice. Only what can be placed with
// certainty becomes a statement about a package; the rest is named in Document.Skips.
package csaf

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Publisher is the name that records of this package carry.
const Publisher = "csaf"

// MaxDocument is the size in bytes of the largest document that is read: appendix C of the standard asks
// publishers to stay below 15 MB.
const MaxDocument = 16 << 20

const (
	maxDepth      = 100 // levels of JSON; a product tree of 30 branches needs 65
	maxValues     = 400_000
	maxMembers    = 200 // of an object that has unknown ones
	maxViolations = 50  // of one document that are reported
)

// Violation is one breach of the standard.
type Violation struct {
	Test    string `json:"test"`    // "6.1.9", or "schema"
	Path    string `json:"path"`    // JSON pointer (RFC 6901) into the document; empty: the document as a whole
	Problem string `json:"problem"` // one English sentence
}

// String is the violation in one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s at %s: %s", v.Test, v.Path, v.Problem)
}

// Schema is the Test of a violation of the JSON schema.
const Schema = "schema"

// RefusedError is a document that may not be used.
type RefusedError struct {
	Name       string // of the document, as the caller calls it
	Violations []Violation
}

// Error names the first violations.
func (e *RefusedError) Error() string {
	const most = 3
	lines := make([]string, 0, most)
	for _, v := range e.Violations[:min(most, len(e.Violations))] {
		lines = append(lines, v.String())
	}
	more := ""
	if n := len(e.Violations) - most; n > 0 {
		more = fmt.Sprintf("; and %d more", n)
	}
	return fmt.Sprintf("%s is no valid CSAF 2.0 document (its publisher has to mend it): %s%s", e.Name, strings.Join(lines, "; "), more)
}

// Words says the same to people.
func (e *RefusedError) Words() lang.Text {
	test := e.Violations[0].Test
	return lang.Textf("%[1]s ist kein gültiges CSAF-2.0-Dokument (Prüfung %[2]s) und wird nicht verwendet.", "%[1]s is no valid CSAF 2.0 document (test %[2]s) and is not used.", e.Name, test)
}

// Document is what a valid document says.
type Document struct {
	ID       string    // tracking ID: WID-SEC-2026-1234
	Issuer   string    // name of the publisher
	Category string    // profile: csaf_security_advisory, csaf_vex …
	Status   string    // draft, interim, final
	Version  string    // of the document
	TLP      string    // WHITE, GREEN, AMBER, RED, UNLABELED; empty: the publisher does not say
	Modified time.Time // current release

	// Records are the document's statements. A record holds what is true for each of its CVEs, so a document
	// that says different things about its CVEs becomes several records with the same ID.
	Records []advisory.Record
	// Skips are statements about products that cannot be placed in the world of packages.
	Skips []advisory.Skip
}

// Restricted reports whether the publisher forbids passing the document on freely (TLP:AMBER, TLP:RED), so
// that no customer's page may show it.
func (d Document) Restricted() bool { return d.TLP == "AMBER" || d.TLP == "RED" }

// Read reads a document as one record. Where the document says different things about its CVEs, the record
// holds only what is true for all of them; ReadDocument keeps the rest. The violations are those of the
// error, which is a *RefusedError unless the text is no JSON at all.
func Read(name string, text []byte) (advisory.Record, []Violation, error) {
	doc, err := decode(name, text)
	if err != nil {
		return advisory.Record{}, violationsOf(err), err
	}
	return whole(doc), nil, nil
}

// ReadDocument reads a document with everything it says. Errors are those of Read.
func ReadDocument(name string, text []byte) (Document, error) {
	doc, err := decode(name, text)
	if err != nil {
		return Document{}, err
	}
	return normalise(name, doc), nil
}
