package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// QueuedKind is what something waits for.
type QueuedKind string

// The kinds, in the order in which they come where they wait equally long.
const (
	QueuedDesk        QueuedKind = "desk"        // for people at the service desk, who do it by hand
	QueuedOffer       QueuedKind = "offer"       // for a price that we name
	QueuedAppointment QueuedKind = "appointment" // for a time that both sides agree to
	QueuedConsent     QueuedKind = "consent"     // for the customer's answer to a price (MH2-11)
	QueuedMandate     QueuedKind = "mandate"     // for an order, before what is due may be installed (MH2-20)
)

// QueuedKinds lists them.
var QueuedKinds = []QueuedKind{QueuedDesk, QueuedOffer, QueuedAppointment, QueuedConsent, QueuedMandate}

// Text is the kind in words: what it waits for.
func (k QueuedKind) Text() lang.Text {
	switch k {
	case QueuedDesk:
		return lang.T("Handarbeit", "work by hand")
	case QueuedOffer:
		return lang.T("Preis von uns", "our price")
	case QueuedAppointment:
		return lang.T("Termin", "appointment")
	case QueuedConsent:
		return lang.T("Antwort auf den Preis", "answer to the price")
	case QueuedMandate:
	}
	return lang.T("Auftrag", "order")
}

// Queued is one thing that waits for a mandate, or for what a mandate waits for.
type Queued struct {
	Kind        QueuedKind `json:"kind"`
	System      string     `json:"system"`
	Customer    string     `json:"customer"` // name
	Order       string     `json:"order,omitempty"`
	Appointment string     `json:"appointment,omitempty"`
	Run         string     `json:"run,omitempty"` // that was put back with the same versions
	Ours        bool       `json:"ours"`          // we have to do the next step; else the customer
	Rule        string     `json:"rule,omitempty"`
	Text        lang.Text  `json:"text"`          // why it waits
	Next        lang.Text  `json:"next,omitzero"` // the next step
	Due         int        `json:"due,omitempty"` // changes that wait; of orders 0
	Security    int        `json:"security,omitempty"`
	Since       time.Time  `json:"since"`          // it has waited since
	AtLeast     bool       `json:"at_least"`       // Since is the oldest report that is kept; it may be longer
	Until       time.Time  `json:"until,omitzero"` // an answer has to come, or a hole be closed, before
	Asked       []Inquiry  `json:"asked"`          // who was asked, the newest first, at most 5
	Times       int        `json:"times"`          // how often somebody was asked, also more than 5
	Zone        string     `json:"zone"`
}

// AskedBy is how somebody was asked.
type AskedBy string

// The ways.
const (
	AskedByMail   AskedBy = "mail"
	AskedInRecord AskedBy = "record" // kept as a notice; nobody sent it, because no way to send is set up or no address is known
)

// Text is the way in words.
func (a AskedBy) Text() lang.Text {
	if a == AskedByMail {
		return lang.T("per Mail", "by mail")
	}
	return lang.T("nur vermerkt, nicht verschickt", "only noted, not sent")
}

// Inquiry is one time that somebody was asked.
type Inquiry struct {
	To     string    `json:"to"`   // contact's ID, or a mail address
	Name   string    `json:"name"` // of the contact
	By     AskedBy   `json:"by"`
	At     time.Time `json:"at"`
	Sent   time.Time `json:"sent,omitzero"`   // zero: not yet
	Failed time.Time `json:"failed,omitzero"` // given up
	Text   lang.Text `json:"text"`            // what was asked
}
