package files_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// later is a clock that runs ahead, so that files made just now count as made some time ago.
func later() time.Time { return time.Now().Add(time.Minute) }

func (w *webHost) prepare() restore.Preparation {
	w.T.Helper()
	done, err := w.driver.Prepare(context.Background(), w.Scope)
	if err != nil {
		w.T.Fatal(err)
	}
	return done
}

// What was read once is not read again, through points that come and go, until it changes.
func TestPreparedOnce(t *testing.T) {
	w := newWebHost(t, t.TempDir(), files.WithClock(later), files.WithPace(0))
	first := w.prepare()
	if first.Read == 0 || first.Files == 0 {
		t.Fatalf("nothing was read: %+v", first)
	}
	if again := w.prepare(); again.Read != 0 || again.Files != first.Files {
		t.Errorf("what is known was read again: %+v after %+v", again, first)
	}
	before := w.look()
	for i := range 3 {
		p := w.save(fmt.Sprint("p", i))
		if p.Linked == 0 {
			t.Skip("this file system shares blocks: nothing is linked")
		}
		if after := w.prepare(); after.Read != 0 {
			t.Errorf("after saving point %d, %d bytes were read again", i, after.Read)
		}
	}
	for _, id := range []string{"p0", "p1"} {
		if err := w.driver.Drop(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		if after := w.prepare(); after.Read != 0 {
			t.Errorf("after dropping %s, %d bytes were read again", id, after.Read)
		}
	}
	w.restoredTo("p2", before)
	w.Replace("/usr/bin/openssl", "a new version of it")
	if after := w.prepare(); after.Read != int64(len("a new version of it")) {
		t.Errorf("of one new file %d bytes were read", after.Read)
	}
}

// A host that is asked for a restore point in the middle of it keeps what it came to.
func TestPreparationCutOff(t *testing.T) {
	w := newWebHost(t, t.TempDir(), files.WithClock(later), files.WithPace(0))
	whole := w.prepare()
	if err := os.Remove(filepath.Join(w.Scope.Store, ".sums")); err != nil {
		t.Fatal(err)
	}
	slow := files.New(w.Scope.Store, files.Fast, files.WithClock(later), files.WithPace(1)) // a byte a second
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := slow.Prepare(ctx, w.Scope); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("cut off: %v", err)
	}
	if rest := w.prepare(); rest.Read == 0 || rest.Read >= whole.Read {
		t.Errorf("after a part of it, %d of %d bytes were read", rest.Read, whole.Read)
	}
}

// Sums that are damaged are no sums: everything is read, and nothing else is different.
func TestDamagedSums(t *testing.T) {
	w := newWebHost(t, t.TempDir(), files.WithClock(later), files.WithPace(0))
	whole := w.prepare()
	path := filepath.Join(w.Scope.Store, ".sums")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), good...)
	flipped[len(flipped)/2] ^= 1
	for name, bad := range map[string][]byte{"empty": {}, "cut off": good[:len(good)-1], "flipped": flipped, "more": append(append([]byte(nil), good...), 0)} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if again := w.prepare(); again.Read != whole.Read {
			t.Errorf("%s: %d of %d bytes were read", name, again.Read, whole.Read)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", path); err != nil {
		t.Fatal(err)
	}
	before := w.look()
	w.save("p")
	w.Replace("/usr/bin/openssl", "new")
	w.restoredTo("p", before)
}

// A tool that writes into a file and sets its time back, as rsync --inplace --times does, is not overlooked.
func TestWrittenBehindItsTime(t *testing.T) {
	w := newWebHost(t, t.TempDir(), files.WithClock(later), files.WithPace(0))
	w.prepare()
	w.tick()
	w.keepingTime("/usr/bin/openssl", func() { w.Write("/usr/bin/openssl", "openssl 3.0.66") })
	w.save("p")
	if v, err := w.driver.Verify(context.Background(), "p"); err != nil || !v.Identical() {
		t.Fatalf("the point says what is not there: %+v, %v", v.Differences, err)
	}
}

// Whatever happens to a host's files between points, each point says what is there: a check that reads all of it
// finds no difference.
func TestSumsNeverLie(t *testing.T) {
	restoretest.NeedRoot(t)
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "host")
		if err != nil {
			r.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWebHost(t, dir, files.WithClock(later), files.WithPace(0))
		some := []string{"/usr/bin/openssl", "/usr/bin/perl"}
		var points []string
		for i := range rapid.IntRange(1, 20).Draw(r, "steps") {
			path := rapid.SampledFrom(some).Draw(r, "path")
			text := rapid.SampledFrom([]string{"one", "two"}).Draw(r, "text")
			switch rapid.SampledFrom([]string{"write", "reset", "replace", "chmod", "save", "drop", "prepare"}).Draw(r, "what") {
			case "write":
				w.tick()
				w.Write(path, text)
			case "reset":
				w.tick()
				w.keepingTime(path, func() { w.Write(path, text) })
			case "replace":
				w.keepingTime(path, func() { w.Replace(path, text) })
			case "chmod":
				w.Chmod(path, 0o700)
			case "prepare":
				w.prepare()
			case "drop":
				if len(points) > 0 {
					if err := w.driver.Drop(context.Background(), points[0]); err != nil {
						r.Fatal(err)
					}
					points = points[1:]
				}
			case "save":
				id := fmt.Sprint("p", i)
				w.save(id)
				points = append(points, id)
				if v, err := w.driver.Verify(context.Background(), id); err != nil || !v.Identical() {
					r.Fatalf("the point says what is not there: %+v, %v", v.Differences, err)
				}
			}
		}
	})
}

// keepingTime changes a file and sets its time of last modification back.
func (w *webHost) keepingTime(path string, change func()) {
	w.T.Helper()
	info, err := os.Stat(w.At(path))
	if err != nil {
		w.T.Fatal(err)
	}
	change()
	if err := os.Chtimes(w.At(path), time.Time{}, info.ModTime()); err != nil {
		w.T.Fatal(err)
	}
}

// tick waits until the file system's clock has moved on: within one tick, nobody can tell two changes apart.
func (w *webHost) tick() {
	w.T.Helper()
	probe := filepath.Join(filepath.Dir(w.Root), "clock")
	now := func() unix.Timespec {
		if err := os.WriteFile(probe, []byte("x"), 0o600); err != nil {
			w.T.Fatal(err)
		}
		var st unix.Stat_t
		if err := unix.Stat(probe, &st); err != nil {
			w.T.Fatal(err)
		}
		return st.Ctim
	}
	for was := now(); now() == was; {
	}
}
