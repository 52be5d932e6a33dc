package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Agreement is what one customer and the provider agreed beside a policy version (Sonderabsprache): a
// quarter becomes a month, a price is named, emergencies are consented to. It is a small document of its
// own, read by ParseAgreement and laid over the version by Amend. All its rules stand in the tier
// agreement: they win over package and text, and yield to mandatory law.
type Agreement struct {
	ID         string     `json:"id"`
	Title      lang.Text  `json:"title"`
	Amends     string     `json:"amends"`   // ID of the version, or the name of all its versions
	Customer   string     `json:"customer"` // whose agreement it is
	By         string     `json:"by"`       // ID of the customer's contact who agreed
	ValidFrom  string     `json:"valid_from"`
	ValidTo    string     `json:"valid_to"` // last day; "unknown": until revoked
	RecordedAt string     `json:"recorded_at"`
	Documents  []Document `json:"documents"`
	Rules      []Rule     `json:"rules"`
	SHA256     string     `json:"sha256"` // of the YAML document, hex
}

// Document is a paper that an agreement rests on.
type Document struct {
	Kind   DocumentKind `json:"kind"`
	Title  string       `json:"title"` // ticket number, name of the contract
	Date   string       `json:"date"`
	SHA256 string       `json:"sha256"`
}

// DocumentKind is what a paper is.
type DocumentKind string

// The kinds of documents. MH1-10 wants two for recurring work: the agreement and the instruction.
const (
	DocumentAgreement   DocumentKind = "agreement"   // Vereinbarung, by both sides
	DocumentInstruction DocumentKind = "instruction" // Anweisung, by the customer
	DocumentConsent     DocumentKind = "consent"     // Notfallfreigabe, by the customer
)

// AllDocumentKinds lists the kinds of documents.
func AllDocumentKinds() []DocumentKind {
	return []DocumentKind{DocumentAgreement, DocumentInstruction, DocumentConsent}
}

// Text is the kind of document for people.
func (k DocumentKind) Text() lang.Text {
	switch k {
	case DocumentAgreement:
		return lang.T("Vereinbarung", "agreement")
	case DocumentInstruction:
		return lang.T("Anweisung", "instruction")
	case DocumentConsent:
		return lang.T("Notfallfreigabe", "emergency consent")
	}
	return lang.T("Dokument", "document")
}

// Demand says which documents an agreement must bring before it may set a result: without them it is
// inactive (MH1-10).
type Demand struct {
	Rule      string         `json:"rule"` // ID of the rule that demands it
	Field     string         `json:"field"`
	Value     string         `json:"value"`
	Documents []DocumentKind `json:"documents"`
}

// Applied names an agreement that took part in a version, by its text.
type Applied struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// ParseAgreement reads an individual agreement as strictly as Parse reads a version.
func ParseAgreement(name string, data []byte) (*Agreement, error) {
	d := &document{file: name}
	root := d.root(data)
	if root == nil {
		return nil, d.err()
	}
	a := &Agreement{ValidTo: DateUnknown}
	in := d.fields(root, "", "agreement", "title", "amends", "customer", "by", "valid_from", "valid_to", "recorded_at", "documents", "rules")
	if e, ok := d.need(in, root, "", "agreement"); ok {
		a.ID = d.shaped(e.value, "agreement", versionID, "bakery-2026")
	}
	if e, ok := d.need(in, root, "", "title"); ok {
		a.Title = d.text(e.value, "title")
	}
	if e, ok := d.need(in, root, "", "amends"); ok {
		a.Amends = d.shaped(e.value, "amends", versionID, "managedhosting-2")
	}
	if e, ok := d.need(in, root, "", "customer"); ok {
		a.Customer, _ = d.scalar(e.value, "customer")
	}
	if e, ok := d.need(in, root, "", "by"); ok {
		a.By, _ = d.scalar(e.value, "by")
	}
	if e, ok := d.need(in, root, "", "valid_from"); ok {
		a.ValidFrom = d.date(e.value, "valid_from", false)
	}
	if e, ok := in["valid_to"]; ok {
		a.ValidTo = d.date(e.value, "valid_to", true)
		if a.ValidFrom != "" && a.ValidTo != DateUnknown && a.ValidTo != "" && a.ValidTo < a.ValidFrom {
			d.problem(spotOf(e.value), "valid_to", lang.Textf(
				"valid_to liegt vor valid_from (%[1]s)", "valid_to is before valid_from (%[1]s)", a.ValidFrom))
		}
	}
	if e, ok := d.need(in, root, "", "recorded_at"); ok {
		a.RecordedAt = d.date(e.value, "recorded_at", false)
	}
	if e, ok := d.need(in, root, "", "documents"); ok {
		a.Documents = d.documents(e)
	}
	if e, ok := d.need(in, root, "", "rules"); ok {
		a.Rules = d.agreed(e)
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	a.SHA256 = hex.EncodeToString(sum[:])
	return a, nil
}

func (d *document) documents(list entry) []Document {
	var out []Document
	for i, n := range d.items(list.value, "documents") {
		path := fmt.Sprintf("documents[%d]", i)
		var doc Document
		in := d.fields(n, path, "kind", "title", "date", "sha256")
		if e, ok := d.need(in, n, path, "kind"); ok {
			kind, _ := d.oneOf(e.value, path+".kind", texts(AllDocumentKinds()))
			doc.Kind = DocumentKind(kind)
		}
		if e, ok := d.need(in, n, path, "title"); ok {
			doc.Title, _ = d.scalar(e.value, path+".title")
		}
		if e, ok := d.need(in, n, path, "date"); ok {
			doc.Date = d.date(e.value, path+".date", false)
		}
		if e, ok := d.need(in, n, path, "sha256"); ok {
			doc.SHA256 = d.shaped(e.value, path+".sha256", digest, "64 × 0-9a-f")
		}
		out = append(out, doc)
	}
	return out
}

// agreed reads the rules of an agreement: every one of them stands in the tier agreement.
func (d *document) agreed(list entry) []Rule {
	var out []Rule
	for i, n := range d.items(list.value, "rules") {
		path := fmt.Sprintf("rules[%d]", i)
		r := d.rule(n, path)
		tiers := append([]Tier{r.Tier}, make([]Tier, 0, len(r.Cases))...)
		for _, c := range r.Cases {
			tiers = append(tiers, c.Tier)
		}
		if slices.ContainsFunc(tiers, func(t Tier) bool { return t != TierAgreement && t != "" }) {
			d.problem(spotOf(n), path+".tier", lang.T(
				"in einer Sonderabsprache steht jede Regel auf tier: agreement",
				"in an individual agreement every rule has tier: agreement"))
		}
		if slices.ContainsFunc(out, func(o Rule) bool { return o.ID == r.ID && r.ID != "" }) {
			d.problem(spotOf(n), path+".id", lang.Textf("die Regel %[1]s steht zweimal", "the rule %[1]s stands twice", r.ID))
		}
		out = append(out, r)
	}
	return out
}

// demands reads what agreements must bring along.
func (d *document) demands(list entry) []Demand {
	var out []Demand
	for i, n := range d.items(list.value, "agreements") {
		path := fmt.Sprintf("agreements[%d]", i)
		in := d.fields(n, path, "rule", "sets", "documents")
		var demand Demand
		if e, ok := d.need(in, n, path, "rule"); ok {
			demand.Rule = d.shaped(e.value, path+".rule", ruleID, "MH1-10")
		}
		if e, ok := d.need(in, n, path, "documents"); ok {
			for _, kind := range d.values(e.value, path+".documents", texts(AllDocumentKinds())) {
				demand.Documents = append(demand.Documents, DocumentKind(kind))
			}
		}
		if e, ok := d.need(in, n, path, "sets"); ok {
			// Which trigger is set says everything here; the demand for a plain request comes with it.
			trigger := d.fields(e.value, path+".sets", fields[fieldTrigger].name)
			if t, ok := d.need(trigger, e.value, path+".sets", fields[fieldTrigger].name); ok {
				demand.Field = fields[fieldTrigger].name
				demand.Value, _ = d.oneOf(t.value, path+".sets.trigger", fields[fieldTrigger].values)
			}
		}
		out = append(out, demand)
	}
	return out
}

// Inactive is a part of an agreement that has no effect yet, and why.
type Inactive struct {
	Agreement string    `json:"agreement"`
	Rule      string    `json:"rule"` // the agreement's rule
	By        string    `json:"by"`   // the policy's rule that keeps it from having effect; empty for dates
	Text      lang.Text `json:"text"`
}

// Amend lays agreements over a version for one day (YYYY-MM-DD) and returns the amended version. What
// has no effect on that day, because it is not valid or its documents are not on record, is left out and
// told. The version itself is not changed. An agreement on another version is an error of the caller and
// is told likewise: it has no effect.
func Amend(v *Version, day string, agreements ...*Agreement) (*Version, []Inactive) {
	if v == nil || len(agreements) == 0 {
		return v, nil
	}
	var told []Inactive
	out := *v
	out.Rules = slices.Clone(v.Rules)
	out.agreements = slices.Clone(v.agreements)
	for _, a := range agreements {
		if text := a.outside(v, day); !text.IsZero() {
			told = append(told, Inactive{Agreement: a.ID, Text: text})
			continue
		}
		for _, r := range a.Rules {
			if i, text := a.lacks(v, r); i >= 0 {
				told = append(told, Inactive{Agreement: a.ID, Rule: r.ID, By: v.Demands[i].Rule, Text: text})
				continue
			}
			if _, taken := out.Rule(r.ID); taken {
				told = append(told, Inactive{Agreement: a.ID, Rule: r.ID, Text: lang.Textf(
					"Die Regel %[1]s der Sonderabsprache %[2]s ist unwirksam: eine andere Regel heißt schon so.",
					"The rule %[1]s of the individual agreement %[2]s has no effect: another rule has that ID already.", r.ID, a.ID)})
				continue
			}
			out.Rules = append(out.Rules, r)
		}
		out.agreements = append(out.agreements, Applied{ID: a.ID, SHA256: a.SHA256})
	}
	out.clauses = compile(out.Rules)
	return &out, told
}

// outside says why the agreement has no effect on that day; a zero text means that it has.
func (a *Agreement) outside(v *Version, day string) lang.Text {
	switch {
	case a.Amends != v.ID && a.Amends != v.Name:
		return lang.Textf("Die Sonderabsprache %[1]s gilt zu %[2]s, nicht zu %[3]s.",
			"The individual agreement %[1]s is about %[2]s, not about %[3]s.", a.ID, a.Amends, v.ID)
	case day < a.ValidFrom:
		return lang.Textf("Die Sonderabsprache %[1]s gilt erst ab %[2]s.",
			"The individual agreement %[1]s is valid from %[2]s only.", a.ID, a.ValidFrom)
	case a.ValidTo != DateUnknown && day > a.ValidTo:
		return lang.Textf("Die Sonderabsprache %[1]s galt nur bis %[2]s.",
			"The individual agreement %[1]s was valid until %[2]s only.", a.ID, a.ValidTo)
	}
	return lang.Text{}
}

// lacks finds the demand of the version that a rule of the agreement does not meet; -1 when it meets all.
func (a *Agreement) lacks(v *Version, r Rule) (int, lang.Text) {
	for i, demand := range v.Demands {
		sets := slices.ContainsFunc(r.Cases, func(c Case) bool {
			return slices.Contains(c.Result, Setting{Field: demand.Field, Value: demand.Value})
		})
		if !sets {
			continue
		}
		var de, en []string
		for _, kind := range demand.Documents {
			if !slices.ContainsFunc(a.Documents, func(doc Document) bool { return doc.Kind == kind }) {
				de, en = append(de, kind.Text().DE), append(en, kind.Text().EN)
			}
		}
		if len(de) > 0 {
			return i, lang.Text{
				DE: fmt.Sprintf("Die Sonderabsprache %s ist noch nicht wirksam: %s verlangt dafür auch %s.", a.ID, demand.Rule, strings.Join(de, " und ")),
				EN: fmt.Sprintf("The individual agreement %s has no effect yet: %s also demands: %s.", a.ID, demand.Rule, strings.Join(en, " and ")),
			}
		}
	}
	return -1, lang.Text{}
}
