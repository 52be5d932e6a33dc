package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/plan"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// firstEstimate is how long a run is expected to take on a host that has no history yet.
const firstEstimate = 15 * time.Minute

// Plan gives every system with permitted changes (or the one named) its slot. A preview changes nothing.
func (s *Server) Plan(ctx context.Context, system string, preview bool) (board.PlanResult, error) {
	result := board.PlanResult{Preview: preview}
	work := func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(system); system != "" && !ok {
			return fault.Missing("Das System", "system", system)
		}
		freezes, err := s.freezesInForce(ctx, c.Tx)
		if err != nil {
			return err
		}
		p := planning{change: c, estate: e, wanted: map[string]wanted{}, freezes: freezes}
		for _, sys := range e.Systems {
			if system == "" || sys.Name == system {
				if err := p.consider(ctx, sys.Name, preview); err != nil {
					return err
				}
			}
		}
		result.Refused, result.Not = p.refused, p.not
		made := plan.Make(c.at, p.candidates)
		result.Slots, result.Not = made.Slots, append(result.Not, made.Not...)
		if preview {
			return nil
		}
		for _, slot := range made.Slots {
			if err := p.add(ctx, slot); err != nil {
				return err
			}
		}
		return nil
	}
	if preview {
		err := s.store.Read(ctx, func(tx *store.Tx) error { return work(&change{Tx: tx, server: s, at: s.now()}) })
		return result, err
	}
	return result, s.change(ctx, work)
}

// planning is one round over the systems.
type planning struct {
	*change
	estate     estate.Estate
	freezes    []freeze.Closed
	candidates []plan.Candidate
	wanted     map[string]wanted // by run
	refused    []board.Waiting
	not        []plan.NotPlanned
}

// wanted is what a planned run will be stored with.
type wanted struct {
	subject  subject
	request  mandate.Request
	mandate  mandate.Mandate
	refusals []mandate.Refusal
	urgent   bool
}

func (p *planning) consider(ctx context.Context, name string, preview bool) error {
	sub, err := p.server.subject(ctx, p.Tx, p.estate, name)
	if err != nil {
		return err
	}
	id, err := newID("r", p.at)
	if err != nil {
		return err
	}
	request := sub.request(id, p.at)
	granted, refusals := mandate.Grant(request)
	urgent := false
	if now := sub.urgent(id, p.at); len(now.Items) > 0 {
		if g, rest := mandate.Grant(now); !g.Zero() {
			request, granted, refusals, urgent = now, g, rest, true
		}
	}
	p.refused = append(p.refused, waiting(sub, refusals)...)
	if !preview {
		if err := p.recordRefusals(ctx, sub, refusals); err != nil {
			return err
		}
	}
	if granted.Zero() {
		return nil
	}
	current, busy, err := p.ActiveRun(ctx, name)
	if err != nil {
		return err
	}
	if urgent && busy && yields(current) {
		if !preview {
			if err := p.makeWay(ctx, current); err != nil {
				return err
			}
		}
		busy = false
	}
	past, err := p.Runs(ctx, board.RunFilter{System: name, Limit: 50})
	if err != nil {
		return err
	}
	last := []mandate.Change(nil)
	if len(past) > 0 {
		if last, err = p.targets(ctx, past[0].ID); err != nil {
			return err
		}
	}
	standing := sub.held.Contract.StandingOrder
	if urgent { // a critical hole does not wait for the interval
		standing = nil
	}
	if why := holdBack(granted, standing, past, last, p.at); !busy && !why.IsZero() {
		p.not = append(p.not, plan.NotPlanned{System: name, Run: id, Code: "held_back", Reason: why})
		return nil
	}
	agreed, err := p.server.appointmentsFor(ctx, p.Tx, name)
	if err != nil {
		return err
	}
	candidate, err := p.server.candidate(sub.held, past, p.freezes)
	candidate.Appointments = agreed
	if err != nil && !urgent && len(agreed) == 0 {
		p.not = append(p.not, plan.NotPlanned{System: name, Run: id, Code: "no_window", Reason: lang.Textf(
			"Der Vertrag %[1]s nennt kein brauchbares Wartungsfenster.", "Contract %[1]s names no usable maintenance window.", sub.held.Contract.ID)})
		return nil
	}
	candidate.Run, candidate.Busy, candidate.Urgent = id, busy, urgent
	p.candidates = append(p.candidates, candidate)
	p.wanted[id] = wanted{subject: sub, request: request, mandate: granted, refusals: refusals, urgent: urgent}
	return nil
}

// targets are the changes that a run was ordered to make.
func (p *planning) targets(ctx context.Context, run string) ([]mandate.Change, error) {
	paper, ok, err := p.Paper(ctx, run, store.Closing)
	if err != nil || !ok {
		return nil, err
	}
	return paper.Changes, nil
}

// refusedDecision is what is kept of a refusal: what people were told, and the decisions it rests on, so that
// they can be made again.
type refusedDecision struct {
	Refused   board.Waiting     `json:"refused"`
	Facts     string            `json:"facts"` // hash of the facts
	Held      estate.Held       `json:"held"`
	Decisions []policy.Decision `json:"decisions"`
}

// recordRefusals keeps what was refused and why, once for each state of the host.
func (p *planning) recordRefusals(ctx context.Context, sub subject, refusals []mandate.Refusal) error {
	for _, r := range waiting(sub, refusals) {
		kept := refusedDecision{Refused: r, Facts: sub.hash, Held: sub.held}
		for _, x := range refusals {
			if x.Rule == r.Rule && x.Text == r.Text && !slices.ContainsFunc(kept.Decisions, func(d policy.Decision) bool { return d.Facets == x.Decision.Facets }) {
				kept.Decisions = append(kept.Decisions, x.Decision)
			}
		}
		doc, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(doc)
		id := "d-" + hex.EncodeToString(sum[:12])
		if _, known, err := p.Decision(ctx, id); err != nil || known {
			if err != nil {
				return err
			}
			continue
		}
		st, err := p.AddDecision(ctx, store.Decision{ID: id, System: sub.held.System.Name, At: p.at, Document: doc})
		if err := p.put(ctx, st, err); err != nil {
			return err
		}
	}
	return nil
}

// add stores a planned run with what it was decided on, and has it taken up when its slot comes.
func (p *planning) add(ctx context.Context, slot plan.Slot) error {
	w := p.wanted[slot.Run]
	ground := w.mandate.Grounds()[0]
	policyID, _ := w.mandate.Policy()
	st, err := p.AddRun(ctx, store.Run{
		ID: slot.Run, System: slot.System, Customer: w.subject.held.Customer.ID, Stage: board.Planned,
		Slot: slot.At, Zone: w.subject.held.Window.Zone, Created: p.at, Policy: policyID,
		Ground: groundName(ground), Packages: len(w.mandate.Changes()), Sentence: slot.Reason, Urgent: w.urgent,
	})
	if err := p.put(ctx, st, err); err != nil {
		return err
	}
	st, err = p.SavePaper(ctx, slot.Run, store.Planning, store.Paper{Request: w.request, Changes: w.mandate.Changes(), LeftOut: w.refusals}, p.at)
	if err := p.put(ctx, st, err); err != nil {
		return err
	}
	p.wake(topicRun(slot.Run))
	return p.enqueue(ctx, jobAdvance, slot.Run, slot.At.From)
}

func groundName(g mandate.Ground) string {
	if g.Basis == "" {
		return string(g.Kind)
	}
	return string(g.Kind) + " " + g.Basis
}

// yields reports whether a run makes way: a critical hole does not wait behind ordinary work that has not begun.
func yields(r store.Run) bool { return r.Stage == board.Planned && !r.Urgent }

// makeWay ends a run that yields.
func (c *change) makeWay(ctx context.Context, r store.Run) error {
	return c.endHere(ctx, r, verdict.Deferred, "made_way", lang.T(
		"Der Lauf macht einer kritischen Lücke Platz und wird danach neu geplant.", "The run makes way for a critical hole and is planned anew afterwards."))
}

// candidate is a system as the planner knows it. Without a usable window only what is urgent can be planned.
func (s *Server) candidate(held estate.Held, past []store.Run, freezes []freeze.Closed) (plan.Candidate, error) {
	w, err := window.Compile(held.Window, s.zones)
	return plan.Candidate{System: held.System.Name, Customer: held.Customer.ID, Window: w, Estimate: estimate(past), Freezes: freezes}, err
}

// estimate is how long a run of this host is expected to take: the longest of its last three that
// wrote anything, and half as much again.
func estimate(past []store.Run) time.Duration {
	var took []time.Duration
	for _, r := range past {
		if r.Stage == board.Over && r.State.Written && len(took) < 3 {
			took = append(took, r.State.Last.Sub(r.State.Begun))
		}
	}
	if len(took) == 0 {
		return firstEstimate
	}
	return max(slices.Max(took)*3/2, time.Minute).Round(time.Second)
}
