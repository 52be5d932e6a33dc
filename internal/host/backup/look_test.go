package backup

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/host/command"
)

// desk is a host with its own password and place for repositories.
func desk(t *testing.T) (*Desk, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "password"), "correct horse\n", 0o600)
	data := make([]byte, 600_000) // what the customer wrote: large beside what the tools write about it
	rand.NewChaCha8([32]byte{}).Read(data)
	write(t, filepath.Join(dir, "data"), string(data), 0o600)
	return &Desk{
		Tools: &command.Runner{Root: "/", Mark: "backup-test"}, Root: "/", Dir: filepath.Join(dir, "state"), Now: time.Now,
	}, dir
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// tool runs the real tool as the host's own backup job would.
func tool(t *testing.T, dir string, argv ...string) {
	t.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed: scripts/require test", argv[0])
	}
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "BORG_BASE_DIR="+dir, "BORG_PASSCOMMAND=cat "+filepath.Join(dir, "password"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
}

func code(f *backup.Fault) string {
	if f == nil {
		return ""
	}
	return f.Code
}

// judged looks and judges, as before a run.
func (d *Desk) judged(ctx context.Context, s backup.Source, demand backup.Demand) *backup.Fault {
	seen, fault := d.Look(ctx, s, demand)
	if fault != nil {
		return fault
	}
	return backup.Judge(demand, seen, d.Now())
}

func TestRealBackups(t *testing.T) {
	t.Parallel()
	checkedBackup := backup.Demand{MaxAgeHours: 24, VerifiedMaxAgeDays: 7}
	for _, c := range []struct {
		tool       backup.Tool
		initialize []string
		save       []string
		damage     string // the largest of these files is damaged
	}{
		{backup.Restic, []string{"restic", "--repo", "REPO", "--password-file", "PW", "init"},
			[]string{"restic", "--repo", "REPO", "--password-file", "PW", "--no-cache", "backup", "--host", "web1", "DATA"}, "index/*"},
		{backup.Borg, []string{"borg", "init", "-e", "repokey", "REPO"},
			[]string{"borg", "create", "REPO::nightly", "DATA"}, "data/0/*"},
	} {
		t.Run(string(c.tool), func(t *testing.T) {
			t.Parallel()
			d, dir := desk(t)
			repo := filepath.Join(dir, "repo")
			argv := func(list []string) []string {
				var out []string
				for _, a := range list {
					out = append(out, strings.NewReplacer("REPO", repo, "PW", filepath.Join(dir, "password"), "DATA", filepath.Join(dir, "data")).Replace(a))
				}
				return out
			}
			s := backup.Source{Tool: c.tool, Repository: repo, PasswordFile: filepath.Join(dir, "password")}
			tool(t, dir, argv(c.initialize)...)
			expect := func(story, want string) {
				t.Helper()
				if f := d.judged(t.Context(), s, checkedBackup); code(f) != want {
					t.Errorf("%s: %+v, want %q", story, f, want)
				}
			}
			expect("an empty repository", backup.CodeMissing)
			tool(t, dir, argv(c.save)...)
			expect("saved just now, and checked by the agent", "")
			d.Now = func() time.Time { return time.Now().Add(25 * time.Hour) }
			expect("saved yesterday", backup.CodeStale)
			d.Now = func() time.Time { return time.Now().Add(-time.Hour) }
			expect("saved in an hour", backup.CodeStale)
			d.Now = time.Now
			s.PasswordFile = filepath.Join(dir, "wrong")
			write(t, s.PasswordFile, "wrong\n", 0o600)
			expect("the wrong password", backup.CodeUnreadable)
			s.PasswordFile = filepath.Join(dir, "password")
			if err := os.Chmod(s.PasswordFile, 0o644); err != nil {
				t.Fatal(err)
			}
			expect("a password that others can read", backup.CodeUnreadable)
			if err := os.Chmod(s.PasswordFile, 0o600); err != nil {
				t.Fatal(err)
			}
			spoil(t, largest(t, filepath.Join(repo, c.damage)))
			expect("damaged since, but checked well this week", "")
			d.Now = func() time.Time { return time.Now().Add(8 * 24 * time.Hour) }
			week := backup.Demand{VerifiedMaxAgeDays: 7}
			if f := d.judged(t.Context(), s, week); code(f) != backup.CodeDamaged {
				t.Errorf("damaged, and due for a check: %+v", f)
			}
		})
	}
}

// largest is the largest of the files that fit a pattern.
func largest(t *testing.T, pattern string) string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: %v %v", pattern, list, err)
	}
	best, size := "", int64(-1)
	for _, path := range list {
		if info, err := os.Stat(path); err == nil && info.Size() > size {
			best, size = path, info.Size()
		}
	}
	return best
}

// spoil overwrites the middle of a file.
func spoil(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(text) / 2; i < len(text)/2+64 && i < len(text); i++ {
		text[i] ^= 0x5a
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text), 0o600)
}

func TestAFileThatNotesTheLastSuccess(t *testing.T) {
	t.Parallel()
	d, dir := desk(t)
	now := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	d.Now = func() time.Time { return now }
	s := backup.Source{Tool: backup.File, Path: filepath.Join(dir, "last"), VerifiedPath: filepath.Join(dir, "verified")}
	both := backup.Demand{MaxAgeHours: 26, VerifiedMaxAgeDays: 7}
	expect := func(story, want string) {
		t.Helper()
		if f := d.judged(t.Context(), s, both); code(f) != want {
			t.Errorf("%s: %+v, want %q", story, f, want)
		}
	}
	expect("no file", backup.CodeMissing)
	write(t, s.Path, "2026-11-28T03:15:00+01:00\n", 0o644)
	expect("never checked", backup.CodeUnverified)
	write(t, s.VerifiedPath, "1795650000\n", 0o644) // 2026-11-26
	expect("fresh and checked", "")
	write(t, s.Path, "2026-11-26T03:15:00+01:00\n", 0o644)
	expect("of the day before yesterday", backup.CodeStale)
	write(t, s.Path, "OK\n", 0o644)
	expect("not a time", backup.CodeUnreadable)
	write(t, s.Path, "2026-11-28T03:15:00+01:00\n", 0o644)
	if err := os.Chmod(s.Path, 0o666); err != nil {
		t.Fatal(err)
	}
	expect("anybody could have written it", backup.CodeUnreadable)
	s = backup.Source{}
	expect("not declared at all", backup.CodeUndeclared)
	d.Tools = nobody{}
	s = backup.Source{Tool: backup.Restic, Repository: "/srv/backup", PasswordFile: "/etc/x"}
	expect("the tool is not installed", backup.CodeTool)
}

// nobody is a host without tools.
type nobody struct{}

func (nobody) Find(string) (string, bool) { return "", false }
func (nobody) Run(context.Context, command.Call) (command.Result, error) {
	return command.Result{}, command.ErrMissing
}

func TestNoPasswordStandsInAnArgument(t *testing.T) {
	t.Parallel()
	d, dir := desk(t)
	for _, tool := range []backup.Tool{backup.Restic, backup.Borg} {
		s := backup.Source{Tool: tool, Repository: "/srv/backup", PasswordFile: filepath.Join(dir, "password")}
		for _, call := range []command.Call{d.list(s), d.check(s)} {
			if all := strings.Join(append(call.Args, call.Env...), " "); strings.Contains(all, "correct horse") {
				t.Errorf("%s: %s", tool, all)
			}
		}
	}
}

func TestWhatTheRealToolsPrint(t *testing.T) {
	t.Parallel()
	for file, c := range map[string]struct {
		parse func([]byte) (time.Time, error)
		year  int
	}{"restic-0.14-snapshots.json": {ParseRestic, 2026}, "borg-1.2-list.json": {ParseBorg, 2026}} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		at, err := c.parse(text)
		if err != nil || at.Year() != c.year {
			t.Errorf("%s: %v, %v", file, at, err)
		}
	}
	for _, bad := range []string{"", "null", "{}", "[{}]", `[{"id":"x","time":"2026-01-01T00:00:00Z"}]`, "Fatal: wrong password"} {
		if at, err := ParseRestic([]byte(bad)); err == nil {
			t.Errorf("restic %q: %v", bad, at)
		}
		if at, err := ParseBorg([]byte(bad)); err == nil {
			t.Errorf("borg %q: %v", bad, at)
		}
	}
}

func FuzzParsers(f *testing.F) {
	for _, file := range []string{"restic-0.14-snapshots.json", "borg-1.2-list.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("2026-11-28T03:15:00+01:00\n"))
	f.Add([]byte("1795650000\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, parse := range []func([]byte) (time.Time, error){ParseRestic, ParseBorg, ParseStamp} {
			if at, err := parse(text); err != nil && !at.IsZero() {
				t.Errorf("%v and %v", at, err)
			}
		}
	})
}
