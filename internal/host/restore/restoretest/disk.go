package restoretest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Disk is a small disk of its own, in an image file, whose power can be cut. Nothing is written to it
// behind the driver's back for minutes, so what is not flushed is not there.
type Disk struct {
	Dir   string // where it is mounted
	image string
	kept  string // the image after a cut
}

// NewDisk makes a file system of size bytes by mkfs, an argument vector that gets the image appended, and
// mounts it for the time of the test. It skips without the tool, and fails without it in CI.
func NewDisk(t testing.TB, size int64, mkfs ...string) *Disk {
	t.Helper()
	NeedRoot(t)
	if _, err := exec.LookPath(mkfs[0]); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is needed for this test: see scripts/require", mkfs[0])
		}
		t.Skipf("%s is not installed; scripts/require says what it is in", mkfs[0])
	}
	dir, err := os.MkdirTemp(t.TempDir(), "disk")
	if err != nil {
		t.Fatal(err)
	}
	d := &Disk{Dir: filepath.Join(dir, "fs"), image: filepath.Join(dir, "image"), kept: filepath.Join(dir, "kept")}
	if err := os.Mkdir(d.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(d.image)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{append(mkfs, d.image), d.mount(d.image)} {
		if err := tool(argv...); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := tool("umount", d.Dir); err != nil {
			t.Error(err)
		}
	})
	return d
}

// mount lets nothing be written without need. Without barriers the file systems do not wait for the disk below
// the image; what they have written by then is in the image all the same.
func (d *Disk) mount(image string) []string {
	return []string{"mount", "-o", "loop,commit=300,nobarrier", image, d.Dir}
}

// Cut implements Power.
func (d *Disk) Cut() error { return tool("cp", "--sparse=always", d.image, d.kept) }

// On implements Power.
func (d *Disk) On() error {
	if err := tool("umount", d.Dir); err != nil {
		return err
	}
	return tool(d.mount(d.kept)...)
}

func tool(argv ...string) error {
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w: %s", argv, err, out)
	}
	return nil
}
