package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/engine"
	"github.com/patchwart/patchwart/internal/store"
)

// planLimit bounds one planning. The first plan of thousands of systems is written as a whole, which takes seconds, and
// on a machine that is busy with something else more than any other write may take.
const planLimit = 5 * time.Minute

// Plan gives every system with permitted changes (or the one named) its slot, beside all that is planned already.
// What is planned stays where it is as far as it can; what moves is told. A preview changes nothing.
func (s *Server) Plan(ctx context.Context, system string, preview bool) (board.PlanResult, error) {
	var result board.PlanResult
	work := func(c *change) error {
		p := planning{change: c, wanted: map[string]wanted{}, dates: map[string]*cadence.Dates{}, preview: preview}
		err := p.round(ctx, system)
		result = p.result
		return err
	}
	if preview {
		err := s.store.Read(ctx, func(tx *store.Tx) error { return work(&change{Tx: tx, server: s, at: s.now()}) })
		return result, err
	}
	ctx, cancel := context.WithTimeout(ctx, planLimit)
	defer cancel()
	return result, s.change(ctx, work)
}

// PlanDiff is what planning now would change against what is planned. It changes nothing.
func (s *Server) PlanDiff(ctx context.Context, system string) (board.PlanDiff, error) {
	p, err := s.Plan(ctx, system, true)
	if err != nil {
		return board.PlanDiff{}, err
	}
	// What has a run already is not newly without one.
	p.Not = slices.DeleteFunc(p.Not, func(n board.NotPlanned) bool { return n.Code == string(schedule.Busy) && n.Run == "" })
	d := board.PlanDiff{Added: p.Slots, Moved: p.Moved, Removed: p.Gone, Not: p.Not, Unchanged: p.Unchanged}
	count := func(n int) lang.Text { return lang.T(lang.Count(n, lang.DE), lang.Count(n, lang.EN)) }
	d.Text = lang.Textf("%[1]s neu, %[2]s verschoben, %[3]s entfallen, %[4]s unverändert, %[5]s nicht geplant.", "%[1]s new, %[2]s moved, %[3]s gone, %[4]s unchanged, %[5]s not planned.",
		count(len(d.Added)), count(len(d.Moved)), count(len(d.Removed)), count(d.Unchanged), count(len(d.Not)))
	return d, nil
}

// planning is one round over the systems.
type planning struct {
	*change
	preview bool
	table   *timetable
	wanted  map[string]wanted         // by run
	dates   map[string]*cadence.Dates // by contract
	jobs    []engine.Job              // that take up what is planned
	result  board.PlanResult
}

func (p *planning) round(ctx context.Context, system string) error {
	p.result.Preview = p.preview
	e, err := p.Estate(ctx)
	if err != nil {
		return err
	}
	if _, ok := e.System(system); system != "" && !ok {
		return fault.Missing("Das System", "system", system)
	}
	if p.table, err = p.timetable(ctx, e); err != nil {
		return err
	}
	if system == "" {
		p.ReadAhead()
	}
	for _, sys := range e.Systems {
		if system == "" || sys.Name == system {
			if err := p.consider(ctx, sys.Name); err != nil {
				return err
			}
		}
	}
	made, err := p.table.plan()
	if err != nil {
		return err
	}
	if err := p.rearrange(ctx, made); err != nil {
		return err
	}
	for _, s := range made.Slots {
		w, added := p.wanted[s.Change]
		if !added {
			continue
		}
		slot := board.Slot{System: s.System, Run: s.Change, At: p.table.slot(s, w.urgent, w.high), Estimate: w.high, Reason: p.table.why(s, w.urgent, w.high)}
		p.result.Slots = append(p.result.Slots, slot)
		if p.preview {
			continue
		}
		if err := p.add(ctx, slot); err != nil {
			return err
		}
	}
	for _, n := range made.Not {
		if _, added := p.wanted[n.Change]; added {
			p.result.Not = append(p.result.Not, board.NotPlanned{System: n.System, Run: n.Change, Code: string(n.Why.Code), Reason: n.Why.Text()})
		}
	}
	return p.server.engine.EnqueueAll(ctx, p.SQL(), p.jobs)
}

// rearrange carries out what a new plan has otherwise than the runs that were planned: they move, or end.
func (p *planning) rearrange(ctx context.Context, made schedule.Plan) error {
	moved, gone, err := p.table.rearrange(ctx, made, p.preview)
	p.result.Moved, p.result.Gone = moved, gone
	p.result.Unchanged = len(p.table.planned) - len(moved) - len(gone)
	return err
}

// wanted is what a planned run will be stored with.
type wanted struct {
	subject  subject
	request  mandate.Request
	mandate  mandate.Mandate
	refusals []mandate.Refusal
	urgent   bool
	high     time.Duration // set aside for it
}

func (p *planning) consider(ctx context.Context, name string) error {
	sub, err := p.server.subjectOf(ctx, p.Tx, p.table.held[name])
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
	p.result.Refused = append(p.result.Refused, waiting(sub, refusals)...)
	if !p.preview {
		if err := p.recordRefusals(ctx, sub, refusals); err != nil {
			return err
		}
		if err := p.askAboutPutBack(ctx, sub, refusals); err != nil {
			return err
		}
	}
	if granted.Zero() {
		if i := slices.IndexFunc(refusals, func(r mandate.Refusal) bool { return r.PutBack != "" }); i >= 0 {
			p.result.Not = append(p.result.Not, board.NotPlanned{System: name, Run: id, Code: "held_back", Reason: refusals[i].Text})
		}
		return nil
	}
	current, busy, err := p.ActiveRun(ctx, name)
	if err != nil {
		return err
	}
	if urgent && busy && yields(current) {
		if !p.preview {
			if err := p.makeWay(ctx, current); err != nil {
				return err
			}
		}
		p.table.drop(current.ID)
		busy = false
	}
	past, err := p.PastRuns(ctx, name, 50)
	if err != nil {
		return err
	}
	standing, err := p.datesOf(sub.held)
	if err != nil && !urgent { // nothing is due by a rule that cannot be computed
		p.result.Not = append(p.result.Not, board.NotPlanned{System: name, Run: id, Code: "no_date", Reason: lang.Textf(
			"Wann der Dauerauftrag %[1]s fällig wird, lässt sich nicht berechnen.", "When standing order %[1]s falls due cannot be computed.", sub.held.Contract.StandingOrder.ID)})
		return nil
	}
	if late, ok, err := p.server.overdue(ctx, p.Tx, sub, granted, standing); err != nil {
		return err
	} else if ok && !p.preview {
		if err := p.alarmOverdue(ctx, late); err != nil {
			return err
		}
	}
	if urgent { // a critical hole does not wait for a date
		standing = nil
	}
	if why := cadence.HoldBack(granted, standing, pastOf(past), p.at); !busy && !why.IsZero() {
		p.result.Not = append(p.result.Not, board.NotPlanned{System: name, Run: id, Code: "held_back", Reason: why})
		return nil
	}
	due, err := p.deadline(ctx, sub.closing(request, granted), standing)
	if err != nil {
		return err
	}
	if busy {
		p.table.due[current.ID] = due
		p.result.Not = append(p.result.Not, board.NotPlanned{System: name, Code: string(schedule.Busy), Reason: lang.Textf(
			"Für %[1]s ist schon ein Lauf geplant oder unterwegs.", "A run for %[1]s is already planned or under way.", name)})
		return nil
	}
	class := schedule.Ordered
	switch {
	case urgent:
		class = schedule.Emergency
	case standingAlone(granted):
		class = schedule.Standing
	}
	median, high := durations(past)
	wish := p.table.wish(id, p.table.held[name], class, median, high)
	p.table.due[id] = due
	p.table.in.Changes = append(p.table.in.Changes, wish)
	p.wanted[id] = wanted{subject: sub, request: request, mandate: granted, refusals: refusals, urgent: urgent, high: high}
	return nil
}

// standingAlone reports whether a mandate rests on standing orders and on nothing else.
func standingAlone(m mandate.Mandate) bool {
	return !slices.ContainsFunc(m.Grounds(), func(g mandate.Ground) bool { return g.Kind != mandate.ByStandingOrder })
}

// datesOf are the dates of a contract's standing order; systems of a contract share them.
func (p *planning) datesOf(held estate.Held) (*cadence.Dates, error) {
	if d, known := p.dates[held.Contract.ID]; known {
		return d, nil
	}
	d, err := cadence.Of(held.Contract.StandingOrder, held.Window, p.server.zones, p.at)
	p.dates[held.Contract.ID] = d
	return d, err
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

// noticePutBack asks the operator about what was put back and is not tried again by itself.
const noticePutBack = "put_back"

// askAboutPutBack has a person look at what was put back, once for the run that failed, and again at each date of a
// standing order that it keeps from being carried out in full (MH2-22).
func (p *planning) askAboutPutBack(ctx context.Context, sub subject, refusals []mandate.Refusal) error {
	i := slices.IndexFunc(refusals, func(r mandate.Refusal) bool { return r.PutBack != "" })
	if i < 0 {
		return nil
	}
	r := refusals[i]
	what := r.PutBack
	if dates, err := p.datesOf(sub.held); err == nil && dates != nil && len(dates.Begun) > 0 { // without dates, once
		what += " " + dates.Begun[len(dates.Begun)-1].Day.String()
	}
	text := lang.Textf("%[1]s: %[2]s %[3]s", "%[1]s: %[2]s %[3]s", sub.held.System.Name, r.Text, r.Ask)
	return p.tellAbout(ctx, sub.held.System.Name, noticePutBack, r.PutBack, what, string(clock.Operator), text)
}

// add stores a planned run with what it was decided on, and has it taken up when its slot comes.
func (p *planning) add(ctx context.Context, slot board.Slot) error {
	w := p.wanted[slot.Run]
	ground := w.mandate.Grounds()[0]
	policyID, _ := w.mandate.Policy()
	st, err := p.AddRun(ctx, store.Run{
		ID: slot.Run, System: slot.System, Customer: w.subject.held.Customer.ID, Stage: board.Planned,
		Slot: slot.At, Zone: w.subject.held.Window.Zone, Created: p.at, Policy: policyID,
		Ground: ground.Name(), Packages: len(w.mandate.Changes()), Sentence: slot.Reason, Urgent: w.urgent,
	})
	if err := p.put(ctx, st, err); err != nil {
		return err
	}
	st, err = p.SavePaper(ctx, slot.Run, store.Planning, store.Paper{Request: w.request, Changes: w.mandate.Changes(), LeftOut: w.refusals}, p.at)
	if err := p.put(ctx, st, err); err != nil {
		return err
	}
	p.wake(topicRun(slot.Run))
	p.jobs = append(p.jobs, engine.Job{Kind: jobAdvance, Key: slot.Run, At: slot.At.From})
	return nil
}

// yields reports whether a run makes way: a critical hole does not wait behind ordinary work that has not begun.
func yields(r store.Run) bool { return r.Stage == board.Planned && !r.Urgent }

// makeWay ends a run that yields.
func (c *change) makeWay(ctx context.Context, r store.Run) error {
	return c.endHere(ctx, r, verdict.Deferred, "made_way", lang.T(
		"Der Lauf macht einer kritischen Lücke Platz und wird danach neu geplant.", "The run makes way for a critical hole and is planned anew afterwards."))
}
