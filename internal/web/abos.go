package web

import (
	"net/http"
	"net/url"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// maxAbos bounds the subscriptions that the calendar lists; those in force come first.
const maxAbos = 100

// operators is the choice of the calendar with everything. No customer has that ID: a customer's is a name of letters.
const operators = "*"

// abosView is who may read the calendar at a secret address.
type abosView struct {
	Number    string // of the form that makes one
	Kept      capped[board.Subscription]
	Gone      int // that were revoked
	Customers []board.CustomerName
	Fault     *fault.Error
}

func (c *console) subscriptions(r *http.Request) (abosView, error) {
	v := abosView{Number: newNumber()}
	all, err := c.backend.Subscriptions(r.Context())
	if err != nil {
		return v, err
	}
	var kept []board.Subscription
	for _, s := range all {
		if s.Revoked.IsZero() {
			kept = append(kept, s)
		} else {
			v.Gone++
		}
	}
	v.Kept = capAt(kept, maxAbos, "")
	v.Customers, err = c.backend.CustomerNames(r.Context())
	return v, err
}

// aboPageView is a subscription that was just made or renewed, with its address.
type aboPageView struct {
	page
	S       board.SubscriptionSecret
	Address string
	Renewed bool
}

// subscribe makes a subscription and shows its address, once. The same form sent twice makes one, and the second time
// the address is not shown: it is kept nowhere.
func (c *console) subscribe(w http.ResponseWriter, r *http.Request) {
	number := r.PostFormValue("vorgang")
	if !goodNumber(number) {
		c.fail(w, r, fault.New(fault.Conflict, faultWords.Stale, faultWords.StaleMend))
		return
	}
	q := board.SubscriptionRequest{Customer: r.PostFormValue("wessen"), By: field(r, "wer"), Lang: lang.DE}
	if l, ok := lang.Parse(r.PostFormValue("sprache")); ok {
		q.Lang = l
	}
	if q.Customer == operators {
		q.Customer, q.Operators = "", true
	}
	var made *board.SubscriptionSecret
	err := c.abos.once(sessionOf(r), number, c.opts.Clock(), func() (string, error) {
		s, err := c.backend.Subscribe(r.Context(), q)
		made = &s
		return s.ID, err
	})
	if err == nil && made == nil {
		http.Redirect(w, r, "/kalender#abos", http.StatusSeeOther)
		return
	}
	c.showAddress(w, r, made, err, false)
}

func (c *console) renewSubscription(w http.ResponseWriter, r *http.Request) {
	s, err := c.backend.RenewSubscription(r.Context(), r.PathValue("id"), field(r, "wer"))
	c.showAddress(w, r, &s, err, true)
}

// showAddress answers with the secret address itself: a page with an address of its own could be called up again.
func (c *console) showAddress(w http.ResponseWriter, r *http.Request, s *board.SubscriptionSecret, err error, renewed bool) {
	if err != nil {
		wrong := c.fault(r, err)
		c.showCalendar(w, r, statusOf(wrong.Code), wrong)
		return
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	v := aboPageView{page: c.page(w, r, "kalender", aboWords.Title), S: *s, Address: scheme + r.Host + s.Path, Renewed: renewed}
	c.render(w, r, http.StatusOK, aboPage(v))
}

func (c *console) revokeSubscription(w http.ResponseWriter, r *http.Request) {
	_, err := c.backend.RevokeSubscription(r.Context(), r.PathValue("id"), field(r, "wer"))
	c.after(w, r, err, "/kalender#abos", c.showCalendar)
}

func aboURL(id, act string) string { return "/kalender/abos/" + url.PathEscape(id) + "/" + act }

// whose is whose calendar a subscription is.
func whose(p page, s board.Subscription) string {
	switch {
	case s.Customer == "":
		return p.T(aboWords.Operators)
	case s.CustomerName == "":
		return s.Customer
	}
	return s.CustomerName
}

// language is a language by its own name.
func language(l lang.Lang) string {
	if l == lang.EN {
		return "English"
	}
	return "Deutsch"
}
