package cli

import (
	"fmt"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func (cmd explainCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	e, err := c.Explain(a.ctx, cmd.question())
	if err != nil {
		return err
	}
	return a.result(e, func() { a.explain(e) })
}

func (cmd explainCmd) question() client.Question {
	return client.Question{
		System: cmd.System, Package: cmd.Package, Layer: policy.Layer(cmd.Layer), Change: policy.ChangeClass(cmd.Change),
		Origin: policy.Origin(cmd.Origin), Day: cmd.At, KnownAt: cmd.KnownAt,
	}
}

var explainWords = struct{ Answer, Reason, Allowed, Yes, No, Ask, Rules, Facets, Policy, From, Beside, Same, Inactive, Day, Known lang.Text }{
	Answer:   lang.T("Antwort", "answer"),
	Reason:   lang.T("Grund", "reason"),
	Allowed:  lang.T("jetzt erlaubt", "permitted now"),
	Yes:      lang.T("● ja", "● yes"),
	No:       lang.T("◇ nein", "◇ no"),
	Ask:      lang.T("dafür nötig", "needed for it"),
	Rules:    lang.T("Regeln, die dazu führten", "Rules that led to it"),
	Facets:   lang.T("Wovon sie ausgehen", "What they rest on"),
	Policy:   lang.T("Fassung", "policy version"),
	Beside:   lang.T("Was andere Fassungen dazu sagen", "What other versions say"),
	Same:     lang.T("dasselbe", "the same"),
	Inactive: lang.T("Noch nicht wirksam", "Without effect yet"),
	Day:      lang.T("gefragt nach", "asked for"),
	Known:    lang.T("bekannt bis", "known by"),
	From:     lang.T("%[1]s, gültig ab %[2]s", "%[1]s, valid from %[2]s"),
}

func (a *app) explain(e client.Explanation) {
	w := explainWords
	title := a.paint(bold, clean(e.System))
	if e.Package != "" {
		title += " · " + a.paint(bold, clean(e.Package))
	}
	a.print(title)
	allowed := w.No
	if e.Allowed {
		allowed = w.Yes
	}
	version := e.Policy.ID
	if e.Policy.Title != "" {
		version += " – " + e.Policy.Title
	}
	if e.Policy.From != "" && e.Policy.From != policy.DateUnknown {
		version = a.tf(w.From, version, e.Policy.From)
	}
	a.pairs(pair{w.Answer, a.t(e.Answer)}, pair{w.Reason, a.t(e.Why)}, pair{w.Allowed, allowed.In(a.lang)},
		pair{w.Ask, a.t(e.Ask)}, pair{w.Policy, clean(version)}, pair{w.Day, clean(e.Day)}, pair{w.Known, clean(e.KnownAt)})
	if len(e.Decision.Reasons) > 0 {
		a.head(w.Rules)
		for _, r := range e.Decision.Reasons {
			for i, line := range wrap(a.t(r.Text), 88) {
				id := ""
				if i == 0 {
					id = clean(r.RuleID)
				}
				a.print(fmt.Sprintf("  %-8s  %s", id, line))
			}
		}
	}
	if len(e.Inactive) > 0 {
		a.head(w.Inactive)
	}
	for _, i := range e.Inactive {
		a.ruled(i.By, a.t(i.Text))
	}
	if len(e.Beside) > 0 {
		a.head(w.Beside)
		var others []pair
		for _, b := range e.Beside {
			said := w.Same.In(a.lang)
			if b.Differs {
				said = a.t(b.Answer)
			}
			others = append(others, pair{lang.T(b.Policy.ID, b.Policy.ID), said})
		}
		a.pairs(others...)
	}
	a.head(w.Facets)
	var facts []pair
	for _, f := range e.Facets.Facts() {
		facts = append(facts, pair{f.Title, a.t(f.Words)})
	}
	a.pairs(facts...)
}
