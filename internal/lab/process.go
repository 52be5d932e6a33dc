package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Process is a process of a host.
type Process struct {
	// PID is its number on this machine, HostPID the one on the host.
	PID, HostPID int
	// Args is its command line; a kernel-given name in brackets when that is empty.
	Args []string
}

// commandGroups makes the groups of commands from outside, inside the host's.
func (h *Host) commandGroups() ([]string, error) {
	groups := make([]string, 0, len(h.groups))
	for _, dir := range h.groups {
		dir = filepath.Join(dir, commandGroup)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make a group for commands on host %s: %w", h.name, err)
		}
		groups = append(groups, dir)
	}
	return groups, nil
}

// Processes lists what runs on the host, and nothing else of this machine.
func (h *Host) Processes() ([]Process, error) {
	leader := h.PID()
	if leader == 0 {
		return nil, nil
	}
	own, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", leader))
	if err != nil {
		return nil, fmt.Errorf("list the processes of host %s: %w", h.name, err)
	}
	items, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list the processes of host %s: %w", h.name, err)
	}
	var found []Process
	for _, item := range items {
		pid, err := strconv.Atoi(item.Name())
		if err != nil {
			continue
		}
		if p, ok := processOf(pid, own); ok {
			found = append(found, p)
		}
	}
	return found, nil
}

// processOf describes a process if it lives in the given PID namespace.
func processOf(pid int, namespace string) (Process, bool) {
	dir := "/proc/" + strconv.Itoa(pid)
	if in, err := os.Readlink(dir + "/ns/pid"); err != nil || in != namespace {
		return Process{}, false
	}
	status, err := os.ReadFile(dir + "/status")
	if err != nil {
		return Process{}, false // it has just ended
	}
	p := Process{PID: pid}
	name := ""
	for line := range strings.Lines(string(status)) {
		switch fields := strings.Fields(line); {
		case len(fields) > 1 && fields[0] == "Name:":
			name = fields[1]
		case len(fields) > 1 && fields[0] == "NSpid:":
			p.HostPID, _ = strconv.Atoi(fields[len(fields)-1])
		}
	}
	command, err := os.ReadFile(dir + "/cmdline")
	if command = bytes.TrimRight(command, "\x00"); err != nil || len(command) == 0 {
		p.Args = []string{"[" + name + "]"}
	} else {
		p.Args = strings.Split(string(command), "\x00")
	}
	return p, true
}

// Signal sends a signal to a process of the host, by its number on this machine
// (see [Host.Processes]). It refuses a process that is not the host's.
func (h *Host) Signal(_ context.Context, pid int, signal unix.Signal) error {
	leader := h.PID()
	if leader == 0 {
		return fmt.Errorf("host %s is not on", h.name)
	}
	fd, err := unix.PidfdOpen(pid, 0) // from here on the number cannot come to mean another process
	if err != nil {
		return fmt.Errorf("signal process %d of host %s: %w", pid, h.name, err)
	}
	defer func() { _ = unix.Close(fd) }()
	own, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", leader))
	theirs, err2 := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid))
	if err := errors.Join(err, err2); err != nil {
		return fmt.Errorf("signal process %d of host %s: %w", pid, h.name, err)
	}
	if own != theirs {
		return fmt.Errorf("process %d does not belong to host %s: left alone", pid, h.name)
	}
	if err := unix.PidfdSendSignal(fd, signal, nil, 0); err != nil {
		return fmt.Errorf("signal process %d of host %s: %w", pid, h.name, err)
	}
	return nil
}
