package cli

import (
	"cmp"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type exceptionListCmd struct{}

type exceptionAddCmd struct {
	Advisory     string `arg:"" name:"id" help:"arg_advisory"`
	System       string `placeholder:"SYSTEM" help:"flag_exception_system"`
	Customer     string `placeholder:"ID" help:"flag_exception_customer"`
	Reason       string `required:"" placeholder:"TEXT" help:"flag_exception_reason"`
	RiskOwner    string `required:"" placeholder:"NAME" help:"flag_exception_owner"`
	Compensation string `required:"" placeholder:"TEXT" help:"flag_exception_instead"`
	Until        string `required:"" placeholder:"${word_day}" help:"flag_exception_until"`
	By           string `required:"" placeholder:"NAME" help:"flag_exception_by"`
}

type exceptionApproveCmd struct {
	ID string `arg:"" name:"exception" help:"arg_exception"`
	By string `required:"" placeholder:"NAME" help:"flag_approve_by"`
}

type exceptionRevokeCmd struct {
	ID string `arg:"" name:"exception" help:"arg_exception"`
	By string `required:"" placeholder:"NAME" help:"flag_revoke_by"`
}

type advisoryRateCmd struct {
	ID             string `arg:"" name:"id" help:"arg_advisory"`
	Level          string `required:"" enum:"critical,high,medium,low,none" placeholder:"${word_value}" help:"flag_rate_level"`
	Reason         string `required:"" placeholder:"TEXT" help:"flag_rate_reason"`
	Until          string `required:"" placeholder:"${word_day}" help:"flag_rate_until"`
	By             string `required:"" placeholder:"NAME" help:"flag_rate_by"`
	KnowsExploited bool   `help:"flag_rate_exploited"`
}

var exceptionStates = map[exception.State]mark{
	exception.Proposed:   {"◇", lang.T("beantragt", "proposed"), yellow},
	exception.InForce:    {"●", lang.T("in Kraft", "in force"), green},
	exception.Expired:    {"▲", lang.T("abgelaufen", "expired"), plainText},
	exception.Revoked:    {"▲", lang.T("widerrufen", "revoked"), plainText},
	exception.Incomplete: {"?", lang.T("unvollständig", "incomplete"), magenta},
}

// endOf is the moment at which a day is over where this program runs.
func endOf(day string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, time.Local)
	if err != nil {
		return t, &usageError{alone: true, text: lang.Textf("--until: „%[1]s“ ist kein Tag; gemeint ist zum Beispiel 2026-12-31.", `--until: "%[1]s" is no day; 2026-12-31 would be one.`, day)}
	}
	return t.AddDate(0, 0, 1), nil
}

func (exceptionListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Exceptions(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt keine Ausnahmen.", "There are no exceptions."))
			return
		}
		var cells [][]cell
		for _, e := range rows {
			cells = append(cells, []cell{text(e.ID), a.state(exceptionStates[e.State]), text(e.Scope.Advisory), text(cmp.Or(e.Scope.System, e.Scope.Customer)),
				text(a.moment(e.Expires, "")), text(e.RiskOwner), text(e.Reason)})
		}
		a.table("", []lang.Text{lang.T("Ausnahme", "exception"), holeWords.State, clockWords.Hole, lang.T("gilt für", "holds for"), lang.T("bis", "until"), lang.T("Risiko trägt", "risk owner"), systemWords.Reason}, cells)
	})
}

func (cmd exceptionAddCmd) Run(a *app) error {
	until, err := endOf(cmd.Until)
	if err != nil {
		return err
	}
	return a.ruling(func(c *client.Client) (client.Exception, error) {
		return c.Except(a.ctx, client.ExceptionRequest{Advisory: cmd.Advisory, System: cmd.System, Customer: cmd.Customer, Reason: cmd.Reason,
			RiskOwner: cmd.RiskOwner, Compensation: cmd.Compensation, Expires: until, RequestedBy: cmd.By})
	})
}

func (cmd exceptionApproveCmd) Run(a *app) error {
	return a.ruling(func(c *client.Client) (client.Exception, error) { return c.Approve(a.ctx, cmd.ID, cmd.By) })
}

func (cmd exceptionRevokeCmd) Run(a *app) error {
	return a.ruling(func(c *client.Client) (client.Exception, error) { return c.Revoke(a.ctx, cmd.ID, cmd.By) })
}

// ruling changes an exception and says how it stands then.
func (a *app) ruling(change func(*client.Client) (client.Exception, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	e, err := change(c)
	if err != nil {
		return err
	}
	return a.result(e, func() {
		a.print(clean(e.ID) + "  " + a.mark(exceptionStates[e.State]))
		for _, line := range wrap(a.t(e.Sentence), 94) {
			a.print("  " + line)
		}
	})
}

func (cmd advisoryRateCmd) Run(a *app) error {
	until, err := endOf(cmd.Until)
	if err != nil {
		return err
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	o, err := c.Rate(a.ctx, cmd.ID, client.RatingRequest{Level: client.Level(cmd.Level), By: cmd.By, Reason: cmd.Reason, Expires: until, KnowsExploited: cmd.KnowsExploited})
	if err != nil {
		return err
	}
	return a.result(o, func() {
		a.print(a.tf(lang.T("● %[1]s gilt als „%[2]s“ bis %[3]s: %[4]s", `● %[1]s counts as "%[2]s" until %[3]s: %[4]s`), clean(o.Hole), o.Level.Text(), a.moment(o.Expires, ""), clean(o.Reason)))
	})
}
