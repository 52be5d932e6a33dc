// Package wave keeps the harm of a change that turns out bad small: a few systems first, the next ones only
// after those are verified, an end to it when too many failed, and never two of a group at a time.
//
// May answers, for one system whose turn has come, whether work on it may begin, and if not, the hold with
// its name and reason. It is asked right before a work order is closed, with what is known at that moment;
// it keeps nothing and plans nothing. What is not known counts against beginning.
package wave

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Member is a system as far as this package has to know it.
type Member struct {
	System string
	Groups []string // of the members of a group never two are down together
	Pools  []string // sites, hypervisors: so many at a time
}

// State is how far a system is within its campaign.
type State string

// The states. What is none of them counts as Waiting.
const (
	Waiting  State = "waiting" // something is to be done and has not been done
	UnderWay State = "under_way"
	Verified State = "verified" // done and verified
	Failed   State = "failed"   // tried, and not as it should be
	Out      State = "out"      // nothing is to be done here now: not ours, nothing due, no mandate, or settled by a person
)

// settled reports whether a later wave need not wait for a system in that state.
func (s State) settled() bool { return s == Verified || s == Failed || s == Out }

// Rules are how a campaign goes about its systems. They are data.
type Rules struct {
	Canaries []string       `json:"canaries,omitempty"` // come before all waves, and none of them may fail
	Waves    []Size         `json:"waves"`              // then so many systems each; what is left over is a last wave
	Budget   Size           `json:"budget"`             // once so many systems have failed, nothing more begins
	AtOnce   int            `json:"at_once,omitempty"`  // most systems under way at the same moment; 0: no limit but the budget
	Pools    map[string]int `json:"pools,omitempty"`    // most systems under way at the same moment, by site or hypervisor
}

// Usual are the rules where nobody states others: one system, a tenth, the rest; it ends with a tenth failed.
func Usual() Rules {
	return Rules{Waves: []Size{{Number: 1}, {Percent: 10}, {Percent: 100}}, Budget: Size{Percent: 10}}
}

// Campaign is what is asked about: the rules, the systems, and how far each is.
type Campaign struct {
	Rules  Rules
	Waves  [][]string       // as Assign laid them out; the first are the canaries, and may be empty
	States map[string]State // by system
	Failed int              // systems that failed since the campaign was begun or resumed
	Canary string           // a canary that failed since then; empty: none
}

// Assign lays out the systems: the canaries, then the waves. Systems come in the order of their names, so
// that the same systems are laid out alike each time. Canaries that are no members are left out.
func Assign(systems []string, r Rules) [][]string {
	rest := slices.Compact(slices.Sorted(slices.Values(systems)))
	total := len(rest)
	var canaries []string
	rest = slices.DeleteFunc(rest, func(s string) bool {
		if slices.Contains(r.Canaries, s) {
			canaries = append(canaries, s)
			return true
		}
		return false
	})
	waves := [][]string{canaries}
	for _, size := range r.Waves {
		n := min(size.Of(total), len(rest))
		if n > 0 {
			waves = append(waves, rest[:n:n])
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		waves = append(waves, rest)
	}
	return waves
}

// Of is the index of the wave that a system is in, 0 for the canaries; -1 when it is in none.
func Of(waves [][]string, system string) int {
	return slices.IndexFunc(waves, func(w []string) bool { return slices.Contains(w, system) })
}

// Spent reports whether nothing more may begin, and why. A campaign that nobody resumes stays that way.
func (c Campaign) Spent() (Hold, bool) {
	total := 0
	for _, w := range c.Waves {
		total += len(w)
	}
	budget := c.Rules.Budget.Of(total)
	switch {
	case c.Canary != "":
		return Hold{CanaryFailed, lang.Textf("Der Vorläufer %[1]s ist gescheitert; es wird nichts mehr begonnen, bis jemand die Kampagne fortsetzt.",
			"Canary %[1]s failed; nothing more is begun until somebody resumes the campaign.", c.Canary)}, true
	case c.Failed >= budget:
		return Hold{BudgetUsed, lang.Counted(c.Failed,
			lang.T("%[1]s System von höchstens %[2]d ist gescheitert; es wird nichts mehr begonnen, bis jemand die Kampagne fortsetzt.",
				"%[1]s system of at most %[2]d has failed; nothing more is begun until somebody resumes the campaign."),
			lang.T("%[1]s Systeme von höchstens %[2]d sind gescheitert; es wird nichts mehr begonnen, bis jemand die Kampagne fortsetzt.",
				"%[1]s systems of at most %[2]d have failed; nothing more is begun until somebody resumes the campaign."), budget)}, true
	}
	return Hold{}, false
}
