package csaf

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

const (
	maxReferences = 200 // of a record
	maxTitle      = 500 // bytes
)

// normalise says what a valid document says in the form of the core.
func normalise(name string, doc node) Document {
	document := doc.at("document")
	tracking := document.at("tracking")
	out := Document{
		ID: tracking.at("id").text(), Issuer: document.at("publisher").at("name").text(), Category: category(doc),
		Status: status(doc), Version: tracking.at("version").text(),
		TLP:      document.at("distribution").at("tlp").at("label").text(),
		Modified: date(tracking.at("current_release_date")),
	}
	head := heading(doc)
	known := catalogue(doc)
	same := map[string]int{} // what is said → its record
	for _, v := range doc.find("vulnerabilities[]") {
		s := statements{place: name + " " + v.path, known: known}
		s.read(v)
		out.Skips = append(out.Skips, s.skips()...)
		r := head
		r.References = references(append(document.find("references[]"), v.find("references[]")...))
		r.Vectors, r.Affected = vectors(v), s.affected()
		if cve := v.at("cve").text(); cve != "" {
			r.CVEs = []string{cve}
		}
		key := said(r.Vectors, r.Affected, len(r.CVEs) > 0)
		if i, ok := same[key]; ok {
			have := &out.Records[i]
			have.CVEs = append(have.CVEs, r.CVEs...)
			have.References = merged(have.References, r.References)
			continue
		}
		same[key] = len(out.Records)
		out.Records = append(out.Records, r)
	}
	if len(out.Records) == 0 { // about no vulnerability in particular
		head.References = references(document.find("references[]"))
		out.Records = []advisory.Record{head}
	}
	return out
}

// said is a text that is the same for the same statements.
func said(what ...any) string {
	text, _ := json.Marshal(what) // of strings and structs of strings: it cannot fail
	return string(text)
}

// heading is what all records of a document share.
func heading(doc node) advisory.Record {
	document := doc.at("document")
	tracking := document.at("tracking")
	title := document.at("title").text()
	return advisory.Record{
		ID: tracking.at("id").text(), Publisher: Publisher, Aliases: tracking.texts("aliases[]"),
		Title:     strings.ToValidUTF8(title[:min(len(title), maxTitle)], ""),
		Published: date(tracking.at("initial_release_date")), Modified: date(tracking.at("current_release_date")),
	}
}

// whole is a document as one record: all its CVEs, and of the rest what is true for each of them.
func whole(doc node) advisory.Record {
	d := normalise("", doc)
	r := d.Records[0]
	r.Vectors, r.Affected = slices.Clone(r.Vectors), slices.Clone(r.Affected)
	for _, other := range d.Records[1:] {
		theirs := map[string]bool{}
		for _, v := range other.Vectors {
			theirs[v] = true
		}
		for _, a := range other.Affected {
			theirs[said(a)] = true
		}
		r.CVEs = append(slices.Clip(r.CVEs), other.CVEs...)
		r.Vectors = slices.DeleteFunc(r.Vectors, func(v string) bool { return !theirs[v] })
		r.Affected = slices.DeleteFunc(r.Affected, func(a advisory.Affected) bool { return !theirs[said(a)] })
		r.References = merged(r.References, other.References)
	}
	return r
}

func date(at node) time.Time {
	t, err := moment(at.text())
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// vectors are the CVSS vectors of a vulnerability, verbatim.
func vectors(v node) []string {
	var out []string
	seen := map[string]bool{}
	for _, at := range v.all("scores[]/cvss_v3/vectorString", "scores[]/cvss_v2/vectorString") {
		if !seen[at.text()] {
			out = append(out, at.text())
		}
		seen[at.text()] = true
	}
	return out
}

// references are the web addresses among the references.
func references(list []node) []advisory.Reference {
	var out []advisory.Reference
	for _, n := range list {
		r := advisory.Reference{Title: n.at("summary").text(), URL: n.at("url").text()}
		if strings.HasPrefix(r.URL, "https://") || strings.HasPrefix(r.URL, "http://") {
			out = merged(out, []advisory.Reference{r})
		}
	}
	return out
}

func merged(have, more []advisory.Reference) []advisory.Reference {
	out := slices.Clip(have)
	for _, r := range more {
		if len(out) < maxReferences && !slices.ContainsFunc(out, func(h advisory.Reference) bool { return h.URL == r.URL }) {
			out = append(out, r)
		}
	}
	return out
}
