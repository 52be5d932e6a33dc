package btrfs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
)

// Name is what points of this driver carry as their Driver.
const Name = "btrfs"

// Bounds of one call of the tool.
const (
	toolLimit = 2 * time.Minute // a snapshot first writes out what its subvolume has not on disk
	toolKeep  = 256 << 10       // a subvolume lists all its snapshots
)

// New gives the driver for the points in store. Save fails with restore.ErrUnsafe where the scope's root
// is not the top of a subvolume on the store's file system; see Usable.
func New(store string, opts ...files.Option) *files.Driver {
	return files.New(store, append([]files.Option{files.WithSnapshots(newTool(), Name, true)}, opts...)...)
}

// Files gives the driver files for a store on btrfs: it saves file by file, and can restore and drop what
// was saved by snapshot before.
func Files(store string, opts ...files.Option) *files.Driver {
	return files.New(store, append([]files.Option{files.WithSnapshots(newTool(), Name, false)}, opts...)...)
}

// Usable says with an error why points of sc cannot be kept by snapshots.
func Usable(sc restore.Scope) error {
	if err := on(sc.Root); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(sc.Root, &st); err != nil {
		return fmt.Errorf("btrfs: look at %s: %w", sc.Root, err)
	}
	if st.Ino != topInode {
		return fmt.Errorf("btrfs: %s is not the top of a subvolume", sc.Root)
	}
	if err := on(sc.Store); err != nil {
		return err
	}
	if _, ok := newTool().run.Find(program); !ok {
		return fmt.Errorf("btrfs: the program %s is missing; install btrfs-progs", program)
	}
	return nil
}

// topInode is the inode number of every subvolume's top directory.
const topInode = 256

// on says whether a path, or where it will be, is on a btrfs.
func on(path string) error {
	for {
		var fs unix.Statfs_t
		err := unix.Statfs(path, &fs)
		if errors.Is(err, unix.ENOENT) && path != "/" && path != "." {
			path = filepath.Dir(path)
			continue
		}
		if err != nil {
			return fmt.Errorf("btrfs: look at %s: %w", path, err)
		}
		if fs.Type != unix.BTRFS_SUPER_MAGIC {
			return fmt.Errorf("btrfs: %s is on another file system", path)
		}
		return nil
	}
}

const program = "btrfs"

// tool is the program btrfs. It implements files.Snapshots.
type tool struct{ run *command.Runner }

func newTool() tool { return tool{&command.Runner{Mark: "restore"}} }

func (t tool) call(ctx context.Context, args ...string) ([]byte, error) {
	res, err := t.run.Run(ctx, command.Call{Tool: program, Args: args, Limit: toolLimit, Keep: toolKeep})
	return res.Output, err
}

func (t tool) show(ctx context.Context, path string) (subvolume, error) {
	out, err := t.call(ctx, "subvolume", "show", "--", path)
	if err != nil {
		return subvolume{}, err
	}
	s, err := parseShow(out)
	if err != nil {
		return s, fmt.Errorf("btrfs subvolume show %s: %w", path, err)
	}
	return s, nil
}

// Take makes a read-only snapshot of the subvolume at from, and looks that it is one.
func (t tool) Take(ctx context.Context, from, to string) error {
	source, err := t.show(ctx, from)
	if err != nil {
		return err
	}
	if _, err := t.call(ctx, "subvolume", "snapshot", "-r", "--", from, to); err != nil {
		return err
	}
	made, err := t.show(ctx, to)
	if err != nil {
		return err
	}
	// A source without a UUID leaves its snapshots without a parent; that it is new and read-only still holds.
	if made.Parent != source.UUID || made.UUID == "" || made.UUID == source.UUID || !made.ReadOnly {
		return fmt.Errorf("%s is no read-only snapshot of %s: its parent is %q instead of %q, read-only: %t", to, from, made.Parent, source.UUID, made.ReadOnly)
	}
	return nil
}

// Delete removes a snapshot. It is gone at once; its blocks are freed in the background.
func (t tool) Delete(ctx context.Context, path string) error {
	_, err := t.call(ctx, "subvolume", "delete", "--", path)
	return err
}
