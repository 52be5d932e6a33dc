package cli

import (
	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type rootShowCmd struct {
	System string `arg:"" help:"arg_system"`
}

type rootAcceptCmd struct {
	System string `arg:"" help:"arg_system"`
	By     string `required:"" placeholder:"NAME" help:"flag_root_by"`
	Reason string `required:"" placeholder:"TEXT" help:"flag_root_reason"`
}

// markOfRoot is how a way to become root stands.
func markOfRoot(h fact.Holder, access client.RootAccess) mark {
	for _, fresh := range access.New {
		if fresh == h {
			return mark{"■", lang.T("neu", "new"), red}
		}
	}
	return mark{"●", lang.T("bestätigt", "accepted"), green}
}

func (cmd rootShowCmd) Run(a *app) error {
	return a.root(func(c *client.Client) (client.RootAccess, error) { return c.RootAccess(a.ctx, cmd.System) })
}

func (cmd rootAcceptCmd) Run(a *app) error {
	return a.root(func(c *client.Client) (client.RootAccess, error) {
		return c.AcceptRoot(a.ctx, cmd.System, cmd.By, cmd.Reason)
	})
}

// root shows who can become root on a system.
func (a *app) root(ask func(*client.Client) (client.RootAccess, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	access, err := ask(c)
	if err != nil {
		return err
	}
	return a.result(access, func() {
		if len(access.Now) == 0 {
			a.say(lang.T("Der Host hat noch nicht gemeldet, wer root werden kann.", "The host has not reported yet who can become root."))
			return
		}
		var cells [][]cell
		for _, h := range access.Now {
			cells = append(cells, []cell{a.state(markOfRoot(h, access)), text(string(h.Way)), text(h.Who), text(h.From)})
		}
		for _, h := range access.Gone {
			cells = append(cells, []cell{a.state(mark{"▲", lang.T("entfallen", "gone"), plainText}), text(string(h.Way)), text(h.Who), text(h.From)})
		}
		a.table("", []lang.Text{holeWords.State, lang.T("Weg", "way"), lang.T("wer", "who"), lang.T("Datei", "file")}, cells)
		if !access.Watched {
			a.say(lang.T("Auf diesem System hat nicht nur der Provider root; darum hält das nichts an.", "On this system the provider is not the only one with root; so this stops nothing."))
		}
		if !access.Accepted.IsZero() {
			a.say(lang.Textf("Bestätigt von %[1]s: %[2]s", "Accepted by %[1]s: %[2]s", access.By, access.Reason))
		}
	})
}
