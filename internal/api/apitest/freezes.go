package apitest

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // the zones of freezes, on any machine

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Freezes are the freezes that were set.
func (b *Backend) Freezes(context.Context) ([]board.Freeze, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]board.Freeze{}, b.freezes...), nil
}

// Freeze sets one, if it holds together.
func (b *Backend) Freeze(_ context.Context, f freeze.Freeze) (board.Freeze, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f.ID, f.SetAt = fmt.Sprintf("s-%d", len(b.freezes)+1), Now
	if f.Zone == "" {
		f.Zone = "Europe/Berlin"
	}
	if f.Scope.System != "" {
		if _, err := b.held(f.Scope.System); err != nil {
			return board.Freeze{}, err
		}
	}
	closed, err := freeze.Check(f, time.LoadLocation)
	if err != nil {
		return board.Freeze{}, err
	}
	row := board.Freeze{Freeze: f, Text: closed.Text(), Sentence: lang.T("Kommt noch.", "To come."), Moved: []string{"r-db1"}}
	b.freezes = append(b.freezes, row)
	return row, nil
}

func (b *Backend) withFreeze(id string, do func(f *board.Freeze) error) (board.Freeze, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.freezes {
		if f := &b.freezes[i]; f.ID == id {
			return *f, do(f)
		}
	}
	return board.Freeze{}, fault.Missing("Die Sperrzeit", "freeze", id)
}

// EndFreeze ends one.
func (b *Backend) EndFreeze(_ context.Context, id, by string) (board.Freeze, error) {
	if _, err := b.withFreeze(id, func(f *board.Freeze) error {
		f.EndedBy, f.EndedAt, f.Over, f.Sentence = by, Now, true, lang.Textf("Beendet von %[1]s.", "Ended by %[1]s.", by)
		return nil
	}); err != nil {
		return board.Freeze{}, err
	}
	return b.withFreeze(id, func(*board.Freeze) error { return nil })
}

// OverrideFreeze lets work pass in one.
func (b *Backend) OverrideFreeze(_ context.Context, o board.FreezeOverride) (board.Freeze, error) {
	if _, err := b.withFreeze(o.Freeze, func(f *board.Freeze) error {
		closed, err := freeze.Check(f.Freeze, time.LoadLocation)
		if err != nil {
			return err
		}
		o.At = Now
		closed, _, err = closed.Override(o.Override)
		if err == nil {
			f.Freeze = closed.Freeze()
		}
		return err
	}); err != nil {
		return board.Freeze{}, err
	}
	return b.withFreeze(o.Freeze, func(*board.Freeze) error { return nil })
}
