// Package simulation tells before a policy version is published what it would change for real systems, and
// which promises it would break on its first day. It decides, and changes nothing.
package simulation

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Subject is one system with what a promise about it rests on.
type Subject struct {
	Held        estate.Held
	Now         *policy.Version // in force today; nil: none
	Next        *policy.Version // the one to be published, with the contract's agreements laid over it
	Findings    []finding.Finding
	LastSuccess time.Time // of a run; zero: never
	Enrolled    bool      // whether an agent is there to execute
}

// Report is what a version would change.
type Report struct {
	Policy  string   `json:"policy"`
	Day     string   `json:"day"`
	Systems int      `json:"systems"` // looked at
	Changed int      `json:"changed"` // systems on which anything is decided otherwise
	Changes []Change `json:"changes"`
	Broken  []Broken `json:"broken"` // promises that would be broken on the first day
}

// Change is one change of an answer on one system, with all packages it is about.
type Change struct {
	System   string        `json:"system"`
	Packages []string      `json:"packages"` // empty: the question of principle, security updates of the operating system
	Effect   policy.Effect `json:"effect"`
	Before   lang.Text     `json:"before"`
	After    lang.Text     `json:"after"`
	Rule     string        `json:"rule"` // the governing one, after
}

// Broken is a promise that could not be kept.
type Broken struct {
	System string    `json:"system"`
	Rule   string    `json:"rule"` // whose promise it is
	Text   lang.Text `json:"text"` // what is missing
}

// mostPackages bounds the packages that are named of one change; their number is never large on one system.
const mostPackages = 5000

// Run simulates.
func Run(subjects []Subject, next *policy.Version, at time.Time) Report {
	out := Report{Policy: next.ID, Day: at.Format(time.DateOnly), Systems: len(subjects), Changes: []Change{}, Broken: []Broken{}}
	for _, s := range subjects {
		changes := s.changes()
		if len(changes) > 0 {
			out.Changed++
		}
		out.Changes = append(out.Changes, changes...)
		out.Broken = append(out.Broken, s.broken(at)...)
	}
	return out
}

// principle is the change that is asked about on every system, also where nothing is due.
var principle = finding.Finding{Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard}

func (s Subject) changes() []Change {
	type key struct{ before, after policy.Ruling }
	var order []key
	grouped := map[key]*Change{}
	for _, f := range append([]finding.Finding{principle}, s.Findings...) {
		facets := finding.Facets(s.Held, f)
		k := key{policy.Judge(s.Now, facets), policy.Judge(s.Next, facets)}
		rule := k.after.Governing
		k.before.Governing, k.after.Governing = "", "" // another rule may say the same
		if k.before == k.after {
			continue
		}
		c := grouped[k]
		if c == nil {
			c = &Change{
				System: s.Held.System.Name, Packages: []string{}, Effect: effect(k.before, k.after), Rule: rule,
				Before: policy.Decide(s.Now, facets).Answer(), After: policy.Decide(s.Next, facets).Answer(),
			}
			grouped[k] = c
			order = append(order, k)
		}
		if f.Package != "" && len(c.Packages) < mostPackages {
			c.Packages = append(c.Packages, f.Package)
		}
	}
	out := make([]Change, len(order))
	for i, k := range order {
		out[i] = *grouped[k]
	}
	return out
}

func effect(before, after policy.Ruling) policy.Effect {
	switch was, is := before.Verdict == policy.Permitted, after.Verdict == policy.Permitted; {
	case was && !is:
		return policy.Forbids
	case !was && is:
		return policy.Permits
	}
	return policy.Alters
}

// broken finds what the answer to the question of principle would promise and the system could not keep.
func (s Subject) broken(at time.Time) []Broken {
	d := policy.Decide(s.Next, finding.Facets(s.Held, principle))
	if d.Verdict != policy.Permitted {
		return nil
	}
	var out []Broken
	add := func(field string, text lang.Text) {
		out = append(out, Broken{System: s.Held.System.Name, Rule: cmp.Or(ruleFor(d, field), d.Governing), Text: text})
	}
	if d.Trigger == policy.TriggerStandingOrder && s.Held.Contract.StandingOrder == nil {
		add("trigger", lang.T("Der Vertrag hat keinen Dauerauftrag.", "The contract has no standing order."))
	}
	if d.Trigger == policy.TriggerConsent && len(s.Held.Consents) == 0 {
		add("trigger", lang.T("Eine Notfallfreigabe liegt nicht vor.", "There is no emergency consent."))
	}
	if !s.Enrolled {
		add("execution", lang.T("Auf dem System ist kein Agent, der ausführen könnte.", "There is no agent on the system that could execute."))
	}
	if d.Window == policy.WindowNext && s.Held.Contract.Window == "" {
		add("window", lang.T("Der Vertrag nennt kein Wartungsfenster.", "The contract names no maintenance window."))
	}
	if days, ok := interval[d.Cadence]; ok && (d.Trigger == policy.TriggerStandingOrder || d.Trigger == policy.TriggerProactive) {
		switch {
		case s.LastSuccess.IsZero():
			add("cadence", lang.Textf("Zugesagt ist %[1]s; einen gelungenen Lauf gab es noch nie.", "Promised is %[1]s; there never was a run that succeeded.", d.Cadence.Text()))
		case s.LastSuccess.AddDate(0, 0, days).Before(at):
			add("cadence", lang.Textf("Zugesagt ist %[1]s; der letzte gelungene Lauf war am %[2]s.", "Promised is %[1]s; the last run that succeeded was on %[2]s.",
				d.Cadence.Text(), s.LastSuccess.Format(time.DateOnly)))
		}
	}
	return out
}

// interval is how many days may lie between two runs; a calendar quarter has 92 days at most.
var interval = map[policy.Cadence]int{policy.CadenceNightly: 1, policy.CadenceMonthly: 31, policy.CadenceQuarterly: 92}

// ruleFor is the rule that decided a result field.
func ruleFor(d policy.Decision, field string) string {
	for _, r := range d.Reasons {
		if !r.May && slices.Contains(r.Sets, field) {
			return r.RuleID
		}
	}
	return ""
}
