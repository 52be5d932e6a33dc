// Package probe looks at a host from the inside: who listens on which port, whether a service answers
// on the loopback address, which release and kernel runs, how much room is left.
//
// A probe changes nothing, is over after a bounded time, and reports what it saw in the words of the
// thing it asked ("HTTP 500", "connection refused"), never what that might mean.
package probe

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// EphemeralPort is where the ports begin that the kernel gives away at random (ip_local_port_range):
// who listens there today need not do so tomorrow.
const EphemeralPort = 32768

const maxSockets = 10_000

// Socket is one listening socket of /proc/net.
type Socket struct {
	Proto   string // tcp, udp
	Address netip.Addr
	Port    int
	Inode   uint64
}

// Socket states of /proc/net/tcp (the kernel's tcp_states.h). A UDP socket without a peer is "closed".
const (
	stateListen = "0A"
	stateClosed = "07"
)

// ParseSockets reads /proc/net/tcp, tcp6, udp or udp6 and gives the sockets that wait for somebody.
func ParseSockets(r io.Reader, proto string) ([]Socket, error) {
	want := stateListen
	if proto == "udp" {
		want = stateClosed
	}
	var list []Socket
	in := bufio.NewScanner(r)
	for first := true; in.Scan(); first = false {
		words := strings.Fields(in.Text())
		if first || len(words) < 10 || words[3] != want {
			continue
		}
		address, port, ok := parseAddress(words[1])
		inode, err := strconv.ParseUint(words[9], 10, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("proc/net/%s: %.120q cannot be read", proto, in.Text())
		}
		if len(list) < maxSockets {
			list = append(list, Socket{Proto: proto, Address: address, Port: port, Inode: inode})
		}
	}
	return list, in.Err()
}

// parseAddress reads "0100007F:0050": the address in words of 32 bits, each in the byte order of the
// machine, which is little-endian on every architecture that is served.
func parseAddress(s string) (netip.Addr, int, bool) {
	host, port, _ := strings.Cut(s, ":")
	raw, err1 := hex.DecodeString(host)
	p, err2 := strconv.ParseUint(port, 16, 16)
	if err1 != nil || err2 != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.Addr{}, 0, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	address, _ := netip.AddrFromSlice(raw)
	return address.Unmap(), int(p), true
}

// Listening gives the listening sockets of the host with the process that serves each, without
// ephemeral ports and without repetition. proc is /proc.
func Listening(proc string) ([]fact.Listener, error) {
	sockets, err := open(proc)
	if err != nil {
		return nil, err
	}
	return listeners(sockets, owners(proc, sockets)), nil
}

// Served gives those of the listening sockets that have one of the inodes: what certain processes serve.
func Served(proc string, inodes map[uint64]bool) ([]fact.Listener, error) {
	sockets, err := open(proc)
	if err != nil {
		return nil, err
	}
	sockets = slices.DeleteFunc(sockets, func(s Socket) bool { return !inodes[s.Inode] })
	return listeners(sockets, owners(proc, sockets)), nil
}

// open reads the listening sockets, without ephemeral ports.
func open(proc string) ([]Socket, error) {
	var sockets []Socket
	for _, name := range []string{"tcp", "tcp6", "udp", "udp6"} {
		file, err := os.Open(filepath.Join(proc, "net", name))
		if os.IsNotExist(err) {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, fmt.Errorf("look at listening sockets: %w", err)
		}
		list, err := ParseSockets(file, strings.TrimSuffix(name, "6"))
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("look at listening sockets: %w", err)
		}
		sockets = append(sockets, list...)
	}
	return slices.DeleteFunc(sockets, func(s Socket) bool { return s.Port >= EphemeralPort }), nil
}

func listeners(sockets []Socket, owner map[uint64]string) []fact.Listener {
	list := make([]fact.Listener, 0, len(sockets))
	for _, s := range sockets {
		list = append(list, fact.Listener{Proto: s.Proto, Address: s.Address.String(), Port: s.Port, Process: owner[s.Inode]})
	}
	slices.SortFunc(list, func(a, b fact.Listener) int {
		if a.Port != b.Port {
			return a.Port - b.Port
		}
		return strings.Compare(a.Proto+" "+a.Address+" "+a.Process, b.Proto+" "+b.Address+" "+b.Process)
	})
	return slices.CompactFunc(list, func(a, b fact.Listener) bool {
		return a.Proto == b.Proto && a.Address == b.Address && a.Port == b.Port
	})
}

// owners finds the process that holds each socket. Where several do, a server with its workers, the
// first name in the alphabet stands for all, but systemd only if it is alone: it hands sockets on.
func owners(proc string, sockets []Socket) map[uint64]string {
	wanted := make(map[string]uint64, len(sockets))
	for _, s := range sockets {
		wanted[fmt.Sprintf("socket:[%d]", s.Inode)] = s.Inode
	}
	owner := map[uint64]string{}
	entries, err := os.ReadDir(proc)
	if err != nil || len(wanted) == 0 {
		return owner
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		fds, err := os.ReadDir(filepath.Join(proc, e.Name(), "fd"))
		if err != nil {
			continue // over, or a kernel thread
		}
		for _, fd := range fds {
			target, err := os.Readlink(filepath.Join(proc, e.Name(), "fd", fd.Name()))
			if inode, ok := wanted[target]; err == nil && ok {
				name := comm(filepath.Join(proc, e.Name()))
				if have := owner[inode]; name != "" && (have == "" || have == "systemd" || name != "systemd" && name < have) {
					owner[inode] = name
				}
			}
		}
	}
	return owner
}

func comm(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "comm"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
