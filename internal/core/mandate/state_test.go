package mandate_test

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// An order is done when its run succeeded, and never called so otherwise; it can be taken back until its run
// has begun.
func TestHowFarAnOrderHasCome(t *testing.T) {
	t.Parallel()
	seen := map[mandate.OrderState]bool{}
	for name, c := range map[string]struct {
		o    mandate.Order
		p    mandate.Pursuit
		want mandate.OrderState
	}{
		"just given":              {mandate.Order{}, mandate.Pursuit{}, mandate.Accepted},
		"planned":                 {mandate.Order{}, mandate.Pursuit{Planned: true}, mandate.Scheduled},
		"with the host":           {mandate.Order{Used: "r1"}, mandate.Pursuit{With: true}, mandate.Running},
		"succeeded":               {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.Succeeded}, mandate.Done},
		"put back":                {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.Restored}, mandate.PutBack},
		"waits for a reboot":      {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.NotEffective}, mandate.Unsettled},
		"restore failed":          {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true, Outcome: verdict.RestoreFailed}, mandate.Unsettled},
		"nobody knows how":        {mandate.Order{Used: "r1"}, mandate.Pursuit{Over: true}, mandate.Unsettled},
		"taken back":              {mandate.Order{Withdrawn: true}, mandate.Pursuit{Planned: true}, mandate.Withdrawn},
		"taken back, run is gone": {mandate.Order{Withdrawn: true}, mandate.Pursuit{}, mandate.Withdrawn},
	} {
		got := mandate.StateOf(c.o, c.p)
		seen[got] = true
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got.MayWithdraw() != (c.o.Used == "" && !c.o.Withdrawn) {
			t.Errorf("%s: may be withdrawn: %v", name, got.MayWithdraw())
		}
		if text := got.Text(); text.DE == "" || text.EN == "" {
			t.Errorf("%s has no words", got)
		}
	}
	if len(seen) != len(mandate.OrderStates) {
		t.Errorf("%d of %d states were seen", len(seen), len(mandate.OrderStates))
	}
}
