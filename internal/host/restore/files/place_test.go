package files_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// mount mounts a small file system in memory for the time of a test.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
}

// A point that does not fit is refused before anything is written.
func TestNoSpaceIsSaidBefore(t *testing.T) {
	restoretest.NeedRoot(t)
	for name, options := range map[string]string{"bytes": "size=2m", "inodes": "size=64m,nr_inodes=5"} {
		t.Run(name, func(t *testing.T) {
			w := newWebHost(t, t.TempDir())
			before := w.look()
			w.Scope.Store = filepath.Join(t.TempDir(), "small")
			mount(t, w.Scope.Store, options+",mode=0700")
			// Another file system: everything is to be copied.
			var wrote atomic.Bool
			d := files.New(w.Scope.Store, files.Fast, files.WithFault(func(op, _ string) error {
				if op != "mkdir" {
					wrote.Store(true)
				}
				return nil
			}))
			if name == "bytes" {
				w.Write("/usr/lib/large", strings.Repeat("large", 1<<20))
				before = w.look()
			}
			_, err := d.Save(context.Background(), "p", w.Scope)
			var space *restore.SpaceError
			if !errors.Is(err, restore.ErrNoSpace) || !errors.As(err, &space) {
				t.Fatalf("save: %v", err)
			}
			if wrote.Load() {
				t.Error("something was written all the same")
			}
			if name == "bytes" && space.Need.Bytes <= space.Free.Bytes || name == "inodes" && space.Need.Inodes <= space.Free.Inodes {
				t.Errorf("needs %+v of %+v", space.Need, space.Free)
			}
			before.MustEqual(t, w.look())
		})
	}
}

// The estimate is what a save then refuses by, and is not less than what the save takes.
func TestEstimate(t *testing.T) {
	w := newWebHost(t, t.TempDir())
	w.Write("/etc/large", strings.Repeat("x", 3<<20))
	need, err := w.driver.Estimate(context.Background(), w.Scope)
	w.ok(err)
	p := w.save("p")
	if p.Stored < 3<<20 || need.Bytes < p.Stored || need.Bytes > 4*p.Stored || need.Inodes < 3 || need.Inodes > 50 {
		t.Fatalf("estimated %+v for %+v", need, p)
	}
	// Before there is a store, too.
	w.ok(os.RemoveAll(w.Scope.Store))
	again, err := w.driver.Estimate(context.Background(), w.Scope)
	w.ok(err)
	if again.Bytes < p.Stored {
		t.Fatalf("without a store: %+v", again)
	}
}

// The failed run has filled the disk to the last byte. The way back still works: space for it was
// put by.
func TestRestoreOnAFullDisk(t *testing.T) {
	restoretest.NeedRoot(t)
	dir := t.TempDir()
	mount(t, dir, "size=24m")
	w := newWebHost(t, dir)
	before := w.look()
	w.save("p")
	w.Replace("/usr/bin/openssl", "new")
	for _, p := range []string{"/etc/nginx/nginx.conf", "/etc/app.ini", "/var/lib/dpkg/status", "/usr/local/bin/deploy"} {
		w.Write(p, "broken by the run")
	}
	full, err := os.Create(w.At("/usr/lib/full"))
	w.ok(err)
	for chunk := make([]byte, 1<<20); len(chunk) > 0; {
		if _, err := full.Write(chunk); err != nil {
			if !errors.Is(err, unix.ENOSPC) {
				t.Fatal(err)
			}
			chunk = chunk[:len(chunk)/2]
		}
	}
	w.ok(full.Close())
	if err := os.WriteFile(w.At("/etc/probe"), make([]byte, 4096), 0o644); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	w.restoredTo("p", before)
}

// /boot on a file system of its own is part of the system; a data disk somewhere else is not.
func TestMounts(t *testing.T) {
	restoretest.NeedRoot(t)
	dir := t.TempDir()
	w := newWebHost(t, dir)
	w.Remove("/boot")
	mount(t, w.At("/boot"), "size=8m")
	mount(t, w.At("/opt/disk"), "size=8m")
	w.Write("/boot/vmlinuz-1", "old kernel")
	w.Write("/boot/grub/grub.cfg", "menu 1\n")
	w.Write("/opt/disk/customer", "1")
	before := w.look()
	p := w.save("p")
	if p.Copied == 0 {
		t.Fatalf("%+v", p)
	}
	w.Replace("/boot/vmlinuz-1", "other kernel")
	w.Write("/boot/grub/grub.cfg", "menu 1\nmenu 2\n")
	w.Write("/boot/vmlinuz-2", "new kernel")
	w.Write("/boot/new/dir/file", "deep")
	w.Setxattr("/boot/new", "trusted.x", "1")
	w.Symlink("file", "/boot/new/dir/link")
	w.Remove("/boot/grub")
	w.Write("/boot/grub", "a file where a directory was")
	res := w.restoredTo("p", before)
	if res.Aside != 3 {
		t.Errorf("moved %d aside: %+v", res.Aside, res)
	}
	for file, want := range map[string]string{"1/boot/new/dir/file": "deep", "1/boot/vmlinuz-2": "new kernel"} {
		if b, err := os.ReadFile(filepath.Join(res.AsideDir, file)); err != nil || string(b) != want {
			t.Errorf("aside/%s: %q, %v", file, b, err)
		}
	}
	// The customer's disk was neither saved nor restored.
	w.Write("/opt/disk/customer", "2")
	w.Write("/opt/disk/more", "2")
	if res := w.restoredTo("p", w.look()); res.Replaced+res.Aside+res.Mended != 0 {
		t.Errorf("%+v", res)
	}
	if w.Read("/opt/disk/customer") != "2" {
		t.Error("the customer's disk was rolled back")
	}
	// Without /boot mounted, its files would land in the directory below.
	w.ok(unix.Unmount(w.At("/boot"), 0))
	bare := w.look()
	if _, err := w.driver.Restore(context.Background(), "p"); err == nil || !strings.Contains(err.Error(), "/boot") {
		t.Errorf("restored without /boot: %v", err)
	}
	bare.MustEqual(t, w.look())
}

// What was mounted since over a saved directory cannot be reached, and that is said.
func TestMountedOver(t *testing.T) {
	restoretest.NeedRoot(t)
	w := newWebHost(t, t.TempDir())
	before := w.look()
	w.save("p")
	mount(t, w.At("/opt/app"), "size=1m")
	w.Append("/etc/app.ini", "x")
	if _, err := w.driver.Restore(context.Background(), "p"); err == nil || !strings.Contains(err.Error(), "/opt/app") {
		t.Fatalf("restored below a mount: %v", err)
	}
	v, err := w.driver.Verify(context.Background(), "p")
	if err != nil || v.Identical() || v.Differences[0].Path != "/opt/app" {
		t.Fatalf("%+v, %v", v, err)
	}
	w.ok(unix.Unmount(w.At("/opt/app"), 0))
	w.restoredTo("p", before)
}

// Only the system's top-level entries are covered; what else is at the top is the customer's.
func TestTopLevelOfTheCustomer(t *testing.T) {
	w := newWebHost(t, t.TempDir())
	w.Write("/customer/db", "1")
	w.Write("/swap.img", "swap")
	w.Scope.System = restore.DefaultScope().System
	w.save("p")
	w.Write("/customer/db", "2")
	w.Write("/customer/new", "2")
	w.Write("/swap.img", "swapped")
	w.Write("/dropped-by-a-package/file", "x")
	w.Append("/etc/app.ini", "x")
	res, err := w.driver.Restore(context.Background(), "p")
	w.ok(err)
	if w.Read("/customer/db") != "2" || w.Read("/customer/new") != "2" || w.Read("/swap.img") != "swapped" {
		t.Error("the customer's own was touched")
	}
	if res.Aside != 1 || w.Read("/etc/app.ini") != "colour=blue\n" {
		t.Errorf("%+v", res)
	}
	if _, err := os.Lstat(w.At("/dropped-by-a-package")); err == nil {
		t.Error("what a package dropped at the top is still there")
	}
}

// Declared data that leads to the system itself would leave nothing to save.
func TestDataThatLeadsToTheSystem(t *testing.T) {
	w := newWebHost(t, t.TempDir())
	w.Symlink("/usr", "/data")
	w.Scope.System = restore.DefaultScope().System
	w.Scope.Data = append(w.Scope.Data, "/data")
	if _, err := w.driver.Save(context.Background(), "p", w.Scope); err == nil || !strings.Contains(err.Error(), "/data") {
		t.Fatalf("saved: %v", err)
	}
}

// A link out of the tree, in the place of a directory, leads nobody astray.
func TestLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	w := newWebHost(t, dir)
	outside := &restoretest.Tree{T: t, Root: filepath.Join(dir, "outside")}
	outside.Write("/nginx.conf", "another host's")
	outside.Write("/sites-enabled/shop", "another host's")
	other := restoretest.Look(t, outside.Root)
	before := w.look()
	w.save("p")
	w.Remove("/etc/nginx")
	w.Symlink(outside.Root, "/etc/nginx")
	w.Symlink(outside.Root, "/usr/share/new")
	w.restoredTo("p", before)
	other.MustEqual(t, restoretest.Look(t, outside.Root))
}

// Holes stay holes, in the point and back.
func TestSparseFiles(t *testing.T) {
	w := newWebHost(t, t.TempDir())
	const size = 1 << 30
	f, err := os.Create(w.At("/etc/sparse"))
	w.ok(err)
	_, err = f.WriteAt([]byte("in the middle"), size/2)
	w.ok(err)
	w.ok(f.Truncate(size))
	w.ok(f.Close())
	before := w.look()
	w.save("p")
	w.Write("/etc/sparse", "no more")
	w.restoredTo("p", before)
	var st unix.Stat_t
	w.ok(unix.Stat(w.At("/etc/sparse"), &st))
	if st.Blocks*512 > 1<<20 {
		t.Errorf("takes %d bytes", st.Blocks*512)
	}
}

// On btrfs everything shares its blocks with the point, and so even writes in place are undone.
func TestClones(t *testing.T) {
	restoretest.NeedRoot(t)
	if _, err := exec.LookPath("mkfs.btrfs"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("mkfs.btrfs is needed for this test: install btrfs-progs")
		}
		t.Skip("mkfs.btrfs is not installed: install btrfs-progs to include this")
	}
	dir := btrfs(t)
	w := newWebHost(t, dir)
	run(t, "btrfs", "subvolume", "create", w.At("/usr/lib/portable"))
	w.Write("/usr/lib/portable/file", "in a subvolume")
	before := w.look()
	p := w.save("p")
	if p.Cloned == 0 || p.Linked+p.Copied != 0 {
		t.Fatalf("not all cloned: %+v", p)
	}
	w.Append("/usr/bin/openssl", "in place")
	w.Append("/usr/lib/x86_64/libcrypto.so.3", "in place")
	w.Append("/usr/lib/portable/file", "in place")
	w.Replace("/usr/sbin/nginx", "new")
	w.Write("/usr/lib/portable/new", "new")
	w.Remove("/etc/ssl")
	w.restoredTo("p", before)
	w.ok(w.driver.Drop(context.Background(), "p"))
}

// btrfs makes such a file system for the time of a test.
func btrfs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	image, at := filepath.Join(dir, "image"), filepath.Join(dir, "fs")
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(image)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(256 << 20); err != nil {
		t.Fatal(err)
	}
	f.Close()
	run(t, "mkfs.btrfs", "-q", image)
	run(t, "mount", "-o", "loop", image, at)
	t.Cleanup(func() {
		if out, err := exec.Command("umount", at).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return at
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// Clock and progress are the caller's.
func TestClockAndProgress(t *testing.T) {
	at := time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC)
	phases := map[string]restore.Progress{}
	w := newWebHost(t, t.TempDir(), files.WithClock(func() time.Time { at = at.Add(time.Second); return at }),
		files.WithProgress(func(p restore.Progress) {
			if p.Done > p.Total {
				t.Errorf("%+v", p)
			}
			phases[p.Phase] = p
		}))
	p := w.save("p")
	if p.Created != time.Date(2026, 5, 1, 3, 0, 1, 0, time.UTC) || p.Took != time.Second || p.Age(at) != time.Second {
		t.Fatalf("%+v", p)
	}
	if _, err := w.driver.Restore(context.Background(), "p"); err != nil {
		t.Fatal(err)
	}
	for _, phase := range []string{"save", "restore", "verify"} {
		if phases[phase].Done != p.Files || phases[phase].Total != p.Files {
			t.Errorf("%s ended with %+v of %d", phase, phases[phase], p.Files)
		}
	}
}

// Work that fails leaves no file open: the agent runs for months.
func TestNothingStaysOpen(t *testing.T) {
	w := newWebHost(t, t.TempDir())
	open := func() int {
		fds, err := os.ReadDir("/proc/self/fd")
		w.ok(err)
		return len(fds)
	}
	work := func() {
		ctx := context.Background()
		for n := int64(1); n < 60; n += 4 {
			var count atomic.Int64
			fails := w.Open(func(string, string) error {
				if count.Add(1) > n {
					return unix.EIO
				}
				return nil
			})
			_, _ = fails.Save(ctx, "bad", w.Scope)
			w.save("p")
			w.Replace("/usr/bin/openssl", "new")
			w.Remove("/etc/ssl")
			count.Store(0)
			_, _ = fails.Restore(ctx, "p")
			_, err := w.driver.Restore(ctx, "p")
			w.ok(err)
			w.ok(w.driver.Drop(ctx, "p"))
			w.ok(w.driver.Drop(ctx, "bad"))
			_, err = w.driver.List(ctx)
			w.ok(err)
		}
	}
	work()
	before := open()
	work()
	if after := open(); after > before {
		t.Errorf("%d files open before, %d after", before, after)
	}
}
