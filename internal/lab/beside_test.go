package lab

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestBesideCountsWhatLeftItsParent: a tool whose child goes on by itself, as an SSH connection that is kept does,
// is counted whole, while it works and after it ended, and nothing of it outlives the group.
func TestBesideCountsWhatLeftItsParent(t *testing.T) {
	t.Parallel()
	l := openLab(t)
	b, err := l.Beside("tool")
	check(t, err)
	used, err := b.CPU()
	check(t, err)

	// The fixed script works a while in a child that ends, then leaves one behind and tells its number.
	cmd := b.Command(t.Context(), "/bin/sh", "-c",
		`sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; setsid sleep 1000 >/dev/null 2>&1 & echo $!`)
	pipe, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	line, err := bufio.NewReader(pipe).ReadString('\n')
	check(t, err)
	check(t, cmd.Wait())
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	check(t, err)

	now, err := b.CPU()
	check(t, err)
	if spent := cmd.ProcessState.UserTime(); now-used < spent-20*time.Millisecond || spent == 0 {
		t.Errorf("counted %s, the programs used at least %s", now-used, spent)
	}
	memory, err := b.Memory()
	for end := time.Now().Add(10 * time.Second); err == nil && memory < 50<<10 && time.Now().Before(end); memory, err = b.Memory() {
		time.Sleep(time.Millisecond) // it has only just begun; nothing reports when it is whole
	}
	check(t, err)
	if memory < 50<<10 || memory > 50<<20 {
		t.Errorf("a sleeping program has %d bytes of memory", memory)
	}
	check(t, b.Close())
	if err := unix.Kill(pid, 0); err == nil {
		text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if !strings.Contains(string(text), ") Z ") { // ended, and not collected yet
			t.Errorf("process %d outlived its group: %s", pid, text)
		}
	}
	again, err := l.Beside("tool")
	check(t, err)
	check(t, again.Close())
	if _, err := l.Beside("../host"); err == nil {
		t.Error("a group was made outside of the lab's own")
	}
}
