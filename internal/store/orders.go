package store

import (
	"context"
	"database/sql"
	"encoding/json"
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
		Words: o.Text, Explicit: o.Explicit, Scope: string(o.Scope), Given: micros(o.Given), Withdrawn: o.Withdrawn, Used: o.Used, Mitigation: o.Mitigation, Reboot: o.Reboot}
	if !o.Confirmation.IsZero() {
		row.Confirmation = list(o.Confirmation)
	}
	if o.Withdrawal != nil {
		row.Withdrawal = list(o.Withdrawal)
	}
	row.Terms = terms(o.Terms)
	n, err := tx.q.AddOrder(ctx, row)
	if err != nil {
		return Statement{}, fmt.Errorf("store: add order %q: %w", o.ID, err)
	}
	tx.changed(o.System)
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
	o, err := orderOf(row)
	return o, err == nil, err
}

// Orders are the orders for a system, oldest first, used and withdrawn ones included.
func (tx *Tx) Orders(ctx context.Context, system string) ([]mandate.Order, error) {
	if a := tx.allAhead(system); a != nil {
		list, err := a.orders.of(ctx, system, tx.allOrders)
		return append([]mandate.Order{}, list...), err // callers turn it round
	}
	rows, err := tx.q.ListOrdersOf(ctx, system)
	if err != nil {
		return nil, fmt.Errorf("store: orders for %q: %w", system, err)
	}
	return manyOrders(rows)
}

func (tx *Tx) allOrders(ctx context.Context) (map[string][]mandate.Order, error) {
	rows, err := tx.q.ListAllOrders(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: orders: %w", err)
	}
	list, err := manyOrders(rows)
	of := map[string][]mandate.Order{}
	for _, o := range list {
		of[o.System] = append(of[o.System], o)
	}
	return of, err
}

// AllOrders are the newest orders for all systems, the newest first.
func (tx *Tx) AllOrders(ctx context.Context, most int) ([]mandate.Order, error) {
	rows, err := tx.q.ListOrders(ctx, int32(most))
	if err != nil {
		return nil, fmt.Errorf("store: orders: %w", err)
	}
	return manyOrders(rows)
}

func manyOrders(rows []sqlgen.Order) ([]mandate.Order, error) {
	orders := make([]mandate.Order, len(rows))
	for i, row := range rows {
		var err error
		if orders[i], err = orderOf(row); err != nil {
			return nil, err
		}
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

// WithdrawOrder takes an order back, as long as no run uses it and it was not taken back before (ErrUsed).
func (tx *Tx) WithdrawOrder(ctx context.Context, id string, w mandate.Withdrawal) (Statement, error) {
	n, err := tx.q.WithdrawOrder(ctx, list(w), id)
	return tx.changedOrder(ctx, id, n, err)
}

// AmendOrder changes an order's terms and what was confirmed about it. had is the order as it was read; ErrUsed
// when it is withdrawn, used by a run, or was changed since.
func (tx *Tx) AmendOrder(ctx context.Context, had, o mandate.Order) (Statement, error) {
	confirmed := ""
	if !o.Confirmation.IsZero() {
		confirmed = list(o.Confirmation)
	}
	n, err := tx.q.SetOrderTerms(ctx, terms(o.Terms), confirmed, o.ID, terms(had.Terms))
	return tx.changedOrder(ctx, o.ID, n, err)
}

func terms(t mandate.Terms) string {
	if t.IsZero() {
		return ""
	}
	return list(t)
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

func orderOf(row sqlgen.Order) (mandate.Order, error) {
	o := mandate.Order{ID: row.ID, System: row.System, Customer: row.Customer, Contact: row.Contact, Channel: row.Channel,
		Text: row.Words, Explicit: row.Explicit, Scope: estate.Scope(row.Scope), Given: moment(row.Given),
		Withdrawn: row.Withdrawn, Used: row.Used, Mitigation: row.Mitigation, Reboot: row.Reboot}
	for text, into := range map[string]any{row.Confirmation: &o.Confirmation, row.Withdrawal: &o.Withdrawal, row.Terms: &o.Terms} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return o, unreadable("orders", row.ID, err)
		}
	}
	return o, nil
}

func orderStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetOrder(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	o, err := orderOf(row)
	tx.changed(o.System)
	return state(KindOrder, id, o, nil), err
}

func eachOrder(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListOrderIDs(ctx)
	return eachOf(ids, err, fn)
}
