package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// queueStates are the choices of the filter; the empty one shows all.
var queueStates = []option{
	{"", queueWords.StateAll},
	{"wir", queueWords.Ours},
	{string(board.QueuedMandate), board.QueuedMandate.Text()},
	{string(board.QueuedConsent), board.QueuedConsent.Text()},
	{string(board.QueuedOffer), board.QueuedOffer.Text()},
	{string(board.QueuedAppointment), board.QueuedAppointment.Text()},
	{string(board.QueuedDesk), board.QueuedDesk.Text()},
}

// queueView is what waits for a mandate or an answer.
type queueView struct {
	page
	List listing
	Rows []board.Queued
}

// queue shows what waits: what is ours to do first, then what has waited longest.
func (c *console) queue(w http.ResponseWriter, r *http.Request) {
	l, rows, total, err := c.queueRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), total)
	c.render(w, r, http.StatusOK, queuePage(queueView{c.page(w, r, "auftraege", queueWords.Title), l, rows[from:to]}))
}

func (c *console) queueRows(r *http.Request) (listing, []board.Queued, int, error) {
	l := listingOf("/wartet", r.URL.Query(), values(queueStates), []string{""})
	all, err := c.backend.Queue(r.Context())
	if err != nil {
		return l, nil, 0, err
	}
	query := strings.ToLower(l.Query)
	rows := make([]board.Queued, 0, len(all))
	for _, q := range all {
		in := l.State == "" || l.State == string(q.Kind) || l.State == "wir" && q.Ours
		if in && (query == "" || matches(query, q.System, q.Customer, q.Order, q.Appointment, q.Rule)) {
			rows = append(rows, q)
		}
	}
	return l, rows, len(all), nil
}

// queueCSV is the list as CSV.
func (c *console) queueCSV(w http.ResponseWriter, r *http.Request) {
	_, rows, _, err := c.queueRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "auftraege", queueWords.Title)
	table := [][]string{p.all(queueWords.For, queueWords.Turn, frameWords.System, frameWords.Customer, bookWords.Order, meetWords.One, frameWords.Rule, queueWords.Why, queueWords.Next, queueWords.Since, queueWords.Until,
		queueWords.Times, queueWords.AskedWhom, queueWords.AskedWhen, queueWords.AskedHow)}
	for _, q := range rows {
		whom, at, how := "", "", ""
		if len(q.Asked) > 0 {
			whom, at, how = q.Asked[0].Name, stamp(q.Asked[0].At), p.T(sentWord(q.Asked[0]))
		}
		table = append(table, []string{p.T(q.Kind.Text()), turnOf(p, q), q.System, q.Customer, q.Order, q.Appointment, q.Rule, p.T(q.Text), p.T(q.Next), stamp(q.Since), stamp(q.Until), strconv.Itoa(q.Times), whom, at, how})
	}
	c.writeCSV(w, p, "wartet", table)
}

// turnOf is who has to do the next step.
func turnOf(p page, q board.Queued) string {
	switch {
	case q.Ours:
		return p.T(meetWords.Us)
	case q.Next.IsZero():
		return p.T(queueWords.Nobody)
	}
	return q.Customer
}

// sentWord is how somebody was asked, and whether it went out.
func sentWord(a board.Inquiry) lang.Text {
	switch {
	case !a.Failed.IsZero():
		return queueWords.Undeliverable
	case a.By == board.AskedByMail && a.Sent.IsZero():
		return queueWords.OnItsWay
	}
	return a.By.Text()
}

// queueLink is where the next step is done, and the word on its button.
func queueLink(q board.Queued) (href string, word lang.Text) {
	switch {
	case q.Kind == board.QueuedAppointment:
		return appointmentURL(q.Appointment), queueWords.ToMeeting
	case q.Run != "":
		return runURL(q.Run), queueWords.ToRun
	case q.Order != "":
		return orderURL(q.Order), queueWords.ToOrder
	case q.Next.IsZero():
		return systemURL(q.System), todayWords.Look
	}
	return systemURL(q.System) + "#auftrag", todayWords.Order
}

func queueHref(q board.Queued) string {
	href, _ := queueLink(q)
	return href
}

func queueDo(q board.Queued) lang.Text {
	_, word := queueLink(q)
	return word
}
