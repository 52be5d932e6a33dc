// Package intake reads a customer's message, a mail or a ticket, and says what it is: an order, a question to be
// asked back, a refusal, a withdrawal, an answer to a question of ours, somebody's words who may not order, or
// nothing of the kind. It schedules nothing and sends nothing; it returns one Outcome with its reasons and the
// reply in German and English.
//
// Understanding is a bounded recogniser: phrases from a table (phrases_de.go, phrases_en.go), names from the
// sender's own estate, packages from the inventory. What is not in the table is not understood, and what is not
// understood is asked (MH2-20). There is an order only where an authorised and verified person's own, unquoted
// words ask for it plainly, without a negation, a condition or anything else that leaves a doubt.
package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Channel is how a message came in.
type Channel string

// The channels (C7: others than tickets count once they are mirrored to one).
const (
	ChannelMail    Channel = "mail"
	ChannelTicket  Channel = "ticket"
	ChannelConsole Channel = "console"
	ChannelAPI     Channel = "api"
)

// Standing is how far it is certain who the sender is.
type Standing string

// The standings. Only an aligned or a signed-in sender is verified.
const (
	Aligned   Standing = "aligned"   // the sender's domain vouches for the very address (DMARC: pass)
	Unaligned Standing = "unaligned" // something was verified, but not that address
	None      Standing = "none"      // nothing was verified
	Forged    Standing = "forged"    // the domain says that the message is not its own
	SignedIn  Standing = "signed_in" // a person who is signed in, named by customer and contact
)

// Verified reports whether it is certain who the sender is.
func (s Standing) Verified() bool { return s == Aligned || s == SignedIn }

// Sender is who wrote, as far as the channel knows.
type Sender struct {
	Address  string   `json:"address,omitempty"` // e-mail address; empty for a bounce
	Standing Standing `json:"standing"`
	Customer string   `json:"customer,omitempty"` // signed in: the customer's ID
	Contact  string   `json:"contact,omitempty"`  // signed in: the contact's ID
}

// Message is what came in.
type Message struct {
	Channel  Channel   `json:"channel"`
	ID       string    `json:"id"`     // message ID, or number of the ticket's entry
	Thread   string    `json:"thread"` // ticket number, or ID of the first mail
	First    bool      `json:"first"`  // it opens the thread; only then the subject is the sender's own words
	Sender   Sender    `json:"sender"`
	Subject  string    `json:"subject,omitempty"`
	Text     string    `json:"text"` // plain text, verbatim
	Received time.Time `json:"received"`
	// Automatic says that the message's head marks it as sent by a machine (Auto-Submitted, Precedence: bulk,
	// List-Id, an empty return path; RFC 3834).
	Automatic bool `json:"automatic,omitempty"`
	// Language is the customer's language, if it is known; empty: both are sent.
	Language lang.Lang `json:"language,omitempty"`
}

// Verbatim is the message as it is kept as evidence: the subject on a line of its own, an empty line, and the
// text; the text alone where there is no subject. Spans count its bytes.
func (m Message) Verbatim() string {
	if m.Subject == "" {
		return m.Text
	}
	return m.Subject + "\n\n" + m.Text
}

// Digest is the SHA-256 of the verbatim message, in hex.
func (m Message) Digest() string {
	sum := sha256.Sum256([]byte(m.Verbatim()))
	return hex.EncodeToString(sum[:])
}

// Input is all that a message is judged on.
type Input struct {
	Message Message
	Estate  estate.Estate
	// Packages are the names of the installed packages, by system.
	Packages map[string][]string
	// Orders are the orders that are not over.
	Orders []Open
	// Asked are the questions of ours that wait for an answer.
	Asked []Asked
	// Decide is what the policy in force for a system says about a class of change. It must be a function of its
	// arguments alone.
	Decide func(system string, class policy.ChangeClass) policy.Decision
	// Zones finds a time zone by its name.
	Zones window.Zones
}

// Open is an order that is not over.
type Open struct {
	ID      string             `json:"id"`
	System  string             `json:"system"`
	Thread  string             `json:"thread"`
	Message string             `json:"message"` // the ID of the message that ordered it
	State   mandate.OrderState `json:"state"`
}

// AskedKind is what a question of ours is about.
type AskedKind string

// The kinds of questions.
const (
	AskedPrice       AskedKind = "price"       // is the price agreed to?
	AskedAppointment AskedKind = "appointment" // does the proposed time suit (MH1-06)?
	AskedClarity     AskedKind = "clarity"     // what was meant?
)

// Asked is a question of ours in a thread that waits for an answer.
type Asked struct {
	ID       string    `json:"id"`
	Kind     AskedKind `json:"kind"`
	Thread   string    `json:"thread"`
	Customer string    `json:"customer"`
	Order    string    `json:"order,omitempty"`
	System   string    `json:"system,omitempty"`
	Proposed time.Time `json:"proposed,omitzero"` // appointment: the time that was proposed
	// Draft is what had been understood when clarity was asked for, in the words of Contact.
	Draft   Draft  `json:"draft,omitzero"`
	Contact string `json:"contact,omitempty"`
}

// Span is a range of bytes in the verbatim message, From inclusive, To exclusive.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Quote is a sentence that an outcome rests on, where it stands.
type Quote struct {
	Message string `json:"message"` // the message's ID
	SHA256  string `json:"sha256"`  // of that message, verbatim
	Span
	Words string `json:"words"`
}

// plain is a reply's address in lower case, for comparing.
func plain(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
