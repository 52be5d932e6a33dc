// Package restoretest is the conformance suite of restore points: what every driver must do, told as
// what happens to a host between a save and a restore.
//
// The hosts are small trees with the shape of a Debian root, no running system is needed. Root is:
// the stories change owners, set-uid bits, capabilities and device nodes. Outside CI the suite skips
// without it; in CI (environment CI=true) it fails instead.
//
// "Identical" is judged by a walk of this package that shares no code with any driver: path, type,
// mode, owner, attributes, target, device number, content, which paths are one file, and the time of
// last modification.
package restoretest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Fixture is a driver to be tried.
type Fixture struct {
	// Driver is its name, for the crash matrix.
	Driver string
	// Fresh makes an empty host. It is called several hundred times.
	Fresh func(t *testing.T) Host
	// Powered makes an empty host with a Power supply. Without it, power cuts are left out.
	Powered func(t *testing.T) Host
}

// Host is what a driver is tried on.
type Host struct {
	// Scope has an empty Root of its own, on a file system where owners, modes and attributes of all
	// kinds can be set, and the Store. The suite fills the root and sets Data and Volatile.
	Scope restore.Scope
	// Open gives a driver for the store. It is called again for the same host after a simulated
	// crash. fault, if not nil, is to be asked before each change that the driver makes to a file
	// system, with the kind of change and the path; its error takes the place of the change.
	Open func(fault func(op, path string) error) restore.Driver
	// Power lets the suite take the power away in the middle of a write.
	Power Power
	// Whole says that the driver keeps and restores whole disks, with the customer's data, as a hypervisor
	// does (restore.Point.Whole). What such a driver cannot do is asked of the others alone; what it does
	// more is asked of it alone: the data comes back, too, and nothing that came since is lost.
	Whole bool
	// Discard removes a host whose tree cannot simply be removed. May be nil.
	Discard func() error
	// Former gives the tree of the state that a Whole driver kept before its last restore.
	Former func() (root string, err error)
}

// Run tries a driver.
func Run(t *testing.T, f Fixture) {
	fresh := f.Fresh
	NeedRoot(t)
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			scene := newScene(t, fresh)
			if s.only != "" && (s.only == "whole") != scene.host.Whole {
				t.Skipf("a story of drivers that work by %s", s.only)
			}
			s.tell(scene)
		})
	}
	t.Run("Contract", func(t *testing.T) { contract(t, fresh) })
	t.Run("Crash", func(t *testing.T) { crashes(t, f) })
	t.Run("AnyChange", func(t *testing.T) { anyChange(t, fresh) })
}

// NeedRoot skips a test that needs root, or fails it in CI.
func NeedRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("restore points are tried as root (owners, set-uid bits, device nodes); run the tests as root")
	}
	t.Skip("restore points are tried as root (owners, set-uid bits, device nodes); run as root to include this")
}

// scene is one host with a driver, ready for a story.
type scene struct {
	*Tree
	host           Host
	driver         restore.Driver
	before, broken Picture // of a step that is cut off
	matter         string  // what is being tried, for messages
}

// newScene makes a host with the usual tree.
func newScene(t *testing.T, fresh func(t *testing.T) Host) *scene {
	t.Helper()
	h := fresh(t)
	h.Scope.Data = append(h.Scope.Data, "/srv", "/data", "/var/lib/mysql", "/opt/shop/data")
	h.Scope.Volatile = append(h.Scope.Volatile, "/var/log", "/run")
	s := &scene{Tree: &Tree{T: t, Root: h.Scope.Root}, host: h, driver: h.Open(nil)}
	if !h.Whole {
		s.ok(os.MkdirAll(h.Scope.Store, 0o700))
	}
	s.Debian()
	return s
}

// outside are the paths that identity does not include.
func (s *scene) outside() []string {
	if s.host.Whole {
		return nil
	}
	out := append([]string{}, s.host.Scope.Data...)
	out = append(out, s.host.Scope.Volatile...)
	if rel, err := filepath.Rel(s.Root, s.host.Scope.Store); err == nil && filepath.IsLocal(rel) {
		out = append(out, "/"+rel)
	}
	return out
}

func (s *scene) look() Picture { s.T.Helper(); return Look(s.T, s.Root, s.outside()...) }

func (s *scene) save(id string) restore.Point {
	s.T.Helper()
	p, err := s.driver.Save(context.Background(), id, s.host.Scope)
	if err != nil {
		s.T.Fatalf("save: %v", err)
	}
	return p
}

// restoredTo restores and demands that everything is as in before and that the driver knows it.
func (s *scene) restoredTo(id string, before Picture) restore.Result {
	s.T.Helper()
	res, err := s.driver.Restore(context.Background(), id)
	if err != nil {
		s.T.Fatalf("restore: %v", err)
	}
	before.MustEqual(s.T, s.look())
	if !res.Verified.Identical() || res.Verified.Checked == 0 {
		s.T.Fatalf("restore says it is not identical: %+v", res.Verified)
	}
	s.identical(id)
	return res
}

// identical demands that the driver's own verification finds nothing.
func (s *scene) identical(id string) {
	s.T.Helper()
	v, err := s.driver.Verify(context.Background(), id)
	if err != nil {
		s.T.Fatalf("verify: %v", err)
	}
	if !v.Identical() {
		s.T.Fatalf("verify finds differences: %+v", v.Differences)
	}
}

// differs demands that verification finds this aspect of this path.
func (s *scene) differs(id, path, aspect string) {
	s.T.Helper()
	v, err := s.driver.Verify(context.Background(), id)
	if err != nil {
		s.T.Fatalf("verify: %v", err)
	}
	if s.host.Whole && !v.Identical() {
		return // a disk is another one, or not; by paths it cannot be said
	}
	for _, d := range v.Differences {
		if d.Path == path && d.Aspect == aspect {
			return
		}
	}
	s.T.Fatalf("verify does not find that %s of %s differs: %+v", aspect, path, v.Differences)
}

func mustBe(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}
