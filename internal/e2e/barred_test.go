package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
)

// TestObstaclesBeforeTheFirstWrite are the obstacles at which a run has to stop, or to wait, before it touches
// anything. After each the host is identical to before, and what stood in the way is taken away again.
func TestObstaclesBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	p := patient(t, "barred1")

	p.act("10: /boot is too small for a kernel", (*play).smallBootBlocks)
	p.act("2: a held package is left, named and counted", (*play).heldIsLeft)
	p.act("3: dpkg's lock is held: it is waited for", (*play).lockIsAwaited)
	p.act("6: a dpkg that was interrupted earlier", (*play).interruptedBlocks)
	p.act("10: the disk is too small", (*play).fullDiskBlocks)
	p.act("11: the repository's metadata has expired", (*play).expiredBlocks)
	p.act("12: a package was tampered with", (*play).tamperedBlocks)
	p.act("12: the metadata's signature is wrong", (*play).forgedBlocks)
	p.act("13: a third party offers a higher version", (*play).thirdPartyIsShown)
	p.act("21: somebody has become root", (*play).newRootBlocks)
	p.act("23: the archive phases an update in", (*play).phasedIsDeferred)
	p.act("none of it is left: a good update is applied", func(p *play) {
		d := p.next(nil)
		p.offer(d)
		if r := p.finish(p.order()); r.Outcome != verdict.Succeeded {
			p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
		}
		p.renewed(d.Version)
	})
}

// moreSystems is how many systems of the estate a host on which runs are blocked can be, besides its own.
const moreSystems = 24

// anew makes the host another system of the estate: on one and the same, what was blocked is tried again in
// the next window only.
func (p *play) anew() {
	p.Helper()
	was, n, _ := strings.Cut(p.name, "-")
	count, _ := strconv.Atoi(n)
	p.name = fmt.Sprintf("%s-%d", was, count+1)
	p.inside("systemctl", "stop", "patchwart-agent.service")
	p.inside("rm", "-rf", "/var/lib/patchwart-agent", "/etc/systemd/system/patchwart-agent.service")
	p.ok(p.stage.EnrolAs(p.Context(), p.host, p.name))
	p.ok(p.stage.AwaitFacts(p.Context(), p.name))
}

// ask places the customer's order and has it planned; whatever comes of it.
func (p *play) ask() board.PlanResult {
	p.Helper()
	_, err := p.stage.Client.PlaceOrder(p.Context(), board.OrderRequest{
		System: p.name, Contact: "eva", Channel: "Ticket 3", Text: "Bitte die Sicherheitsupdates einspielen.", Explicit: true, Scope: estate.ScopeSecurity,
	})
	p.ok(err)
	planned, err := p.stage.Client.Plan(p.Context(), p.name, false)
	p.ok(err)
	return planned
}

// blocked holds that a run ended before its first write, with that code, and that the host is as it was.
func (p *play) blocked(r board.Run, before lab.Tree, code string) {
	p.Helper()
	if r.Outcome != verdict.Blocked {
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	if n := count(r.Events, run.Begun, run.Saving) + count(r.Events, run.Begun, run.Applying); n != 0 {
		p.Errorf("it got as far as saving or applying: %+v", r.Events)
	}
	if code != "" && (r.State.Failure == nil || r.State.Failure.Code != code) {
		p.Errorf("failure %+v, want %s (%s)", r.State.Failure, code, r.Sentence.EN)
	}
	p.identical(before)
	p.Logf("blocked: %s", r.Sentence.EN)
	p.anew()
}

func (p *play) heldIsLeft() {
	d := p.next(nil)
	p.offer(d)
	p.inside("apt-mark", "hold", "patient")
	p.inside("systemctl", "restart", "patchwart-agent.service")
	p.until("the server knows of the hold", func() bool {
		s, err := p.stage.Client.System(p.Context(), p.name)
		return err == nil && s.SystemRow.Held == 1
	})
	before := p.quiet()
	planned := p.ask()
	if len(planned.Slots) != 0 {
		r := p.finish(planned.Slots[0].Run)
		if r.Outcome != verdict.Blocked || !strings.Contains(r.Sentence.EN, "patient") {
			p.Errorf("outcome %s: %s", r.Outcome, r.Sentence.EN)
		}
	}
	today, err := p.stage.Client.Today(p.Context())
	p.ok(err)
	for _, name := range today.Fine {
		if name == p.name {
			p.Error("a system with a held update counts as up to date")
		}
	}
	rows, err := p.stage.Client.Due(p.Context(), p.name)
	p.ok(err)
	if len(rows) != 1 || rows[0].Finding.Package != "patient" || rows[0].Finding.Candidate != d.Version || !rows[0].Finding.Held {
		p.Errorf("due: %+v", rows)
	}
	p.identical(before)
	p.inside("apt-mark", "unhold", "patient")
	proof.Obstacle(p, 2, "left, open", "The held package is listed as due and held, its system is not among those that are up to date, an order touched nothing; the host was identical.")
}

func (p *play) lockIsAwaited() {
	p.ok(p.repo.Publish(p.Context(), lab.Deb{Name: "slow", Version: "1.0", Postinst: "#!/bin/sh\nwhile [ ! -e /run/slow-may-end ]; do sleep 0.1; done\n"}))
	d := p.next(nil)
	p.offer(d)
	ended := make(chan error, 1)
	go func() {
		_, err := p.host.Run(p.Context(), "apt-get", "-qy", "install", "slow")
		ended <- err
	}()
	p.until("the other package manager holds the lock", func() bool {
		return strings.Contains(p.inside("ps", "-eo", "args="), "slow.postinst")
	})
	held := p.walk()
	begun := p.at(moment{run.Begun, run.Prechecking}, func() error { return nil })
	id := p.order()
	p.ok(<-begun)
	p.identical(held) // the agent waits
	p.ok(p.host.WriteFile("/run/slow-may-end", nil, 0o644))
	p.inside("touch", "/run/slow-may-end")
	p.ok(<-ended)
	if r := p.finish(id); r.Outcome != verdict.Succeeded {
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.renewed(d.Version)
	proof.Obstacle(p, 3, "waited, then succeeded", "Another apt-get held dpkg's lock in a script that did not end; the run waited without touching anything, and went on when the lock was free.")
}

func (p *play) interruptedBlocks() {
	p.ok(p.repo.Publish(p.Context(), lab.Deb{Name: "cut", Version: "1.0", Postinst: "#!/bin/sh\nexit 1\n"}))
	p.offer(p.next(nil))
	if _, err := p.host.Run(p.Context(), "apt-get", "-qy", "install", "cut"); err == nil {
		p.Fatal("what is to be half-configured was installed")
	}
	before := p.quiet()
	p.blocked(p.finish(p.order()), before, host.CodeInterrupted)
	p.inside("dpkg", "--purge", "--force-all", "cut")
	proof.Obstacle(p, 6, "blocked", "A package of an earlier change was left half-configured; the run stopped at its precheck, said so, and the host was identical.")
}

func (p *play) fullDiskBlocks() {
	before := p.offer(p.next(nil))
	p.ok(p.host.FillDisk(60))
	r := p.finish(p.order())
	p.ok(p.host.Unfill())
	p.blocked(r, before, host.CodeDisk)
	proof.Obstacle(p, 10, "blocked", "60 MiB were free; the run reckoned beforehand that update and restore point need more, and wrote nothing.")
}

// smallBootBlocks comes first of all: nothing but the kernel may be due.
func (p *play) smallBootBlocks() {
	kernel := lab.Deb{Name: "linux-image-lab", Version: "1.0", Files: map[string]lab.File{"/usr/share/linux-image-lab": {Content: "1.0"}}}
	p.ok(p.repo.Publish(p.Context(), kernel))
	p.refresh()
	p.inside("apt-get", "-qy", "install", kernel.Name)
	p.inside("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", "/boot")
	kernel.Version = "1.1"
	before := p.offer(kernel)
	r := p.finish(p.order())
	p.blocked(r, before, host.CodeDisk)
	if !strings.Contains(r.Sentence.EN, "/boot") {
		p.Errorf("the sentence does not say that /boot is too small: %s", r.Sentence.EN)
	}
	p.inside("umount", "/boot")
	p.inside("apt-get", "-qy", "purge", kernel.Name)
	proof.Obstacle(p, 10, "blocked", "A new kernel was due and /boot, a file system of its own, had 8 MiB; the run reckoned beforehand that this is too little, said which file system, and wrote nothing.")
}

func (p *play) expiredBlocks() {
	before := p.offer(p.next(nil))
	p.ok(p.repo.Expire(p.Context()))
	r := p.finish(p.order())
	p.ok(p.repo.Mend(p.Context()))
	p.blocked(r, before, "")
	if !strings.Contains(r.Sentence.EN, "expired") {
		p.Errorf("the sentence does not say that the metadata expired: %s", r.Sentence.EN)
	}
	proof.Obstacle(p, 11, "blocked", "The repository's Release file was past its Valid-Until; no order was closed on such lists, and the host was identical.")
}

func (p *play) tamperedBlocks() {
	before := p.offer(p.next(nil))
	p.ok(p.repo.Tamper("patient"))
	p.blocked(p.finish(p.order()), before, host.CodeSignature)
	proof.Obstacle(p, 12, "blocked", "One byte of the package was changed after signing; apt's checksum refused the download, nothing was installed.")
}

func (p *play) forgedBlocks() {
	before := p.offer(p.next(nil))
	p.ok(p.repo.Forge(p.Context()))
	r := p.finish(p.order())
	p.ok(p.repo.Mend(p.Context()))
	p.blocked(r, before, "")
	proof.Obstacle(p, 12, "blocked", "The repository's metadata was changed after signing; the refresh failed, no order was closed, nothing was installed.")
}

func (p *play) thirdPartyIsShown() {
	vendor, err := p.stage.Lab.Repo(p.Context(), lab.RepoSpec{Name: p.name + "-vendor", Origin: "Vendor", Label: "Vendor Tools"})
	p.ok(err)
	d := p.next(nil)
	d.Version = "9.0-1"
	p.ok(vendor.Publish(p.Context(), d))
	p.ok(p.host.AddRepo(vendor))
	p.refresh()
	p.inside("systemctl", "restart", "patchwart-agent.service")
	p.until("the server knows of the vendor's version", func() bool {
		rows, err := p.stage.Client.Due(p.Context(), p.name)
		return err == nil && len(rows) == 1 && rows[0].Finding.Candidate == "9.0-1"
	})
	before := p.quiet()
	if planned := p.ask(); len(planned.Slots) != 0 {
		if r := p.finish(planned.Slots[0].Run); r.Outcome == verdict.Succeeded {
			p.Errorf("something was installed: %s", r.Sentence.EN)
		}
	}
	rows, err := p.stage.Client.Due(p.Context(), p.name)
	p.ok(err)
	if len(rows) != 1 || rows[0].Allowed || rows[0].Why.EN == "" {
		p.Errorf("due: %+v", rows)
	} else {
		p.Logf("shown as: %s", rows[0].Why.EN)
	}
	p.identical(before)
	p.ok(p.host.RemoveRepo(vendor))
	p.refresh()
	proof.Obstacle(p, 13, "out of scope, shown", "A vendor's repository offered 9.0; it is listed as due with its reason and is not permitted, an order for security updates touched nothing, and the host was identical.")
}

func (p *play) newRootBlocks() {
	p.offer(p.next(nil))
	p.inside("useradd", "--no-create-home", "--non-unique", "--uid", "0", "--gid", "0", "eva")
	before := p.quiet()
	planned := p.ask()
	if len(planned.Slots) != 1 {
		p.Fatalf("not planned: %+v", planned)
	}
	p.inside("systemctl", "restart", "patchwart-agent.service")
	r := p.finish(planned.Slots[0].Run)
	today, err := p.stage.Client.Today(p.Context())
	p.ok(err)
	if len(today.Drift) != 1 || today.Drift[0].System != p.name || !strings.Contains(today.Drift[0].New[0].Who, "eva") {
		p.Errorf("the desk sees %+v", today.Drift)
	}
	p.inside("systemctl", "is-active", "patchwart-agent.service")
	after := p.quiet()
	p.inside("userdel", "--force", "eva")
	p.inside("systemctl", "restart", "patchwart-agent.service")
	p.until("nobody new is root", func() bool {
		a, err := p.stage.Client.RootAccess(p.Context(), p.name)
		return err == nil && len(a.New) == 0
	})
	if diff := lab.Diff(before, after); len(diff) > 0 {
		p.Errorf("the host differs from before:\n%s", strings.Join(diff, "\n"))
	}
	p.blocked(r, p.quiet(), "")
	proof.Obstacle(p, 21, "blocked", "A second account with uid 0 appeared on the host; the run was blocked before its order was signed (MH1-02), the desk sees who it is, and the host was identical.")
}

func (p *play) phasedIsDeferred() {
	before := p.offer(p.next(func(d *lab.Deb) { d.Fields = map[string]string{"Phased-Update-Percentage": "0"} }))
	if out := p.inside("apt-get", "-s", "upgrade"); !strings.Contains(out, "phasing") {
		p.Skipf("this host's apt does not hold phased updates back:\n%s", out)
	}
	planned := p.ask()
	if len(planned.Slots) != 0 {
		if r := p.finish(planned.Slots[0].Run); r.Outcome != verdict.Deferred {
			p.Errorf("outcome %s: %s", r.Outcome, r.Sentence.EN)
		}
	}
	p.identical(before)
	proof.Obstacle(p, 23, "deferred", "The package was published for 0 % of all hosts; apt held it back, and nothing was installed.")
}
