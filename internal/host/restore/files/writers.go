package files

import (
	"bufio"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// writers finds the files that some process can write to in place at this moment: open for writing,
// or mapped shared and writable. Such a file is copied, because a write would reach through a link.
// A process that ends meanwhile, or that may not be looked at, is passed over: what this misses is
// found by the content check of a restore.
func writers() map[inodeID]bool {
	out := map[inodeID]bool{}
	procs, err := os.ReadDir("/proc")
	if err != nil {
		return out
	}
	for _, p := range procs {
		if _, err := strconv.Atoi(p.Name()); err == nil {
			openWriters("/proc/"+p.Name(), out)
			mappedWriters("/proc/"+p.Name(), out)
		}
	}
	return out
}

func openWriters(proc string, out map[inodeID]bool) {
	fds, err := os.ReadDir(proc + "/fd")
	if err != nil {
		return
	}
	for _, fd := range fds {
		target, err := os.Readlink(proc + "/fd/" + fd.Name())
		if err != nil || !strings.HasPrefix(target, "/") {
			continue // a socket, a pipe, …
		}
		info, err := os.ReadFile(proc + "/fdinfo/" + fd.Name())
		if err != nil || !opensForWriting(string(info)) {
			continue
		}
		note(proc+"/fd/"+fd.Name(), out)
	}
}

// opensForWriting reads the flags line of a fdinfo file, see proc_pid_fdinfo(5).
func opensForWriting(info string) bool {
	for line := range strings.SplitSeq(info, "\n") {
		if v, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseUint(strings.TrimSpace(v), 8, 64)
			return err != nil || flags&unix.O_ACCMODE != unix.O_RDONLY
		}
	}
	return true
}

func mappedWriters(proc string, out map[inodeID]bool) {
	f, err := os.Open(proc + "/maps")
	if err != nil {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text()) // range, permissions, offset, device, inode, path
		if len(fields) >= 6 && len(fields[1]) == 4 && fields[1][1] == 'w' && fields[1][3] == 's' && fields[4] != "0" {
			from, to, _ := strings.Cut(fields[0], "-")
			note(proc+"/map_files/"+strings.TrimLeft(from, "0")+"-"+strings.TrimLeft(to, "0"), out)
		}
	}
}

// note adds the regular file that a /proc link leads to, in whatever mount namespace it is.
func note(link string, out map[inodeID]bool) {
	var st unix.Stat_t
	if unix.Stat(link, &st) == nil && kindOf(st.Mode) == isFile {
		out[idOf(&st)] = true
	}
}
