package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/host/service"
)

const restartLimit = 10 * time.Minute

// Settle makes the change effective: it looks once for services that still use replaced files and
// restarts them in one pass. Some are left running on purpose (see service.Spared); each is named on a
// line with the reason, and stays in the result, because its old code runs on until a reboot. sshd is
// restarted only if it accepts its configuration, and has to answer afterwards.
func (m *Machine) Settle(ctx context.Context, line func(string)) (fact.Reboot, *Trouble) {
	if line == nil {
		line = func(string) {}
	}
	found, err := m.stale(ctx)
	if err != nil {
		return fact.Reboot{}, fromError(CodeHost, err, "")
	}
	units, err := m.units(ctx)
	if err != nil {
		return fact.Reboot{}, fromError(CodeHost, err, "")
	}
	restart, left, anew := m.choose(ctx, found.services, units, line)
	ports := sshPorts()
	if anew {
		line("systemctl daemon-reexec")
		if res, err := m.systemctl(ctx, "daemon-reexec"); err != nil {
			return fact.Reboot{}, fromError(CodeRestart, err, res.Tail)
		}
	}
	if len(restart) > 0 {
		line("systemctl try-restart " + strings.Join(restart, " "))
		res, err := m.systemctl(ctx, append([]string{"try-restart", "--"}, restart...)...)
		if t := m.restarted(ctx, restart, res, err); t != nil {
			return fact.Reboot{}, t
		}
	}
	if slices.ContainsFunc(restart, isSSH) {
		if t := answersSSH(ctx, ports); t != nil {
			return fact.Reboot{}, t
		}
	}
	// What still runs old code in spite of its restart is found in the memory maps, at little cost.
	for _, name := range service.Replaced(procDir, m.opt.Aside) {
		if slices.Contains(restart, name) {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	found.services = slices.Compact(left)
	reboot := found.reboot()
	m.mu.Lock()
	m.settled = &settled{reboot: reboot, at: time.Now()}
	m.mu.Unlock()
	return reboot, nil
}

// choose divides the services into those to restart and those left alone. anew says that the system
// manager has to be executed anew, which interrupts nothing.
func (m *Machine) choose(ctx context.Context, names []string, units []service.Unit, line func(string)) (restart, left []string, anew bool) {
	leave := func(name string, why lang.Text) {
		left = append(left, name)
		line(fmt.Sprintf("%s: %s", name, why.EN))
	}
	for _, name := range names {
		if name == service.Manager {
			anew = true
			continue
		}
		if why, spare := service.Spared(name, m.opt.Unit); spare {
			leave(name, why)
			continue
		}
		i := slices.IndexFunc(units, func(u service.Unit) bool { return u.Name == name })
		if i >= 0 && units[i].RefuseStop {
			leave(name, lang.T("die Unit lässt sich nicht von Hand neu starten", "the unit refuses to be restarted by hand"))
			continue
		}
		if isSSH(name) {
			if _, err := m.run.Run(ctx, command.Call{Tool: "sshd", Args: []string{"-t"}, Limit: 20 * time.Second}); err != nil {
				leave(name, lang.Textf("er lehnt seine Einstellungen ab: %[1]s", "it rejects its own settings: %[1]s", err))
				continue
			}
		}
		restart = append(restart, name)
	}
	return restart, left, anew
}

// systemctl is one call of it. Without systemd, as in a chroot, there is nothing to be done.
func (m *Machine) systemctl(ctx context.Context, args ...string) (command.Result, error) {
	return m.run.Run(ctx, command.Call{Tool: "systemctl", Args: append([]string{"--no-pager", "--no-ask-password"}, args...), Limit: restartLimit})
}

// restarted says which services did not survive. systemctl's own status tells of those it waited for;
// the states tell of the rest.
func (m *Machine) restarted(ctx context.Context, names []string, res command.Result, err error) *Trouble {
	units, listErr := m.units(ctx)
	if listErr != nil {
		return fromError(CodeHost, listErr, "")
	}
	var lost []string
	for _, u := range units {
		if slices.Contains(names, u.Name) && u.Active == "failed" {
			lost = append(lost, u.Name)
		}
	}
	switch {
	case len(lost) > 0:
		return trouble(CodeRestart, list(lost), res.Tail)
	case err != nil:
		return fromError(CodeRestart, err, res.Tail)
	}
	return nil
}

func isSSH(name string) bool { return name == "ssh.service" || name == "sshd.service" }

// sshPorts is where sshd listens now.
func sshPorts() []fact.Listener {
	all, err := probe.Listening(procDir)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(l fact.Listener) bool { return l.Process != "sshd" || l.Proto != "tcp" })
}

// answersSSH waits until sshd greets on every port where it listened before. Whoever has to mend what
// else went wrong needs it.
func answersSSH(ctx context.Context, ports []fact.Listener) *Trouble {
	const tries = 20
	var saw string
	for range tries {
		saw = ""
		for _, l := range ports {
			if err := probe.SSH(ctx, l); err != nil {
				saw = fmt.Sprintf("%d: %v", l.Port, err)
				break
			}
		}
		if saw == "" {
			return nil
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return fromError(CodeStopped, err, "")
		}
	}
	return trouble(CodeSSH, same(saw), "")
}
