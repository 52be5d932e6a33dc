// Package rt speaks to a help desk that runs Request Tracker 5, over its REST2 interface: it reads what
// customers write on tickets, verbatim, and writes replies, states and fields back.
//
// It judges nothing. Whether a message is an order, and whether its author may give it, is decided by who
// reads it; this package says what the desk knows of the author and no more.
package rt

import (
	"context"
	"time"
)

// Reader reads tickets of the configured queues.
type Reader interface {
	// Changed lists the tickets on which something happened since a cursor. See Client.Changed.
	Changed(ctx context.Context, since Cursor) (Changes, error)
	// Ticket reads one ticket.
	Ticket(ctx context.Context, id int64) (Ticket, error)
	// Messages reads what was written on a ticket, oldest first. See Client.Messages.
	Messages(ctx context.Context, id int64, after int64) ([]Message, error)
}

// Writer writes on tickets. Each of its methods may be repeated: what is done already is not done again.
type Writer interface {
	// Reply writes to the requestors. See Client.Reply.
	Reply(ctx context.Context, id int64, key, text string) (Sent, error)
	// Comment writes to the desk's staff only. See Client.Comment.
	Comment(ctx context.Context, id int64, key, text string) (Sent, error)
	// SetStatus sets the ticket's state, one of its queue's life cycle.
	SetStatus(ctx context.Context, id int64, status string) error
	// SetField sets a custom field with one value; an empty value clears it.
	SetField(ctx context.Context, id int64, field, value string) error
}

// Desk is a help desk.
type Desk interface {
	Reader
	Writer
}

var _ Desk = (*Client)(nil)

// Cursor says up to where a desk has been read: the highest transaction that need not be read again. 0 is
// the beginning. It counts transactions and not time, because RT reads the dates of a query in the time
// zone of whoever asks, to the second.
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
	Queue      string
	Subject    string
	Status     string
	Requestors []Person
	Fields     map[string][]string // custom fields by name; those without a value are left out
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
	Staff     Role = "staff"     // a privileged user
	Own       Role = "own"       // whom the token belongs to: ourselves
	System    Role = "system"    // the desk itself
	Other     Role = "other"     // anybody else, for example somebody in copy
)

// Kind is how a message came onto the ticket.
type Kind string

// The kinds.
const (
	Opening        Kind = "opening"        // with it the ticket was made
	Correspondence Kind = "correspondence" // between requestors and staff
	Internal       Kind = "internal"       // a comment, which requestors do not see
)

// Message is something that was written on a ticket.
type Message struct {
	Ticket      int64
	Transaction int64 // its number in the desk, and its place in the order of events
	Kind        Kind
	At          time.Time
	Author      Person
	Role        Role
	Text        string   // the first plain text, verbatim, in UTF-8; empty when there is none
	HTML        string   // verbatim, and only when there is no plain text
	TooLong     bool     // longer than MaxText: neither Text nor HTML is given, for a part would mislead
	Files       []string // names of what else hangs on it, or their media types
	Via         string   // how the desk received it: "Email", "Web", "REST"; empty when it does not say
	MessageID   string   // of the mail, without angle brackets; empty when it was none
}

// Sent is a message of ours on a ticket.
type Sent struct {
	Transaction int64
	Already     bool // it had been there before this call
}
