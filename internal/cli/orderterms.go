package cli

import (
	"strings"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type priceCmd struct {
	Order  string `arg:"" help:"arg_order"`
	Amount string `required:"" placeholder:"TEXT" help:"flag_price_amount"`
	By     string `required:"" placeholder:"NAME" help:"flag_price_by"`
}

type consentCmd struct {
	Order   string `arg:"" help:"arg_order"`
	Contact string `required:"" placeholder:"ID" help:"flag_consent_contact"`
	Channel string `required:"" placeholder:"TICKET" help:"flag_order_channel"`
	Text    string `required:"" placeholder:"TEXT" help:"flag_withdraw_text"`
	No      bool   `help:"flag_consent_no"`
}

type settleCmd struct {
	Order  string `arg:"" help:"arg_order"`
	By     string `required:"" placeholder:"NAME" help:"flag_settle_by"`
	Note   string `required:"" placeholder:"TEXT" help:"flag_settle_note"`
	Done   bool   `required:"" xor:"how" help:"flag_settle_done"`
	Refuse bool   `required:"" xor:"how" help:"flag_settle_refuse"`
}

type appointmentListCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
}

// saidFlags are who says something about an appointment, and in which words.
type saidFlags struct {
	Side    string `enum:"customer,provider" default:"provider" placeholder:"provider" help:"flag_appointment_side"`
	By      string `required:"" placeholder:"ID" help:"flag_appointment_by"`
	Channel string `required:"" placeholder:"TICKET" help:"flag_order_channel"`
	Text    string `required:"" placeholder:"TEXT" help:"flag_withdraw_text"`
}

func (f saidFlags) event(act client.Act, from, to time.Time) client.ArrangeEvent {
	return client.ArrangeEvent{Act: act, Side: client.Side(f.Side), By: f.By, Channel: f.Channel, Text: f.Text, Time: client.Interval{From: from, To: to}}
}

type appointmentProposeCmd struct {
	System string    `arg:"" help:"arg_system"`
	From   time.Time `required:"" placeholder:"2026-12-01T15:00:00+01:00" help:"flag_appointment_from"`
	To     time.Time `required:"" placeholder:"2026-12-01T17:00:00+01:00" help:"flag_appointment_to"`
	Order  string    `placeholder:"ID" xor:"about" help:"flag_appointment_order"`
	ID     string    `placeholder:"ID" xor:"about" help:"flag_appointment_id"`
	saidFlags
}

type appointmentAcceptCmd struct {
	ID string `arg:"" name:"appointment" help:"arg_appointment"`
	saidFlags
}

type appointmentDeclineCmd struct {
	ID string `arg:"" name:"appointment" help:"arg_appointment"`
	saidFlags
}

// versionChange reads php=8.2..8.4; for a migration the version that is there may be left out.
func versionChange(class client.ChangeClass, text string) (*client.VersionChange, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // none was asked for
	}
	software, versions, ok := strings.Cut(text, "=")
	from, to, both := strings.Cut(versions, "..")
	if !both {
		from, to = "", versions
	}
	if !ok || software == "" || to == "" || from == "" && class == client.VersionUpgrade {
		return nil, &usageError{path: "order", text: lang.Textf("„%[1]s“ ist kein Wechsel; zum Beispiel php=8.2..8.4", `"%[1]s" is no change; for example php=8.2..8.4`, text)}
	}
	return &client.VersionChange{Class: class, Software: software, From: from, To: to}, nil
}

// request is the order that the flags state.
func (cmd orderCmd) request(said string) (client.OrderRequest, error) {
	q := client.OrderRequest{System: cmd.System, Contact: cmd.Contact, Channel: cmd.Channel, Text: said, Explicit: cmd.Explicit, Scope: client.Scope(cmd.Scope),
		Mitigation: cmd.Mitigation, Reboot: cmd.Reboot, Packages: cmd.Package, Price: cmd.Price, PricedBy: cmd.PricedBy, NotBefore: cmd.NotBefore}
	var err error
	if q.Change, err = versionChange(client.VersionUpgrade, cmd.Upgrade); err == nil && q.Change == nil {
		q.Change, err = versionChange(client.Migration, cmd.Migration)
	}
	return q, err
}

// preview says what an order would do.
func (a *app) preview(c *client.Client, q client.OrderRequest) error {
	p, err := c.PreviewOrder(a.ctx, q)
	if err != nil {
		return err
	}
	return a.result(p, func() {
		a.say(lang.T("Vorschau; nichts ist eingetragen.", "Preview; nothing is placed."))
		for _, line := range wrap(a.t(p.Confirmation), 98) {
			a.print("  " + line)
		}
		for _, w := range p.Awaits {
			a.print("  ◐ " + a.t(w.Text()))
		}
		if !p.Desk.IsZero() {
			a.print("  ◐ " + a.t(p.Desk))
		}
		for _, ch := range p.Changes {
			a.print("  ● " + clean(ch.Package) + "  " + clean(ch.From) + " → " + clean(ch.To))
		}
		for _, r := range p.LeftOut {
			a.print("  ▲ " + clean(r.Finding.Package) + "  " + clean(r.Rule))
			for _, line := range wrap(a.t(r.Text), 94) {
				a.print("      " + line)
			}
		}
		if p.Slot != nil {
			a.print("  " + a.moment(p.Slot.At.From, p.Zone) + "  " + a.t(p.Slot.Reason))
		} else if !p.NoSlot.IsZero() {
			a.print("  " + a.t(p.NoSlot))
		}
	})
}

// ordered changes an order and says how it stands then.
func (a *app) ordered(change func(*client.Client) (client.OrderRow, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	o, err := change(c)
	if err != nil {
		return err
	}
	return a.result(o, func() {
		a.print(clean(o.ID) + "  " + clean(o.System) + "  " + a.mark(markOfOrder(o.State)))
		for _, text := range []lang.Text{o.Sentence, o.Desk} {
			for _, line := range wrap(a.t(text), 98) {
				a.print("  " + line)
			}
		}
	})
}

func (cmd priceCmd) Run(a *app) error {
	return a.ordered(func(c *client.Client) (client.OrderRow, error) {
		return c.OfferPrice(a.ctx, client.PriceOffer{Order: cmd.Order, Amount: cmd.Amount, By: cmd.By})
	})
}

func (cmd consentCmd) Run(a *app) error {
	return a.ordered(func(c *client.Client) (client.OrderRow, error) {
		return c.AnswerPrice(a.ctx, client.PriceAnswer{Order: cmd.Order, Contact: cmd.Contact, Channel: cmd.Channel, Text: cmd.Text, Yes: !cmd.No})
	})
}

func (cmd settleCmd) Run(a *app) error {
	return a.ordered(func(c *client.Client) (client.OrderRow, error) {
		return c.SettleOrder(a.ctx, client.OrderSettlement{Order: cmd.Order, By: cmd.By, Note: cmd.Note, Done: cmd.Done})
	})
}

// markOfAppointment is how an appointment stands.
func markOfAppointment(s client.AppointmentState) mark {
	switch s {
	case client.AppointmentAgreed:
		return mark{"●", s.Text(), green}
	case client.AppointmentWanted, client.AppointmentProposed:
		return mark{"◐", s.Text(), cyan}
	case client.AppointmentDeclined, client.AppointmentExpired:
	}
	return mark{"▲", s.Text(), plainText}
}

func (cmd appointmentListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Appointments(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt keine Termine.", "There are no appointments."))
			return
		}
		var cells [][]cell
		for _, t := range rows {
			when, turn := "", ""
			if !t.Time.Zero() {
				when = a.moment(t.Time.From, t.Zone)
			}
			if t.Turn != "" {
				turn = a.t(t.Turn.Text())
			}
			cells = append(cells, []cell{text(t.ID), a.state(markOfAppointment(t.State)), text(t.System), text(when), text(turn), text(t.Order)})
		}
		a.table("", []lang.Text{lang.T("Termin", "appointment"), holeWords.State, systemWords.System, lang.T("wann", "when"), lang.T("antworten muss", "has to answer"), orderWords.Order}, cells)
	})
}

func (cmd appointmentProposeCmd) Run(a *app) error {
	return a.arrange(client.AppointmentEvent{ID: cmd.ID, System: cmd.System, Order: cmd.Order, Event: cmd.event(client.Propose, cmd.From, cmd.To)})
}

func (cmd appointmentAcceptCmd) Run(a *app) error {
	return a.arrange(client.AppointmentEvent{ID: cmd.ID, Event: cmd.event(client.Accept, time.Time{}, time.Time{})})
}

func (cmd appointmentDeclineCmd) Run(a *app) error {
	return a.arrange(client.AppointmentEvent{ID: cmd.ID, Event: cmd.event(client.Decline, time.Time{}, time.Time{})})
}

func (a *app) arrange(e client.AppointmentEvent) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	t, err := c.Arrange(a.ctx, e)
	if err != nil {
		return err
	}
	return a.result(t, func() {
		when := ""
		if !t.Time.Zero() {
			when = "  " + a.moment(t.Time.From, t.Zone)
		}
		a.print(clean(t.ID) + "  " + clean(t.System) + "  " + a.mark(markOfAppointment(t.State)) + when)
		a.print("  " + a.t(t.Sentence))
	})
}
