package server

import (
	"bytes"
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/export"
	"github.com/patchwart/patchwart/internal/store"
)

// ICalendar is what is planned and what is frozen in the next quarter, for calendar programs: of one customer, or
// of all.
func (s *Server) ICalendar(ctx context.Context, customer string, l lang.Lang) ([]byte, error) {
	var list []export.Appointment
	owners := map[string]string{} // customer by system
	name := lang.T("Wartung", "Maintenance")
	until := s.now().Add(mostDays * 24 * time.Hour)
	err := s.store.Read(ctx, func(tx *store.Tx) error {
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
		for _, sys := range e.Systems {
			if held, ok := e.Held(sys.Name); ok {
				owners[sys.Name] = held.Customer.ID
			}
		}
		for _, r := range runs {
			if customer == "" || r.Customer == customer {
				row := s.runRow(r, e)
				list = append(list, export.Appointment{ID: r.ID + "@patchwart", From: r.Slot.From, To: r.Slot.To, Kind: "run", Tentative: r.Stage == board.Planned,
					Title: lang.Textf("Wartung %[1]s", "Maintenance %[1]s", r.System), Description: row.Sentence})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	freezes, err := s.Freezes(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range freezes {
		owner := f.Scope.Customer
		if f.Scope.System != "" {
			owner = owners[f.Scope.System]
		}
		if customer != "" && owner != customer && f.Scope != (freeze.Scope{}) {
			continue // what is agreed with others is theirs
		}
		for _, at := range f.Ahead {
			if at.From.Before(until) {
				list = append(list, export.Appointment{ID: f.ID + "-" + at.From.UTC().Format("20060102T150405") + "@patchwart", From: at.From, To: at.To, Kind: "freeze",
					Title: lang.Textf("Sperrzeit: %[1]s", "Freeze: %[1]s", f.Reason), Description: f.Text})
			}
		}
	}
	var b bytes.Buffer
	err = export.Calendar(&b, name, list, l, s.now())
	return b.Bytes(), err
}
