package host

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/service"
)

// steadyFor is how long a service has to have been up to count as steady: one that comes late is fine, one
// that comes again and again is not.
const steadyFor = 10 * time.Second

// firstMoments is how long a service that has just come up is looked at in any case: on a fast host one that dies
// right after its start would be seen up, once, before it ever went down.
const firstMoments = 3 * time.Second

// What makes an unsteady unit a flapping one: so many restarts by the system manager while it was looked at,
// or so many times seen to go down; or one more restart after so many before.
const (
	flapsSeen   = 2
	flapsBefore = 3
)

// failedFor is how long a service has to have been given up (see verdict.GaveUp) until nothing is waited for any more.
const failedFor = 10 * time.Second

// pulse watches units over several looks.
type pulse struct {
	first, last map[string]service.Unit
	downs       map[string]int
	restless    []string                 // units that were flapping before, and are not waited for
	gaveUp      map[string]time.Duration // since when a unit is seen as given up, by the host's monotonic clock
}

// beat takes in one look. A unit that is not in it is at rest (see service.List).
func (p *pulse) beat(units []service.Unit) {
	if p.first == nil {
		p.first, p.downs = map[string]service.Unit{}, map[string]int{}
	}
	now := make(map[string]service.Unit, len(units))
	for _, u := range units {
		if _, known := p.first[u.Name]; !known {
			p.first[u.Name] = u
		}
		now[u.Name] = u
	}
	for name, was := range p.last {
		if was.Active == "active" && now[name].Active != "active" {
			p.downs[name]++
		}
	}
	p.last = now
}

// young reports whether some unit that restarted by itself came up too recently to be called steady; uptime is
// the host's monotonic clock.
func (p *pulse) young(uptime time.Duration) bool {
	for name, u := range p.last {
		if (u.Restarts > 0 || p.downs[name] > 0) && unsteady(u, uptime) && !slices.Contains(p.restless, name) {
			return true
		}
	}
	return false
}

// hopeless takes in which units are given up at a look, and reports whether one of them has stayed so for failedFor.
func (p *pulse) hopeless(gaveUp []string, uptime time.Duration) bool {
	since, over := map[string]time.Duration{}, false
	for _, name := range gaveUp {
		since[name] = uptime
		if first, known := p.gaveUp[name]; known {
			since[name] = first
		}
		over = over || uptime-since[name] >= failedFor
	}
	p.gaveUp = since
	return over
}

// fresh is how long some unit still has to be looked at that came up so recently that it has not shown yet whether
// it stays; 0 if there is none.
func (p *pulse) fresh(uptime time.Duration) time.Duration {
	var longest time.Duration
	for name, u := range p.last {
		if u.Active == "active" && u.Promise() && !slices.Contains(p.restless, name) {
			longest = max(longest, firstMoments-upFor(u, uptime))
		}
	}
	return longest
}

// coming reports whether some unit is on its way up or down.
func (p *pulse) coming(units []service.Unit) bool {
	return slices.ContainsFunc(units, func(u service.Unit) bool { return u.Coming() && !slices.Contains(p.restless, u.Name) })
}

// flapping names the units that come up and go down again and again.
func (p *pulse) flapping(uptime time.Duration) []string {
	var names []string
	for name, u := range p.last {
		grown := u.Restarts - p.first[name].Restarts
		if grown < 0 { // somebody started it anew, and the system manager counts from zero
			grown = u.Restarts
		}
		again := grown >= flapsSeen || p.downs[name] >= flapsSeen || u.Restarts >= flapsBefore
		if again && u.Promise() && unsteady(u, uptime) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// unsteady says that a unit is not up, or came up just now. One that has failed for good is no longer on its
// way anywhere: it is lost, and said to be.
func unsteady(u service.Unit, uptime time.Duration) bool {
	switch u.Active {
	case "active":
		return upFor(u, uptime) < steadyFor
	case "activating", "deactivating", "reloading":
		return true
	}
	return false
}

// upFor is how long a unit that is up has been so.
func upFor(u service.Unit, uptime time.Duration) time.Duration {
	return uptime - time.Duration(u.Since)*time.Microsecond
}

// uptime reads the clock in which the system manager notes when units came up.
func uptime() (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}
