package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// standingPaper is what is kept of what was said about single dates of a standing order, in order.
type standingPaper struct {
	Order string                 `json:"order"`
	Said  []board.StandingChange `json:"said"`
}

const noticeStanding = "standing" // a date of a standing order is moved, left out, paused

func standingID(contract, order string) string { return "standing-" + contract + "-" + order }

// standingOrder is the contract's standing order together with what was said since the estate was stated. What
// does not fit any more, because the estate states another rule now, is left out.
func (s *Server) standingOrder(ctx context.Context, tx *store.Tx, c estate.Contract, w estate.Window) (*estate.StandingOrder, error) {
	if c.StandingOrder == nil {
		return nil, nil
	}
	paper, err := standingSaid(ctx, tx, standingID(c.ID, c.StandingOrder.ID))
	if err != nil || paper.Said == nil {
		return c.StandingOrder, err
	}
	return said(*c.StandingOrder, paper.Said, w, s.zones), nil
}

// standingSaid is what was said about a standing order; empty when nothing was.
func standingSaid(ctx context.Context, tx *store.Tx, id string) (paper standingPaper, err error) {
	row, ok, err := tx.Standing(ctx, id)
	if err != nil || !ok {
		return paper, err
	}
	err = json.Unmarshal(row.Document, &paper)
	return paper, err
}

// said lays what was said over a standing order.
func said(o estate.StandingOrder, list []board.StandingChange, w estate.Window, zones window.Zones) *estate.StandingOrder {
	rule, err := o.Recurs(w, zones)
	if err != nil { // it never recurs; those who ask when are told
		return &o
	}
	for i, q := range list {
		if q.Kind == board.StandingPause {
			for _, r := range list[i+1:] {
				if r.Kind == board.StandingResume {
					q.Until = earliestEnd(q.Until, wall.DayOf(r.At.In(rule.Zone())).Add(-1))
					break
				}
			}
			if !q.Until.IsZero() && q.Until.Before(q.From) {
				continue // it was taken back before it began
			}
		}
		if next, err := change1(rule, q); err == nil {
			rule = next
		}
	}
	kept := rule.Stated()
	o.Moved, o.LeftOut, o.Pauses = kept.Moved, kept.LeftOut, kept.Pauses
	return &o
}

func earliestEnd(until, other wall.Day) wall.Day {
	if until.IsZero() || other.Before(until) {
		return other
	}
	return until
}

// change1 applies one of what was said to a rule. Resuming is no change of its own: it shortens the pause.
func change1(rule recurrence.Rule, q board.StandingChange) (recurrence.Rule, error) {
	n := recurrence.Notice{By: q.By, At: q.At, Reason: q.Reason}
	switch q.Kind {
	case board.StandingMove:
		return rule.Move(q.Day, q.To, n)
	case board.StandingLeaveOut:
		return rule.LeaveOut(q.Day, n)
	case board.StandingPause:
		return rule.Pause(q.From, q.Until, n)
	case board.StandingResume:
		return rule, nil
	}
	return rule, fault.New(fault.Invalid, lang.Textf("„%[1]s“ lässt sich über einen Dauerauftrag nicht sagen.", `"%[1]s" cannot be said about a standing order.`, string(q.Kind)),
		lang.T("Möglich sind move, leave_out, pause, resume.", "Possible are move, leave_out, pause, resume."))
}

// ChangeStandingOrder moves or leaves out a date of a contract's standing order, pauses or resumes it (story K2).
// The customer's contact is told, and what was planned on it meanwhile is planned anew where it is not due now.
func (s *Server) ChangeStandingOrder(ctx context.Context, q board.StandingChange) (board.StandingOrder, error) {
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		held, err := standingHeld(e, q.Contract)
		if err != nil {
			return err
		}
		q.By, q.Reason, q.At = strings.TrimSpace(q.By), strings.TrimSpace(q.Reason), c.at
		stated := *held.Contract.StandingOrder
		id := standingID(held.Contract.ID, stated.ID)
		paper, row, known, err := document[standingPaper](ctx, c.Tx, store.RulingStanding, id)
		if err != nil {
			return err
		}
		if err := maySay(held, paper, q); err != nil {
			return err
		}
		current := said(stated, paper.Said, held.Window, s.zones)
		rule, err := current.Recurs(held.Window, s.zones)
		if err != nil {
			return err
		}
		if q.Kind == board.StandingPause && q.From.IsZero() {
			q.From = wall.DayOf(c.at.In(rule.Zone()))
		}
		if q.Kind == board.StandingResume && !pausedFrom(*current, wall.DayOf(c.at.In(rule.Zone()))) {
			return fault.New(fault.Conflict, lang.Textf("Der Dauerauftrag %[1]s ist nicht ausgesetzt.", "Standing order %[1]s is not paused.", stated.ID),
				lang.T("Steht paused im Bestand, dann ist es dort zu ändern.", "Where the estate states paused, it has to be changed there."))
		}
		if _, err := change1(rule, q); err != nil {
			return err
		}
		paper.Order, paper.Said = stated.ID, append(paper.Said, q)
		if len(paper.Said) > recurrence.MaxChanges {
			return fault.New(fault.Conflict, lang.T("Zu diesem Dauerauftrag ist zu viel gesagt; bitte den Bestand neu fassen.", "Too much was said about this standing order; please state the estate anew."), lang.Text{})
		}
		if known {
			err = c.rewrite(ctx, row, paper)
		} else {
			err = c.addStanding(ctx, id, held.Contract.ID, paper)
		}
		if err != nil {
			return err
		}
		c.wake()
		return c.standingChanged(ctx, e, held, q)
	})
	if err != nil {
		return board.StandingOrder{}, err
	}
	return s.StandingOrder(ctx, q.Contract)
}

func (c *change) addStanding(ctx context.Context, id, contract string, paper standingPaper) error {
	doc, err := json.Marshal(paper)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: id, Kind: store.RulingStanding, About: contract, Given: c.at, Document: doc})
	return c.put(ctx, st, err)
}

// pausedFrom reports whether the order is paused on a day or later.
func pausedFrom(o estate.StandingOrder, day wall.Day) bool {
	return slices.ContainsFunc(o.Pauses, func(p recurrence.Pause) bool { return p.Until.IsZero() || !p.Until.Before(day) })
}

// maySay refuses what somebody may not say: a contact without the authority to order, and the provider where he
// would act against a pause that the customer wants (MH2-09).
func maySay(held estate.Held, paper standingPaper, q board.StandingChange) error {
	contact, known := held.Customer.Contact(q.By)
	switch {
	case q.By == "" || q.Reason == "":
		return fault.New(fault.Invalid, lang.T("Es fehlt, wer das sagt, oder warum.", "It does not say who says so, or why."), lang.Text{})
	case q.As == board.ByContact && (!known || !contact.May(estate.AuthorityOrder)):
		return fault.New(fault.Refused, lang.Textf("%[1]s ist kein Ansprechpartner, der das bestimmen darf.", "%[1]s is no contact who may decide that.", q.By),
			lang.T("Gefragt ist jemand mit der Berechtigung order.", "Somebody with the authority order is asked for."))
	case q.As != board.ByContact && q.As != board.ByProvider:
		return fault.New(fault.Invalid, lang.T("Es fehlt, in wessen Namen: contact oder provider.", "It does not say in whose name: contact or provider."), lang.Text{})
	case q.Kind == board.StandingResume && q.As == board.ByProvider:
		for _, p := range slices.Backward(paper.Said) {
			if p.Kind == board.StandingPause && p.As == board.ByContact {
				f := fault.New(fault.Refused, lang.Textf("Ausgesetzt hat der Kunde (%[1]s); nur er kann es wieder aufnehmen lassen.", "The customer paused it (%[1]s); only he can have it resumed.", p.By),
					lang.T("Gefragt ist jemand mit der Berechtigung order.", "Somebody with the authority order is asked for."))
				f.Rule = "MH2-09"
				return f
			}
			if p.Kind == board.StandingPause {
				break
			}
		}
	}
	return nil
}

// standingHeld is a contract with a standing order, with customer and window, as though it had one system.
func standingHeld(e estate.Estate, contract string) (estate.Held, error) {
	k, ok := e.Contract(contract)
	if !ok {
		return estate.Held{}, fault.Missing("Den Vertrag", "contract", contract)
	}
	if k.StandingOrder == nil {
		return estate.Held{}, fault.New(fault.NotFound, lang.Textf("Zum Vertrag %[1]s gibt es keinen Dauerauftrag.", "Contract %[1]s has no standing order.", contract),
			lang.T("Daueraufträge stehen im Bestand: docs/estate.md.", "Standing orders are stated in the estate: docs/estate.md."))
	}
	customer, _ := e.Customer(k.Customer)
	w, _ := e.Window(k.Window)
	return estate.Held{Contract: k, Customer: customer, Window: w}, nil
}

// standingChanged tells the customer, once for the contract, and ends what is planned on the order and is not due
// by it any more; planning follows.
func (c *change) standingChanged(ctx context.Context, e estate.Estate, held estate.Held, q board.StandingChange) error {
	order, err := c.server.standingOrder(ctx, c.Tx, held.Contract, held.Window)
	if err != nil {
		return err
	}
	days, err := cadence.Of(order, held.Window, c.server.zones, c.at)
	if err != nil {
		return err
	}
	first := true
	for _, sys := range e.Systems {
		if sys.Contract != held.Contract.ID {
			continue
		}
		if first {
			first = false
			if err := c.tell(ctx, sys.Name, noticeStanding, held.Contract.ID+c.at.String(), recipient(clock.Customer, held), standingText(order.ID, q)); err != nil {
				return err
			}
		}
		if err := c.giveUpEarly(ctx, sys.Name, order, days); err != nil {
			return err
		}
		if err := c.enqueue(ctx, jobPlan, sys.Name, c.at); err != nil {
			return err
		}
	}
	return nil
}

// giveUpEarly ends the planned run of a system on a standing order that is not due, or is paused.
func (c *change) giveUpEarly(ctx context.Context, system string, order *estate.StandingOrder, days *cadence.Dates) error {
	r, busy, err := c.ActiveRun(ctx, system)
	if err != nil || !busy || r.Stage != board.Planned || r.Ground != string(mandate.ByStandingOrder)+" "+order.ID {
		return err
	}
	past, err := c.Runs(ctx, board.RunFilter{System: system, Limit: 50})
	if err != nil {
		return err
	}
	if days.Owed(pastOf(past), time.Time{}, c.at).Due && !order.PausedOn(wall.DayOf(c.at.In(days.Rule.Zone()))) {
		return nil
	}
	return c.endHere(ctx, r, verdict.Deferred, "date_changed", lang.Textf(
		"Der Dauerauftrag %[1]s ist jetzt nicht fällig: Ein Termin wurde geändert.", "Standing order %[1]s is not due now: a date was changed.", order.ID))
}

// standingText says what was said, in one sentence.
func standingText(order string, q board.StandingChange) lang.Text {
	who := lang.Textf("%[1]s (%[2]s)", "%[1]s (%[3]s)", q.By, sideDE(q.As), string(q.As))
	reason := strings.TrimRight(q.Reason, ".")
	day := func(d wall.Day) lang.Text {
		t := d.In(time.UTC)
		return lang.T(lang.Date(t, lang.DE), lang.Date(t, lang.EN))
	}
	switch q.Kind {
	case board.StandingMove:
		to := q.To.In(time.UTC)
		return lang.Textf("Dauerauftrag %[1]s: Der Termin vom %[2]s ist verlegt auf %[3]s, von %[4]s. Grund: %[5]s.",
			"Standing order %[1]s: the date of %[2]s is moved to %[3]s, by %[4]s. Reason: %[5]s.", order, day(q.Day), lang.T(lang.DateTime(to, lang.DE), lang.DateTime(to, lang.EN)), who, reason)
	case board.StandingLeaveOut:
		return lang.Textf("Dauerauftrag %[1]s: Der Termin vom %[2]s entfällt, bestimmt von %[3]s. Grund: %[4]s.",
			"Standing order %[1]s: the date of %[2]s is left out, by %[3]s. Reason: %[4]s.", order, day(q.Day), who, reason)
	case board.StandingPause:
		if q.Until.IsZero() {
			return lang.Textf("Dauerauftrag %[1]s: ausgesetzt vom %[2]s an bis auf Weiteres, von %[3]s. Grund: %[4]s.",
				"Standing order %[1]s: paused from %[2]s until further notice, by %[3]s. Reason: %[4]s.", order, day(q.From), who, reason)
		}
		return lang.Textf("Dauerauftrag %[1]s: ausgesetzt vom %[2]s bis zum %[3]s, von %[4]s. Grund: %[5]s.",
			"Standing order %[1]s: paused from %[2]s to %[3]s, by %[4]s. Reason: %[5]s.", order, day(q.From), day(q.Until), who, reason)
	case board.StandingResume:
		return lang.Textf("Dauerauftrag %[1]s: wieder aufgenommen, von %[2]s. Grund: %[3]s.", "Standing order %[1]s: resumed, by %[2]s. Reason: %[3]s.", order, who, reason)
	}
	return lang.Text{}
}

func sideDE(s board.StandingSide) string {
	if s == board.ByContact {
		return "Ansprechpartner des Kunden"
	}
	return "Anbieter"
}
