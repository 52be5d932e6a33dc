package webtest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// releases are those of Debian that Demo needs.
func releases() *lifecycle.Table {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	return lifecycle.NewTable([]lifecycle.Release{
		{Distribution: "debian", Version: "11", Codename: "bullseye", Released: day(2021, 8, 14), End: day(2024, 8, 14), Extended: day(2026, 8, 31), Paid: day(2031, 6, 30), Source: "distro-info-debian"},
		{Distribution: "debian", Version: "12", Codename: "bookworm", Released: day(2023, 6, 10), End: day(2026, 7, 11), Extended: day(2028, 6, 30), Source: "distro-info-debian"},
	}, []lifecycle.Product{
		{Name: "typo3", Cycle: "13", End: day(2027, 12, 31), Open: true, Source: "endoflife", AsOf: day(2026, 11, 20)},
		{Name: "typo3", Cycle: "12", End: day(2026, 4, 30), Paid: day(2029, 4, 30), Ended: true, Source: "endoflife", AsOf: day(2026, 11, 20)},
		{Name: "wordpress", Cycle: "7.1", Open: true, Source: "endoflife", AsOf: day(2026, 11, 20)},
	}, map[string][]lifecycle.Support{"bookworm": {
		{Pattern: "binutils", Limited: true, Why: "Only suitable for trusted content", Source: "debian-support-bookworm"},
		{Pattern: "dnsdist", End: day(2025, 10, 1), Why: "No security support upstream", Source: "debian-support-bookworm"},
	}})
}

// lives gives mail1 an old Debian whose customer has confirmed it, and the others bookworm.
func (b *Backend) lives() []board.Life {
	t := releases()
	var out []board.Life
	for _, s := range b.systems {
		if s.Facts == nil {
			continue
		}
		l := board.Life{System: s.Name, Customer: s.Customer, Standing: t.Of(b.Now, "debian", "bookworm", "12"), Zone: Berlin}
		switch s.Name {
		case "mail1":
			l.Standing, l.Paused, l.Move = t.Of(b.Now, "debian", "bullseye", "11"), true, lifecycle.Ordered
			l.Receipt = &board.Receipt{System: s.Name, By: "Maria Huber", Channel: "Ticket 4711", At: b.Now.AddDate(0, -1, 0), End: l.Standing.End}
			l.Moves = []board.MoveNote{{System: s.Name, State: lifecycle.Ordered, By: "ida", Note: "Ticket 4712", At: b.Now.AddDate(0, 0, -3)}, {System: s.Name, State: lifecycle.Offered, By: "patchwart", At: b.Now.AddDate(0, -2, 0)}}
			l.Told = []board.Told{{At: b.Now.AddDate(0, -2, 0), System: s.Name, Kind: "lifecycle", Recipient: "huber", Step: "EOL-00 2026-08-31", Text: lifecycle.Steps()[4].Words(s.Name, l.Standing)}}
			out = append([]board.Life{l}, out...)
			continue
		case Succeeded:
			l.Middleware = t.Middleware(b.Now, l.Standing, []lifecycle.Software{{Source: "php8.2", Version: "8.2.29-1", Distro: true}, {Source: "nodejs", Version: "20.9.0", Distro: false}})
			less := t.Less("bookworm", []string{"binutils", "dnsdist"})
			l.Less = []board.LessSupport{{Source: "binutils", Support: less["binutils"]}, {Source: "dnsdist", Support: less["dnsdist"]}}
		}
		out = append(out, l)
	}
	return out
}

// Lifecycle lists the systems by their ends.
func (b *Backend) Lifecycle(context.Context) ([]board.Life, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lives(), b.Fail
}

// LifeOf is one system's life.
func (b *Backend) LifeOf(_ context.Context, system string) (board.Life, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.find(system); err != nil {
		return board.Life{}, err
	}
	for _, l := range b.lives() {
		if l.System == system {
			return l, nil
		}
	}
	return board.Life{}, fault.New(fault.Conflict, lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet."), lang.Text{})
}
