package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

// Override rates a hole otherwise than the rules, with a reason and until a day. Every system is looked at
// again.
func (s *Server) Override(ctx context.Context, o severity.Override) (board.Override, error) {
	out := board.Override{Override: o, Holds: true}
	out.At = s.now()
	if problem := severity.Default().Problem(out.Override); !problem.IsZero() {
		return out, fault.New(fault.Invalid, lang.Textf("Die Einstufung wird nicht angenommen: %[1]s.", "The rating is not accepted: %[1]s.", problem), lang.Text{})
	}
	err := s.change(ctx, func(c *change) (err error) {
		if out.ID, err = c.rule(ctx, "e", store.RulingOverride, o.Hole, out.Override); err != nil {
			return err
		}
		return c.enqueue(ctx, jobReconsider, out.ID, out.Expires)
	})
	if err != nil {
		return out, err
	}
	return out, s.reconsider(ctx)
}

// Except proposes an accepted non-installation. It covers nothing before somebody approves it.
func (s *Server) Except(ctx context.Context, e exception.Exception) (board.Exception, error) {
	e.RequestedAt, e.ApprovedBy, e.RevokedBy = s.now(), "", ""
	e.ApprovedAt, e.RevokedAt = time.Time{}, time.Time{}
	err := s.change(ctx, func(c *change) error {
		stated, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := stated.System(e.Scope.System); e.Scope.System != "" && !ok {
			return fault.Missing("Das System", "system", e.Scope.System)
		}
		if _, ok := stated.Customer(e.Scope.Customer); e.Scope.Customer != "" && !ok {
			return fault.Missing("Der Kunde", "customer", e.Scope.Customer)
		}
		if e.Level == "" {
			e.Level = s.levelOf(e.Scope.Advisory)
		}
		if strings.TrimSpace(e.RequestedBy) == "" {
			return fault.New(fault.Invalid, lang.T("Es fehlt, wer die Ausnahme beantragt.", "It does not say who asks for the exception."), lang.Text{})
		}
		if err := e.Check(c.at, exception.DefaultLimits()); err != nil {
			return err
		}
		e.ID, err = c.rule(ctx, "x", store.RulingException, e.Scope.Advisory, e)
		return err
	})
	return s.exceptionRow(e), err
}

// levelOf is how bad a hole is today, the worst of the releases that it is in.
func (s *Server) levelOf(cve string) severity.Level {
	k := s.knows.Load()
	level := severity.Unknown
	if d, ok := k.shelf.Hole(cve); ok {
		for _, p := range d.Packages {
			if l := k.rate(s, hole{p.Release, p.Source, cve}).Level; l.Rank() > level.Rank() {
				level = l
			}
		}
	}
	return level
}

// Approve puts an exception in force. Whoever asked for it cannot approve it.
func (s *Server) Approve(ctx context.Context, id, by string) (board.Exception, error) {
	return s.changeException(ctx, id, func(e exception.Exception, now time.Time) (exception.Exception, error) {
		if strings.EqualFold(strings.TrimSpace(by), strings.TrimSpace(e.RequestedBy)) {
			return e, fault.New(fault.Refused, lang.Textf("%[1]s hat die Ausnahme beantragt und kann sie nicht selbst genehmigen.", "%[1]s asked for the exception and cannot approve it.", by),
				lang.T("Bitte lassen Sie sie von einer zweiten Person genehmigen.", "Please have it approved by a second person."))
		}
		return e.Approve(now, by, exception.DefaultLimits())
	})
}

// Revoke ends an exception before its time. What it covered is open again.
func (s *Server) Revoke(ctx context.Context, id, by string) (board.Exception, error) {
	return s.changeException(ctx, id, func(e exception.Exception, now time.Time) (exception.Exception, error) {
		switch {
		case strings.TrimSpace(by) == "":
			return e, fault.New(fault.Invalid, lang.T("Es fehlt, wer widerruft.", "It does not say who revokes."), lang.Text{})
		case !e.RevokedAt.IsZero():
			return e, fault.New(fault.Conflict, lang.Textf("Die Ausnahme %[1]s ist schon widerrufen.", "The exception %[1]s is revoked already.", id), lang.Text{})
		}
		e.RevokedBy, e.RevokedAt = strings.TrimSpace(by), now
		return e, nil
	})
}

func (s *Server) changeException(ctx context.Context, id string, edit func(exception.Exception, time.Time) (exception.Exception, error)) (board.Exception, error) {
	var e exception.Exception
	err := s.change(ctx, func(c *change) error {
		var err error
		if e, err = amend(ctx, c, store.RulingException, id, fault.Missing("Die Ausnahme", "exception", id), func(e *exception.Exception) (err error) {
			*e, err = edit(*e, c.at)
			return err
		}); err != nil {
			return err
		}
		return c.enqueue(ctx, jobReconsider, id, e.Expires) // then what it covered is open again
	})
	if err != nil {
		return board.Exception{}, err
	}
	return s.exceptionRow(e), s.reconsider(ctx)
}

// rule keeps a ruling under a new ID.
func (c *change) rule(ctx context.Context, prefix, kind, about string, document any) (id string, err error) {
	if id, err = newID(prefix, c.at); err != nil {
		return "", err
	}
	if e, ok := document.(exception.Exception); ok {
		e.ID = id
		document = e
	}
	return id, c.keepRuling(ctx, id, kind, about, document)
}

// keepRuling keeps what somebody decided, under a name that it has already.
func (c *change) keepRuling(ctx context.Context, id, kind, about string, document any) error {
	doc, err := json.Marshal(document)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: id, Kind: kind, About: about, Given: c.at, Document: doc})
	c.wake()
	return c.put(ctx, st, err)
}

// Exceptions lists all exceptions, those in force first.
func (s *Server) Exceptions(ctx context.Context) ([]board.Exception, error) {
	var out []board.Exception
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := exceptions(ctx, tx)
		exception.Order(s.now(), list, exception.DefaultLimits())
		for _, e := range list {
			out = append(out, s.exceptionRow(e))
		}
		return err
	})
	return out, err
}

func (s *Server) exceptionRow(e exception.Exception) board.Exception {
	now := s.local(estate.Held{}, s.now())
	_, why := e.Covers(now, exception.Finding{Advisories: []string{e.Scope.Advisory}, System: e.Scope.System, Customer: e.Scope.Customer, Level: e.Level}, exception.DefaultLimits())
	return board.Exception{Exception: e, State: e.State(now, exception.DefaultLimits()), Sentence: why}
}

func exceptions(ctx context.Context, tx *store.Tx) ([]exception.Exception, error) {
	return documents[exception.Exception](tx.Rulings(ctx, store.RulingException))
}

func overrides(ctx context.Context, tx *store.Tx) ([]board.Override, error) {
	rows, err := tx.Rulings(ctx, store.RulingOverride)
	if err != nil {
		return nil, err
	}
	list := make([]board.Override, len(rows))
	for i, r := range rows {
		list[i].ID = r.ID
		if err := json.Unmarshal(r.Document, &list[i].Override); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// accepted are the spans in which exceptions cover a hole on a system. One that was accepted for a smaller
// risk ends now.
func accepted(now time.Time, list []exception.Exception, f exception.Finding) []clock.Acceptance {
	var out []clock.Acceptance
	for i := range list {
		e := &list[i]
		if e.ApprovedAt.IsZero() {
			continue
		}
		span := clock.Acceptance{ID: e.ID, From: e.ApprovedAt, Until: e.Expires}
		if !e.RevokedAt.IsZero() && e.RevokedAt.Before(span.Until) {
			span.Until = e.RevokedAt
		}
		if span.Until.After(now) { // it should hold: does it?
			if ok, _ := e.Covers(now, f, exception.DefaultLimits()); !ok {
				continue
			}
		} else if !e.About(f) {
			continue
		}
		out = append(out, span)
	}
	return out
}

// excepted are the source packages of a release that an exception keeps from being updated on a system now,
// with the sentence that says so.
func (k *knowledge) excepted(s *Server, held estate.Held, release string) map[string]lang.Text {
	var out map[string]lang.Text
	now := s.local(held, s.now())
	for i := range k.exceptions {
		e := &k.exceptions[i]
		if e.Scope.System != held.System.Name && e.Scope.Customer != held.Customer.ID || !now.Before(e.Expires) {
			continue
		}
		for _, cve := range k.shelf.Named(e.Scope.Advisory) {
			d, ok := k.shelf.Hole(cve)
			if !ok {
				continue
			}
			for _, p := range d.Packages {
				if p.Release != release {
					continue
				}
				f := exception.Finding{Advisories: k.names(cve), System: held.System.Name, Customer: held.Customer.ID, Level: k.rate(s, hole{release, p.Source, cve}).Level}
				if ok, why := e.Covers(now, f, exception.DefaultLimits()); ok {
					if out == nil {
						out = map[string]lang.Text{}
					}
					out[p.Source] = why
				}
			}
		}
	}
	return out
}

// reconsider looks at every system again after people decided something about a hole.
func (s *Server) reconsider(ctx context.Context) error {
	var k *knowledge
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		k, err = know(ctx, tx, s.knows.Load().shelf, s.knows.Load().life)
		return err
	}); err != nil {
		return err
	}
	s.knows.Store(k)
	_, err := s.assessAll(ctx)
	return err
}

// ruled adds what people decided about a hole.
func (s *Server) ruled(ctx context.Context, tx *store.Tx, out *board.Hole, d *dossier.Dossier) error {
	names := s.knows.Load().names(d.CVE)
	said, err := overrides(ctx, tx)
	if err != nil {
		return err
	}
	for _, o := range said {
		if slices.Contains(names, o.Hole) {
			o.Holds = s.now().Before(o.Expires)
			out.Overrides = append(out.Overrides, o)
		}
	}
	list, err := exceptions(ctx, tx)
	if err != nil {
		return err
	}
	for _, e := range list {
		if slices.Contains(names, e.Scope.Advisory) {
			out.Exceptions = append(out.Exceptions, s.exceptionRow(e))
		}
	}
	measures, err := mitigations(ctx, tx)
	if err != nil {
		return err
	}
	for _, m := range measures {
		if !slices.Contains(names, m.Hole) {
			continue
		}
		row, err := s.mitigationRow(ctx, tx, m)
		if err != nil {
			return err
		}
		out.Mitigations = append(out.Mitigations, row)
	}
	return nil
}
