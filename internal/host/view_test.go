package host

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/wire"
)

var sslOrder = []wire.Package{{Name: "openssl", Arch: "amd64", From: "3.0.20-1", To: "3.0.22-1"}}

// security is the one list that the order needs.
var security = apt.Target{Name: "s", File: apt.ListsDir + "/sec_main_Packages.lz4", Release: apt.ListsDir + "/sec_"}

// hostWithLists is a machine with lists of two repositories, on which a view of one was made and found to be the order.
func hostWithLists(t *testing.T) *Machine {
	t.Helper()
	m := hostAt(t, fewPackages)
	put(t, m, "/etc/apt/sources.list", "deb http://sec x main")
	for _, name := range []string{"sec_InRelease", "sec_main_Packages.lz4", "debian_Release", "debian_Release.gpg", "debian_main_Packages"} {
		put(t, m, apt.ListsDir+"/"+name, "list")
	}
	if err := m.makeCache(); err != nil {
		t.Fatal(err)
	}
	stamp, err := m.viewStamp(sslOrder, few(t))
	if err != nil {
		t.Fatal(err)
	}
	if stamp.Files, err = m.buildView(apt.ViewDir, []apt.Target{security}); err != nil {
		t.Fatal(err)
	}
	if err := m.keepView(stamp); err != nil {
		t.Fatal(err)
	}
	return m
}

func put(t *testing.T, m *Machine, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(path)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.path(path), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A view brings the release files along: they are what says that the lists are signed.
func TestViewHoldsListsAndTheirSignatures(t *testing.T) {
	t.Parallel()
	m := hostWithLists(t)
	if got := names(t, m, apt.ViewLists(apt.ViewDir)); !slices.Equal(got, []string{"sec_InRelease", "sec_main_Packages.lz4"}) {
		t.Errorf("the view holds %v", got)
	}
	debian := apt.Target{File: apt.ListsDir + "/debian_main_Packages", Release: apt.ListsDir + "/debian_"}
	want := []string{apt.ListsDir + "/debian_Release", apt.ListsDir + "/debian_Release.gpg", apt.ListsDir + "/debian_main_Packages"}
	if got := m.linked([]apt.Target{debian, debian}); !slices.Equal(got, want) {
		t.Errorf("linked: %v", got)
	}
}

func names(t *testing.T, m *Machine, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(m.path(dir))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// The next agent process goes on with the view of the last one; nothing may have changed meanwhile.
func TestViewIsUsedOnlyWhileEverythingIsAsItWas(t *testing.T) {
	t.Parallel()
	in := func(name string) string { return apt.ViewLists(apt.ViewDir) + "/" + name }
	for _, c := range []struct {
		story  string
		change func(*testing.T, *Machine)
		order  []wire.Package
		narrow bool
	}{
		{"the same agent or the next", func(*testing.T, *Machine) {}, sslOrder, true},
		{"apt's cache of it and its own directories are there", func(t *testing.T, m *Machine) {
			put(t, m, apt.ViewDir+"/pkgcache.bin", "cache")
			put(t, m, in("partial/x"), "")
		}, sslOrder, true},
		{"another order", func(*testing.T, *Machine) {}, []wire.Package{{Name: "openssl", Arch: "amd64", From: "3.0.20-1", To: "3.0.23-1"}}, false},
		{"apt-daily replaced a list", func(t *testing.T, m *Machine) { put(t, m, security.File, "a new list") }, sslOrder, false},
		{"a list is gone", func(t *testing.T, m *Machine) { remove(t, m, security.File) }, sslOrder, false},
		{"a list came, of a repository that was left out", func(t *testing.T, m *Machine) { put(t, m, apt.ListsDir+"/debian_contrib_Packages", "") }, sslOrder, false},
		{"a source was added", func(t *testing.T, m *Machine) {
			put(t, m, "/etc/apt/sources.list.d/vendor.list", "deb http://v x main")
		}, sslOrder, false},
		{"somebody installed something", func(t *testing.T, m *Machine) { put(t, m, "/var/lib/dpkg/status", fewPackages+"\n") }, sslOrder, false},
		{"a link is missing", func(t *testing.T, m *Machine) { remove(t, m, in("sec_InRelease")) }, sslOrder, false},
		{"a link leads elsewhere", func(t *testing.T, m *Machine) {
			remove(t, m, in("sec_InRelease"))
			if err := os.Symlink(apt.ListsDir+"/debian_Release", m.path(in("sec_InRelease"))); err != nil {
				t.Fatal(err)
			}
		}, sslOrder, false},
		{"a file took the place of a link", func(t *testing.T, m *Machine) {
			remove(t, m, in("sec_main_Packages.lz4"))
			put(t, m, in("sec_main_Packages.lz4"), "list")
		}, sslOrder, false},
		{"one link too many", func(t *testing.T, m *Machine) {
			if err := os.Symlink(apt.ListsDir+"/debian_Release", m.path(in("debian_Release"))); err != nil {
				t.Fatal(err)
			}
		}, sslOrder, false},
		{"somebody emptied apt's cache", func(t *testing.T, m *Machine) { remove(t, m, apt.CacheDir) }, sslOrder, false},
		{"the power failed", func(t *testing.T, m *Machine) {
			var stamp viewed
			if _, err := m.load(viewStamp, &stamp); err != nil {
				t.Fatal(err)
			}
			stamp.Boot = "earlier"
			if err := m.save(viewStamp, stamp); err != nil {
				t.Fatal(err)
			}
		}, sslOrder, false},
		{"its stamp is damaged", func(t *testing.T, m *Machine) { put(t, m, m.state(viewStamp), "{") }, sslOrder, false},
		{"its stamp names nothing", func(t *testing.T, m *Machine) { put(t, m, m.state(viewStamp), "{}") }, sslOrder, false},
		{"it was dropped", func(_ *testing.T, m *Machine) { m.dropView() }, sslOrder, false},
	} {
		t.Run(c.story, func(t *testing.T) {
			t.Parallel()
			m := hostWithLists(t)
			c.change(t, m)
			next, err := New(m.opt)
			if err != nil {
				t.Fatal(err)
			}
			status, err := next.database.Status()
			if err != nil {
				t.Fatal(err)
			}
			if got := next.view(c.order, status); got.IsNarrow() != c.narrow {
				t.Errorf("narrow: %v, want %v", got.IsNarrow(), c.narrow)
			}
		})
	}
}

func remove(t *testing.T, m *Machine, path string) {
	t.Helper()
	if err := os.RemoveAll(m.path(path)); err != nil {
		t.Fatal(err)
	}
}

// What changes while apt makes its plan makes the plan worthless.
func TestViewOfMovingListsIsNotKept(t *testing.T) {
	t.Parallel()
	m := hostWithLists(t)
	m.dropView()
	stamp, err := m.viewStamp(sslOrder, few(t))
	if err != nil {
		t.Fatal(err)
	}
	if stamp.Files, err = m.buildView(apt.ViewDir, []apt.Target{security}); err != nil {
		t.Fatal(err)
	}
	put(t, m, security.File, "refreshed meanwhile")
	if err := m.keepView(stamp); err == nil || m.view(sslOrder, few(t)).IsNarrow() {
		t.Errorf("it was kept: %v", err)
	}
}

// A view that a crash left half-built is no view, and not in the way of the next one.
func TestHalfBuiltViewIsThrownAway(t *testing.T) {
	t.Parallel()
	m := hostWithLists(t)
	put(t, m, aside(apt.ViewDir)+"/lists/sec_InRelease", "left by a crash")
	if _, err := m.buildView(apt.ViewDir, []apt.Target{security}); err == nil {
		t.Error("a view was built upon what a crash had left")
	}
	m.dropView()
	for _, path := range []string{aside(apt.ViewDir), apt.ViewDir, m.state(viewStamp)} {
		if _, err := os.Lstat(m.path(path)); err == nil {
			t.Errorf("%s is left", path)
		}
	}
	if _, err := m.buildView(apt.ViewDir, []apt.Target{security}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(m.path(apt.ArchiveDir)); err != nil {
		t.Errorf("the downloads went with it: %v", err)
	}
}

// A host without tools can be told nothing about narrow views; the question goes to all lists.
func TestNoViewNoAnswer(t *testing.T) {
	t.Parallel()
	m := hostWithLists(t)
	if plan, ok := m.wouldInstallNarrowly(t.Context(), sslOrder, few(t)); ok || len(plan.Changes) > 0 {
		t.Errorf("%+v", plan)
	}
	if m.view(sslOrder, few(t)).IsNarrow() {
		t.Error("the view of the pre-check before is still used")
	}
}

func TestSizesOfLists(t *testing.T) {
	t.Parallel()
	m := hostWithLists(t)
	put(t, m, security.File, strings.Repeat("x", 100))
	if got := m.size([]apt.Target{security, {File: apt.ListsDir + "/gone"}}); got != 100 {
		t.Errorf("%d bytes", got)
	}
}

// A link in apt's configuration that leads nowhere, or round in a circle, is no reason not to look at a host.
func TestLinksThatLeadNowhereAreNoted(t *testing.T) {
	t.Parallel()
	m := hostWithLists(t)
	before, err := m.packageState()
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"gone", "loop.list"} {
		path := m.path("/etc/apt/sources.list.d/loop.list")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(path)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		if now, err := m.packageState(); err != nil || now == before {
			t.Errorf("a link to %s: %v, noted: %t", to, err, now != before)
		}
	}
}
