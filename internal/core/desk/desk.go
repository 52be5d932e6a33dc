// Package desk is what help desks have in common: tickets, what is written on them, and what a desk knows of who
// wrote it. It judges nothing: whether a message is an order, and whether its author may give it, is decided by
// who reads it.
package desk

import "time"

// Cursor says up to where a desk has been read. 0 is the beginning. What it counts is the desk's own affair:
// its events, or microseconds.
type Cursor int64

// Changes are tickets on which something happened.
type Changes struct {
	Tickets []Ticket // in the order of what happened last on them; each once
	Next    Cursor   // to be kept once the tickets are dealt with
	More    bool     // there is more than one answer holds: ask again at once
}

// Ticket is a ticket as the desk has it.
type Ticket struct {
	ID         int64
	Queue      string // queue or group
	Subject    string
	Status     string
	Requestors []Person // whom a reply goes to
	Fields     map[string][]string
	Created    time.Time
	Updated    time.Time
}

// Person is a user of the desk. Name is unique there; Address may be empty.
type Person struct {
	Name    string
	Address string
}

// Role is what the desk knows of a message's author.
type Role string

// The roles. The desk takes the sender's word for the address of a mail: no role proves who wrote it.
const (
	Requestor Role = "requestor" // a requestor of the ticket, and not one of the staff
	Staff     Role = "staff"     // somebody who works at the desk
	Own       Role = "own"       // whom the token belongs to: ourselves
	System    Role = "system"    // the desk itself
	Other     Role = "other"     // anybody else, for example somebody in copy
)

// Kind is how a message came onto the ticket.
type Kind string

// The kinds of messages.
const (
	Opening        Kind = "opening"        // with it the ticket was made
	Correspondence Kind = "correspondence" // between requestors and staff
	Internal       Kind = "internal"       // a comment, which requestors do not see
)

// Way is how the desk received a message.
type Way string

// The ways. Where the desk does not say, the way is empty and nothing is believed.
const (
	ByMail    Way = "mail"    // anybody can write one
	ByAccount Way = "account" // by somebody who was signed in to the desk as the author
)

// Message is something that was written on a ticket.
type Message struct {
	Ticket      int64
	Transaction int64 // its number in the desk, unique among all tickets
	Kind        Kind
	At          time.Time
	Author      Person
	Role        Role
	Subject     string   // its own; empty when it has none
	Text        string   // the first plain text, verbatim, in UTF-8; empty when there is none
	HTML        string   // verbatim, and only when there is no plain text
	TooLong     bool     // longer than the desk's reader takes: neither Text nor HTML is given, for a part would mislead
	Files       []string // names of what else hangs on it, or their media types
	Way         Way
	Via         string // the way in the desk's own words
	MessageID   string // of the mail, without angle brackets; empty when it was none
	Head        string // the mail's header as the desk keeps it; empty when it was none
	Raw         []byte // the mail byte for byte, where the desk keeps it; then its signatures can be verified
}

// Sent is a message of ours on a ticket.
type Sent struct {
	Transaction int64
	Already     bool // it had been there before this call
}
