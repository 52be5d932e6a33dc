package apitest

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// lifeTable knows bookworm, whose long-term support is running, and bullseye, which has ended.
func lifeTable() *lifecycle.Table {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	return lifecycle.NewTable([]lifecycle.Release{
		{Distribution: "debian", Version: "11", Codename: "bullseye", Released: day(2021, 8, 14), End: day(2024, 8, 14), Extended: day(2026, 8, 31), Source: "distro-info-debian"},
		{Distribution: "debian", Version: "12", Codename: "bookworm", Released: day(2023, 6, 10), End: day(2026, 7, 11), Extended: day(2028, 6, 30), Source: "distro-info-debian"},
	}, nil, map[string][]lifecycle.Support{"bookworm": {{Pattern: "binutils", Limited: true, Why: "Only suitable for trusted content", Source: "debian-support-bookworm"}}})
}

func (b *Backend) lives() []board.Life {
	if b.life == nil {
		t := lifeTable()
		software := []lifecycle.Software{{Source: "php8.2", Version: "8.2.29-1", Distro: true}}
		old, new := t.Of(Now, "debian", "bullseye", "11"), t.Of(Now, "debian", "bookworm", "12")
		b.life = []board.Life{
			{System: "db1", Customer: "Muster GmbH", Standing: old, Paused: true, Move: lifecycle.Offered, Moves: []board.MoveNote{{System: "db1", State: lifecycle.Offered, By: "patchwart", At: Now}},
				Told: []board.Told{{At: Now, System: "db1", Kind: "lifecycle", Recipient: "anna", Step: "EOL-00 2026-08-31", Text: lifecycle.Steps()[4].Words("db1", old)}}, Zone: "Europe/Berlin"},
			{System: "web1", Customer: "Muster GmbH", Standing: new, Middleware: t.Middleware(Now, new, software),
				Less: []board.LessSupport{{Source: "binutils", Support: t.Less("bookworm", []string{"binutils"})["binutils"]}}, Zone: "Europe/Berlin"},
		}
	}
	return b.life
}

// Lifecycle lists a system that has ended and one that has not.
func (b *Backend) Lifecycle(context.Context) ([]board.Life, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lives(), nil
}

// LifeOf is one of them.
func (b *Backend) LifeOf(_ context.Context, system string) (board.Life, error) {
	return b.changedLife(system, func(*board.Life) error { return nil })
}

// Confirm keeps the receipt.
func (b *Backend) Confirm(_ context.Context, system, by, channel string) (board.Life, error) {
	return b.changedLife(system, func(l *board.Life) error {
		if !l.Paused {
			return fault.New(fault.Conflict, lang.T("Es gibt nichts zu bestätigen.", "There is nothing to confirm."), lang.Text{})
		}
		l.Receipt = &board.Receipt{System: system, By: by, Channel: channel, At: Now, End: l.Standing.End, Text: l.Told[0].Text}
		return nil
	})
}

// Move notes a step that may follow.
func (b *Backend) Move(_ context.Context, system string, to lifecycle.Move, by, note string) (board.Life, error) {
	return b.changedLife(system, func(l *board.Life) error {
		if !slices.Contains(l.Move.Next(), to) {
			return fault.New(fault.Conflict, lang.Textf("„%[1]s“ kann nicht folgen.", `"%[1]s" cannot follow.`, to.Text()), lang.Text{})
		}
		l.Move = to
		l.Moves = append([]board.MoveNote{{System: system, State: to, By: by, Note: note, At: Now}}, l.Moves...)
		return nil
	})
}

func (b *Backend) changedLife(system string, change func(*board.Life) error) (board.Life, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.held(system); err != nil {
		return board.Life{}, err
	}
	list := b.lives()
	for i := range list {
		if list[i].System == system {
			err := change(&list[i])
			return list[i], err
		}
	}
	return board.Life{}, fault.New(fault.Conflict, lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet."), lang.Text{})
}
