package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// FillFile is the file with which [Host.FillDisk] takes a host's space, by its path there: among the data of whoever has the
// host, which no restore takes away.
const FillFile = "/srv/lab-fill"

// CutNetwork pulls the host's network cable. Connections stay as they are and get no answer.
func (h *Host) CutNetwork(ctx context.Context) error {
	if err := ipTool(ctx, "link", "set", h.wire.port, "down"); err != nil {
		return fmt.Errorf("cut the network of host %s: %w", h.name, err)
	}
	return nil
}

// RestoreNetwork puts the cable back.
func (h *Host) RestoreNetwork(ctx context.Context) error {
	if err := ipTool(ctx, "link", "set", h.wire.port, "up"); err != nil {
		return fmt.Errorf("restore the network of host %s: %w", h.name, err)
	}
	return nil
}

// FreeMiB is how much room is left on the host's disk.
func (h *Host) FreeMiB() (int, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(h.root, &stat); err != nil {
		return 0, fmt.Errorf("look at the disk of host %s: %w", h.name, err)
	}
	return int(stat.Bavail * uint64(stat.Bsize) >> 20), nil
}

// FillDisk takes space on the host's disk until about leaveMiB are left. It
// takes none of this machine. [Host.Unfill] gives it back.
func (h *Host) FillDisk(leaveMiB int) error {
	if err := h.Unfill(); err != nil {
		return err
	}
	for spare := 0; ; spare += 4 { // somebody on the host may have taken space since it was measured
		free, err := h.FreeMiB()
		if err != nil || free <= leaveMiB+spare {
			return err
		}
		if err = h.fill(free - leaveMiB - spare); err == nil {
			return nil
		}
		err = errors.Join(fmt.Errorf("fill the disk of host %s: %w", h.name, err), h.Unfill())
		if !errors.Is(err, unix.ENOSPC) || spare >= 32 {
			return err
		}
	}
}

// fill takes so much of the disk.
func (h *Host) fill(mebibytes int) error {
	file, err := os.OpenFile(filepath.Join(h.root, FillFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	// Reserved, not written: real to the host's file system, nothing to the image file.
	return errors.Join(unix.Fallocate(int(file.Fd()), 0, 0, int64(mebibytes)<<20), file.Close())
}

// Unfill gives back what FillDisk took.
func (h *Host) Unfill() error {
	err := os.Remove(filepath.Join(h.root, FillFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("free the disk of host %s: %w", h.name, err)
	}
	if err == nil && h.fstype == btrfs {
		return h.giveBack()
	}
	return h.sync()
}

// giveBack makes room for a btrfs' trees of what held data: it does so by itself, but some time later. Right after a
// file is gone, a balance may still find no room to work in; one after the next commits does.
func (h *Host) giveBack() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		if err := h.sync(); err != nil {
			return err
		}
		_, err := tool(ctx, "btrfs", "balance", "start", "-dusage=0", h.root)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("free the disk of host %s: %w", h.name, err)
		case <-time.After(2 * time.Second):
		}
	}
}

// ext4Shutdown is EXT4_IOC_SHUTDOWN, goingDownNow its flag "flush neither data nor journal" (linux/fs/ext4/ext4.h).
const (
	ext4Shutdown = 0x8004587D
	goingDownNow = 2
)

// PowerCut takes the host's power away: first its file system stops dead, with
// neither data nor journal flushed, then its processes end. The disk holds what
// had reached it, no more; the next mount replays the journal, as after a real
// power cut. The host is off afterwards and [Host.Root] shows what was left.
func (h *Host) PowerCut(ctx context.Context) error {
	h.life.Lock()
	defer h.life.Unlock()
	if h.fstype != ext4 {
		return fmt.Errorf("cut the power of host %s: its disk has %s, and only ext4 can be stopped dead", h.name, h.fstype)
	}
	if err := h.stopDisk(); err != nil {
		return fmt.Errorf("cut the power of host %s: %w", h.name, err)
	}
	if err := h.stopNow(); err != nil {
		return err
	}
	if err := release(ctx, h.disk, h.root); err != nil {
		return fmt.Errorf("cut the power of host %s: %w", h.name, err)
	}
	if err := h.lab.ledger.mountImage(ctx, h.name, h.fstype, h.disk, h.root, "loop"); err != nil {
		return fmt.Errorf("give host %s its disk back: %w", h.name, err)
	}
	return nil
}

// stopDisk makes the host's file system refuse everything from this moment on.
func (h *Host) stopDisk() error {
	dir, err := os.Open(h.root)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	flags := uint32(goingDownNow)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, dir.Fd(), ext4Shutdown, uintptr(unsafe.Pointer(&flags)))
	if errno != 0 {
		return fmt.Errorf("stop its file system: %w", errno)
	}
	return nil
}

// FillDiskFully takes what there is of space on the host's disk, until a single write of a block fails.
// [Host.Unfill] gives it back.
func (h *Host) FillDiskFully() error {
	err := h.FillDisk(2)
	if err != nil && h.fstype != ext4 { // others need room for their own trees
		err = h.FillDisk(128)
	}
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(h.root, FillFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("fill the disk of host %s: %w", h.name, err)
	}
	for size := 1 << 20; size >= 4096 && err == nil; {
		if _, full := file.Write(make([]byte, size)); errors.Is(full, unix.ENOSPC) {
			size /= 16
		} else if full != nil {
			err = full
		}
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("fill the disk of host %s: %w", h.name, err)
	}
	return nil
}
