package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

// DeskReader reads a help desk's tickets.
type DeskReader interface {
	Changed(ctx context.Context, since desk.Cursor) (desk.Changes, error)
	Latest(ctx context.Context) (desk.Cursor, error)
	Ticket(ctx context.Context, id int64) (desk.Ticket, error)
	Messages(ctx context.Context, ticket int64, since desk.Cursor) ([]desk.Message, error)
}

// DeskWriter writes on a help desk's tickets. What is done already is not done again.
type DeskWriter interface {
	Reply(ctx context.Context, ticket int64, key, text string) (desk.Sent, error)
	Comment(ctx context.Context, ticket int64, key, text string) (desk.Sent, error)
	SetStatus(ctx context.Context, ticket int64, status string) error
	SetField(ctx context.Context, ticket int64, field, value string) error
}

// Desk is a help desk.
type Desk interface {
	DeskReader
	DeskWriter
}

// Account is whom an account of the help desk belongs to.
type Account struct{ Customer, Contact string }

// Helpdesk is a help desk, and what of it is believed.
type Helpdesk struct {
	Desk Desk
	Name string // as "rt": tickets are named by it, as rt/17
	// Trusted is the authserv-id of the mail server whose findings stand in the mails' headers; empty: none is believed.
	Trusted string
	// LookupTXT finds public keys for mails that the desk keeps whole; nil: signatures are not verified here.
	LookupTXT func(ctx context.Context, domain string) ([]string, error)
	// Accounts are accounts of the desk, by name, that are good as their contact's signature. Nobody else's are.
	Accounts map[string]Account
	// Field is a custom field that shows how far an order is; empty: none.
	Field string
	// Statuses are ticket states by the state of the order; one that is not named changes nothing.
	Statuses map[string]string
	Every    time.Duration   // between two looks
	Nudge    <-chan struct{} // a look at once; nil: none
	Hook     http.Handler    // takes the desk's own webhooks at DeskHookPath; nil: none
}

// DeskHookPath is where a help desk tells that a ticket has changed, beside the API. What comes there has to be signed;
// a proxy in front may let this path through, and no other.
const DeskHookPath = "/hooks/helpdesk"

// readDesk reads tickets until the server stops. A desk that does not answer is asked again with growing pauses.
func (s *Server) readDesk(ctx context.Context) {
	const most = 5 * time.Minute
	h, pause := s.config.Helpdesk, time.Duration(0)
	for {
		more, err := s.lookAtDesk(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			pause = min(max(2*pause, h.Every), most)
			s.log.Warn("help desk", "error", err, "again", pause)
		case more:
			pause = 0
		default:
			pause = h.Every
		}
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		case <-h.Nudge:
			wait.Stop()
		}
	}
}

// lookAtDesk takes what was written since the last look. The first look ever takes nothing: what was written before
// Patchwart came has been dealt with by people. The cursor is kept once all of it is kept.
func (s *Server) lookAtDesk(ctx context.Context) (more bool, err error) {
	h := s.config.Helpdesk
	var position int64
	known := false
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		position, known, err = tx.DeskCursor(ctx, h.Name)
		return err
	}); err != nil {
		return false, err
	}
	if !known {
		now, err := h.Desk.Latest(ctx)
		if err != nil {
			return false, err
		}
		return false, s.keepCursor(ctx, now)
	}
	since := desk.Cursor(position)
	got, err := h.Desk.Changed(ctx, since)
	if err != nil {
		return false, err
	}
	for _, t := range got.Tickets {
		if err := s.takeTicket(ctx, t, since); err != nil {
			return false, fmt.Errorf("ticket %d: %w", t.ID, err)
		}
	}
	if got.Next == since {
		return got.More, nil
	}
	return got.More, s.keepCursor(ctx, got.Next)
}

func (s *Server) keepCursor(ctx context.Context, at desk.Cursor) error {
	return s.change(ctx, func(c *change) error { return c.SetDeskCursor(ctx, s.config.Helpdesk.Name, int64(at), c.at) })
}

// takeTicket takes what was written on a ticket. A ticket that cannot be read for a reason of its own must not keep
// all others waiting: it is left to people.
func (s *Server) takeTicket(ctx context.Context, t desk.Ticket, since desk.Cursor) error {
	h := s.config.Helpdesk
	list, err := h.Desk.Messages(ctx, t.ID, since)
	var busy interface{ Temporary() bool }
	switch code := fault.CodeOf(err); {
	case err == nil:
	case code == fault.NotFound: // moved away meanwhile, or merged
		return nil
	case errors.As(err, &busy) && busy.Temporary() || code != fault.Unavailable && code != fault.Invalid || ctx.Err() != nil:
		return err
	default:
		var f *fault.Error
		errors.As(err, &f)
		return s.leaveToPeople(ctx, intake.Message{Channel: intake.ChannelTicket, ID: h.ref(t.ID) + "/unreadable", Thread: h.ref(t.ID), Subject: t.Subject,
			Sender: intake.Sender{Standing: intake.None}, Received: t.Updated}, f.Text)
	}
	for _, m := range list {
		if err := s.takeMessage(ctx, t, m); err != nil {
			return err
		}
	}
	return nil
}

// takeMessage takes one message of somebody outside. What we, the desk and its staff write is no order.
func (s *Server) takeMessage(ctx context.Context, t desk.Ticket, m desk.Message) error {
	h := s.config.Helpdesk
	_, linked := h.Accounts[m.Author.Name]
	staff := m.Role == desk.Staff && (!linked || m.Way != desk.ByAccount)
	if m.Kind == desk.Internal || m.Role == desk.Own || m.Role == desk.System || staff {
		return nil
	}
	in := intake.Message{Channel: intake.ChannelTicket, ID: fmt.Sprintf("%s/%d", h.ref(t.ID), m.Transaction), Thread: h.ref(t.ID), First: m.Kind == desk.Opening,
		Text: m.Text, Received: m.At, Sender: intake.Sender{Address: strings.ToLower(m.Author.Address), Standing: intake.None}}
	known := false
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		_, known, err = tx.Ruling(ctx, messageID(in))
		return err
	}); err != nil || known {
		return err
	}
	if in.First {
		in.Subject = m.Subject
	}
	if m.Text == "" && m.HTML != "" {
		in.Text = mail.PlainText(m.HTML)
	}
	if m.TooLong {
		return s.leaveToPeople(ctx, in, lang.T("Die Nachricht ist zu lang, um gelesen zu werden.", "The message is too long to be read."))
	}
	h.judge(ctx, m, &in)
	_, err := s.Receive(ctx, in)
	return err
}

// judge says how far it is certain who wrote. A help desk takes a sender's word for the address, so its own "from the
// requestor" proves nothing. What does: an account that was signed in and is linked to a contact; the mail as it came,
// where the desk keeps it whole; the findings of the trusted mail server in the header that the desk keeps.
func (h *Helpdesk) judge(ctx context.Context, m desk.Message, in *intake.Message) {
	if m.Way == desk.ByAccount {
		if a, ok := h.Accounts[m.Author.Name]; ok {
			in.Sender = intake.Sender{Address: in.Sender.Address, Standing: intake.SignedIn, Customer: a.Customer, Contact: a.Contact}
		}
		return
	}
	if m.Way != desk.ByMail || m.Head == "" && m.Raw == nil {
		return
	}
	raw, how := m.Raw, mail.Reading{Trusted: h.Trusted, Whole: true, LookupTXT: h.LookupTXT}
	if raw == nil {
		raw, how = []byte(strings.TrimRight(m.Head, "\r\n")+"\n\n"), mail.Reading{Trusted: h.Trusted}
	}
	read, err := mail.Parse(ctx, raw, how)
	in.Automatic = read.Auto.Automatic()
	if err != nil || !strings.EqualFold(read.From.Address, m.Author.Address) {
		return // the desk has taken another address for the author's than the one that anything is proven about
	}
	in.Sender.Standing = standingOf(mail.Judge(read, h.Trusted).Standing)
}

// ref names a ticket: rt/17.
func (h *Helpdesk) ref(ticket int64) string { return fmt.Sprintf("%s/%d", h.Name, ticket) }

// leaveToPeople keeps a message that no program can read, for the service desk.
func (s *Server) leaveToPeople(ctx context.Context, m intake.Message, why lang.Text) error {
	return s.change(ctx, func(c *change) error {
		id := messageID(m)
		if _, known, err := c.Ruling(ctx, id); err != nil || known {
			return err
		}
		doc, err := json.Marshal(board.Message{ID: id, Message: m, SHA256: m.Digest(), Kept: c.at, Desk: why,
			Outcome: intake.Outcome{Kind: intake.KindNothing, Reasons: []intake.Reason{{Text: why}}, NoReply: why, Desk: why}})
		if err != nil {
			return err
		}
		st, err := c.AddRuling(ctx, store.Ruling{ID: id, Kind: store.RulingMessage, About: m.Thread, Given: c.at, Document: doc})
		c.wake()
		return c.put(ctx, st, err)
	})
}
