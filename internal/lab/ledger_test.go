package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func testLedger(t *testing.T, dir string) *ledger {
	t.Helper()
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := openLedger(dir, lock)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestLedgerSurvivesACrash(t *testing.T) {
	t.Parallel()
	registry, place := t.TempDir(), t.TempDir()
	g := testLedger(t, registry)
	first, err := g.makeDir("web1", place, "pwlab9")
	check(t, err)
	check(t, os.MkdirAll(filepath.Join(first, "deep/inside"), 0o700))
	second, err := g.makeDir("web2", place, "pwlab9")
	check(t, err)
	check(t, g.undo("web1", false))
	if _, err := os.Stat(first); err == nil {
		t.Error("what web1 made is still there")
	}
	// The crash tears the last line, after a directory was announced and before it was marked.
	unmarked := filepath.Join(place, "pwlab9-announced")
	check(t, g.note("", kindDir, unmarked))
	check(t, os.Mkdir(unmarked, 0o700))
	_, err = g.file.WriteString(`{"id":99,"kind":"di`)
	check(t, err)
	check(t, g.file.Close())

	next := testLedger(t, registry)
	if len(next.entries) != 2 {
		t.Fatalf("the next lab reads %+v", next.entries)
	}
	third, err := next.makeDir("", place, "pwlab9")
	check(t, err)
	check(t, next.close())
	for _, dir := range []string{second, third, unmarked, registry} {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s was left behind", dir)
		}
	}
}

func TestLedgerTouchesNothingForeign(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	foreign := filepath.Join(place, "foreign")
	check(t, os.Mkdir(foreign, 0o700))
	check(t, os.WriteFile(filepath.Join(foreign, "letter"), []byte("dear"), 0o600))
	moved := filepath.Join(place, "moved")
	check(t, os.Mkdir(moved, 0o700))
	check(t, os.WriteFile(filepath.Join(moved, markerFile), []byte("/some/other/place\n"), 0o600))

	g := testLedger(t, t.TempDir())
	for _, e := range []entry{
		{Kind: kindDir, What: foreign},
		{Kind: kindDir, What: moved},
		{Kind: kindMount, What: "/"},
		{Kind: kindMount, What: foreign},
		{Kind: kindGroup, What: "/sys/fs/cgroup"},
		{Kind: kindNetwork, What: "production"},
		{Kind: kindLink, What: "eth0"},
		{Kind: kindLock, What: "/run/systemd/nspawn/locks/inode-64768:2"},
		{Kind: kindMachine, What: "customer"},
		{Kind: kindMachine, What: "pwlab0/../../../../etc"},
		{Kind: "surprise", What: foreign},
	} {
		check(t, g.note("", e.Kind, e.What))
	}
	err := g.undo("", true)
	if err == nil {
		t.Fatal("a ledger with foreign things was worked off without a word")
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != 11 {
		t.Errorf("11 things must be refused, %d were: %v", lines, err)
	}
	for _, path := range []string{filepath.Join(foreign, "letter"), filepath.Join(moved, markerFile)} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("a foreign file is gone: %v", err)
		}
	}
	if len(g.entries) != 11 {
		t.Errorf("what was refused was forgotten: %v", g.entries)
	}
}

func TestNamesOfAnEarlierBootMeanNothing(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	g := testLedger(t, t.TempDir())
	dir, err := g.makeDir("", place, "pwlab9")
	check(t, err)
	check(t, g.note("", kindLink, "pwlab9"))
	for i := range g.entries {
		g.entries[i].Boot = "an earlier one"
	}
	check(t, g.undo("", true))
	if _, err := os.Stat(dir); err == nil {
		t.Error("files outlive a restart and must be removed even so")
	}
}

func TestMountTable(t *testing.T) {
	t.Parallel()
	table := "22 1 8:1 / / rw - ext4 /dev/a rw\n" +
		"31 22 7:0 / /place/pwlab0-1/hosts/a\\040b/root rw - ext4 /dev/loop0 rw\n" +
		"32 31 7:1 / /place/pwlab0-1/hosts/a\\040b/root/srv rw - ext4 /dev/loop1 rw\n" +
		"33 22 7:2 / /place/pwlab0-10 rw - ext4 /dev/loop2 rw\n" +
		"short line\n"
	got := mountPoints(table, "/place/pwlab0-1")
	want := []string{"/place/pwlab0-1/hosts/a b/root", "/place/pwlab0-1/hosts/a b/root/srv"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := unescapeMount(`/a\011b\134c\9`); got != "/a\tb\\c\\9" {
		t.Errorf("got %q", got)
	}
}
