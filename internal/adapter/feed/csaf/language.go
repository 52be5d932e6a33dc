package csaf

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// wrongLanguages is test 6.1.12: languages are tags whose parts are registered.
func wrongLanguages(doc node) []Violation {
	var found []Violation
	for _, l := range doc.all("document/lang", "document/source_lang") {
		if !registered(l.text()) {
			found = append(found, Violation{"6.1.12", l.path, fmt.Sprintf("%q is no registered language", l.text())})
		}
	}
	return found
}

// registered reports whether a tag's parts are in the IANA registry, where the ranges for private use are.
func registered(tag string) bool {
	_, err := language.Parse(tag)
	var unknown language.ValueError
	if !errors.As(err, &unknown) {
		return err == nil
	}
	part := strings.ToLower(unknown.Subtag())
	private := func(from, to string) bool { return len(part) == len(from) && from <= part && part <= to }
	return private("qaa", "qtz") || private("qaaa", "qabx") || private("qm", "qz") || private("xa", "xz") || part == "aa" || part == "zz"
}

// silentTranslator is test 6.1.15: a translator says from which language.
func silentTranslator(doc node) []Violation {
	at := doc.at("document").at("source_lang")
	if doc.at("document").at("publisher").at("category").text() == "translator" && !at.there() {
		return []Violation{{"6.1.15", at.path, "the publisher is a translator, and the source language is missing"}}
	}
	return nil
}

// sameLanguages is test 6.1.28: a translation is in another language than its source.
func sameLanguages(doc node) []Violation {
	to, from := doc.at("document").at("lang"), doc.at("document").at("source_lang")
	if from.there() && strings.EqualFold(to.text(), from.text()) {
		return []Violation{{"6.1.28", from.path, fmt.Sprintf("the document is translated from its own language %q", to.text())}}
	}
	return nil
}
