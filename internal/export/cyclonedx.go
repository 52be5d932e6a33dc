package export

import (
	"bytes"
	"fmt"
	"io"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/patchwart/patchwart/internal/core/severity"
)

// spec is the version of CycloneDX that is written: what most tools read today.
const spec = cdx.SpecVersion1_6

// SBOM writes the packages of a system as a CycloneDX document in JSON.
func SBOM(w io.Writer, s System) error {
	return s.write(w, func(bom *cdx.BOM) {})
}

// VEX writes the packages of a system and what is known about each of their holes as a CycloneDX document in
// JSON.
func VEX(w io.Writer, s System) error {
	return s.write(w, func(bom *cdx.BOM) {
		_, holes := s.sorted()
		known := map[string]bool{}
		for _, c := range *bom.Components {
			known[c.BOMRef] = true
		}
		list := make([]cdx.Vulnerability, 0, len(holes))
		for i := range holes {
			h := &holes[i]
			for _, ref := range s.binaries(h) {
				if !known[ref] { // what was there before it was updated or removed
					known[ref] = true
					*bom.Components = append(*bom.Components, cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: ref, Name: h.Source, Version: h.Version, PackageURL: ref, Scope: cdx.ScopeExcluded})
				}
			}
			list = append(list, s.vulnerability(h))
		}
		bom.Vulnerabilities = &list
	})
}

// write makes the document, numbers it by its content and writes it.
func (s *System) write(w io.Writer, more func(*cdx.BOM)) error {
	packages, _ := s.sorted()
	components := make([]cdx.Component, 0, len(packages))
	last := ""
	for _, p := range packages {
		ref := s.purl(p)
		if ref == last {
			continue
		}
		last = ref
		components = append(components, cdx.Component{
			Type: cdx.ComponentTypeLibrary, BOMRef: ref, Name: p.Name, Version: p.Version, PackageURL: ref,
			Properties: &[]cdx.Property{{Name: "patchwart:source", Value: p.Source}, {Name: "patchwart:source_version", Value: p.SourceVersion}},
		})
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: s.At.UTC().Format(time.RFC3339),
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "patchwart"}}},
		Component: &cdx.Component{Type: cdx.ComponentTypeOS, BOMRef: s.ref(), Name: s.Name, Version: s.Release},
	}
	bom.Components = &components
	more(bom)
	var body bytes.Buffer
	if err := encode(&body, bom); err != nil {
		return err
	}
	bom.SerialNumber = "urn:uuid:" + serial(body.String())
	return encode(w, bom)
}

func encode(w io.Writer, bom *cdx.BOM) error {
	e := cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON)
	e.SetPretty(true)
	e.SetEscapeHTML(false)
	if err := e.EncodeVersion(bom, spec); err != nil {
		return fmt.Errorf("export: write CycloneDX: %w", err)
	}
	return nil
}

func (s *System) ref() string { return "system:" + s.Name }

// states are the words of CycloneDX for how a hole stands.
var states = map[standing]cdx.ImpactAnalysisState{
	affected: cdx.IASExploitable, mitigated: cdx.IASExploitable, fixed: cdx.IASResolved, notAffected: cdx.IASNotAffected, inTriage: cdx.IASInTriage,
}

// trackers are where the distributions say how a hole stands.
var trackers = map[string]string{"Debian": "https://security-tracker.debian.org/tracker/", "Ubuntu": "https://ubuntu.com/security/"}

func (s *System) vulnerability(h *Hole) cdx.Vulnerability {
	v := cdx.Vulnerability{
		BOMRef: h.CVE + "/" + h.Source + "@" + h.Version, ID: h.CVE, Description: h.Title,
		Source:   &cdx.Source{Name: s.distribution(), URL: trackers[s.distribution()] + h.CVE},
		Analysis: &cdx.VulnerabilityAnalysis{State: states[h.stands()], Detail: h.detail(s.distribution())},
	}
	if !h.Published.IsZero() {
		v.Published = h.Published.UTC().Format(time.RFC3339)
	}
	switch h.stands() {
	case affected, mitigated:
		var response []cdx.ImpactAnalysisResponse
		if h.stands() == mitigated {
			response = append(response, cdx.IARWorkaroundAvailable)
		}
		if h.Fixed != "" {
			response = append(response, cdx.IARUpdate)
		}
		if len(response) > 0 {
			v.Analysis.Response = &response
		}
		v.Recommendation = h.todo(s.distribution())
	case notAffected:
		v.Analysis.Justification = cdx.IAJCodeNotPresent
		if h.Clock == nil || h.Clock.Times.NotAffected == nil {
			v.Analysis.Justification = "" // the publisher does not say why
		}
	}
	if ratings := ratings(h.Rating); len(ratings) > 0 {
		v.Ratings = &ratings
	}
	refs := s.binaries(h)
	touched := make([]cdx.Affects, len(refs))
	for i, ref := range refs {
		touched[i] = cdx.Affects{Ref: ref}
	}
	v.Affects = &touched
	return v
}

// severities are the words of CycloneDX for levels.
var severities = map[severity.Level]cdx.Severity{
	severity.Critical: cdx.SeverityCritical, severity.High: cdx.SeverityHigh, severity.Medium: cdx.SeverityMedium,
	severity.Low: cdx.SeverityLow, severity.None: cdx.SeverityNone, severity.Unknown: cdx.SeverityUnknown,
}

// ratings are the vectors of all publishers, and the rating by the rules that count here.
func ratings(r severity.Rating) []cdx.VulnerabilityRating {
	out := []cdx.VulnerabilityRating{{Source: &cdx.Source{Name: "patchwart"}, Severity: severities[r.Level], Method: cdx.ScoringMethodOther, Justification: why(r)}}
	for _, v := range r.Views {
		score := v.Score
		out = append(out, cdx.VulnerabilityRating{Source: &cdx.Source{Name: v.Publisher}, Score: &score, Method: methods[v.Version], Vector: v.Vector})
	}
	return out
}

func why(r severity.Rating) string {
	if len(r.Reasons) == 0 {
		return ""
	}
	return r.Reasons[0].EN
}

// methods are the scoring methods by the version of CVSS.
var methods = map[string]cdx.ScoringMethod{
	"2.0": cdx.ScoringMethodCVSSv2, "3.0": cdx.ScoringMethodCVSSv3, "3.1": cdx.ScoringMethodCVSSv31, "4.0": cdx.ScoringMethodCVSSv4,
}
