package apitest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/recurrence"
)

// StandingOrders are those of the estate, with their dates after Now.
func (b *Backend) StandingOrders(ctx context.Context) ([]board.StandingOrder, error) {
	var out []board.StandingOrder
	for _, k := range b.contracts() {
		if k.StandingOrder == nil {
			continue
		}
		row, err := b.StandingOrder(ctx, k.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (b *Backend) contracts() []estate.Contract {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]estate.Contract{}, b.estate.Contracts...)
}

// StandingOrder is one of them.
func (b *Backend) StandingOrder(_ context.Context, contract string) (board.StandingOrder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.standing(contract, board.StandingChange{})
}

func (b *Backend) standing(contract string, q board.StandingChange) (board.StandingOrder, error) {
	for i, k := range b.estate.Contracts {
		if k.ID != contract || k.StandingOrder == nil {
			continue
		}
		w, _ := b.estate.Window(k.Window)
		order := *k.StandingOrder
		rule, err := order.Recurs(w, time.LoadLocation)
		if err == nil && q.Kind != "" {
			rule, err = change(rule, q)
		}
		if err != nil {
			return board.StandingOrder{}, err
		}
		stated := rule.Stated()
		order.Moved, order.LeftOut, order.Pauses = stated.Moved, stated.LeftOut, stated.Pauses
		b.estate.Contracts[i].StandingOrder = &order
		row := board.StandingOrder{Contract: contract, Customer: k.Customer, Systems: []string{"web1"}, Order: order, RRule: order.RRule(), Zone: w.Zone, Text: rule.Text(),
			Dates: []board.StandingDate{}, Overdue: []board.Overdue{}, Said: []board.StandingChange{}}
		if q.Kind != "" {
			row.Said = append(row.Said, q)
		}
		for _, o := range rule.All(Now, Now.AddDate(1, 0, 0)) {
			row.Dates = append(row.Dates, board.StandingDate{Occurrence: o, Text: o.Text()})
		}
		return row, nil
	}
	return board.StandingOrder{}, fault.Missing("Den Vertrag", "contract", contract)
}

func change(rule recurrence.Rule, q board.StandingChange) (recurrence.Rule, error) {
	n := recurrence.Notice{By: q.By, At: Now, Reason: q.Reason}
	switch q.Kind {
	case board.StandingMove:
		return rule.Move(q.Day, q.To, n)
	case board.StandingLeaveOut:
		return rule.LeaveOut(q.Day, n)
	case board.StandingPause:
		return rule.Pause(q.From, q.Until, n)
	case board.StandingResume:
	}
	return rule, nil
}

// ChangeStandingOrder changes its dates.
func (b *Backend) ChangeStandingOrder(_ context.Context, q board.StandingChange) (board.StandingOrder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.standing(q.Contract, q)
}
