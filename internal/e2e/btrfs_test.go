package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
)

// TestBtrfsRoot boots a host from a btrfs. The agent keeps its restore points as snapshots there, and says so.
// An update that edits installed programs in place, and then fails, is undone under the running system, and
// what the customer wrote meanwhile stays.
func TestBtrfsRoot(t *testing.T) {
	t.Parallel()
	p := patient(t, "patient4", func(s *lab.HostSpec) { s.Btrfs = true })
	p.inside("mkdir", "-p", "/srv/customer")
	before := p.offer(p.next(func(d *lab.Deb) {
		d.Postinst = "#!/bin/sh\necho edited >> /usr/bin/deb-systemd-helper\necho paid > /srv/customer/order\nexit 1\n"
	}))
	r := p.finish(p.order())
	if r.Outcome != verdict.Restored {
		t.Fatalf("outcome %s: %s\n%s", r.Outcome, r.Sentence.EN, p.inside("journalctl", "--no-pager", "-n", "30", "-u", "patchwart-agent.service")+
			p.inside("sh", "-c", "tail -c 3000 /var/lib/patchwart-agent/journal/*"))
	}
	if r.State.Point == nil || r.State.Point.Driver != "btrfs" {
		t.Errorf("point %+v", r.State.Point)
	}
	if v := r.State.Verdict; v == nil || v.Proof == nil || v.Proof.Checked < 1000 || len(v.Proof.Differences) != 0 {
		t.Errorf("proof %+v", v)
	}
	if got := p.inside("cat", "/srv/customer/order"); got != "paid" {
		t.Errorf("the customer's order is %q", got)
	}
	diff := slices.DeleteFunc(lab.Diff(before, p.walk()), func(d string) bool { return strings.Contains(d, "/srv/customer") })
	if len(diff) > 0 {
		t.Errorf("the host differs from before in %d paths:\n%s", len(diff), strings.Join(diff[:min(len(diff), 40)], "\n"))
	}
	p.active("patient.service", "nginx.service")
	proof.Obstacle(t, 4, string(r.Outcome), "On a btrfs root the script had edited an installed program in place; the snapshot brought it back, and what the customer wrote meanwhile stayed.")
}
