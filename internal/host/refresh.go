package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/dpkg"
)

const updateLimit = 10 * time.Minute

// Refresh brings the package lists up to date. One repository that fails, is not signed or has
// expired is trouble: on old lists "nothing to do" would be a lie. Whatever comes of it is noted, and
// appears in the facts.
func (m *Machine) Refresh(ctx context.Context) *Trouble {
	t := m.refresh(ctx)
	var stamp refreshed
	_, err := m.load(refreshStamp, &stamp)
	if err != nil {
		stamp = refreshed{} // damaged: what it said is unknown, and is written anew
	}
	if t == nil {
		stamp = refreshed{Complete: m.opt.Now().Unix()}
	} else {
		stamp.Errors = []string{t.Error()}
	}
	if err := m.save(refreshStamp, stamp); err != nil && t == nil {
		return fromError(CodeHost, err, "")
	}
	return t
}

func (m *Machine) refresh(ctx context.Context) *Trouble {
	deadline := time.Now().Add(m.opt.LockWait)
	for {
		if t := m.awaitLocks(ctx, deadline, dpkg.LockLists); t != nil {
			return t
		}
		res, err := m.run.Run(ctx, apt.Update(updateLimit))
		said := string(res.Output) + "\n" + res.Tail
		lines, kind := apt.Complaints(said)
		switch {
		case kind == apt.KindLock && time.Now().Before(deadline):
			if err := pause(ctx, time.Second); err != nil { // somebody was quicker between our look and apt's
				return fromError(CodeStopped, err, "")
			}
			continue
		case err == nil && len(lines) == 0:
			return nil
		case errors.Is(err, command.ErrLimit):
			return fromError(CodeRefresh, err, res.Tail)
		}
		return fromComplaints(said, CodeRefresh, err)
	}
}

// awaitLocks waits until nobody holds any of the locks, or until the deadline.
func (m *Machine) awaitLocks(ctx context.Context, deadline time.Time, locks ...string) *Trouble {
	const between = 500 * time.Millisecond
	for {
		holder, t := m.lockHolder(locks)
		if t != nil || holder == "" {
			return t
		}
		if !time.Now().Before(deadline) {
			return trouble(CodeLock, lang.Textf("%[1]s, länger als %[2]s", "%[1]s, for longer than %[2]s", holder, m.opt.LockWait), "")
		}
		if err := pause(ctx, between); err != nil {
			return fromError(CodeStopped, err, "")
		}
	}
}

// lockHolder names who holds one of the locks; empty = nobody.
func (m *Machine) lockHolder(locks []string) (string, *Trouble) {
	for _, path := range locks {
		pid, err := m.database.Holder(path)
		if err != nil {
			return "", fromError(CodeHost, err, "")
		}
		if pid > 0 {
			name, err := os.ReadFile(filepath.Join(procDir, fmt.Sprint(pid), "comm"))
			if err != nil {
				name = []byte("?")
			}
			return fmt.Sprintf("%s (%d)", brief(string(name)), pid), nil
		}
		if pid < 0 {
			return path, nil
		}
	}
	return "", nil
}

// pause waits a while, or until ctx is over.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// makeCache makes the directories that apt is pointed to. apt hands "partial" to its download user.
func (m *Machine) makeCache() error {
	for _, dir := range []string{apt.EmptyDir, apt.ArchiveDir} {
		if err := os.MkdirAll(m.path(filepath.Join(dir, "partial")), 0o755); err != nil { //nolint:gosec // apt's download user has to pass
			return fmt.Errorf("make room for downloads: %w", err)
		}
	}
	return nil
}
