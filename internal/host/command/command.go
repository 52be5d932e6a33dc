// Package command runs one tool of the host, by argument vector and never through a shell.
//
// Rules every call keeps: a fixed search path and a minimal environment in the C locale, so that what
// a tool prints can be parsed; standard input is empty, so that nothing ever waits for an answer;
// output and time are bounded; and when the time is over, everything the tool started is stopped with
// it, also what has moved into a session of its own. To make that possible every call carries a mark
// in its environment, which all its descendants inherit and which outlives a killed agent.
package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// MarkName is the environment variable that every started process carries.
const MarkName = "PATCHWART_STARTED_BY"

// Bounds of a call.
const (
	DefaultLimit = 2 * time.Minute // when Call.Limit is 0
	DefaultKeep  = 32 << 20        // bytes of output kept when Call.Keep is 0
	KillWait     = 15 * time.Second
	pipeWait     = 3 * time.Second // for output that a left-over child still holds open
)

// searchPath is where tools are looked for. Administrators' own tools (/usr/local) are not among them:
// a run depends on nothing that the distribution did not install.
var searchPath = []string{"/usr/sbin", "/usr/bin", "/sbin", "/bin"}

var (
	// ErrMissing says that the host has no such tool.
	ErrMissing = errors.New("tool is not installed")
	// ErrLimit says that the call took longer than its limit, and was stopped.
	ErrLimit = errors.New("stopped at its time limit")
	// ErrCut says that the tool printed more than is kept; its output is not to be relied on.
	ErrCut = errors.New("output is longer than what is kept")
)

// Runner starts tools on one host.
type Runner struct {
	Root string // where the host's files are; empty or "/" = here, otherwise tools run in a chroot
	Mark string // tells this agent's processes from everybody else's; letters, digits, hyphens
	Proc string // where the processes are seen; empty = /proc

	calls atomic.Int64
}

// Call is one use of a tool.
type Call struct {
	Tool  string   // name without a directory
	Args  []string // argument vector without the name
	Env   []string // KEY=value beyond the fixed environment
	Limit time.Duration
	Keep  int // bytes of standard output to keep
	// Line is told each line of standard output and standard error as it comes, made printable. Output
	// then holds both streams.
	Line func(string)
}

// Result is what a call left.
type Result struct {
	Output []byte // standard output
	Tail   string // the last lines of both streams, for people; at most MaxTail bytes
	Exit   int
	Took   time.Duration
}

// ExitError says that a tool ended with a status other than 0.
type ExitError struct {
	Tool string
	Exit int
	Tail string
}

func (e *ExitError) Error() string {
	last := e.Tail
	if i := strings.LastIndexByte(last, '\n'); i >= 0 {
		last = last[i+1:]
	}
	return fmt.Sprintf("%s ended with status %d: %s", e.Tool, e.Exit, last)
}

// Find gives the absolute path of a tool on the host, or false.
func (r *Runner) Find(tool string) (string, bool) {
	if tool == "" || strings.ContainsRune(tool, '/') {
		return "", false
	}
	for _, dir := range searchPath {
		info, err := os.Stat(filepath.Join(r.root(), dir, tool))
		if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return dir + "/" + tool, true
		}
	}
	return "", false
}

func (r *Runner) root() string {
	if r.Root == "" {
		return "/"
	}
	return r.Root
}

// Run carries out a call and waits for it. The error is nil only if the tool ended with status 0.
// After an error by limit or by ctx nothing that the call started is left, or ErrAlive says what is.
func (r *Runner) Run(ctx context.Context, c Call) (Result, error) {
	path, ok := r.Find(c.Tool)
	if !ok {
		return Result{}, fmt.Errorf("%s: %w", c.Tool, ErrMissing)
	}
	if c.Limit <= 0 {
		c.Limit = DefaultLimit
	}
	if c.Keep <= 0 {
		c.Keep = DefaultKeep
	}
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("%s: %w", c.Tool, err)
	}
	mark := fmt.Sprintf("%s=%s.%d", MarkName, r.Mark, r.calls.Add(1))
	kept := &bounded{limit: c.Keep}
	tail := &lines{tell: c.Line}
	cmd := &exec.Cmd{
		Path: path, Args: append([]string{c.Tool}, c.Args...), Dir: "/",
		Env: append([]string{
			"PATH=" + strings.Join(searchPath, ":"), "HOME=/root", "TERM=dumb", "LC_ALL=C.UTF-8", mark,
		}, c.Env...),
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
		WaitDelay:   pipeWait,
	}
	if root := r.root(); root != "/" {
		cmd.SysProcAttr.Chroot = root
	}
	// One writer for both streams keeps their order; it needs no lock, as os/exec then uses one pipe.
	if c.Line != nil {
		both := io.MultiWriter(kept, tail)
		cmd.Stdout, cmd.Stderr = both, both
	} else {
		cmd.Stdout, cmd.Stderr = kept, tail
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("start %s: %w", path, err)
	}
	over := make(chan ended, 1)
	go func() { over <- ended{cmd.Wait()} }()
	err := r.await(ctx, c, cmd.Process.Pid, mark, over)
	if errors.Is(err, errNotOver) { // the streams are still being written to
		return Result{Exit: -1, Took: time.Since(began)}, fmt.Errorf("%s: %w", c.Tool, err)
	}
	tail.flush()
	res := Result{Output: kept.buf.Bytes(), Tail: tail.String(), Exit: cmd.ProcessState.ExitCode(), Took: time.Since(began)}
	if c.Line == nil && res.Tail == "" {
		res.Tail = lastLines(res.Output)
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return res, &ExitError{Tool: c.Tool, Exit: res.Exit, Tail: res.Tail}
	case errors.Is(err, exec.ErrWaitDelay):
		// The tool itself ended well; a child it left keeps its output open, and nobody listens any more.
	case err != nil:
		return res, fmt.Errorf("%s: %w", c.Tool, err)
	}
	if kept.cut && c.Line == nil {
		return res, fmt.Errorf("%s: %w", c.Tool, ErrCut)
	}
	return res, nil
}

// ended is how a process ended.
type ended struct{ err error }

// errNotOver marks a process that even a kill did not end, as one that waits for a broken disk.
var errNotOver = errors.New("it cannot be killed")

// await returns when the process is over and its output complete, or when it had to be stopped. Only
// with errNotOver it is neither.
func (r *Runner) await(ctx context.Context, c Call, pid int, mark string, over <-chan ended) error {
	timer := time.NewTimer(c.Limit)
	defer timer.Stop()
	var why error
	select {
	case e := <-over:
		return e.err
	case <-ctx.Done():
		why = ctx.Err()
	case <-timer.C:
		why = fmt.Errorf("%w of %s", ErrLimit, c.Limit)
	}
	why = errors.Join(why, r.family(mark, pid).end(KillWait))
	timer.Reset(2 * pipeWait)
	select {
	case <-over: // how it ended is no news: it was killed
		return why
	case <-timer.C:
		return errors.Join(why, errNotOver)
	}
}

// bounded keeps the first bytes of a stream and says whether there were more. The buffer is no
// embedded field: its ReadFrom would let a stream in past the bound.
type bounded struct {
	buf   bytes.Buffer
	limit int
	cut   bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.buf.Len(); len(p) > room {
		b.cut = true
		b.buf.Write(p[:room])
		return len(p), nil
	}
	return b.buf.Write(p)
}
