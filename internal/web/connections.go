package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
)

// maxDeliveries bounds the deliveries that the page shows; the table has all that are kept in view.
const maxDeliveries = 50

// connectionsView is how the help desk and those who subscribe to events are connected.
type connectionsView struct {
	page
	Desk   board.DeskState
	Hooks  []board.Webhook
	Failed capped[board.HookDelivery] // given up
	Tried  capped[board.HookDelivery] // failed, and tried again
	Others capped[board.HookDelivery]
}

// connections shows them; failures come first.
func (c *console) connections(w http.ResponseWriter, r *http.Request) {
	v := connectionsView{page: c.page(w, r, "anbindungen", connectionWords.Title)}
	var err error
	if v.Desk, err = c.backend.Helpdesk(r.Context()); err != nil {
		c.fail(w, r, err)
		return
	}
	if v.Hooks, err = c.backend.Webhooks(r.Context()); err != nil {
		c.fail(w, r, err)
		return
	}
	v.Hooks = slices.Clone(v.Hooks)
	slices.SortStableFunc(v.Hooks, func(a, b board.Webhook) int { return b.Failed - a.Failed })
	list, err := c.backend.Deliveries(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	var failed, tried, others []board.HookDelivery
	for _, d := range list {
		switch markOfDelivery(d).Kind {
		case "alarm":
			failed = append(failed, d)
		case "late":
			tried = append(tried, d)
		default:
			others = append(others, d)
		}
	}
	v.Failed, v.Tried, v.Others = capAt(failed, maxDeliveries, ""), capAt(tried, maxDeliveries, ""), capAt(others, maxDeliveries, "")
	c.render(w, r, http.StatusOK, connectionsPage(v))
}

// markOfDelivery is how a delivery stands.
func markOfDelivery(d board.HookDelivery) mark {
	switch {
	case !d.Delivered.IsZero():
		return mark{"done", connectionWords.Delivered}
	case !d.Failed.IsZero():
		return mark{"alarm", connectionWords.GivenUp}
	case d.Tries > 0:
		return mark{"late", connectionWords.Again}
	}
	return mark{"wait", connectionWords.Queued}
}

// markOfHook is how a subscription stands.
func markOfHook(h board.Webhook) mark {
	switch {
	case h.Failed > 0:
		return mark{"alarm", connectionWords.Fails}
	case h.Waiting > 0:
		return mark{"wait", connectionWords.Waits}
	case h.Total == 0:
		return mark{"idle", connectionWords.Unused}
	}
	return mark{"done", connectionWords.Delivers}
}

// aboutURL is the page of what an event is about, by the event's name; empty where none is.
func aboutURL(d board.HookDelivery) string {
	kind, _, _ := strings.Cut(d.Event, ".")
	switch kind {
	case "run":
		return runURL(d.About)
	case "order":
		return orderURL(d.About)
	}
	return ""
}

// lead says what needs somebody.
func (v connectionsView) lead() string {
	if v.Failed.Total+v.Tried.Total == 0 {
		return v.T(connectionWords.Calm)
	}
	var parts []string
	if v.Failed.Total > 0 {
		parts = append(parts, v.N(v.Failed.Total, connectionWords.LeadFailed))
	}
	if v.Tried.Total > 0 {
		parts = append(parts, v.N(v.Tried.Total, connectionWords.LeadTried))
	}
	return strings.Join(parts, " ")
}

// deliveriesCSV is the log for other programs.
func (c *console) deliveriesCSV(w http.ResponseWriter, r *http.Request) {
	list, err := c.backend.Deliveries(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "anbindungen", connectionWords.Title)
	rows := [][]string{{"id", "webhook", "event", "about", "state", "queued", "tries", "status", "reason"}}
	for _, d := range list {
		rows = append(rows, []string{d.ID, d.Webhook, d.Event, d.About, p.T(markOfDelivery(d).Word), d.Queued.UTC().Format(time.RFC3339), strconv.Itoa(d.Tries), strconv.Itoa(d.Status), p.T(d.Reason)})
	}
	c.writeCSV(w, p, "zustellungen", rows)
}
