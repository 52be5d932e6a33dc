package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func runner(t *testing.T) *Runner {
	t.Helper()
	return &Runner{Mark: "test-" + strings.ReplaceAll(t.Name(), "/", "-") + "-" + strconv.Itoa(os.Getpid())}
}

func script(text string, args ...string) Call {
	return Call{Tool: "sh", Args: append([]string{"-c", text, "sh"}, args...), Limit: time.Minute}
}

func TestToolGetsAFixedEnvironmentAndNoInput(t *testing.T) {
	t.Setenv("SECRET_OF_THE_AGENT", "x")
	res, err := runner(t).Run(context.Background(), Call{Tool: "env", Env: []string{"DEBIAN_FRONTEND=noninteractive"}})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSpace(string(res.Output)), "\n")
	slices.Sort(got)
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], "=test-")
	}
	want := []string{"DEBIAN_FRONTEND=noninteractive", "HOME=/root", "LC_ALL=C.UTF-8", MarkName, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if res, err := runner(t).Run(context.Background(), script("cat; pwd")); err != nil || string(res.Output) != "/\n" {
		t.Errorf("standard input is not empty, or the directory is not /: %q, %v", res.Output, err)
	}
}

func TestArgumentsStayArguments(t *testing.T) {
	t.Parallel()
	odd := []string{"; touch /tmp/x", "$(id)", "a b", "", "'"}
	res, err := runner(t).Run(context.Background(), script(`for a; do printf '[%s]' "$a"; done`, odd...))
	if want := "[; touch /tmp/x][$(id)][a b][][']"; err != nil || string(res.Output) != want {
		t.Errorf("%q, %v", res.Output, err)
	}
}

func TestMissingToolAndFailure(t *testing.T) {
	t.Parallel()
	r := runner(t)
	for _, tool := range []string{"no-such-tool", "../bin/sh", "/bin/sh", ""} {
		if _, err := r.Run(context.Background(), Call{Tool: tool}); !errors.Is(err, ErrMissing) {
			t.Errorf("%q: %v", tool, err)
		}
	}
	res, err := r.Run(context.Background(), script("echo out; echo first >&2; echo why >&2; exit 100"))
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Exit != 100 || res.Exit != 100 {
		t.Fatalf("%v", err)
	}
	if string(res.Output) != "out\n" || exit.Tail != "first\nwhy" || err.Error() != "sh ended with status 100: why" {
		t.Errorf("output %q, tail %q, %v", res.Output, exit.Tail, err)
	}
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	c := script("head -c 300000 /dev/zero | tr '\\0' x")
	c.Keep = 1000
	res, err := runner(t).Run(context.Background(), c)
	if !errors.Is(err, ErrCut) || len(res.Output) != 1000 {
		t.Errorf("%d bytes, %v", len(res.Output), err)
	}
}

func TestLinesAsTheyCome(t *testing.T) {
	t.Parallel()
	var got []string
	c := script(`printf '(Reading 5%%\r(Reading 100%%\r(Reading done)\r\n'; echo error >&2; printf '\033[1mbold\033[0m\tend'`)
	c.Line = func(s string) { got = append(got, s) }
	res, err := runner(t).Run(context.Background(), c)
	if want := []string{"(Reading done)", "error", "bold end"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if res.Tail != strings.Join(got, "\n") {
		t.Errorf("tail %q", res.Tail)
	}
}

func TestChildThatKeepsTheOutputOpenDoesNotHangTheCall(t *testing.T) {
	t.Parallel()
	r := runner(t)
	began := time.Now()
	res, err := r.Run(context.Background(), script("sleep 300 & echo done"))
	if err != nil || string(res.Output) != "done\n" {
		t.Errorf("%q, %v", res.Output, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
	if n, err := r.EndLeftovers("", 10*time.Second); n != 1 || err != nil {
		t.Errorf("%d left-over processes, %v", n, err)
	}
}

// What a maintainer script that hangs may have started: children in sessions of their own, with a
// clean environment, with the parent gone, with signals ignored.
const escapes = `
trap '' TERM HUP
setsid sleep 301 &
env -i setsid sleep 302 &
(sleep 303 &)
(env -i sh -c 'sleep 304 & sleep 305 & wait' &)
sh -c 'trap "" TERM; setsid sh -c "sleep 306 & exit" &'
echo ready
while :; do sleep 1; done
`

func TestEverythingIsStoppedAtTheLimit(t *testing.T) {
	t.Parallel()
	c := script(escapes)
	c.Limit = 2 * time.Second
	r := runner(t)
	res, err := r.Run(context.Background(), c)
	if !errors.Is(err, ErrLimit) || errors.Is(err, ErrAlive) {
		t.Fatalf("%v", err)
	}
	if string(res.Output) != "ready\n" {
		t.Errorf("%q", res.Output)
	}
	if left := sleepers(t, 301, 306); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}

func TestEverythingIsStoppedWhenTheAgentIs(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	c := script("setsid sleep 311 & sleep 312 & echo ready; wait; sleep 313")
	c.Line = func(string) { cancel() }
	_, err := runner(t).Run(ctx, c)
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrAlive) {
		t.Fatalf("%v", err)
	}
	if left := sleepers(t, 311, 313); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}

// An agent that was killed leaves apt running. The next agent finds it by the mark, and nobody else's.
func TestLeftoversOfAKilledAgent(t *testing.T) {
	t.Parallel()
	r, stranger := runner(t), &Runner{Mark: "stranger"}
	start := func(mark, text string) *exec.Cmd {
		cmd := exec.Command("sh", "-c", text)
		cmd.Env = []string{"PATH=/usr/bin:/bin", MarkName + "=" + mark + ".7"}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	ours := start(r.Mark, "setsid sleep 321 & env -i sleep 322 & wait")
	theirs := start("somebody-else", "exec sleep 323")
	defer func() {
		_ = theirs.Process.Kill()
		_ = theirs.Wait()
	}()
	for len(sleepers(t, 321, 323)) < 3 {
		time.Sleep(5 * time.Millisecond) // until the shell has started them
	}
	if n, err := stranger.EndLeftovers("", time.Second); n != 0 || err != nil {
		t.Errorf("another agent's processes: %d, %v", n, err)
	}
	n, err := r.EndLeftovers("", 10*time.Second)
	if n != 3 || err != nil {
		t.Errorf("%d, %v; want 3", n, err)
	}
	_ = ours.Wait() // killed
	if left := sleepers(t, 321, 323); len(left) != 1 || left[0] != 323 {
		t.Errorf("still running: %v; want only the stranger's 323", left)
	}
	if n, err := r.EndLeftovers("", time.Second); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

func TestWithoutAMarkNothingIsEnded(t *testing.T) {
	t.Parallel()
	if _, err := (&Runner{}).EndLeftovers("", time.Second); err == nil {
		t.Error("no error")
	}
}

// sleepers lists which of the "sleep N" processes are running, for N within the two numbers.
func sleepers(t *testing.T, from, to int) []int {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, dir := range dirs {
		text, _ := os.ReadFile(dir + "/cmdline")
		words := strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
		if len(words) != 2 || words[0] != "sleep" {
			continue
		}
		if n, err := strconv.Atoi(words[1]); err == nil && n >= from && n <= to {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found
}

// A process in the agent's own unit belongs to the agent even if it has lost the mark and its parent.
func TestControlGroupOfTheAgent(t *testing.T) {
	t.Parallel()
	proc := t.TempDir()
	self := os.Getpid()
	process := func(pid, parent int, group string) {
		dir := filepath.Join(proc, strconv.Itoa(pid))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"stat":   fmt.Sprintf("%d (a) b) S %d %d %d 0 -1", pid, parent, pid, pid),
			"cgroup": "0::/system.slice/" + group + "\n", "environ": "PATH=/bin\x00",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	const high = 1 << 22 // beyond every real process number
	process(1, 0, "init.scope")
	process(self, 1, "agent.service")
	process(high+1, 1, "agent.service")
	process(high+2, high+1, "other.service")
	process(high+3, 1, "other.service")
	members := func(unit string) []int {
		f := &family{proc: proc, mark: "X=y.", prefix: true, unit: unit, sessions: map[int]bool{}}
		var pids []int
		for _, p := range f.members() {
			pids = append(pids, p.pid-high)
		}
		return pids
	}
	if got := members("agent.service"); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("%v, want the lost child and its own child", got)
	}
	if got := members("elsewhere.service"); len(got) != 0 {
		t.Errorf("an agent that runs outside its unit takes %v for its own", got)
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\rb\x1b[31mc")
	f.Add("\x1b[")
	f.Fuzz(func(t *testing.T, text string) {
		got := Printable(text)
		if len(got) > MaxLine || strings.ContainsAny(got, "\x00\x1b\r\n\t") {
			t.Errorf("%q", got)
		}
		var l lines
		_, _ = l.Write([]byte(text))
		l.flush()
		if len(l.String()) > MaxTail {
			t.Error("the tail is too long")
		}
	})
}

func FuzzStat(f *testing.F) {
	f.Add("1 (systemd) S 0 1 1 0 -1")
	f.Add("7 (a) b) Z 1 2 3")
	f.Fuzz(func(_ *testing.T, text string) { parseStat(1, text) })
}
