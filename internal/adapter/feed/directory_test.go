package feed_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
)

var dsa = source.Source{Name: "debian-dsa", Files: []string{"DSA.list", "dsa.list"}, Limit: 1 << 10}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A stick with files is as good as the network: what is new is taken, once.
func TestTakesFromADirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "dsa.list", list)
	d := feed.Directory{Root: dir}
	got, err := d.Fetch(t.Context(), dsa, source.Validators{})
	if err != nil || string(got.Text) != list || got.From != filepath.Join(dir, "dsa.list") {
		t.Fatalf("%+v, %v", got, err)
	}
	if again, err := d.Fetch(t.Context(), dsa, got.Validators); err != nil || !again.Unchanged() {
		t.Errorf("%+v, %v", again, err)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "dsa.list"), later, later); err != nil {
		t.Fatal(err)
	}
	if again, err := d.Fetch(t.Context(), dsa, got.Validators); err != nil || again.Unchanged() {
		t.Errorf("%+v, %v", again, err)
	}
	sum := sha256.Sum256([]byte(list))
	put(t, dir, "SHA256SUMS", hex.EncodeToString(sum[:])+"  dsa.list\n")
	if got, err := d.Fetch(t.Context(), dsa, source.Validators{}); err != nil || got.Unchanged() {
		t.Errorf("with its checksum: %+v, %v", got, err)
	}
}

// What is missing, larger than it may be, elsewhere or not as it was sealed is not taken.
func TestWhatIsNotTakenFromADirectory(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lay  func(t *testing.T, dir string)
		says string
	}{
		"nothing":     {func(*testing.T, string) {}, "has no file"},
		"too large":   {func(t *testing.T, dir string) { put(t, dir, "DSA.list", strings.Repeat("x", 2000)) }, "more than"},
		"empty":       {func(t *testing.T, dir string) { put(t, dir, "DSA.list", "") }, "is empty"},
		"a directory": {func(t *testing.T, dir string) { _ = os.Mkdir(filepath.Join(dir, "DSA.list"), 0o700) }, "no regular file"},
		"a link out": {func(t *testing.T, dir string) {
			put(t, filepath.Dir(dir), "secret", list)
			if err := os.Symlink("../secret", filepath.Join(dir, "DSA.list")); err != nil {
				t.Fatal(err)
			}
		}, "no regular file"},
		"altered": {func(t *testing.T, dir string) {
			put(t, dir, "DSA.list", list)
			put(t, dir, "SHA256SUMS", strings.Repeat("0", 64)+"  DSA.list\n")
		}, "does not match"},
		"not sealed": {func(t *testing.T, dir string) {
			put(t, dir, "DSA.list", list)
			put(t, dir, "SHA256SUMS", strings.Repeat("0", 64)+"  other\n")
		}, "has no checksum"},
	} {
		dir := filepath.Join(t.TempDir(), "feeds")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		tt.lay(t, dir)
		got, err := feed.Directory{Root: dir}.Fetch(t.Context(), dsa, source.Validators{})
		if fault.CodeOf(err) != fault.Unavailable || got.Text != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if text := err.(*fault.Error).Text; !strings.Contains(text.EN, tt.says) || text.DE == "" { //nolint:errorlint // checked above
			t.Errorf("%s: %s", name, text.EN)
		}
	}
	if _, err := (feed.Directory{Root: "/nonexistent"}).Fetch(t.Context(), dsa, source.Validators{}); fault.CodeOf(err) != fault.Unavailable {
		t.Error(err)
	}
}
