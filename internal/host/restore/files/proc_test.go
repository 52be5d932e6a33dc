package files

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMountLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{
		`29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw`:                        {"/", "ext4"},
		`31 29 0:27 / /mnt/two\040words rw - tmpfs tmpfs rw`:                            {"/mnt/two words", "tmpfs"},
		`31 29 0:27 / /boot/efi rw shared:2 master:1 propagate_from:2 - vfat /dev/a rw`: {"/boot/efi", "vfat"},
		`31 29 0:27 / /odd\134x rw - ext4 /dev/a rw`:                                    {`/odd\x`, "ext4"},
	} {
		point, fstype, ok := parseMount(line)
		if !ok || point != want[0] || fstype != want[1] {
			t.Errorf("%s: %q %q %v", line, point, fstype, ok)
		}
	}
	for _, line := range []string{"", "29 1 254:0 / /", "29 1 254:0 / / rw - ", "a b c d e f g"} {
		if _, _, ok := parseMount(line); ok {
			t.Errorf("understood %q", line)
		}
	}
}

func TestWhichMountsAreTheSystems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, fstype string
		want         bool
	}{
		{"/boot", "ext4", true}, {"/boot/efi", "vfat", true}, {"/usr", "ext4", true}, {"/var", "xfs", true}, {"/usr/share", "ext4", true},
		{"/var/lib/mysql", "ext4", false}, {"/data", "ext4", false}, {"/srv", "nfs4", false}, {"/usr", "squashfs", false},
		{"/boot/efi", "autofs", false}, {"/usr/share/x", "fuse.sshfs", false}, {"/proc", "proc", false}, {"/usrlocal", "ext4", false},
	} {
		if got := crossable(c.path, c.fstype); got != c.want {
			t.Errorf("%s (%s): %v", c.path, c.fstype, got)
		}
	}
}

func TestFlagsOfOpenFiles(t *testing.T) {
	t.Parallel()
	for info, want := range map[string]bool{
		"pos:\t0\nflags:\t0100000\nmnt_id:\t1\n": false,
		"pos:\t0\nflags:\t0100001\n":             true,
		"pos:\t0\nflags:\t02102002\n":            true,
		"pos:\t0\nflags:\tnonsense\n":            true, // not understood: rather a copy too many
		"":                                       true,
	} {
		if got := opensForWriting(info); got != want {
			t.Errorf("%q: %v", info, got)
		}
	}
}

// A file that a process has open for writing, or has mapped so that writes reach the file, is found;
// one that is merely read is not.
func TestWritersAreFound(t *testing.T) {
	dir := t.TempDir()
	id := func(name string) inodeID {
		var st unix.Stat_t
		if err := unix.Stat(filepath.Join(dir, name), &st); err != nil {
			t.Fatal(err)
		}
		return idOf(&st)
	}
	for _, n := range []string{"written", "read", "mapped", "private"} {
		if err := os.WriteFile(filepath.Join(dir, n), make([]byte, 8192), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for n, flags := range map[string]int{"written": os.O_WRONLY, "read": os.O_RDONLY} {
		f, err := os.OpenFile(filepath.Join(dir, n), flags, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
	}
	for n, flags := range map[string]int{"mapped": unix.MAP_SHARED, "private": unix.MAP_PRIVATE} {
		f, err := os.OpenFile(filepath.Join(dir, n), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		m, err := unix.Mmap(int(f.Fd()), 0, 8192, unix.PROT_READ|unix.PROT_WRITE, flags)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Munmap(m)
		f.Close()
	}
	found := writers()
	for n, want := range map[string]bool{"written": true, "mapped": os.Geteuid() == 0, "read": false, "private": false} {
		if found[id(n)] != want {
			t.Errorf("%s: found %v, want %v", n, found[id(n)], want)
		}
	}
}

func TestWhatIsLinked(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(p, s string) {
		p = filepath.Join(root, p)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("var/lib/dpkg/info/coreutils.list", "/.\n/bin\n/bin/ls\n/usr\n/usr/bin/env\n/etc/cron.d\n/etc/cron.d/x\n/opt/vendor/tool\n/boot/grub/x\n/usr/local/bin/y\n/var/lib/z\n")
	write("var/lib/dpkg/info/coreutils.md5sums", "/usr/bin/notalist\n")
	if err := os.Symlink("usr/bin", filepath.Join(root, "bin")); err != nil {
		t.Fatal(err)
	}
	fd, err := openDir(unix.AT_FDCWD, root)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	o, err := readOwned(fd)
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{owned: o}
	for path, want := range map[string]bool{
		"/usr/bin/ls": true, "/usr/bin/env": true, "/opt/vendor/tool": true,
		"/usr/bin/notalist": false, "/etc/cron.d/x": false, "/boot/grub/x": false, "/usr/local/bin/y": false, "/var/lib/z": false,
		"/var/lib/apt/lists/deb_Packages": true, "/boot/initrd.img-6.1.0-28-amd64": true, "/boot/other": false,
		"/usr/lib/python3/__pycache__/a.cpython-311.pyc": true, "/usr/lib/locale/locale-archive": false,
	} {
		if got := k.linkable(path); got != want {
			t.Errorf("%s: linked %v, want %v", path, got, want)
		}
	}
}

func TestResolveStaysInTheRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "opt/app"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"data": "/opt/app", "up": "../../../opt", "loop": "loop", "chain": "data/sub"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	for p, want := range map[string]string{
		"/data": "/opt/app", "/data/new/er": "/opt/app/new/er", "/up/app": "/opt/app", "/chain": "/opt/app/sub", "/not/there": "/not/there", "/opt": "/opt",
	} {
		if got, err := resolve(root, p); err != nil || got != want {
			t.Errorf("%s leads to %q, %v, want %q", p, got, err, want)
		}
	}
	if got, err := resolve(root, "/loop/x"); err == nil {
		t.Errorf("a loop leads to %q", got)
	}
}
