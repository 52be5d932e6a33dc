package cli

import (
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence"
)

type standingListCmd struct{}

type standingShowCmd struct {
	Contract string `arg:"" help:"arg_contract"`
}

// saidBy is who says something about a standing order, and why.
type saidBy struct {
	By     string `required:"" placeholder:"NAME" help:"flag_standing_by"`
	As     string `default:"contact" enum:"contact,provider" placeholder:"contact" help:"flag_standing_as"`
	Reason string `required:"" placeholder:"TEXT" help:"flag_standing_reason"`
}

type standingMoveCmd struct {
	Contract string `arg:"" help:"arg_contract"`
	Day      string `required:"" placeholder:"2026-12-05" help:"flag_standing_day"`
	To       string `required:"" placeholder:"2026-12-12T05:00" help:"flag_standing_to"`
	saidBy
}

type standingSkipCmd struct {
	Contract string `arg:"" help:"arg_contract"`
	Day      string `required:"" placeholder:"2026-12-05" help:"flag_standing_day"`
	saidBy
}

type standingPauseCmd struct {
	Contract string `arg:"" help:"arg_contract"`
	From     string `placeholder:"2026-12-15" help:"flag_standing_from"`
	Until    string `placeholder:"2027-01-06" help:"flag_standing_until"`
	saidBy
}

type standingResumeCmd struct {
	Contract string `arg:"" help:"arg_contract"`
	saidBy
}

// markOfStanding is how a standing order stands.
func markOfStanding(o client.StandingOrder) mark {
	switch {
	case len(o.Overdue) > 0:
		return mark{"✕", lang.T("überfällig", "overdue"), red}
	case o.Paused:
		return mark{"▲", lang.T("ausgesetzt", "paused"), yellow}
	}
	return mark{"●", lang.T("in Kraft", "in force"), green}
}

func (standingListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.StandingOrders(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt keine Daueraufträge.", "There are no standing orders."))
			return
		}
		var cells [][]cell
		for _, o := range rows {
			next := ""
			for _, d := range o.Dates {
				if d.TakesPlace() {
					next = a.moment(d.Interval.From, o.Zone)
					break
				}
			}
			cells = append(cells, []cell{text(o.Contract), text(o.Order.ID), a.state(markOfStanding(o)), text(a.t(o.Text)), text(next)})
		}
		a.table("", []lang.Text{lang.T("Vertrag", "contract"), lang.T("Dauerauftrag", "standing order"), holeWords.State, lang.T("wann", "when"), lang.T("nächster Termin", "next date")}, cells)
	})
}

func (cmd standingShowCmd) Run(a *app) error {
	return a.standing(func(c *client.Client) (client.StandingOrder, error) { return c.StandingOrder(a.ctx, cmd.Contract) })
}

func (cmd standingMoveCmd) Run(a *app) error {
	return a.said(cmd.Contract, cmd.saidBy, client.StandingChangeRequest{Kind: "move", Day: cmd.Day, To: cmd.To})
}

func (cmd standingSkipCmd) Run(a *app) error {
	return a.said(cmd.Contract, cmd.saidBy, client.StandingChangeRequest{Kind: "leave_out", Day: cmd.Day})
}

func (cmd standingPauseCmd) Run(a *app) error {
	return a.said(cmd.Contract, cmd.saidBy, client.StandingChangeRequest{Kind: "pause", From: cmd.From, Until: cmd.Until})
}

func (cmd standingResumeCmd) Run(a *app) error {
	return a.said(cmd.Contract, cmd.saidBy, client.StandingChangeRequest{Kind: "resume"})
}

func (a *app) said(contract string, by saidBy, r client.StandingChangeRequest) error {
	r.By, r.As, r.Reason = by.By, by.As, by.Reason
	return a.standing(func(c *client.Client) (client.StandingOrder, error) { return c.ChangeStandingOrder(a.ctx, contract, r) })
}

// standing prints a standing order with its dates.
func (a *app) standing(get func(*client.Client) (client.StandingOrder, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	o, err := get(c)
	if err != nil {
		return err
	}
	return a.result(o, func() {
		a.print(clean(o.Contract) + "  " + clean(o.Order.ID) + "  " + a.mark(markOfStanding(o)))
		a.print("  " + a.t(o.Text) + "  (" + clean(o.RRule) + ", " + clean(o.Zone) + ")")
		a.print("  " + clean(strings.Join(o.Systems, ", ")))
		for _, late := range o.Overdue {
			a.print("  " + a.paint(red, "✕") + " " + a.t(late.Text))
		}
		first := false
		a.part(&first, lang.T("Termine", "Dates"))
		if len(o.Dates) == 0 {
			a.print("  " + lang.T("keine mehr", "none left").In(a.lang))
		}
		for _, d := range o.Dates {
			sign := "○"
			switch {
			case !d.TakesPlace():
				sign = "◇"
			case d.State == recurrence.Moved:
				sign = "◐"
			}
			a.print("  " + sign + " " + clean(d.Day.String()) + "  " + a.t(d.Text))
		}
	})
}

// overdue names the dates of standing orders that went by with nothing done, of a system or of all.
func (a *app) overdue(c *client.Client, system string) error {
	today, err := c.Today(a.ctx)
	if err != nil {
		return err
	}
	for _, o := range today.Overdue {
		if system == "" || o.System == system {
			a.print(a.paint(red, "✕") + " " + a.t(o.Text))
		}
	}
	return nil
}
