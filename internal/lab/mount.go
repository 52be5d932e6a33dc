package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// mountTimeout bounds mounting; replaying a journal after a power cut is part of it.
const mountTimeout = time.Minute

// mountsBelow lists the mount points at or below dir, in the order they were mounted.
func mountsBelow(dir string) ([]string, error) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("read the mount table: %w", err)
	}
	return mountPoints(string(table), dir), nil
}

// mountPoints picks from a mountinfo table what is mounted at or below dir.
func mountPoints(table, dir string) []string {
	var found []string
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		point := unescapeMount(fields[4])
		if point == dir || strings.HasPrefix(point, dir+"/") {
			found = append(found, point)
		}
	}
	return found
}

// unescapeMount undoes the octal escapes of the mount table.
func unescapeMount(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// mountImage mounts an image with a file system of that type through a loop device that vanishes with the mount.
func (g *ledger) mountImage(ctx context.Context, owner, fstype, image, dir, options string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the mount point: %w", err)
	}
	if err := g.note(owner, kindMount, dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mountTimeout)
	defer cancel()
	if _, err := tool(ctx, "mount", "-t", fstype, "-o", options, "--", image, dir); err != nil {
		return fmt.Errorf("mount a host's disk: %w", err)
	}
	return nil
}

// unmount takes away a mount of a lab; it need not be there. It waits a moment
// for ended processes to let go, and fails while somebody still uses it.
func unmount(dir string) error { return unmountFlags(dir, unix.UMOUNT_NOFOLLOW, unmountPatience) }

// How long processes that have ended may take to let go of a mount. A machine with much to do takes its time.
const (
	unmountPatience = 30 * time.Second
	discardPatience = 3 * time.Second
)

// discard is unmount for a mount whose content nobody needs any more: if it is
// still busy it is detached, and ends with the last file open in it.
func discard(dir string) error {
	err := unmountFlags(dir, unix.UMOUNT_NOFOLLOW, discardPatience)
	if errors.Is(err, unix.EBUSY) {
		err = unmountFlags(dir, unix.UMOUNT_NOFOLLOW|unix.MNT_DETACH, discardPatience)
	}
	return err
}

func unmountFlags(dir string, flags int, patience time.Duration) error {
	if !ownMountPoint(dir) {
		return errors.New("it lies in no directory of a lab: left alone")
	}
	deadline := time.Now().Add(patience)
	for {
		mounted, err := mountsBelow(dir)
		if err != nil || len(mounted) == 0 {
			return err
		}
		last := mounted[len(mounted)-1]
		err = unix.Unmount(last, flags)
		if err != nil && time.Now().After(deadline) {
			return fmt.Errorf("unmount %s: %w", last, err)
		}
		if err != nil {
			time.Sleep(20 * time.Millisecond) // ended processes let go of the mount a moment later; nothing reports it
		}
	}
}

// release unmounts a disk image and waits until nothing of this machine uses it
// any more: a mount namespace made in the meantime (for a moment, by another
// host's boot: see withDisk) keeps the file system alive although the mount is gone here.
func release(ctx context.Context, image, dir string) error {
	if err := unmount(dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mountTimeout)
	defer cancel()
	for {
		busy, err := loopOf(image)
		if err != nil || busy == "" {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s keeps using %s after it was unmounted: %w", busy, image, ctx.Err())
		case <-time.After(5 * time.Millisecond): // nothing reports the end of a loop device
		}
	}
}

// loopOf names the loop device that uses an image, empty if none does.
func loopOf(image string) (string, error) {
	files, err := filepath.Glob("/sys/block/loop*/loop/backing_file")
	if err != nil {
		return "", err
	}
	for _, file := range files {
		backing, err := os.ReadFile(file)
		if err == nil && strings.TrimSuffix(string(backing), "\n") == image {
			return strings.Split(file, "/")[3], nil
		}
	}
	return "", nil
}

// ownMountPoint says whether a directory above dir carries our marker.
func ownMountPoint(dir string) bool {
	for up := filepath.Dir(dir); len(up) > 1; up = filepath.Dir(up) {
		if marker, err := os.ReadFile(filepath.Join(up, markerFile)); err == nil {
			return strings.TrimSpace(string(marker)) == up
		}
	}
	return false
}

// removeMachineTraces removes the empty directories that nspawn leaves under /run for a machine name.
func removeMachineTraces(machine string) error {
	if !strings.HasPrefix(machine, "pwlab") || strings.ContainsAny(machine, "/") {
		return errors.New("not a machine of a lab: left alone")
	}
	for _, place := range []string{"propagate", "unix-export"} {
		dir := filepath.Join("/run/systemd/nspawn", place, machine)
		_ = unix.Unmount(dir, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
		if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// lockPrefix starts the names of nspawn's lock files.
const lockPrefix = "/run/systemd/nspawn/locks/"

// removeLock removes a lock file of nspawn for a lab's loop-mounted root; it need not be there.
func removeLock(path string) error {
	var device, inode uint64
	_, err := fmt.Sscanf(path, lockPrefix+"inode-%d:%d", &device, &inode)
	// A btrfs has a device number without a device, and its root has an inode number of its own.
	onBtrfs := unix.Major(device) == 0 && inode == subvolumeTop
	if err != nil || unix.Major(device) != loopMajor && !onBtrfs {
		return errors.New("not a lock of a loop device: left alone")
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// loopMajor is the major number of loop devices.
const loopMajor = 7

// subvolumeTop is the inode number of a btrfs subvolume's top directory.
const subvolumeTop = 256
