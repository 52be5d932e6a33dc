package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
)

// unfixed is a hole that lets strangers take systems over, and for which there is no update.
const unfixed = `{"id": "CVE-2026-90009", "published": "2026-11-27T10:00:00Z", "summary": "gate opens for strangers, and nobody knows how to shut it", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affected": [{"package": {"ecosystem": "Debian:12", "name": "gate"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
`

// TestAHoleWithoutAnUpdateIsMitigatedOnARealHost: the service is stopped by a signed order and stays stopped
// over a reboot, the hole counts as secured when the host shows it, and taking the measure back leaves the host
// as it was, file by file. The same on a host under the hosting article is refused, and nothing is touched.
func TestAHoleWithoutAnUpdateIsMitigatedOnARealHost(t *testing.T) {
	t.Parallel()
	a := raise(t, "vault1", "till2")
	ctx := t.Context()
	for feed, text := range map[string]string{"kev": vaultKEV, "osv": unfixed} {
		_, err := a.stage.Client.Deliver(ctx, feed, feed+".txt", "", []byte(text))
		a.ok(err)
	}
	tree := func(host string) lab.Tree {
		_, err := a.hosts[host].Run(ctx, "sync")
		a.ok(err)
		w, err := atRest(a.hosts[host], lab.Walk)
		a.ok(err)
		return w
	}
	active := func() string {
		out, _ := a.hosts["vault1"].Run(ctx, "systemctl", "is-active", "gate.service")
		return strings.TrimSpace(string(out))
	}
	before, other := tree("vault1"), tree("till2")
	stop := client.MitigationRequest{Hole: "CVE-2026-90009", Verb: client.StopUnit, Unit: "gate.service", Reason: "The gate is not needed at night.", By: "ida",
		Review: time.Now().Add(12 * time.Hour), Expires: time.Now().Add(24 * time.Hour)}
	if _, err := a.stage.Client.Mitigate(ctx, "till2", stop); err == nil || !strings.Contains(err.Error(), "MH2") {
		t.Errorf("till2 without a word of the customer: %v", err)
	}
	begun := time.Now()
	m, err := a.stage.Client.Mitigate(ctx, "vault1", stop)
	a.ok(err)
	a.until("the hole on vault1 is mitigated", func() bool { return a.standing("vault1").Clock.Secured })
	t.Logf("mitigated %s after the order", time.Since(begun).Round(time.Second))
	if c := a.standing("vault1").Clock; c.By != clock.ByMitigation || active() != "inactive" {
		t.Errorf("gate is %s: %+v", active(), c)
	}
	boots := a.hosts["vault1"].Boots()
	_, err = a.hosts["vault1"].Run(ctx, "systemctl", "reboot", "--no-block")
	a.ok(err)
	a.ok(a.hosts["vault1"].WaitBoots(ctx, boots+1))
	if active() != "inactive" {
		t.Errorf("after a reboot gate is %s", active())
	}
	_, err = a.stage.Client.EndMitigation(ctx, m.ID, "ida")
	a.ok(err)
	a.until("the measure is taken back", func() bool {
		rows := a.runs("vault1")
		return len(rows) == 2 && rows[0].Lift && rows[0].Outcome == verdict.Succeeded
	})
	a.until("the clock runs again", func() bool { return !a.standing("vault1").Clock.Secured })
	if active() != "active" {
		t.Errorf("the measure was taken back, and gate is %s", active())
	}
	if diff := lab.Diff(before, tree("vault1")); len(diff) > 0 {
		t.Errorf("vault1 is not as before:\n%s", strings.Join(diff, "\n"))
	}
	if diff := lab.Diff(other, tree("till2")); len(diff) > 0 {
		t.Errorf("till2 was touched without consent:\n%s", strings.Join(diff, "\n"))
	}
	check, err := a.stage.Client.VerifyRecord(ctx)
	a.ok(err)
	if !check.Good {
		t.Errorf("record: %+v", check)
	}
}
