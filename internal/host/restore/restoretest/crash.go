package restoretest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

var errCrash = errors.New("the machine is dead")

// dieAt is a fault that lets n changes pass and none after: what a kill -9 or a power cut at that
// moment allows. steps counts what was asked for.
func dieAt(n int64) (fault func(op, path string) error, steps *atomic.Int64) {
	steps = new(atomic.Int64)
	return func(op, path string) error {
		if steps.Add(1) > n {
			return fmt.Errorf("%w at %s %s", errCrash, op, path)
		}
		return nil
	}, steps
}

// forEachStep runs try with a crash after 0, 1, 2, … changes until the work is done without one.
func forEachStep(t *testing.T, try func(t *testing.T, fault func(op, path string) error) error) {
	for n := int64(0); ; n++ {
		fault, steps := dieAt(n)
		err := try(t, fault)
		if steps.Load() <= n {
			if err != nil {
				t.Fatalf("without a crash: %v", err)
			}
			if n < 5 {
				t.Fatalf("only %d changes were asked for: the driver does not ask before each", n)
			}
			t.Logf("cut off after each of %d changes", n)
			return
		}
		if !errors.Is(err, errCrash) {
			t.Fatalf("crash after change %d: error is %v", n, err)
		}
		if t.Failed() {
			t.Fatalf("with a crash after change %d", n)
		}
	}
}

// crashes cuts each call off between any two of its changes.
func crashes(t *testing.T, fresh func(t *testing.T) Host) {
	ctx := context.Background()
	t.Run("Save", func(t *testing.T) {
		t.Parallel()
		forEachStep(t, func(t *testing.T, fault func(op, path string) error) error {
			s := newScene(t, fresh)
			before := s.look()
			_, crash := s.host.Open(fault).Save(ctx, "p", s.host.Scope)
			before.MustEqual(t, s.look())
			l, err := s.driver.List(ctx)
			s.ok(err)
			if len(l) == 1 && l[0].Complete {
				// The last thing that was left to do was to tell. It must be as good as any.
				_, err := s.driver.Save(ctx, "p", s.host.Scope)
				mustBe(t, err, restore.ErrExists)
			} else {
				if _, err := s.driver.Restore(ctx, "p"); !errors.Is(err, restore.ErrIncomplete) && !errors.Is(err, restore.ErrNotFound) {
					t.Fatalf("restore from an incomplete point: %v", err)
				}
				before.MustEqual(t, s.look())
				s.save("p")
			}
			s.upgrade()
			s.restoredTo("p", before)
			return crash
		})
	})
	t.Run("Restore", func(t *testing.T) {
		t.Parallel()
		forEachStep(t, func(t *testing.T, fault func(op, path string) error) error {
			s := newScene(t, fresh)
			before := s.look()
			s.save("p")
			s.breakUp()
			after := s.look()
			_, crash := s.host.Open(fault).Restore(ctx, "p")
			nothingInBetween(t, before, after, s.look())
			s.restoredTo("p", before)
			return crash
		})
	})
	t.Run("RestoreTwice", func(t *testing.T) {
		t.Parallel()
		// Cut off, resumed, cut off one change later, resumed, … on the same host.
		s := newScene(t, fresh)
		before := s.look()
		s.save("p")
		s.breakUp()
		for n := int64(1); n < 400; n++ {
			fault, steps := dieAt(n)
			_, err := s.host.Open(fault).Restore(ctx, "p")
			if steps.Load() <= n {
				s.ok(err)
				break
			}
			mustBe(t, err, errCrash)
		}
		s.restoredTo("p", before)
	})
	t.Run("Drop", func(t *testing.T) {
		t.Parallel()
		forEachStep(t, func(t *testing.T, fault func(op, path string) error) error {
			s := newScene(t, fresh)
			before := s.look()
			s.save("old")
			s.save("p")
			crash := s.host.Open(fault).Drop(ctx, "old")
			before.MustEqual(t, s.look())
			// Whole or gone, never something that only looks whole.
			l, err := s.driver.List(ctx)
			s.ok(err)
			for _, p := range l {
				if !p.Complete {
					t.Fatalf("after a crash in drop: %+v", p)
				}
				s.identical(p.ID)
			}
			s.ok(s.driver.Drop(ctx, "old"))
			if l, err := s.driver.List(ctx); err != nil || len(l) != 1 {
				t.Fatalf("after the second drop: %+v, %v", l, err)
			}
			s.upgrade()
			s.restoredTo("p", before)
			return crash
		})
	})
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

// disks lets the disk fail: full, or broken, at any one change, once. The call fails or copes; the
// system is never damaged, and with the disk well again the work succeeds. Each change meets one of
// the two; with the environment PATCHWART_CRASH_MATRIX=all it meets both.
func disks(t *testing.T, fresh func(t *testing.T) Host) {
	ctx := context.Background()
	for turn, errnos := range [][]unix.Errno{{unix.ENOSPC, unix.EIO}, {unix.EIO, unix.ENOSPC}} {
		if turn > 0 && os.Getenv("PATCHWART_CRASH_MATRIX") != "all" {
			break
		}
		failAt := func(n int64) (fault func(op, path string) error, steps *atomic.Int64, errno unix.Errno) {
			steps, errno = new(atomic.Int64), errnos[n%2]
			return func(string, string) error {
				if steps.Add(1) == n {
					return errno
				}
				return nil
			}, steps, errno
		}
		t.Run("WhileSaving", func(t *testing.T) {
			t.Parallel()
			for n := int64(1); ; n++ {
				s := newScene(t, fresh)
				before := s.look()
				fault, steps, errno := failAt(n)
				_, err := s.host.Open(fault).Save(ctx, "p", s.host.Scope)
				if steps.Load() < n {
					s.ok(err)
					t.Logf("failed each of %d changes", n-1)
					return
				}
				before.MustEqual(t, s.look())
				if err != nil {
					mustBe(t, err, errno)
					if _, err := s.driver.Save(ctx, "p", s.host.Scope); !errors.Is(err, restore.ErrExists) {
						s.ok(err)
					}
				}
				s.upgrade()
				s.restoredTo("p", before)
			}
		})
		t.Run("WhileRestoring", func(t *testing.T) {
			t.Parallel()
			for n := int64(1); ; n++ {
				s := newScene(t, fresh)
				before := s.look()
				s.save("p")
				s.breakUp()
				after := s.look()
				fault, steps, errno := failAt(n)
				_, err := s.host.Open(fault).Restore(ctx, "p")
				if steps.Load() < n {
					s.ok(err)
					t.Logf("failed each of %d changes", n-1)
					return
				}
				if err == nil {
					before.MustEqual(t, s.look()) // it coped, and says the truth
				} else {
					mustBe(t, err, errno)
					nothingInBetween(t, before, after, s.look())
				}
				s.restoredTo("p", before)
			}
		})
	}
}
