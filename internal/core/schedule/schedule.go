// Package schedule lays out the due changes of a whole estate over a quarter: which change begins when, so
// that every rule about windows, freezes, capacity, groups and dependencies is kept, and deadlines come first.
//
// It is pure and deterministic: the same input in any order gives the same plan. Every change is either
// planned or has a reason why not; a change that ends after its deadline is planned all the same and says
// how late it is, and why. Nothing is dropped silently.
//
// A change reserves its high duration (the one that nine of ten runs do not exceed), not its median, in full
// minutes: it must fit into one occurrence of a window with that length, and holds its system, its groups and
// one unit of each of its pools for that long.
//
// Make plans from nothing. Replan keeps what still holds of an earlier plan. A Planner holds a plan with its
// occupancy, so that one change more or less touches only what is concerned. docs/planning.md tells it whole.
package schedule

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Input is all that a plan depends on. Changes refer to windows, freezes, pools and groups by their index,
// because many share one. A Planner goes on reading what it was given: callers leave it as it is.
type Input struct {
	Now     time.Time     // nothing is planned before; its location is the one that times are told in
	Horizon time.Duration // how far ahead is planned, a quarter as a rule; what is planned ends within
	Windows []window.Recurring
	Freezes []Freeze
	Pools   []Pool
	Groups  []string // names; of the members of a group never two are changed at a time
	Changes []Change // IDs are unique
	Running []Running
}

// Class is how urgent a kind of change is.
type Class string

// The classes, the most urgent first.
const (
	Emergency Class = "emergency" // needs no window
	Ordered   Class = "ordered"   // a person ordered it
	Standing  Class = "standing"  // comes by a standing order
)

// Classes lists the classes, the most urgent first.
func Classes() []Class { return []Class{Emergency, Ordered, Standing} }

// Change is one due change of one system.
type Change struct {
	ID     string
	System string // never changed twice at a time
	Class  Class

	Windows      []int             // of Input.Windows
	Appointments []window.Interval // agreed with the customer, once
	Freezes      []int             // of Input.Freezes, those that concern it
	Pools        []int             // of Input.Pools; it takes one unit of each
	Groups       []int             // of Input.Groups
	After        []string          // IDs of changes that must have ended; those long done are left out

	Median    time.Duration // half of such runs take no longer
	High      time.Duration // nine of ten take no longer; this much is reserved
	NotBefore time.Time     // zero: at once
	Deadline  time.Time     // it should have ended by then; zero: none

	// Regardless lets an emergency take no heed of groups and pools. It still holds them: others make room.
	// An emergency that waits for another change heeds them in any case.
	Regardless bool
}

// Scope is whom a freeze was made for.
type Scope string

// The scopes of a freeze.
const (
	CustomerFreeze Scope = "customer"
	SystemFreeze   Scope = "system"
	ProviderFreeze Scope = "provider"
)

// Text is the scope as a sentence has it.
func (s Scope) Text() lang.Text {
	switch s {
	case CustomerFreeze:
		return lang.T("des Kunden", "of the customer")
	case SystemFreeze:
		return lang.T("des Systems", "of the system")
	case ProviderFreeze:
		return lang.T("des Providers", "of the provider")
	default:
		return lang.T(string(s), string(s))
	}
}

// Freeze is a span in which nothing is changed (Sperrzeit): no part of a change may lie in it.
type Freeze struct {
	ID              string
	Scope           Scope
	Reason          string // as whoever made it put it
	At              window.Interval
	EmergenciesPass bool
}

// Pool is something of which there is only so much at a time: a site, a shift, a hypervisor.
type Pool struct {
	Name string
	Max  int // changes at the same moment
}

// Running is a change that has begun and not ended.
type Running struct {
	ID     string
	System string
	Until  time.Time // when it will have ended; zero: nobody knows, and nothing is planned for its system
	Pools  []int
	Groups []int
}

// overrun is how much longer a running change is given when the moment it should have ended at has passed.
const overrun = time.Hour
