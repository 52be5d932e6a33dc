package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// How long to wait for a lock: a migration takes seconds, a server that is being restarted stops in time.
const (
	migrationWait = 2 * time.Minute
	handoverWait  = 15 * time.Second
	lockPause     = 50 * time.Millisecond
)

// lock takes an exclusive lock on a file that stays in place afterwards. The kernel lets go of it when
// the process dies.
func lock(ctx context.Context, path string, wait time.Duration) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("engine: lock: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(fmt.Errorf("engine: lock %s: %w", path, err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("engine: another process works on this database (%s is locked): %w", path, ctx.Err()), f.Close())
		case <-time.After(lockPause):
		}
	}
}
