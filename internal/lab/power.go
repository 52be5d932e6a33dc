package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Bounds on a host's way between off and on.
const (
	bootTimeout     = 90 * time.Second
	poweroffTimeout = 60 * time.Second
	killTimeout     = 15 * time.Second
)

// nspawn ends with this status when the host itself asked for a reboot.
const rebootStatus = 133

// sigPoweroff asks a systemd that is process 1 for a clean power-off (SIGRTMIN+4).
const sigPoweroff = unix.Signal(34 + 4)

// powerState is what is known of a running host. The zero value is a host that is off.
type powerState struct {
	on     bool
	ready  bool // its service manager has finished booting
	leader int  // process 1 of the host, as this machine numbers it
	pidfd  int
	cmd    *exec.Cmd
	err    error // why the last run ended badly
}

// change alters the state and wakes all who wait for one.
func (h *Host) change(alter func(s *powerState)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	alter(&h.state)
	close(h.moved)
	h.moved = make(chan struct{})
}

// wait waits until done is content with the state.
func (h *Host) wait(ctx context.Context, done func(s powerState, boots int) bool) error {
	for {
		h.mu.Lock()
		content, moved := done(h.state, h.boots), h.moved
		h.mu.Unlock()
		if content {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		}
	}
}

// Boot switches the host on and waits until its service manager has finished
// booting ("running", or "degraded" when units failed: see [Host.Run] with
// systemctl --failed). If the host asks for a reboot later, it gets one.
func (h *Host) Boot(ctx context.Context) error {
	h.life.Lock()
	defer h.life.Unlock()
	h.mu.Lock()
	on, gone, before := h.state.on, h.gone, h.boots
	h.mu.Unlock()
	switch {
	case gone:
		return fmt.Errorf("boot host %s: it was removed", h.name)
	case on:
		return fmt.Errorf("boot host %s: it is on already", h.name)
	}
	if err := h.start(); err != nil {
		return fmt.Errorf("boot host %s: %w", h.name, err)
	}
	if err := h.waitBoots(ctx, before+1); err != nil {
		return errors.Join(err, h.stopNow())
	}
	return nil
}

// Boots counts how often the host has finished booting.
func (h *Host) Boots() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.boots
}

// WaitBoots waits until the host has finished booting n times in its life, and is on:
// after an ordered reboot, wait for one more than [Host.Boots] said before.
func (h *Host) WaitBoots(ctx context.Context, n int) error { return h.waitBoots(ctx, n) }

func (h *Host) waitBoots(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	var ended bool
	err := h.wait(ctx, func(s powerState, boots int) bool {
		ended = !s.on
		return ended || (boots >= n && s.ready)
	})
	if err == nil && !ended {
		return nil
	}
	h.mu.Lock()
	why := h.state.err
	h.mu.Unlock()
	return fmt.Errorf("host %s did not finish booting: %w; its console: %s", h.name, errors.Join(err, why), h.consoleTail())
}

// start runs nspawn and the two watchers of it: one reads its notifications, one waits for its end.
func (h *Host) start() error {
	lock, err := h.noteLock()
	if err != nil {
		return err
	}
	socketPath := filepath.Join(h.lab.ledger.dir, h.name+".notify")
	_ = os.Remove(socketPath)
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socketPath, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("listen for its readiness: %w", err)
	}
	console, err := os.OpenFile(filepath.Join(h.dir, "console"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		_ = socket.Close()
		return fmt.Errorf("keep its console: %w", err)
	}
	// The network is the host's own, so its root may do there what root does: filter packets, for one.
	argv := inGroups(h.groups, withDisk(h.root,
		programPath("systemd-nspawn"), "--quiet", "--settings=no", "--boot", "--directory="+h.root,
		"--machine="+h.machine(), "--hostname="+h.name, "--register=no", "--keep-unit", "--notify-ready=yes",
		"--network-namespace-path="+h.wire.path(), "--capability=CAP_NET_ADMIN", "--resolv-conf=off", "--timezone=off", "--link-journal=no",
		"--console=pipe", "systemd.show_status=no", "systemd.log_level=warning")...)
	cmd := exec.CommandContext(context.Background(), argv[0], argv[1:]...) // it lives until it is switched off, not as long as Boot's ctx
	cmd.Env = append(toolEnv(), "NOTIFY_SOCKET="+socketPath)
	cmd.Stdout, cmd.Stderr = console, console
	// Own process group: Ctrl-C is for the lab, which then ends the host in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("start systemd-nspawn: %w", err), socket.Close(), console.Close())
	}
	h.change(func(s *powerState) { *s = powerState{on: true, cmd: cmd, pidfd: -1} })
	go h.listen(cmd, socket)
	go h.attend(cmd, socket, console, lock)
	return nil
}

// listen reads nspawn's notifications until the socket is closed.
func (h *Host) listen(cmd *exec.Cmd, socket *net.UnixConn) {
	buffer := make([]byte, 4096)
	for {
		n, err := socket.Read(buffer)
		if err != nil {
			return
		}
		for line := range strings.Lines(string(buffer[:n])) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			switch key {
			case "X_NSPAWN_LEADER_PID":
				pid, err := strconv.Atoi(value)
				if err != nil {
					continue
				}
				fd, err := unix.PidfdOpen(pid, 0)
				if err != nil {
					continue
				}
				h.change(func(s *powerState) {
					if s.cmd == cmd && s.pidfd < 0 {
						s.leader, s.pidfd = pid, fd
					} else {
						_ = unix.Close(fd)
					}
				})
			case "READY":
				h.change(func(s *powerState) {
					if s.cmd == cmd && !s.ready && value == "1" {
						s.ready = true
						h.boots++
					}
				})
			}
		}
	}
}

// attend waits for nspawn's end; a host that asked for a reboot is started again.
func (h *Host) attend(cmd *exec.Cmd, socket *net.UnixConn, console io.Closer, lock string) {
	err := cmd.Wait()
	_ = socket.Close()
	_ = console.Close()
	reboot := cmd.ProcessState.ExitCode() == rebootStatus
	h.mu.Lock()
	if h.state.pidfd >= 0 {
		_ = unix.Close(h.state.pidfd)
	}
	h.state.leader, h.state.pidfd, h.state.ready = 0, -1, false
	reboot = reboot && !h.gone
	h.mu.Unlock()
	_ = os.Remove(lock)
	if reboot {
		if err = h.start(); err == nil {
			return
		}
	}
	h.change(func(s *powerState) { *s = powerState{pidfd: -1, err: err} })
}

// noteLock writes down the lock file that nspawn makes for the root's inode: a killed one leaves it behind.
func (h *Host) noteLock() (string, error) {
	var stat unix.Stat_t
	if err := unix.Lstat(h.root, &stat); err != nil {
		return "", fmt.Errorf("look at its root: %w", err)
	}
	lock := fmt.Sprintf("%sinode-%d:%d", lockPrefix, stat.Dev, stat.Ino)
	return lock, h.lab.ledger.note(h.name, kindLock, lock)
}

// Running says whether the host is on and has finished booting.
func (h *Host) Running() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state.ready
}

// PID is the host's process 1 as this machine numbers it; 0 when the host is off.
func (h *Host) PID() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state.leader
}

// Poweroff shuts the host down in order and waits until it is off and its files are on disk.
func (h *Host) Poweroff(ctx context.Context) error {
	h.life.Lock()
	defer h.life.Unlock()
	if err := h.signalLeader(sigPoweroff); err != nil {
		return fmt.Errorf("switch off host %s: %w", h.name, err)
	}
	return h.WaitOff(ctx)
}

// WaitOff waits until the host is off, for at most a minute.
func (h *Host) WaitOff(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, poweroffTimeout)
	defer cancel()
	if err := h.wait(ctx, func(s powerState, _ int) bool { return !s.on }); err != nil {
		return fmt.Errorf("host %s is not off: %w; its console: %s", h.name, err, h.consoleTail())
	}
	return h.sync()
}

// Kill ends all processes of the host at once, as if its kernel had stopped.
// What they had written stays, also what was not flushed; see [Host.PowerCut] for less mercy.
func (h *Host) Kill() error {
	h.life.Lock()
	defer h.life.Unlock()
	if err := h.stopNow(); err != nil {
		return err
	}
	return h.sync()
}

// stopNow ends the host if it is on, also one that is just booting or rebooting. The caller holds h.life.
func (h *Host) stopNow() error {
	ctx, cancel := context.WithTimeout(context.Background(), killTimeout)
	defer cancel()
	err := h.wait(ctx, func(s powerState, _ int) bool {
		switch {
		case !s.on:
			return true
		case s.pidfd >= 0:
			_ = unix.PidfdSendSignal(s.pidfd, unix.SIGKILL, nil, 0)
		case s.cmd != nil:
			_ = s.cmd.Process.Kill() // still on its way to a process 1
		}
		return false // asked again at every change of state
	})
	if err != nil {
		return fmt.Errorf("host %s does not end: %w", h.name, err)
	}
	return nil
}

// signalLeader signals process 1 of the host, and nothing else should its number have been given away.
func (h *Host) signalLeader(signal unix.Signal) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.state.on || h.state.pidfd < 0 {
		return errors.New("it is not on")
	}
	return unix.PidfdSendSignal(h.state.pidfd, signal, nil, 0)
}

// consoleTail is the end of what the host wrote to its console.
func (h *Host) consoleTail() string {
	text, err := os.ReadFile(filepath.Join(h.dir, "console"))
	if err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(string(text[max(0, len(text)-2000):])), " ")
}

// sync flushes the host's file system.
func (h *Host) sync() error {
	dir, err := os.Open(h.root)
	if err != nil {
		return fmt.Errorf("flush the disk of host %s: %w", h.name, err)
	}
	defer func() { _ = dir.Close() }()
	if err := unix.Syncfs(int(dir.Fd())); err != nil {
		return fmt.Errorf("flush the disk of host %s: %w", h.name, err)
	}
	return nil
}
