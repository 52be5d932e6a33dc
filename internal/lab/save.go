package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Save keeps a copy of the disk of a host that is off, under a name of the
// caller's, to start again from the same state: see [Host.Revert]. It goes with the host.
func (h *Host) Save(ctx context.Context, name string) error {
	return h.swapDisk(ctx, name, func(saved string) error {
		if err := os.Remove(saved); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return copyImage(ctx, h.disk, saved)
	})
}

// Revert gives a host that is off the disk it had when [Host.Save] was called with that name.
func (h *Host) Revert(ctx context.Context, name string) error {
	return h.swapDisk(ctx, name, func(saved string) error {
		if _, err := os.Stat(saved); err != nil {
			return errors.New("nothing was saved under that name")
		}
		if err := os.Remove(h.disk); err != nil {
			return err
		}
		return copyImage(ctx, saved, h.disk)
	})
}

// swapDisk unmounts the disk while act works with it.
func (h *Host) swapDisk(ctx context.Context, name string, act func(saved string) error) (err error) {
	h.life.Lock()
	defer h.life.Unlock()
	defer func() {
		if err != nil {
			err = fmt.Errorf("disk %q of host %s: %w", name, h.name, err)
		}
	}()
	if !hostNames.MatchString(name) {
		return errors.New("a saved disk's name has up to 30 of a-z, 0-9 and -, and starts with a letter")
	}
	h.mu.Lock()
	on, gone := h.state.on, h.gone
	h.mu.Unlock()
	if on || gone {
		return errors.New("the host must be there and off")
	}
	if _, err := tool(ctx, "fstrim", h.root); err != nil {
		return err
	}
	if err := release(ctx, h.disk, h.root); err != nil {
		return err
	}
	failure := act(filepath.Join(h.dir, "saved-"+name))
	return errors.Join(failure, h.lab.ledger.mountImage(ctx, h.name, h.fstype, h.disk, h.root, "loop"))
}
