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

// Calendar is a day with a window and a run.
func (b *Backend) Calendar(_ context.Context, first time.Time, days int) (board.Calendar, error) {
	if first.IsZero() {
		first = Now
	}
	out := board.Calendar{Now: Now, Zone: "Europe/Berlin", Freezes: []board.Freeze{}}
	for i := range days {
		from := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, time.UTC)
		d := board.CalendarDay{Day: from.Format(time.DateOnly), From: from, To: from.AddDate(0, 0, 1), Windows: []board.CalendarEntry{}, Runs: []board.RunRow{}, Frozen: []freeze.Hold{}}
		if !Slot.From.Before(d.From) && Slot.From.Before(d.To) {
			d.Windows = append(d.Windows, board.CalendarEntry{Name: "nachts", At: Slot, Zone: "Europe/Berlin", Systems: 2})
			d.Runs = append(d.Runs, board.RunRow{ID: "r-db1", System: "db1", Customer: "Kunde", Stage: board.Planned, Slot: Slot, Zone: "Europe/Berlin", Packages: 2})
		}
		out.Days = append(out.Days, d)
	}
	out.From = out.Days[0].From
	return out, nil
}

// ICalendar is a calendar with nothing in it.
func (b *Backend) ICalendar(_ context.Context, customer string, l lang.Lang) ([]byte, error) {
	if customer == "nosuch" {
		return nil, fault.Missing("Der Kunde", "customer", customer)
	}
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Patchwart//Calendar//" + string(l) + "\r\nEND:VCALENDAR\r\n"), nil
}
