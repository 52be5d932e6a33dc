package server

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
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

// TestAHypervisorBearsOneAtATime: two systems on one hypervisor get slots one after the other; a third elsewhere
// does not wait. A system comes after the one that the estate puts before it.
func TestAHypervisorBearsOneAtATime(t *testing.T) {
	o := open(t)
	doc := strings.Replace(officeEstate, "systems:\n", "pools:\n  - {name: hv1, kind: hypervisor, at_once: 1}\nsystems:\n  - {name: web2, contract: c-shop, admin_access: provider, hypervisor: hv1}\n"+
		"  - {name: web3, contract: c-shop, admin_access: provider, after: [web1]}\n  - {name: web4, contract: c-shop, admin_access: provider}\n", 1)
	doc = strings.Replace(doc, "{name: web1, contract: c-shop,", "{name: web1, contract: c-shop, hypervisor: hv1,", 1)
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(doc)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"web1", "web2", "web3", "web4"} {
		o.host(name, security("openssl", "3.0.17-1", "3.0.18-1"))
	}
	slots := map[string]board.Slot{}
	for _, s := range o.plan("").Slots {
		slots[s.System] = s
	}
	if len(slots) != 4 {
		t.Fatalf("%+v", slots)
	}
	first, second := slots["web1"], slots["web2"]
	if second.At.From.Before(first.At.From) {
		first, second = second, first
	}
	if second.At.From.Sub(first.At.From) < first.Estimate-time.Minute {
		t.Errorf("on one hypervisor: %s and %s", first.At.From, second.At.From)
	}
	if slots["web3"].At.From.Before(slots["web1"].At.From.Add(slots["web1"].Estimate - time.Minute)) {
		t.Errorf("web3 comes after web1: %s, %s", slots["web3"].At.From, slots["web1"].At.From)
	}
	if earliest := first.At.From; slots["web4"].At.From.After(earliest) {
		t.Errorf("web4 waits for nobody: %s, %s", slots["web4"].At.From, earliest)
	}
}

// TestAShiftLooksAfterOneAtATime: two systems at different sites whose changes the same shift looks after get slots one
// after the other. A shift that nobody stated, or that is a place, is an error of the estate.
func TestAShiftLooksAfterOneAtATime(t *testing.T) {
	o := open(t)
	doc := strings.Replace(officeEstate, "systems:\n", "pools:\n  - {name: late, kind: shift, at_once: 1}\n  - {name: fra, kind: site, at_once: 9}\n"+
		"systems:\n  - {name: web2, contract: c-shop, admin_access: provider, site: fra, shift: late}\n", 1)
	doc = strings.Replace(doc, "{name: web1, contract: c-shop,", "{name: web1, contract: c-shop, shift: late,", 1)
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(doc)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"web1", "web2"} {
		o.host(name, security("openssl", "3.0.17-1", "3.0.18-1"))
	}
	slots := o.plan("").Slots
	if len(slots) != 2 {
		t.Fatalf("%+v", slots)
	}
	if apart := slots[0].At.From.Sub(slots[1].At.From).Abs(); apart < slots[0].Estimate-time.Minute {
		t.Errorf("one shift, and %s apart", apart)
	}
	for _, wrong := range []string{"shift: early,", "shift: fra,"} {
		if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(strings.Replace(doc, "shift: late,", wrong, 1))); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
