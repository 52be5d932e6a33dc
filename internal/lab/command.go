package lab

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Bounds on what a tool may say: more is cut off, so that a runaway cannot fill the memory.
const (
	maxStdout = 32 << 20
	maxStderr = 64 << 10
)

// ExitError says that a command ran and did not end well.
type ExitError struct {
	// Argv is the command as it was called.
	Argv []string
	// Code is its exit status, -1 when a signal or a deadline ended it.
	Code int
	// Stderr is the end of what it wrote to standard error (of standard output when that is empty).
	Stderr string
	// Cause is the error of the operating system or the context.
	Cause error
}

func (e *ExitError) Error() string {
	text := strings.Join(e.Argv, " ")
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return fmt.Sprintf("%s: %v: %s", text, e.Cause, strings.Join(strings.Fields(e.Stderr), " "))
}

// Unwrap gives the cause, so that errors.Is finds a context's end.
func (e *ExitError) Unwrap() error { return e.Cause }

// tail keeps the last bytes of a stream; head keeps the first ones.
type tail struct {
	bytes.Buffer
	limit int
}

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	if over := t.Len() + n - t.limit; over > 0 {
		if over >= t.Len() {
			t.Reset()
			p = p[max(0, n-t.limit):]
		} else {
			t.Next(over)
		}
	}
	_, err := t.Buffer.Write(p)
	return n, err
}

type head struct {
	bytes.Buffer
	limit int
	cut   bool
}

func (h *head) Write(p []byte) (int, error) {
	n := len(p)
	if room := h.limit - h.Len(); n > room {
		h.cut, p = true, p[:room]
	}
	_, err := h.Buffer.Write(p)
	return n, err
}

// prepare gives a command its bounds: own process group, ended as a whole when ctx ends, no waiting for stray children.
func prepare(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
}

// finish runs a prepared command and turns a bad end into an *ExitError.
func finish(ctx context.Context, cmd *exec.Cmd, argv []string) ([]byte, error) {
	stdout, stderr := &head{limit: maxStdout}, &tail{limit: maxStderr}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	if err == nil && stdout.cut {
		err = fmt.Errorf("more than %d MiB of output", maxStdout>>20)
	}
	if err == nil {
		return stdout.Bytes(), nil
	}
	failure := &ExitError{Argv: argv, Code: -1, Stderr: stderr.String(), Cause: err}
	if cmd.ProcessState != nil {
		failure.Code = cmd.ProcessState.ExitCode()
	}
	if ctx.Err() != nil {
		failure.Cause = ctx.Err()
	}
	if strings.TrimSpace(failure.Stderr) == "" {
		said := stdout.Bytes()
		failure.Stderr = string(said[max(0, len(said)-2000):])
	}
	return stdout.Bytes(), failure
}

// toolEnv is the environment of tools on this machine: short, in one language, never asking back.
func toolEnv() []string {
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
	}
}

// tool runs a program of this machine and returns its standard output.
func tool(ctx context.Context, argv ...string) ([]byte, error) {
	return toolIn(ctx, "", argv...)
}

// programPath finds a program also in the system directories, which a user's PATH may lack.
func programPath(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/local/sbin/", "/usr/sbin/", "/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	return name
}

// toolIn runs a program of this machine in a directory.
func toolIn(ctx context.Context, dir string, argv ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, programPath(argv[0]), argv[1:]...)
	cmd.Env, cmd.Dir = toolEnv(), dir
	prepare(cmd)
	return finish(ctx, cmd, argv)
}

// joinGroups is a fixed script: it moves itself into the control groups named
// before "--" and becomes the program named after it. Data reaches it as
// arguments only.
const joinGroups = `while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"`

// alone is a fixed script: in a mount namespace of its own it lets go of all
// labs' disks but the one named first, and becomes the program named next. Else
// a running host would keep a hidden copy of every other host's mount, and with
// it their file systems alive beyond unmounting.
const alone = `keep=$1; shift
while read -r _ _ _ _ point _; do case $point in
"$keep") ;;
*/pwlab*-*/hosts/*/root|*/roots/build-*/root) umount -l "$point";;
esac; done </proc/self/mountinfo
exec "$@"`

// withDisk gives the argument vector that starts argv with no lab's disk but the one mounted at dir.
func withDisk(dir string, argv ...string) []string {
	return append([]string{"unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", alone, "sh", dir}, argv...)
}

// inGroups gives the argument vector that starts argv inside control groups.
func inGroups(groups []string, argv ...string) []string {
	full := append([]string{"/bin/sh", "-c", joinGroups, "sh"}, groups...)
	return append(append(full, "--"), argv...)
}

// ownerOf is the numeric owner of a file.
func ownerOf(info os.FileInfo) uint32 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Uid
	}
	return ^uint32(0)
}
