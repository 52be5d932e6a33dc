package lab

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
)

// hostEnv is the environment of commands on a host.
func hostEnv() []string {
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "USER=root", "LANG=C.UTF-8", "TERM=dumb", "DEBIAN_FRONTEND=noninteractive",
	}
}

// commandGroup is the control group, inside the host's own, of commands that
// come from outside: none of the host's services.
const commandGroup = "payload/lab-commands"

// Command prepares argv to be run as root inside all namespaces of the running
// host, for callers who want its streams while it runs. It ends with ctx,
// together with its children. The host must be on when Command is called.
func (h *Host) Command(ctx context.Context, argv ...string) (*exec.Cmd, error) {
	leader := h.PID()
	if leader == 0 {
		return nil, fmt.Errorf("host %s is not on", h.name)
	}
	if len(argv) == 0 {
		return nil, errors.New("no command was given")
	}
	groups, err := h.commandGroups()
	if err != nil {
		return nil, err
	}
	enter := inGroups(groups, append([]string{
		programPath("nsenter"), "--target", strconv.Itoa(leader),
		"--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd=/proc/" + strconv.Itoa(leader) + "/root", "--",
	}, argv...)...)
	cmd := exec.CommandContext(ctx, enter[0], enter[1:]...)
	cmd.Env = hostEnv()
	prepare(cmd)
	return cmd, nil
}

// Run runs argv as root on the running host and returns its standard output,
// which is also returned beside an error. A command that fails gives an
// *[ExitError] with its status and the end of its standard error.
func (h *Host) Run(ctx context.Context, argv ...string) ([]byte, error) {
	cmd, err := h.Command(ctx, argv...)
	if err != nil {
		return nil, err
	}
	out, err := finish(ctx, cmd, argv)
	if err != nil {
		return out, fmt.Errorf("on host %s: %w", h.name, err)
	}
	return out, nil
}
