package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// orderStates are the choices of the filter; the empty one shows all.
var orderStates = []option{
	{"", bookWords.StateAll},
	{"offen", bookWords.StateOpen},
	{"braucht", bookWords.StateNeeds},
	{"erledigt", bookWords.StateDone},
	{"zurueckgezogen", bookWords.StateWithdrawn},
}

// orderbookView is the list of orders.
type orderbookView struct {
	page
	List listing
	Rows []board.OrderRow
}

func orderURL(id string) string { return "/auftraege/" + url.PathEscape(id) }

// orderbook shows the list of orders, newest first.
func (c *console) orderbook(w http.ResponseWriter, r *http.Request) {
	l, rows, total, err := c.orderRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), total)
	v := orderbookView{page: c.page(w, r, "auftraege", bookWords.Title), List: l, Rows: rows[from:to]}
	c.render(w, r, http.StatusOK, orderbookPage(v))
}

// orderRows filters the orders as the address says.
func (c *console) orderRows(r *http.Request) (listing, []board.OrderRow, int, error) {
	l := listingOf("/auftraege", r.URL.Query(), values(orderStates), []string{""})
	all, err := c.backend.Orders(r.Context(), "")
	if err != nil {
		return l, nil, 0, err
	}
	query := strings.ToLower(l.Query)
	rows := make([]board.OrderRow, 0, len(all))
	for _, o := range all {
		if orderIn(l.State, o.State) && (query == "" || matches(query, o.System, o.CustomerName, o.ContactName, o.Channel, o.ID)) {
			rows = append(rows, o)
		}
	}
	return l, rows, len(all), nil
}

// ordersCSV is the list of orders as CSV.
func (c *console) ordersCSV(w http.ResponseWriter, r *http.Request) {
	_, rows, _, err := c.orderRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "auftraege", bookWords.Title)
	table := [][]string{p.all(bookWords.Order, frameWords.System, frameWords.Customer, bookWords.From, bookWords.Where, systemWords.OrderGiven, systemsWords.State, bookWords.Run, bookWords.Said, bookWords.Hash)}
	for _, o := range rows {
		table = append(table, []string{o.ID, o.System, o.CustomerName, o.ContactName, o.Channel, stamp(o.Given), p.T(o.State.Text()), o.Run, o.Text, o.SHA256})
	}
	c.writeCSV(w, p, "auftraege", table)
}

func orderIn(state string, s mandate.OrderState) bool {
	switch state {
	case "offen":
		return !s.Over()
	case "braucht":
		return s == mandate.Unsettled || s == mandate.PutBack || s == mandate.Question
	case "erledigt":
		return s == mandate.Done
	case "zurueckgezogen":
		return s == mandate.Withdrawn || s == mandate.Refused || s == mandate.Expired
	}
	return true
}

// markOfOrder is how an order stands.
func markOfOrder(s mandate.OrderState) mark {
	shape := "stop"
	switch s {
	case mandate.Received, mandate.Question, mandate.Accepted, mandate.Scheduled:
		shape = "wait"
	case mandate.Running:
		shape = "live"
	case mandate.Done:
		shape = "done"
	case mandate.Withdrawn, mandate.Refused, mandate.Expired:
		shape = "idle"
	case mandate.PutBack, mandate.Unsettled:
	}
	return mark{shape, s.Text()}
}

// oneOrderView is one order, with the form to take it back.
type oneOrderView struct {
	page
	O        board.OrderRow
	Contacts []estate.Contact // who may withdraw it
	Consents []estate.Contact // who may agree to its price
	Contact  string
	Channel  string
	Text     string
	Fault    *fault.Error
	Meetings []appointmentView
	Meeting  appointmentForm // to propose an appointment
}

func (c *console) oneOrder(w http.ResponseWriter, r *http.Request) {
	o, err := c.backend.Order(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showOrder(w, r, http.StatusOK, oneOrderView{O: o})
}

func (c *console) showOrder(w http.ResponseWriter, r *http.Request, status int, v oneOrderView) {
	if v.O.State.MayWithdraw() {
		s, err := c.backend.System(r.Context(), v.O.System)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		v.Contacts = newOrderForm(s).Contacts
		for _, contact := range s.Held.Customer.Contacts {
			if contact.May(estate.AuthorityConsent) {
				v.Consents = append(v.Consents, contact)
			}
		}
		if v.Contact == "" {
			v.Contact = v.O.Contact
		}
		if v.Meetings, v.Meeting, err = c.meetings(r.Context(), s, v.O.ID); err != nil {
			c.fail(w, r, err)
			return
		}
	}
	v.page = c.page(w, r, "auftraege", bookWords.Order)
	c.render(w, r, status, oneOrderPage(v))
}

// withdraw takes an order back and shows it as it stands then.
func (c *console) withdraw(w http.ResponseWriter, r *http.Request) {
	q := board.WithdrawalRequest{Order: r.PathValue("id"), Contact: r.PostFormValue("person"), Channel: strings.TrimSpace(r.PostFormValue("wo")),
		Text: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("wortlaut"), "\r\n", "\n"))}
	o, err := c.backend.Withdraw(r.Context(), q)
	if err == nil {
		http.Redirect(w, r, orderURL(o.ID), http.StatusSeeOther)
		return
	}
	wrong := c.fault(r, err)
	if o, err = c.backend.Order(r.Context(), q.Order); err != nil {
		c.fail(w, r, err)
		return
	}
	c.showOrder(w, r, statusOf(wrong.Code), oneOrderView{O: o, Contact: q.Contact, Channel: q.Channel, Text: q.Text, Fault: wrong})
}
