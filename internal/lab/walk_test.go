package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWalkSeesEveryKindOfChange(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	path := func(name string) string { return filepath.Join(root, name) }
	check(t, os.MkdirAll(path("etc/dir"), 0o755))
	check(t, os.WriteFile(path("etc/file"), []byte("content"), 0o644))
	check(t, os.WriteFile(path("etc/mode"), []byte("same"), 0o644))
	check(t, os.Link(path("etc/mode"), path("etc/twin")))
	check(t, os.Symlink("file", path("etc/link")))
	check(t, unix.Mkfifo(path("etc/pipe"), 0o600))
	check(t, os.WriteFile(path("etc/xattr"), nil, 0o644))
	check(t, os.WriteFile(path("etc/kind"), nil, 0o644))
	check(t, os.WriteFile(path("etc/gone"), nil, 0o644))
	xattrs := unix.Setxattr(path("etc/xattr"), "user.lab", []byte("old"), 0)

	before, err := Walk(root, nil)
	check(t, err)
	if lines := Diff(before, before); len(lines) > 0 {
		t.Errorf("a tree differs from itself: %q", lines)
	}
	again, err := Walk(root, nil)
	check(t, err)
	if lines := Diff(before, again); len(lines) > 0 {
		t.Errorf("two walks differ: %q", lines)
	}

	check(t, os.WriteFile(path("etc/file"), []byte("Content"), 0o644)) // same size
	check(t, os.Chmod(path("etc/mode"), 0o755))                        // its twin shares the inode
	check(t, errors.Join(os.Remove(path("etc/link")), os.Symlink("elsewhere", path("etc/link"))))
	check(t, errors.Join(os.Remove(path("etc/kind")), os.Mkdir(path("etc/kind"), 0o755)))
	check(t, os.Remove(path("etc/gone")))
	check(t, os.WriteFile(path("etc/new"), nil, 0o644))
	want := []string{
		"/etc/file: content ed7002b439e9… (7 bytes) → ", "/etc/gone: vanished (was a file)", "/etc/kind: type file → dir",
		"/etc/link: target file → elsewhere", "/etc/mode: mode 0644 → 0755", "/etc/new: appeared (file)", "/etc/twin: mode 0644 → 0755",
	}
	if xattrs == nil {
		check(t, unix.Setxattr(path("etc/xattr"), "user.lab", []byte("new"), 0))
		want = append(want, "/etc/xattr: xattrs [user.lab=6f6c64] → [user.lab=6e6577]")
	} else {
		t.Logf("no user attributes on this file system: %v", xattrs)
	}
	if os.Geteuid() == 0 {
		check(t, os.Lchown(path("etc/pipe"), 7, 8))
		want = append(want[:6:6], append([]string{"/etc/pipe: owner 0:0 → 7:8"}, want[6:]...)...)
	}
	after, err := Walk(root, nil)
	check(t, err)
	got := Diff(before, after)
	if len(got) != len(want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

func TestExceptionsCoverWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		exception, path string
		want            bool
	}{
		{"/var/log", "/var/log", true},
		{"/var/log", "/var/log/syslog", true},
		{"/var/log", "/var/logs", false},
		{"/var/log/", "/var/log", false},
		{"/var/log/", "/var/log/syslog", true},
		{"/var/tmp/systemd-private-*", "/var/tmp/systemd-private-1/tmp", true},
		{"/var/tmp/systemd-private-*", "/var/tmp/other", false},
	} {
		if got := (Exception{Path: test.exception}).covers(test.path); got != test.want {
			t.Errorf("%s covers %s: %v", test.exception, test.path, got)
		}
	}
	for _, e := range BootVolatile() {
		if e.Reason == "" || !strings.HasPrefix(e.Path, "/var/") && !strings.HasPrefix(e.Path, "/etc/alternatives/php-fpm.sock") {
			t.Errorf("exception %+v is too wide or has no reason", e)
		}
	}
}

func TestWalkRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	if _, err := Walk(filepath.Join(t.TempDir(), "none"), nil); err == nil {
		t.Error("a root that is not there is no difference")
	}
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o600))
	if _, err := Walk(file, nil); err == nil {
		t.Error("a file was walked as a root")
	}
}

func TestImageCopyKeepsContentAndHoles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	check(t, sizeImage(from, 64, os.O_CREATE))
	file, err := os.OpenFile(from, os.O_WRONLY, 0)
	check(t, err)
	for _, at := range []int64{0, 20 << 20, 64<<20 - 5} {
		_, err := file.WriteAt([]byte("dates"), at)
		check(t, err)
	}
	check(t, file.Close())
	check(t, copyImage(t.Context(), from, to))
	a, err := os.ReadFile(from)
	check(t, err)
	b, err := os.ReadFile(to)
	check(t, err)
	if !bytes.Equal(a, b) {
		t.Error("the copy differs")
	}
	var stat unix.Stat_t
	check(t, unix.Stat(to, &stat))
	if used := stat.Blocks * 512; used > 8<<20 {
		t.Errorf("the copy of a sparse file takes %d MiB", used>>20)
	}
	if copyImage(t.Context(), from, to) == nil {
		t.Error("an image was overwritten")
	}
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	h, e := &head{limit: 10}, &tail{limit: 10}
	for i := range 100 {
		for _, w := range []interface{ Write([]byte) (int, error) }{h, e} {
			if n, err := fmt.Fprintf(w, "line %02d\n", i); n != 8 || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	if h.String() != "line 00\nli" || !h.cut {
		t.Errorf("start: %q, cut %v", h.String(), h.cut)
	}
	if !strings.HasSuffix(e.String(), "line 99\n") || e.Len() > 10 {
		t.Errorf("end: %q", e.String())
	}
	_, err := tool(t.Context(), "sh", "-c", "echo first >&2; echo second >&2; exit 7")
	var failure *ExitError
	if !errors.As(err, &failure) || failure.Code != 7 || failure.Stderr != "first\nsecond\n" || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestPackagesAreCheckedBeforeTheyAreBuilt(t *testing.T) {
	t.Parallel()
	good := Deb{Name: "lab-page", Version: "1:1.0~rc1+x-1", Files: map[string]File{"/etc/a": {Content: "a"}}, Conffiles: []string{"/etc/a"}}
	check(t, good.check())
	if good.fileName() != "lab-page_1.0~rc1+x-1_all.deb" {
		t.Errorf("file name %s", good.fileName())
	}
	for name, spoil := range map[string]func(*Deb){
		"name with a path":    func(d *Deb) { d.Name = "../etc" },
		"upper-case name":     func(d *Deb) { d.Name = "Lab" },
		"no version":          func(d *Deb) { d.Version = "" },
		"version with slash":  func(d *Deb) { d.Version = "1/2" },
		"foreign arch":        func(d *Deb) { d.Arch = "s390x" },
		"relative file":       func(d *Deb) { d.Files = map[string]File{"etc/a": {}} },
		"file leaving":        func(d *Deb) { d.Files = map[string]File{"/../etc/a": {}} },
		"control file":        func(d *Deb) { d.Files = map[string]File{"/DEBIAN/control": {}} },
		"conffile not packed": func(d *Deb) { d.Conffiles = []string{"/etc/b"} },
	} {
		bad := good
		spoil(&bad)
		if bad.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWhatIsMissingIsNamedWithTheMend(t *testing.T) {
	t.Parallel()
	text := describeMissing([]Requirement{{"mkfs.ext4", "e2fsprogs", "x"}, {"resize2fs", "e2fsprogs", "y"}, {"ip", "iproute2", "z"}})
	if text != "mkfs.ext4, resize2fs, ip: run apt-get install --no-install-recommends e2fsprogs iproute2" {
		t.Errorf("got %q", text)
	}
	for _, r := range Requirements() {
		if r.Tool == "" || r.DebianPackage == "" || r.Why == "" {
			t.Errorf("incomplete requirement %+v", r)
		}
	}
	if present("no-such-program-anywhere") || present("/no/such/file") || !present("sh") {
		t.Error("presence is judged wrongly")
	}
	if os.Geteuid() != 0 {
		if _, err := Open(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), "root") {
			t.Errorf("without root: %v", err)
		}
	}
}
