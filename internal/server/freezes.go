package server

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// freezePaper is what is kept of a freeze.
type freezePaper struct {
	Freeze  freeze.Freeze `json:"freeze"`
	EndedBy string        `json:"ended_by,omitempty"`
	EndedAt time.Time     `json:"ended_at,omitzero"`
}

// The kinds of notices about the calendar.
const (
	noticeMoved    = "moved"    // a planned run has another slot
	noticeOverride = "override" // somebody lets work pass in a freeze
)

// lookAhead is how far ahead freezes are shown.
const lookAhead = 365 * 24 * time.Hour

// Freeze sets a change freeze (story K6). Runs that are planned into it move to the next slot after it, and
// whom they concern is told.
func (s *Server) Freeze(ctx context.Context, f freeze.Freeze) (board.Freeze, error) {
	var moved []string
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(f.Scope.System); f.Scope.System != "" && !ok {
			return fault.Missing("Das System", "system", f.Scope.System)
		}
		if _, ok := e.Customer(f.Scope.Customer); f.Scope.Customer != "" && !ok {
			return fault.Missing("Der Kunde", "customer", f.Scope.Customer)
		}
		if f.ID, err = newID("s", c.at); err != nil {
			return err
		}
		f.SetAt, f.Overrides = c.at, nil
		if f.Zone == "" {
			f.Zone = hostersZone
		}
		if _, err := freeze.Check(f, s.zones); err != nil {
			return err
		}
		doc, err := json.Marshal(freezePaper{Freeze: f})
		if err != nil {
			return err
		}
		st, err := c.AddRuling(ctx, store.Ruling{ID: f.ID, Kind: store.RulingFreeze, About: cmp.Or(f.Scope.System, f.Scope.Customer), Given: c.at, Document: doc})
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		c.wake()
		moved, err = c.reslotAll(ctx, false)
		return err
	})
	if err != nil {
		return board.Freeze{}, err
	}
	out, err := s.freeze(ctx, f.ID)
	out.Moved = moved
	return out, err
}

// EndFreeze ends a freeze before its time. Planned runs that can be made earlier then are.
func (s *Server) EndFreeze(ctx context.Context, id, by string) (board.Freeze, error) {
	return s.changeFreeze(ctx, id, func(c *change, p *freezePaper) error {
		if strings.TrimSpace(by) == "" {
			return fault.New(fault.Invalid, lang.T("Es fehlt, wer sie beendet.", "It does not say who ends it."), lang.Text{})
		}
		p.EndedBy, p.EndedAt = strings.TrimSpace(by), c.at
		return nil
	})
}

// OverrideFreeze lets work pass in a freeze for some time, by whom the freeze names. A contact of the customer
// has to have the authority to consent; the other side is told.
func (s *Server) OverrideFreeze(ctx context.Context, q board.FreezeOverride) (board.Freeze, error) {
	return s.changeFreeze(ctx, q.Freeze, func(c *change, p *freezePaper) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if q.As == freeze.Contact && !mayConsent(e, p.Freeze.Scope, q.By) {
			return fault.New(fault.Refused, lang.Textf("%[1]s ist kein Ansprechpartner, der das freigeben darf.", "%[1]s is no contact who may consent to that.", q.By),
				lang.T("Gefragt ist jemand mit der Berechtigung consent.", "Somebody with the authority consent is asked for."))
		}
		closed, err := freeze.Check(p.Freeze, s.zones)
		if err != nil {
			return err
		}
		q.At = c.at
		closed, told, err := closed.Override(q.Override)
		if err != nil {
			return err
		}
		p.Freeze = closed.Freeze()
		return c.tellOverride(ctx, e, p.Freeze, q.Override, told)
	})
}

// tellOverride tells the other side: the management once, of the customers each one.
func (c *change) tellOverride(ctx context.Context, e estate.Estate, f freeze.Freeze, o freeze.Override, told freeze.Notice) error {
	reached := map[string]bool{}
	for _, sys := range e.Systems {
		held, ok := e.Held(sys.Name)
		inScope := f.Scope.System == sys.Name || f.Scope.System == "" && (f.Scope.Customer == "" || f.Scope.Customer == held.Customer.ID)
		if !ok || !inScope || len(o.Systems) > 0 && !slices.Contains(o.Systems, sys.Name) {
			continue
		}
		to := string(clock.Management)
		if told.To == freeze.Contact {
			to = recipient(clock.Customer, held)
		}
		if reached[to+held.Customer.ID] || to == string(clock.Management) && len(reached) > 0 {
			continue
		}
		reached[to+held.Customer.ID] = true
		if err := c.tell(ctx, sys.Name, noticeOverride, f.ID+o.At.String(), to, told.Text); err != nil {
			return err
		}
	}
	return nil
}

// mayConsent reports whether a person is a contact with the authority to consent of the customer that a freeze
// is about.
func mayConsent(e estate.Estate, scope freeze.Scope, by string) bool {
	id := scope.Customer
	if held, ok := e.Held(scope.System); ok {
		id = held.Customer.ID
	}
	customer, ok := e.Customer(id)
	contact, known := customer.Contact(by)
	return ok && known && contact.May(estate.AuthorityConsent)
}

func (s *Server) changeFreeze(ctx context.Context, id string, do func(c *change, p *freezePaper) error) (board.Freeze, error) {
	var moved []string
	err := s.change(ctx, func(c *change) error {
		c.wake()
		_, err := amend(ctx, c, store.RulingFreeze, id, fault.Missing("Die Sperrzeit", "freeze", id), func(p *freezePaper) error {
			if !p.EndedAt.IsZero() {
				return fault.New(fault.Conflict, lang.Textf("Die Sperrzeit %[1]s ist schon beendet.", "The freeze %[1]s has ended already.", id), lang.Text{})
			}
			return do(c, p)
		})
		if err != nil {
			return err
		}
		moved, err = c.reslotAll(ctx, true)
		return err
	})
	if err != nil {
		return board.Freeze{}, err
	}
	out, err := s.freeze(ctx, id)
	out.Moved = moved
	return out, err
}

// atTheDoor moves a run whose slot has come where a freeze is in the way that was not there when it was planned.
func (c *change) atTheDoor(ctx context.Context, r store.Run) (moved bool, err error) {
	freezes, err := c.server.freezesInForce(ctx, c.Tx)
	if err != nil || !frozen(freezes, r) {
		return false, err
	}
	return true, c.again(ctx, r, time.Time{})
}

// frozen reports whether a freeze is in the way of a run's slot.
func frozen(freezes []freeze.Closed, r store.Run) bool {
	work := freeze.Work{System: r.System, Customer: r.Customer, Emergency: r.Urgent}
	return len(freeze.Holding(freezes, work, r.Slot)) > 0
}

// tell keeps a notice that is about no hole. What was told is not told again.
func (c *change) tell(ctx context.Context, system, kind, what, to string, text lang.Text) error {
	return c.tellAbout(ctx, system, kind, "", what, to, text)
}

// tellAbout is tell about one order or appointment, which is found again by its ID.
func (c *change) tellAbout(ctx context.Context, system, kind, about, what, to string, text lang.Text) error {
	return c.tellOnce(ctx, system, kind, to, noticePaper{Text: text, Step: kind, About: about}, system, kind, what, to)
}

// freezesInForce are the freezes that nobody has ended, as they can be asked.
func (s *Server) freezesInForce(ctx context.Context, tx *store.Tx) ([]freeze.Closed, error) {
	papers, err := documents[freezePaper](tx.Rulings(ctx, store.RulingFreeze))
	if err != nil {
		return nil, err
	}
	return s.inForce(papers)
}

// inForce are those of the freezes that nobody has ended.
func (s *Server) inForce(papers []freezePaper) ([]freeze.Closed, error) {
	var list []freeze.Closed
	for _, p := range papers {
		if !p.EndedAt.IsZero() {
			continue
		}
		closed, err := freeze.Check(p.Freeze, s.zones)
		if err != nil {
			return nil, err
		}
		list = append(list, closed)
	}
	return list, nil
}

// Freezes lists the freezes, those in force first, then those to come, then those that are over.
func (s *Server) Freezes(ctx context.Context) ([]board.Freeze, error) {
	var out []board.Freeze
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		papers, err := documents[freezePaper](tx.Rulings(ctx, store.RulingFreeze))
		if err != nil {
			return err
		}
		out, err = s.freezeRows(papers)
		return err
	})
	return out, err
}

func (s *Server) freezeRows(papers []freezePaper) ([]board.Freeze, error) {
	out := make([]board.Freeze, 0, len(papers))
	for _, p := range papers {
		row, err := s.freezeRow(p)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b board.Freeze) int { return cmp.Compare(freezeRank(a), freezeRank(b)) })
	return out, nil
}

func freezeRank(f board.Freeze) int {
	switch {
	case f.Now:
		return 0
	case !f.Over:
		return 1
	}
	return 2
}

func (s *Server) freeze(ctx context.Context, id string) (out board.Freeze, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		p, _, ok, err := document[freezePaper](ctx, tx, store.RulingFreeze, id)
		if err != nil || !ok {
			return err
		}
		out, err = s.freezeRow(p)
		return err
	})
	return out, err
}

// mostStretches bounds the stretches that are shown of one freeze.
const mostStretches = 100

func (s *Server) freezeRow(p freezePaper) (board.Freeze, error) {
	closed, err := freeze.Check(p.Freeze, s.zones)
	if err != nil {
		return board.Freeze{}, err
	}
	now := s.now()
	row := board.Freeze{Freeze: p.Freeze, EndedBy: p.EndedBy, EndedAt: p.EndedAt, Text: closed.Text(), Over: true, Ahead: []window.Interval{}}
	if !p.EndedAt.IsZero() {
		row.Sentence = lang.Textf("Beendet von %[1]s.", "Ended by %[1]s.", p.EndedBy)
		return row, nil
	}
	work := freeze.Work{System: p.Freeze.Scope.System, Customer: p.Freeze.Scope.Customer}
	for _, h := range freeze.Holding([]freeze.Closed{closed}, work, window.Interval{From: now, To: now.Add(lookAhead)}) {
		row.Over = false
		row.Now = row.Now || h.Interval.Contains(now)
		if len(row.Ahead) < mostStretches {
			row.Ahead = append(row.Ahead, h.Interval)
		}
	}
	switch {
	case row.Now:
		row.Sentence = lang.T("Gilt jetzt.", "Holds now.")
	case row.Over:
		row.Sentence = lang.T("Vorbei.", "Over.")
	default:
		row.Sentence = lang.T("Kommt noch.", "To come.")
	}
	return row, nil
}
