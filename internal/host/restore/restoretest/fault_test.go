package restoretest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// A dead machine stays dead; a disk that answers with an error does so once.
func TestFaultsHappenWhenTheyShould(t *testing.T) {
	t.Parallel()
	for what, want := range map[fault][]error{
		kill: {nil, nil, errCrash, errCrash}, full: {nil, nil, unix.ENOSPC, nil},
		broken: {nil, nil, unix.EIO, nil}, power: {nil, nil, errCrash, errCrash},
	} {
		cuts := 0
		i := &injector{what: what, at: 2, cut: func() error { cuts++; return nil }}
		for n, w := range want {
			err := i.ask("write", "/x")
			if !errors.Is(err, w) || w == nil && err != nil {
				t.Errorf("%s at write %d: %v, want %v", what, n, err, w)
			}
			if w != nil && !i.named(err) {
				t.Errorf("%s at write %d: %v does not name it", what, n, err)
			}
		}
		if i.op != "write" || i.writes != 4 || (cuts == 1) != (what == power) {
			t.Errorf("%s: %q, %d writes, %d cuts", what, i.op, i.writes, cuts)
		}
	}
}

// The sample has the first and the last writes, and all when there are few.
func TestSample(t *testing.T) {
	t.Setenv("PATCHWART_CRASH", "")
	if got := sample(5, 12); !slices.Equal(got, []int64{0, 1, 2, 3, 4}) {
		t.Error(got)
	}
	got := sample(1000, 12)
	if len(got) != 12 || got[0] != 0 || got[2] != 2 || got[9] != 997 || got[11] != 999 || !slices.IsSorted(got) {
		t.Error(got)
	}
	t.Setenv("PATCHWART_CRASH", "all")
	if got := sample(1000, 12); len(got) != 1000 {
		t.Error(len(got))
	}
}

// A power cut takes what was not flushed and leaves what was.
func TestPowerCutsLoseWhatIsNotFlushed(t *testing.T) {
	for name, disk := range map[string]func() *Disk{
		"ext4":  func() *Disk { return NewDisk(t, 32<<20, "mkfs.ext4", "-q") },
		"btrfs": func() *Disk { return NewDisk(t, 128<<20, "mkfs.btrfs", "-q") },
	} {
		t.Run(name, func(t *testing.T) {
			d := disk()
			tree := &Tree{T: t, Root: d.Dir}
			tree.Write("/flushed", "1")
			f, err := os.Open(d.Dir)
			tree.ok(err)
			tree.ok(unix.Syncfs(int(f.Fd())))
			tree.ok(f.Close())
			tree.Write("/in memory", "1")
			tree.ok(d.Cut())
			tree.Write("/after", "1")
			tree.ok(d.On())
			if got := tree.Read("/flushed"); got != "1" {
				t.Errorf("what was flushed is %q", got)
			}
			for _, lost := range []string{"in memory", "after"} {
				if _, err := os.Lstat(filepath.Join(d.Dir, lost)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%q survived: %v", lost, err)
				}
			}
		})
	}
}
