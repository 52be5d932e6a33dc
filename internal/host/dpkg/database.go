package dpkg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Places of the database below the host's root.
const (
	Dir          = "/var/lib/dpkg"
	statusFile   = Dir + "/status"
	journalDir   = Dir + "/updates"
	autoFile     = "/var/lib/apt/extended_states"
	LockFrontend = Dir + "/lock-frontend"
	LockDatabase = Dir + "/lock"
	LockLists    = "/var/lib/apt/lists/lock"
)

// Database is the package database below Root.
type Database struct{ Root string }

// Status reads the state of all packages.
func (d Database) Status() (Status, error) {
	file, err := os.Open(d.path(statusFile))
	if err != nil {
		return Status{}, fmt.Errorf("read the package database: %w", err)
	}
	defer file.Close()
	return ParseStatus(file)
}

// Auto reads which packages were installed as a dependency only. A host where apt never noted any has
// no such file.
func (d Database) Auto() (Auto, error) {
	file, err := os.Open(d.path(autoFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Auto{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read which packages are dependencies: %w", err)
	}
	defer file.Close()
	return ParseAuto(file)
}

// Interrupted reports whether dpkg left journal entries that were never merged into the status file:
// it was killed in the middle and asks for "dpkg --configure -a" (dpkg(1), /var/lib/dpkg/updates).
func (d Database) Interrupted() (bool, error) {
	entries, err := os.ReadDir(d.path(journalDir))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read dpkg's journal: %w", err)
	}
	for _, e := range entries {
		if isNumber(e.Name()) {
			return true, nil
		}
	}
	return false, nil
}

// Files counts the paths that a package brought, from its file list; 0 if there is none.
func (d Database) Files(p Package) int {
	for _, name := range []string{p.Name + ":" + p.Arch, p.Name} {
		list, err := os.ReadFile(d.path(filepath.Join(Dir, "info", name+".list")))
		if err == nil {
			n := 0
			for _, c := range list {
				if c == '\n' {
					n++
				}
			}
			return n
		}
	}
	return 0
}

func (d Database) path(p string) string { return filepath.Join("/", d.Root, p) }

func isNumber(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
