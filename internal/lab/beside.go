package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Beside is a group of programs of this machine that work beside the hosts, as a server or a tool that manages
// them does. What they use is measured together: also of those that have ended, and of those that left their
// parents. They end with the group.
type Beside struct {
	lab    *Lab
	owner  string
	groups []string
}

// Beside makes an empty group under a name that no other one has at the time.
func (l *Lab) Beside(name string) (_ *Beside, err error) {
	if !hostNames.MatchString(name) {
		return nil, fmt.Errorf("%q cannot be a group's name: use up to 30 of a-z, 0-9 and -, starting with a letter", name)
	}
	b := &Beside{lab: l, owner: "beside:" + name} // no host's name has a colon, nor a dot
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	if b.groups, err = l.ledger.makeGroups(b.owner, groupPath(l.number, name+".beside")); err != nil {
		return nil, err
	}
	_, err = b.CPU()
	return b, err
}

// Command prepares argv to be run on this machine in the group. Its environment is that of the lab's own tools.
func (b *Beside) Command(ctx context.Context, argv ...string) *exec.Cmd {
	full := inGroups(b.groups, append([]string{programPath(argv[0])}, argv[1:]...)...)
	cmd := exec.CommandContext(ctx, full[0], full[1:]...)
	cmd.Env = toolEnv()
	prepare(cmd)
	return cmd
}

// CPU is the processor time that all programs of the group have used since it was made, ended ones included.
func (b *Beside) CPU() (time.Duration, error) { return cpuOf(b.groups) }

// CPU is the processor time that the host's programs have used since the host was made, in all its boots, and what
// commands from outside used on it.
func (h *Host) CPU() (time.Duration, error) { return cpuOf(h.groups) }

// cpuOf reads the time from the group of version 2 of the control groups, which counts it in every layout.
func cpuOf(groups []string) (time.Duration, error) {
	for _, dir := range groups {
		text, err := os.ReadFile(filepath.Join(dir, "cpu.stat"))
		if err != nil {
			continue // a group of version 1
		}
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "usage_usec" {
				n, err := strconv.ParseInt(fields[1], 10, 64)
				return time.Duration(n) * time.Microsecond, err
			}
		}
	}
	return 0, errors.New("what programs use is counted by version 2 of the control groups: mount cgroup2 on /sys/fs/cgroup")
}

// Memory is what the programs of the group have in memory now, in bytes: their proportional set sizes, in which
// a page that several of them share counts once. One that ends meanwhile counts for nothing.
func (b *Beside) Memory() (int64, error) {
	pids, err := processesIn(b.groups[0])
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, pid := range pids {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "Pss:" {
				n, err := strconv.ParseInt(fields[1], 10, 64)
				if err != nil {
					return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
				}
				sum += n << 10
			}
		}
	}
	return sum, nil
}

// Close ends what still runs in the group and removes it.
func (b *Beside) Close() error { return b.lab.ledger.undo(b.owner, false) }
