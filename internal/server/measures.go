package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// measureSpan is how long the order for a measure may wait for its host.
const measureSpan = 4 * time.Hour

// measureRequest is what a mandate for a measure is asked for on: the policy's word about a mitigation of that
// hole on that system. A hole that the system does not have needs none.
func (c *change) measureRequest(ctx context.Context, sub subject, m mitigation.Mitigation) (mandate.MeasureRequest, error) {
	request := mandate.MeasureRequest{Held: sub.held, Orders: sub.orders, Measure: m.Measure, At: c.at}
	source, rating, err := c.holeOn(ctx, sub, m.Hole)
	if err != nil {
		return request, err
	}
	f := finding.Finding{Package: source, Source: source, Class: policy.ChangeClassMitigation, Origin: policy.OriginStandard, Layer: finding.LayerOf(source)}
	if rating.Critical() != severity.No {
		f.Criticality = policy.CriticalityRemoteTakeover
	}
	request.Hole, request.Decision = f, policy.Decide(sub.version, finding.Facets(sub.held, f))
	return request, nil
}

// holeOn is the source package of a system that has the hole, and how bad it is.
func (c *change) holeOn(ctx context.Context, sub subject, cve string) (source string, rating severity.Rating, err error) {
	clocks, err := c.ClocksOf(ctx, sub.held.System.Name)
	if err != nil {
		return "", rating, err
	}
	for _, one := range clocks {
		if one.CVE == cve {
			p, err := paperOf(one)
			return one.Source, p.Rating, err
		}
	}
	if sub.facts != nil {
		k := c.server.knows.Load()
		inventory := inventoryOf(*sub.facts)
		for _, m := range k.shelf.Index.Match(inventory) {
			for _, h := range m.Holes {
				if h.CVE == cve {
					return m.Source, k.rate(c.server, hole{inventory.Release, m.Source, cve}), nil
				}
			}
		}
	}
	return "", rating, fault.New(fault.Refused, lang.Textf("%[1]s hat %[2]s nicht, soweit bekannt.", "%[1]s does not have %[2]s, as far as is known.", sub.held.System.Name, cve),
		lang.T("Was eine Lücke betrifft, zeigt: patchwart advisory show. Was jemand von Hand tut, lässt sich mit --by-hand festhalten.",
			"What a hole concerns is shown by: patchwart advisory show. What somebody does by hand can be kept with --by-hand."))
}

// permitMeasure says whether the agent may carry the mitigation out, before anything is kept.
func (c *change) permitMeasure(ctx context.Context, sub subject, m mitigation.Mitigation) error {
	request, err := c.measureRequest(ctx, sub, m)
	if err != nil {
		return err
	}
	if _, refusal := mandate.GrantMeasure(request); refusal != nil {
		f := fault.New(fault.Refused, refusal.Text, refusal.Ask)
		f.Rule = refusal.Rule
		return f
	}
	return nil
}

// prepared fills in the hash of a fragment as the host reported it: what was seen is what is ordered.
func prepared(m *mitigation.Measure, sub subject) error {
	if m.Verb != mitigation.PlaceFragment || sub.facts == nil {
		return nil
	}
	for _, f := range sub.facts.Fragments {
		if f.Name == m.Fragment {
			m.SHA256 = f.SHA256
			return nil
		}
	}
	return fault.New(fault.NotFound, lang.Textf("Auf %[1]s ist kein Stück Konfiguration %[2]s vorbereitet.", "On %[1]s no piece of configuration %[2]s is prepared.", sub.held.System.Name, m.Fragment),
		lang.T("Wie eines vorbereitet wird, steht in docs/agent.md.", "How one is prepared is told in docs/agent.md."))
}

// haveMeasure has a mitigation put in place, or taken back when it was ended, by a run. A host that is busy
// with another run is asked again; a run that failed is not repeated by itself.
func (s *Server) haveMeasure(ctx context.Context, id string) (again time.Duration, err error) {
	err = s.change(ctx, func(c *change) error {
		again = 0
		m, row, ok, err := document[mitigation.Mitigation](ctx, c.Tx, store.RulingMitigation, id)
		if err != nil || !ok || m.Hands != mitigation.ByAgent {
			return err
		}
		lift := !m.EndedAt.IsZero()
		wanted, err := c.measureWanted(ctx, m, lift)
		if err != nil || !wanted {
			return err
		}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		held, ok := e.Held(m.System)
		if !ok {
			return nil
		}
		run, err := newID("r", c.at)
		if err != nil {
			return err
		}
		r := store.Run{ID: run, System: m.System, Customer: held.Customer.ID, Stage: board.Planned, Slot: window.Interval{From: c.at, To: c.at.Add(measureSpan)},
			Zone: held.Window.Zone, Created: c.at, Policy: held.InForce(), Urgent: true, Measure: m.ID, Lift: lift,
			Sentence: measurePlanned(&m.Measure, lift)}
		st, err := c.AddRun(ctx, r)
		if errors.Is(err, store.ErrBusy) {
			again = lookAgain
			current, busy, err := c.ActiveRun(ctx, m.System)
			if err != nil || !busy || !yields(current) {
				return err
			}
			return c.makeWay(ctx, current)
		}
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		m.Runs = append(m.Runs, run)
		if err := c.rewrite(ctx, row, m); err != nil {
			return err
		}
		c.wake(topicRun(run))
		return c.enqueue(ctx, jobAdvance, run, c.at)
	})
	return again, err
}

// measureWanted reports whether a run is to be made: to put in place what was never tried, or to take back what
// may be there.
func (c *change) measureWanted(ctx context.Context, m mitigation.Mitigation, lift bool) (bool, error) {
	if !lift && (len(m.Runs) > 0 || !c.at.Before(m.Expires)) {
		return false, nil
	}
	there := false
	for _, id := range m.Runs {
		r, ok, err := c.Run(ctx, id)
		if err != nil || !ok {
			return false, err
		}
		switch {
		case r.Stage != board.Over:
			return false, nil // its end asks again
		case r.Lift && r.Outcome == verdict.Succeeded, !r.Lift && r.Outcome == verdict.Restored:
			there = false
		case !r.Lift && r.State.Written:
			there = true
		case r.Lift && c.at.Sub(r.Ended) < lookAgain:
			return false, nil // it failed just now
		}
	}
	return !lift || there, nil
}

// closeMeasure closes and signs the order for a measure. Whether it is still permitted is decided now.
func (c *change) closeMeasure(ctx context.Context, r store.Run) error {
	m, _, ok, err := document[mitigation.Mitigation](ctx, c.Tx, store.RulingMitigation, r.Measure)
	if err != nil {
		return err
	}
	if !ok || !r.Lift && (!m.EndedAt.IsZero() || !c.at.Before(m.Expires)) {
		return c.endHere(ctx, r, verdict.Deferred, "not_wanted", lang.T("Die Maßnahme ist inzwischen beendet.", "The measure has ended meanwhile."))
	}
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	sub, err := c.server.subject(ctx, c.Tx, e, r.System)
	if err != nil {
		return err
	}
	request, err := c.measureRequest(ctx, sub, m)
	if f := (*fault.Error)(nil); errors.As(err, &f) && !r.Lift {
		return c.endHere(ctx, r, verdict.Blocked, "no_mandate", f.Text)
	} else if err != nil && f == nil {
		return err
	}
	request.Run, request.Lift = r.ID, r.Lift
	if r.Lift {
		if request.PutBy, err = c.putBy(ctx, m); err != nil {
			return err
		}
	}
	granted, refusal := mandate.GrantMeasure(request)
	paper := store.Paper{Measure: &request}
	if refusal != nil {
		paper.LeftOut = []mandate.Refusal{*refusal}
	}
	st, err := c.SavePaper(ctx, r.ID, store.Closing, paper, c.at)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	if refusal != nil {
		return c.endHere(ctx, r, verdict.Blocked, "no_mandate", refusal.Text)
	}
	return c.sealOrder(ctx, r, sub, granted)
}

// putBy is the digest of the mandate by which the measure was put in place.
func (c *change) putBy(ctx context.Context, m mitigation.Mitigation) (string, error) {
	for _, id := range slices.Backward(m.Runs) {
		r, ok, err := c.Run(ctx, id)
		if err != nil {
			return "", err
		}
		if ok && !r.Lift && r.Mandate != "" {
			return r.Mandate, nil
		}
	}
	return "", nil
}

// measured follows the end of a run about a measure: it is looked whether the hole is secured, and whether
// something is still to be done.
func (c *change) measured(ctx context.Context, r store.Run) error {
	if r.Measure == "" {
		return nil
	}
	if err := c.enqueue(ctx, jobMeasure, r.Measure, c.at.Add(lookAgain)); err != nil {
		return err
	}
	return c.enqueue(ctx, jobAssess, r.System, c.at)
}

func measurePlanned(m *mitigation.Measure, lift bool) lang.Text {
	if lift {
		return lang.Textf("Maßnahme wird zurückgenommen: %[1]s.", "The measure is taken back: %[1]s.", m.Text())
	}
	return lang.Textf("Maßnahme gegen eine Lücke: %[1]s.", "Measure against a hole: %[1]s.", m.Text())
}

func measureOrdered(m *mitigation.Measure, lift bool) lang.Text {
	if lift {
		return lang.Textf("Arbeitsauftrag, die Maßnahme zurückzunehmen (%[1]s), ist unterschrieben.", "A work order to take the measure back (%[1]s) is signed.", m.Text())
	}
	return lang.Textf("Arbeitsauftrag für die Maßnahme (%[1]s) ist unterschrieben.", "A work order for the measure (%[1]s) is signed.", m.Text())
}
