package cli

import (
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type webhooksListCmd struct{}

type webhooksLogCmd struct{}

// markOfWebhook is how a subscription stands.
func markOfWebhook(w client.Webhook) mark {
	switch {
	case w.Failed > 0:
		return mark{"✕", lang.T("nicht alles zugestellt", "not all delivered"), red}
	case w.Waiting > 0:
		return mark{"◐", lang.T("unterwegs", "on its way"), cyan}
	case w.Total == 0:
		return mark{"○", lang.T("noch nichts", "nothing yet"), cyan}
	}
	return mark{"●", lang.T("zugestellt", "delivered"), green}
}

func (webhooksListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Webhooks(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Niemand hat etwas abonniert.", "Nobody has subscribed to anything."))
			return
		}
		var cells [][]cell
		for _, w := range rows {
			cells = append(cells, []cell{text(w.Name), a.state(markOfWebhook(w)), text(w.Host), text(strings.Join(w.Events, " ")),
				text(strconv.Itoa(w.Total)), text(strconv.Itoa(w.Waiting)), text(strconv.Itoa(w.Failed))})
		}
		a.table("", []lang.Text{lang.T("Abonnement", "subscription"), holeWords.State, lang.T("an", "to"), lang.T("Ereignisse", "events"),
			lang.T("gesamt", "total"), lang.T("unterwegs", "on its way"), lang.T("aufgegeben", "given up")}, cells)
	})
}

func (webhooksLogCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.WebhookDeliveries(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es wurde nichts zugestellt.", "Nothing was delivered."))
			return
		}
		var cells [][]cell
		for _, d := range rows {
			m := mark{"◐", lang.T("unterwegs", "on its way"), cyan}
			switch {
			case !d.Delivered.IsZero():
				m = mark{"●", lang.T("zugestellt", "delivered"), green}
			case !d.Failed.IsZero():
				m = mark{"✕", lang.T("aufgegeben", "given up"), red}
			}
			cells = append(cells, []cell{text(d.ID), a.state(m), text(d.Webhook), text(d.Event), text(d.About), text(a.moment(d.Queued, "")), text(strconv.Itoa(d.Tries)), text(a.t(d.Reason))})
		}
		a.table("", []lang.Text{lang.T("Zustellung", "delivery"), holeWords.State, lang.T("Abonnement", "subscription"), lang.T("Ereignis", "event"), lang.T("worüber", "about"),
			lang.T("seit", "since"), lang.T("Versuche", "tries"), lang.T("Antwort", "answer")}, cells)
	})
}
