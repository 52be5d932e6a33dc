package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/wire"
)

const statusOfDatabase = "Package: mariadb-server\nStatus: install ok installed\nArchitecture: all\nVersion: 1:10.5.29-0+deb11u1\n\n"

// database is a host with MariaDB on it, at a fixed time.
func databaseHost(t *testing.T, now time.Time) (*Machine, string) {
	t.Helper()
	root := t.TempDir()
	if err := os.Chmod(root, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{"/var/lib/dpkg/status": statusOfDatabase, "/var/lib/mysql/ibdata1": "x", "/var/backups/all.sql": "insert", "/elsewhere/ibdata1": "x"} {
		where := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(where), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(where, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := New(Options{Root: root, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return m, root
}

func TestTheHostRefusesConversionsWithoutAWayBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	m, root := databaseHost(t, now)
	next := []wire.Package{{Name: "mariadb-server", Arch: "all", From: "1:10.5.29-0+deb11u1", To: "1:10.11.6-0+deb12u1"}}
	made := func(path string, ago time.Duration) {
		if err := os.Chtimes(filepath.Join(root, path), now.Add(-ago), now.Add(-ago)); err != nil {
			t.Fatal(err)
		}
	}
	in := func(dir string) func(string) bool {
		return func(p string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }
	}
	dump := []conversion.Dump{{Of: "MariaDB", Path: "/var/backups/all.sql"}}
	made("/var/backups/all.sql", time.Hour)
	for _, c := range []struct {
		story   string
		dumps   []conversion.Dump
		covered func(string) bool
		before  func()
		names   string
	}{
		{"no dump", nil, nil, nil, "/var/lib/mysql"},
		{"a fresh dump", dump, nil, nil, ""},
		{"the directory of a fresh dump", []conversion.Dump{{Of: "MariaDB", Path: "/var/backups"}}, nil, nil, ""},
		{"one that is being written", dump, nil, func() { made("/var/backups/all.sql", time.Second) }, "still being written"},
		{"an old one", dump, nil, func() { made("/var/backups/all.sql", 50*time.Hour) }, "50 hours"},
		{"none where one is declared", []conversion.Dump{{Of: "MariaDB", Path: "/var/backups/none.sql"}}, nil, nil, "is missing"},
		{"the restore point covers it", nil, in("/var/lib/mysql"), nil, ""},
		{"it leads somewhere that the restore point does not cover", nil, in("/var/lib/mysql"), func() {
			if err := os.RemoveAll(filepath.Join(root, "/var/lib/mysql")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(root, "/elsewhere"), filepath.Join(root, "/var/lib/mysql")); err != nil {
				t.Fatal(err)
			}
		}, "No dump"},
		{"an empty dump", dump, nil, func() {
			if err := os.Truncate(filepath.Join(root, "/var/backups/all.sql"), 0); err != nil {
				t.Fatal(err)
			}
		}, "is empty"},
	} {
		if c.before != nil {
			c.before()
		}
		got := m.Reversible(next, c.dumps, c.covered)
		if (got == nil) != (c.names == "") || got != nil && (got.Code != CodeConversion || !strings.Contains(got.Text.EN, c.names)) {
			t.Errorf("%s: %v, want %q", c.story, got, c.names)
		}
	}
	if got := m.Reversible([]wire.Package{{Name: "mariadb-server", Arch: "all", From: "1:10.5.29-0+deb11u1", To: "1:10.5.30-0+deb11u1"}}, nil, nil); got != nil {
		t.Errorf("within the series: %v", got)
	}
}
