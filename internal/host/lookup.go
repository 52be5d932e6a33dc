package host

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/wire"
)

// LookUp finds out what an interrupted Install left behind. It is complete only if the package
// database is clean, every ordered version is installed, and the host was not started anew before all
// was on disk: files that dpkg had not flushed may be empty after a power cut, whatever the database
// says. The text says in English why it is not. Leftovers have to be ended before (KillLeftovers).
func (m *Machine) LookUp(_ context.Context, ordered []wire.Package) (run.Found, string) {
	status, err := m.database.Status()
	if err != nil {
		return run.FoundOther, err.Error()
	}
	if broken := status.Broken(); len(broken) > 0 {
		return run.FoundOther, "half-done: " + list(broken).EN
	}
	if cut, err := m.database.Interrupted(); err != nil || cut {
		return run.FoundOther, "dpkg was stopped in the middle"
	}
	if wrong := notInstalled(status, ordered); len(wrong) > 0 {
		return run.FoundOther, "not as ordered: " + list(wrong).EN
	}
	var stamp applying
	known, err := m.load(applyStamp, &stamp)
	if err != nil || !known {
		return run.FoundOther, "it is not noted that the package manager was started"
	}
	if stamp.Flushed {
		return run.FoundComplete, ""
	}
	boot, err := probe.Boot(procDir)
	if err != nil {
		return run.FoundOther, err.Error()
	}
	if boot != stamp.Boot {
		return run.FoundOther, "the host was started anew before everything was on disk"
	}
	if err := m.flush(); err != nil {
		return run.FoundOther, err.Error()
	}
	if err := m.save(applyStamp, applying{Boot: boot, Flushed: true}); err != nil {
		return run.FoundOther, err.Error()
	}
	return run.FoundComplete, ""
}

const leftoverLimit = 30 * time.Second

// KillLeftovers stops what an earlier agent process had started and could not wait for: apt, dpkg,
// maintainer scripts. They are found by the mark they inherited, their descendants, and the control
// group of the agent's unit; nobody else's package manager is touched. It returns when they are gone
// and what they locked is free.
func (m *Machine) KillLeftovers(ctx context.Context) error {
	unit := m.opt.Unit
	if m.opt.Root != "/" {
		unit = "" // the unit of that name is not the chroot's
	}
	if _, err := m.run.EndLeftovers(unit, leftoverLimit); err != nil {
		return fmt.Errorf("end what an earlier agent left running: %w", err)
	}
	deadline := time.Now().Add(leftoverLimit)
	if t := m.awaitLocks(ctx, deadline, dpkg.LockFrontend, dpkg.LockDatabase); t != nil {
		return fmt.Errorf("after ending leftovers: %w", t)
	}
	m.forget()
	return nil
}

// Boot is the identity of the host's current boot; it changes when the host is started anew.
func (m *Machine) Boot() (string, error) { return probe.Boot(procDir) }

// removeStale drops the temporary files that a crash left beside the stamps.
func (m *Machine) removeStale() {
	entries, err := os.ReadDir(m.path(m.opt.StateDir))
	if err != nil {
		return
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, ".") && e.Type().IsRegular() {
			_ = os.Remove(m.path(m.state(name))) // the next start tries again
		}
	}
}
