package command

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrAlive says that processes could not be stopped within the time allowed.
var ErrAlive = errors.New("processes are still running")

// maxEnviron bounds how much of a process's environment is read. The mark stands among the first
// variables of whatever the runner started; shells and dpkg keep the variables they inherit.
const maxEnviron = 256 << 10

// process is what /proc tells of one process.
type process struct {
	pid, parent, session int
	dead                 bool // a zombie: over, though not yet collected
}

// family finds the processes that belong to one call, or to all calls of an agent: those that carry
// the mark, those in a session led by one of them, and all descendants. A process may leave its
// process group, its session or its parent, and may clean its environment, but hardly all at once;
// what does even that is caught by the control group of the agent's own unit, where there is one.
type family struct {
	proc     string
	mark     string // environment entry, or its beginning when prefix is set
	prefix   bool
	root     int    // first process of the call; 0 = none
	unit     string // name of the agent's unit; empty = do not look at control groups
	sessions map[int]bool
}

func (r *Runner) family(mark string, root int) *family {
	return &family{proc: r.proc(), mark: mark, root: root, sessions: map[int]bool{}}
}

func (r *Runner) proc() string {
	if r.Proc == "" {
		return "/proc"
	}
	return r.Proc
}

// EndLeftovers stops everything that earlier calls with this runner's mark left running, also those
// of an agent process that is no more, and reports how many there were. If unit is not empty, what
// runs in the control group of that unit besides the caller belongs to them. It returns when they are
// gone, or ErrAlive after limit.
func (r *Runner) EndLeftovers(unit string, limit time.Duration) (int, error) {
	if r.Mark == "" {
		return 0, errors.New("end leftovers: the runner has no mark")
	}
	f := &family{proc: r.proc(), mark: MarkName + "=" + r.Mark + ".", prefix: true, unit: unit, sessions: map[int]bool{}}
	found := len(f.members())
	return found, f.end(limit)
}

// end kills all members and returns when two looks in a row found none.
func (f *family) end(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for quiet := 0; quiet < 2; {
		alive := f.members()
		if len(alive) == 0 {
			quiet++
			continue
		}
		quiet = 0
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: %s", ErrAlive, f.names(alive))
		}
		// Freeze first, and look again until nobody new has been born: a killed script's caller could
		// otherwise go on with the next one.
		for known := 0; known != len(alive); alive = f.members() {
			known = len(alive)
			for _, p := range alive {
				_ = syscall.Kill(p.pid, syscall.SIGSTOP)
			}
		}
		for _, p := range alive {
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
		time.Sleep(10 * time.Millisecond) // the kernel needs a moment to tear them down
	}
	return nil
}

// members lists the living members, children of members included.
func (f *family) members() []process {
	all := f.processes()
	self := os.Getpid()
	kin := make(map[int]bool)
	spared := f.ancestors(all, self)
	for _, p := range all {
		if spared[p.pid] {
			continue
		}
		if p.pid == f.root || f.carries(p.pid) || f.inUnit(p.pid, self) {
			kin[p.pid] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !kin[p.pid] && !spared[p.pid] && (kin[p.parent] || f.sessions[p.session] || kin[p.session]) {
				kin[p.pid], grown = true, true
			}
		}
	}
	var alive []process
	for _, p := range all {
		if !kin[p.pid] {
			continue
		}
		if kin[p.session] {
			f.sessions[p.session] = true
		}
		if !p.dead {
			alive = append(alive, p)
		}
	}
	return alive
}

// ancestors is the caller with everything above it: they are nobody's leftovers.
func (f *family) ancestors(all []process, pid int) map[int]bool {
	parent := make(map[int]int, len(all))
	for _, p := range all {
		parent[p.pid] = p.parent
	}
	line := map[int]bool{0: true, 1: true}
	for pid > 1 && !line[pid] {
		line[pid] = true
		pid = parent[pid]
	}
	return line
}

func (f *family) carries(pid int) bool {
	env, err := readSome(filepath.Join(f.proc, strconv.Itoa(pid), "environ"), maxEnviron)
	if err != nil {
		return false // gone, or a kernel thread
	}
	for entry := range bytes.SplitSeq(env, []byte{0}) {
		if string(entry) == f.mark || f.prefix && bytes.HasPrefix(entry, []byte(f.mark)) {
			return true
		}
	}
	return false
}

// inUnit says whether the process runs in the same control group as the caller, and that group is the
// agent's unit: there, nothing but the agent and what it started can be.
func (f *family) inUnit(pid, self int) bool {
	if f.unit == "" {
		return false
	}
	mine := f.group(self)
	return strings.HasSuffix(mine, "/"+f.unit) && f.group(pid) == mine
}

// group is the path of a process's control group in the hierarchy that systemd uses: "0::" on cgroup
// v2 and mixed hosts, "name=systemd" on pure v1.
func (f *family) group(pid int) string {
	text, err := readSome(filepath.Join(f.proc, strconv.Itoa(pid), "cgroup"), 64<<10)
	if err != nil {
		return ""
	}
	path := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if _, v1, ok := strings.Cut(line, ":name=systemd:"); ok && path == "" {
			path = v1
		}
		if v2, ok := strings.CutPrefix(line, "0::"); ok {
			path = v2
		}
	}
	return path
}

func (f *family) names(list []process) string {
	names := make([]string, 0, len(list))
	for _, p := range list[:min(len(list), 10)] {
		comm, _ := readSome(filepath.Join(f.proc, strconv.Itoa(p.pid), "comm"), 64)
		names = append(names, fmt.Sprintf("%s (%d)", strings.TrimSpace(string(comm)), p.pid))
	}
	return strings.Join(names, ", ")
}

// processes lists what /proc shows, by number.
func (f *family) processes() []process {
	dir, err := os.Open(f.proc)
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // what could be read before an error counts; the caller looks again
	var all []process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := readSome(filepath.Join(f.proc, name, "stat"), 4096)
		if err != nil {
			continue
		}
		if p, ok := parseStat(pid, string(stat)); ok {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b process) int { return a.pid - b.pid })
	return all
}

// parseStat reads /proc/PID/stat (proc(5)): "pid (name) state ppid pgrp session …". The name may hold
// anything, so counting begins after its last parenthesis.
func parseStat(pid int, stat string) (process, bool) {
	i := strings.LastIndexByte(stat, ')')
	if i < 0 {
		return process{}, false
	}
	fields := strings.Fields(stat[i+1:])
	if len(fields) < 4 {
		return process{}, false
	}
	parent, err1 := strconv.Atoi(fields[1])
	session, err2 := strconv.Atoi(fields[3])
	if err1 != nil || err2 != nil {
		return process{}, false
	}
	return process{pid: pid, parent: parent, session: session, dead: fields[0] == "Z" || fields[0] == "X"}, true
}

// readSome reads at most limit bytes of a file whose size is not known beforehand.
func readSome(path string, limit int) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var out []byte
	chunk := make([]byte, 4096)
	for len(out) < limit {
		n, err := file.Read(chunk[:min(len(chunk), limit-len(out))])
		out = append(out, chunk[:n]...)
		if err != nil || n == 0 {
			break // the end, or the process is gone: what was read is what there is
		}
	}
	return out, nil
}
