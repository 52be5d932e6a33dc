package cli

import (
	"path/filepath"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var estateWords = struct{ Added, Changed, Removed, Unchanged, Nothing, Enrol, Expires, Command, Token, Server, Authority, Stdin lang.Text }{
	Added:     lang.T("neu", "added"),
	Changed:   lang.T("geändert", "changed"),
	Removed:   lang.T("entfernt", "removed"),
	Unchanged: lang.T("unverändert: %[1]d", "unchanged: %[1]d"),
	Nothing:   lang.T("Nichts zu tun: der Bestand ist schon so (%[1]d Einträge).", "Nothing to do: the estate is like this already (%[1]d entries)."),
	Enrol:     lang.T("Auf %[1]s ausführen:", "Run on %[1]s:"),
	Expires:   lang.T("gilt einmal, bis", "good once, until"),
	Token:     lang.T("Einmal-Token", "one-time token"),
	Stdin:     lang.T("Der Befehl liest das Einmal-Token von der Standardeingabe.", "The command reads the one-time token from standard input."),
	Server:    lang.T("Server", "server"),
	Authority: lang.T("Zertifikatsstelle", "authority"),
}

func (cmd applyCmd) Run(a *app) error {
	doc, err := a.readInput(cmd.File, estate.MaxDocument)
	if err != nil {
		return err
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	name := filepath.Base(cmd.File)
	if cmd.File == "-" {
		name = "stdin"
	}
	applied, err := c.Apply(a.ctx, name, doc)
	if err != nil {
		return err
	}
	applied.Added, applied.Changed, applied.Removed = list(applied.Added), list(applied.Changed), list(applied.Removed)
	return a.result(applied, func() { a.applied(applied) })
}

func (a *app) applied(v client.Applied) {
	w := estateWords
	if len(v.Added)+len(v.Changed)+len(v.Removed) == 0 {
		a.print(a.tf(w.Nothing, v.Unchanged))
		return
	}
	for _, group := range []struct {
		sign, colour string
		word         lang.Text
		names        []string
	}{{"+", green, w.Added, v.Added}, {"~", yellow, w.Changed, v.Changed}, {"-", red, w.Removed, v.Removed}} {
		for _, name := range group.names {
			a.print(a.paint(group.colour, group.sign+" "+group.word.In(a.lang)) + "  " + clean(name))
		}
	}
	a.print(a.tf(w.Unchanged, v.Unchanged))
}

func (cmd enrolCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	e, err := c.Enrolment(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	return a.result(e, func() {
		w := estateWords
		a.print(a.tf(w.Enrol, clean(e.System)))
		a.print("\n  " + clean(strings.TrimSpace(e.Command)) + "\n")
		if strings.Contains(e.Command, "--token-file -") {
			a.say(w.Stdin)
		}
		a.pairs(pair{w.Token, clean(e.Token)}, pair{w.Expires, a.moment(e.Expires, "")},
			pair{w.Server, clean(e.Server)}, pair{w.Authority, clean(e.Authority)})
	})
}
