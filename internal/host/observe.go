package host

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/host/service"
	"github.com/patchwart/patchwart/internal/wire"
)

// between is the time from one look to the next while something is still coming up.
const between = 500 * time.Millisecond

// Observe looks at what a verdict compares: versions of the ordered packages, services, listening
// ports, checks, and what is not effective yet.
//
// Before the change it looks once (a check that fails is asked a second time, to tell a hiccup from a
// state), and remembers what it saw. After the change it looks again and again until everything that
// was there before is back, for as long as Options.Patience: a service may need its time to come up,
// and is not lost by that. One that the system manager has given up is not waited for.
func (m *Machine) Observe(ctx context.Context, order wire.WorkOrder) (verdict.Observation, error) {
	status, err := m.database.Status()
	if err != nil {
		return verdict.Observation{}, fmt.Errorf("observe: %w", err)
	}
	changed := len(notInstalled(status, order.Packages())) == 0
	var was before
	if known, err := m.load(beforeStamp, &was); err != nil || !known || was.Order != order.ID() {
		was = before{} // this run has not looked yet, or cannot tell any more: checks and states still count
	}
	if !changed && was.Order == "" {
		seen, err := m.first(ctx, order)
		if err != nil {
			return seen, err
		}
		return seen, m.save(beforeStamp, before{Order: order.ID(), Observation: seen})
	}
	deadline := time.Now().Add(m.opt.Patience)
	watched := pulse{restless: was.Observation.Flapping}
	for {
		seen, coming, err := m.look(ctx, order, &watched)
		if err != nil {
			return seen, err
		}
		now, err := uptime()
		if err != nil {
			return seen, fmt.Errorf("observe: %w", err)
		}
		fresh := watched.fresh(now)
		back := !coming && !watched.young(now) && allBack(was.Observation, seen)
		hopeless := watched.hopeless(verdict.GaveUp(was.Observation, seen), now)
		if back && fresh == 0 || hopeless || !time.Now().Before(deadline) {
			seen.Flapping = watched.flapping(now)
			seen.Reboot, err = m.reboot(ctx)
			if err != nil {
				return seen, fmt.Errorf("observe: %w", err)
			}
			return seen, nil
		}
		wait := between
		if back {
			// Only what came up just now is waited for. That it goes down shows at the end of its first moments as
			// well: not every look in between is worth its cost.
			wait = max(between, fresh)
		}
		if err := pause(ctx, wait); err != nil {
			return seen, fmt.Errorf("observe: %w", err)
		}
	}
}

// first is the look before the change.
func (m *Machine) first(ctx context.Context, order wire.WorkOrder) (verdict.Observation, error) {
	var watched pulse
	seen, coming, err := m.look(ctx, order, &watched)
	if err != nil {
		return seen, err
	}
	if coming || slices.ContainsFunc(seen.Checks, func(c verdict.CheckResult) bool { return !c.Passed }) {
		if err := pause(ctx, 2*between); err != nil {
			return seen, fmt.Errorf("observe: %w", err)
		}
		seen, _, err = m.look(ctx, order, &watched)
	}
	if err != nil {
		return seen, err
	}
	now, err := uptime()
	if err != nil {
		return seen, fmt.Errorf("observe: %w", err)
	}
	seen.Flapping = watched.flapping(now)
	return seen, nil
}

// steady looks until no service is on its way up or down, or Options.Patience is over.
func (m *Machine) steady(ctx context.Context, order wire.WorkOrder) (verdict.Observation, error) {
	deadline := time.Now().Add(m.opt.Patience)
	for {
		seen, coming, err := m.look(ctx, order, &pulse{})
		if err != nil || !coming || !time.Now().Before(deadline) {
			return seen, err
		}
		if err := pause(ctx, between); err != nil {
			return seen, fmt.Errorf("observe: %w", err)
		}
	}
}

// look is one look, of which watched takes in how the services are. coming says that a service is on its way
// up or down.
func (m *Machine) look(ctx context.Context, order wire.WorkOrder, watched *pulse) (seen verdict.Observation, coming bool, err error) {
	status, err := m.database.Status()
	if err != nil {
		return seen, false, fmt.Errorf("observe: %w", err)
	}
	seen.Versions = map[string]string{}
	for _, p := range order.Packages() {
		have, _ := status.Find(p.Name, p.Arch)
		seen.Versions[verdict.Key(p.Name, p.Arch)] = have.Version
	}
	seen.Broken = status.Broken()
	units, err := m.units(ctx, order.Services()...)
	if err != nil {
		return seen, false, fmt.Errorf("observe: %w", err)
	}
	seen.Units, _ = service.Running(units, m.opt.Unit, order.Services()...)
	watched.beat(units)
	coming = watched.coming(units)
	if seen.Listen, err = probe.Listening(procDir); err != nil {
		return seen, false, fmt.Errorf("observe: %w", err)
	}
	seen.Checks = probe.Checks(ctx, order.Checks())
	return seen, coming, ctx.Err()
}

// allBack says whether everything that was well before is well now.
func allBack(was, now verdict.Observation) bool {
	for _, u := range was.Units {
		if slices.Contains(was.Flapping, u.Name) {
			continue
		}
		if u.Active == "active" && !slices.ContainsFunc(now.Units, func(n fact.Unit) bool { return n.Name == u.Name && n.Active == "active" }) {
			return false
		}
	}
	for _, l := range was.Listen {
		if !slices.ContainsFunc(now.Listen, func(n fact.Listener) bool { return n.Proto == l.Proto && n.Port == l.Port }) {
			return false
		}
	}
	for _, c := range now.Checks {
		failedBefore := slices.ContainsFunc(was.Checks, func(w verdict.CheckResult) bool { return w.Check.Name == c.Check.Name && !w.Passed })
		if !c.Passed && !failedBefore {
			return false
		}
	}
	return true
}
