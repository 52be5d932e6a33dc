package server

import (
	"bytes"
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/export"
	"github.com/patchwart/patchwart/internal/store"
)

// ICalendar is what is planned and what is frozen in the next quarter, for calendar programs: of one customer, or
// of all.
func (s *Server) ICalendar(ctx context.Context, customer string, l lang.Lang) ([]byte, error) {
	name, list, err := s.entries(ctx, customer, false)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = export.Calendar(&b, name, list, l, s.now())
	return b.Bytes(), err
}

// entries are the runs and freezes of the next quarter, of one customer or of all, with windows also the
// maintenance windows of their systems. What is the same is written the same each time: nothing in it depends on when
// it is asked for.
func (s *Server) entries(ctx context.Context, customer string, windows bool) (name lang.Text, list []export.Appointment, err error) {
	owners := map[string]string{} // customer by system
	name = lang.T("Wartung", "Maintenance")
	today := s.now().Truncate(24 * time.Hour)
	until := today.AddDate(0, 0, mostDays)
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		if c, ok := e.Customer(customer); ok {
			name = lang.Textf("Wartung %[1]s", "Maintenance %[1]s", c.Name)
		} else if customer != "" {
			return fault.Missing("Der Kunde", "customer", customer)
		}
		runs, err := tx.ActiveRuns(ctx)
		if err != nil {
			return err
		}
		own := e
		own.Systems = nil
		for _, sys := range e.Systems {
			if held, ok := e.Held(sys.Name); ok {
				owners[sys.Name] = held.Customer.ID
				if customer == "" || held.Customer.ID == customer {
					own.Systems = append(own.Systems, sys)
				}
			}
		}
		for _, r := range runs {
			if customer == "" || r.Customer == customer {
				row := s.runRow(r, e)
				list = append(list, export.Appointment{ID: uidOf(r.ID), From: r.Slot.From, To: r.Slot.To, Kind: "run", Tentative: r.Stage == board.Planned, Stamp: r.Created,
					Title: lang.Textf("Wartung %[1]s", "Maintenance %[1]s", r.System), Description: row.Sentence})
			}
		}
		if windows {
			list = append(list, s.windowAppointments(own, today)...)
		}
		return nil
	})
	if err != nil {
		return name, nil, err
	}
	freezes, err := s.Freezes(ctx)
	if err != nil {
		return name, nil, err
	}
	for _, f := range freezes {
		owner := f.Scope.Customer
		if f.Scope.System != "" {
			owner = owners[f.Scope.System]
		}
		if customer != "" && owner != customer && f.Scope != (freeze.Scope{}) {
			continue // what is agreed with others is theirs
		}
		if !f.EndedAt.IsZero() {
			continue
		}
		closed, err := freeze.Check(f.Freeze, s.zones)
		if err != nil {
			return name, nil, err
		}
		// From the beginning of the day: one that holds now would begin at another moment each time.
		work := freeze.Work{System: f.Scope.System, Customer: f.Scope.Customer}
		for _, h := range freeze.Holding([]freeze.Closed{closed}, work, window.Interval{From: today, To: until}) {
			at := h.Interval
			if at.To.After(s.now()) {
				list = append(list, export.Appointment{ID: f.ID + "-" + at.To.UTC().Format("20060102T150405") + "@patchwart", From: at.From, To: at.To, Kind: "freeze", Stamp: f.SetAt,
					Title: lang.Textf("Sperrzeit: %[1]s", "Freeze: %[1]s", f.Reason), Description: f.Text})
			}
		}
	}
	return name, list, nil
}

// windowAppointments are the maintenance windows of systems over the next quarter, each once.
func (s *Server) windowAppointments(e estate.Estate, today time.Time) []export.Appointment {
	days := make([]board.CalendarDay, mostDays)
	for i := range days {
		days[i] = board.CalendarDay{From: today.AddDate(0, 0, i), To: today.AddDate(0, 0, i+1)}
	}
	s.windowsOn(days, e)
	var list []export.Appointment
	for _, d := range days {
		for _, w := range d.Windows {
			list = append(list, export.Appointment{ID: "w-" + w.Name + "-" + w.At.From.UTC().Format("20060102T1504") + "@patchwart", From: w.At.From, To: w.At.To, Kind: "window", Stamp: w.At.From,
				Title:       lang.Textf("Wartungsfenster %[1]s", "Maintenance window %[1]s", w.Name),
				Description: lang.Textf("Systeme mit diesem Fenster: %[1]d", "Systems with this window: %[1]d", w.Systems)})
		}
	}
	return list
}
