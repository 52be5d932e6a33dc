package restoretest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
)

func itoa(n int) string { return strconv.Itoa(n) }

// contract is what the calls promise apart from bringing things back.
func contract(t *testing.T, fresh func(t *testing.T) Host) {
	ctx := context.Background()
	t.Run("UnknownPoint", func(t *testing.T) {
		s := newScene(t, fresh)
		_, err := s.driver.Restore(ctx, "p")
		mustBe(t, err, restore.ErrNotFound)
		_, err = s.driver.Verify(ctx, "p")
		mustBe(t, err, restore.ErrNotFound)
		s.ok(s.driver.Drop(ctx, "p"))
		if l, err := s.driver.List(ctx); err != nil || len(l) != 0 {
			t.Fatalf("list: %v, %v", l, err)
		}
	})
	t.Run("BadNames", func(t *testing.T) {
		s := newScene(t, fresh)
		for _, id := range []string{"", ".", "..", "a/b", "../x", ".hidden", "a b", "x\x00"} {
			if _, err := s.driver.Save(ctx, id, s.host.Scope); err == nil {
				t.Errorf("saved as %q", id)
			}
			if err := s.driver.Drop(ctx, id); err == nil {
				t.Errorf("dropped %q", id)
			}
		}
	})
	t.Run("SavedOnce", func(t *testing.T) {
		s := newScene(t, fresh)
		before := s.look()
		s.save("p")
		s.upgrade()
		_, err := s.driver.Save(ctx, "p", s.host.Scope)
		mustBe(t, err, restore.ErrExists)
		s.restoredTo("p", before)
	})
	t.Run("ListAndDrop", func(t *testing.T) {
		s := newScene(t, fresh)
		one := s.save("one")
		before := s.look()
		two := s.save("two")
		l, err := s.driver.List(ctx)
		if err != nil || len(l) != 2 || l[0].ID != "one" || l[1].ID != "two" || l[1].ManifestSHA256 != two.ManifestSHA256 || !l[0].Complete {
			t.Fatalf("list: %+v, %v", l, err)
		}
		if l[0].Files != one.Files || l[0].Bytes != one.Bytes || l[1].Created.Before(l[0].Created) {
			t.Fatalf("list: %+v, want %+v first", l, one)
		}
		s.upgrade()
		s.ok(s.driver.Drop(ctx, "one"))
		s.ok(s.driver.Drop(ctx, "one"))
		if l, err := s.driver.List(ctx); err != nil || len(l) != 1 {
			t.Fatalf("list: %+v, %v", l, err)
		}
		s.restoredTo("two", before)
	})
	t.Run("TwoPointsInTurn", func(t *testing.T) {
		s := newScene(t, fresh)
		first := s.look()
		s.save("one")
		s.upgrade()
		second := s.look()
		s.save("two")
		s.Remove("/etc/nginx")
		s.Remove("/usr/bin")
		s.restoredTo("two", second)
		s.restoredTo("one", first)
		s.restoredTo("two", second)
	})
	t.Run("OldProgramsAreOutOfReach", func(t *testing.T) {
		s := newScene(t, fresh)
		if s.host.Whole {
			t.Skip("nothing of the point is on the host")
		}
		s.ok(os.Chmod(s.host.Scope.Store, 0o755))
		s.save("p")
		// What lies below a closed directory is out of reach, also where a snapshot shows it as it was.
		s.ok(filepath.WalkDir(s.host.Scope.Store, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			if filepath.Dir(filepath.Dir(path)) == s.host.Scope.Store {
				return fs.SkipDir
			}
			if i, err := d.Info(); err != nil || i.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s is open to others: %v %v", path, i.Mode(), err)
			}
			return nil
		}))
	})
	t.Run("ScopeIsChecked", func(t *testing.T) {
		s := newScene(t, fresh)
		for name, change := range map[string]func(*restore.Scope){
			"relative":          func(sc *restore.Scope) { sc.Data = append(sc.Data, "srv") },
			"everything":        func(sc *restore.Scope) { sc.Data = append(sc.Data, "/") },
			"not clean":         func(sc *restore.Scope) { sc.Volatile = append(sc.Volatile, "/var/../etc") },
			"root is relative":  func(sc *restore.Scope) { sc.Root = "x" },
			"store is the root": func(sc *restore.Scope) { sc.Store = sc.Root },
		} {
			sc := s.host.Scope
			change(&sc)
			if _, err := s.driver.Save(ctx, "p", sc); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
	t.Run("Cancelled", func(t *testing.T) {
		s := newScene(t, fresh)
		before := s.look()
		gone, cancel := context.WithCancel(ctx)
		cancel()
		_, err := s.driver.Save(gone, "p", s.host.Scope)
		mustBe(t, err, context.Canceled)
		before.MustEqual(t, s.look())
		s.save("p")
		s.upgrade()
		_, err = s.driver.Restore(gone, "p")
		mustBe(t, err, context.Canceled)
		_, err = s.driver.Verify(gone, "p")
		mustBe(t, err, context.Canceled)
		s.restoredTo("p", before)
	})
	t.Run("OneAtATime", func(t *testing.T) {
		s := newScene(t, fresh)
		before := s.look()
		inside, leave := make(chan struct{}), make(chan struct{})
		var first atomic.Bool
		var mine = errors.New("done looking")
		slow := s.host.Open(func(op, _ string) error {
			if op == "mkdir" || !first.CompareAndSwap(false, true) {
				return nil
			}
			close(inside)
			<-leave
			return mine
		})
		done := make(chan error)
		go func() {
			_, err := slow.Save(ctx, "p", s.host.Scope)
			done <- err
		}()
		<-inside
		_, err := s.driver.Save(ctx, "q", s.host.Scope)
		mustBe(t, err, restore.ErrBusy)
		mustBe(t, s.driver.Drop(ctx, "p"), restore.ErrBusy)
		close(leave)
		mustBe(t, <-done, mine)
		s.save("q")
		s.upgrade()
		s.restoredTo("q", before)
	})
}
