package cli

import (
	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type subscribeCmd struct {
	Customer  string `placeholder:"ID" xor:"whose" required:"" help:"flag_subscribe_customer"`
	Operators bool   `xor:"whose" required:"" help:"flag_subscribe_operators"`
	Renew     string `placeholder:"ID" xor:"whose" required:"" help:"flag_subscribe_renew"`
	By        string `required:"" placeholder:"NAME" help:"flag_subscribe_by"`
}

type subscriptionRevokeCmd struct {
	ID string `arg:"" name:"subscription" help:"arg_subscription"`
	By string `required:"" placeholder:"NAME" help:"flag_subscribe_by"`
}

type subscriptionListCmd struct{}

// Run makes a subscription, or gives one another address, and prints the address once.
func (cmd subscribeCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	var s client.SubscriptionSecret
	if cmd.Renew != "" {
		s, err = c.RenewSubscription(a.ctx, cmd.Renew, cmd.By)
	} else {
		s, err = c.Subscribe(a.ctx, client.SubscriptionRequest{Customer: cmd.Customer, Operators: cmd.Operators, Lang: a.lang, By: cmd.By})
	}
	if err != nil {
		return err
	}
	return a.result(s, func() {
		a.print(clean(c.SubscriptionURL(s)))
		a.say(lang.Textf("Abonnement %[1]s. Diese Adresse ist ein Geheimnis und wird nur jetzt gezeigt; wer sie hat, liest den Kalender.",
			"Subscription %[1]s. This address is a secret and is shown only now; whoever has it reads the calendar.", s.ID))
		a.say(lang.Textf("Widerrufen: patchwart calendar revoke %[1]s --by NAME", "Revoke: patchwart calendar revoke %[1]s --by NAME", s.ID))
	})
}

// Run takes a subscription back.
func (cmd subscriptionRevokeCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	s, err := c.RevokeSubscription(a.ctx, cmd.ID, cmd.By)
	if err != nil {
		return err
	}
	return a.result(s, func() {
		a.say(lang.Textf("%[1]s ist widerrufen: Die Adresse führt nirgendwo mehr hin.", "%[1]s is revoked: its address leads nowhere any more.", s.ID))
	})
}

// Run lists the subscriptions.
func (subscriptionListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Subscriptions(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Niemand abonniert einen Kalender.", "Nobody subscribes to a calendar."))
			return
		}
		var cells [][]cell
		for _, s := range rows {
			state := mark{"●", lang.T("gilt", "holds"), green}
			if !s.Revoked.IsZero() {
				state = mark{"▲", lang.T("widerrufen", "revoked"), plainText}
			}
			whose := clean(s.CustomerName)
			if s.Customer == "" {
				whose = a.t(lang.T("Betrieb", "operators"))
			}
			cells = append(cells, []cell{text(s.ID), a.state(state), text(whose), text(s.By), text(a.moment(s.Given, ""))})
		}
		a.table("", []lang.Text{lang.T("Abonnement", "subscription"), holeWords.State, lang.T("wessen", "whose"), lang.T("von", "by"), lang.T("seit", "since")}, cells)
	})
}
