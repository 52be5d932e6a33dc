package store

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/mandate"
)

// ahead is what a transaction has read about all systems at once, because it asks about one after the other. The
// transaction sees one moment, so what was read stays true; about systems that it writes itself it asks anew.
type ahead struct {
	whole    bool // not only runs
	changed  map[string]bool
	heads    batch[FactsHead]
	orders   batch[[]mandate.Order]
	clocks   batch[[]Clock] // those that run
	active   batch[Run]
	past     *archive
	standing batch[Ruling] // by ID
}

// batch is what was read of one kind, by system; nil: nothing yet.
type batch[T any] struct{ rows map[string]T }

// of is what is known of one system. What is known of all of them is read with the first question.
func (b *batch[T]) of(ctx context.Context, key string, all func(context.Context) (map[string]T, error)) (T, error) {
	if b.rows == nil {
		rows, err := all(ctx)
		if err != nil {
			var none T
			return none, err
		}
		b.rows = rows
	}
	return b.rows[key], nil
}

// ReadAhead says that the transaction is going to ask about every system: facts' heads, orders, clocks that run, runs
// and standing orders are read for all of them with one question each, whatever their number. The answers are the
// same.
func (tx *Tx) ReadAhead() {
	tx.ReadRunsAhead()
	tx.ahead.whole = true
}

// ReadRunsAhead is ReadAhead for runs alone.
func (tx *Tx) ReadRunsAhead() {
	if tx.ahead == nil {
		tx.ahead = &ahead{changed: map[string]bool{}}
	}
}

// runsAhead is what was read ahead about a system's runs; nil: it has to be asked for by itself.
func (tx *Tx) runsAhead(system string) *ahead {
	if tx.ahead == nil || tx.ahead.changed[system] {
		return nil
	}
	return tx.ahead
}

// allAhead is runsAhead for all that is not about runs.
func (tx *Tx) allAhead(system string) *ahead {
	if a := tx.runsAhead(system); a != nil && a.whole {
		return a
	}
	return nil
}

// changed notes that this transaction has written something about a system.
func (tx *Tx) changed(system string) {
	if tx.ahead != nil {
		tx.ahead.changed[system] = true
	}
}
