package files_test

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// A maintainer script that does what none should: before dpkg unpacks the new version, it edits installed
// programs in place, which reaches through a hard link into the restore point. Where blocks can be shared the
// point has content of its own and all comes back. Where it has links, the two paths are lost, and the
// restore says so: it names both, brings back everything else, and never counts as done.
func TestMaintainerScriptWritesThroughLinks(t *testing.T) {
	restoretest.NeedRoot(t)
	for _, tool := range []string{"dpkg", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; this test runs on Debian", tool)
		}
	}
	t.Run("links", func(t *testing.T) {
		disk := restoretest.NewDisk(t, 64<<20, "mkfs.ext4", "-q")
		s := newShop(t, disk.Dir)
		p := s.save()
		if p.Linked == 0 {
			t.Fatalf("nothing is linked: %+v", p)
		}
		s.upgradeThatEdits()
		res, err := s.driver.Restore(context.Background(), p.ID)
		lost := []string{"/usr/lib/shop/libshop.so.1", "/usr/share/shop/data"}
		if !errors.Is(err, restore.ErrPointDamaged) || !slices.Equal(res.Damaged, lost) || res.Verified.Identical() {
			t.Fatalf("%+v, %v", res, err)
		}
		for _, path := range lost {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not name %s: %v", path, err)
			}
		}
		s.before.Without(lost...).MustEqual(t, s.look().Without(lost...))
		if v, err := s.driver.Verify(context.Background(), p.ID); err != nil || v.Identical() {
			t.Errorf("verify: %+v, %v", v, err)
		}
	})
	t.Run("shared blocks", func(t *testing.T) {
		disk := restoretest.NewDisk(t, 160<<20, "mkfs.btrfs", "-q")
		s := newShop(t, disk.Dir)
		p := s.save()
		if p.Linked > 0 {
			t.Fatalf("something is linked: %+v", p)
		}
		s.upgradeThatEdits()
		res, err := s.driver.Restore(context.Background(), p.ID)
		if err != nil || !res.Verified.Identical() {
			t.Fatalf("%+v, %v", res, err)
		}
		s.before.MustEqual(t, s.look())
	})
}

// shop is a root with dpkg's database and the shop installed.
type shop struct {
	*restoretest.Tree
	scope  restore.Scope
	dir    string
	driver *files.Driver
	before restoretest.Picture
}

func newShop(t *testing.T, on string) *shop {
	t.Helper()
	h := hostIn(t, on)
	s := &shop{Tree: &restoretest.Tree{T: t, Root: h.Scope.Root}, scope: h.Scope, dir: t.TempDir(), driver: files.New(h.Scope.Store)}
	s.scope.Volatile = []string{"/var/log", "/tmp", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/triggers/Lock"}
	for _, d := range []string{"/var/lib/dpkg/info", "/var/lib/dpkg/updates", "/var/lib/dpkg/triggers", "/var/lib/patchwart/restore", "/etc", "/tmp"} {
		s.Mkdir(d)
	}
	s.Write("/var/lib/dpkg/status", "")
	deb := debPackage(t, s.dir, "1.0", map[string]string{
		"usr/bin/shop": "#!/bin/sh\necho 1.0\n", "usr/lib/shop/libshop.so.1": strings.Repeat("one ", 50_000),
		"usr/share/shop/data": "one\n", "etc/shop/shop.conf": "colour=blue\n",
	}, "exit 0\n")
	if out, err := dpkg(s.Root, "-i", deb); err != nil {
		t.Fatalf("install: %v: %s", err, out)
	}
	s.before = s.look()
	return s
}

func (s *shop) look() restoretest.Picture {
	return restoretest.Look(s.T, s.Root, append([]string{"/var/lib/patchwart/restore"}, s.scope.Volatile...)...)
}

func (s *shop) save() restore.Point {
	s.T.Helper()
	p, err := s.driver.Save(context.Background(), "before-2.0", s.scope)
	if err != nil {
		s.T.Fatal(err)
	}
	return p
}

// upgradeThatEdits goes wrong after its script, run before unpacking, has edited what is installed.
func (s *shop) upgradeThatEdits() {
	t := s.T.(*testing.T)
	t.Helper()
	tree := &restoretest.Tree{T: t, Root: s.dir + "/deb-2.0"}
	tree.Write("/DEBIAN/preinst", `#!/bin/sh
set -e
echo "two" >> "$DPKG_ROOT/usr/share/shop/data"
sed 's/one/two/' "$DPKG_ROOT/usr/lib/shop/libshop.so.1" > "$DPKG_ROOT/tmp/lib"
cat "$DPKG_ROOT/tmp/lib" > "$DPKG_ROOT/usr/lib/shop/libshop.so.1"
`)
	tree.Chmod("/DEBIAN/preinst", 0o755)
	deb := debPackage(t, s.dir, "2.0", map[string]string{"usr/bin/shop": "#!/bin/sh\necho 2.0\n", "usr/share/shop/data": "two\n"}, "exit 1\n")
	if out, err := dpkg(s.Root, "--force-confnew", "-i", deb); err == nil {
		t.Fatalf("the broken package installed: %s", out)
	}
	if s.Read("/usr/bin/shop") != "#!/bin/sh\necho 2.0\n" {
		t.Fatal("the upgrade never came as far as unpacking")
	}
}
