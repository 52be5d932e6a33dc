package restoretest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// errand is what a process is started for that will be killed.
type errand struct {
	Step  string
	At    int64 // the write at which it is killed
	Scope restore.Scope
}

const errandName = "PATCHWART_TEST_ERRAND"

// Killed lets a process of its own carry out a step and be killed with -9 at one of its writes, and judges
// what it left as the rest of the suite does. That process runs the test named child, which calls Errand.
func Killed(t *testing.T, child string, fresh func(t *testing.T) Host) {
	NeedRoot(t)
	for _, st := range steps[:2] {
		for _, at := range []int64{0, 2, 5, 11, 17} {
			t.Run(st.name+" at write "+itoa(int(at)), func(t *testing.T) {
				s := newScene(t, fresh)
				s.matter = "kill -9"
				st.prepare(s)
				task, err := json.Marshal(errand{st.name, at, s.host.Scope})
				s.ok(err)
				cmd := exec.Command(os.Args[0], "-test.run=^"+child+"$")
				cmd.Env = append(os.Environ(), errandName+"="+string(task))
				out, err := cmd.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != unix.SIGKILL {
					t.Fatalf("it was not killed: %v: %s", err, out)
				}
				t.Log(st.after(s, errCrash))
			})
		}
	}
}

// Errand carries out the step that Killed has started this process for, and skips in any other.
func Errand(t *testing.T, open func(store string, fault func(op, path string) error) restore.Driver) {
	text, ok := os.LookupEnv(errandName)
	if !ok {
		t.Skip("only for a process that is to be killed")
	}
	var task errand
	if err := json.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	var writes atomic.Int64
	d := open(task.Scope.Store, func(string, string) error {
		if writes.Add(1) > task.At {
			return unix.Kill(os.Getpid(), unix.SIGKILL) // it does not return
		}
		return nil
	})
	var err error
	if task.Step == "save" {
		_, err = d.Save(context.Background(), "p", task.Scope)
	} else {
		_, err = d.Restore(context.Background(), "p")
	}
	t.Fatalf("still alive after %d writes: %v", writes.Load(), err)
}
