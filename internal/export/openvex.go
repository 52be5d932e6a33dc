package export

import (
	"fmt"
	"io"

	"github.com/openvex/go-vex/pkg/vex"
)

// statuses are the words of OpenVEX for how a hole stands.
var statuses = map[standing]vex.Status{
	affected: vex.StatusAffected, mitigated: vex.StatusAffected, fixed: vex.StatusFixed, notAffected: vex.StatusNotAffected, inTriage: vex.StatusUnderInvestigation,
}

// OpenVEX writes what is known about each hole of a system as an OpenVEX document (specification 0.2.0).
func OpenVEX(w io.Writer, s System, author string) error {
	_, holes := s.sorted()
	at := s.At.UTC()
	doc := vex.VEX{Metadata: vex.Metadata{Context: vex.ContextLocator(), Author: author, AuthorRole: "Managed hosting provider", Timestamp: &at, Version: 1, Tooling: "patchwart"}}
	key := []string{s.Name, s.Release, at.Format("2006-01-02T15:04:05Z")}
	for i := range holes {
		h := &holes[i]
		st := vex.Statement{Vulnerability: vex.Vulnerability{Name: vex.VulnerabilityID(h.CVE), Description: h.Title}, Status: statuses[h.stands()], StatusNotes: h.detail(s.distribution())}
		for _, purl := range s.binaries(h) {
			st.Products = append(st.Products, vex.Product{Component: vex.Component{ID: purl, Identifiers: map[vex.IdentifierType]string{vex.PURL: purl}}})
			key = append(key, h.CVE, purl, string(st.Status))
		}
		switch h.stands() {
		case affected, mitigated:
			st.ActionStatement = h.todo(s.distribution())
		case notAffected:
			st.ImpactStatement = h.detail(s.distribution())
		}
		if err := st.Validate(); err != nil {
			return fmt.Errorf("export: OpenVEX statement about %s: %w", h.CVE, err)
		}
		doc.Statements = append(doc.Statements, st)
	}
	doc.ID = "urn:uuid:" + serial(key...)
	return doc.ToJSON(w)
}
