package policy

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Control is a way to see that a statement is kept: something that is checked by software or attested
// by a person, again and again (GDPR Art. 32(1)(d)). It is a definition; results live elsewhere.
type Control struct {
	ID       string      `json:"id"` // the statement's ID with a number: "IT-06.1"
	Kind     ControlKind `json:"kind"`
	What     lang.Text   `json:"what"` // what is to be checked or attested
	Interval Interval    `json:"interval"`
	Evidence Evidence    `json:"evidence"`
}

// ControlKind is who finds out.
type ControlKind string

// The kinds of controls.
const (
	ControlCheck       ControlKind = "check"       // software can look
	ControlAttestation ControlKind = "attestation" // a person has to say so
)

// AllControlKinds lists the kinds of controls.
func AllControlKinds() []ControlKind { return []ControlKind{ControlCheck, ControlAttestation} }

// Interval is how old a result may become before the statement counts as unproven.
type Interval string

// The intervals. OnChange is for what stays true until somebody changes it.
const (
	IntervalEachRun   Interval = "each_run"
	IntervalDaily     Interval = "daily"
	IntervalWeekly    Interval = "weekly"
	IntervalMonthly   Interval = "monthly"
	IntervalQuarterly Interval = "quarterly"
	IntervalYearly    Interval = "yearly"
	IntervalOnChange  Interval = "on_change"
)

// AllIntervals lists the intervals, shortest first.
func AllIntervals() []Interval {
	return []Interval{IntervalEachRun, IntervalDaily, IntervalWeekly, IntervalMonthly, IntervalQuarterly, IntervalYearly, IntervalOnChange}
}

// Text is the interval for people.
func (i Interval) Text() lang.Text {
	switch i {
	case IntervalEachRun:
		return lang.T("bei jedem Lauf", "with each run")
	case IntervalDaily:
		return lang.T("täglich", "daily")
	case IntervalWeekly:
		return lang.T("wöchentlich", "weekly")
	case IntervalMonthly:
		return lang.T("monatlich", "monthly")
	case IntervalQuarterly:
		return lang.T("vierteljährlich", "quarterly")
	case IntervalYearly:
		return lang.T("jährlich", "yearly")
	case IntervalOnChange:
		return lang.T("bei jeder Änderung", "on every change")
	}
	return lang.T("ohne Abstand", "without interval")
}

// Evidence is what a control leaves behind.
type Evidence string

// The kinds of evidence.
const (
	EvidenceDocument Evidence = "document" // a signed or published document
	EvidenceRegister Evidence = "register" // an entry in a register
	EvidenceLog      Evidence = "log"      // an entry of a log
	EvidenceSnapshot Evidence = "snapshot" // the state of a configuration, dated
	EvidenceTest     Evidence = "test"     // the result of a test
	EvidencePhoto    Evidence = "photo"    // a dated picture
)

// AllEvidence lists the kinds of evidence.
func AllEvidence() []Evidence {
	return []Evidence{EvidenceDocument, EvidenceRegister, EvidenceLog, EvidenceSnapshot, EvidenceTest, EvidencePhoto}
}

// Text is the evidence for people.
func (e Evidence) Text() lang.Text {
	switch e {
	case EvidenceDocument:
		return lang.T("Dokument", "document")
	case EvidenceRegister:
		return lang.T("Verzeichniseintrag", "register entry")
	case EvidenceLog:
		return lang.T("Protokoll", "log")
	case EvidenceSnapshot:
		return lang.T("Abbild der Einstellung", "configuration snapshot")
	case EvidenceTest:
		return lang.T("Prüfergebnis", "test result")
	case EvidencePhoto:
		return lang.T("Foto", "photo")
	}
	return lang.T("kein Nachweis", "no evidence")
}

// Text is the kind of control for people.
func (k ControlKind) Text() lang.Text {
	if k == ControlCheck {
		return lang.T("Prüfung", "check")
	}
	return lang.T("Bestätigung", "attestation")
}

var controlID = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9]{2}\.[0-9]+$`)

// beside reads what stands with a rule and decides nothing: controls, citations, reason, question.
func (d *document) beside(in map[string]entry, path string, r *Rule) {
	if e, ok := in["controls"]; ok {
		for i, n := range d.items(e.value, path+".controls") {
			r.Controls = append(r.Controls, d.control(n, fmt.Sprintf("%s.controls[%d]", path, i), r))
		}
	}
	if e, ok := in["cites"]; ok {
		for i, n := range d.items(e.value, path+".cites") {
			id := d.shaped(n, fmt.Sprintf("%s.cites[%d]", path, i), versionID, "tmg-13-7")
			r.Cites = append(r.Cites, id)
		}
	}
	if e, ok := in["reason"]; ok {
		r.Reason = d.text(e.value, path+".reason")
	}
	if e, ok := in["question"]; ok {
		r.Question = d.text(e.value, path+".question")
	}
}

func (d *document) control(n ast.Node, path string, r *Rule) Control {
	var c Control
	in := d.fields(n, path, "id", "kind", "what", "interval", "evidence")
	if e, ok := d.need(in, n, path, "id"); ok {
		c.ID = d.shaped(e.value, path+".id", controlID, r.ID+".1")
		twice := slices.ContainsFunc(r.Controls, func(o Control) bool { return o.ID == c.ID })
		if c.ID != "" && r.ID != "" && (twice || c.ID[:len(c.ID)-len(suffix(c.ID))] != r.ID) {
			d.problem(spotOf(e.value), path+".id", lang.Textf(
				"die Kontrolle heißt nach ihrem Satz, mit einer Nummer, die es dort nur einmal gibt: %[1]s.%[2]d",
				"the control is named after its statement, with a number that stands there once: %[1]s.%[2]d", r.ID, len(r.Controls)+1))
		}
	}
	if e, ok := d.need(in, n, path, "kind"); ok {
		kind, _ := d.oneOf(e.value, path+".kind", texts(AllControlKinds()))
		c.Kind = ControlKind(kind)
	}
	if e, ok := d.need(in, n, path, "what"); ok {
		c.What = d.text(e.value, path+".what")
	}
	if e, ok := d.need(in, n, path, "interval"); ok {
		interval, _ := d.oneOf(e.value, path+".interval", texts(AllIntervals()))
		c.Interval = Interval(interval)
	}
	if e, ok := d.need(in, n, path, "evidence"); ok {
		evidence, _ := d.oneOf(e.value, path+".evidence", texts(AllEvidence()))
		c.Evidence = Evidence(evidence)
	}
	return c
}

// suffix is the number of a control's ID with the dot before it.
func suffix(id string) string {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '.' {
			return id[i:]
		}
	}
	return ""
}
