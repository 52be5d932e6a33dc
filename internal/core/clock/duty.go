package clock

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// DutyUnder is the duty about a hole of that level, from the policy's decision on closing it. A decision
// that lacks facts leaves it open whose duty it is. Where the provider may act on an order, a standing
// order or a consent only, the duty before it is to ask (MH2-09).
func DutyUnder(d policy.Decision, level severity.Level) Duty {
	out := Duty{Rule: d.GoverningRule(), Level: level, Hours: d.DeadlineHours}
	for _, r := range d.Reasons { // the rule that sets the deadline is the one that people ask for
		if d.DeadlineHours > 0 && slices.Contains(r.Sets, "deadline_hours") {
			out.Rule = r.RuleID
		}
	}
	switch {
	case d.Verdict == policy.Ask:
		out.Footing = Undecided
	case !d.Execution.Acts():
		out.Footing = Customers
	case d.Trigger == policy.TriggerProactive:
		out.Footing = Own
	default:
		out.Footing = Consent
	}
	return out
}
