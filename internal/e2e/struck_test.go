package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
	"github.com/patchwart/patchwart/internal/stage"
)

// TestObstaclesDuringTheChange are the obstacles that strike while a host is changed. After each it is verified
// new, or identical to before.
func TestObstaclesDuringTheChange(t *testing.T) {
	t.Parallel()
	p := patient(t, "struck1")

	p.act("1: customer and package changed the same file", (*play).customersFileIsKept)
	p.act("9: sshd and a dozen services in one storm of restarts", (*play).stormIsOnePass)
	p.act("15: the power goes while packages are installed", (*play).powerCut)
	p.act("16: the network goes in mid-run", (*play).finishesAlone)
	p.act("24: killed three times while it is put back", (*play).killedWhileRestoring)
	p.act("24: a path that cannot be put back", (*play).restoreThatFails)
}

func (p *play) customersFileIsKept() {
	const own = "# by the customer\n"
	p.ok(p.host.WriteFile("/etc/patient.conf", []byte(own), 0o644))
	d := p.next(nil)
	p.offer(d)
	if r := p.finish(p.order()); r.Outcome != verdict.Succeeded {
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.renewed(d.Version)
	if got := p.inside("cat", "/etc/patient.conf"); got != strings.TrimSpace(own) {
		p.Errorf("the customer's file is now %q", got)
	}
	p.until("the task to merge is there", func() bool {
		today, err := p.stage.Client.Today(p.Context())
		p.ok(err)
		for _, m := range today.Merge {
			if m.System == p.name && len(m.Files) == 1 && m.Files[0].Path == "/etc/patient.conf" && m.Files[0].Offered == "/etc/patient.conf.dpkg-dist" {
				return strings.Contains(m.Files[0].Diff, "-# by the customer") && strings.Contains(m.Files[0].Diff, "+# "+d.Version)
			}
		}
		return false
	})
	p.inside("mv", "/etc/patient.conf.dpkg-dist", "/etc/patient.conf") // the task is done
	proof.Obstacle(p, 1, "succeeded", "The customer's file stayed in use, byte for byte; the start page lists the file with the difference to the package's.")
}

// storm is a package with a library that sshd and twelve services have loaded.
func (p *play) storm(library []byte) lab.Deb {
	return p.next(func(d *lab.Deb) {
		d.Files["/usr/lib/patient/libstorm.so"] = lab.File{Content: string(library) + d.Version, Mode: 0o755}
		d.Files["/usr/lib/systemd/system/storm@.service"] = lab.File{Content: "[Service]\nEnvironment=LD_PRELOAD=/usr/lib/patient/libstorm.so\nExecStart=/bin/sleep infinity\n"}
		d.Files["/usr/lib/systemd/system/ssh.service.d/storm.conf"] = lab.File{Content: "[Service]\nEnvironment=LD_PRELOAD=/usr/lib/patient/libstorm.so\n"}
	})
}

func (p *play) stormIsOnePass() {
	const dozen = 12
	path := p.inside("readlink", "-f", "/lib/x86_64-linux-gnu/libz.so.1")
	library, err := p.host.ReadFile(path)
	p.ok(err)
	d := p.storm(library)
	p.offer(d)
	if r := p.finish(p.order()); r.Outcome != verdict.Succeeded {
		p.Fatalf("bringing the library: %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.inside("systemctl", "restart", "ssh.service")
	units := []string{"ssh.service"}
	for n := range dozen {
		units = append(units, fmt.Sprintf("storm@%d.service", n))
	}
	p.inside(append([]string{"systemctl", "start"}, units...)...)
	invocations := func() []string {
		return strings.Fields(p.inside(append([]string{"systemctl", "show", "--property", "InvocationID", "--value"}, units...)...))
	}
	old := invocations()

	d = p.storm(library)
	p.offer(d)
	r := p.finish(p.order())
	if r.Outcome != verdict.Succeeded {
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.renewed(d.Version)
	passes := 0
	for _, line := range r.Lines {
		if strings.HasPrefix(line.Detail, "systemctl try-restart ") {
			passes++
		}
	}
	if now := invocations(); len(now) != len(old) {
		p.Errorf("before %d units, after %d", len(old), len(now))
	} else {
		for i := range now {
			if now[i] == old[i] {
				p.Errorf("%s was not restarted", units[i])
			}
		}
	}
	p.active(units...)
	if passes != 1 {
		p.Errorf("%d passes of restarts: %+v", passes, r.Lines)
	}
	if got := p.inside("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/22; read -r -t 10 -u 3 line; echo $line"); !strings.HasPrefix(got, "SSH-2.0-") {
		p.Errorf("sshd says %q", got)
	}
	p.inside("systemctl", "stop", "storm@*.service")
	proof.Obstacle(p, 9, "succeeded", "A library that sshd and twelve services had loaded was replaced; all thirteen were restarted in one pass, and sshd greeted afterwards.")
}

func (p *play) powerCut() {
	for _, m := range []moment{{run.Begun, run.Applying}, {run.Finished, run.Applying}} {
		d := p.next(nil)
		before := p.offer(d)
		done := p.at(m, func() error { return p.host.PowerCut(p.Context()) })
		id := p.order()
		p.ok(<-done)
		p.ok(p.host.Boot(p.Context()))
		end := p.settled(p.finish(id), before, d.Version)
		proof.Cell(p, m.String(), "files", "power cut", end)
		proof.Obstacle(p, 15, end, fmt.Sprintf("The power went right after %q stood in the journal; after the boot the agent went on by its journal. The end: %s.", m, end))
	}
}

// settled holds that a host is verified new or identical to before, and says which.
func (p *play) settled(r board.Run, before lab.Tree, version string) string {
	p.Helper()
	if n := count(r.Events, run.Begun, run.Applying); n > 1 {
		p.Errorf("applying was begun %d times", n)
	}
	switch r.Outcome {
	case verdict.Succeeded:
		p.renewed(version)
		return "succeeded, verified new"
	case verdict.Restored, verdict.Blocked:
		p.identical(before)
		return string(r.Outcome) + ", identical"
	default:
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
		return ""
	}
}

func (p *play) finishesAlone() {
	d := p.next(nil)
	before := p.offer(d)
	done := p.at(moment{run.Begun, run.Applying}, func() error { return p.host.CutNetwork(p.Context()) })
	ended := p.at(moment{run.Ended, ""}, func() error { return nil })
	id := p.order()
	p.ok(<-done)
	p.ok(<-ended) // in the host's own journal
	r, err := p.stage.Client.Run(p.Context(), id)
	p.ok(err)
	if r.Outcome != "" {
		p.Errorf("the server claims to know that it %s", r.Outcome)
	}
	p.ok(p.host.RestoreNetwork(p.Context()))
	end := p.settled(p.finish(id), before, d.Version)
	if end != "succeeded, verified new" {
		p.Errorf("a host without its server ended %s", end)
	}
	proof.Obstacle(p, 16, "succeeded", "The network was cut when installing began; the host ended its run alone, the server knew of no end until the network was back, and nothing ran twice.")
}

func (p *play) killedWhileRestoring() {
	before := p.offer(p.next(func(d *lab.Deb) {
		d.Files["/usr/share/patient/nginx.conf"] = lab.File{Content: "location = /portal { return 500; }\n"}
	}))
	kills := 0
	done := p.at(moment{run.Begun, run.Restoring}, func() error {
		for last := 0; kills < 3; kills++ {
			pid, err := p.killNext(last)
			if err != nil {
				return err
			}
			last = pid
		}
		return nil
	})
	id := p.order()
	p.ok(<-done)
	r := p.finish(id)
	if r.Outcome != verdict.Restored {
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.identical(before)
	proof.Obstacle(p, 24, "restored", fmt.Sprintf("The agent was killed with -9 %d times while it put the host back; each next one went on by the point's manifest, and the host was identical.", kills))
}

func isAgent(proc lab.Process) bool {
	return len(proc.Args) > 1 && proc.Args[0] == stage.AgentPath && proc.Args[1] == "run"
}

// restoreThatFails makes a path unchangeable, for root, too, when the update has replaced it, and has the update fail.
func (p *play) restoreThatFails() {
	const stuck = "/usr/share/patient/nginx.conf"
	d := p.next(func(d *lab.Deb) { d.Postinst = "#!/bin/sh\nwhile [ ! -e /run/stuck ]; do sleep 0.1; done\nexit 1\n" })
	p.offer(d)
	done := p.at(moment{run.Begun, run.Applying}, func() error {
		for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			if text, err := p.host.ReadFile(stuck); err == nil && strings.Contains(string(text), d.Version) {
				break
			} else if time.Now().After(end) {
				return fmt.Errorf("%s was never unpacked", stuck)
			}
		}
		if err := immutable(p.host.Root()+stuck, true); err != nil {
			return err
		}
		_, err := p.host.Run(p.Context(), "touch", "/run/stuck")
		return err
	})
	id := p.order()
	p.ok(<-done)
	r := p.finish(id)
	p.ok(immutable(p.host.Root()+stuck, false))
	if r.Outcome != verdict.RestoreFailed {
		p.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.Logf("restore failed: %s", r.Sentence.EN)
	today, err := p.stage.Client.Today(p.Context())
	p.ok(err)
	if len(today.Needs) == 0 || today.Needs[0].ID != r.ID {
		p.Errorf("the loudest alarm is not the first: %+v", today.Needs)
	}
	if r.State.Point == nil {
		p.Fatal("no restore point")
	}
	p.inside("systemctl", "restart", "patchwart-agent.service") // it tidies when it starts
	p.until("the host names the point of the failed restore", func() bool {
		s, err := p.stage.Client.System(p.Context(), p.name)
		if err != nil || s.Facts == nil {
			return false
		}
		for _, point := range s.Facts.Points {
			if strings.Contains(fmt.Sprintf("%+v", point), r.ID) {
				return true
			}
		}
		return false
	})
	proof.Obstacle(p, 24, "restore_failed", "A path that the update had replaced could not be changed any more, and the update failed; the restore said which path it could not put back, the run stands first on the start page, and the restore point is still there.")
}

// immutable makes a file one that nobody can change or replace, or takes that back.
func immutable(path string, on bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	flags, err := unix.IoctlGetUint32(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err != nil {
		return err
	}
	const unchangeable = 0x10 // FS_IMMUTABLE_FL (linux/fs.h)
	if flags &^= unchangeable; on {
		flags |= unchangeable
	}
	return unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, int(flags))
}
