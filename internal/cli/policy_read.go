package cli

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/policy/matrix"
	"github.com/patchwart/patchwart/internal/core/promise"
	"github.com/patchwart/patchwart/internal/core/statute"
	"github.com/patchwart/patchwart/policies"
)

type policyListCmd struct{}

type policyShowCmd struct {
	Policy string `arg:"" name:"version" help:"arg_policy"`
}

type policyMatrixCmd struct {
	Policy string `arg:"" name:"version" help:"arg_policy"`
	Format string `enum:"text,html,svg" default:"text" placeholder:"text|html|svg" help:"flag_matrix_format"`
}

type policyDiffCmd struct {
	Before string `arg:"" name:"before" help:"arg_policy"`
	After  string `arg:"" name:"after" help:"arg_policy"`
}

type policyPromisesCmd struct {
	Policies []string `arg:"" optional:"" name:"version" help:"arg_policies_all"`
	Format   string   `enum:"text,markdown" default:"text" placeholder:"text|markdown" help:"flag_promises_format"`
}

type policySchemaCmd struct{}

// listedPolicy is a version in the list of those that come with the program.
type listedPolicy struct {
	ID        string    `json:"id"`
	Title     lang.Text `json:"title"`
	Publisher string    `json:"publisher"`
	ValidFrom string    `json:"valid_from"`
	ValidTo   string    `json:"valid_to"`
	Rules     int       `json:"rules"`
	SHA256    string    `json:"sha256"`
}

func (policyListCmd) Run(a *app) error {
	var list []listedPolicy
	for _, id := range policies.IDs() {
		v, err := a.loadPolicy(id)
		if err != nil {
			return err
		}
		list = append(list, listedPolicy{v.ID, v.Title, v.Publisher, v.ValidFrom, v.ValidTo, len(v.Rules), v.SHA256})
	}
	return a.result(list, func() {
		var rows [][]cell
		for _, v := range list {
			rows = append(rows, []cell{text(v.ID), text(a.day(v.ValidFrom)), text(a.day(v.ValidTo)), text(fmt.Sprint(v.Rules)), text(a.t(v.Title))})
		}
		a.table("", []lang.Text{lang.T("Fassung", "version"), lang.T("gültig ab", "valid from"), lang.T("bis", "to"), lang.T("Sätze", "statements"), lang.T("Titel", "title")}, rows)
	})
}

// day is a day, or that it is not known.
func (a *app) day(day string) string {
	if day == policy.DateUnknown {
		return a.t(lang.T("nicht bekannt", "not known"))
	}
	return day
}

func (cmd policyShowCmd) Run(a *app) error {
	v, err := a.loadPolicy(cmd.Policy)
	if err != nil {
		return err
	}
	return a.result(v, func() {
		a.print(a.paint(bold, a.t(v.Title)))
		a.pairs(pair{lang.T("Fassung", "version"), v.ID}, pair{lang.T("herausgegeben von", "published by"), clean(v.Publisher)},
			pair{lang.T("Quelle", "source"), clean(v.Source.Title)}, pair{lang.T("gültig", "valid"), a.day(v.ValidFrom) + " – " + a.day(v.ValidTo)},
			pair{lang.T("löst ab", "supersedes"), clean(v.Supersedes)}, pair{lang.T("SHA-256", "SHA-256"), v.SHA256})
		a.print("")
		for _, r := range v.Rules {
			a.ruled(r.ID, a.t(r.Text))
		}
	})
}

func (cmd policyMatrixCmd) Run(a *app) error {
	v, err := a.loadPolicy(cmd.Policy)
	if err != nil {
		return err
	}
	m := matrix.Of(v)
	return a.result(m, func() {
		form := map[string]func(lang.Lang) string{"text": m.Text, "html": m.HTML, "svg": m.SVG}[cmd.Format]
		_, _ = fmt.Fprint(a.out, form(a.lang))
	})
}

var diffWords = struct{ Nothing, Changed, Added, Removed, Reworded, Before, After, Where lang.Text }{
	Nothing:  lang.T("● %[1]s und %[2]s entscheiden gleich (%[3]d Kombinationen verglichen).", "● %[1]s and %[2]s decide the same (%[3]d combinations compared)."),
	Changed:  lang.T("%[1]s → %[2]s: %[4]d von %[3]d Kombinationen werden anders entschieden.", "%[1]s → %[2]s: %[4]d of %[3]d combinations are decided otherwise."),
	Added:    lang.T("neue Regeln", "rules added"),
	Removed:  lang.T("entfallene Regeln", "rules removed"),
	Reworded: lang.T("geänderte Regeln", "rules changed"),
	Before:   lang.T("vorher", "before"),
	After:    lang.T("nachher", "after"),
	Where:    lang.T("wo", "where"),
}

// mostBoxes bounds how many places of one difference are told; JSON has them all.
const mostBoxes = 6

func (cmd policyDiffCmd) Run(a *app) error {
	before, err := a.loadPolicy(cmd.Before)
	if err != nil {
		return err
	}
	after, err := a.loadPolicy(cmd.After)
	if err != nil {
		return err
	}
	d := policy.Diff(before, after)
	return a.result(d, func() { a.comparison(d) })
}

func (a *app) comparison(d policy.Comparison) {
	w := diffWords
	if d.Changed == 0 {
		a.print(a.tf(w.Nothing, d.Before, d.After, d.Combinations))
	} else {
		a.print(a.tf(w.Changed, d.Before, d.After, d.Combinations, d.Changed))
	}
	for i, x := range d.Differences {
		a.head(lang.Textf("%[1]d. %[2]s: %[3]d Kombinationen", "%[1]d. %[2]s: %[3]d combinations", i+1, x.Effect.Text(), x.Count))
		var where []pair
		for j, box := range x.Where {
			label := lang.Text{}
			if j == 0 {
				label = w.Where
			}
			if j == mostBoxes {
				where = append(where, pair{label, a.tf(lang.T("… und %[1]d weitere (--json zeigt alle)", "… and %[1]d more (--json shows all)"), len(x.Where)-j)})
				break
			}
			where = append(where, pair{label, a.t(box.Words())})
		}
		a.pairs(append([]pair{
			{w.Before, a.t(x.Before) + " (" + strings.Join(x.RulesBefore, ", ") + ")"}, {w.After, a.t(x.After) + " (" + strings.Join(x.RulesAfter, ", ") + ")"},
		}, where...)...)
	}
	a.print("")
	a.pairs(pair{w.Added, strings.Join(d.RulesAdded, ", ")}, pair{w.Removed, strings.Join(d.RulesRemoved, ", ")}, pair{w.Reworded, strings.Join(d.RulesChanged, ", ")})
}

// promised is one version's statements for programs.
type promised struct {
	Policy     string              `json:"policy"`
	Coverage   promise.Coverage    `json:"coverage"`
	Statements []promise.Statement `json:"statements"`
}

func (cmd policyPromisesCmd) Run(a *app) error {
	table, err := statute.Parse("statutes.yaml", policies.Statutes())
	if err != nil {
		return err
	}
	if len(cmd.Policies) == 0 {
		cmd.Policies = policies.IDs()
	}
	var versions []*policy.Version
	var list []promised
	for _, ref := range cmd.Policies {
		v, err := a.loadPolicy(ref)
		if err != nil {
			return err
		}
		statements := promise.Of(v, table, v.RecordedAt)
		versions, list = append(versions, v), append(list, promised{v.ID, promise.Count(statements), statements})
	}
	return a.result(list, func() {
		if cmd.Format == "markdown" {
			a.print(promisesHead)
			for i, v := range versions {
				if i > 0 {
					a.print("")
				}
				_, _ = fmt.Fprint(a.out, promise.Markdown(v, list[i].Statements))
			}
			return
		}
		for i, v := range versions {
			a.head(v.Title)
			c := list[i].Coverage
			a.print(a.tf(lang.T("  %[1]d Sätze: %[2]d Regeln, %[3]d Hinweise, %[4]d Kontrollen, %[5]d nicht für Software",
				"  %[1]d statements: %[2]d rules, %[3]d notices, %[4]d controls, %[5]d not for software"), c.Statements, c.Rules, c.Notices, c.Controls, c.NotSoftware))
			for _, s := range list[i].Statements {
				a.ruled(s.ID, clean(s.Here(a.lang)))
			}
		}
	})
}

// promisesHead stands before the generated page of promises.
const promisesHead = `# Promises, statement by statement

Generated by ` + "`patchwart policy promises --format markdown`" + ` (make generate); not edited by hand. Every statement of the three
published documents is a rule that decides, a notice that is said along with decisions, a control that is checked by
software or attested by a person, or not for software, with the reason. The texts are our own words.
`

func (policySchemaCmd) Run(a *app) error {
	_, err := a.out.Write(policy.Schema())
	return err
}
