package exception

import (
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// maxText bounds what people write, in bytes.
const maxText = 4000

// gap is something that keeps an exception from being one.
type gap struct {
	field string
	text  lang.Text
}

// Check says what keeps the exception from being accepted: a *fault.Error with the code Refused that names
// every field and why it is needed, or nil. The period counts from the approval, before it from now.
func (e *Exception) Check(now time.Time, l Limits) error {
	from := e.ApprovedAt
	if from.IsZero() {
		from = now
	}
	gaps := e.gapsFrom(from, l)
	if len(gaps) == 0 {
		return nil
	}
	f := &fault.Error{
		Code: fault.Refused, Rule: CiteNIS2,
		Text: lang.Textf("Die Ausnahme wird nicht angenommen (%[1]s, %[2]s).", "The exception is not accepted (%[1]s, %[2]s).", CiteNIS2, CiteGrundschutz),
		Mend: lang.T("Bitte ergänzen Sie die genannten Angaben.", "Please complete the fields named."),
	}
	for _, g := range gaps {
		f.Places = append(f.Places, fault.Place{Field: g.field, Problem: g.text})
	}
	return f
}

// Approve returns the exception as approved, or why it cannot be.
func (e Exception) Approve(now time.Time, by string, l Limits) (Exception, error) {
	if e.RevokedAt.IsZero() && e.ApprovedAt.IsZero() {
		e.ApprovedBy, e.ApprovedAt = strings.TrimSpace(by), now
		if err := e.Check(now, l); err != nil {
			return Exception{}, err
		}
		return e, nil
	}
	return Exception{}, fault.New(fault.Conflict,
		lang.Textf("Die Ausnahme %[1]s ist schon genehmigt oder widerrufen.", "The exception %[1]s is already approved or revoked.", e.ID),
		lang.T("Bitte legen Sie eine neue an; sie wird neu entschieden.", "Please make a new one; it is decided anew."))
}

// gaps lists what is missing or wrong.
func (e *Exception) gaps(l Limits) []gap { return e.gapsFrom(e.ApprovedAt, l) }

// gapsFrom lists what is missing or wrong if the exception holds from the given moment; zero: not told yet.
func (e *Exception) gapsFrom(from time.Time, l Limits) []gap {
	var out []gap
	add := func(field, de, en string) { out = append(out, gap{field, lang.T(de, en)}) }
	if strings.TrimSpace(e.Scope.Advisory) == "" {
		add("scope.advisory", "es fehlt, für welche Lücke sie gilt", "it does not say for which hole it holds")
	}
	if (e.Scope.System == "") == (e.Scope.Customer == "") {
		add("scope", "sie muss genau ein System oder genau einen Kunden nennen", "it must name exactly one system or exactly one customer")
	}
	for _, f := range []struct{ field, value, de, en string }{
		{"reason", e.Reason, "es fehlt der Grund, nicht zu installieren", "the reason not to install is missing"},
		{"risk_owner", e.RiskOwner, "es fehlt, wer das Risiko trägt", "it does not say who carries the risk"},
		{"compensation", e.Compensation, "es fehlt, was stattdessen getan wird", "it does not say what is done instead"},
	} {
		switch {
		case strings.TrimSpace(f.value) == "":
			add(f.field, f.de, f.en)
		case len(f.value) > maxText:
			out = append(out, gap{f.field, lang.Textf("der Text hat mehr als %[1]d Bytes", "the text has more than %[1]d bytes", maxText)})
		}
	}
	days, known := l[e.Level]
	if !known {
		add("level", "es fehlt die Stufe der Lücke", "the level of the hole is missing")
	}
	switch {
	case e.Expires.IsZero():
		add("expires", "es fehlt, bis wann sie gilt", "it does not say until when it holds")
	case from.IsZero():
	case !e.Expires.After(from):
		add("expires", "sie endet, bevor sie beginnt", "it ends before it begins")
	case known && e.Expires.After(from.AddDate(0, 0, days)):
		out = append(out, gap{"expires", lang.Textf(
			"für eine Lücke der Stufe „%[1]s“ gilt sie höchstens %[2]d Tage", `for a hole of the level "%[1]s" it holds for %[2]d days at most`, e.Level.Text(), days)})
	}
	if !e.ApprovedAt.IsZero() && strings.TrimSpace(e.ApprovedBy) == "" {
		add("approved_by", "es fehlt, wer sie genehmigt hat", "it does not say who approved it")
	}
	return out
}
