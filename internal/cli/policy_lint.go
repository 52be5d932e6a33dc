package cli

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

type policyLintCmd struct {
	Files []string `arg:"" name:"file" help:"arg_policy_files"`
}

// linted is what lint found in all files together, and in each.
type linted struct {
	Combinations   int          `json:"combinations"`
	Gaps           []foundFlaw  `json:"gaps"`
	Contradictions []foundFlaw  `json:"contradictions"`
	DeadRules      []foundFlaw  `json:"dead_rules"`
	Files          []lintedFile `json:"files"`
}

// foundFlaw is a flaw with the policy it was found in.
type foundFlaw struct {
	File   string `json:"file"`
	Policy string `json:"policy"`
	policy.Flaw
}

type lintedFile struct {
	File         string `json:"file"`
	Policy       string `json:"policy"`
	SHA256       string `json:"sha256"`
	Combinations int    `json:"combinations"`
	Rules        int    `json:"rules"`
	Findings     int    `json:"findings"`
}

func (cmd policyLintCmd) Run(a *app) error {
	out := linted{Gaps: []foundFlaw{}, Contradictions: []foundFlaw{}, DeadRules: []foundFlaw{}, Files: []lintedFile{}}
	var wrong *fault.Error
	for _, file := range cmd.Files {
		name, text, err := a.policyText(file)
		if err != nil {
			return err
		}
		v, err := policy.ParseDraft(name, text)
		var f *fault.Error
		if errors.As(err, &f) { // the places of all files are told together
			if wrong == nil {
				wrong = f
			} else {
				wrong.Places = append(wrong.Places, f.Places...)
			}
			continue
		}
		if err != nil {
			return err
		}
		out.add(filepath.Base(file), v, policy.Lint(v))
	}
	if wrong != nil {
		return wrong
	}
	if err := a.result(out, func() { a.linted(out) }); err != nil {
		return err
	}
	if len(out.Gaps)+len(out.Contradictions)+len(out.DeadRules) > 0 {
		return errFindings
	}
	return nil
}

func (l *linted) add(file string, v *policy.Version, r policy.Report) {
	l.Combinations += r.Combinations
	found := 0
	for to, flaws := range map[*[]foundFlaw][]policy.Flaw{&l.Gaps: r.Gaps, &l.Contradictions: r.Contradictions, &l.DeadRules: r.DeadRules} {
		for _, f := range flaws {
			*to = append(*to, foundFlaw{File: file, Policy: v.ID, Flaw: f})
			found++
		}
	}
	l.Files = append(l.Files, lintedFile{File: file, Policy: v.ID, SHA256: v.SHA256, Combinations: r.Combinations, Rules: len(v.Rules), Findings: found})
}

var lintWords = struct{ Gaps, Contradictions, Dead, Example, Clean, Found lang.Text }{
	Gaps:           lang.T("▲ Lücken", "▲ Gaps"),
	Contradictions: lang.T("▲ Widersprüche", "▲ Contradictions"),
	Dead:           lang.T("▲ Tote Regeln", "▲ Dead rules"),
	Example:        lang.T("zum Beispiel: %[1]s", "for example: %[1]s"),
	Clean:          lang.T("● %[1]s: %[2]d Regeln, %[3]d Kombinationen entschieden, nichts gefunden.", "● %[1]s: %[2]d rules, %[3]d combinations decided, nothing found."),
	Found:          lang.T("▲ %[1]s: %[2]d Regeln, %[3]d Kombinationen entschieden, Funde: %[4]d", "▲ %[1]s: %[2]d rules, %[3]d combinations decided, findings: %[4]d"),
}

func (a *app) linted(l linted) {
	for _, f := range l.Files {
		if f.Findings == 0 {
			a.print(a.tf(lintWords.Clean, f.Policy, f.Rules, f.Combinations))
		} else {
			a.print(a.tf(lintWords.Found, f.Policy, f.Rules, f.Combinations, f.Findings))
		}
	}
	for _, part := range []struct {
		head  lang.Text
		flaws []foundFlaw
	}{{lintWords.Gaps, l.Gaps}, {lintWords.Contradictions, l.Contradictions}, {lintWords.Dead, l.DeadRules}} {
		if len(part.flaws) > 0 {
			a.head(part.head)
		}
		for _, f := range part.flaws {
			a.ruled(f.Policy, a.t(f.Text))
			a.ruled("", a.tf(lintWords.Example, a.facts(f.Example)))
		}
	}
}

// facts puts a combination into one line.
func (a *app) facts(f policy.Facets) string {
	var parts []string
	for _, fact := range f.Facts() {
		parts = append(parts, a.t(fact.Title)+": "+a.t(fact.Words))
	}
	return strings.Join(parts, ", ")
}
