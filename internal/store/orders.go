package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// AddOrder keeps a customer's order, verbatim. Given is cut to the microsecond. An order of that ID is
// not there yet, or it is the very same; else ErrDiffers.
func (tx *Tx) AddOrder(ctx context.Context, o mandate.Order) (Statement, error) {
	row := sqlgen.AddOrderParams{ID: o.ID, System: o.System, Customer: o.Customer, Contact: o.Contact, Channel: o.Channel,
		Words: o.Text, Explicit: o.Explicit, Scope: string(o.Scope), Given: micros(o.Given), Withdrawn: o.Withdrawn, Used: o.Used, Mitigation: o.Mitigation}
	n, err := tx.q.AddOrder(ctx, row)
	if err != nil {
		return Statement{}, fmt.Errorf("store: add order %q: %w", o.ID, err)
	}
	if n == 0 {
		have, err := tx.q.GetOrder(ctx, o.ID)
		if err != nil {
			return Statement{}, fmt.Errorf("store: add order %q: %w", o.ID, err)
		}
		if sqlgen.AddOrderParams(have) != row {
			return Statement{}, fmt.Errorf("store: add order %q: %w", o.ID, ErrDiffers)
		}
	}
	return orderStatement(ctx, tx, o.ID)
}

// Order is the order with that ID.
func (tx *Tx) Order(ctx context.Context, id string) (mandate.Order, bool, error) {
	row, err := tx.q.GetOrder(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return mandate.Order{}, false, nil
	}
	if err != nil {
		return mandate.Order{}, false, fmt.Errorf("store: order %q: %w", id, err)
	}
	return orderOf(row), true, nil
}

// Orders are the orders for a system, oldest first, used and withdrawn ones included.
func (tx *Tx) Orders(ctx context.Context, system string) ([]mandate.Order, error) {
	rows, err := tx.q.ListOrdersOf(ctx, system)
	if err != nil {
		return nil, fmt.Errorf("store: orders for %q: %w", system, err)
	}
	orders := make([]mandate.Order, len(rows))
	for i, row := range rows {
		orders[i] = orderOf(row)
	}
	return orders, nil
}

// UseOrder binds an order to the run it is used for. Doing it again for the same run is harmless; an
// order that another run uses, or that was withdrawn, is ErrUsed.
func (tx *Tx) UseOrder(ctx context.Context, id, run string) (Statement, error) {
	n, err := tx.q.UseOrder(ctx, run, id)
	return tx.changedOrder(ctx, id, n, err)
}

// FreeOrder gives an order back that its run has not made use of; ErrUsed when it is not that run's.
func (tx *Tx) FreeOrder(ctx context.Context, id, run string) (Statement, error) {
	n, err := tx.q.FreeOrder(ctx, id, run)
	return tx.changedOrder(ctx, id, n, err)
}

// WithdrawOrder takes an order back, as long as no run uses it (ErrUsed).
func (tx *Tx) WithdrawOrder(ctx context.Context, id string) (Statement, error) {
	n, err := tx.q.WithdrawOrder(ctx, id)
	return tx.changedOrder(ctx, id, n, err)
}

func (tx *Tx) changedOrder(ctx context.Context, id string, n int64, err error) (Statement, error) {
	if err == nil && n == 0 {
		_, known, err := tx.Order(ctx, id)
		switch {
		case err != nil:
			return Statement{}, err
		case !known:
			return Statement{}, fmt.Errorf("store: order %q: %w", id, ErrMissing)
		}
		return Statement{}, fmt.Errorf("store: order %q: %w", id, ErrUsed)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: order %q: %w", id, err)
	}
	return orderStatement(ctx, tx, id)
}

func orderOf(row sqlgen.Order) mandate.Order {
	return mandate.Order{ID: row.ID, System: row.System, Customer: row.Customer, Contact: row.Contact, Channel: row.Channel,
		Text: row.Words, Explicit: row.Explicit, Scope: estate.Scope(row.Scope), Given: moment(row.Given),
		Withdrawn: row.Withdrawn, Used: row.Used, Mitigation: row.Mitigation}
}

func orderStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetOrder(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	return state(KindOrder, id, orderOf(row), nil), nil
}

func eachOrder(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListOrderIDs(ctx)
	return eachOf(ids, err, fn)
}
