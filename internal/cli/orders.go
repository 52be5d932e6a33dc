package cli

import (
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var orderWords = struct{ Order, Placed, Allowed, LeftOut, System, Run, When, Takes, Reason, Planned, Preview, NotPlanned, Refused, Nothing, Due, Rule, Next lang.Text }{
	Order:      lang.T("Auftrag", "order"),
	Placed:     lang.T("● Auftrag %[1]s ist eingetragen.", "● Order %[1]s is placed."),
	Allowed:    lang.T("Er erlaubt jetzt %[1]d fällige Änderungen.", "It permits %[1]d due changes now."),
	LeftOut:    lang.T("%[1]d bleiben außen vor.", "%[1]d are left out."),
	System:     lang.T("System", "system"),
	Run:        lang.T("Lauf", "run"),
	When:       lang.T("wann", "when"),
	Takes:      lang.T("dauert etwa", "takes about"),
	Reason:     lang.T("Grund", "reason"),
	Planned:    lang.T("Geplant", "Planned"),
	Preview:    lang.T("Würde geplant (Vorschau, nichts ist geändert)", "Would be planned (preview, nothing has changed)"),
	NotPlanned: lang.T("Nicht geplant", "Not planned"),
	Refused:    lang.T("Nicht erlaubt", "Not permitted"),
	Nothing:    lang.T("Es gibt nichts zu planen.", "There is nothing to plan."),
	Due:        lang.T("%[1]d fällig", "%[1]d due"),
	Rule:       lang.T("Regel", "rule"),
	Next:       lang.T("Weiter: patchwart plan %[1]s", "Next: patchwart plan %[1]s"),
}

// maxText bounds the wording of an order, in bytes.
const maxText = 16 << 10

func (cmd orderCmd) Run(a *app) error {
	said := cmd.Text
	if said == "-" {
		doc, err := a.readInput("-", maxText)
		if err != nil {
			return err
		}
		said = strings.TrimSpace(string(doc))
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	q, err := cmd.request(said)
	if err != nil {
		return err
	}
	if cmd.Preview {
		return a.preview(c, q)
	}
	receipt, err := c.PlaceOrder(a.ctx, q)
	if err != nil {
		return err
	}
	return a.result(receipt, func() {
		w := orderWords
		a.print(a.tf(w.Placed, clean(receipt.Order.ID)))
		for _, line := range wrap(a.t(receipt.Confirmation), 98) {
			a.print("  " + line)
		}
		counts := a.tf(w.Allowed, receipt.Allowed)
		if receipt.LeftOut > 0 {
			counts += " " + a.tf(w.LeftOut, receipt.LeftOut)
		}
		a.print("  " + counts)
		a.print("  " + a.tf(w.Next, clean(receipt.Order.System)))
	})
}

// markOfOrder is how far an order has come.
func markOfOrder(s client.OrderState) mark {
	switch s {
	case client.OrderDone:
		return mark{"●", s.Text(), green}
	case client.OrderReceived, client.OrderQuestion, client.OrderAccepted, client.OrderScheduled, client.OrderRunning:
		return mark{"◐", s.Text(), cyan}
	case client.OrderWithdrawn, client.OrderRefused, client.OrderExpired:
		return mark{"▲", s.Text(), plainText}
	}
	return mark{"✕", s.Text(), red}
}

func (cmd ordersCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Orders(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt keine Aufträge.", "There are no orders."))
			return
		}
		var cells [][]cell
		for _, o := range rows {
			cells = append(cells, []cell{text(o.ID), a.state(markOfOrder(o.State)), text(o.System), text(o.ContactName), text(o.Channel), text(a.moment(o.Given, o.Zone)), text(o.Run)})
		}
		a.table("", []lang.Text{orderWords.Order, holeWords.State, systemWords.System, lang.T("von", "by"), lang.T("wo", "where"), lang.T("gegeben", "given"), orderWords.Run}, cells)
	})
}

func (cmd withdrawCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	o, err := c.Withdraw(a.ctx, client.WithdrawalRequest{Order: cmd.Order, Contact: cmd.Contact, Channel: cmd.Channel, Text: cmd.Text})
	if err != nil {
		return err
	}
	return a.result(o, func() {
		a.print(clean(o.ID) + "  " + clean(o.System) + "  " + a.mark(markOfOrder(o.State)))
		a.print("  " + a.t(o.Sentence))
	})
}

func (cmd planCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	if cmd.Diff {
		return a.planDiff(c, cmd.System)
	}
	p, err := c.Plan(a.ctx, cmd.System, cmd.Preview)
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.out, p)
	}
	zones, err := zonesOf(a, c, p)
	if err != nil {
		return err
	}
	a.plan(p, zones)
	return nil
}

// zonesOf finds the zones in which the customers of the planned systems read times.
func zonesOf(a *app, c *client.Client, p client.PlanResult) (map[string]string, error) {
	zones := map[string]string{}
	for _, s := range p.Slots {
		if _, known := zones[s.System]; known {
			continue
		}
		system, err := c.System(a.ctx, s.System)
		if err != nil {
			return nil, err
		}
		zones[s.System] = system.Held.Window.Zone
	}
	return zones, nil
}

func (a *app) plan(p client.PlanResult, zones map[string]string) {
	w := orderWords
	if len(p.Slots)+len(p.Not)+len(p.Refused) == 0 {
		a.say(w.Nothing)
		return
	}
	title := w.Planned
	if p.Preview {
		title = w.Preview
	}
	var cells [][]cell
	for _, s := range p.Slots {
		cells = append(cells, []cell{text(s.System), text(s.Run), text(a.span(s.At, zones[s.System])),
			text(lang.Duration(s.Estimate, a.lang)), text(s.Reason.In(a.lang))})
	}
	if len(cells) > 0 {
		a.print(a.paint(bold, title.In(a.lang)))
		a.table("  ", []lang.Text{w.System, w.Run, w.When, w.Takes, w.Reason}, cells)
	}
	first := len(cells) == 0
	if len(p.Moved)+len(p.Gone) > 0 {
		a.part(&first, lang.T("Verschoben oder entfallen", "Moved or gone"))
		for _, m := range p.Moved {
			a.print("  → " + clean(m.System) + "  " + clean(m.Run) + "  " + a.span(m.After, "") + "  " + a.t(m.Reason))
		}
		for _, n := range p.Gone {
			a.print("  − " + clean(n.System) + "  " + clean(n.Run) + "  " + a.t(n.Reason))
		}
	}
	if len(p.Not) > 0 {
		a.part(&first, w.NotPlanned)
		for _, n := range p.Not {
			a.print("  ◇ " + clean(n.System) + "  " + a.t(n.Reason))
		}
	}
	if len(p.Refused) > 0 {
		a.part(&first, w.Refused)
		for _, r := range p.Refused {
			a.print("  " + a.paint(yellow, "▲ "+clean(r.System)) + "  " + a.tf(w.Due, r.Due) + ", " + w.Rule.In(a.lang) + " " + clean(r.Rule))
			for _, line := range wrap(a.t(r.Text)+" "+a.t(r.Ask), 92) {
				a.print("      " + line)
			}
		}
	}
}
