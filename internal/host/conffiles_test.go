package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestConfigurationThatWaitsToBeMerged(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, f := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"etc/shop/site.conf":             {"listen 80\nworkers 4\ndb_password = hunter2\nlog yes\n", 0o644},
		"etc/shop/site.conf.dpkg-dist":   {"listen 80\nworkers 2\ndb_password = change-me\nlog yes\n", 0o644},
		"etc/shop/closed.conf":           {"pin 1234\n", 0o640},
		"etc/shop/closed.conf.ucf-dist":  {"pin 0000\n", 0o644},
		"etc/shop/gone.conf.dpkg-new":    {"new\n", 0o644},
		"etc/shop/site.conf.bak":         {"mine\n", 0o644},
		"usr/share/doc/x.conf.dpkg-dist": {"no configuration\n", 0o644},
		"etc/shop/large.conf":            {strings.Repeat("a\n", maxConffile), 0o644},
		"etc/shop/large.conf.dpkg-dist":  {"b\n", 0o644},
		"etc/shop/long.conf":             {strings.Repeat("old line\n", 2000), 0o644},
		"etc/shop/long.conf.dpkg-dist":   {strings.Repeat("new line\n", 2000), 0o644},
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(f.text), f.mode); err != nil {
			t.Fatal(err)
		}
	}
	// A pipe in the place of the file in use must not hold the report up.
	if err := unix.Mkfifo(filepath.Join(root, "etc/shop/pipe.conf"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "etc/shop/pipe.conf.dpkg-dist"), []byte("x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("site.conf", filepath.Join(root, "etc/shop/link.conf.dpkg-dist")); err != nil {
		t.Fatal(err)
	}
	m := &Machine{opt: Options{Root: root}}
	diffs := map[string]string{}
	for _, c := range m.conffiles(t.Context()) {
		if strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(c.Offered, ".dpkg-dist"), ".ucf-dist"), ".dpkg-new") != c.Path {
			t.Errorf("%+v", c)
		}
		diffs[c.Path] = c.Diff
	}
	if len(diffs) != 6 {
		t.Errorf("found %v", diffs)
	}
	site := diffs["/etc/shop/site.conf"]
	if !strings.Contains(site, "-workers 4\n-db_password = …\n+workers 2\n") || strings.Contains(site, "hunter2") || strings.Contains(site, "change-me") {
		t.Errorf("%s", site)
	}
	for _, quiet := range []string{"/etc/shop/closed.conf", "/etc/shop/gone.conf", "/etc/shop/large.conf", "/etc/shop/pipe.conf"} {
		if d, ok := diffs[quiet]; !ok || d != "" {
			t.Errorf("%s: %v %q", quiet, ok, d)
		}
	}
	if long := diffs["/etc/shop/long.conf"]; len(long) > maxDiff+10 || !strings.HasSuffix(long, "…\n") {
		t.Errorf("%d bytes", len(long))
	}
}
