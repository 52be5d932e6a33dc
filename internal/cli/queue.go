package cli

import (
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type queueCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
	For    string `enum:"desk,offer,appointment,consent,mandate,any" default:"any" help:"flag_queue_for"`
	Ours   bool   `help:"flag_queue_ours"`
}

func (cmd queueCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	f := client.QueueFilter{System: cmd.System, Ours: cmd.Ours}
	if cmd.For != "any" {
		f.For = client.QueuedKind(cmd.For)
	}
	rows, err := c.Queue(a.ctx, f)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Nichts wartet.", "Nothing waits."))
			return
		}
		a.queue(rows)
	})
}

// queue prints what waits, and under it, for each, why and what is to be done next.
func (a *app) queue(rows []client.Queued) {
	var cells [][]cell
	for _, q := range rows {
		turn := mark{"◐", lang.T("beim Kunden", "the customer's turn"), cyan}
		if q.Ours {
			turn = mark{"◆", lang.T("bei uns", "our turn"), yellow}
		}
		since := a.moment(q.Since, q.Zone)
		if q.AtLeast {
			since = a.tf(lang.T("mindestens seit %[1]s", "at least since %[1]s"), since)
		}
		until := ""
		if !q.Until.IsZero() {
			until = a.moment(q.Until, q.Zone)
		}
		cells = append(cells, []cell{text(q.System), text(a.t(q.Kind.Text())), a.state(turn), text(since), text(until), text(a.asked(q)), text(q.Rule), text(subjectOf(q))})
	}
	a.table("", []lang.Text{lang.T("System", "system"), lang.T("wartet auf", "waits for"), lang.T("am Zug", "whose turn"), lang.T("seit", "since"), lang.T("Frist", "deadline"),
		lang.T("gefragt", "asked"), lang.T("Regel", "rule"), lang.T("worüber", "about")}, cells)
	a.print("")
	for _, q := range rows {
		line := q.System + ": " + a.t(q.Text)
		if !q.Next.IsZero() {
			line += " → " + a.t(q.Next)
		}
		a.print(clean(line))
	}
}

// subjectOf is the order, the appointment or the run that waits.
func subjectOf(q client.Queued) string {
	switch {
	case q.Appointment != "":
		return q.Appointment
	case q.Order != "":
		return q.Order
	}
	return q.Run
}

// asked is who was asked last, when and how, and how often somebody was.
func (a *app) asked(q client.Queued) string {
	if len(q.Asked) == 0 {
		return "–"
	}
	last := q.Asked[0]
	way := last.By.Text()
	switch {
	case !last.Failed.IsZero():
		way = lang.T("per Mail, unzustellbar", "by mail, undeliverable")
	case last.By == client.AskedByMail && last.Sent.Equal(time.Time{}):
		way = lang.T("per Mail, unterwegs", "by mail, on its way")
	}
	line := a.tf(lang.T("%[1]s, %[2]s, %[3]s", "%[1]s, %[2]s, %[3]s"), last.Name, a.moment(last.At, q.Zone), a.t(way))
	if q.Times > 1 {
		line += a.tf(lang.T(" (%[1]d Mal)", " (%[1]d times)"), q.Times)
	}
	return line
}
