package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Bounds of what an order form may hold, in characters.
const (
	maxChannel   = 200
	maxOrderText = 8000
)

// orderForm is the form for a customer's order, as filled in.
type orderForm struct {
	Number   string // of the form: the same form acts once
	Contacts []estate.Contact
	Others   int // contacts without the authority to order
	Contact  string
	Channel  string
	Text     string
	Explicit bool
	Reboot   bool
	Packages string // names with spaces between
	Scope    estate.Scope
	Change   mandate.VersionChange // what is ordered instead of updates; without a class: updates are
	Fault    *fault.Error          // why it was not accepted
}

// newOrderForm is the empty form of a system: it offers only contacts who may order.
func newOrderForm(s board.System) orderForm {
	f := orderForm{Number: newNumber(), Scope: estate.ScopeSecurity}
	for _, contact := range s.Held.Customer.Contacts {
		if contact.May(estate.AuthorityOrder) {
			f.Contacts = append(f.Contacts, contact)
		} else {
			f.Others++
		}
	}
	if len(f.Contacts) == 1 {
		f.Contact = f.Contacts[0].ID
	}
	return f
}

// aboutOrder is what an order covers.
func aboutOrder(o mandate.Order) lang.Text {
	if o.Reboot {
		o.Reboot = false
		return lang.Textf("%[1]s; %[2]s", "%[1]s; %[2]s", aboutOrder(o), bookWords.RebootToo)
	}
	if o.Mitigation {
		return bookWords.Mitigation
	}
	if o.Terms.Change != nil {
		return o.Terms.Change.Text()
	}
	if len(o.Terms.Packages) > 0 {
		return lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s", scopeWord(o.Scope), strings.Join(o.Terms.Packages, ", "))
	}
	return scopeWord(o.Scope)
}

// short is the beginning of a text, for a list.
func short(text string) string {
	const most = 160
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most])) + " …"
}

// orderRow is an order in the list, with the name of who gave it.
type orderRow struct {
	mandate.Order
	By string
}

// orderRows lists a system's orders, newest first as the server gives them, at most maxOrders.
func orderRows(s board.System) []orderRow {
	rows := make([]orderRow, 0, min(len(s.Orders), maxOrders))
	for _, o := range s.Orders[:min(len(s.Orders), maxOrders)] {
		by := o.Contact
		if contact, ok := s.Held.Customer.Contact(o.Contact); ok {
			by = contact.Name
		}
		rows = append(rows, orderRow{o, by})
	}
	return rows
}

// placeOrder records an order and leads to its receipt. The same form sent twice records one order.
func (c *console) placeOrder(w http.ResponseWriter, r *http.Request) {
	s, err := c.backend.System(r.Context(), r.PathValue("name"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	form := newOrderForm(s)
	form.Number = r.PostFormValue("vorgang")
	form.Contact = r.PostFormValue("person")
	form.Channel = strings.TrimSpace(r.PostFormValue("wo"))
	form.Text = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("wortlaut"), "\r\n", "\n"))
	form.Explicit = r.PostFormValue("ausdruecklich") == "ja"
	form.Reboot = r.PostFormValue("neustart") == "ja"
	form.Scope, form.Packages = estate.Scope(r.PostFormValue("umfang")), strings.TrimSpace(r.PostFormValue("pakete"))
	form.Change = mandate.VersionChange{Class: policy.ChangeClass(r.PostFormValue("wechsel")), Software: field(r, "software"), From: field(r, "fassung-von"), To: field(r, "fassung-auf")}
	if form.Fault = form.check(); form.Fault == nil && r.PostFormValue("schritt") == "vorschau" {
		c.previewOrder(w, r, s, form)
		return
	}
	if form.Fault == nil {
		err = c.orders.once(sessionOf(r), form.Number, c.opts.Clock(), func() (board.OrderReceipt, error) {
			return c.backend.PlaceOrder(r.Context(), form.request(s.Name))
		})
		if err == nil {
			query := url.Values{"beleg": {form.Number}}
			http.Redirect(w, r, systemURL(s.Name)+"/auftrag?"+query.Encode(), http.StatusSeeOther)
			return
		}
		form.Fault = c.fault(r, err)
	}
	if !goodNumber(form.Number) {
		form.Number = newNumber()
	}
	c.showSystem(w, r, statusOf(form.Fault.Code), s, form)
}

// check says what is wrong with a filled form, all at once; nil when it may be sent on.
func (f orderForm) check() *fault.Error {
	if !goodNumber(f.Number) {
		return fault.New(fault.Conflict, faultWords.Stale, faultWords.StaleMend)
	}
	var problems []lang.Text
	known := false
	for _, contact := range f.Contacts {
		known = known || contact.ID == f.Contact
	}
	switch {
	case f.Contact == "":
		problems = append(problems, lang.Textf(orderWords.Required.DE, orderWords.Required.EN, orderWords.Contact))
	case !known:
		problems = append(problems, orderWords.WrongContact)
	}
	for _, field := range []struct {
		name  lang.Text
		value string
		most  int
	}{
		{orderWords.Channel, f.Channel, maxChannel},
		{orderWords.Text, f.Text, maxOrderText},
	} {
		switch n := utf8.RuneCountInString(field.value); {
		case n == 0:
			problems = append(problems, lang.Textf(orderWords.Required.DE, orderWords.Required.EN, field.name))
		case n > field.most:
			problems = append(problems, lang.Text{
				DE: lang.Textf(orderWords.TooLong.DE, "", field.name, lang.Count(field.most, lang.DE)).DE,
				EN: lang.Textf("", orderWords.TooLong.EN, field.name, lang.Count(field.most, lang.EN)).EN,
			})
		}
	}
	switch f.Change.Class {
	case "":
	case policy.ChangeClassVersionUpgrade, policy.ChangeClassOSMigration:
		if f.Change.Software == "" || f.Change.To == "" || f.Change.From == "" && f.Change.Class == policy.ChangeClassVersionUpgrade {
			problems = append(problems, orderWords.ChangeIncomplete)
		}
	default:
		problems = append(problems, orderWords.WrongScope)
	}
	if f.Scope != estate.ScopeSecurity && f.Scope != estate.ScopeUpdates {
		problems = append(problems, orderWords.WrongScope)
	}
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fault.New(fault.Invalid, problems[0], lang.Text{})
	}
	return fault.New(fault.Invalid, lang.JoinTexts(problems[:1]), lang.JoinTexts(problems[1:]))
}

// receiptView is the page after an order was recorded.
type receiptView struct {
	page
	System  string
	By      string
	Zone    string
	Receipt board.OrderReceipt
}

// orderReceipt shows what came of an order. A receipt that is no longer kept leads to the system,
// whose page lists the order.
func (c *console) orderReceipt(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	receipt, ok := c.orders.get(sessionOf(r), r.URL.Query().Get("beleg"), c.opts.Clock())
	if !ok || receipt.Order.System != name {
		http.Redirect(w, r, systemURL(name)+"#auftraege", http.StatusSeeOther) //nolint:gosec // a path of this host: systemURL escapes the name
		return
	}
	v := receiptView{page: c.page(w, r, "systeme", orderWords.ReceiptTitle), System: name, By: receipt.Order.Contact, Receipt: receipt}
	if s, err := c.backend.System(r.Context(), name); err == nil {
		v.Zone = s.Held.Window.Zone
		if contact, known := s.Held.Customer.Contact(receipt.Order.Contact); known {
			v.By = contact.Name
		}
	}
	c.render(w, r, http.StatusOK, receiptPage(v))
}
