package lab

import (
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func storyProcesses(t *testing.T, l *Lab) {
	h := bootHost(t, l, HostSpec{Name: "mine"})
	other := bootHost(t, l, HostSpec{Name: "theirs"})
	cmd, err := h.Command(t.Context(), "sleep", "4711")
	check(t, err)
	check(t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()

	find := func() int {
		list, err := h.Processes()
		check(t, err)
		for _, p := range list {
			if p.HostPID > 1 && strings.Join(p.Args, " ") == "sleep 4711" {
				return p.PID
			}
		}
		return 0
	}
	pid := find()
	for deadline := time.Now().Add(10 * time.Second); pid == 0 && time.Now().Before(deadline); pid = find() {
		time.Sleep(5 * time.Millisecond) // the program appears when nsenter has become it
	}
	if pid == 0 {
		t.Fatal("the command is not among the host's processes")
	}
	if err := other.Signal(t.Context(), pid, unix.SIGKILL); err == nil {
		t.Error("another host's process was signalled")
	}
	if err := h.Signal(t.Context(), os.Getpid(), unix.Signal(0)); err == nil {
		t.Error("a process of this machine was taken for the host's")
	}
	check(t, h.Signal(t.Context(), pid, unix.SIGKILL))
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("the process did not end")
	}

	// What a host's programs work is counted as its own, and not as its neighbour's.
	before, err := h.CPU()
	check(t, err)
	idle, err := other.CPU()
	check(t, err)
	const busy = `i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done`
	run(t, h, "sh", "-c", busy)
	after, err := h.CPU()
	check(t, err)
	beside, err := other.CPU()
	check(t, err)
	if worked := after - before; worked < 50*time.Millisecond || worked > time.Minute {
		t.Errorf("half a million steps were counted as %s", worked)
	}
	if before == 0 || beside-idle > after-before {
		t.Errorf("the host worked %s, its neighbour %s, booting took %s", after-before, beside-idle, before)
	}
}
