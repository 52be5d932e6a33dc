package cli

import (
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type messageListCmd struct{}

type messageSettleCmd struct {
	ID string `arg:"" name:"message" help:"arg_message"`
	By string `required:"" placeholder:"NAME" help:"flag_message_by"`
}

type lettersCmd struct{}

// markOfMessage is what came of a message.
func markOfMessage(m client.Message) mark {
	switch {
	case !m.Desk.IsZero() && m.Done.IsZero():
		return mark{"◆", lang.T("wartet", "waits"), yellow}
	case !m.Desk.IsZero():
		return mark{"●", lang.T("erledigt", "settled"), green}
	}
	return mark{"●", lang.T("beantwortet", "answered"), green}
}

func (messageListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Messages(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es ist keine Nachricht eingegangen.", "No message has come in."))
			return
		}
		var cells [][]cell
		for _, m := range rows {
			cells = append(cells, []cell{text(m.ID), a.state(markOfMessage(m)), text(m.Message.Sender.Address), text(m.Message.Subject), text(a.t(m.Outcome.Kind.Text())), text(strings.Join(m.Orders, " "))})
		}
		a.table("", []lang.Text{lang.T("Nachricht", "message"), holeWords.State, lang.T("von", "from"), lang.T("Betreff", "subject"), lang.T("gelesen als", "read as"), orderWords.Order}, cells)
	})
}

func (cmd messageSettleCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	m, err := c.SettleMessage(a.ctx, cmd.ID, cmd.By)
	if err != nil {
		return err
	}
	return a.result(m, func() { a.print(clean(m.ID) + "  " + a.mark(markOfMessage(m))) })
}

func (lettersCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Letters(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es wurde nichts verschickt.", "Nothing was sent."))
			return
		}
		var cells [][]cell
		for _, l := range rows {
			m := mark{"◐", lang.T("unterwegs", "on its way"), cyan}
			switch {
			case !l.Sent.IsZero():
				m = mark{"●", lang.T("verschickt", "sent"), green}
			case !l.Failed.IsZero():
				m = mark{"✕", lang.T("unzustellbar", "undeliverable"), red}
			}
			cells = append(cells, []cell{text(l.ID), a.state(m), text(l.To), text(l.Subject), text(a.moment(l.Queued, "")), text(l.Last)})
		}
		a.table("", []lang.Text{lang.T("Brief", "letter"), holeWords.State, lang.T("an", "to"), lang.T("Betreff", "subject"), lang.T("seit", "since"), lang.T("Antwort", "answer")}, cells)
	})
}
