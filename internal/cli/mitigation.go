package cli

import (
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type mitigationListCmd struct{}

type mitigationAddCmd struct {
	System    string `arg:"" help:"arg_system"`
	Hole      string `arg:"" name:"cve" help:"arg_cve"`
	StopUnit  string `placeholder:"UNIT" xor:"what" help:"flag_mitigation_stop"`
	ClosePort string `placeholder:"tcp/25" xor:"what" help:"flag_mitigation_close"`
	Fragment  string `placeholder:"NAME" xor:"what" help:"flag_mitigation_fragment"`
	ByHand    bool   `help:"flag_mitigation_hand"`
	Reason    string `required:"" placeholder:"TEXT" help:"flag_mitigation_reason"`
	By        string `required:"" placeholder:"NAME" help:"flag_move_by"`
	Review    string `required:"" placeholder:"${word_day}" help:"flag_mitigation_review"`
	Until     string `required:"" placeholder:"${word_day}" help:"flag_exception_until"`
}

type mitigationEndCmd struct {
	ID string `arg:"" name:"mitigation" help:"arg_mitigation"`
	By string `required:"" placeholder:"NAME" help:"flag_mitigation_end"`
}

// markOfMitigation is how a mitigation stands.
func markOfMitigation(m client.Mitigation) mark {
	switch {
	case m.Over:
		return mark{"▲", lang.T("beendet", "ended"), plainText}
	case m.Holds && !m.Verified.IsZero():
		return mark{"●", lang.T("hält", "holds"), green}
	case m.Holds:
		return mark{"◐", lang.T("hält, noch nicht geprüft", "holds, not verified yet"), cyan}
	}
	return mark{"✕", lang.T("hält nicht", "does not hold"), red}
}

func (mitigationListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Mitigations(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt keine Maßnahmen.", "There are no mitigations."))
			return
		}
		var cells [][]cell
		for _, m := range rows {
			cells = append(cells, []cell{text(m.ID), a.state(markOfMitigation(m)), text(m.System), text(m.Hole), text(a.t(m.Text)), text(a.moment(m.Review, "")), text(a.moment(m.Expires, ""))})
		}
		a.table("", []lang.Text{lang.T("Maßnahme", "mitigation"), holeWords.State, systemWords.System, clockWords.Hole, lang.T("was", "what"), lang.T("zu prüfen", "review"), lang.T("bis", "until")}, cells)
	})
}

func (cmd mitigationAddCmd) Run(a *app) error {
	r := client.MitigationRequest{Hole: cmd.Hole, Verb: client.StopUnit, Unit: cmd.StopUnit, Reason: cmd.Reason, By: cmd.By}
	if cmd.ByHand {
		r.Hands = client.ByPeople
	}
	switch {
	case cmd.Fragment != "":
		r.Verb, r.Fragment = client.PlaceFragment, cmd.Fragment
	case cmd.StopUnit == "":
		proto, port, _ := strings.Cut(cmd.ClosePort, "/")
		n, err := strconv.Atoi(port)
		if err != nil {
			return &usageError{alone: true, text: lang.T("Bitte nennen Sie, was getan wird: --stop-unit nginx.service, --close-port tcp/25 oder --fragment NAME.", "Please say what is done: --stop-unit nginx.service, --close-port tcp/25, or --fragment NAME.")}
		}
		r.Verb, r.Proto, r.Port = client.ClosePort, proto, n
	}
	var err error
	if r.Review, err = endOf(cmd.Review); err != nil {
		return err
	}
	if r.Expires, err = endOf(cmd.Until); err != nil {
		return err
	}
	return a.measure(func(c *client.Client) (client.Mitigation, error) { return c.Mitigate(a.ctx, cmd.System, r) })
}

func (cmd mitigationEndCmd) Run(a *app) error {
	return a.measure(func(c *client.Client) (client.Mitigation, error) { return c.EndMitigation(a.ctx, cmd.ID, cmd.By) })
}

// measure changes a mitigation and says how it stands then.
func (a *app) measure(change func(*client.Client) (client.Mitigation, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	m, err := change(c)
	if err != nil {
		return err
	}
	return a.result(m, func() {
		a.print(clean(m.ID) + "  " + clean(m.System) + ", " + clean(m.Hole) + ": " + a.t(m.Text) + "  " + a.mark(markOfMitigation(m)))
		a.print("  " + a.t(m.Sentence))
		if n := len(m.Runs); n > 0 {
			a.print("  " + a.tf(lang.T("Verfolgen: patchwart run watch %[1]s", "Follow it: patchwart run watch %[1]s"), clean(m.Runs[n-1])))
		}
	})
}
