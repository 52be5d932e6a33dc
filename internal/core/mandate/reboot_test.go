package mandate_test

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// TestARebootNeedsAPermissionOfItsOwn holds that whoever ordered, booked or owes updates has not thereby
// permitted an interruption, and that one ground that does not permit it keeps it from all.
func TestARebootNeedsAPermissionOfItsOwn(t *testing.T) {
	permits := func(o *mandate.Order) { o.Reboot = true }
	for _, c := range []struct {
		name     string
		triggers []policy.Trigger
		orders   []mandate.Order
		standing *estate.StandingOrder
		system   bool
		want     bool
	}{
		{"an order for updates", []policy.Trigger{policy.TriggerOrder}, []mandate.Order{order(nil)}, nil, true, false},
		{"an order that permits it", []policy.Trigger{policy.TriggerOrder}, []mandate.Order{order(permits)}, nil, false, true},
		{"a standing order", []policy.Trigger{policy.TriggerStandingOrder}, nil, standing(nil), true, false},
		{"a standing order that permits it", []policy.Trigger{policy.TriggerStandingOrder}, nil, standing(func(s *estate.StandingOrder) { s.Reboot = true }), false, true},
		{"the provider's duty", []policy.Trigger{policy.TriggerProactive}, nil, nil, false, false},
		{"the provider's duty on a system that may be rebooted", []policy.Trigger{policy.TriggerProactive}, nil, nil, true, true},
		{"one of two grounds permits it", []policy.Trigger{policy.TriggerProactive, policy.TriggerOrder}, []mandate.Order{order(nil)}, nil, true, false},
		{"both grounds permit it", []policy.Trigger{policy.TriggerProactive, policy.TriggerOrder}, []mandate.Order{order(permits)}, nil, true, true},
		{"nothing is granted", []policy.Trigger{policy.TriggerNever}, nil, nil, true, false},
	} {
		r := mandate.Request{Held: held(policy.ServiceModelPaaS, policy.PackageBasic, c.standing), Orders: c.orders, Run: "r1", At: friday}
		r.Held.System.Reboot = c.system
		for _, trigger := range c.triggers {
			r.Items = append(r.Items, security(trigger))
		}
		granted, _ := mandate.Grant(r)
		if granted.Reboot() != c.want {
			t.Errorf("%s: reboot %t, want %t (grounds %+v)", c.name, granted.Reboot(), c.want, granted.Grounds())
		}
	}
}
