package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// groupTop is the control group under which all labs keep their processes.
const groupTop = "patchwart-lab"

// groupPath is the control group of a lab, or of one of its hosts, below each hierarchy.
func groupPath(n int, host ...string) string {
	return filepath.Join(append([]string{groupTop, strconv.Itoa(n)}, host...)...)
}

// hierarchies lists the control group trees that systemd uses on this machine:
// the one of version 2, or in the older hybrid layout the named one and, beside it, version 2.
func hierarchies() []string {
	const top = "/sys/fs/cgroup"
	if _, err := os.Stat(top + "/cgroup.controllers"); err == nil {
		return []string{top}
	}
	var found []string
	for _, dir := range []string{top + "/systemd", top + "/unified"} {
		if _, err := os.Stat(dir + "/cgroup.procs"); err == nil {
			found = append(found, dir)
		}
	}
	return found
}

// makeGroups makes a control group in each hierarchy, so that everything that
// is started in it can be found and ended, also after a crash of the lab.
func (g *ledger) makeGroups(owner, path string) ([]string, error) {
	var made []string
	for _, top := range hierarchies() {
		dir := filepath.Join(top, path)
		if err := g.note(owner, kindGroup, dir); err != nil {
			return nil, err
		}
		err := os.MkdirAll(dir, 0o755)
		if errors.Is(err, fs.ErrNotExist) { // another lab's Close took the top group away in between
			err = os.MkdirAll(dir, 0o755)
		}
		if err != nil {
			return nil, fmt.Errorf("make a control group (does this machine allow it?): %w", err)
		}
		made = append(made, dir)
	}
	if len(made) == 0 {
		return nil, errors.New("this machine has no control groups: mount cgroup2 on /sys/fs/cgroup")
	}
	return made, nil
}

// processesIn lists the processes of a control group and of all groups below it.
func processesIn(dir string) ([]int, error) {
	var pids []int
	err := filepath.WalkDir(dir, func(path string, item fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !item.IsDir() {
			return err
		}
		list, err := os.ReadFile(filepath.Join(path, "cgroup.procs"))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENODEV) {
			return nil
		}
		for _, field := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
				pids = append(pids, pid)
			}
		}
		return err
	})
	slices.Sort(pids)
	return slices.Compact(pids), err
}

// removeGroup ends every process in a control group of a lab and removes the group with all below it.
func removeGroup(dir string) error {
	if !strings.Contains(dir, "/"+groupTop+"/") {
		return errors.New("not a group of a lab: left alone")
	}
	deadline := time.Now().Add(15 * time.Second)
	for {
		pids, err := processesIn(dir)
		if err != nil {
			return err
		}
		for _, pid := range pids {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		if len(pids) == 0 {
			if err = removeEmptyGroups(dir); err == nil {
				if top := filepath.Dir(dir); filepath.Base(top) == groupTop {
					_ = os.Remove(top) // succeeds for the last lab only
				}
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v do not end within 15 s: %w", pids, errors.Join(err, unix.EBUSY))
		}
		time.Sleep(10 * time.Millisecond) // killed processes leave their group a moment later; nothing reports it
	}
}

// removeEmptyGroups removes a group and those below it, deepest first.
func removeEmptyGroups(dir string) error {
	var dirs []string
	err := filepath.WalkDir(dir, func(path string, item fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && item.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, path := range slices.Backward(dirs) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
