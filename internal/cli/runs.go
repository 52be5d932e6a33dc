package cli

import (
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

var runWords = struct {
	ID, System, State, When, Ground, What, None, Slot, Began, Ended, Customer, Rules, Policy, Steps, Usual, Changes lang.Text
	Package, From, To, Now, LeftOut, Reasons, Proof, ProofSame, ProofDiffers, Point, PointText, Failed, Open, By    lang.Text
	UsualSpan, UsualFew, Whole                                                                                      lang.Text
}{
	ID:           lang.T("Lauf", "run"),
	System:       lang.T("System", "system"),
	State:        lang.T("Stand", "state"),
	When:         lang.T("wann", "when"),
	Ground:       lang.T("Grundlage", "ground"),
	What:         lang.T("was", "what"),
	None:         lang.T("Es gibt noch keinen solchen Lauf.", "There is no such run yet."),
	Slot:         lang.T("Wartungsfenster", "window"),
	Began:        lang.T("begonnen", "began"),
	Ended:        lang.T("beendet", "ended"),
	Customer:     lang.T("Kunde", "customer"),
	Rules:        lang.T("Regeln", "rules"),
	Policy:       lang.T("Fassung", "policy version"),
	Steps:        lang.T("Verlauf", "Course"),
	Usual:        lang.T("üblich %[1]s", "usually %[1]s"),
	UsualSpan:    lang.T("üblich %[1]s bis %[2]s", "usually %[1]s to %[2]s"),
	UsualFew:     lang.T("bisher etwa %[1]s, höchstens wohl %[2]s; gemessen: %[3]s", "so far about %[1]s, at most perhaps %[2]s; measured: %[3]s"),
	Whole:        lang.T("ganzer Lauf", "whole run"),
	Changes:      lang.T("Pakete", "Packages"),
	Package:      lang.T("Paket", "package"),
	From:         lang.T("vorher", "before"),
	To:           lang.T("beauftragt", "ordered"),
	Now:          lang.T("jetzt", "now"),
	LeftOut:      lang.T("Außen vor geblieben", "Left out"),
	Reasons:      lang.T("Was dazu führte", "What led to it"),
	Proof:        lang.T("Beleg für das Zurücksetzen", "Proof of the restore"),
	ProofSame:    lang.T("%[1]s Pfade geprüft, keine Abweichung; %[2]s zurückgeholt, %[3]s neue beiseitegelegt.", "%[1]s paths checked, no difference; %[2]s brought back, %[3]s new ones moved aside."),
	ProofDiffers: lang.T("%[1]s Pfade geprüft, %[2]s weichen ab:", "%[1]s paths checked, %[2]s differ:"),
	Point:        lang.T("Sicherung", "restore point"),
	PointText:    lang.T("%[1]s, %[2]s Pfade", "%[1]s, %[2]s paths"),
	Failed:       lang.T("gescheitert", "failed"),
	Open:         lang.T("läuft", "running"),
	By:           lang.T("%[1]s %[2]s (%[3]s)", "%[1]s %[2]s (%[3]s)"),
}

func (cmd runsCmd) Run(a *app) error {
	if cmd.Limit < 1 || cmd.Limit > 1000 {
		return &usageError{path: "runs", text: lang.T("--limit geht von 1 bis 1000.", "--limit goes from 1 to 1000.")}
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Runs(a.ctx, client.RunFilter{System: cmd.System, Stage: client.Stage(cmd.Stage), Limit: cmd.Limit})
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(runWords.None)
			return
		}
		a.runs("", rows, true)
	})
}

func (a *app) runs(indent string, rows []client.RunRow, withSystem bool) {
	w := runWords
	heads := []lang.Text{w.ID, w.State, w.When, w.Ground, w.What}
	if withSystem {
		heads = append([]lang.Text{w.ID, w.System}, heads[1:]...)
	}
	var cells [][]cell
	for _, r := range rows {
		line := []cell{text(r.ID), a.state(markOf(r)), text(a.when(r)), text(a.ground(r.Ground)), text(r.Sentence.In(a.lang))}
		if withSystem {
			line = append([]cell{line[0], text(r.System)}, line[1:]...)
		}
		cells = append(cells, line)
	}
	a.table(indent, heads, cells)
}

// ground puts "kind ID" into words.
func (a *app) ground(s string) string {
	kind, id, _ := strings.Cut(s, " ")
	return strings.TrimSpace(word(a, groundWords, mandate.Kind(kind)) + " " + id)
}

func (cmd runShowCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	if cmd.Follow {
		return a.follow(c, cmd.ID)
	}
	r, err := c.Run(a.ctx, cmd.ID)
	if err != nil {
		return err
	}
	return a.result(r, func() { a.run1(r) })
}

// run1 prints one run whole.
func (a *app) run1(r client.Run) {
	w := runWords
	a.print(a.paint(bold, clean(r.ID)) + " · " + clean(r.System) + " · " + a.mark(markOf(r.RunRow)))
	a.print("  " + a.t(r.Sentence))
	var grounds, rules []string
	for _, g := range r.Grounds {
		grounds = append(grounds, a.tf(w.By, word(a, groundWords, g.Kind), clean(g.Basis), clean(g.Contact)))
		rules = append(rules, g.Rules...)
	}
	point := ""
	if p := r.State.Point; p != nil {
		point = a.tf(w.PointText, clean(p.Driver), lang.Count(p.Files, a.lang))
	}
	slot := a.span(r.Slot, r.Zone)
	if slot != "" && r.Zone != "" {
		slot += " (" + clean(r.Zone) + ")"
	}
	a.pairs(pair{w.Customer, clean(r.Customer)}, pair{w.Ground, strings.Join(grounds, "; ")},
		pair{w.Rules, clean(strings.Join(unique(rules), ", "))}, pair{w.Policy, clean(r.Policy)}, pair{w.Slot, slot},
		pair{w.Began, a.moment(r.Began, r.Zone)}, pair{w.Ended, a.moment(r.EndedAt, r.Zone)}, pair{w.Point, point},
		pair{w.Whole, a.usually(r.Whole)})
	if len(r.State.Spans) > 0 {
		a.head(w.Steps)
		for _, s := range r.State.Spans {
			a.print("  " + a.spanLine(r, s))
		}
	}
	if r.State.Verdict == nil && len(r.Changes) > 0 {
		a.head(w.Changes)
		var cells [][]cell
		for _, c := range r.Changes {
			cells = append(cells, []cell{text(c.Package), text(c.From), text(c.To)})
		}
		a.table("  ", []lang.Text{w.Package, w.From, w.To}, cells)
	}
	a.verdict(r.State.Verdict)
	if len(r.LeftOut) > 0 {
		a.head(w.LeftOut)
		for _, refusal := range r.LeftOut {
			a.print("  ◇ " + clean(refusal.Finding.Package) + "  " + clean(refusal.Rule) + "  " + a.t(refusal.Text))
		}
	}
}

// verdict prints what came of a run: why, which versions, and the proof of a restore.
func (a *app) verdict(v *verdict.Verdict) {
	if v == nil {
		return
	}
	w := runWords
	if len(v.Reasons) > 0 {
		a.head(w.Reasons)
		for _, reason := range v.Reasons {
			a.print("  " + a.t(reason.Text))
		}
	}
	if len(v.Changes) > 0 {
		a.head(w.Changes)
		var cells [][]cell
		for _, c := range v.Changes {
			now := painted(green, "● "+c.Now)
			if c.Now != c.To {
				now = painted(yellow, "↩ "+c.Now)
			}
			cells = append(cells, []cell{text(c.Package), text(c.From), text(c.To), now})
		}
		a.table("  ", []lang.Text{w.Package, w.From, w.To, w.Now}, cells)
	}
	if p := v.Proof; p != nil {
		a.head(w.Proof)
		if len(p.Differences) == 0 {
			a.print("  " + a.tf(w.ProofSame, lang.Count(p.Checked, a.lang), lang.Count(p.Restored, a.lang), lang.Count(p.Aside, a.lang)))
			return
		}
		a.print("  " + a.paint(red, "✕ ") + a.tf(w.ProofDiffers, lang.Count(p.Checked, a.lang), lang.Count(len(p.Differences), a.lang)))
		for _, d := range p.Differences {
			a.print("    " + clean(d))
		}
	}
}

func unique(names []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}
