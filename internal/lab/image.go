package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// imageTimeout bounds making, checking and resizing a disk image.
const imageTimeout = 2 * time.Minute

// makeImage makes an empty ext4 file system in a sparse file.
//
// No reserved blocks: "disk full" then means the same to root as to everybody.
// The file is known to hold zeros, so inode tables need not be written, now or later.
func makeImage(ctx context.Context, path string, mebibytes int) error {
	ctx, cancel := context.WithTimeout(ctx, imageTimeout)
	defer cancel()
	if err := sizeImage(path, mebibytes, os.O_CREATE|os.O_EXCL); err != nil {
		return err
	}
	if _, err := tool(ctx, "mkfs.ext4", "-q", "-F", "-m", "0", "-J", "size=32",
		"-E", "lazy_itable_init=1,lazy_journal_init=1,assume_storage_prezeroed=1", path); err != nil {
		return fmt.Errorf("make a host's file system: %w", err)
	}
	return nil
}

// The file systems that a host's disk can have.
const (
	ext4  = "ext4"
	btrfs = "btrfs"
)

// convertImage turns an unmounted ext4 image into a btrfs with the same files, in place. The roots are built
// once, on ext4; a host that wants btrfs pays for it alone.
func convertImage(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, imageTimeout)
	defer cancel()
	var failure *ExitError
	if _, err := tool(ctx, "e2fsck", "-f", "-p", path); err != nil && (!errors.As(err, &failure) || failure.Code != 1) {
		return fmt.Errorf("check a host's disk: %w", err)
	}
	if _, err := tool(ctx, "btrfs-convert", path); err != nil {
		return fmt.Errorf("make a host's disk a btrfs (from Debian's btrfs-progs): %w", err)
	}
	return nil
}

// resizeImage gives an unmounted image another size; the error says so when the files do not fit.
func resizeImage(ctx context.Context, path string, mebibytes int) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("resize a host's disk: %w", err)
	}
	size := int64(mebibytes) << 20
	if info.Size() == size {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, imageTimeout)
	defer cancel()
	if size > info.Size() {
		if err := sizeImage(path, mebibytes, 0); err != nil {
			return err
		}
	}
	var failure *ExitError
	if _, err := tool(ctx, "e2fsck", "-f", "-p", path); err != nil && (!errors.As(err, &failure) || failure.Code != 1) {
		return fmt.Errorf("check a host's disk: %w", err)
	}
	if _, err := tool(ctx, "resize2fs", path, fmt.Sprintf("%dM", mebibytes)); err != nil {
		return fmt.Errorf("resize a host's disk to %d MiB: %w", mebibytes, err)
	}
	return sizeImage(path, mebibytes, 0)
}

func sizeImage(path string, mebibytes, flags int) error {
	file, err := os.OpenFile(path, os.O_RDWR|flags, 0o600)
	if err != nil {
		return fmt.Errorf("make a host's disk: %w", err)
	}
	return errors.Join(file.Truncate(int64(mebibytes)<<20), file.Close())
}

// copyImage copies a disk image: by reference where the file system can
// (XFS, btrfs), else only the parts that hold data. The copy must not exist.
func copyImage(ctx context.Context, from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy a host's disk: %w", err)
	}
	defer func() { _ = source.Close() }()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy a host's disk: %w", err)
	}
	defer func() {
		if err = errors.Join(err, target.Close()); err != nil {
			_ = os.Remove(to)
			err = fmt.Errorf("copy a host's disk: %w", err)
		}
	}()
	if unix.IoctlFileClone(int(target.Fd()), int(source.Fd())) == nil {
		return nil
	}
	return copySparse(ctx, target, source)
}

// copySparse copies data segments and leaves holes as holes.
func copySparse(ctx context.Context, target, source *os.File) error {
	info, err := source.Stat()
	if err != nil {
		return err
	}
	if err := target.Truncate(info.Size()); err != nil {
		return err
	}
	const step = 64 << 20 // between two looks at ctx
	for offset := int64(0); offset < info.Size(); {
		data, err := unix.Seek(int(source.Fd()), offset, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) {
			return nil // only a hole is left
		}
		if err != nil {
			return err
		}
		hole, err := unix.Seek(int(source.Fd()), data, unix.SEEK_HOLE)
		if err != nil {
			return err
		}
		for at := data; at < hole; {
			if err := ctx.Err(); err != nil {
				return err
			}
			in, out := at, at
			n, err := unix.CopyFileRange(int(source.Fd()), &in, int(target.Fd()), &out, int(min(step, hole-at)), 0)
			if err != nil {
				return err
			}
			if n == 0 {
				return io.ErrUnexpectedEOF
			}
			at += int64(n)
		}
		offset = hole
	}
	return nil
}
