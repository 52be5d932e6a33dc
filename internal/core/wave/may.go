package wave

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Code names a hold.
type Code string

// The holds, in the order in which they are named where several apply.
const (
	StoppedAll   Code = "stopped_all"       // a person has stopped everything
	Stopped      Code = "stopped"           // a person has stopped the campaign
	CanaryFailed Code = "canary_failed"     // a canary failed
	BudgetUsed   Code = "budget_used"       // too many have failed
	WaveBefore   Code = "wave_not_verified" // an earlier wave is not through
	GroupBusy    Code = "group_busy"        // another member of the group is being worked on
	GroupDown    Code = "group_down"        // another member of the group is not known to be well
	PoolFull     Code = "pool_full"         // as many as may be are under way at the site or on the hypervisor
	AtOnceFull   Code = "at_once"           // as many as may be are under way in the campaign
	BudgetTaken  Code = "budget_taken"      // so many are under way that, if all of them failed, the budget would be used up
)

// ByPerson reports whether only a person ends the hold.
func (c Code) ByPerson() bool {
	return c == StoppedAll || c == Stopped || c == CanaryFailed || c == BudgetUsed || c == GroupDown
}

// Hold is why work does not begin now. The zero Hold holds nothing.
type Hold struct {
	Code   Code      `json:"code"`
	Reason lang.Text `json:"reason"`
}

// Zero reports whether nothing is held.
func (h Hold) Zero() bool { return h.Code == "" }

// Sentence is the reason without what changes from minute to minute, for where it is kept.
func (h Hold) Sentence() lang.Text {
	switch h.Code {
	case WaveBefore:
		return lang.T("Gehalten: Erst muss die Welle davor fertig und geprüft sein.", "Held: the wave before has to be done and verified first.")
	case PoolFull, AtOnceFull, BudgetTaken:
		return lang.T("Gehalten: Es sind so viele Systeme in Arbeit, wie zugleich sein dürfen.", "Held: as many systems are being worked on as may be at a time.")
	}
	return lang.Textf("Gehalten: %[1]s", "Held: %[1]s", h.Reason)
}

// Estate is what is under way on all systems, whatever campaign it is of.
type Estate struct {
	Members []Member
	Busy    map[string]bool // systems that are being worked on
	Down    map[string]bool // systems whose last run left them in a state that nobody knows to be good
	Pools   map[string]int  // most at a time; a pool that is not named here has no limit
}

// MayIn says whether work on a system may begin as far as its groups and pools go. A system that is not among
// the members has none.
func (e Estate) MayIn(system string) Hold {
	self := slices.IndexFunc(e.Members, func(m Member) bool { return m.System == system })
	if self < 0 {
		return Hold{}
	}
	used := map[string]int{}
	var down Hold
	for _, m := range e.Members {
		if m.System == system {
			continue
		}
		for _, g := range e.Members[self].Groups {
			if !slices.Contains(m.Groups, g) {
				continue
			}
			if e.Busy[m.System] {
				return Hold{GroupBusy, lang.Textf("An %[1]s aus derselben Gruppe %[2]s wird gearbeitet; nie sind zwei zugleich weg.",
					"%[1]s of the same group %[2]s is being worked on; never two of them are down together.", m.System, g)}
			}
			if e.Down[m.System] && down.Zero() {
				down = Hold{GroupDown, lang.Textf("%[1]s aus derselben Gruppe %[2]s ist nicht in Ordnung; bis das geklärt und abgezeichnet ist, bleibt dieses System, wie es ist.",
					"%[1]s of the same group %[2]s is not well; until that is settled and signed off, this system stays as it is.", m.System, g)}
			}
		}
		if e.Busy[m.System] {
			for _, p := range m.Pools {
				used[p]++
			}
		}
	}
	if !down.Zero() {
		return down
	}
	for _, p := range e.Members[self].Pools {
		if limit, limited := e.Pools[p]; limited && used[p] >= limit {
			return Hold{PoolFull, lang.Counted(used[p],
				lang.T("In %[2]s ist schon %[1]s System in Arbeit, mehr nicht zugleich.", "%[1]s system in %[2]s is being worked on already, and no more at a time."),
				lang.T("In %[2]s sind schon %[1]s Systeme in Arbeit, mehr nicht zugleich.", "%[1]s systems in %[2]s are being worked on already, and no more at a time."), p)}
		}
	}
	return Hold{}
}

// May says whether work on a system of the campaign may begin. A system that is in none of its waves may not:
// whoever asks does not know what it belongs to.
func (c Campaign) May(system string) Hold {
	if hold, spent := c.Spent(); spent {
		return hold
	}
	own := Of(c.Waves, system)
	if own < 0 {
		return Hold{WaveBefore, lang.T("Das System ist noch keiner Welle zugeordnet.", "The system is in no wave yet.")}
	}
	total, busy := 0, 0
	for i, w := range c.Waves {
		total += len(w)
		for _, s := range w {
			if c.States[s] == UnderWay && s != system {
				busy++
			}
			if i < own && !c.States[s].settled() {
				return Hold{WaveBefore, c.waiting(s, i)}
			}
		}
	}
	if c.Rules.AtOnce > 0 && busy >= c.Rules.AtOnce {
		return Hold{AtOnceFull, lang.Counted(busy,
			lang.T("Es ist schon %[1]s System in Arbeit, mehr nicht zugleich.", "%[1]s system is being worked on already, and no more at a time."),
			lang.T("Es sind schon %[1]s Systeme in Arbeit, mehr nicht zugleich.", "%[1]s systems are being worked on already, and no more at a time."))}
	}
	if budget := c.Rules.Budget.Of(total); c.Failed+busy >= budget {
		return Hold{BudgetTaken, lang.Counted(budget,
			lang.T("Gescheitert: %[2]d, in Arbeit: %[3]d; mehr als %[1]s System darf es nicht werden.", "Failed: %[2]d, being worked on: %[3]d; no more than %[1]s system may come to harm."),
			lang.T("Gescheitert: %[2]d, in Arbeit: %[3]d; mehr als %[1]s Systeme dürfen es nicht werden.", "Failed: %[2]d, being worked on: %[3]d; no more than %[1]s systems may come to harm."), c.Failed, busy)}
	}
	return Hold{}
}

func (c Campaign) waiting(system string, of int) lang.Text {
	if of == 0 {
		return lang.Textf("Erst muss der Vorläufer %[1]s fertig und geprüft sein.", "First canary %[1]s has to be done and verified.", system)
	}
	return lang.Textf("Erst muss Welle %[1]d fertig und geprüft sein; es fehlt %[2]s.", "First wave %[1]d has to be done and verified; %[2]s is missing.", of, system)
}
