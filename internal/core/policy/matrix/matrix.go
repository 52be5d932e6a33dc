// Package matrix draws the table that hosters print beside their terms: for each service model, who plans
// and who executes. It is derived from the rules of a policy version, cell by cell, and never typed in; so
// it cannot say anything else than the version does.
package matrix

import (
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Matrix is the table of one version.
type Matrix struct {
	Policy  string    `json:"policy"`
	Title   lang.Text `json:"title"`
	Rows    []Row     `json:"rows"`    // the overview: security updates of the operating system
	Columns []Column  `json:"columns"` // of the details
	Details []Row     `json:"details"`
}

// Column is one kind of change.
type Column struct {
	Layer  policy.Layer       `json:"layer"`
	Change policy.ChangeClass `json:"change"`
	Title  lang.Text          `json:"title"`
}

// Row is one contract: a service model, with the package where it makes a difference.
type Row struct {
	Model   policy.ServiceModel `json:"service_model"` // unknown: the version does not tell models apart
	Package policy.Package      `json:"package"`       // unknown: the package makes no difference
	Title   lang.Text           `json:"title"`
	Cells   []Cell              `json:"cells"`
}

// Cell is the answer for one contract and one kind of change.
type Cell struct {
	Planning  policy.Party   `json:"planning"`
	Execution policy.Party   `json:"execution"`
	Trigger   policy.Trigger `json:"trigger"`
	Cadence   policy.Cadence `json:"cadence"`
	Rule      string         `json:"rule"` // the governing one
}

// Short is the cell in a few words: "Kunde plant, Provider führt aus".
func (c Cell) Short() lang.Text {
	return lang.Textf("Planung: %[1]s, Durchführung: %[2]s", "planning: %[1]s, execution: %[2]s", c.Planning.Text(), c.Execution.Text())
}

// How is the trigger with the cadence; empty where the provider does not act.
func (c Cell) How() lang.Text {
	if c.Trigger == policy.TriggerNever {
		return lang.Text{}
	}
	if cadence := c.Cadence.Text(); !cadence.IsZero() {
		return lang.Textf("%[1]s, %[2]s", "%[1]s, %[2]s", c.Trigger.Text(), cadence)
	}
	return c.Trigger.Text()
}

// The circumstances of every cell: an ordinary system as the model has it. On IaaS the customer holds the
// administrative rights and has installed the software, elsewhere the provider; a web application is the
// customer's own.
func facets(model policy.ServiceModel, pkg policy.Package, layer policy.Layer, change policy.ChangeClass) policy.Facets {
	f := policy.Facets{
		ServiceModel: model, Package: pkg, Layer: layer, ChangeClass: change, Criticality: policy.CriticalityNormal,
		Origin: policy.OriginStandard, InstalledBy: policy.InstalledByProvider, AdminAccess: policy.AdminAccessProvider,
		SystemCreated: policy.SystemCreatedFrom2025, OSSupported: policy.OSSupportedFull,
	}
	if model == policy.ServiceModelIaaS {
		f.InstalledBy, f.AdminAccess = policy.InstalledByCustomer, policy.AdminAccessCustomer
	}
	if layer == policy.LayerWebApplication && model != policy.ServiceModelSaaS {
		f.InstalledBy = policy.InstalledByCustomer
	}
	return f
}

// Of derives the table of a version.
func Of(v *policy.Version) Matrix {
	m := Matrix{Policy: v.ID, Title: v.Title}
	words := policy.Words()
	for _, layer := range []policy.Layer{policy.LayerOS, policy.LayerMiddleware, policy.LayerApplication, policy.LayerWebApplication} {
		for _, change := range []policy.ChangeClass{policy.ChangeClassSecurityUpdate, policy.ChangeClassUpdate, policy.ChangeClassVersionUpgrade} {
			m.Columns = append(m.Columns, Column{layer, change, lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s",
				words["layer"][string(layer)], words["change_class"][string(change)])})
		}
	}
	overview := []Column{{Layer: policy.LayerOS, Change: policy.ChangeClassSecurityUpdate}}
	m.Rows = rows(v, overview, words)
	m.Details = rows(v, m.Columns, words)
	return m
}

// rows makes a row for each contract, and one for all where they are told apart by nothing.
func rows(v *policy.Version, columns []Column, words map[string]map[string]lang.Text) []Row {
	var out []Row
	for _, model := range []policy.ServiceModel{policy.ServiceModelIaaS, policy.ServiceModelPaaS, policy.ServiceModelSaaS} {
		var ofModel []Row
		for _, pkg := range []policy.Package{policy.PackageNone, policy.PackageBasic, policy.PackageAdvanced} {
			r := Row{Model: model, Package: pkg, Title: lang.Textf("%[1]s, %[2]s", "%[1]s, %[2]s",
				words["service_model"][string(model)], words["package"][string(pkg)])}
			for _, c := range columns {
				d := policy.Judge(v, facets(model, pkg, c.Layer, c.Change))
				r.Cells = append(r.Cells, Cell{d.Planning, d.Execution, d.Trigger, d.Cadence, d.Governing})
			}
			ofModel = append(ofModel, r)
		}
		if equal(ofModel) {
			ofModel = ofModel[:1]
			ofModel[0].Package, ofModel[0].Title = policy.PackageUnknown, words["service_model"][string(model)]
		}
		out = append(out, ofModel...)
	}
	if equal(out) {
		out = out[:1]
		out[0].Model, out[0].Title = policy.ServiceModelUnknown, lang.T("alle Verträge", "all contracts")
	}
	return out
}

// equal reports whether all rows say the same.
func equal(rows []Row) bool {
	for _, r := range rows[1:] {
		for i := range r.Cells {
			if r.Cells[i] != rows[0].Cells[i] {
				return false
			}
		}
	}
	return true
}
