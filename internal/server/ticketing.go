package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/store"
)

// ticketChannel begins the channel of an order that stands on a ticket; the ticket's name follows, and the message's
// number where it is known: "Ticket rt/17/123".
const ticketChannel = "Ticket "

// ticketOf is the ticket of our help desk that a channel names; empty when it names none.
func (h *Helpdesk) ticketOf(channel string) string {
	rest, ok := strings.CutPrefix(channel, ticketChannel)
	if h == nil || !ok {
		return ""
	}
	parts := strings.Split(rest, "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] != h.Name {
		return ""
	}
	if n, err := strconv.ParseInt(parts[1], 10, 64); err != nil || n <= 0 {
		return ""
	}
	return parts[0] + "/" + parts[1]
}

// The states of an order as a ticket shows them.
const (
	shownQuestion  = "question"
	shownRefused   = "refused"
	shownAccepted  = "accepted"
	shownScheduled = "scheduled"
	shownRunning   = "running"
	shownDone      = "done"
	shownRestored  = "restored"
	shownUnsettled = "unsettled"
	shownWithdrawn = "withdrawn"
)

// DeskStates are the states that ticket states can be named for.
var DeskStates = []string{shownQuestion, shownRefused, shownAccepted, shownScheduled, shownRunning, shownDone, shownRestored, shownUnsettled, shownWithdrawn}

// shownOf is what the answer to a message says about the order.
func shownOf(o intake.Outcome) string {
	switch o.Kind {
	case intake.KindOrder:
		return shownAccepted
	case intake.KindQuestion:
		return shownQuestion
	case intake.KindRefusal:
		return shownRefused
	case intake.KindWithdrawal:
		return shownWithdrawn
	case intake.KindUnauthorised, intake.KindAnswer, intake.KindNothing:
	}
	return ""
}

// answer puts the reply to a message on its way: into the ticket, or by mail.
func (c *change) answer(ctx context.Context, m intake.Message, id string, o intake.Outcome, e estate.Estate) error {
	text := o.Plain()
	if text == "" {
		return nil
	}
	if m.Channel != intake.ChannelTicket {
		if m.Sender.Address == "" {
			return nil
		}
		return c.post(ctx, board.Letter{ID: "reply-" + id, To: m.Sender.Address, Subject: replySubject(m.Subject), Text: text, InReplyTo: m.ID, Thread: m.Thread})
	}
	l := board.Letter{ID: "reply-" + id, To: m.Thread, Ticket: m.Thread, Subject: replySubject(m.Subject), Text: text, State: shownOf(o)}
	if o.Kind != intake.KindUnauthorised { // the answer to strangers tells nothing
		l.Customer = customerOf(e, m.Sender)
	}
	return c.post(ctx, l)
}

// customerOf is the customer whose contact a sender is; "-" for nobody's.
func customerOf(e estate.Estate, from intake.Sender) string {
	for _, customer := range e.Customers {
		if writesFor(customer, from) {
			return customer.ID
		}
	}
	return "-"
}

// mirror tells the ticket of an order how it stands.
func (c *change) mirror(ctx context.Context, o mandate.Order, key, state string, text lang.Text) error {
	ticket := c.server.config.Helpdesk.ticketOf(o.Channel)
	if ticket == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(key + "\n" + ticket))
	return c.post(ctx, board.Letter{ID: "state-" + hex.EncodeToString(sum[:12]), To: ticket, Ticket: ticket, Customer: o.Customer, State: state, Subject: "[" + o.System + "] " + headline(text.DE),
		Text: text.DE + "\n\n* * *\n\n" + text.EN})
}

// errWait is a letter whose turn has not come.
var errWait = errors.New("an earlier message on this ticket has not gone out")

// sendToTicket writes a letter on its ticket, and shows the state where that is set up. Letters go out in the order in
// which they were written; what is outdated changes no state.
func (s *Server) sendToTicket(ctx context.Context, l board.Letter) (permanent bool, err error) {
	h := s.config.Helpdesk
	if h == nil || h.ticketOf(ticketChannel+l.Ticket) != l.Ticket {
		return true, fault.New(fault.Unavailable, lang.Textf("Der Helpdesk des Tickets %[1]s ist nicht eingerichtet.", "The help desk of ticket %[1]s is not set up.", l.Ticket), lang.Text{})
	}
	id, _ := strconv.ParseInt(l.Ticket[strings.IndexByte(l.Ticket, '/')+1:], 10, 64)
	var e estate.Estate
	latest := true
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		if e, err = tx.Estate(ctx); err != nil {
			return err
		}
		others, err := documents[board.Letter](tx.RulingsAbout(ctx, store.RulingLetter, l.To, 200))
		for _, o := range others {
			switch older := o.Queued.Before(l.Queued); {
			case o.ID == l.ID:
			case older && o.Sent.IsZero() && o.Failed.IsZero():
				return errWait
			case !older && o.Queued.After(l.Queued) && o.State != "":
				latest = false
			}
		}
		return err
	}); err != nil {
		return false, err
	}
	if err := s.writeOn(ctx, id, l, e); err != nil {
		return lasting(err), err
	}
	if l.State == "" || !latest {
		return false, nil
	}
	if h.Field != "" {
		if err := h.Desk.SetField(ctx, id, h.Field, shownText(l.State).DE); err != nil {
			return lasting(err), err
		}
	}
	if status := h.Statuses[l.State]; status != "" {
		if err := h.Desk.SetStatus(ctx, id, status); err != nil {
			return lasting(err), err
		}
	}
	return false, nil
}

// writeOn replies to the requestors if all of them are contacts of the customer whom it is about. Else it is a comment
// for the staff: a stranger who opened a ticket must not learn what a customer was told on it.
func (s *Server) writeOn(ctx context.Context, id int64, l board.Letter, e estate.Estate) error {
	h := s.config.Helpdesk
	if l.Customer != "" {
		t, err := h.Desk.Ticket(ctx, id)
		if err != nil {
			return err
		}
		customer, _ := e.Customer(l.Customer)
		theirs := func(p desk.Person) bool {
			if a, ok := h.Accounts[p.Name]; ok && a.Customer == l.Customer {
				return true
			}
			return p.Address != "" && slices.ContainsFunc(customer.Contacts, func(c estate.Contact) bool { return strings.EqualFold(c.Email, p.Address) })
		}
		if len(t.Requestors) == 0 || slices.ContainsFunc(t.Requestors, func(p desk.Person) bool { return !theirs(p) }) {
			_, err := h.Desk.Comment(ctx, id, l.ID, "Nicht an die Anfragenden gesendet: Nicht alle sind Ansprechpersonen des Kunden.\nNot sent to the requestors: not all of them are the customer's contacts.\n\n"+l.Text)
			return err
		}
	}
	_, err := h.Desk.Reply(ctx, id, l.ID, l.Text)
	return err
}

// lasting reports whether another try cannot help.
func lasting(err error) bool {
	switch fault.CodeOf(err) {
	case fault.NotFound, fault.Refused, fault.Invalid:
		return true
	default:
		return false
	}
}

// shownText is a state in words.
func shownText(state string) lang.Text {
	switch state {
	case shownQuestion:
		return lang.T("Rückfrage", "question")
	case shownRefused:
		return lang.T("abgelehnt", "refused")
	case shownAccepted:
		return lang.T("angenommen", "accepted")
	case shownScheduled:
		return lang.T("eingeplant", "scheduled")
	case shownRunning:
		return lang.T("läuft", "running")
	case shownDone:
		return lang.T("erledigt", "done")
	case shownRestored:
		return lang.T("vorheriger Zustand wiederhergestellt", "previous state restored")
	case shownWithdrawn:
		return lang.T("zurückgezogen", "withdrawn")
	}
	return lang.T("ungeklärt", "unsettled")
}

// waitTurn is how soon a letter is looked at again whose turn has not come.
const waitTurn = 5 * time.Second
