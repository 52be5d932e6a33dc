package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// registryDir holds one directory per lab number: its lock, its ledger, its sockets.
// It is one fixed place, so that labs with different caches see each other.
const registryDir = "/var/lib/patchwart-lab"

// maxLabs is how many labs fit side by side; each has its own /24 of 198.18.0.0/16.
const maxLabs = 200

// labName is the name of lab number n, of its bridge, and the start of all other names it gives.
func labName(n int) string { return "pwlab" + strconv.Itoa(n) }

// labNetwork is the test network of lab number n.
func labNetwork(n int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(n), 0}), 24)
}

// lockNumber takes the lock of a lab number. A nil file without error means that a living lab holds it.
func lockNumber(n int, create bool) (string, *os.File, error) {
	dir := filepath.Join(registryDir, strconv.Itoa(n))
	for {
		if create {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return "", nil, fmt.Errorf("make the lab's registry: %w", err)
			}
		}
		path := filepath.Join(dir, "lock")
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			if create {
				continue // another lab just removed the directory
			}
			return "", nil, nil
		}
		if err != nil {
			return "", nil, fmt.Errorf("open the lab's lock: %w", err)
		}
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
			_ = file.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return "", nil, nil
			}
			return "", nil, fmt.Errorf("lock the lab's number: %w", err)
		}
		// The lock counts only if the file is still the one at that path.
		held, err := file.Stat()
		if err != nil {
			_ = file.Close()
			return "", nil, fmt.Errorf("look at the lab's lock: %w", err)
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(held, now) {
			return dir, file, nil
		}
		_ = file.Close()
	}
}

// sweepCrashed removes what labs without a living process left on this machine.
func sweepCrashed(tell func(string)) error {
	if err := privateDir(registryDir); err != nil {
		return err
	}
	numbers, err := os.ReadDir(registryDir)
	if err != nil {
		return fmt.Errorf("read the labs' registry: %w", err)
	}
	for _, item := range numbers {
		n, err := strconv.Atoi(item.Name())
		if err != nil {
			continue
		}
		dir, lock, err := lockNumber(n, false)
		if err != nil {
			return err
		}
		if lock == nil {
			continue
		}
		g, err := openLedger(dir, lock)
		if err != nil {
			_ = lock.Close()
			return err
		}
		if len(g.entries) > 0 {
			tell("removing what a crashed lab left: " + labName(n))
		}
		if err := g.close(); err != nil {
			return fmt.Errorf("remove what the crashed lab %s left: %w", labName(n), err)
		}
	}
	return nil
}

// claimNumber takes the first lab number whose name and network nobody uses.
func claimNumber() (*ledger, int, error) {
	for n := range maxLabs {
		if numberTaken(n) {
			continue
		}
		dir, lock, err := lockNumber(n, true)
		if err != nil {
			return nil, 0, err
		}
		if lock == nil {
			continue
		}
		if numberTaken(n) { // a lab that has just been closed is no obstacle, one in between is
			_ = lock.Close()
			continue
		}
		g, err := openLedger(dir, lock)
		if err != nil {
			_ = lock.Close()
			return nil, 0, err
		}
		return g, n, nil
	}
	return nil, 0, fmt.Errorf("all %d lab numbers are taken: close some labs", maxLabs)
}

// numberTaken says whether the bridge name or the network of a lab number exists on this machine.
func numberTaken(n int) bool {
	if hasLink(labName(n)) {
		return true
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, a := range addresses {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Overlaps(labNetwork(n)) {
			return true
		}
	}
	return false
}

// close removes all that the ledger names, and the ledger itself if nothing is left of it.
func (g *ledger) close() error {
	err := g.undo("", true)
	if err == nil {
		err = os.RemoveAll(g.dir)
	}
	return errors.Join(err, g.file.Close(), g.lock.Close())
}
