package files_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// webHost is a filled host with a driver.
type webHost struct {
	*restoretest.Tree
	restoretest.Host
	driver *files.Driver
}

func newWebHost(t *testing.T, dir string, opts ...files.Option) *webHost {
	t.Helper()
	restoretest.NeedRoot(t)
	h := hostIn(t, dir)
	h.Scope.Data = []string{"/srv", "/var/lib/mysql"}
	h.Scope.Volatile = []string{"/var/log", "/run"}
	w := &webHost{Tree: &restoretest.Tree{T: t, Root: h.Scope.Root}, Host: h, driver: files.New(h.Scope.Store, append(opts, files.Fast)...)}
	w.Debian()
	if err := os.MkdirAll(h.Scope.Store, 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *webHost) save(id string) restore.Point {
	w.T.Helper()
	p, err := w.driver.Save(context.Background(), id, w.Scope)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

func (w *webHost) look() restoretest.Picture {
	w.T.Helper()
	return restoretest.Look(w.T, w.Root, "/srv", "/var/lib/mysql", "/var/log", "/run", "/var/lib/patchwart/restore")
}

func (w *webHost) restoredTo(id string, before restoretest.Picture) restore.Result {
	w.T.Helper()
	res, err := w.driver.Restore(context.Background(), id)
	if err != nil {
		w.T.Fatal(err)
	}
	before.MustEqual(w.T, w.look())
	return res
}

// inPoint changes a file of a saved point.
func (w *webHost) inPoint(id, name string, change func([]byte) []byte) {
	w.T.Helper()
	path := filepath.Join(w.Scope.Store, id, name)
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, change(b), 0o600)
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// A point whose manifest or marker is not the one that was written is refused before anything is
// touched; it is never restored as far as it goes.
func TestAlteredManifestIsRefused(t *testing.T) {
	t.Parallel()
	cut := func(b []byte) []byte { return b[:len(b)*2/3] }
	for name, change := range map[string]func(w *webHost){
		"cut":         func(w *webHost) { w.inPoint("p", "manifest", cut) },
		"cut by one":  func(w *webHost) { w.inPoint("p", "manifest", func(b []byte) []byte { return b[:len(b)-1] }) },
		"longer":      func(w *webHost) { w.inPoint("p", "manifest", func(b []byte) []byte { return append(b, '\n') }) },
		"empty":       func(w *webHost) { w.inPoint("p", "manifest", func([]byte) []byte { return nil }) },
		"path moved":  func(w *webHost) { w.inPoint("p", "manifest", replace("/etc/hosts", "/etc/hostz")) },
		"owner":       func(w *webHost) { w.inPoint("p", "manifest", replace(`"g":42`, `"g":43`)) },
		"gone":        func(w *webHost) { w.ok(os.Remove(filepath.Join(w.Scope.Store, "p/manifest"))) },
		"marker cut":  func(w *webHost) { w.inPoint("p", "complete", cut) },
		"marker of q": func(w *webHost) { w.inPoint("p", "complete", replace(`"id":"p"`, `"id":"q"`)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWebHost(t, t.TempDir())
			w.save("p")
			w.Replace("/usr/bin/openssl", "new")
			change(w)
			before := w.look()
			if _, err := w.driver.Restore(context.Background(), "p"); !errors.Is(err, restore.ErrPointDamaged) {
				t.Fatalf("restore: %v", err)
			}
			before.MustEqual(t, w.look())
			if _, err := w.driver.Verify(context.Background(), "p"); !errors.Is(err, restore.ErrPointDamaged) {
				t.Fatalf("verify: %v", err)
			}
			// It hides no other point, is not overwritten, and can be dropped.
			if l, err := w.driver.List(context.Background()); err != nil || len(l) != 1 {
				t.Fatalf("list: %v, %v", l, err)
			}
			if _, err := w.driver.Save(context.Background(), "p", w.Scope); !errors.Is(err, restore.ErrExists) && !errors.Is(err, restore.ErrPointDamaged) {
				t.Fatalf("saved over it: %v", err)
			}
			w.ok(w.driver.Drop(context.Background(), "p"))
		})
	}
}

func replace(old, with string) func([]byte) []byte {
	return func(b []byte) []byte {
		out := bytes.Replace(b, []byte(old), []byte(with), 1)
		if bytes.Equal(out, b) {
			panic("not in there: " + old)
		}
		return out
	}
}

func (w *webHost) ok(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// What the point kept is checked before it is used: a bad object or pack loses the paths that need
// it, says so, and never reaches the system.
func TestAlteredContentIsNotRestored(t *testing.T) {
	t.Parallel()
	t.Run("pack", func(t *testing.T) {
		t.Parallel()
		w := newWebHost(t, t.TempDir())
		w.save("p")
		w.Append("/etc/app.ini", "new")
		w.Replace("/usr/bin/openssl", "new")
		w.inPoint("p", "pack", replace("colour=blue", "colour=evil"))
		res, err := w.driver.Restore(context.Background(), "p")
		if !errors.Is(err, restore.ErrPointDamaged) || len(res.Damaged) != 1 || res.Damaged[0] != "/etc/app.ini" {
			t.Fatalf("%+v, %v", res, err)
		}
		if got := w.Read("/etc/app.ini"); got != "colour=blue\nnew" {
			t.Errorf("the file was replaced by %q", got)
		}
		if got := w.Read("/usr/bin/openssl"); got != "openssl 3.0.15" {
			t.Errorf("the other file was not restored: %q", got)
		}
	})
	t.Run("pack cut", func(t *testing.T) {
		t.Parallel()
		w := newWebHost(t, t.TempDir())
		w.save("p")
		w.Append("/etc/app.ini", "new")
		w.inPoint("p", "pack", func([]byte) []byte { return nil })
		if _, err := w.driver.Restore(context.Background(), "p"); !errors.Is(err, restore.ErrPointDamaged) {
			t.Fatal(err)
		}
	})
	t.Run("objects gone", func(t *testing.T) {
		t.Parallel()
		w := newWebHost(t, t.TempDir())
		w.save("p")
		w.Replace("/usr/bin/openssl", "new")
		w.ok(os.RemoveAll(filepath.Join(w.Scope.Store, "p/objects")))
		res, err := w.driver.Restore(context.Background(), "p")
		if !errors.Is(err, restore.ErrPointDamaged) || len(res.Damaged) != 1 || res.Damaged[0] != "/usr/bin/openssl" {
			t.Fatalf("%+v, %v", res, err)
		}
	})
}

// A link's saved content is the file's own. If something writes into a packaged program in place,
// the point can no longer give it back, and says so; everything else is restored.
func TestWriteThroughALinkIsLoud(t *testing.T) {
	t.Parallel()
	w := newWebHost(t, t.TempDir())
	if p := w.save("p"); p.Linked == 0 {
		t.Fatalf("nothing is linked: %+v", p)
	}
	w.Append("/usr/bin/openssl", "in place")
	w.Append("/usr/sbin/nginx", "in place")
	w.Replace("/usr/sbin/nginx", "and then replaced")
	w.Append("/etc/nginx/nginx.conf", "broken")
	res, err := w.driver.Restore(context.Background(), "p")
	if !errors.Is(err, restore.ErrPointDamaged) || len(res.Damaged) != 2 || res.Damaged[0] != "/usr/bin/openssl" || res.Damaged[1] != "/usr/sbin/nginx" {
		t.Fatalf("%+v, %v", res, err)
	}
	if got := w.Read("/etc/nginx/nginx.conf"); got != "worker_processes auto;\n" {
		t.Errorf("the configuration was not restored: %q", got)
	}
}

// What a process has open for writing when the point is saved is copied, wherever it lies.
func TestOpenForWritingIsCopied(t *testing.T) {
	t.Parallel()
	w := newWebHost(t, t.TempDir())
	before := w.look()
	f, err := os.OpenFile(w.At("/usr/bin/openssl"), os.O_WRONLY, 0)
	w.ok(err)
	defer f.Close()
	careful := files.New(w.Scope.Store) // looks at the processes
	_, err = careful.Save(context.Background(), "p", w.Scope)
	w.ok(err)
	_, err = f.WriteAt([]byte("OPENSSL"), 0)
	w.ok(err)
	w.restoredTo("p", before)
}

// A file that never holds still is named instead of being saved half old, half new.
func TestChangingFileIsNamed(t *testing.T) {
	t.Parallel()
	w := newWebHost(t, t.TempDir())
	var n atomic.Int64
	restless := w.Open(func(op, path string) error {
		if op == "write" && filepath.Base(path) == "pack" {
			n.Add(1)
			w.Append("/etc/hosts", "more\n")
		}
		return nil
	})
	_, err := restless.Save(context.Background(), "p", w.Scope)
	if !errors.Is(err, restore.ErrChanging) || !bytes.Contains([]byte(err.Error()), []byte("/etc/hosts")) {
		t.Fatalf("after %d changes: %v", n.Load(), err)
	}
	if l, err := w.driver.List(context.Background()); err != nil || len(l) != 0 {
		t.Fatalf("something was left: %+v, %v", l, err)
	}
	w.save("p")
}
