package policy

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Verdict is whether the provider may make the change at all.
type Verdict string

// The verdicts. Permitted means: if the trigger is there; whether it is, the mandate decides.
const (
	Permitted Verdict = "permitted"
	Denied    Verdict = "denied"
	Ask       Verdict = "ask" // nobody acts until the missing facts are known
)

// Decision is what a policy version says about one combination of facets. Only a permitted decision
// has a provider as executor and a trigger other than never; cadence, deadline, charge and window
// are told only for what the provider does.
type Decision struct {
	PolicyID        string    `json:"policy"`
	PolicySHA256    string    `json:"policy_sha256"`
	Agreements      []Applied `json:"agreements,omitempty"` // individual agreements that were in force
	Facets          Facets    `json:"facets"`               // what was decided on
	Verdict         Verdict   `json:"verdict"`
	Planning        Party     `json:"planning"`
	Execution       Party     `json:"execution"`
	Trigger         Trigger   `json:"trigger"`
	ExplicitRequest bool      `json:"explicit_request"` // the order must say plainly what is to be done
	Cadence         Cadence   `json:"cadence"`
	DeadlineHours   int       `json:"deadline_hours,omitempty"` // after the hole became known; 0: none
	Charge          Charge    `json:"charge"`
	Window          Window    `json:"window"`
	Governing       string    `json:"governing_rule"`    // ID of the rule that a refusal names first
	Reasons         []Reason  `json:"reasons"`           // in the order in which the rules were walked
	Notices         []Notice  `json:"notices,omitempty"` // what must be said along with the decision
	Missing         []string  `json:"missing,omitempty"` // names of the facets that must become known; without them, nobody acts (Ask) or the most cautious answer holds
}

// Reason is one rule that took part in a decision.
type Reason struct {
	RuleID string    `json:"rule"`
	Sets   []string  `json:"sets"`          // the result fields it decided
	May    bool      `json:"may,omitempty"` // it holds only if the missing facts turn out so
	Text   lang.Text `json:"text"`          // the rule's text
}

// Notice is something that must be said along with a decision.
type Notice struct {
	RuleID string    `json:"rule"`
	Text   lang.Text `json:"text"`
}

// GoverningRule is the ID of the rule that a refusal names first: the one that keeps the provider
// from acting, or demands the trigger. It is empty only for a decision without a policy.
func (d Decision) GoverningRule() string { return d.Governing }

// Rules lists the IDs of the rules that made the decision, the governing one first, each once.
// Rules that only add a notice are not among them.
func (d Decision) Rules() []string {
	out := make([]string, 0, len(d.Reasons)+1)
	if d.Governing != "" {
		out = append(out, d.Governing)
	}
	for _, r := range d.Reasons {
		if !slices.Contains(out, r.RuleID) {
			out = append(out, r.RuleID)
		}
	}
	return out
}

// deciding returns the ID of the rule that decided the field, empty when none did.
func (d Decision) deciding(field string) string {
	for _, r := range d.Reasons {
		if !r.May && slices.Contains(r.Sets, field) {
			return r.RuleID
		}
	}
	return ""
}
