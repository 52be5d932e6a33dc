package server

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/adapter/mail"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/intake"
)

// Mailbox is where customers write to. Watch gives each mail to accept, which keeps it; a mail that could not be
// kept comes again.
type Mailbox interface {
	Watch(ctx context.Context, after mail.Cursor, accept func(context.Context, mail.Received) error, trouble func(error)) error
}

// readMail takes mail until the server stops. It begins at the start of the folder each time: what was kept is
// known by its message ID, and what was accepted is marked on the server.
func (s *Server) readMail(ctx context.Context) {
	err := s.config.Mailbox.Watch(ctx, mail.Cursor{}, s.acceptMail, func(err error) {
		s.log.Warn("mailbox", "error", err)
	})
	if err != nil && ctx.Err() == nil {
		s.log.Error("mail is not read any more", "error", err)
	}
}

// acceptMail keeps one mail. One that cannot be read is told in the log and left where it is, marked as read.
func (s *Server) acceptMail(ctx context.Context, r mail.Received) error {
	if !r.Refused.IsZero() {
		s.log.Warn("a mail was refused", "from", r.Message.From.Address, "reason", r.Refused.EN)
		return nil
	}
	m := messageOf(r, s.config.MailTrust)
	if m.ID == "" {
		s.log.Warn("a mail without a usable message ID was left to people", "from", r.Message.From.Address)
		return nil
	}
	_, err := s.Receive(ctx, m)
	return err
}

// messageOf puts a mail into the terms of package intake. The thread of a mail is its oldest ancestor.
func messageOf(r mail.Received, trusted string) intake.Message {
	m := r.Message
	out := intake.Message{Channel: intake.ChannelMail, ID: m.MessageID, Thread: m.MessageID, First: m.InReplyTo == "" && len(m.References) == 0,
		Subject: m.Subject, Text: m.Text, Received: r.Arrived, Automatic: m.Auto.Automatic(),
		Sender: intake.Sender{Address: strings.ToLower(m.From.Address), Standing: intake.None}}
	if len(m.References) > 0 {
		out.Thread = m.References[0]
	} else if m.InReplyTo != "" {
		out.Thread = m.InReplyTo
	}
	if out.Received.IsZero() {
		out.Received = m.Date
	}
	out.Sender.Standing = standingOf(mail.Judge(m, trusted).Standing)
	return out
}

// standingOf is a mail's standing in the terms of package intake.
func standingOf(s mail.Standing) intake.Standing {
	switch s {
	case mail.Aligned:
		return intake.Aligned
	case mail.Unaligned:
		return intake.Unaligned
	case mail.Forged:
		return intake.Forged
	case mail.Unproven:
	}
	return intake.None
}

// Postbox sends letters by SMTP.
type Postbox struct {
	Outbox *mail.Outbox
	From   mail.Address
	Domain string            // right side of message IDs
	Roles  map[string]string // addresses of the hoster's own, as operator and management
}

// Send hands a letter to the mail server.
func (p *Postbox) Send(ctx context.Context, l board.Letter) (permanent bool, err error) {
	out := mail.Outgoing{MessageID: l.ID + "@" + p.Domain, From: p.From, To: []mail.Address{{Address: l.To}}, Subject: l.Subject, Text: l.Text,
		Date: l.Queued, InReplyTo: l.InReplyTo}
	if l.Calendar != "" {
		out.Calendar, out.Method = []byte(l.Calendar), l.Method
	}
	if l.Thread != "" {
		out.References = slices.Compact([]string{l.Thread, cmp.Or(l.InReplyTo, l.Thread)})
	}
	_, err = p.Outbox.Send(ctx, out)
	var failed *mail.SendError
	return errors.As(err, &failed) && failed.Permanent, err
}

// Address is the address of a role, or the one that letters come from.
func (p *Postbox) Address(role string) string {
	if role == roleSender {
		return p.From.Address
	}
	return p.Roles[role]
}
