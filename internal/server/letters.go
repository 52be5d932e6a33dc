package server

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

// Post sends letters. It is permanent that a letter was refused, or another try may help; the text of an error
// says what the server said.
type Post interface {
	Send(ctx context.Context, l board.Letter) (permanent bool, err error)
	// Address is the address of a role of the hoster's, as "operator"; empty: nobody is told by mail. The role
	// "sender" is where letters come from.
	Address(role string) string
}

// roleSender is where letters come from: the organiser of what stands in calendars.
const roleSender = "sender"

// How often a letter is tried: after a minute, then twice as long each time up to the longest wait, until it is
// given up.
const (
	firstRetry  = time.Minute
	longestWait = time.Hour
	giveUpAfter = 3 * 24 * time.Hour
)

// post keeps a letter and has it sent after the commit. The same letter is kept once. Without a way to send,
// nothing is kept.
func (c *change) post(ctx context.Context, l board.Letter) error {
	if l.To == "" || l.Ticket == "" && c.server.config.Post == nil || l.Ticket != "" && c.server.config.Helpdesk == nil {
		return nil
	}
	if _, known, err := c.Ruling(ctx, l.ID); err != nil || known {
		return err
	}
	l.Queued = c.at
	doc, err := json.Marshal(l)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: l.ID, Kind: store.RulingLetter, About: l.To, Given: c.at, Document: doc})
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	return c.enqueue(ctx, jobLetter, l.ID, c.at)
}

// send tries a letter once. Sending is outside of any transaction: a server that is killed in between sends the
// letter twice under one message ID rather than never.
func (s *Server) send(ctx context.Context, id string) (again time.Duration, err error) {
	var l board.Letter
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		l, _, _, err = document[board.Letter](ctx, tx, store.RulingLetter, id)
		return err
	}); err != nil {
		return 0, err
	}
	if l.ID == "" || !l.Sent.IsZero() || !l.Failed.IsZero() || l.Ticket == "" && s.config.Post == nil {
		return 0, nil
	}
	var permanent bool
	var sending error
	if l.Ticket != "" {
		permanent, sending = s.sendToTicket(ctx, l)
	} else {
		permanent, sending = s.config.Post.Send(ctx, l)
	}
	if errors.Is(sending, errWait) {
		return waitTurn, nil
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	err = s.change(ctx, func(c *change) error {
		_, err := amend(ctx, c, store.RulingLetter, id, nil, func(l *board.Letter) error {
			l.Tries++
			again = 0
			switch {
			case sending == nil:
				l.Sent, l.Last = c.at, ""
			case permanent || c.at.Sub(l.Queued) > giveUpAfter:
				l.Failed, l.Last = c.at, sending.Error()
				s.log.Error("a letter cannot be delivered", "letter", l.ID, "error", sending)
			default:
				l.Last = sending.Error()
				again = min(firstRetry<<min(l.Tries-1, 10), longestWait)
			}
			return nil
		})
		return err
	})
	return again, err
}

// mailNotice has a notice sent to whom it is for: a contact of the customer, or a role of the hoster's.
func (c *change) mailNotice(ctx context.Context, n store.Notice, text lang.Text) error {
	if c.server.config.Post == nil || text.IsZero() || n.Kind == noticeMoved { // moved work: report tells whoever knew of it
		return nil
	}
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	held, _ := e.Held(n.System)
	return c.post(ctx, board.Letter{ID: "notice-" + n.ID, To: c.server.addressOf(n.Recipient, held), Subject: "[" + n.System + "] " + headline(text.DE),
		Text: text.DE + "\n\n* * *\n\n" + text.EN + "\n"})
}

// addressOf is the mail address of a recipient; empty where nobody is to be told by mail.
func (s *Server) addressOf(recipient string, held estate.Held) string {
	if contact, ok := held.Customer.Contact(recipient); ok {
		return contact.Email
	}
	if recipient == string(clock.Record) {
		return ""
	}
	return s.config.Post.Address(recipient)
}

// headline is the first sentence of a text, for a subject.
func headline(text string) string {
	const most = 120
	text = strings.Join(strings.Fields(text), " ")
	if at := strings.Index(text, ". "); at > 0 {
		text = text[:at]
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + " …"
	}
	return text
}

// Letters lists the newest letters.
func (s *Server) Letters(ctx context.Context) ([]board.Letter, error) {
	var out []board.Letter
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = documents[board.Letter](tx.NewestRulings(ctx, store.RulingLetter, mostOrders))
		return err
	})
	return out, err
}
