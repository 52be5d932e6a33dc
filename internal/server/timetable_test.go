package server

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/board"
)

// TestAGroupIsNeverDownTogether: two hosts of a cluster with one window get slots one after the other, both with
// a reason; planning once more, and the difference to what is planned, move nothing.
func TestAGroupIsNeverDownTogether(t *testing.T) {
	o := open(t)
	doc := strings.Replace(officeEstate, "{name: web1, contract: c-shop,", "{name: web2, contract: c-shop, admin_access: provider, groups: [shop]}\n  - {name: web1, contract: c-shop, groups: [shop],", 1)
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(doc)); err != nil {
		t.Fatal(err)
	}
	o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	o.host("web2", security("openssl", "3.0.17-1", "3.0.18-1"))
	d, err := o.server.PlanDiff(t.Context(), "")
	if err != nil || len(d.Added) != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	p := o.plan("")
	if len(p.Slots) != 2 {
		t.Fatalf("%+v", p)
	}
	first, second := p.Slots[0], p.Slots[1]
	if gap := second.At.From.Sub(first.At.From); gap < first.Estimate-firstEstimate/15 || !strings.Contains(second.Reason.DE, "Gruppe") {
		t.Errorf("the second begins %s after the first: %s", gap, second.Reason.DE)
	}
	if d, err = o.server.PlanDiff(t.Context(), ""); err != nil || len(d.Added)+len(d.Moved)+len(d.Removed) != 0 {
		t.Errorf("planned once more: %+v, %v", d, err)
	}
	if r := o.run(second.Run); r.Stage != board.Planned {
		t.Errorf("the second is %s already", r.Stage)
	}
	o.verify()
}
