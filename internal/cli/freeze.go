package cli

import (
	"strings"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type freezeListCmd struct{}

type freezeAddCmd struct {
	System      string   `placeholder:"NAME" xor:"scope" help:"flag_freeze_system"`
	Customer    string   `placeholder:"ID" xor:"scope" help:"flag_freeze_customer"`
	From        string   `placeholder:"2026-11-27T00:00" help:"flag_freeze_from"`
	To          string   `placeholder:"2026-12-01T00:00" help:"flag_freeze_to"`
	Holidays    string   `placeholder:"DE-BY" help:"flag_freeze_holidays"`
	Before      int      `placeholder:"N" help:"flag_freeze_before"`
	After       int      `placeholder:"N" help:"flag_freeze_after"`
	Zone        string   `placeholder:"Europe/Berlin" help:"flag_freeze_zone"`
	Reason      string   `required:"" placeholder:"TEXT" help:"flag_freeze_reason"`
	By          string   `required:"" placeholder:"NAME" help:"flag_freeze_by"`
	Emergencies bool     `help:"flag_freeze_emergencies"`
	May         []string `enum:"management,contact" placeholder:"management" help:"flag_freeze_may"`
}

type freezeEndCmd struct {
	ID string `arg:"" name:"freeze" help:"arg_freeze"`
	By string `required:"" placeholder:"NAME" help:"flag_freeze_by"`
}

type freezeOverrideCmd struct {
	ID     string    `arg:"" name:"freeze" help:"arg_freeze"`
	By     string    `required:"" placeholder:"NAME" help:"flag_freeze_by"`
	As     string    `required:"" enum:"management,contact" placeholder:"contact" help:"flag_freeze_as"`
	Reason string    `required:"" placeholder:"TEXT" help:"flag_freeze_reason"`
	From   time.Time `required:"" placeholder:"2026-11-27T05:00:00Z" help:"flag_freeze_pass_from"`
	To     time.Time `required:"" placeholder:"2026-11-27T07:00:00Z" help:"flag_freeze_pass_to"`
	On     []string  `placeholder:"NAME" help:"flag_freeze_on"`
}

// markOfFreeze is how a freeze stands.
func markOfFreeze(f client.Freeze) mark {
	switch {
	case f.Now:
		return mark{"■", lang.T("gilt jetzt", "holds now"), red}
	case f.Over:
		return mark{"▲", lang.T("vorbei", "over"), plainText}
	}
	return mark{"◐", lang.T("kommt", "to come"), cyan}
}

func (freezeListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Freezes(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt keine Sperrzeiten.", "There are no freezes."))
			return
		}
		var cells [][]cell
		for _, f := range rows {
			next := ""
			if len(f.Ahead) > 0 {
				next = a.moment(f.Ahead[0].From, f.Zone)
			}
			cells = append(cells, []cell{text(f.ID), a.state(markOfFreeze(f)), text(a.t(f.Text)), text(next)})
		}
		a.table("", []lang.Text{lang.T("Sperrzeit", "freeze"), holeWords.State, lang.T("was", "what"), lang.T("nächste", "next")}, cells)
	})
}

func (cmd freezeAddCmd) Run(a *app) error {
	return a.frozen(func(c *client.Client) (client.Freeze, error) {
		return c.SetFreeze(a.ctx, client.FreezeRequest{System: cmd.System, Customer: cmd.Customer, From: cmd.From, To: cmd.To, Holidays: cmd.Holidays,
			Before: cmd.Before, After: cmd.After, Zone: cmd.Zone, Reason: cmd.Reason, By: cmd.By, Emergencies: cmd.Emergencies, May: cmd.May})
	})
}

func (cmd freezeEndCmd) Run(a *app) error {
	return a.frozen(func(c *client.Client) (client.Freeze, error) { return c.EndFreeze(a.ctx, cmd.ID, cmd.By) })
}

func (cmd freezeOverrideCmd) Run(a *app) error {
	return a.frozen(func(c *client.Client) (client.Freeze, error) {
		return c.OverrideFreeze(a.ctx, cmd.ID, client.FreezeOverrideRequest{By: cmd.By, As: cmd.As, Reason: cmd.Reason, From: cmd.From, To: cmd.To, Systems: cmd.On})
	})
}

// frozen changes a freeze and says how it stands then, and what moved.
func (a *app) frozen(change func(*client.Client) (client.Freeze, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	f, err := change(c)
	if err != nil {
		return err
	}
	return a.result(f, func() {
		a.print(clean(f.ID) + "  " + a.mark(markOfFreeze(f)))
		for _, line := range wrap(a.t(f.Text), 98) {
			a.print("  " + line)
		}
		if len(f.Moved) > 0 {
			a.print("  " + a.tf(lang.T("Verschoben: %[1]s", "Moved: %[1]s"), clean(strings.Join(f.Moved, ", "))))
		}
	})
}
