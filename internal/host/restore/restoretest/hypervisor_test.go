package restoretest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// The port also fits drivers that keep whole disks from outside the host: a small hypervisor passes the
// suite that the host's own drivers pass.
func TestHypervisorConforms(t *testing.T) {
	fresh := func(t *testing.T) Host {
		t.Helper()
		dir, err := os.MkdirTemp(t.TempDir(), "guest")
		if err != nil {
			t.Fatal(err)
		}
		disk, store := filepath.Join(dir, "disk"), filepath.Join(dir, "snapshots")
		for _, d := range []string{disk, store} {
			if err := os.Mkdir(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		h := NewHypervisor(disk, store)
		return Host{
			Scope: restore.Scope{Root: disk, Store: store}, Whole: true, Power: h, Former: h.Former,
			Open: h.Driver,
		}
	}
	Run(t, Fixture{Driver: "hypervisor", Fresh: fresh, Powered: fresh})
}
