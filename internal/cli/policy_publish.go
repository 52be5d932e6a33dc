package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type policyPublishCmd struct {
	File string `arg:"" name:"file" help:"arg_publish_file"`
}

type policyValidCmd struct {
	Policy string `arg:"" name:"version" help:"arg_published"`
	From   string `placeholder:"${word_day}" help:"flag_valid_from"`
	To     string `placeholder:"${word_day}" help:"flag_valid_to"`
	By     string `required:"" placeholder:"NAME" help:"flag_valid_by"`
}

type policySimulateCmd struct {
	File string `arg:"" name:"file" help:"arg_simulate_file"`
}

func (cmd policyPublishCmd) Run(a *app) error {
	text, err := a.readInput(cmd.File, maxPolicy)
	if err != nil {
		return err
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	p, err := c.Publish(a.ctx, filepath.Base(cmd.File), text)
	if err != nil {
		return err
	}
	return a.result(p, func() {
		if p.Added {
			a.print(a.tf(lang.T("● %[1]s ist veröffentlicht und bleibt so (SHA-256 %[2]s).", "● %[1]s is published and stays so (SHA-256 %[2]s)."), p.ID, p.SHA256))
		} else {
			a.print(a.tf(lang.T("● %[1]s war schon mit diesem Text veröffentlicht.", "● %[1]s was published with this text already."), p.ID))
		}
	})
}

func (cmd policyValidCmd) Run(a *app) error {
	if cmd.From == "" && cmd.To == "" {
		return &usageError{alone: true, text: lang.T("Es fehlt, was gilt: --from TAG, --to TAG oder beides.", "What is valid is missing: --from DAY, --to DAY, or both.")}
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	v, err := c.StateValidity(a.ctx, cmd.Policy, cmd.From, cmd.To, cmd.By)
	if err != nil {
		return err
	}
	return a.result(v.PolicyInfo, func() {
		a.print(a.tf(lang.T("● %[1]s gilt von %[2]s bis %[3]s.", "● %[1]s is valid from %[2]s to %[3]s."), v.ID, a.day(v.From), a.day(v.To)))
	})
}

var simulateWords = struct{ Head, Changes, Broken, NoneChanged, NoneBroken, Packages lang.Text }{
	Head:        lang.T("%[1]s am %[2]s: %[3]d Systeme betrachtet, auf %[4]d wird etwas anders entschieden.", "%[1]s on %[2]s: %[3]d systems looked at, on %[4]d something is decided otherwise."),
	Changes:     lang.T("Was sich ändert", "What changes"),
	Broken:      lang.T("▲ Zusagen, die am ersten Tag gebrochen wären", "▲ Promises that would be broken on the first day"),
	NoneChanged: lang.T("● Nichts ändert sich.", "● Nothing changes."),
	NoneBroken:  lang.T("● Keine Zusage wäre am ersten Tag gebrochen.", "● No promise would be broken on the first day."),
	Packages:    lang.T("%[1]d Pakete", "%[1]d packages"),
}

func (cmd policySimulateCmd) Run(a *app) error {
	text, err := a.readInput(cmd.File, maxPolicy)
	if err != nil {
		return err
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	r, err := c.Simulate(a.ctx, filepath.Base(cmd.File), text)
	if err != nil {
		return err
	}
	return a.result(r, func() { a.simulation(r) })
}

func (a *app) simulation(r client.Simulation) {
	w := simulateWords
	a.print(a.tf(w.Head, clean(r.Policy), r.Day, r.Systems, r.Changed))
	if len(r.Changes) == 0 {
		a.say(w.NoneChanged)
	} else {
		a.head(w.Changes)
	}
	for _, x := range r.Changes {
		head := clean(x.System) + ": " + a.t(x.Effect.Text())
		if len(x.Packages) > 0 {
			head += ", " + a.tf(w.Packages, len(x.Packages)) + " (" + clean(strings.Join(x.Packages[:min(3, len(x.Packages))], ", ")) + ")"
		}
		a.print("  " + head)
		a.pairs(pair{diffWords.Before, a.t(x.Before)}, pair{diffWords.After, a.t(x.After)})
	}
	if len(r.Broken) == 0 {
		a.say(w.NoneBroken)
		return
	}
	a.head(w.Broken)
	for _, b := range r.Broken {
		a.ruled(b.Rule, fmt.Sprintf("%s: %s", clean(b.System), a.t(b.Text)))
	}
}
