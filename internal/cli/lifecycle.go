package cli

import (
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

type lifecycleListCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
}

type lifecycleConfirmCmd struct {
	System  string `arg:"" help:"arg_system"`
	By      string `required:"" placeholder:"NAME" help:"flag_confirm_by"`
	Channel string `required:"" placeholder:"TICKET" help:"flag_confirm_channel"`
}

type lifecycleMoveCmd struct {
	System string `arg:"" help:"arg_system"`
	State  string `arg:"" enum:"offered,ordered,planned,done,declined" help:"arg_move"`
	By     string `required:"" placeholder:"NAME" help:"flag_move_by"`
	Note   string `placeholder:"TEXT" help:"flag_move_note"`
}

var phaseMarks = map[lifecycle.Phase]struct{ shape, colour string }{
	lifecycle.Full: {"●", green}, lifecycle.Long: {"●", cyan}, lifecycle.PaidOnly: {"▲", yellow}, lifecycle.Ended: {"✕", red}, lifecycle.Unknown: {"?", magenta}, lifecycle.Unstarted: {"◇", plainText},
}

func (cmd lifecycleListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	if cmd.System != "" {
		l, err := c.LifeOf(a.ctx, cmd.System)
		if err != nil {
			return err
		}
		return a.result(l, func() { a.life(l) })
	}
	rows, err := c.Lifecycle(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() { a.lives(rows) })
}

func (a *app) lives(rows []client.Life) {
	if len(rows) == 0 {
		a.say(lang.T("Noch hat kein Host etwas gemeldet.", "No host has reported yet."))
		return
	}
	var cells [][]cell
	for _, l := range rows {
		m := phaseMarks[l.Standing.Phase]
		confirmed := ""
		switch {
		case l.Receipt != nil:
			confirmed = lang.Date(l.Receipt.At, a.lang)
		case l.Paused:
			confirmed = a.t(lang.T("fehlt", "missing"))
		}
		cells = append(cells, []cell{text(l.System), text(l.Standing.Name), painted(m.colour, m.shape+" "+a.t(l.Standing.Phase.Text())), text(a.endDay(l.Standing.End)),
			text(a.t(l.Move.Text())), text(confirmed)})
	}
	a.table("", []lang.Text{systemWords.System, systemWords.OS, holeWords.State, lang.T("Updates bis", "updates until"), lang.T("Umzug", "move"), lang.T("bestätigt", "confirmed")}, cells)
}

// endDay is a day, or that none is known.
func (a *app) endDay(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return lang.Date(t, a.lang)
}

func (a *app) life(l client.Life) {
	m := phaseMarks[l.Standing.Phase]
	a.print(a.paint(bold, clean(l.System)) + " · " + clean(l.Standing.Name) + "  " + a.paint(m.colour, m.shape+" "+a.t(l.Standing.Phase.Text())))
	for _, r := range l.Standing.Reasons {
		for i, line := range wrap(a.t(r), 94) {
			a.print([]string{"  ", "    "}[min(i, 1)] + line)
		}
	}
	if l.Receipt != nil {
		a.print("  " + a.tf(lang.T("Bestätigt von %[1]s (%[2]s).", "Confirmed by %[1]s (%[2]s)."), clean(l.Receipt.By), clean(l.Receipt.Channel)))
	}
	a.pairs(pair{lang.T("Umzug", "move"), a.t(l.Move.Text())})
	if len(l.Middleware) > 0 {
		a.head(lang.T("Middleware", "Middleware"))
		for _, x := range l.Middleware {
			for i, line := range wrap(a.t(x.Reason), 94) {
				a.print([]string{"  ", "    "}[min(i, 1)] + line)
			}
		}
	}
	if len(l.Less) > 0 {
		a.head(lang.T("Weniger gepflegte Pakete", "Packages with less support"))
		for _, x := range l.Less {
			what := a.t(lang.T("eingeschränkt", "limited"))
			if !x.Support.Limited {
				what = a.tf(lang.T("endet %[1]s", "ends %[1]s"), a.endDay(x.Support.End))
			}
			a.print("  " + clean(x.Source) + ": " + what + " – " + clean(x.Support.Why))
		}
	}
	if len(l.Told) > 0 {
		a.head(clockWords.Notices)
		for _, n := range l.Told {
			a.print(a.paint(faint, "  "+a.moment(n.At, l.Zone)+"  "+a.tf(clockWords.To, clean(n.Recipient))))
			for _, line := range wrap(a.t(n.Text), 92) {
				a.print("    " + line)
			}
		}
	}
}

func (cmd lifecycleConfirmCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	l, err := c.Confirm(a.ctx, cmd.System, cmd.By, cmd.Channel)
	if err != nil {
		return err
	}
	return a.result(l, func() { a.life(l) })
}

func (cmd lifecycleMoveCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	l, err := c.Move(a.ctx, cmd.System, client.MoveState(cmd.State), cmd.By, cmd.Note)
	if err != nil {
		return err
	}
	return a.result(l, func() {
		a.print(a.tf(lang.T("● Umzug von %[1]s: %[2]s", "● Move of %[1]s: %[2]s"), clean(l.System), l.Move.Text()))
	})
}
