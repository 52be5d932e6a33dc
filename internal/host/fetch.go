package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/wire"
)

const (
	fetchLimit  = time.Hour
	aptLockWait = time.Minute // apt's own waiting, for whoever came between our look and its
)

// Fetch downloads the ordered versions and nothing else, into a directory of their own that begins
// empty. apt holds every file against the hashes of the signed lists. After Fetch nothing of the run
// needs the network.
func (m *Machine) Fetch(ctx context.Context, ordered []wire.Package, line func(string)) *Trouble {
	status, err := m.database.Status()
	if err != nil {
		return fromError(CodeHost, err, "")
	}
	if err := m.emptyArchives(); err != nil {
		return fromError(CodeHost, err, "")
	}
	if t := m.pin(ordered, status); t != nil {
		return t
	}
	call := apt.Fetch(m.state(pinsFile), m.view(ordered, status), fetchLimit, aptLockWait)
	call.Line = telling(line)
	res, err := m.run.Run(ctx, call)
	switch {
	case errors.Is(err, command.ErrLimit):
		return fromError(CodeFetch, err, res.Tail)
	case err != nil:
		return fromComplaints(string(res.Output), CodeFetch, err)
	}
	if absent := m.absent(ordered, string(res.Output)); len(absent) > 0 {
		return trouble(CodeFetch, list(absent), res.Tail)
	}
	return nil
}

// emptyArchives removes what an earlier run downloaded: apt would trust it by its size alone.
func (m *Machine) emptyArchives() error {
	if err := os.RemoveAll(m.path(apt.ArchiveDir)); err != nil {
		return err
	}
	return m.makeCache()
}

// absent names the ordered packages whose archive is not there. Packages of a repository on the host's
// own disk (file:) stay where they are; apt's output tells which, and apt checks them again when it
// installs them.
func (m *Machine) absent(ordered []wire.Package, output string) []string {
	var names []string
	for _, p := range ordered {
		file := m.path(filepath.Join(apt.ArchiveDir, apt.ArchiveName(p.Name, p.To, p.Arch)))
		if info, err := os.Lstat(file); (err != nil || !info.Mode().IsRegular()) && !apt.TakenInPlace(output, p.Name, p.To) {
			names = append(names, p.Name+" "+p.To)
		}
	}
	return names
}

// telling keeps what people want to follow: what apt says about reading its own lists is no news.
func telling(line func(string)) func(string) {
	return func(text string) {
		if line == nil || strings.HasPrefix(text, "Reading ") || strings.HasPrefix(text, "Building dependency tree") ||
			strings.HasPrefix(text, "Calculating upgrade") {
			return
		}
		line(text)
	}
}

// hung says which program did not end.
func hung(limit time.Duration, last string) lang.Text {
	if last == "" {
		return lang.Textf("Grenze %[1]s", "limit %[1]s", limit)
	}
	return lang.Textf("Grenze %[1]s, zuletzt: %[2]s", "limit %[1]s, last said: %[2]s", limit, last)
}
