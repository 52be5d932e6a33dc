package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Two processes doing so at once would both create them, hence
// the lock.
func migrate(ctx context.Context, path string, db *sql.DB) error {
	unlock, err := lock(ctx, path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	has, can, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("store: migrations of %s: %w", path, err)
	case has > can:
		return fmt.Errorf("store: %s was written by a newer version of patchwart (tables %d, known %d); use that version", path, has, can)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: bring %s up to date: %w", path, err)
	}
	return nil
}

// lockPause is the time between two tries at a lock that somebody else holds.
const lockPause = 50 * time.Millisecond

// lockLimit bounds the wait for the lock: a migration takes seconds at most.
const lockLimit = 2 * time.Minute

// lock takes an exclusive lock on a file that stays in place afterwards. The kernel lets go of it when
// the process dies.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: lock: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockLimit)
	defer cancel()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(fmt.Errorf("store: lock %s: %w", path, err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("store: %s is held by another process: %w", path, ctx.Err()), f.Close())
		case <-time.After(lockPause):
		}
	}
}
