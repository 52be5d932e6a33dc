// Package rt speaks to a help desk that runs Request Tracker 5, over its REST2 interface: it reads what
// customers write on tickets, verbatim, and writes replies, states and fields back.
//
// It judges nothing. Whether a message is an order, and whether its author may give it, is decided by who
// reads it; this package says what the desk knows of the author and no more.
package rt

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/desk"
)

// Reader reads tickets of the configured queues.
type Reader interface {
	// Changed lists the tickets on which something happened since a cursor. See Client.Changed.
	Changed(ctx context.Context, since Cursor) (Changes, error)
	// Latest is the cursor of now.
	Latest(ctx context.Context) (Cursor, error)
	// Ticket reads one ticket.
	Ticket(ctx context.Context, id int64) (Ticket, error)
	// Messages reads what was written on a ticket, oldest first. See Client.Messages.
	Messages(ctx context.Context, id int64, after Cursor) ([]Message, error)
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

type (
	// Cursor counts RT's transactions and not time, because RT reads the dates of a query in the time zone of whoever
	// asks, to the second. It and the others are the values that all help desks have.
	Cursor = desk.Cursor
	// Changes are the messages since a cursor.
	Changes = desk.Changes
	// Ticket is how a ticket stands.
	Ticket = desk.Ticket
	// Person is somebody at a ticket.
	Person = desk.Person
	// Role is what a person is at a ticket.
	Role = desk.Role
	// Kind is what a message in a ticket is.
	Kind = desk.Kind
	// Message is one message in a ticket.
	Message = desk.Message
	// Sent is what was written into a ticket.
	Sent = desk.Sent
)

// The desk's words.
const (
	Requestor      = desk.Requestor
	Staff          = desk.Staff
	Own            = desk.Own
	System         = desk.System
	Other          = desk.Other
	Opening        = desk.Opening
	Correspondence = desk.Correspondence
	Internal       = desk.Internal
)
