// Package durable writes small files of the agent and of its host so that a power cut leaves either the old
// content or the new one, never a part of it: temporary file, fsync, rename, fsync of the directory.
//
// It also refuses state that others could have written: what decides over a host must belong to the
// agent's own user, and nobody else may be able to change it.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrUnsafe says that a file or directory could be read or changed by others than its owner.
var ErrUnsafe = errors.New("is open to other users")

// ErrTooLarge says that a file is larger than its reader allows.
var ErrTooLarge = errors.New("is too large")

// Write replaces path by data, readable by its owner only, and returns when that is on disk.
func Write(path string, data []byte) error { return WriteMode(path, data, 0o600) }

// WriteMode is Write for a file with other permissions.
func WriteMode(path string, data []byte, mode fs.FileMode) error {
	if err := replace(path, data, func(f *os.File) error { return errors.Join(f.Chmod(mode), f.Sync()) }); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Replace is Write without waiting for the disk: readers see the old content or the new one, but a
// power cut may leave either, or an empty file. For what is harmless to lose.
func Replace(path string, data []byte) error {
	return replace(path, data, func(*os.File) error { return nil })
}

func replace(path string, data []byte, flush func(*os.File) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = flush(tmp)
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(tmp.Name()))
	}
	return nil
}

// Remove deletes path durably. That it is not there is no error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir flushes a directory: the names in it, not the content of the files.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}

// Read returns the content of a file of at most limit bytes.
func Read(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("read %s: %w: more than %d bytes", path, ErrTooLarge, limit)
	}
	return data, nil
}

// Private makes dir with mode 0700 if it is missing, and refuses it if others have any access.
func Private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	return guard(dir, 0o077)
}

// Guarded refuses a file that belongs to anybody but root or the agent's own user, or that others can
// change, be it through its directory.
func Guarded(path string) error {
	if err := guard(path, 0o022); err != nil {
		return err
	}
	return guard(filepath.Dir(path), 0o022)
}

// Secret refuses a file that anybody but its owner can read or change.
func Secret(path string) error { return guard(path, 0o077) }

func guard(path string, denied fs.FileMode) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&denied != 0 {
		return fmt.Errorf("%s %w (mode %04o): chmod go-%s %s", path, ErrUnsafe, mode, letters(denied), path)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid != 0 && int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("%s %w (it belongs to another one): chown root %s", path, ErrUnsafe, path)
	}
	return nil
}

func letters(denied fs.FileMode) string {
	if denied&0o055 != 0 {
		return "rwx"
	}
	return "w"
}
