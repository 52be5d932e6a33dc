package lab

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// The kinds of things that a lab makes and that outlive its process.
const (
	kindDir     = "dir"     // a directory of ours, recognised by its marker file
	kindMount   = "mount"   // a mount point inside such a directory
	kindGroup   = "group"   // a control group with all processes in it
	kindNetwork = "network" // a named network namespace
	kindLink    = "link"    // a network interface
	kindLock    = "lock"    // a lock file of nspawn
	kindMachine = "machine" // what nspawn leaves under /run for a machine name
)

// markerFile says that a directory belongs to a lab: no other one is ever removed.
const markerFile = ".patchwart-lab"

// entry is one line of the ledger: something that is about to be made, or (Undone) that is gone again.
type entry struct {
	ID     int    `json:"id"`
	Owner  string `json:"owner,omitempty"` // host name; empty for the lab itself
	Kind   string `json:"kind,omitempty"`
	What   string `json:"what,omitempty"`
	Boot   string `json:"boot,omitempty"` // boot of this machine: names of an earlier one mean nothing
	Undone int    `json:"undone,omitempty"`
}

// ledger is the file in which a lab writes down each thing before it makes it.
// Whoever holds the lock beside it owns what is in it.
type ledger struct {
	dir  string
	lock *os.File
	file *os.File
	boot string

	mu      sync.Mutex
	next    int
	entries []entry
}

// openLedger reads the ledger in dir and makes it ready for more lines. The caller holds the lock.
func openLedger(dir string, lock *os.File) (*ledger, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil, fmt.Errorf("read this machine's boot identity: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "ledger"), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lab's ledger: %w", err)
	}
	g := &ledger{dir: dir, lock: lock, file: file, boot: strings.TrimSpace(string(boot)), next: 1}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var e entry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue // the last line of a crash: what it announces was not made yet
		}
		g.next = max(g.next, e.ID+1)
		g.apply(e)
	}
	if err := lines.Err(); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("read the lab's ledger: %w", err)
	}
	return g, nil
}

func (g *ledger) apply(e entry) {
	if e.Undone == 0 {
		g.entries = append(g.entries, e)
		return
	}
	for i, old := range g.entries {
		if old.ID == e.Undone {
			g.entries = append(g.entries[:i:i], g.entries[i+1:]...)
			return
		}
	}
}

// write puts a line on disk before it counts.
func (g *ledger) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the lab's ledger: %w", err)
	}
	// A torn line of a crash must not swallow the next one.
	if _, err := g.file.Write(append(append([]byte{'\n'}, line...), '\n')); err != nil {
		return fmt.Errorf("write the lab's ledger: %w", err)
	}
	if err := g.file.Sync(); err != nil {
		return fmt.Errorf("write the lab's ledger: %w", err)
	}
	g.apply(e)
	return nil
}

// note writes down something that is about to be made.
func (g *ledger) note(owner, kind, what string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := entry{ID: g.next, Owner: owner, Kind: kind, What: what, Boot: g.boot}
	g.next++
	return g.write(e)
}

// undo removes what owner made, latest first. Everything of the lab if all is set.
// It goes on after a failure, so that as little as possible is left, and reports all.
func (g *ledger) undo(owner string, all bool) error {
	return g.undoWhere(func(e entry) bool { return all || e.Owner == owner })
}

func (g *ledger) undoWhere(wanted func(entry) bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var errs []error
	todo := append([]entry(nil), g.entries...)
	for i := len(todo) - 1; i >= 0; i-- {
		e := todo[i]
		if !wanted(e) {
			continue
		}
		if err := g.remove(e); err != nil {
			errs = append(errs, fmt.Errorf("remove %s %s: %w", e.Kind, e.What, err))
			continue
		}
		if err := g.write(entry{ID: g.next, Undone: e.ID}); err != nil {
			errs = append(errs, err)
		}
		g.next++
	}
	return errors.Join(errs...)
}

// remove takes away one thing; that it is gone already is fine.
func (g *ledger) remove(e entry) error {
	if e.Kind != kindDir && e.Boot != g.boot {
		return nil // this machine was restarted since: mounts, processes and interfaces are gone
	}
	switch e.Kind {
	case kindDir:
		return removeDir(e.What)
	case kindMount:
		return discard(e.What)
	case kindGroup:
		return removeGroup(e.What)
	case kindNetwork:
		return removeNetwork(e.What)
	case kindLink:
		return removeLink(e.What)
	case kindLock:
		return removeLock(e.What)
	case kindMachine:
		return removeMachineTraces(e.What)
	default:
		return fmt.Errorf("an unknown kind of thing: left alone")
	}
}

// makeDir makes a marked private directory of its own under parent.
func (g *ledger) makeDir(owner, parent, prefix string) (string, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", fmt.Errorf("make %s: %w", parent, err)
	}
	dir := filepath.Join(parent, prefix+"-"+randomHex(4))
	if err := g.note(owner, kindDir, dir); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the lab's directory: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, markerFile), []byte(dir+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("mark the lab's directory: %w", err)
	}
	return dir, nil
}

// removeDir deletes a directory of ours: one with our marker and nothing mounted in it.
func removeDir(dir string) error {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	marker, err := os.ReadFile(filepath.Join(dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return os.Remove(dir) // a crash between mkdir and marker left it empty; anything else stays
	}
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(marker)) != dir {
		return fmt.Errorf("its marker names another place: not ours, left alone")
	}
	mounted, err := mountsBelow(dir)
	if err != nil {
		return err
	}
	if len(mounted) > 0 {
		return fmt.Errorf("%s is still mounted in it: left alone", mounted[0])
	}
	return os.RemoveAll(dir)
}
