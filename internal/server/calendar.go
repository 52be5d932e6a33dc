package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// mostDays bounds a calendar.
const mostDays = 92

// Calendar is when changes are made over some days from a day on: the windows of the estate, the runs that are
// planned or under way, and the freezes. Days are those of the hoster's zone. A zero day means today.
func (s *Server) Calendar(ctx context.Context, first time.Time, days int) (board.Calendar, error) {
	days = min(max(days, 1), mostDays)
	zone, err := s.zones(hostersZone)
	if err != nil {
		return board.Calendar{}, err
	}
	out := board.Calendar{Now: s.now(), Zone: hostersZone}
	if first.IsZero() {
		first = out.Now.In(zone)
	}
	for i := range days {
		from := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, zone)
		to := time.Date(first.Year(), first.Month(), first.Day()+i+1, 0, 0, 0, 0, zone)
		out.Days = append(out.Days, board.CalendarDay{Day: from.Format(time.DateOnly), From: from.UTC(), To: to.UTC(),
			Windows: []board.CalendarEntry{}, Runs: []board.RunRow{}, Frozen: []freeze.Hold{}})
	}
	out.From = out.Days[0].From
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		runs, err := tx.ActiveRuns(ctx)
		if err != nil {
			return err
		}
		papers, err := documents[freezePaper](tx.Rulings(ctx, store.RulingFreeze))
		if err != nil {
			return err
		}
		if out.Freezes, err = s.freezeRows(papers); err != nil {
			return err
		}
		closed, err := s.inForce(papers)
		if err != nil {
			return err
		}
		for i := range out.Days {
			day := &out.Days[i]
			for _, r := range runs {
				if r.Slot.From.Before(day.To) && r.Slot.To.After(day.From) {
					day.Runs = append(day.Runs, s.runRow(r, e))
				}
			}
			for _, f := range closed {
				work := freeze.Work{System: f.Freeze().Scope.System, Customer: f.Freeze().Scope.Customer}
				day.Frozen = append(day.Frozen, freeze.Holding([]freeze.Closed{f}, work, window.Interval{From: day.From, To: day.To})...)
			}
		}
		s.windowsOn(out.Days, e)
		return nil
	})
	return out, err
}

// windowsOn fills in the windows that systems have, on the days they begin on.
func (s *Server) windowsOn(days []board.CalendarDay, e estate.Estate) {
	systems := map[string]int{}
	for _, sys := range e.Systems {
		if held, ok := e.Held(sys.Name); ok && held.Contract.Window != "" {
			systems[held.Window.Name]++
		}
	}
	last := days[len(days)-1].To
	for _, stated := range e.Windows {
		w, err := window.Compile(stated, s.zones)
		if err != nil || systems[stated.Name] == 0 {
			continue // what is not usable is told where a run would need it
		}
		for from := days[0].From; from.Before(last); {
			at, ok := w.Next(from, time.Minute)
			if !ok || !at.From.Before(last) {
				break
			}
			i := slices.IndexFunc(days, func(d board.CalendarDay) bool { return !at.From.Before(d.From) && at.From.Before(d.To) })
			if i >= 0 {
				days[i].Windows = append(days[i].Windows, board.CalendarEntry{Name: stated.Name, At: at, Zone: stated.Zone, Systems: systems[stated.Name]})
			}
			from = at.To
		}
	}
	for i := range days {
		slices.SortStableFunc(days[i].Windows, func(a, b board.CalendarEntry) int {
			return cmp.Or(a.At.From.Compare(b.At.From), cmp.Compare(a.Name, b.Name))
		})
	}
}
