package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// Receive takes a customer's message: it is kept verbatim, read, and what it asks for is done in one
// transaction – an order placed, one withdrawn, a question asked back, the authorised contacts told. The same
// message received again changes nothing. What a machine cannot judge waits for the service desk.
func (s *Server) Receive(ctx context.Context, m intake.Message) (board.Message, error) {
	var out board.Message
	err := s.change(ctx, func(c *change) error {
		id := messageID(m)
		if have, ok, err := c.message(ctx, id); err != nil || ok {
			out = have
			return err
		}
		in, err := c.intake(ctx, m)
		if err != nil {
			return err
		}
		outcome := intake.Read(in)
		out = board.Message{ID: id, Message: m, SHA256: m.Digest(), Outcome: outcome, Kept: c.at}
		if out.Orders, out.Desk, err = c.follow(ctx, in.Estate, m, outcome); err != nil {
			return err
		}
		if err := c.answer(ctx, m, id, outcome, in.Estate); err != nil {
			return err
		}
		doc, err := json.Marshal(out)
		if err != nil {
			return err
		}
		st, err := c.AddRuling(ctx, store.Ruling{ID: id, Kind: store.RulingMessage, About: m.Thread, Given: c.at, Document: doc})
		c.wake()
		return c.put(ctx, st, err)
	})
	return out, err
}

// messageID names a message by its channel and its own ID: received again, it is known.
func messageID(m intake.Message) string {
	sum := sha256.Sum256([]byte(string(m.Channel) + "\n" + m.ID))
	return "m-" + hex.EncodeToString(sum[:12])
}

// mailID is messageID of a mail.
func mailID(id string) string {
	return messageID(intake.Message{Channel: intake.ChannelMail, ID: id})
}

func replySubject(subject string) string {
	if subject == "" {
		return "Ihre Nachricht / your message"
	}
	if len(subject) >= 3 && strings.EqualFold(subject[:3], "re:") {
		return subject
	}
	return "Re: " + subject
}

func (c *change) message(ctx context.Context, id string) (board.Message, bool, error) {
	m, _, ok, err := document[board.Message](ctx, c.Tx, store.RulingMessage, id)
	return m, ok, err
}

// intake gathers what a message is judged on.
func (c *change) intake(ctx context.Context, m intake.Message) (intake.Input, error) {
	in := intake.Input{Message: m, Packages: map[string][]string{}, Zones: c.server.zones}
	var err error
	if in.Estate, err = c.Estate(ctx); err != nil {
		return in, err
	}
	subjects := map[string]subject{}
	for _, sys := range in.Estate.Systems {
		held, ok := in.Estate.Held(sys.Name)
		if !ok || !writesFor(held.Customer, m.Sender) {
			continue
		}
		sub, err := c.server.subject(ctx, c.Tx, in.Estate, sys.Name)
		if err != nil {
			return in, err
		}
		subjects[sys.Name] = sub
		if sub.facts != nil {
			in.Packages[sys.Name] = namesOn(*sub.facts)
		}
		for _, o := range sub.orders {
			open, err := c.openOrder(ctx, o)
			if err != nil {
				return in, err
			}
			if open.ID != "" {
				in.Orders = append(in.Orders, open)
			}
		}
	}
	in.Decide = func(system string, class policy.ChangeClass) policy.Decision {
		sub := subjects[system]
		return policy.Decide(sub.version, finding.Facets(sub.held, finding.Finding{Layer: policy.LayerOS, Class: class, Origin: policy.OriginStandard}))
	}
	if in.Asked, err = c.openQuestions(ctx, m.Thread); err != nil {
		return in, err
	}
	agreements, err := c.openAgreements(ctx, in.Orders, m.Thread)
	in.Asked = append(in.Asked, agreements...)
	return in, err
}

// namesOn are the names that a package on a host goes by: binary packages and the sources that they are built from.
func namesOn(f fact.Facts) []string {
	var names []string
	for _, p := range f.Packages {
		names = append(names, p.Name, p.Source)
	}
	for _, p := range f.Pending {
		if p.Installed != "" {
			names = append(names, p.Name, p.Source)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}

// writesFor reports whether a sender is one of the customer's contacts, as far as the address says.
func writesFor(customer estate.Customer, s intake.Sender) bool {
	if s.Standing == intake.SignedIn {
		return s.Customer == customer.ID
	}
	return slices.ContainsFunc(customer.Contacts, func(c estate.Contact) bool { return strings.EqualFold(c.Email, s.Address) })
}

// openOrder is an order that is not over, with the thread it was given in; its zero value for one that is over.
func (c *change) openOrder(ctx context.Context, o mandate.Order) (intake.Open, error) {
	_, pursuit, err := pursued(ctx, c.Tx, o)
	if err != nil {
		return intake.Open{}, err
	}
	state := mandate.StateOf(o, pursuit)
	if state.Over() {
		return intake.Open{}, nil
	}
	open := intake.Open{ID: o.ID, System: o.System, State: state}
	if id, found := strings.CutPrefix(o.Channel, mailChannel); found {
		if m, ok, err := c.message(ctx, mailID(id)); err != nil {
			return open, err
		} else if ok {
			open.Thread, open.Message = m.Message.Thread, m.Message.ID
		}
	} else if ticket := c.server.config.Helpdesk.ticketOf(o.Channel); ticket != "" {
		open.Thread, open.Message = ticket, strings.TrimPrefix(o.Channel, ticketChannel)
	}
	return open, nil
}

// mailChannel begins the channel of an order that came by mail; the message's ID follows.
const mailChannel = "Mail "

// openQuestions are our questions in a thread that the newest message did not answer.
func (c *change) openQuestions(ctx context.Context, thread string) ([]intake.Asked, error) {
	if thread == "" {
		return nil, nil
	}
	// Only what was asked last is open.
	last, err := documents[board.Message](c.RulingsAbout(ctx, store.RulingMessage, thread, 1))
	if err != nil || len(last) == 0 || last[0].Outcome.Question == nil {
		return nil, err
	}
	q := last[0].Outcome.Question
	return []intake.Asked{{ID: last[0].ID, Kind: intake.AskedClarity, Thread: thread, Customer: q.Customer, Contact: q.Contact, Draft: q.Draft}}, nil
}

// follow does what an outcome asks for. What it returns for the desk is what people have to do.
func (c *change) follow(ctx context.Context, e estate.Estate, m intake.Message, o intake.Outcome) (orders []string, desk lang.Text, err error) {
	desk = o.Desk
	switch o.Kind {
	case intake.KindOrder:
		return c.placeAll(ctx, e, m, *o.Order)
	case intake.KindWithdrawal:
		for _, id := range o.Withdrawal.Orders {
			if err := c.withdrawOne(ctx, id, mandate.Withdrawal{Contact: o.Withdrawal.Contact, Channel: channelOf(m), Text: m.Verbatim(), At: c.at}); err != nil {
				return nil, desk, err
			}
		}
		return o.Withdrawal.Orders, desk, nil
	case intake.KindUnauthorised:
		for _, n := range o.Unauthorised.Notices {
			at := slices.IndexFunc(e.Systems, func(sys estate.System) bool {
				held, ok := e.Held(sys.Name)
				return ok && held.Customer.ID == n.Customer
			})
			if at < 0 {
				continue
			}
			for _, contact := range n.Contacts {
				if err := c.tell(ctx, e.Systems[at].Name, noticeUnauthorised, messageID(m), contact, n.Text); err != nil {
					return nil, desk, err
				}
			}
		}
	case intake.KindAnswer:
		return c.followAnswer(ctx, e, m, *o.Answer)
	case intake.KindQuestion, intake.KindRefusal, intake.KindNothing:
	}
	return nil, desk, nil
}

// noticeUnauthorised tells a customer's contacts of a message that was not acted on (S2).
const noticeUnauthorised = "unauthorised"

func channelOf(m intake.Message) string {
	switch m.Channel {
	case intake.ChannelMail:
		return mailChannel + m.ID
	case intake.ChannelTicket:
		return ticketChannel + m.ID
	case intake.ChannelConsole, intake.ChannelAPI:
	}
	return string(m.Channel) + " " + m.ID
}

// withdrawOne takes an order back, with the run that was planned on it.
func (c *change) withdrawOne(ctx context.Context, id string, w mandate.Withdrawal) error {
	o, ok, err := c.Order(ctx, id)
	if err != nil || !ok {
		return err
	}
	r, pursuit, err := pursued(ctx, c.Tx, o)
	if err != nil {
		return err
	}
	st, err := c.WithdrawOrder(ctx, id, w)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	if !pursuit.Planned {
		return nil
	}
	if err := c.endHere(ctx, r, verdict.Deferred, "withdrawn", lang.Textf("Der Auftrag %[1]s wurde zurückgezogen.", "Order %[1]s was withdrawn.", id)); err != nil {
		return err
	}
	return c.enqueue(ctx, jobPlan, o.System, c.at)
}

// Messages lists the newest messages, those that wait for the service desk first.
func (s *Server) Messages(ctx context.Context) ([]board.Message, error) {
	var out []board.Message
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = documents[board.Message](tx.NewestRulings(ctx, store.RulingMessage, mostOrders))
		return err
	})
	slices.SortStableFunc(out, func(a, b board.Message) int { return cmp.Compare(deskRank(a), deskRank(b)) })
	return out, err
}

// deskLooksBack is how many of the newest messages the start page looks at.
const deskLooksBack = 200

// deskCount counts the messages that wait for the service desk.
func deskCount(ctx context.Context, tx *store.Tx) (n int, err error) {
	list, err := documents[board.Message](tx.NewestRulings(ctx, store.RulingMessage, deskLooksBack))
	for _, m := range list {
		n += 1 - deskRank(m)
	}
	return n, err
}

func deskRank(m board.Message) int {
	if m.Desk.IsZero() || !m.Done.IsZero() {
		return 1
	}
	return 0
}

// SettleMessage notes that somebody at the service desk has dealt with a message.
func (s *Server) SettleMessage(ctx context.Context, id, by string) (board.Message, error) {
	var out board.Message
	err := s.change(ctx, func(c *change) (err error) {
		c.wake()
		out, err = amend(ctx, c, store.RulingMessage, id, fault.Missing("Die Nachricht", "message", id), func(m *board.Message) error {
			switch {
			case strings.TrimSpace(by) == "":
				return fault.New(fault.Invalid, lang.T("Es fehlt, wer sich darum gekümmert hat.", "It does not say who has dealt with it."), lang.Text{})
			case !m.Done.IsZero():
				return fault.New(fault.Conflict, lang.Textf("Um diese Nachricht hat sich %[1]s gekümmert.", "%[1]s has dealt with this message.", m.DoneBy), lang.Text{})
			}
			m.DoneBy, m.Done = strings.TrimSpace(by), c.at
			return nil
		})
		return err
	})
	return out, err
}
