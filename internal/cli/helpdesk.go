package cli

import (
	"strconv"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type helpdeskCmd struct{}

// markOfDesk is how the reading of a help desk stands.
func markOfDesk(d client.DeskState) mark {
	switch {
	case d.Name == "":
		return mark{"○", lang.T("keiner eingerichtet", "none is set up"), cyan}
	case !d.Begun:
		return mark{"◐", lang.T("noch nicht gelesen", "not read yet"), yellow}
	}
	return mark{"●", lang.T("wird gelesen", "is read"), green}
}

func (helpdeskCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	d, err := c.Helpdesk(a.ctx)
	if err != nil {
		return err
	}
	return a.result(d, func() {
		if d.Name == "" {
			a.print(a.mark(markOfDesk(d)))
			a.say(lang.T("Mit patchwart serve --helpdesk FILE liest der Server Tickets (docs/helpdesk.md).", "With patchwart serve --helpdesk FILE the server reads tickets (docs/helpdesk.md)."))
			return
		}
		every := time.Duration(d.EveryMS) * time.Millisecond
		news := a.tf(lang.T("alle %[1]s", "every %[1]s"), lang.Duration(every, a.lang))
		if d.Hook {
			news = a.tf(lang.T("der Ticketdienst meldet sich; sonst alle %[1]s", "the desk calls; otherwise every %[1]s"), lang.Duration(every, a.lang))
		}
		trusted := d.Trusted
		if trusted == "" {
			trusted = a.t(lang.T("keinem", "none"))
		}
		verified := lang.T("nein", "no")
		if d.Signatures {
			verified = lang.T("ja", "yes")
		}
		a.pairs(
			pair{lang.T("Ticketdienst", "help desk"), d.Name},
			pair{lang.T("Stand", "state"), a.mark(markOfDesk(d))},
			pair{lang.T("Neues", "news"), news},
			pair{lang.T("geglaubter Mailserver", "mail server believed"), trusted},
			pair{lang.T("Signaturen der Mails geprüft", "signatures of mails verified"), a.t(verified)},
			pair{lang.T("verknüpfte Konten", "linked accounts"), strconv.Itoa(d.Accounts)},
		)
	})
}
