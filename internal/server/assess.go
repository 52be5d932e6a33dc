package server

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

// clockPaper is what a clock rests on.
type clockPaper struct {
	Release  string           `json:"release"`
	Version  string           `json:"version"` // of the source package, when the clock was started
	Fixed    string           `json:"fixed,omitempty"`
	Binaries []string         `json:"binaries"`
	Title    string           `json:"title,omitempty"`
	Rating   severity.Rating  `json:"rating"`
	Decision *policy.Decision `json:"decision,omitempty"` // on closing the hole
	Times    clock.Times      `json:"times"`
	Duty     clock.Duty       `json:"duty"`
	Told     []clock.Told     `json:"told,omitempty"`
}

func paperOf(c store.Clock) (clockPaper, error) {
	var p clockPaper
	err := json.Unmarshal(c.Document, &p)
	return p, err
}

// relearn reads the publications anew and looks at every system again. It returns how many clocks were
// started.
func (s *Server) relearn(ctx context.Context) (started int, err error) {
	if err = s.store.Read(ctx, func(tx *store.Tx) error {
		k, err := s.learn(ctx, tx)
		if err == nil {
			s.knows.Store(k)
		}
		return err
	}); err != nil {
		return 0, err
	}
	return s.assessAll(ctx)
}

// assessAll looks again at every system that has a critical hole, or a clock that runs. Nothing changes for
// the others.
func (s *Server) assessAll(ctx context.Context) (started int, err error) {
	hosts, err := s.crowd.concerned(ctx, s, s.knows.Load())
	if err != nil {
		return 0, err
	}
	if err = s.store.Read(ctx, func(tx *store.Tx) error {
		running, err := tx.Clocks(ctx, time.Time{})
		for _, c := range running {
			hosts = append(hosts, c.System)
		}
		return err
	}); err != nil {
		return 0, err
	}
	slices.Sort(hosts)
	for _, name := range slices.Compact(hosts) {
		n, err := s.assess(ctx, name)
		if err != nil {
			return started, err
		}
		started += n
	}
	return started, nil
}

// assess looks at one system with what is known now: starts a clock for each critical hole that it has,
// and brings those that run up to date. Asking twice changes nothing twice.
func (s *Server) assess(ctx context.Context, name string) (started int, err error) {
	err = s.change(ctx, func(c *change) error {
		started = 0
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(name); !ok {
			return nil
		}
		row, ok, err := c.Facts(ctx, name)
		if err != nil || !ok {
			return err
		}
		a := assessment{change: c, system: name, facts: row.Facts, inventory: inventoryOf(row.Facts)}
		a.matches = s.knows.Load().shelf.Index.Match(a.inventory)
		if started, err = a.start(ctx); err != nil {
			return err
		}
		sub, err := s.subject(ctx, c.Tx, e, name)
		if err != nil {
			return err
		}
		urgent, err := a.update(ctx, sub)
		if err != nil {
			return err
		}
		if started > 0 {
			c.wake()
		}
		if started > 0 || urgent {
			if err := c.emergencies(ctx, name); err != nil {
				return err
			}
		}
		if urgent {
			return c.enqueue(ctx, jobPlan, name, c.at)
		}
		return nil
	})
	return started, err
}

// assessment is one look at one system.
type assessment struct {
	*change
	system    string
	facts     fact.Facts
	inventory advisory.Inventory
	matches   []advisory.Match
}

// start starts a clock for each hole that is critical and has none.
func (a *assessment) start(ctx context.Context) (started int, err error) {
	k := a.server.knows.Load()
	for _, m := range a.matches {
		for _, h := range m.Holes {
			rating := k.rate(a.server, hole{a.inventory.Release, m.Source, h.CVE})
			if rating.Critical() != severity.Yes {
				continue
			}
			p := clockPaper{Release: a.inventory.Release, Version: m.Version, Fixed: h.Fixed, Binaries: m.Binaries, Rating: rating,
				Times: clock.Times{Known: a.at}}
			if d, ok := k.shelf.Hole(h.CVE); ok {
				p.Title, p.Times.Published = d.Title, d.Published
			}
			doc, err := json.Marshal(p)
			if err != nil {
				return started, err
			}
			st, added, err := a.AddClock(ctx, store.Clock{System: a.system, Source: m.Source, CVE: h.CVE, Known: a.at, Document: doc})
			if err != nil {
				return started, err
			}
			if added {
				started++
				if err := a.put(ctx, st, nil); err != nil {
					return started, err
				}
			}
		}
	}
	return started, nil
}

// update brings every clock of the system up to date with facts, feeds and mandates. urgent says that a
// hole is open which may be closed at once.
func (a *assessment) update(ctx context.Context, sub subject) (urgent bool, err error) {
	list, err := a.ClocksOf(ctx, a.system)
	if err != nil {
		return false, err
	}
	measures, err := mitigations(ctx, a.Tx)
	if err != nil {
		return false, err
	}
	for _, c := range list {
		p, err := paperOf(c)
		if err != nil {
			return false, err
		}
		before := string(c.Document)
		a.observe(&p, c)
		p.Rating = a.server.knows.Load().rate(a.server, hole{p.Release, c.Source, c.CVE})
		p.Times.Mitigations = mitigated(a.at, p.Times.Mitigations, slices.DeleteFunc(slices.Clone(measures), func(m mitigation.Mitigation) bool {
			return m.System != a.system || m.Hole != c.CVE
		}), a.facts)
		p.Times.Pauses = a.server.pauses(sub)
		p.Times.Accepted = accepted(a.at, a.server.knows.Load().exceptions, exception.Finding{Advisories: a.server.knows.Load().names(c.CVE), System: a.system, Customer: sub.held.Customer.ID, Level: p.Rating.Level})
		may := a.consider(&p, c, sub)
		state := clock.State(a.server.local(sub.held, a.at), p.Times, p.Duty)
		urgent = urgent || may && !state.Secured && !state.Accepted
		c.Closed = time.Time{}
		if state.Secured && state.By != clock.ByMitigation {
			c.Closed = state.SecuredAt
		}
		if c.Document, err = json.Marshal(p); err != nil {
			return false, err
		}
		if string(c.Document) == before {
			continue
		}
		st, err := a.UpdateClock(ctx, c)
		if err := a.put(ctx, st, err); err != nil {
			return false, err
		}
		a.wake()
		if !c.Closed.IsZero() {
			if err := a.tellSecured(ctx, c, state, sub); err != nil {
				return false, err
			}
		}
	}
	return urgent, nil
}

// observe notes what the facts say about a hole: still there, fixed on the disk, fixed and running, or
// gone with its package.
func (a *assessment) observe(p *clockPaper, c store.Clock) {
	for _, m := range a.matches {
		if m.Source != c.Source {
			continue
		}
		for _, h := range m.Holes {
			if h.CVE != c.CVE {
				continue
			}
			p.Fixed = h.Fixed
			if !p.Times.Installed.IsZero() { // it was fixed, and is not any more
				p.Times.TakenBack = a.at
			}
			if !p.Times.Removed.IsZero() || p.Times.NotAffected != nil { // back again
				p.Times.Removed, p.Times.NotAffected = time.Time{}, nil
			}
			return
		}
	}
	installed := slices.ContainsFunc(a.inventory.Packages, func(x debianInstalled) bool { return x.Source == c.Source })
	switch {
	case !installed:
		if p.Times.Removed.IsZero() {
			p.Times.Removed = a.at
		}
	case a.unchanged(p, c.Source):
		// The same version is there and no publisher calls it affected any more.
		if p.Times.NotAffected == nil {
			p.Times.NotAffected = &clock.Clearance{At: a.at, Source: "feeds", Reason: "no publisher names this version as affected any more"}
		}
	default:
		if p.Times.Installed.IsZero() || !p.Times.TakenBack.IsZero() && p.Times.TakenBack.After(p.Times.Installed) {
			p.Times.Installed, p.Times.Effective = a.at, time.Time{}
		}
		if p.Times.Effective.IsZero() && a.effective(c.Source) {
			p.Times.Effective = a.at
		}
	}
}

// unchanged reports whether the source package still has the version that the clock was started for.
func (a *assessment) unchanged(p *clockPaper, source string) bool {
	return slices.ContainsFunc(a.inventory.Packages, func(x debianInstalled) bool { return x.Source == source && x.SourceVersion == p.Version })
}

// effective reports whether what is installed is what runs: no service still uses replaced files, and,
// for the kernel, no newer one waits for a reboot.
func (a *assessment) effective(source string) bool {
	if debian.Kernel(source) {
		return !a.facts.Reboot.Required
	}
	return len(a.facts.Reboot.Services) == 0
}

// consider notes what the policy demands about the hole, and whether somebody allowed to close it. It
// reports whether it may be closed at once.
func (a *assessment) consider(p *clockPaper, c store.Clock, sub subject) (now bool) {
	f := finding.Finding{Package: c.Source, Source: c.Source, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard, Layer: finding.LayerOf(c.Source), Criticality: policy.CriticalityRemoteTakeover}
	if p.Rating.Critical() == severity.No { // somebody rated it otherwise: the short clock is not for it
		f.Criticality = policy.CriticalityNormal
	}
	d := policy.Decide(sub.version, finding.Facets(sub.held, f))
	p.Duty = clock.DutyUnder(d, p.Rating.Level)
	p.Decision = &d
	request := mandate.Request{Held: sub.held, Items: []mandate.Item{{Finding: f, Decision: d}}, Orders: sub.orders, At: a.at}
	granted, _ := mandate.Grant(request)
	if granted.Zero() {
		return false
	}
	if p.Times.Consented.IsZero() && p.Duty.Footing == clock.Consent {
		p.Times.Consented = consented(granted.Grounds()[0], request, a.at)
	}
	return d.Window == policy.WindowAny && p.Fixed != ""
}

// consented is when the customer allowed what a mandate rests on.
func consented(g mandate.Ground, r mandate.Request, at time.Time) time.Time {
	for _, o := range r.Orders {
		if g.Kind == mandate.ByOrder && o.ID == g.Basis {
			return o.Given
		}
	}
	if s := r.Held.Contract.StandingOrder; g.Kind == mandate.ByStandingOrder && s != nil {
		if day, err := time.Parse(time.DateOnly, s.Given); err == nil {
			return day
		}
	}
	return at
}

// standsWords says how a clock stands, in one line.
func standsWords(c clock.Clock) lang.Text {
	if len(c.Reasons) > 0 {
		return c.Reasons[0]
	}
	return lang.Text{}
}
