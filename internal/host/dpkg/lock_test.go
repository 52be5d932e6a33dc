package dpkg

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary is its own "other package manager": called with this variable it takes the lock,
// says so, and holds it until its standard input ends.
const holdEnv = "PATCHWART_TEST_HOLD_LOCK"

func TestMain(m *testing.M) {
	path := os.Getenv(holdEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(file.Fd(), unix.F_SETLK, &lock); err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString("held\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func TestWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	d := Database{Root: t.TempDir()}
	if pid, err := d.Holder(LockFrontend); pid != 0 || err != nil {
		t.Fatalf("a lock that never was taken: %d, %v", pid, err)
	}
	path := d.path(LockFrontend)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if pid, err := d.Holder(LockFrontend); pid != 0 || err != nil {
		t.Fatalf("a lock nobody holds: %d, %v", pid, err)
	}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdEnv+"="+path)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if pid, err := d.Holder(LockFrontend); pid != other.Process.Pid || err != nil {
		t.Errorf("the lock is held by %d: got %d, %v", other.Process.Pid, pid, err)
	}
	in.Close()
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	if pid, err := d.Holder(LockFrontend); pid != 0 || err != nil {
		t.Errorf("after its holder ended: %d, %v", pid, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error("looking at a lock removed it")
	}
}
