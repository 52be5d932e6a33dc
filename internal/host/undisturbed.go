package host

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// What apt answers from: its lists and what the host's people set, and the package database.
var (
	offerFiles   = []string{"/var/lib/apt/lists", "/etc/apt", "/etc/apt/apt.conf.d", "/etc/apt/preferences.d", "/etc/apt/sources.list.d"}
	packageFiles = append([]string{"/var/lib/dpkg/status"}, offerFiles...)
)

// askTries bounds how often the same is asked anew.
const askTries = 3

// errMoving says that no two answers are known to be about the same state.
var errMoving = errors.New("the package lists changed each time while they were read; something else refreshes them or installs")

// undisturbed asks again, a few times, as long as what the answers rest on changes meanwhile: an answer from before
// a refresh and one from after it do not fit together, and what is new in the second would look like on hold. It is told
// the packageState that the answer is of.
func (m *Machine) undisturbed(ask func(state uint64) error) error {
	for range askTries {
		before, err := m.packageState()
		if err != nil {
			return err
		}
		if err := ask(before); err != nil {
			return err
		}
		after, err := m.packageState()
		if err != nil {
			return err
		}
		if before == after {
			return nil
		}
	}
	return errMoving
}

// packageState is a mark that changes when one of the packageFiles does.
func (m *Machine) packageState() (uint64, error) { return m.stateOf(packageFiles) }

// offerState is a mark that changes when what is offered to the host does, or its rules on that.
func (m *Machine) offerState() (uint64, error) { return m.stateOf(offerFiles) }

func (m *Machine) stateOf(files []string) (uint64, error) {
	h := fnv.New64a()
	for _, p := range files {
		path := m.path(p)
		entries, _ := os.ReadDir(path) // none for a file, or where nothing is
		for _, e := range entries {
			if err := note(h, filepath.Join(path, e.Name())); err != nil {
				return 0, err
			}
		}
		if err := note(h, path); err != nil {
			return 0, err
		}
	}
	return h.Sum64(), nil
}

// note writes down what tells two states of a file apart. apt replaces its files, so most have a new time as well. A
// list that apt reads where its repository lies, on the host's own disk, is a link: what it leads to counts. Of a directory
// only that it is one: what is in it is noted, and the times of /etc/apt change whenever apt itself is updated.
func note(w io.Writer, path string) error {
	info, err := os.Stat(path)
	if err != nil { // also of a link that leads nowhere, which is there all the same
		info, err = os.Lstat(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist): // which is another state than that of any file
		_, err = fmt.Fprintf(w, "%s none\n", path)
	case err == nil && info.IsDir():
		_, err = fmt.Fprintf(w, "%s %s\n", path, info.Mode())
	case err == nil:
		_, err = fmt.Fprintf(w, "%s %d %d %s\n", path, info.Size(), info.ModTime().UnixNano(), info.Mode())
	}
	return err
}
