package files

import (
	"strings"

	"golang.org/x/sys/unix"
)

// keeper decides how each file is kept. See the package documentation for the reasons.
type keeper struct {
	home    volume // where the points are
	clones  bool   // whether blocks can be shared there
	writers map[inodeID]bool
	owned   *owned
	// snapshots: whole subvolumes of the store's file system are kept at once.
	snapshots bool
	sources   map[uint64]string // devices of mounted btrfs by mount
	frozen    *frozen           // nil before the snapshots are there
}

func (k *keeper) how(path string, st *unix.Stat_t, on volume) keep {
	if k.snapshots && k.inSnapshot(st.Dev, on) {
		return bySnapshot
	}
	// A subvolume has a device number of its own, yet shares blocks with the rest of its mount.
	if k.clones && (on.dev == k.home.dev || on.mnt == k.home.mnt && on.mnt != 0) {
		return byClone
	}
	if on == k.home && !k.writers[idOf(st)] && k.linkable(path) {
		return byLink
	}
	return byCopy
}

// linkable says whether whoever writes to path replaces it by rename.
func (k *keeper) linkable(path string) bool {
	switch {
	case below(path, "/var/lib/apt/lists"):
		return true // apt moves fresh lists over the old ones
	case below(path, "/etc"), below(path, "/var"), below(path, "/usr/local"):
		return false // written by people, scripts and services
	case below(path, "/boot/grub"), below(path, "/boot/efi"), below(path, "/boot/loader"):
		return false // boot loaders write grub.cfg, grubenv and their images in place
	case strings.HasPrefix(path, "/boot/initrd.img-"):
		return true // update-initramfs builds a new one and moves it over
	case strings.HasSuffix(path, ".pyc") && below(path, "/usr") && strings.Contains(path, "/__pycache__/"):
		return true // the interpreter writes compiled modules by rename
	}
	return k.owned.has(path)
}

// inSnapshot says whether a snapshot has, or will have, a file of this device.
func (k *keeper) inSnapshot(dev uint64, on volume) bool {
	if k.frozen == nil {
		return k.sameDisk(on)
	}
	return k.frozen.number[dev] > 0
}

// instead are the directories that a walk enters in the place of others.
func (k *keeper) instead() map[string]int {
	if k.frozen == nil {
		return nil
	}
	return k.frozen.instead
}

func (k *keeper) tops() []string {
	if k.frozen == nil {
		return nil
	}
	return k.frozen.tops
}
