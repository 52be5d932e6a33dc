package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
)

// TestARealHostIsRebootedIfItsOrderPermitsIt is obstacle 17. A service that may not be restarted by hand runs
// on a file that the update replaces, so that only a reboot makes the update effective. (A container has its
// machine's kernel, so no kernel can show it here.)
func TestARealHostIsRebootedIfItsOrderPermitsIt(t *testing.T) {
	t.Parallel()
	p := patient(t, "patient5")
	elf, err := os.ReadFile("/bin/sleep")
	p.ok(err)
	anchored := func(d *lab.Deb) {
		d.Files["/usr/lib/patient/anchor"] = lab.File{Content: string(elf) + d.Version, Mode: 0o755}
		d.Files["/usr/lib/systemd/system/anchor.service"] = lab.File{Content: "[Unit]\nRefuseManualStop=yes\n[Service]\nExecStart=/usr/lib/patient/anchor infinity\n[Install]\nWantedBy=multi-user.target\n"}
		d.Postinst += "if [ -d /run/systemd/system ]; then systemctl enable -q anchor.service; systemctl start anchor.service; fi\n"
	}
	// The version that brings the anchor: it starts, and nothing old is left.
	d := p.next(anchored)
	p.offer(d)
	if r := p.finish(p.orderReboot(true)); r.Outcome != verdict.Succeeded || r.State.Reboots != 0 {
		t.Fatalf("without need: %s, %d reboots: %s", r.Outcome, r.State.Reboots, r.Sentence.EN)
	}

	p.act("nobody permitted it", func(p *play) {
		d := p.next(anchored)
		p.offer(d)
		boots := p.host.Boots()
		r := p.finish(p.orderReboot(false))
		if r.Outcome != verdict.NotEffective || !says(r, "reboot_not_ordered") || p.host.Boots() != boots {
			p.Errorf("outcome %s (%s), %d boots", r.Outcome, r.Sentence.EN, p.host.Boots()-boots)
		}
		p.renewed(d.Version)
		proof.Obstacle(p, 17, string(r.Outcome), "A service that may not be restarted ran on with the old code, and nobody had permitted a reboot; the run says so and is no success.")
	})
	p.act("the order permits it", func(p *play) {
		d := p.next(anchored)
		p.offer(d)
		boots, begun := p.host.Boots(), time.Now()
		r := p.finish(p.orderReboot(true))
		if r.Outcome != verdict.Succeeded || !r.State.Rebooted() || p.host.Boots() != boots+1 {
			p.Errorf("outcome %s (%s), %d boots, %+v", r.Outcome, r.Sentence.EN, p.host.Boots()-boots, r.State.Spans)
		}
		p.renewed(d.Version)
		p.inside("systemctl", "is-active", "anchor.service")
		p.Logf("ordered, installed, rebooted and verified in %s", time.Since(begun).Round(time.Second))
		proof.Obstacle(p, 17, string(r.Outcome), "The order permitted a reboot; the host was rebooted once, and then ran the new code.")
	})
	p.act("a service does not survive the reboot", func(p *play) {
		d := p.next(func(d *lab.Deb) {
			anchored(d)
			d.Files["/usr/lib/systemd/system/patient.service"] = lab.File{Content: "[Unit]\nConditionPathExists=/run/patient\n[Service]\nExecStart=/usr/bin/patient\n[Install]\nWantedBy=multi-user.target\n"}
			d.Postinst = strings.Replace(d.Postinst, "set -e\n", "set -e\ntouch /run/patient\n", 1)
		})
		before := p.offer(d)
		boots := p.host.Boots()
		r := p.finish(p.orderReboot(true))
		if r.Outcome != verdict.Restored || !says(r, "unit_lost") || !says(r, "reboot_pending") || p.host.Boots() != boots+1 {
			p.Errorf("outcome %s (%s), %d boots", r.Outcome, r.Sentence.EN, p.host.Boots()-boots)
		}
		if n := count(r.Events, run.Begun, run.Rebooting); n != 1 {
			p.Errorf("rebooting was begun %d times", n)
		}
		p.identical(before)
		p.active("patient.service", "nginx.service")
	})
}

// act is one part of a test on the same host.
func (p *play) act(name string, part func(p *play)) {
	p.Helper()
	whole := p.T
	defer p.of(whole)
	whole.Run(name, func(t *testing.T) { part(p.of(t)) })
}

// orderReboot places the customer's order as order does, and says whether a reboot is permitted.
func (p *play) orderReboot(permitted bool) string {
	p.Helper()
	_, err := p.stage.Client.PlaceOrder(p.Context(), board.OrderRequest{
		System: p.name, Contact: "eva", Channel: "Ticket 2", Text: "Bitte einspielen.", Explicit: true, Scope: estate.ScopeSecurity, Reboot: permitted,
	})
	p.ok(err)
	planned, err := p.stage.Client.Plan(p.Context(), p.name, false)
	p.ok(err)
	if len(planned.Slots) != 1 {
		p.Fatalf("not planned: %+v", planned)
	}
	return planned.Slots[0].Run
}

// says reports whether a run's verdict has a reason of that code.
func says(r board.Run, code string) bool {
	if r.State.Verdict != nil {
		for _, why := range r.State.Verdict.Reasons {
			if why.Code == code {
				return true
			}
		}
	}
	return false
}
