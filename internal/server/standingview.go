package server

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/store"
)

// Bounds of what is shown of a standing order.
const (
	mostDates  = 24
	datesAhead = 3 * 366 * 24 * time.Hour
)

const noticeOverdue = "overdue" // a date of a standing order went by with nothing done

// StandingOrders lists the standing orders of all contracts.
func (s *Server) StandingOrders(ctx context.Context) ([]board.StandingOrder, error) {
	out := []board.StandingOrder{}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		tx.ReadAhead()
		systems := bySystems(e)
		for _, k := range e.Contracts {
			if k.StandingOrder == nil {
				continue
			}
			row, err := s.standingRow(ctx, tx, e, k.ID, systems[k.ID])
			if err != nil {
				return err
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

// StandingOrder is the standing order of one contract.
func (s *Server) StandingOrder(ctx context.Context, contract string) (out board.StandingOrder, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		out, err = s.standingRow(ctx, tx, e, contract, bySystems(e)[contract])
		return err
	})
	return out, err
}

// bySystems are the systems of each contract, in the estate's order.
func bySystems(e estate.Estate) map[string][]string {
	out := map[string][]string{}
	for i := range e.Systems {
		out[e.Systems[i].Contract] = append(out[e.Systems[i].Contract], e.Systems[i].Name)
	}
	return out
}

func (s *Server) standingRow(ctx context.Context, tx *store.Tx, e estate.Estate, contract string, systems []string) (board.StandingOrder, error) {
	held, err := standingHeld(e, contract)
	if err != nil {
		return board.StandingOrder{}, err
	}
	now := s.now()
	order, err := s.standingOrder(ctx, tx, held.Contract, held.Window)
	if err != nil {
		return board.StandingOrder{}, err
	}
	paper, err := standingSaid(ctx, tx, standingID(contract, order.ID))
	if err != nil {
		return board.StandingOrder{}, err
	}
	days, err := cadence.Of(order, held.Window, s.zones, now)
	if err != nil {
		return board.StandingOrder{}, err
	}
	row := board.StandingOrder{
		Contract: contract, Customer: held.Customer.ID, Systems: []string{}, Order: *order, RRule: order.RRule(), Zone: held.Window.Zone, Text: days.Rule.Text(),
		Paused: order.PausedOn(wall.DayOf(now.In(days.Rule.Zone()))), Dates: []board.StandingDate{}, Overdue: []board.Overdue{}, Said: append([]board.StandingChange{}, paper.Said...),
	}
	for _, o := range days.Rule.All(now, now.Add(datesAhead)) {
		if len(row.Dates) < mostDates {
			row.Dates = append(row.Dates, board.StandingDate{Occurrence: o, Text: o.Text()})
		}
	}
	for _, name := range systems {
		row.Systems = append(row.Systems, name)
		late, ok, err := s.overdueOn(ctx, tx, e, name, days)
		if err != nil {
			return row, err
		}
		if ok {
			row.Overdue = append(row.Overdue, late)
		}
	}
	return row, nil
}

// overdueOn says whether a date went by on a system with nothing done although something is due that the order
// covers (MH2-22).
func (s *Server) overdueOn(ctx context.Context, tx *store.Tx, e estate.Estate, system string, days *cadence.Dates) (board.Overdue, bool, error) {
	sub, err := s.subject(ctx, tx, e, system)
	if err != nil || sub.facts == nil {
		return board.Overdue{}, false, err
	}
	granted, _ := mandate.Grant(sub.request("", s.now()))
	return s.overdue(ctx, tx, sub, granted, days)
}

// overdue is overdueOn where the mandate is at hand.
func (s *Server) overdue(ctx context.Context, tx *store.Tx, sub subject, granted mandate.Mandate, days *cadence.Dates) (board.Overdue, bool, error) {
	if days == nil || !byStandingOrder(granted) {
		return board.Overdue{}, false, nil
	}
	past, err := tx.PastRuns(ctx, sub.held.System.Name, 50)
	if err != nil {
		return board.Overdue{}, false, err
	}
	if days.Owed(pastOf(past), time.Time{}, s.now()).Overdue == nil { // mostly
		return board.Overdue{}, false, nil
	}
	since, err := tx.FirstEnrolled(ctx, sub.held.System.Name)
	if err != nil {
		return board.Overdue{}, false, err
	}
	late, ok := overdueRow(sub.held, days, past, since, s.now())
	return late, ok, nil
}

// byStandingOrder reports whether a mandate rests on a standing order, at least in part.
func byStandingOrder(m mandate.Mandate) bool {
	for _, g := range m.Grounds() {
		if g.Kind == mandate.ByStandingOrder {
			return true
		}
	}
	return false
}

func overdueRow(held estate.Held, days *cadence.Dates, past []store.Run, since, now time.Time) (board.Overdue, bool) {
	o := days.Owed(pastOf(past), since, now)
	if o.Overdue == nil {
		return board.Overdue{}, false
	}
	missed := o.Overdue.Interval.From.In(days.Rule.Zone())
	row := board.Overdue{System: held.System.Name, Customer: held.Customer.ID, Contract: held.Contract.ID, Order: days.Order, Missed: missed, Last: o.Last, Zone: held.Window.Zone}
	last := lang.T("noch nie", "never yet")
	if !o.Last.IsZero() {
		at := o.Last.In(days.Rule.Zone())
		last = lang.Textf("zuletzt am %[1]s", "last on %[2]s", lang.Date(at, lang.DE), lang.Date(at, lang.EN))
	}
	row.Text = lang.Textf("%[1]s: Der Termin vom %[2]s nach Dauerauftrag %[4]s ging vorbei, ohne dass etwas eingespielt wurde (%[5]s).",
		"%[1]s: the date of %[3]s by standing order %[4]s went by with nothing installed (%[5]s).",
		row.System, lang.Date(missed, lang.DE), lang.Date(missed, lang.EN), days.Order, last)
	return row, true
}

// alarmOverdue tells the operator, once for each date that went by.
func (c *change) alarmOverdue(ctx context.Context, o board.Overdue) error {
	return c.tell(ctx, o.System, noticeOverdue, o.Order+o.Missed.String(), string(clock.Operator), o.Text)
}
