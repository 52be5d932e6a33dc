package restoretest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Tree changes the tree of a test. Paths are absolute below Root; what goes wrong fails the test.
type Tree struct {
	T    testing.TB
	Root string
}

// At is where a path of the tree really is. It refuses a path that leads through a symbolic link: a
// link to /usr in the tree is one to the /usr of the machine that runs the tests.
func (t *Tree) At(path string) string {
	t.T.Helper()
	for dir := filepath.Dir(path); len(dir) > 1; dir = filepath.Dir(dir) {
		if st, err := os.Lstat(filepath.Join(t.Root, dir)); err == nil && st.Mode()&os.ModeSymlink != 0 {
			t.T.Fatalf("%s leads through the symbolic link %s", path, dir)
		}
	}
	return filepath.Join(t.Root, path)
}

func (t *Tree) ok(err error) {
	t.T.Helper()
	if err != nil {
		t.T.Fatal(err)
	}
}

// Write makes a new file, or writes into the one that is there, in place.
func (t *Tree) Write(path, content string) {
	t.T.Helper()
	t.ok(os.MkdirAll(filepath.Dir(t.At(path)), 0o755))
	t.ok(os.WriteFile(t.At(path), []byte(content), 0o644))
}

// Append writes at the end of a file, in place, as a shell's >> does.
func (t *Tree) Append(path, content string) {
	t.T.Helper()
	f, err := os.OpenFile(t.At(path), os.O_APPEND|os.O_WRONLY, 0)
	t.ok(err)
	_, err = f.WriteString(content)
	t.ok(err)
	t.ok(f.Close())
}

// Replace puts a new file in the place of another by rename, as dpkg does.
func (t *Tree) Replace(path, content string) {
	t.T.Helper()
	t.Write(path+".dpkg-new", content)
	if st, err := os.Lstat(t.At(path)); err == nil && st.Mode().IsRegular() {
		t.ok(os.Chmod(t.At(path+".dpkg-new"), st.Mode()))
	}
	t.ok(os.Rename(t.At(path+".dpkg-new"), t.At(path)))
}

func (t *Tree) Mkdir(path string) {
	t.T.Helper()
	t.ok(os.MkdirAll(t.At(path), 0o755))
}

func (t *Tree) Remove(path string) { t.T.Helper(); t.ok(os.RemoveAll(t.At(path))) }

func (t *Tree) Symlink(target, path string) { t.T.Helper(); t.ok(os.Symlink(target, t.At(path))) }

func (t *Tree) Link(from, path string) { t.T.Helper(); t.ok(os.Link(t.At(from), t.At(path))) }

// Chmod takes the bits as the system does: 0o4755 is set-uid.
func (t *Tree) Chmod(path string, mode uint32) { t.T.Helper(); t.ok(unix.Chmod(t.At(path), mode)) }

func (t *Tree) Chown(path string, uid, gid int) { t.T.Helper(); t.ok(os.Lchown(t.At(path), uid, gid)) }

func (t *Tree) Setxattr(path, name, value string) {
	t.T.Helper()
	t.ok(unix.Lsetxattr(t.At(path), name, []byte(value), 0))
}

func (t *Tree) Mknod(path string, mode uint32, major, minor uint32) {
	t.T.Helper()
	t.ok(unix.Mknod(t.At(path), mode, int(unix.Mkdev(major, minor))))
}

// Read gives a file's content.
func (t *Tree) Read(path string) string {
	t.T.Helper()
	b, err := os.ReadFile(t.At(path))
	t.ok(err)
	return string(b)
}

// netBindService is the value of security.capability that setcap cap_net_bind_service=+ep writes.
const netBindService = "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// accessList is user::rw-, user:33:rw-, group::r--, mask::rw-, other::r-- as the kernel stores it.
const accessList = "\x02\x00\x00\x00" +
	"\x01\x00\x06\x00\xff\xff\xff\xff" + "\x02\x00\x06\x00\x21\x00\x00\x00" + "\x04\x00\x04\x00\xff\xff\xff\xff" +
	"\x10\x00\x06\x00\xff\xff\xff\xff" + "\x20\x00\x04\x00\xff\xff\xff\xff"

// Debian fills the root with a small web host: a few packages and dpkg's lists of them, configuration,
// customer data, logs.
func (t *Tree) Debian() {
	t.T.Helper()
	packaged := map[string]string{
		"/usr/bin/openssl":                  "openssl 3.0.15",
		"/usr/bin/sudo":                     "sudo 1.9.13",
		"/usr/bin/perl":                     "perl 5.36",
		"/usr/sbin/nginx":                   "nginx 1.22.1",
		"/usr/lib/x86_64/libssl.so.3":       strings.Repeat("libssl 3.0.15\n", 4000),
		"/usr/lib/x86_64/libcrypto.so.3":    strings.Repeat("libcrypto 3.0.15\n", 30000),
		"/usr/share/doc/openssl/copyright":  "licence",
		"/usr/share/doc/nginx/copyright":    "licence",
		"/usr/share/empty":                  "",
		"/boot/vmlinuz-6.1.0-28-amd64":      strings.Repeat("kernel", 1000),
		"/etc/nginx/nginx.conf":             "worker_processes auto;\n",
		"/etc/nginx/sites-enabled/shop":     "server { listen 443; }\n",
		"/etc/ssl/openssl.cnf":              "[default]\n",
		"/usr/share/strange/na\xffme\nhere": "odd",
	}
	list := "/.\n"
	for path, content := range packaged {
		t.Write(path, content)
		list += path + "\n"
	}
	t.Symlink("libssl.so.3", "/usr/lib/x86_64/libssl.so")
	t.Symlink("usr/bin", "/bin")
	t.Link("/usr/bin/perl", "/usr/bin/perl5.36.0")
	list += "/usr/bin/perl5.36.0\n"
	t.Write("/var/lib/dpkg/info/web.list", list)
	t.Write("/var/lib/dpkg/status", "Package: openssl\nVersion: 3.0.15\n")
	t.Write("/etc/hosts", "127.0.0.1 localhost\n")
	t.Link("/etc/hosts", "/etc/hosts.same")
	t.Write("/etc/shadow", "root:*\n")
	t.Write("/etc/app.ini", "colour=blue\n")
	t.Write("/usr/local/bin/deploy", "#!/bin/sh\n")
	t.Write("/opt/app/main.conf", "x=1\n")
	t.Mkdir("/etc/ssl/private")
	t.Mkdir("/usr/share/hollow")
	t.Mkdir("/var/log")
	t.Mkdir("/run")
	t.Write("/var/log/dpkg.log", "old\n")
	t.Write("/srv/shop/index.php", "v1")
	t.Write("/var/lib/mysql/ibdata1", "row 1\n")
	t.Chmod("/usr/bin/sudo", 0o4755)
	t.Chmod("/etc/shadow", 0o640)
	t.Chown("/etc/shadow", 0, 42)
	t.Chmod("/etc/ssl/private", 0o710)
	t.Setxattr("/usr/sbin/nginx", "security.capability", netBindService)
	t.Setxattr("/etc/app.ini", "system.posix_acl_access", accessList)
	t.Setxattr("/usr/share/doc/nginx", "user.note", "kept")
	t.Mknod("/usr/lib/pipe", unix.S_IFIFO|0o600, 0, 0)
	t.Mknod("/opt/app/null", unix.S_IFCHR|0o666, 1, 3)
}
