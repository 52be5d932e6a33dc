package restoretest

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// step is one call of a driver that is cut off between any two of its writes.
type step struct {
	name    string
	prepare func(s *scene)
	act     func(s *scene, d restore.Driver) error
	// after judges what a fault left, repeats the step and demands that all is well then. It names the
	// state that it found.
	after func(s *scene, err error) string
}

// Cells of each step and kind of fault that are tried by default. A power cut costs a file system each.
const (
	usualCells = 12
	powerCells = 6
)

// crashes lets each kind of fault happen at the writes of each step.
func crashes(t *testing.T, f Fixture) {
	for _, st := range steps {
		t.Run(st.name, func(t *testing.T) {
			writes := count(t, f, st)
			for _, what := range faults {
				t.Run(string(what), func(t *testing.T) {
					ends := map[string]int{}
					tried := 0
					for _, n := range cells(f, what, writes) {
						c, struck := tryCell(t, f, st, what, n)
						if !struck {
							continue // this time it needed a write less
						}
						tried++
						ends[c.End]++
						note(t, c)
					}
					if tried == 0 && (what != power || f.Powered != nil) {
						t.Fatal("not a single cell was tried")
					}
					t.Logf("%d of %d cells: %s", tried, writes, tally(ends))
				})
			}
		})
	}
	t.Run("RestoreAgainAndAgain", func(t *testing.T) { againAndAgain(t, f) })
}

func cells(f Fixture, what fault, writes int64) []int64 {
	switch {
	case what != power:
		return sample(writes, usualCells)
	case f.Powered == nil:
		return nil
	}
	return append(sample(writes, powerCells), writes) // and right after the call has returned
}

// tally is how often each end was met, in words.
func tally(ends map[string]int) string {
	out := ""
	for _, end := range slices.Sorted(maps.Keys(ends)) {
		out += itoa(ends[end]) + " " + end + "; "
	}
	return out
}

// tryCell tries one cell. It reports whether the step came as far as the fault.
func tryCell(t *testing.T, f Fixture, st step, what fault, n int64) (Cell, bool) {
	t.Helper()
	fresh := f.Fresh
	if what == power {
		fresh = f.Powered
	}
	s := newScene(t, fresh)
	s.matter = string(what) + " at write " + itoa(int(n))
	st.prepare(s)
	i := &injector{what: what, at: n}
	if what == power {
		s.flush()
		i.cut = s.host.Power.Cut
	}
	err := st.act(s, s.host.Open(i.ask))
	if what == power {
		if i.op == "" { // the call has returned: what it promised must hold without another flush
			s.ok(err)
			i.op = "returned"
			s.ok(s.host.Power.Cut())
		}
		s.ok(i.failed)
		s.ok(s.host.Power.On())
		s.driver = s.host.Open(nil)
	}
	switch {
	case i.op == "":
		s.ok(err)
		return Cell{}, false
	case i.op == "returned":
	case err == nil && (what == kill || what == power):
		t.Fatalf("%s: success in spite of it", s.matter)
	case err != nil && !i.named(err):
		t.Fatalf("%s: the error does not name it: %v", s.matter, err)
	}
	end := st.after(s, err)
	if t.Failed() {
		t.Fatalf("with %s (%s)", s.matter, i.op)
	}
	return Cell{Driver: f.Driver, Step: st.name, Write: n, Op: i.op, Fault: string(what), End: end}, true
}

var steps = []step{
	{
		name:    "save",
		prepare: func(s *scene) { s.before = s.look() },
		act: func(s *scene, d restore.Driver) error {
			_, err := d.Save(context.Background(), "p", s.host.Scope)
			return err
		},
		after: afterSave,
	},
	{
		name: "restore",
		prepare: func(s *scene) {
			s.before = s.look()
			s.save("p")
			s.breakUp()
			s.broken = s.look()
		},
		act: func(_ *scene, d restore.Driver) error {
			_, err := d.Restore(context.Background(), "p")
			return err
		},
		after: afterRestore,
	},
	{
		name: "drop",
		prepare: func(s *scene) {
			s.before = s.look()
			s.save("old")
			s.save("p")
		},
		act:   func(_ *scene, d restore.Driver) error { return d.Drop(context.Background(), "old") },
		after: afterDrop,
	},
}

// afterSave: nothing of the system has changed, and a point that is not whole is not restored from.
func afterSave(s *scene, err error) string {
	ctx := context.Background()
	s.before.MustEqual(s.T, s.look())
	l, listed := s.driver.List(ctx)
	s.ok(listed)
	end := "no point"
	switch {
	case len(l) == 1 && l[0].Complete:
		// The last thing that was left to do was to tell. It must be as good as any.
		_, again := s.driver.Save(ctx, "p", s.host.Scope)
		mustBe(s.T, again, restore.ErrExists)
		end = "whole point"
	case err == nil:
		s.T.Fatalf("%s: saved, and the points are %+v", s.matter, l)
	default:
		if len(l) > 0 {
			end = "incomplete point, refused"
		}
		if _, err := s.driver.Restore(ctx, "p"); !errors.Is(err, restore.ErrIncomplete) && !errors.Is(err, restore.ErrNotFound) {
			s.T.Fatalf("%s: restore from an incomplete point: %v", s.matter, err)
		}
		s.before.MustEqual(s.T, s.look())
		s.save("p")
	}
	s.upgrade()
	s.restoredTo("p", s.before)
	return end
}

// afterRestore: every path is old or new, the point is whole, and the restore can be repeated until it is
// done. What came since is still there, in its place or aside.
func afterRestore(s *scene, err error) string {
	now := s.look()
	nothingInBetween(s.T.(*testing.T), s.before, s.broken, now)
	end := "old and new paths, restored when repeated"
	switch {
	case len(s.before.Diff(now)) == 0:
		end = "as before"
	case err == nil:
		s.T.Fatalf("%s: restored, and not as before:\n%v", s.matter, s.before.Diff(now))
	case len(s.broken.Diff(now)) == 0:
		end = "untouched, restored when repeated"
	}
	l, listed := s.driver.List(context.Background())
	s.ok(listed)
	if !slices.ContainsFunc(l, func(p restore.Point) bool { return p.ID == "p" && p.Complete }) {
		s.T.Fatalf("%s: the point is gone: %+v", s.matter, l)
	}
	s.restoredTo("p", s.before)
	s.keptAside("vmlinuz-6.1.0-29-amd64", "kernel")
	return end
}

// afterDrop: the point is whole or gone, never something that only looks whole.
func afterDrop(s *scene, _ error) string {
	ctx := context.Background()
	s.before.MustEqual(s.T, s.look())
	l, err := s.driver.List(ctx)
	s.ok(err)
	end := "gone"
	for _, p := range l {
		if !p.Complete {
			s.T.Fatalf("%s: after a fault in drop: %+v", s.matter, p)
		}
		s.identical(p.ID)
		if p.ID == "old" {
			end = "whole"
		}
	}
	s.ok(s.driver.Drop(ctx, "old"))
	if l, err := s.driver.List(ctx); err != nil || len(l) != 1 {
		s.T.Fatalf("%s: after the second drop: %+v, %v", s.matter, l, err)
	}
	s.upgrade()
	s.restoredTo("p", s.before)
	return end
}

// againAndAgain cuts a restore off, resumes it, cuts it off one write later, … on the same host.
func againAndAgain(t *testing.T, f Fixture) {
	ctx := context.Background()
	s := newScene(t, f.Fresh)
	before := s.look()
	s.save("p")
	s.breakUp()
	for n := int64(1); n < 400; n++ {
		i := dieAt(n)
		_, err := s.host.Open(i.ask).Restore(ctx, "p")
		if i.op == "" {
			s.ok(err)
			break
		}
		mustBe(t, err, errCrash)
	}
	s.restoredTo("p", before)
}

// keptAside demands that a file which came after the save is still somewhere, with its content.
func (s *scene) keptAside(name, content string) {
	s.T.Helper()
	if s.host.Whole {
		return // kept as a whole, see the story of that
	}
	found := false
	s.ok(filepath.WalkDir(s.host.Scope.Store, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == name {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found = found || string(b) == content
		}
		return err
	}))
	if !found {
		s.T.Fatalf("%s: %s came since and is nowhere any more", s.matter, name)
	}
}

// flush makes durable what the scene has done to its host so far.
func (s *scene) flush() {
	s.T.Helper()
	dir, err := os.Open(s.Root)
	s.ok(err)
	s.ok(unix.Syncfs(int(dir.Fd())))
	s.ok(dir.Close())
}

// breakUp is an upgrade gone wrong that needs every kind of repair.
func (s *scene) breakUp() {
	s.T.Helper()
	s.upgrade()
	s.Append("/etc/nginx/nginx.conf", "broken {\n")
	s.Chmod("/usr/lib/x86_64/libcrypto.so.3", 0o600)
	s.Remove("/etc/ssl")
	s.Symlink("/etc/nginx", "/etc/ssl")
	s.Remove("/usr/share/strange")
	s.Write("/usr/share/strange", "a file")
	s.Remove("/usr/local/bin/deploy")
	s.Write("/usr/local/bin/deploy/er", "a directory")
	s.Replace("/etc/hosts.same", "torn\n")
	s.Replace("/usr/bin/perl5.36.0", "torn\n")
	s.Remove("/opt/app/null")
	s.Remove("/usr/share/hollow")
	s.Chown("/etc/shadow", 33, 33)
}

// nothingInBetween demands that every path is as it was before the upgrade or as it was after: a
// crash may leave a mixture of paths, never a half path.
func nothingInBetween(t *testing.T, before, after, now Picture) {
	t.Helper()
	for path, is := range now {
		was, had := before[path]
		became, has := after[path]
		if had && is.Content == was.Content || has && is.Content == became.Content {
			continue
		}
		t.Errorf("%q is neither old nor new: %+v, was %+v, became %+v", path, is, was, became)
	}
	for path := range before {
		_, has := after[path]
		if _, there := now[path]; has && !there && becameReachable(before, after, path) {
			t.Errorf("%q was there before and after, and is gone now", path)
		}
	}
}

// becameReachable excludes paths below what changed its type: they come and go with it.
func becameReachable(before, after Picture, path string) bool {
	for p := range before {
		if len(p) < len(path) && path[:len(p)] == p && (p == "/" || path[len(p)] == '/') && before[p].Content != after[p].Content {
			return false
		}
	}
	return true
}
