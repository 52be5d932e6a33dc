package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The lab's network: the bridge has the first address, hosts follow from firstHostOctet on.
const (
	gatewayOctet   = 1
	firstHostOctet = 10
	lastHostOctet  = 250
)

// archiveName and repoName are the lab's names inside the hosts (".test" is reserved, RFC 6761).
// They are the same in every lab, so that package lists kept in cached roots stay valid.
const (
	archiveName = "archive.lab.test"
	repoName    = "repo.lab.test"
)

const netTimeout = 20 * time.Second

func ipTool(ctx context.Context, argv ...string) error {
	ctx, cancel := context.WithTimeout(ctx, netTimeout)
	defer cancel()
	_, err := tool(ctx, append([]string{"ip"}, argv...)...)
	return err
}

// octetAddr is the address with the given last octet in lab number n.
func octetAddr(n int, octet byte) netip.Addr {
	base := labNetwork(n).Addr().As4()
	base[3] = octet
	return netip.AddrFrom4(base)
}

// makeBridge makes the lab's bridge with its address. Nothing is routed: hosts reach this machine and each other only.
func (l *Lab) makeBridge(ctx context.Context) (netip.Addr, error) {
	gateway := octetAddr(l.number, gatewayOctet)
	if err := l.ledger.note("", kindLink, l.name); err != nil {
		return gateway, err
	}
	// Without an address of its own a bridge takes the lowest one of its ports: it
	// would change with every host that comes or goes, and the others would send to nobody.
	own := fmt.Sprintf("02:70:77:6c:62:%02x", l.number)
	for _, step := range [][]string{
		{"link", "add", l.name, "address", own, "type", "bridge", "forward_delay", "0"},
		{"address", "add", gateway.String() + "/24", "dev", l.name},
		{"link", "set", l.name, "up"},
	} {
		if err := ipTool(ctx, step...); err != nil {
			return gateway, fmt.Errorf("make the lab's network: %w", err)
		}
	}
	return gateway, nil
}

// wire is one host's connection: a network namespace with the interface host0,
// whose other end is on the lab's bridge.
type wire struct {
	namespace string
	port      string // this machine's end
	address   netip.Addr
}

func (w wire) path() string { return filepath.Join("/run/netns", w.namespace) }

// makeWire connects a host with the lab's bridge. There is no default route: the only way out is the lab.
func (l *Lab) makeWire(ctx context.Context, owner string, octet byte) (wire, error) {
	w := wire{
		namespace: l.name + "-" + owner,
		port:      l.name + "h" + strconv.Itoa(int(octet)),
		address:   octetAddr(l.number, octet),
	}
	if err := l.ledger.note(owner, kindNetwork, w.namespace); err != nil {
		return w, err
	}
	if err := l.ledger.note(owner, kindLink, w.port); err != nil {
		return w, err
	}
	for _, step := range [][]string{
		{"netns", "add", w.namespace},
		{"link", "add", w.port, "type", "veth", "peer", "name", "host0", "netns", w.namespace},
		{"link", "set", w.port, "master", l.name, "up"},
		{"-n", w.namespace, "link", "set", "lo", "up"},
		{"-n", w.namespace, "address", "add", w.address.String() + "/24", "dev", "host0"},
		{"-n", w.namespace, "link", "set", "host0", "up"},
	} {
		if err := ipTool(ctx, step...); err != nil {
			return w, fmt.Errorf("connect host %s: %w", owner, err)
		}
	}
	return w, nil
}

// removeLink takes away a network interface of a lab; it need not be there.
func removeLink(name string) error {
	if !strings.HasPrefix(name, "pwlab") {
		return errors.New("not an interface of a lab: left alone")
	}
	if !hasLink(name) {
		return nil
	}
	err := ipTool(context.Background(), "link", "delete", name)
	if err != nil && hasLink(name) {
		return err
	}
	return nil // also if it vanished by itself, together with the namespace of its other end
}

func hasLink(name string) bool {
	_, err := net.InterfaceByName(name)
	return err == nil
}

// removeNetwork takes away a network namespace of a lab; it need not be there.
func removeNetwork(name string) error {
	if !strings.HasPrefix(name, "pwlab") {
		return errors.New("not a network of a lab: left alone")
	}
	if _, err := os.Lstat(filepath.Join("/run/netns", name)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return ipTool(context.Background(), "netns", "delete", name)
}
