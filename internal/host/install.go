package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/wire"
)

// Install brings the ordered packages to their versions, with what Fetch downloaded. It returns nil
// only if the package manager ended well, every ordered version is there, no package is half-done, and
// all of it is on disk: dpkg is spared its flushing of every file, because a restore point exists.
//
// After limit the package manager and everything it started is stopped.
func (m *Machine) Install(ctx context.Context, ordered []wire.Package, limit time.Duration, line func(string)) *Trouble {
	m.forget()
	deadline := time.Now().Add(m.opt.LockWait)
	if t := m.awaitLocks(ctx, deadline, dpkg.LockFrontend, dpkg.LockDatabase); t != nil {
		return t
	}
	// Another package manager may have been at work since the precheck.
	status, t := m.clean()
	if t != nil {
		return t
	}
	if t := asOrdered(status, ordered); t != nil {
		return t
	}
	if t := m.pin(ordered, status); t != nil {
		return t
	}
	boot, err := probe.Boot(procDir)
	if err != nil {
		return fromError(CodeHost, err, "")
	}
	if err := m.save(applyStamp, applying{Boot: boot}); err != nil {
		return fromError(CodeHost, err, "")
	}
	said := ""
	call := apt.Install(m.state(pinsFile), m.view(ordered, status), limit, aptLockWait)
	call.Line = func(text string) {
		said = text
		telling(line)(text)
	}
	res, err := m.run.Run(ctx, call)
	switch {
	case errors.Is(err, command.ErrLimit):
		if errors.Is(err, command.ErrAlive) {
			res.Tail += "\n" + err.Error() // whoever restores has to know
		}
		return trouble(CodeHung, hung(limit, said), res.Tail)
	case err != nil && ctx.Err() != nil:
		return fromError(CodeStopped, ctx.Err(), res.Tail)
	case err != nil:
		return applyFailed(res, err)
	}
	if t := m.installed(ordered); t != nil {
		t.Detail = res.Tail
		return t
	}
	if err := m.flush(); err != nil {
		return fromError(CodeFlush, err, "")
	}
	if err := m.save(applyStamp, applying{Boot: boot, Flushed: true}); err != nil {
		return fromError(CodeHost, err, "")
	}
	if err := m.emptyArchives(); err != nil { // used up; the room is the customer's
		return fromError(CodeHost, err, "")
	}
	m.dropView()
	return nil
}

// installed holds the database against the order.
func (m *Machine) installed(ordered []wire.Package) *Trouble {
	status, t := m.clean()
	if t != nil {
		return t
	}
	if wrong := notInstalled(status, ordered); len(wrong) > 0 {
		return trouble(CodeNotInstalled, list(wrong), "")
	}
	return nil
}

func notInstalled(status dpkg.Status, ordered []wire.Package) []string {
	var wrong []string
	for _, p := range ordered {
		if have, _ := status.Find(p.Name, p.Arch); have.Version != p.To {
			wrong = append(wrong, fmt.Sprintf("%s %s ≠ %s", p.Name, orNone(have.Version), p.To))
		}
	}
	return wrong
}

// applyFailed names the packages that dpkg could not process, which it lists at its end; apt's own
// last words only repeat that dpkg failed.
func applyFailed(res command.Result, err error) *Trouble {
	output := string(res.Output)
	if _, kind := apt.Complaints(output); kind == apt.KindLock || kind == apt.KindSpace || kind == apt.KindSignature {
		t := fromComplaints(output, CodeApply, err)
		t.Detail = res.Tail
		return t
	}
	if names := failedPackages(output); len(names) > 0 {
		return trouble(CodeApply, list(names), res.Tail)
	}
	return fromError(CodeApply, err, res.Tail)
}

// failedPackages reads dpkg's closing list: "Errors were encountered while processing:" and a name or
// an archive on each line.
func failedPackages(output string) []string {
	_, after, found := strings.Cut(output, "Errors were encountered while processing:")
	if !found {
		return nil
	}
	var names []string
	for line := range strings.SplitSeq(strings.TrimLeft(after, "\r\n"), "\n") {
		if !strings.HasPrefix(line, " ") || len(names) == 100 {
			break
		}
		names = append(names, command.Printable(strings.TrimSpace(line)))
	}
	return names
}

// flushed are the places that packages write to; each may be a file system of its own.
var flushed = []string{"/", "/usr", "/etc", "/var", "/var/lib", "/var/lib/dpkg", "/var/cache", "/boot", "/boot/efi", "/opt", "/srv"}

// flush writes everything to disk that the package manager wrote: the host's own file systems only,
// because a sync of all would wait for other people's disks, too.
func (m *Machine) flush() error {
	done := map[uint64]bool{}
	for _, place := range flushed {
		dir, err := os.Open(m.path(place))
		if err != nil {
			continue // not on every host
		}
		var st unix.Stat_t
		err = unix.Fstat(int(dir.Fd()), &st)
		if err == nil && !done[st.Dev] {
			done[st.Dev] = true
			err = unix.Syncfs(int(dir.Fd()))
		}
		if err = errors.Join(err, dir.Close()); err != nil {
			return fmt.Errorf("flush %s: %w", place, err)
		}
	}
	return nil
}

// forget drops what Settle found: the host is about to change.
func (m *Machine) forget() {
	m.mu.Lock()
	m.settled = nil
	m.mu.Unlock()
}
