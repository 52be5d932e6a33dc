package probe

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// system lays out the files of a host.
func system(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	passwd = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nshop:x:1000:1000::/home/shop:/bin/bash\n"
	group  = "root:x:0:\nsudo:x:27:\ndocker:x:998:\nshop:x:1000:\n"
	// A real key, made for this test, and its fingerprint as ssh-keygen prints it.
	key         = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
	fingerprint = "SHA256:"
)

func managed() map[string]string {
	return map[string]string{
		"etc/passwd": passwd, "etc/group": group,
		"etc/sudoers":                    "# rules\nDefaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
		"etc/sudoers.d/README":           "# nothing\n",
		"root/.ssh/authorized_keys":      "# ours\n" + key + " ops@hoster.example\n",
		"home/shop/.ssh/authorized_keys": key + " shop\n",
	}
}

func TestWhoCanBecomeRoot(t *testing.T) {
	t.Parallel()
	found := Holders(system(t, managed()))
	var lines []string
	for _, h := range found {
		lines = append(lines, string(h.Way)+" "+h.Who)
	}
	want := []string{"account root", "sudoers Defaults env_reset", "sudoers root ALL=(ALL:ALL) ALL", "sudoers %sudo ALL=(ALL:ALL) ALL"}
	if len(lines) != 5 || !slices.Equal(lines[:4], want) || !strings.HasPrefix(lines[4], "key root: "+fingerprint) || !strings.HasSuffix(lines[4], " ops@hoster.example") {
		t.Errorf("%q", lines)
	}
}

// TestEveryWayToGainRootShows changes one thing on a host and looks again: it has to be new.
func TestEveryWayToGainRootShows(t *testing.T) {
	t.Parallel()
	before := Holders(system(t, managed()))
	for _, c := range []struct {
		name, file, text string
		want             fact.Way
		who              string
	}{
		{"a second account with the ID 0", "etc/passwd", passwd + "toor:x:0:0::/nowhere:/bin/sh\n", fact.ByAccount, "toor"},
		{"the ID 0 written otherwise", "etc/passwd", passwd + "toor:x:000:0::/var/toor:/bin/sh\n", fact.ByAccount, "toor"},
		{"a member of sudo", "etc/group", strings.Replace(group, "sudo:x:27:", "sudo:x:27:shop", 1), fact.ByGroup, "shop (sudo)"},
		{"a member of docker", "etc/group", strings.Replace(group, "docker:x:998:", "docker:x:998:shop", 1), fact.ByGroup, "shop (docker)"},
		{"sudo is somebody's own group", "etc/passwd", passwd + "max:x:1001:27::/home/max:/bin/sh\n", fact.ByGroup, "max (sudo)"},
		{"a rule in a file of its own", "etc/sudoers.d/shop", "shop ALL=(ALL) NOPASSWD: ALL\n", fact.BySudoers, "shop ALL=(ALL) NOPASSWD: ALL"},
		{"a rule over two lines", "etc/sudoers.d/shop", "shop ALL= \\\n  /bin/sh\n", fact.BySudoers, "shop ALL= /bin/sh"},
		{"a rule that never ends", "etc/sudoers.d/shop", "shop ALL=\\\n", fact.BySudoers, "shop ALL="},
		{"a rule for a user by number", "etc/sudoers.d/shop", "#1000 ALL=(ALL) ALL\n", fact.BySudoers, "#1000 ALL=(ALL) ALL"},
		{"an alias that widens a rule", "etc/sudoers.d/a", "User_Alias ADMINS = shop\n", fact.BySudoers, "User_Alias ADMINS = shop"},
		{"an included file", "etc/sudoers.d/x", "#include /opt/rules\n", "", ""},
		{"a key", "root/.ssh/authorized_keys", key + " ops@hoster.example\nssh-rsa AAAA shop@home\n", fact.ByKey, "root: SHA256:"},
		{"a key behind options", "root/.ssh/authorized_keys2", `from="192.0.2.1",command="/bin/sh -i" ` + key + " x\n", fact.ByKey, "root: SHA256:"},
		{"a key that is none", "root/.ssh/authorized_keys2", "cert-authority nonsense\n", fact.ByKey, "root: cert-authority nonsense"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := managed()
			files[c.file] = c.text
			if c.want == "" { // what an included file says counts
				files["opt/rules"] = "shop ALL=ALL\n"
				c.want, c.who = fact.BySudoers, "shop ALL=ALL"
			}
			fresh := fact.NewHolders(before, Holders(system(t, files)))
			if len(fresh) != 1 || fresh[0].Way != c.want || !strings.HasPrefix(fresh[0].Who, c.who) {
				t.Errorf("%+v", fresh)
			}
		})
	}
}

func TestWhatIsNoWayToRoot(t *testing.T) {
	t.Parallel()
	before := Holders(system(t, managed()))
	for _, c := range [][2]string{
		{"etc/sudoers.d/shop.dpkg-new", "shop ALL=ALL\n"}, // sudo reads no name with a dot
		{"etc/sudoers.d/shop~", "shop ALL=ALL\n"},
		{"etc/sudoers.d/note", "# shop ALL=ALL\n\n"},
		{"home/shop/.ssh/authorized_keys", key + " another\n"},
		{"etc/group", group + "webteam:x:1002:shop\n"},
	} {
		files := managed()
		files[c[0]] = c[1]
		if diff := cmp.Diff(before, Holders(system(t, files))); diff != "" {
			t.Errorf("%s: %s", c[0], diff)
		}
	}
}

// TestWhatCannotBeReadIsAWayOfItsOwn: a file that hides what it grants must not look like one that grants nothing.
func TestWhatCannotBeReadIsAWayOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(root string) error{
		"too large": func(root string) error {
			return os.WriteFile(filepath.Join(root, "etc/sudoers.d/x"), make([]byte, maxAccess+1), 0o644)
		},
		"a pipe":   func(root string) error { return unix.Mkfifo(filepath.Join(root, "root/.ssh/authorized_keys2"), 0o600) },
		"a folder": func(root string) error { return os.MkdirAll(filepath.Join(root, "root/.ssh/authorized_keys2"), 0o755) },
		"a loop": func(root string) error {
			return os.WriteFile(filepath.Join(root, "etc/sudoers.d/x"), []byte("@include /etc/sudoers.d/x\n"), 0o644)
		},
		"leads away": func(root string) error { return os.Symlink("/etc/hostname", filepath.Join(root, "etc/sudoers.d/x")) },
	} {
		root := system(t, managed())
		if err := spoil(root); err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(Holders(root), func(h fact.Holder) bool { return h.Way == fact.Unread }) {
			t.Errorf("%s: %+v", name, Holders(root))
		}
	}
}

func FuzzHolders(f *testing.F) {
	f.Add(passwd, group, "root ALL=(ALL) ALL\n@include x\n", key)
	f.Add("a:b:0:::/", "sudo:x:1:,,a", "\\\n\\\n#includedir .", `command="a b" ssh-rsa`)
	f.Fuzz(func(t *testing.T, passwd, group, sudoers, keys string) {
		root := system(t, map[string]string{"etc/passwd": passwd, "etc/group": group, "etc/sudoers": sudoers, "root/.ssh/authorized_keys": keys})
		if n := len(Holders(root)); n > maxHolders+1 {
			t.Errorf("%d holders", n)
		}
	})
}
