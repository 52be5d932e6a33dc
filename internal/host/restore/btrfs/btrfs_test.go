package btrfs_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/btrfs"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// newDisk makes a btrfs for the time of a test.
func newDisk(t testing.TB) *restoretest.Disk {
	t.Helper()
	return restoretest.NewDisk(t, 512<<20, "mkfs.btrfs", "-q")
}

// hostIn makes an empty host whose root is a subvolume.
func hostIn(t testing.TB, root string) restoretest.Host {
	t.Helper()
	run(t, "btrfs", "subvolume", "create", root)
	sc := restore.Scope{Root: root, Store: filepath.Join(root, "var/lib/patchwart/restore")}
	return restoretest.Host{
		Scope: sc,
		Open: func(fault func(op, path string) error) restore.Driver {
			return btrfs.New(sc.Store, files.WithFault(fault))
		},
		Discard: func() error {
			if err := os.RemoveAll(filepath.Join(root, "usr")); err != nil {
				return err
			}
			return discard(root)
		},
	}
}

// discard removes a subvolume with the snapshots in its store.
func discard(root string) error {
	store := filepath.Join(root, "var/lib/patchwart/restore")
	d := btrfs.New(store)
	l, err := d.List(context.Background())
	if err != nil {
		return err
	}
	for _, p := range l {
		if err := d.Drop(context.Background(), p.ID); err != nil {
			return err
		}
	}
	return exec.Command("btrfs", "subvolume", "delete", root).Run()
}

func run(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

func TestConformance(t *testing.T) {
	disk := newDisk(t)
	var n atomic.Int64
	restoretest.Run(t, restoretest.Fixture{
		Driver: btrfs.Name,
		Fresh: func(t *testing.T) restoretest.Host {
			return hostIn(t, filepath.Join(disk.Dir, strconv.FormatInt(n.Add(1), 10)))
		},
		Powered: func(t *testing.T) restoretest.Host {
			disk := restoretest.NewDisk(t, 160<<20, "mkfs.btrfs", "-q")
			h := hostIn(t, filepath.Join(disk.Dir, "root"))
			h.Power = disk
			return h
		},
	})
}

// A real process is really killed.
func TestKilled(t *testing.T) {
	disk := newDisk(t)
	var n atomic.Int64
	restoretest.Killed(t, "TestErrand", func(t *testing.T) restoretest.Host {
		return hostIn(t, filepath.Join(disk.Dir, strconv.FormatInt(n.Add(1), 10)))
	})
}

func TestErrand(t *testing.T) {
	restoretest.Errand(t, func(store string, fault func(op, path string) error) restore.Driver {
		return btrfs.New(store, files.WithFault(fault))
	})
}

// webHost is a filled host in a subvolume.
type webHost struct {
	*restoretest.Tree
	scope  restore.Scope
	driver *files.Driver
}

func newWebHost(t *testing.T) *webHost {
	t.Helper()
	h := hostIn(t, filepath.Join(newDisk(t).Dir, "root"))
	h.Scope.Data = []string{"/srv", "/var/lib/mysql"}
	h.Scope.Volatile = []string{"/var/log", "/run"}
	w := &webHost{Tree: &restoretest.Tree{T: t, Root: h.Scope.Root}, scope: h.Scope, driver: btrfs.New(h.Scope.Store)}
	w.Debian()
	w.Mkdir("/var/lib/patchwart/restore")
	return w
}

func (w *webHost) look() restoretest.Picture {
	return restoretest.Look(w.T, w.Root, "/srv", "/var/lib/mysql", "/var/log", "/run", "/var/lib/patchwart/restore")
}

func (w *webHost) save(id string) restore.Point {
	w.T.Helper()
	p, err := w.driver.Save(context.Background(), id, w.scope)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

func (w *webHost) restoredTo(d restore.Driver, id string, before restoretest.Picture) restore.Result {
	w.T.Helper()
	res, err := d.Restore(context.Background(), id)
	if err != nil {
		w.T.Fatal(err)
	}
	before.MustEqual(w.T, w.look())
	return res
}

// What the system has in subvolumes of its own is in snapshots of its own; what the customer has in one is
// neither saved nor rolled back. Even writes into packaged programs in place are undone.
func TestSubvolumes(t *testing.T) {
	w := newWebHost(t)
	run(t, "btrfs", "subvolume", "create", w.At("/usr/lib/portable"))
	run(t, "btrfs", "subvolume", "create", w.At("/usr/lib/portable/deeper"))
	w.Remove("/srv")
	run(t, "btrfs", "subvolume", "create", w.At("/srv"))
	w.Write("/usr/lib/portable/file", "in a subvolume")
	w.Link("/usr/lib/portable/file", "/usr/lib/portable/same")
	w.Write("/usr/lib/portable/deeper/file", "deeper")
	w.Write("/srv/order", "new")
	before := w.look()
	p := w.save("p")
	if p.Driver != "btrfs" || p.Cloned == 0 || p.Linked+p.Copied != 0 || p.Stored != 0 {
		t.Fatalf("not all in snapshots: %+v", p)
	}
	w.Append("/usr/bin/openssl", "in place")
	w.Append("/usr/lib/portable/file", "in place")
	w.Replace("/usr/lib/portable/deeper/file", "replaced")
	w.Write("/usr/lib/portable/new", "new")
	w.Remove("/etc/ssl")
	w.Write("/srv/order", "paid")
	res := w.restoredTo(w.driver, "p", before)
	if w.Read("/srv/order") != "paid" || res.Aside != 1 {
		t.Errorf("%q, %+v", w.Read("/srv/order"), res)
	}
	if err := w.driver.Drop(context.Background(), "p"); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(w.scope.Store)
	if left = slices.DeleteFunc(left, func(e os.DirEntry) bool { return e.Name() == ".sums" }); err != nil || len(left) != 0 {
		t.Errorf("left in the store: %v, %v", left, err)
	}
}

// A host whose policy turns to the driver files can still restore and drop what was saved by snapshot.
func TestFilesTakesOver(t *testing.T) {
	w := newWebHost(t)
	before := w.look()
	w.save("p")
	w.Append("/usr/bin/openssl", "in place")
	d := btrfs.Files(w.scope.Store)
	if l, err := d.List(context.Background()); err != nil || len(l) != 1 || l[0].Driver != "btrfs" {
		t.Fatalf("%+v, %v", l, err)
	}
	w.restoredTo(d, "p", before)
	p, err := d.Save(context.Background(), "q", w.scope)
	if err != nil || p.Driver != files.Name {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, id := range []string{"p", "q"} {
		if err := d.Drop(context.Background(), id); err != nil {
			t.Error(err)
		}
	}
}

// What is written while the point is being saved is not half in it: the snapshot was taken at one instant.
func TestSavedAtOneInstant(t *testing.T) {
	w := newWebHost(t)
	before := w.look()
	var frozen atomic.Bool
	busy := btrfs.New(w.scope.Store, files.WithFault(func(op, _ string) error {
		if op == "snapshot" {
			frozen.Store(true)
		} else if frozen.Swap(false) {
			w.Append("/etc/hosts", "more\n")
			w.Remove("/etc/app.ini")
			w.Write("/etc/new", "x")
		}
		return nil
	}))
	if _, err := busy.Save(context.Background(), "p", w.scope); err != nil {
		t.Fatal(err)
	}
	w.restoredTo(w.driver, "p", before)
}

// A snapshot that somebody made writable and changed gives back nothing wrong: the content is held
// against the manifest before it is used.
func TestAlteredSnapshotIsLoud(t *testing.T) {
	w := newWebHost(t)
	w.save("p")
	snapshot := filepath.Join(w.scope.Store, "p/snapshots/1")
	run(t, "btrfs", "property", "set", "-f", snapshot, "ro", "false")
	if err := os.WriteFile(filepath.Join(snapshot, "etc/app.ini"), []byte("colour=evil\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.Append("/etc/app.ini", "new")
	w.Append("/etc/hosts", "new")
	res, err := w.driver.Restore(context.Background(), "p")
	if err == nil || len(res.Damaged) != 1 || res.Damaged[0] != "/etc/app.ini" {
		t.Fatalf("%+v, %v", res, err)
	}
	if got := w.Read("/etc/app.ini"); strings.Contains(got, "evil") {
		t.Errorf("put back: %q", got)
	}
	if got := w.Read("/etc/hosts"); got != "127.0.0.1 localhost\n" {
		t.Errorf("the rest was not restored: %q", got)
	}
}

// Where the root is a directory, or on another file system, this driver is not offered.
func TestUsable(t *testing.T) {
	w := newWebHost(t)
	if err := btrfs.Usable(w.scope); err != nil {
		t.Error(err)
	}
	sc := w.scope
	sc.Root = w.At("/usr")
	if err := btrfs.Usable(sc); err == nil || !strings.Contains(err.Error(), "not the top of a subvolume") {
		t.Error(err)
	}
	sc = restore.Scope{Root: w.scope.Root, Store: filepath.Join("/proc", "restore")}
	if err := btrfs.Usable(sc); err == nil || !strings.Contains(err.Error(), "another file system") {
		t.Error(err)
	}
	sc.Root = w.At("/usr")
	sc.Store = w.scope.Store
	if _, err := btrfs.New(sc.Store).Save(context.Background(), "p", sc); err == nil {
		t.Error("saved a directory as if it were a subvolume")
	}
	if l, err := btrfs.New(sc.Store).List(context.Background()); err != nil || len(l) != 0 {
		t.Errorf("left behind: %+v, %v", l, err)
	}
}

// A file system that was converted from ext4 has a top without a UUID of its own, and snapshots of it have no
// parent. It is saved and restored like any other.
func TestConvertedFromExt4(t *testing.T) {
	restoretest.NeedRoot(t)
	if _, err := exec.LookPath("btrfs-convert"); err != nil {
		t.Skip("btrfs-convert is not installed: install btrfs-progs to include this")
	}
	dir := t.TempDir()
	image, root := filepath.Join(dir, "image"), filepath.Join(dir, "root")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.Truncate(image, 256<<20), os.Mkdir(root, 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	run(t, "mkfs.ext4", "-q", "-b", "4096", image)
	run(t, "btrfs-convert", image)
	run(t, "mount", "-t", "btrfs", "-o", "loop", image, root)
	t.Cleanup(func() { run(t, "umount", root) })
	run(t, "btrfs", "subvolume", "delete", filepath.Join(root, "ext2_saved"))
	sc := restore.Scope{Root: root, Store: filepath.Join(root, "var/lib/patchwart/restore"), Volatile: []string{"/var/log", "/run", "/lost+found"}}
	w := &webHost{Tree: &restoretest.Tree{T: t, Root: root}, scope: sc, driver: btrfs.New(sc.Store)}
	w.Debian()
	w.Mkdir("/var/lib/patchwart/restore")
	look := func() restoretest.Picture {
		return restoretest.Look(t, root, "/var/log", "/run", "/lost+found", "/var/lib/patchwart/restore")
	}
	before := look()
	w.save("p")
	w.Append("/usr/bin/openssl", "in place")
	w.Remove("/etc/nginx")
	if res, err := w.driver.Restore(context.Background(), "p"); err != nil || !res.Verified.Identical() {
		t.Fatalf("%+v, %v", res, err)
	}
	before.MustEqual(t, look())
}
