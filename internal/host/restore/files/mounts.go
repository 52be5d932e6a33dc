package files

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// What is mounted somewhere in the tree is the customer's (a data disk, a network share) or the
// kernel's, unless the place is one of those the system may be split over (FHS 3.0, and the EFI
// partition).

var systemMounts = map[string]bool{"/boot": true, "/efi": true, "/usr": true, "/etc": true, "/var": true, "/opt": true, "/var/lib": true, "/var/lib/dpkg": true, "/var/lib/apt": true, "/var/cache": true}

// notDisks are file systems that hold nothing a package manager wrote.
var notDisks = map[string]bool{
	"autofs": true, "binfmt_misc": true, "bpf": true, "cgroup": true, "cgroup2": true, "configfs": true, "debugfs": true,
	"devpts": true, "devtmpfs": true, "efivarfs": true, "fusectl": true, "hugetlbfs": true, "mqueue": true, "nsfs": true,
	"proc": true, "pstore": true, "ramfs": true, "rpc_pipefs": true, "securityfs": true, "squashfs": true, "sysfs": true,
	"tracefs": true, "erofs": true,
}

// crossable says whether what is mounted at p is part of the system.
func crossable(p, fstype string) bool {
	if notDisks[fstype] || strings.HasPrefix(fstype, "fuse.") {
		return false
	}
	return systemMounts[p] || below(p, "/usr") || below(p, "/boot") || below(p, "/efi")
}

// mountsBelow gives the mount points below root (itself not), relative to it, with the type of what
// is mounted on top.
func mountsBelow(root string) (map[string]string, error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("restore: what is mounted cannot be read: %w", err)
	}
	defer f.Close()
	out := map[string]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		point, fstype, ok := parseMount(lines.Text())
		if !ok {
			return nil, fmt.Errorf("restore: a line of /proc/self/mountinfo is not understood: %q", lines.Text())
		}
		if p, ok := (&rules{root: root}).inside(point); ok && p != "/" {
			out[p] = fstype
		}
	}
	return out, lines.Err()
}

// parseMount reads one line of mountinfo, see proc_pid_mountinfo(5).
func parseMount(line string) (point, fstype string, ok bool) {
	head, tail, found := strings.Cut(line, " - ")
	fields, rest := strings.Fields(head), strings.Fields(tail)
	if !found || len(fields) < 6 || len(rest) < 1 {
		return "", "", false
	}
	return unescape(fields[4]), rest[0], true
}

// unescape undoes the kernel's \040 for blanks and the like.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// swapFiles are the files the kernel swaps to. They are never read nor moved.
func swapFiles() ([]string, error) {
	b, err := os.ReadFile("/proc/swaps")
	if errors.Is(err, fs.ErrNotExist) { // a kernel without swap
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("restore: what is swapped to cannot be read: %w", err)
	}
	var out []string
	for i, line := range strings.Split(string(b), "\n") {
		if f := strings.Fields(line); i > 0 && len(f) > 1 && f[1] == "file" {
			out = append(out, unescape(f[0]))
		}
	}
	return out, nil
}

func isNotDir(err error) bool { return errors.Is(err, unix.ENOTDIR) }
