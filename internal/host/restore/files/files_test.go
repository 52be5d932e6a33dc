package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// hostIn makes an empty host in dir.
func hostIn(t testing.TB, dir string, opts ...files.Option) restoretest.Host {
	t.Helper()
	root := filepath.Join(dir, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	sc := restore.Scope{Root: root, Store: filepath.Join(root, "var/lib/patchwart/restore")}
	return restoretest.Host{Scope: sc, Open: func(fault func(op, path string) error) restore.Driver {
		return files.New(sc.Store, append(opts, files.WithFault(fault))...)
	}}
}

func TestConformance(t *testing.T) {
	restoretest.Run(t, restoretest.Fixture{
		Driver: files.Name,
		Fresh: func(t *testing.T) restoretest.Host {
			dir, err := os.MkdirTemp(t.TempDir(), "host")
			if err != nil {
				t.Fatal(err)
			}
			return hostIn(t, dir, files.Fast)
		},
		Powered: func(t *testing.T) restoretest.Host {
			disk := restoretest.NewDisk(t, 32<<20, "mkfs.ext4", "-q")
			h := hostIn(t, disk.Dir, files.NoLook)
			h.Power = disk
			return h
		},
	})
}

// A real process is really killed.
func TestKilled(t *testing.T) {
	restoretest.Killed(t, "TestErrand", func(t *testing.T) restoretest.Host {
		dir, err := os.MkdirTemp(t.TempDir(), "host")
		if err != nil {
			t.Fatal(err)
		}
		return hostIn(t, dir, files.Fast)
	})
}

func TestErrand(t *testing.T) {
	restoretest.Errand(t, func(store string, fault func(op, path string) error) restore.Driver {
		return files.New(store, files.NoLook, files.WithFault(fault))
	})
}
