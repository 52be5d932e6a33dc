package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// The events that subscribers can ask for.
const (
	EventOrderAccepted  = "order.accepted"
	EventOrderRefused   = "order.refused"
	EventOrderWithdrawn = "order.withdrawn"
	EventRunPlanned     = "run.planned"
	EventRunMoved       = "run.moved"
	EventRunBegun       = "run.begun"
	EventRunEnded       = "run.ended"
	EventClockOverdue   = "clock.overdue"
)

// Events are all of them.
var Events = []string{EventOrderAccepted, EventOrderRefused, EventOrderWithdrawn, EventRunPlanned, EventRunMoved, EventRunBegun, EventRunEnded, EventClockOverdue}

// observe looks at what a transaction states and tells those who want to know, in the same transaction: an event is
// kept if and only if what it tells of is.
func (c *change) observe(ctx context.Context, list []store.Statement) error {
	if c.server.config.Helpdesk == nil && len(c.server.config.Hooks) == 0 {
		return nil
	}
	for _, st := range list {
		var err error
		switch st.Kind {
		case store.KindRun:
			err = c.runChanged(ctx, st.Subject)
		case store.KindOrder:
			err = c.orderChanged(ctx, st.Subject)
		case store.KindRuling:
			err = c.messageKept(ctx, st.Subject)
		case store.KindClock:
			err = c.clockChanged(ctx, st.Subject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// happen keeps an event once and queues it for its subscribers; false when it is known.
func (c *change) happen(ctx context.Context, event, about, key string, data any) (bool, error) {
	doc, err := json.Marshal(data)
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256([]byte(event + "\n" + key))
	h := store.Happening{ID: "h-" + hex.EncodeToString(sum[:12]), Event: event, About: about, At: c.at, Document: doc}
	fresh, err := c.AddHappening(ctx, h)
	if err != nil || !fresh {
		return false, err
	}
	return true, c.queueHooks(ctx, h)
}

// runNews is what is told of a run.
type runNews struct {
	Run      string          `json:"run"`
	System   string          `json:"system"`
	Customer string          `json:"customer"`
	Ground   string          `json:"ground"`
	Slot     window.Interval `json:"slot"`
	Zone     string          `json:"zone"`
	Outcome  verdict.Outcome `json:"outcome,omitempty"`
	Sentence lang.Text       `json:"sentence"`
}

func (c *change) runChanged(ctx context.Context, id string) error {
	r, ok, err := c.Run(ctx, id)
	if err != nil || !ok {
		return err
	}
	news := runNews{Run: r.ID, System: r.System, Customer: r.Customer, Ground: r.Ground, Slot: r.Slot, Zone: r.Zone, Outcome: r.Outcome, Sentence: r.Sentence}
	slot := strconv.FormatInt(r.Slot.From.Unix(), 10)
	tell := func(event, key, state string, text lang.Text) error {
		fresh, err := c.happen(ctx, event, r.ID, key, news)
		if err != nil || !fresh {
			return err
		}
		return c.tellTickets(ctx, r, event+"-"+key, state, text)
	}
	at := invitation(r.Slot, r.Zone, c.server.zones)
	if r.Stage == board.Planned {
		first, err := c.happen(ctx, EventRunPlanned, r.ID, r.ID, news)
		if err != nil {
			return err
		}
		// The slot of a run that is new is no move; one that it has had before neither.
		another, err := c.AddHappening(ctx, store.Happening{ID: "slot-" + r.ID + "-" + slot, Event: "slot", About: r.ID, At: c.at, Document: []byte("{}")})
		switch {
		case err != nil:
			return err
		case first:
			return c.tellTickets(ctx, r, EventRunPlanned+"-"+r.ID, shownScheduled, lang.Textf("%[1]s: Ihr Auftrag ist eingeplant für %[2]s.", "%[1]s: your order is scheduled for %[3]s.", r.System, at.DE, at.EN))
		case another:
			return tell(EventRunMoved, r.ID+"-"+slot, shownScheduled, lang.Textf("%[1]s: Der Termin hat sich geändert. Neu ist %[2]s. %[4]s", "%[1]s: the appointment has changed. It is now %[3]s. %[5]s", r.System, at.DE, at.EN, r.Sentence.DE, r.Sentence.EN))
		}
		return nil
	}
	if !r.State.Begun.IsZero() {
		if err := tell(EventRunBegun, r.ID, shownRunning, lang.Textf("%[1]s: Die Arbeiten haben begonnen.", "%[1]s: work has begun.", r.System)); err != nil {
			return err
		}
	}
	if r.Stage != board.Over {
		return nil
	}
	state := shownUnsettled
	switch r.Outcome {
	case verdict.Succeeded:
		state = shownDone
	case verdict.Restored:
		state = shownRestored
	default:
	}
	return tell(EventRunEnded, r.ID, state, r.Sentence)
}

// tellTickets tells the tickets of the orders that a run rests on.
func (c *change) tellTickets(ctx context.Context, r store.Run, key, state string, text lang.Text) error {
	if c.server.config.Helpdesk == nil {
		return nil
	}
	list, err := c.Orders(ctx, r.System)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Used != r.ID && (o.Used != "" || r.Ground != mandate.GroundName(mandate.ByOrder, o.ID)) || o.Withdrawn {
			continue
		}
		if err := c.mirror(ctx, o, key, state, text); err != nil {
			return err
		}
	}
	return nil
}

// orderNews is what is told of an order. What the customer wrote is not: it is between them and their hoster.
type orderNews struct {
	Order    string    `json:"order,omitempty"`
	Message  string    `json:"message,omitempty"`
	System   string    `json:"system,omitempty"`
	Customer string    `json:"customer,omitempty"`
	Contact  string    `json:"contact,omitempty"`
	Channel  string    `json:"channel"`
	Scope    string    `json:"scope,omitempty"`
	Reason   lang.Text `json:"reason,omitzero"`
	Rule     string    `json:"rule,omitempty"`
}

func (c *change) orderChanged(ctx context.Context, id string) error {
	o, ok, err := c.Order(ctx, id)
	if err != nil || !ok {
		return err
	}
	news := orderNews{Order: o.ID, System: o.System, Customer: o.Customer, Contact: o.Contact, Channel: o.Channel, Scope: string(o.Scope)}
	if !o.Withdrawn {
		_, err := c.happen(ctx, EventOrderAccepted, o.ID, o.ID, news)
		return err
	}
	fresh, err := c.happen(ctx, EventOrderWithdrawn, o.ID, o.ID, news)
	if err != nil || !fresh {
		return err
	}
	if h := c.server.config.Helpdesk; o.Withdrawal != nil && h.ticketOf(o.Withdrawal.Channel) != "" && h.ticketOf(o.Withdrawal.Channel) == h.ticketOf(o.Channel) {
		return nil // who withdrew it there has the answer there
	}
	return c.mirror(ctx, o, EventOrderWithdrawn+"-"+o.ID, shownWithdrawn, lang.Textf("%[1]s: Der Auftrag %[2]s ist zurückgezogen; nichts wird getan.", "%[1]s: order %[2]s is withdrawn; nothing is done.", o.System, o.ID))
}

// messageKept tells of a request that the policy refuses.
func (c *change) messageKept(ctx context.Context, id string) error {
	m, ok, err := c.message(ctx, id)
	if err != nil || !ok || m.Outcome.Kind != intake.KindRefusal {
		return err
	}
	news := orderNews{Message: m.ID, Channel: channelOf(m.Message)}
	if len(m.Outcome.Reasons) > 0 {
		news.Reason, news.Rule = m.Outcome.Reasons[0].Text, m.Outcome.Reasons[0].Rule
	}
	_, err = c.happen(ctx, EventOrderRefused, m.ID, m.ID, news)
	return err
}

// clockNews is what is told of a critical hole that was not closed in time.
type clockNews struct {
	System   string    `json:"system"`
	Source   string    `json:"source"`
	CVE      string    `json:"cve"`
	Known    time.Time `json:"known"`
	Deadline time.Time `json:"deadline"`
}

// clockChanged tells of a clock that is overdue, once for each deadline.
func (c *change) clockChanged(ctx context.Context, subject string) error {
	parts := strings.Split(subject, "/")
	if len(parts) != 3 {
		return nil
	}
	one, ok, err := c.Clock(ctx, parts[0], parts[1], parts[2])
	if err != nil || !ok {
		return err
	}
	p, err := paperOf(one)
	if err != nil {
		return err
	}
	state := clock.State(c.at, p.Times, p.Duty)
	if !state.Overdue {
		return nil
	}
	_, err = c.happen(ctx, EventClockOverdue, one.System, subject+"\n"+strconv.FormatInt(state.Deadline.Unix(), 10),
		clockNews{System: one.System, Source: one.Source, CVE: one.CVE, Known: one.Known, Deadline: state.Deadline})
	return err
}

// weekdays as people write them.
var weekdays = lang.T("So,Mo,Di,Mi,Do,Fr,Sa", "Sun,Mon,Tue,Wed,Thu,Fri,Sat")

// appointment is a slot in words, in the window's zone.
func invitation(slot window.Interval, zone string, zones window.Zones) lang.Text {
	if zone == "" {
		zone = hostersZone
	}
	at, err := zones(zone)
	if err != nil {
		at, zone = time.UTC, "UTC"
	}
	from, to := slot.From.In(at), slot.To.In(at)
	day := func(l string) string { return slices.Clone(strings.Split(l, ","))[from.Weekday()] }
	return lang.Text{
		DE: day(weekdays.DE) + ", " + from.Format("02.01.2006, 15:04") + " bis " + to.Format("15:04") + " Uhr (" + zone + ")",
		EN: day(weekdays.EN) + ", " + from.Format("2006-01-02, 15:04") + " to " + to.Format("15:04") + " (" + zone + ")",
	}
}
