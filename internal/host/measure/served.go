package measure

import (
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
)

func (d *Desk) proc() string {
	if d.Proc == "" {
		return "/proc"
	}
	return d.Proc
}

// members are the processes of a control group and of those below it. A group that is gone has none.
func (d *Desk) members(group string) []string {
	if group == "" {
		return nil
	}
	root := d.path(filepath.Join("/sys/fs/cgroup", group))
	var pids []string
	_ = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil //nolint:nilerr // what goes away while it is looked at serves nothing
		}
		text, err := os.ReadFile(filepath.Join(path, "cgroup.procs"))
		if err == nil {
			pids = append(pids, strings.Fields(string(text))...)
		}
		return nil
	})
	return pids
}

// sockets are the inodes of the sockets that a process holds.
func (d *Desk) sockets(pid string) []uint64 {
	dir := filepath.Join(d.proc(), pid, "fd")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var list []uint64
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		text, ok := strings.CutPrefix(target, "socket:[")
		inode, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 64)
		if ok && err == nil {
			list = append(list, inode)
		}
	}
	return list
}

// listens reads the property Listen of a socket unit: "[::]:80 (Stream)" and "0.0.0.0:53 (Datagram)", one a
// line; paths of local sockets are no ports.
func listens(property string) []fact.Listener {
	var list []fact.Listener
	for line := range strings.SplitSeq(property, "\n") {
		address, kind, _ := strings.Cut(line, " ")
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			continue
		}
		proto := "tcp"
		if strings.Contains(kind, "Datagram") {
			proto = "udp"
		}
		list = append(list, fact.Listener{Proto: proto, Address: at.Addr().String(), Port: int(at.Port()), Process: "systemd"})
	}
	return list
}
