package restoretest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// The suite is worth as much as its eyes: every kind of change must be seen.
func TestLookSeesEveryChange(t *testing.T) {
	NeedRoot(t)
	for name, change := range map[string]func(*Tree){
		"content":      func(t *Tree) { t.Append("/usr/bin/openssl", "x") },
		"same length":  func(t *Tree) { t.Write("/etc/app.ini", "colour=gray\n") },
		"gone":         func(t *Tree) { t.Remove("/etc/hosts") },
		"new":          func(t *Tree) { t.Write("/etc/new", "") },
		"new dir":      func(t *Tree) { t.Mkdir("/etc/new") },
		"mode":         func(t *Tree) { t.Chmod("/usr/bin/sudo", 0o755) },
		"sticky":       func(t *Tree) { t.Chmod("/usr", 0o1755) },
		"owner":        func(t *Tree) { t.Chown("/usr/lib/x86_64/libssl.so", 1, 0) },
		"group":        func(t *Tree) { t.Chown("/etc/hosts", 0, 1) },
		"capability":   func(t *Tree) { t.ok(unix.Removexattr(t.At("/usr/sbin/nginx"), "security.capability")) },
		"access list":  func(t *Tree) { t.ok(unix.Removexattr(t.At("/etc/app.ini"), "system.posix_acl_access")) },
		"attribute":    func(t *Tree) { t.Setxattr("/usr/share/doc/nginx", "user.note", "lost") },
		"target":       func(t *Tree) { t.Remove("/bin"); t.Symlink("usr/sbin", "/bin") },
		"type":         func(t *Tree) { t.Remove("/usr/share/empty"); t.Mkdir("/usr/share/empty") },
		"device":       func(t *Tree) { t.Remove("/opt/app/null"); t.Mknod("/opt/app/null", unix.S_IFCHR|0o666, 1, 5) },
		"torn apart":   func(t *Tree) { t.Replace("/usr/bin/perl", t.Read("/usr/bin/perl")) },
		"made one":     func(t *Tree) { t.Remove("/opt/app/main.conf"); t.Link("/etc/hosts", "/opt/app/main.conf") },
		"time":         func(t *Tree) { t.Write("/etc/hosts", t.Read("/etc/hosts")) },
		"time of link": func(t *Tree) { t.Remove("/bin"); t.Symlink("usr/bin", "/bin") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := &Tree{T: t, Root: t.TempDir()}
			tree.Debian()
			old := []unix.Timespec{{Sec: 1}, {Sec: 1}}
			for _, p := range []string{"/etc/hosts", "/bin"} {
				tree.ok(unix.UtimesNanoAt(unix.AT_FDCWD, tree.At(p), old, unix.AT_SYMLINK_NOFOLLOW))
			}
			before := Look(t, tree.Root, "/srv")
			if d := before.Diff(Look(t, tree.Root, "/srv")); len(d) > 0 {
				t.Fatalf("sees differences where there are none: %v", d)
			}
			tree.Write("/srv/shop/index.php", "not looked at")
			if d := before.Diff(Look(t, tree.Root, "/srv")); len(d) > 0 {
				t.Fatalf("sees what it was told to leave out: %v", d)
			}
			change(tree)
			if d := before.Diff(Look(t, tree.Root, "/srv")); len(d) == 0 {
				t.Fatal("not seen")
			}
		})
	}
}
