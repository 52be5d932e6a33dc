package service

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Replaced finds the services with a process that runs code from files which are no longer there: it
// reads the memory maps of all processes. It sees what needrestart sees of programs and libraries,
// without scripts, and one thing more: code that was moved to the place aside, which is where a
// restore puts the files that an update had brought. aside may be empty; proc is /proc.
func Replaced(proc, aside string) []string {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil
	}
	found := map[string]bool{}
	for _, e := range entries {
		pid := e.Name()
		if _, err := strconv.Atoi(pid); err != nil {
			continue
		}
		unit := unitOf(filepath.Join(proc, pid, "cgroup"))
		if unit != "" && !found[unit] && usesReplaced(filepath.Join(proc, pid, "maps"), aside) {
			found[unit] = true
		}
	}
	names := make([]string, 0, len(found))
	for n := range found {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func usesReplaced(maps, aside string) bool {
	file, err := os.Open(maps)
	if err != nil {
		return false // the process is over
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	in.Buffer(make([]byte, 0, 16<<10), maxLine)
	for in.Scan() {
		if replacedCode(in.Text(), aside) {
			return true
		}
	}
	return false
}

// replacedCode reads one line of /proc/PID/maps (proc(5)): "from-to perms offset device inode path".
// Code counts only where packages put it: temporary files, memory segments and what a program compiled
// for itself come and go as they are meant to.
func replacedCode(line, aside string) bool {
	i := strings.IndexByte(line, '/')
	words := strings.Fields(line)
	if i < 0 || len(words) < 6 || !strings.Contains(words[1], "x") {
		return false
	}
	path, deleted := strings.CutSuffix(line[i:], " (deleted)")
	if aside != "" && strings.HasPrefix(path, strings.TrimSuffix(aside, "/")+"/") {
		return true
	}
	if !deleted {
		return false
	}
	for _, dir := range []string{"/usr/", "/lib", "/bin/", "/sbin/", "/opt/"} {
		if strings.HasPrefix(path, dir) {
			return true
		}
	}
	return false
}

// unitOf names the service a process belongs to by its control group, and the system manager for the
// first process. Sessions and scopes are nobody's service.
func unitOf(cgroup string) string {
	text, err := os.ReadFile(cgroup)
	if err != nil {
		return ""
	}
	path := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if _, p, ok := strings.Cut(line, ":name=systemd:"); ok && path == "" {
			path = p // cgroup v1
		}
		if p, ok := strings.CutPrefix(line, "0::"); ok {
			path = p
		}
	}
	if path == "/init.scope" || strings.HasSuffix(path, "/payload/init.scope") {
		return Manager
	}
	i := strings.Index(path, "/system.slice/")
	if i < 0 {
		return ""
	}
	for part := range strings.SplitSeq(path[i:], "/") {
		if isUnit(part) {
			return part
		}
	}
	return ""
}
