package schedule

import (
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/window"
)

// FreezesOf is what a change freeze keeps from a system in some time, as spans: overrides are taken off, holidays
// are worked out. This is the one place where a freeze as people state it becomes one as a plan needs it.
func FreezesOf(c freeze.Closed, system, customer string, in window.Interval) []Freeze {
	f := c.Freeze()
	scope := ProviderFreeze
	switch {
	case f.Scope.System != "":
		scope = SystemFreeze
	case f.Scope.Customer != "":
		scope = CustomerFreeze
	}
	// Asked for ordinary work: what lets emergencies pass says so.
	var out []Freeze
	for _, h := range freeze.Holding([]freeze.Closed{c}, freeze.Work{System: system, Customer: customer}, in) {
		out = append(out, Freeze{ID: f.ID, Scope: scope, Reason: f.Reason, At: h.Interval, EmergenciesPass: f.Emergencies})
	}
	return out
}
