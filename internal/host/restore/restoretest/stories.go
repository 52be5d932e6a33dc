package restoretest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// stories are what happens to a host between a save and a restore.
var stories = []struct {
	name string
	tell func(*scene)
	only string // "paths" or "whole": which drivers it is about, empty for all
}{
	{"NothingHappened", func(s *scene) {
		before := s.look()
		p := s.save("p")
		if p.Whole != s.host.Whole || !p.Whole && p.Files != len(before) || p.Bytes == 0 || !p.Complete || len(p.ManifestSHA256) != 64 || p.Took <= 0 {
			s.T.Fatalf("point %+v, want %d files", p, len(before))
		}
		before.MustEqual(s.T, s.look())
		res := s.restoredTo("p", before)
		if res.Replaced+res.Mended+res.Aside != 0 {
			s.T.Fatalf("touched something: %+v", res)
		}
	}, ""},
	{"UpgradeByRename", func(s *scene) {
		before := s.look()
		s.save("p")
		s.upgrade()
		s.differs("p", "/usr/bin/openssl", restore.Content)
		res := s.restoredTo("p", before)
		if res.Replaced == 0 || res.Aside == 0 {
			s.T.Fatalf("result %+v", res)
		}
	}, ""},
	{"RestoredTwice", func(s *scene) {
		before := s.look()
		s.save("p")
		s.upgrade()
		s.restoredTo("p", before)
		s.upgrade()
		s.restoredTo("p", before)
		if res := s.restoredTo("p", before); res.Replaced+res.Mended+res.Aside != 0 {
			s.T.Fatalf("the third time there was nothing to do, yet: %+v", res)
		}
	}, ""},
	{"ConfigurationEditedInPlace", func(s *scene) {
		before := s.look()
		s.save("p")
		s.Append("/etc/nginx/nginx.conf", "broken {\n")
		s.Write("/etc/app.ini", "colour=red!\n") // the same length
		s.Append("/etc/hosts", "::1 localhost\n")
		s.Append("/var/lib/dpkg/status", "Package: more\n")
		s.Append("/usr/local/bin/deploy", "exit 1\n")
		s.differs("p", "/etc/hosts.same", restore.Content)
		s.restoredTo("p", before)
	}, ""},
	{"ConfigurationDeleted", func(s *scene) {
		before := s.look()
		s.save("p")
		s.Remove("/etc/nginx/nginx.conf")
		s.Remove("/etc/ssl")
		s.Remove("/etc/hosts")
		s.differs("p", "/etc/ssl/openssl.cnf", restore.Missing)
		s.restoredTo("p", before)
	}, ""},
	{"MaintainerScript", maintainerScript, ""},
	{"NewPathsGoAsideAndAreKept", newPaths, "paths"},
	{"TypesChanged", func(s *scene) {
		before := s.look()
		s.save("p")
		// directory → link
		s.Remove("/etc/ssl")
		s.Symlink("/etc/nginx", "/etc/ssl")
		// directory → file
		s.Remove("/usr/share/doc/openssl")
		s.Write("/usr/share/doc/openssl", "now a file")
		// file → directory with something in it
		s.Remove("/usr/share/empty")
		s.Write("/usr/share/empty/not/any/more", "x")
		// link → directory
		s.Remove("/bin")
		s.Write("/bin/sh", "x")
		// file → link, link → file, pipe → file, device → directory
		s.Remove("/usr/bin/openssl")
		s.Symlink("sudo", "/usr/bin/openssl")
		s.Remove("/usr/lib/x86_64/libssl.so")
		s.Write("/usr/lib/x86_64/libssl.so", "x")
		s.Remove("/usr/lib/pipe")
		s.Write("/usr/lib/pipe", "x")
		s.Remove("/opt/app/null")
		s.Mkdir("/opt/app/null")
		// file → pipe: it must not be waited for
		s.Remove("/etc/nginx/nginx.conf")
		s.Mknod("/etc/nginx/nginx.conf", unix.S_IFIFO|0o600, 0, 0)
		s.differs("p", "/usr/share/empty", restore.Type)
		s.restoredTo("p", before)
	}, ""},
	{"LinksRetargeted", func(s *scene) {
		before := s.look()
		s.save("p")
		s.Remove("/usr/lib/x86_64/libssl.so")
		s.Symlink("libssl.so.4", "/usr/lib/x86_64/libssl.so")
		s.Remove("/bin")
		s.differs("p", "/usr/lib/x86_64/libssl.so", restore.Target)
		s.restoredTo("p", before)
	}, ""},
	{"ModeOwnerAndAttributes", func(s *scene) {
		before := s.look()
		s.save("p")
		s.Chmod("/usr/bin/sudo", 0o755) // reaches through a hard link
		s.Chmod("/usr/bin/openssl", 0o4777)
		s.Chown("/usr/lib/x86_64/libssl.so.3", 33, 33)
		s.Chown("/usr/lib/x86_64/libssl.so", 33, 33)
		s.Chown("/usr/sbin/nginx", 1, 1) // also clears the capability
		s.Setxattr("/usr/bin/perl", "user.extra", "1")
		s.ok(unix.Removexattr(s.At("/usr/share/doc/nginx"), "user.note"))
		s.Setxattr("/usr/share/doc/openssl", "user.note", "new")
		s.Chmod("/etc/app.ini", 0o600) // changes the access list's mask
		s.Chmod("/etc/shadow", 0o644)
		s.Chown("/etc/ssl/private", 33, 33)
		s.Chmod("/usr", 0o700)
		s.Chmod("/", 0o711)
		s.Chmod("/usr/lib/pipe", 0o666)
		s.Chown("/opt/app/null", 5, 5)
		s.differs("p", "/usr/bin/sudo", restore.Mode)
		s.differs("p", "/usr/lib/x86_64/libssl.so.3", restore.Owner)
		s.differs("p", "/usr/sbin/nginx", restore.Xattr)
		s.restoredTo("p", before)
	}, ""},
	{"Devices", func(s *scene) {
		before := s.look()
		s.save("p")
		s.Remove("/opt/app/null")
		s.Mknod("/opt/app/null", unix.S_IFCHR|0o666, 1, 5)
		s.Remove("/usr/lib/pipe")
		s.differs("p", "/opt/app/null", restore.Rdev)
		s.restoredTo("p", before)
	}, ""},
	{"TimesOnly", func(s *scene) {
		before := s.look()
		s.save("p")
		for _, p := range []string{"/etc/hosts", "/usr/bin/sudo", "/usr/share", "/usr/lib/x86_64/libssl.so", "/etc/nginx/nginx.conf", "/opt/app/null"} {
			ts := []unix.Timespec{{Sec: 1}, {Sec: 1, Nsec: 5}}
			s.ok(unix.UtimesNanoAt(unix.AT_FDCWD, s.At(p), ts, unix.AT_SYMLINK_NOFOLLOW))
		}
		if !s.host.Whole {
			s.identical("p") // a time is not a difference …
		}
		s.restoredTo("p", before)
	}, ""},
	{"HardLinks", func(s *scene) {
		before := s.look()
		s.save("p")
		// A pair is torn apart, with equal content; another with different content.
		s.Replace("/usr/bin/perl5.36.0", s.Read("/usr/bin/perl"))
		s.Replace("/etc/hosts.same", "other\n")
		// Two files become one; with equal content nothing else would tell.
		s.Remove("/usr/share/doc/nginx/copyright")
		s.Link("/usr/share/doc/openssl/copyright", "/usr/share/doc/nginx/copyright")
		s.Remove("/opt/app/main.conf")
		s.Link("/etc/nginx/nginx.conf", "/opt/app/main.conf")
		s.differs("p", "/usr/bin/perl5.36.0", restore.Link)
		s.restoredTo("p", before)
		// One of a pair is gone, the other in the way of nothing.
		s.Remove("/usr/bin/perl")
		s.Remove("/etc/hosts")
		s.restoredTo("p", before)
		s.Remove("/usr/bin/perl")
		s.Remove("/usr/bin/perl5.36.0")
		s.Chmod("/etc/hosts", 0o600)
		s.restoredTo("p", before)
	}, ""},
	{"CustomerDataIsLeftAlone", customerData, "paths"},
	{"PackagedFileWrittenInPlace", writtenInPlace, ""},
	{"Sockets", func(s *scene) {
		s.socket("/opt/app/old.sock")
		s.save("p")
		s.Remove("/opt/app/old.sock")
		s.socket("/opt/app/new.sock")
		res, err := s.driver.Restore(context.Background(), "p")
		s.ok(err)
		if res.Aside+res.Replaced != 0 {
			s.T.Fatalf("a socket was touched: %+v", res)
		}
	}, "paths"},
	{"WholeDiskComesBack", wholeDisk, "whole"},
}

// upgrade is what dpkg does: files replaced by rename, new ones, removed ones, links moved on.
func (s *scene) upgrade() {
	s.T.Helper()
	s.Replace("/usr/bin/openssl", "openssl 3.0.16")
	s.Replace("/usr/lib/x86_64/libssl.so.3", "libssl 3.0.16")
	s.Replace("/usr/bin/sudo", "sudo 1.9.14")
	s.Replace("/usr/sbin/nginx", "nginx 1.22.2")
	s.Setxattr("/usr/sbin/nginx", "security.capability", netBindService)
	s.Replace("/var/lib/dpkg/status", "Package: openssl\nVersion: 3.0.16\n")
	s.Replace("/usr/share/empty", "") // the same again, another inode
	s.Write("/usr/lib/x86_64/engines/new.so", "new")
	s.Write("/boot/vmlinuz-6.1.0-29-amd64", "kernel")
	s.Remove("/usr/share/doc/nginx")
	s.Remove("/usr/lib/x86_64/libssl.so")
	s.Symlink("libssl.so.3.0.16", "/usr/lib/x86_64/libssl.so")
	s.Write("/etc/nginx/nginx.conf.dpkg-dist", "worker_processes 4;\n")
}

// maintainerScript runs a real shell over the tree, as a postinst does that knows no manners.
func maintainerScript(s *scene) {
	before := s.look()
	s.save("p")
	script := exec.Command("/bin/sh", "-eu", "-c", `
		echo 'include /etc/nginx/extra;' >> etc/nginx/nginx.conf
		sed -i 's/blue/green/' etc/app.ini
		cat etc/ssl/openssl.cnf etc/hosts > etc/ssl/openssl.cnf.tmp
		cat etc/ssl/openssl.cnf.tmp > etc/ssl/openssl.cnf
		mv etc/ssl/openssl.cnf.tmp etc/ssl/openssl.cnf.bak
		: > etc/hosts
		rm -rf etc/nginx/sites-enabled
		ln -s /etc/nginx/sites-available etc/nginx/sites-enabled
		install -d -m 0750 -o 33 -g 33 etc/nginx/conf.d
		chmod -R go-rwx opt
		chown -R 33:33 usr/local
		printf x | dd of=var/lib/dpkg/status conv=notrunc bs=1 seek=3 status=none
		exit 1`)
	script.Dir = s.Root
	out, err := script.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || len(out) > 0 {
		s.T.Fatalf("the script did something else: %v: %s", err, out)
	}
	s.differs("p", "/etc/hosts", restore.Content)
	s.restoredTo("p", before)
}

func newPaths(s *scene) {
	before := s.look()
	s.save("p")
	s.Write("/usr/share/new/deep/file", "precious")
	s.Write("/etc/cron.d/evil", "* * * * * root rm\n")
	s.Mkdir("/usr/share/hollow/hollower")
	s.Symlink("/srv", "/usr/share/shortcut")
	s.Link("/usr/bin/sudo", "/usr/bin/sudo.too")
	s.Mknod("/opt/pipe", unix.S_IFIFO|0o600, 0, 0)
	s.Write("/new at the top", "x")
	s.Write("/usr/share/\xfe\xff", "not UTF-8")
	s.differs("p", "/usr/share/new", restore.Extra)
	res := s.restoredTo("p", before)
	if res.Aside != 8 {
		s.T.Fatalf("moved %d paths aside, want 8", res.Aside)
	}
	found := false
	s.ok(filepath.WalkDir(res.AsideDir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "/usr/share/new/deep/file") {
			b, err := os.ReadFile(path)
			found = err == nil && string(b) == "precious"
		}
		return err
	}))
	if !found {
		s.T.Fatalf("what had come since is not in %s", res.AsideDir)
	}
	// The same again must not overwrite what was moved before.
	s.Write("/usr/share/new/deep/file", "precious too")
	res = s.restoredTo("p", before)
	kept := []string{}
	s.ok(filepath.WalkDir(res.AsideDir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "/new/deep/file") {
			b, _ := os.ReadFile(path)
			kept = append(kept, string(b))
		}
		return err
	}))
	if slices.Sort(kept); !slices.Equal(kept, []string{"precious", "precious too"}) {
		s.T.Fatalf("kept aside: %q", kept)
	}
}

// customerData writes, moves and removes where the customer does, before, during and after.
func customerData(s *scene) {
	// Declared as /data, which is a link to somewhere that would otherwise be the system's.
	s.Write("/opt/uploads/one", "1")
	s.Symlink("/opt/uploads", "/data")
	s.save("p")
	s.upgrade()
	s.Write("/opt/uploads/one", "1 changed")
	s.Write("/opt/uploads/two", "2")
	s.Append("/var/lib/mysql/ibdata1", "row 2\n")
	s.Write("/srv/shop/index.php", "v2")
	s.Write("/srv/shop/order/4711", "paid")
	s.Append("/var/log/dpkg.log", "upgrade\n")
	if _, err := s.driver.Restore(context.Background(), "p"); err != nil {
		s.T.Fatalf("restore: %v", err)
	}
	for path, want := range map[string]string{
		"/opt/uploads/one": "1 changed", "/opt/uploads/two": "2", "/var/lib/mysql/ibdata1": "row 1\nrow 2\n",
		"/srv/shop/index.php": "v2", "/srv/shop/order/4711": "paid", "/var/log/dpkg.log": "old\nupgrade\n",
		"/usr/bin/openssl": "openssl 3.0.15",
	} {
		if got := s.Read(path); got != want {
			s.T.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	s.identical("p")
	// Data that came into being in a directory that did too: the directory stays for its sake.
	s.Write("/opt/shop/data/invoice", "1")
	s.Write("/opt/shop/program", "x")
	s.differs("p", "/opt/shop/program", restore.Extra)
	res, err := s.driver.Restore(context.Background(), "p")
	s.ok(err)
	if s.Read("/opt/shop/data/invoice") != "1" || res.Aside != 1 {
		s.T.Fatalf("the new data was touched, or the program was not: %+v", res)
	}
	s.identical("p")
	// Where data stands in the way, it is not moved: the restore fails and names the place.
	s.Remove("/opt/shop")
	s.Write("/opt/shop", "was a file")
	s.save("q")
	s.Remove("/opt/shop")
	s.Write("/opt/shop/data/invoice", "2")
	if _, err := s.driver.Restore(context.Background(), "q"); err == nil || !strings.Contains(err.Error(), "/opt/shop") {
		s.T.Fatalf("data in the way: %v", err)
	}
	if s.Read("/opt/shop/data/invoice") != "2" {
		s.T.Error("the data in the way was touched")
	}
}

// wholeDisk: what a hypervisor brings back is the whole disk. The customer's data of that moment comes with
// it, and what was there before the restore is kept as it was, data and all.
func wholeDisk(s *scene) {
	before := s.look()
	s.save("p")
	s.upgrade()
	s.Write("/srv/shop/order/4711", "paid")
	s.Append("/var/lib/mysql/ibdata1", "row 2\n")
	after := s.look()
	res := s.restoredTo("p", before)
	if s.Read("/var/lib/mysql/ibdata1") != "row 1\n" {
		s.T.Error("the data did not come back with the disk")
	}
	if res.Aside != 1 || res.AsideDir == "" {
		s.T.Fatalf("the state before the restore was not kept: %+v", res)
	}
	former, err := s.host.Former()
	s.ok(err)
	after.MustEqual(s.T, Look(s.T, former))
}

// writtenInPlace: nobody is supposed to write into a packaged program, so a driver may have kept it
// in a way that such a write reaches. Then it says so loudly, and everything else is back.
func writtenInPlace(s *scene) {
	before := s.look()
	s.save("p")
	s.upgrade()
	s.Append("/usr/lib/x86_64/libcrypto.so.3", "infected")
	s.Append("/usr/bin/perl", "infected")
	res, err := s.driver.Restore(context.Background(), "p")
	if err == nil {
		before.MustEqual(s.T, s.look())
		return
	}
	mustBe(s.T, err, restore.ErrPointDamaged)
	lost := []string{"/usr/bin/perl", "/usr/bin/perl5.36.0", "/usr/lib/x86_64/libcrypto.so.3"}
	if !slices.Equal(res.Damaged, lost) {
		s.T.Fatalf("damaged are %q, want %q", res.Damaged, lost)
	}
	var damaged *restore.DamagedError
	if !errors.As(err, &damaged) || !slices.Equal(damaged.Paths, lost) || !strings.Contains(err.Error(), lost[0]) {
		s.T.Fatalf("the error does not name the paths: %v", err)
	}
	now := s.look()
	for _, p := range lost {
		delete(before, p)
		delete(now, p)
	}
	before.MustEqual(s.T, now)
	if res.Verified.Identical() {
		s.T.Fatal("verified as identical in spite of the damage")
	}
}

func (s *scene) socket(path string) {
	s.T.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	s.ok(err)
	// By a short name: an address has room for 107 bytes.
	dir, err := os.Open(filepath.Dir(s.At(path)))
	s.ok(err)
	name := "/proc/self/fd/" + itoa(int(dir.Fd())) + "/" + filepath.Base(path)
	s.ok(unix.Bind(fd, &unix.SockaddrUnix{Name: name}))
	s.ok(dir.Close())
	s.T.(*testing.T).Cleanup(func() { unix.Close(fd) })
}
