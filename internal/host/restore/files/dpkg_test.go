package files_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// A real dpkg installs a real package into the root, upgrades it to a version whose maintainer
// script edits configuration in place and then fails, and leaves a mess. The restore point brings
// back the files and the package database with them: dpkg itself says so.
func TestRealPackageUpgradeIsUndone(t *testing.T) {
	restoretest.NeedRoot(t)
	for _, tool := range []string{"dpkg", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is needed for this test", tool)
			}
			t.Skipf("%s is not installed; this test runs on Debian", tool)
		}
	}
	dir := t.TempDir()
	h := hostIn(t, dir)
	tree := &restoretest.Tree{T: t, Root: h.Scope.Root}
	h.Scope.Data = []string{"/srv"}
	h.Scope.Volatile = []string{"/var/log", "/tmp", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/triggers/Lock"}
	for _, d := range []string{"/var/lib/dpkg/info", "/var/lib/dpkg/updates", "/var/lib/dpkg/triggers", "/var/lib/patchwart/restore", "/etc", "/tmp", "/srv"} {
		tree.Mkdir(d)
	}
	tree.Write("/var/lib/dpkg/status", "")
	tree.Write("/etc/motd", "welcome\n")
	old := debPackage(t, dir, "1.0", map[string]string{
		"usr/bin/shop": "#!/bin/sh\necho 1.0\n", "usr/lib/shop/libshop.so.1": strings.Repeat("one ", 50_000),
		"usr/share/shop/gone-in-2": "x", "etc/shop/shop.conf": "colour=blue\n",
	}, "touch \"$DPKG_ROOT/usr/share/shop/generated\"\n")
	broken := debPackage(t, dir, "2.0", map[string]string{
		"usr/bin/shop": "#!/bin/sh\necho 2.0\n", "usr/lib/shop/libshop.so.1": strings.Repeat("two ", 60_000),
		"usr/lib/shop/libnew.so.2": "new", "etc/shop/shop.conf": "colour=red\n", "etc/shop/more.conf": "x\n",
	}, `echo "include more.conf" >> "$DPKG_ROOT/etc/shop/shop.conf"
echo "upgraded" >> "$DPKG_ROOT/etc/motd"
echo "rebuilt" >> "$DPKG_ROOT/usr/share/shop/generated"
mkdir -p "$DPKG_ROOT/var/lib/shop"
mv "$DPKG_ROOT/usr/lib/shop" "$DPKG_ROOT/usr/lib/shop2"
ln -s shop2 "$DPKG_ROOT/usr/lib/shop"
exit 1
`)
	if out, err := dpkg(tree.Root, "-i", old); err != nil {
		t.Fatalf("install: %v: %s", err, out)
	}
	tree.Append("/etc/shop/shop.conf", "# by the customer\n")
	look := func() restoretest.Picture {
		return restoretest.Look(t, tree.Root, append([]string{"/srv", "/var/lib/patchwart/restore"}, h.Scope.Volatile...)...)
	}
	before := look()
	d := files.New(h.Scope.Store)
	p, err := d.Save(context.Background(), "before-2.0", h.Scope)
	if err != nil {
		t.Fatal(err)
	}
	if p.Linked < 3 {
		t.Errorf("packaged files are not linked: %+v", p)
	}
	if out, err := dpkg(tree.Root, "--force-confnew", "-i", broken); err == nil {
		t.Fatalf("the broken package installed: %s", out)
	}
	if v, err := d.Verify(context.Background(), p.ID); err != nil || v.Identical() {
		t.Fatalf("nothing happened: %+v, %v", v, err)
	}
	res, err := d.Restore(context.Background(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	before.MustEqual(t, look())
	if !res.Verified.Identical() || res.Aside == 0 {
		t.Errorf("%+v", res)
	}
	out, err := exec.Command("dpkg-query", "--admindir="+tree.At("/var/lib/dpkg"), "-W", "-f=${Status} ${Version}", "patchwart-test-shop").CombinedOutput()
	if err != nil || string(out) != "install ok installed 1.0" {
		t.Errorf("dpkg says %q, %v", out, err)
	}
	if out, err := dpkg(tree.Root, "--audit"); err != nil || out != "" {
		t.Errorf("dpkg finds fault: %q, %v", out, err)
	}
	// And the host can be upgraded after all, with a package that is not broken.
	good := debPackage(t, dir, "2.1", map[string]string{"usr/bin/shop": "#!/bin/sh\necho 2.1\n"}, "exit 0\n")
	if out, err := dpkg(tree.Root, "--force-confold", "-i", good); err != nil {
		t.Errorf("upgrade after the restore: %v: %s", err, out)
	}
	if err := d.Drop(context.Background(), p.ID); err != nil {
		t.Error(err)
	}
	if l, err := d.List(context.Background()); err != nil || len(l) != 0 {
		t.Errorf("%v, %v", l, err)
	}
}

// dpkg works on root as if it were the host's; scripts are told the root and run outside of it.
func dpkg(root string, args ...string) (string, error) {
	cmd := exec.Command("dpkg", append([]string{"--root=" + root, "--log=/dev/null", "--force-not-root", "--force-script-chrootless"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// debPackage builds one version of a package.
func debPackage(t *testing.T, dir, version string, content map[string]string, postinst string) string {
	t.Helper()
	tree := &restoretest.Tree{T: t, Root: filepath.Join(dir, "deb-"+version)}
	conffiles := ""
	for path, c := range content {
		tree.Write("/"+path, c)
		if strings.HasPrefix(path, "etc/") {
			conffiles += "/" + path + "\n"
		}
	}
	tree.Write("/DEBIAN/control", fmt.Sprintf("Package: patchwart-test-shop\nVersion: %s\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: a shop that breaks\n", version))
	if conffiles != "" {
		tree.Write("/DEBIAN/conffiles", conffiles)
	}
	tree.Write("/DEBIAN/postinst", "#!/bin/sh\nset -e\n"+postinst)
	tree.Chmod("/DEBIAN/postinst", 0o755)
	file := filepath.Join(dir, "shop_"+version+".deb")
	run(t, "dpkg-deb", "--root-owner-group", "-Znone", "-b", tree.Root, file)
	return file
}
