package dpkg

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Holder tells who holds the lock at path (below the root): 0 = nobody. It asks the kernel and takes
// no lock itself, so it never gets into anybody's way. dpkg and apt lock with fcntl (dpkg(1), apt).
func (d Database) Holder(path string) (pid int, err error) {
	file, err := os.Open(d.path(path))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // never locked yet
	}
	if err != nil {
		return 0, fmt.Errorf("look at lock %s: %w", path, err)
	}
	defer file.Close()
	query := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(file.Fd(), unix.F_GETLK, &query); err != nil {
		return 0, fmt.Errorf("look at lock %s: %w", path, err)
	}
	if query.Type == unix.F_UNLCK {
		return 0, nil
	}
	if query.Pid <= 0 { // held from outside this host's view of processes, e.g. from its machine
		return -1, nil
	}
	return int(query.Pid), nil
}
