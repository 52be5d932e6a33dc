package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFileIsReplacedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	for _, write := range []func(string, []byte) error{Write, Replace} {
		for _, want := range []string{"a long first content", "short"} {
			if err := write(path, []byte(want)); err != nil {
				t.Fatal(err)
			}
			got, err := Read(path, 100)
			if string(got) != want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := Write(filepath.Join(dir, "none", "x"), nil); err == nil {
		t.Error("a file in a directory that is not there was written")
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestReadingIsBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	if err := Write(path, make([]byte, 11)); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, 10); !errors.Is(err, ErrTooLarge) {
		t.Errorf("11 bytes with a bound of 10: %v", err)
	}
	if _, err := Read(path+"y", 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestRemovingTwiceIsHarmless(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	if err := Write(path, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Remove(path); err != nil {
			t.Error(err)
		}
	}
}

func TestStateOpenToOthersIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	if err := Private(dir); err != nil {
		t.Fatal(err)
	}
	for mode, good := range map[fs.FileMode]bool{0o700: true, 0o750: false, 0o711: false, 0o701: false, 0o704: false} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if err := Private(dir); (err == nil) != good || err != nil && !errors.Is(err, ErrUnsafe) {
			t.Errorf("directory with mode %o: %v", mode, err)
		}
	}
}
