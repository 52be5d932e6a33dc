package restore_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// The default scope keeps its hands off what a hoster's customers put on a Debian host, and covers
// what the package manager writes.
func TestDefaultScope(t *testing.T) {
	t.Parallel()
	sc := restore.DefaultScope()
	if err := sc.Check(); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, p := range append(append([]string{}, sc.Data...), sc.Volatile...) {
		if out[p] {
			t.Errorf("%s is listed twice", p)
		}
		out[p] = true
	}
	covered := func(p string) bool {
		for ; p != ""; p = p[:strings.LastIndexByte(p, '/')] {
			if out[p] {
				return false
			}
		}
		return true
	}
	for _, p := range []string{
		"/etc/nginx/nginx.conf", "/etc/passwd", "/usr/bin/sudo", "/usr/local/bin/x", "/boot/vmlinuz", "/opt/app", "/var/lib/dpkg/status",
		"/var/lib/apt/lists/x", "/var/lib/apt/extended_states", "/var/cache/debconf/config.dat", "/var/lib/systemd/deb-systemd-helper-enabled",
		"/var/lib/ucf/hashfile",
	} {
		if !covered(p) {
			t.Errorf("%s is not covered", p)
		}
	}
	for _, p := range []string{
		"/home/a", "/srv/www", "/root/.ssh/authorized_keys", "/var/www/html", "/var/lib/mysql/ibdata1", "/var/lib/postgresql/15",
		"/var/lib/docker/volumes", "/var/spool/cron/crontabs/a", "/var/mail/a", "/var/log/syslog", "/tmp/x", "/proc/1",
		"/var/lib/patchwart/journal", "/etc/patchwart/host.yaml", "/var/lib/php/sessions/sess_1",
	} {
		if covered(p) {
			t.Errorf("%s would be rolled back", p)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	space := fmt.Errorf("save: %w", &restore.SpaceError{Store: "/s", Need: restore.Space{Bytes: 10, Inodes: 2}, Free: restore.Space{Bytes: 5, Inodes: 1}})
	if !errors.Is(space, restore.ErrNoSpace) || !strings.Contains(space.Error(), "needs 10 bytes and 2 inodes, free are 5 and 1") {
		t.Error(space)
	}
	damaged := &restore.DamagedError{ID: "p", Paths: []string{"/1", "/2", "/3", "/4", "/5", "/6", "/7"}}
	if !errors.Is(damaged, restore.ErrPointDamaged) || !strings.Contains(damaged.Error(), "/5 and 2 more") {
		t.Error(damaged)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC)
	if got := (restore.Point{Created: at}).Age(at.Add(26 * time.Hour)); got != 26*time.Hour {
		t.Error(got)
	}
}

func TestIdentical(t *testing.T) {
	t.Parallel()
	if !(restore.VerifyResult{Checked: 1}).Identical() || (restore.VerifyResult{Omitted: 1}).Identical() ||
		(restore.VerifyResult{Differences: []restore.Difference{{}}}).Identical() {
		t.Error("a difference more or less")
	}
}
