package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Message is a customer's message as it was kept, what it was read as, and what came of it.
type Message struct {
	ID      string         `json:"id"`
	Message intake.Message `json:"message"`
	SHA256  string         `json:"sha256"` // of the message, verbatim
	Outcome intake.Outcome `json:"outcome"`
	Orders  []string       `json:"orders,omitempty"` // placed or withdrawn by it
	Desk    lang.Text      `json:"desk,omitzero"`    // what people have to do about it
	Kept    time.Time      `json:"kept"`
	DoneBy  string         `json:"done_by,omitempty"` // who has dealt with it
	Done    time.Time      `json:"done,omitzero"`
}

// Letter is a mail that is to be sent, or was; with Ticket a message on a ticket of the help desk.
type Letter struct {
	ID        string    `json:"id"` // the same for each try
	To        string    `json:"to"`
	Subject   string    `json:"subject"`
	Text      string    `json:"text"`
	InReplyTo string    `json:"in_reply_to,omitempty"` // message ID, without angle brackets
	Thread    string    `json:"thread,omitempty"`      // ID of the thread's first message
	Calendar  string    `json:"calendar,omitempty"`    // a calendar object (RFC 5545), beside the text
	Method    string    `json:"method,omitempty"`      // of the calendar object: REQUEST, CANCEL, PUBLISH
	Ticket    string    `json:"ticket,omitempty"`      // as "rt/17"; To is the same then
	Customer  string    `json:"customer,omitempty"`    // of a ticket: only for the contacts of this customer
	State     string    `json:"state,omitempty"`       // of a ticket: how the order stands that it is about
	Queued    time.Time `json:"queued"`
	Tries     int       `json:"tries,omitempty"`
	Sent      time.Time `json:"sent,omitzero"`
	Failed    time.Time `json:"failed,omitzero"` // given up
	Last      string    `json:"last,omitempty"`  // what the server said last
}
