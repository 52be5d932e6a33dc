package agent

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// Snapshots are taken where the root is a subvolume, files are kept elsewhere. The host policy may pin one;
// if that one cannot work, there is no point rather than another kind.
func TestDriverIsPicked(t *testing.T) {
	restoretest.NeedRoot(t)
	plain := t.TempDir()
	subvolume := filepath.Join(restoretest.NewDisk(t, 160<<20, "mkfs.btrfs", "-q").Dir, "root")
	if out, err := exec.Command("btrfs", "subvolume", "create", subvolume).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n := 0
	for _, c := range []struct{ root, pinned, want string }{
		{plain, "", "files"}, {plain, "files", "files"}, {plain, "btrfs", ""},
		{subvolume, "", "btrfs"}, {subvolume, "files", "files"}, {subvolume, "btrfs", "btrfs"},
	} {
		sc := restore.Scope{Root: c.root, Store: filepath.Join(c.root, "var/lib/patchwart/restore")}
		if err := os.MkdirAll(filepath.Join(c.root, "etc"), 0o755); err != nil {
			t.Fatal(err)
		}
		d, err := saving(sc, c.pinned)
		if c.want == "" {
			var trouble *Trouble
			if !errors.As(err, &trouble) || trouble.Code != "point_driver" || trouble.Detail == "" {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		n++
		id := "run-" + string(rune('0'+n))
		if p, err := d.Save(t.Context(), id, sc); err != nil || p.Driver != c.want {
			t.Errorf("%+v: %+v, %v", c, p, err)
		}
		// Whichever made it, it can be restored and dropped without asking the policy.
		if res, err := keeping(sc).Restore(t.Context(), id); err != nil || !res.Verified.Identical() {
			t.Errorf("%+v: %+v, %v", c, res, err)
		}
		if err := keeping(sc).Drop(t.Context(), id); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
