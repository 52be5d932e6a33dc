package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// guard keeps deliveries out of networks that are nobody's business: an address that a customer names could
// else reach the database or the cloud's metadata service behind the operator's firewall.
type guard struct {
	allow  []netip.Prefix
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// refusedError is a target that is not sent to.
type refusedError struct{ to netip.Addr }

// Error names the address.
func (e *refusedError) Error() string { return fmt.Sprintf("%s is not sent to", e.to) }

// maxAddresses of a name are tried.
const maxAddresses = 4

// dial resolves a name once, looks at all of its addresses, and connects to one that it has looked at: a
// name that answers differently the second time gains nothing. One bad address spoils the name.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var found []netip.Addr
	if literal, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{literal}
	} else if found, err = g.lookup(ctx, "ip", host); err != nil {
		return nil, err
	}
	for i, a := range found {
		found[i] = a.Unmap()
		if !g.reachable(found[i]) {
			return nil, &refusedError{to: found[i]}
		}
	}
	err = errors.New("the name has no addresses")
	dialer := net.Dialer{Timeout: dialTimeout}
	for _, a := range found[:min(len(found), maxAddresses)] {
		var conn net.Conn
		if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// reachable tells whether an address may be sent to.
func (g *guard) reachable(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	within := func(p netip.Prefix) bool { return p.Contains(a) }
	if slices.ContainsFunc(g.allow, within) {
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(special, within) && (a.Is4() || global6.Contains(a))
}

// global6 is all that the public network has of IPv6 (RFC 4291, section 2.4).
var global6 = netip.MustParsePrefix("2000::/3")

// special are networks that look public and are not, or lead to others (the registries of RFC 6890).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),   // shared by providers, RFC 6598
	netip.MustParsePrefix("192.0.0.0/24"),    // RFC 6890
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation, RFC 5737
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays, RFC 7526
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks, RFC 2544
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved
	netip.MustParsePrefix("2001::/23"),       // protocols, with Teredo, which holds IPv4 addresses, RFC 4380
	netip.MustParsePrefix("2001:db8::/32"),   // documentation, RFC 3849
	netip.MustParsePrefix("2002::/16"),       // 6to4, which holds IPv4 addresses, RFC 3056
	netip.MustParsePrefix("3fff::/20"),       // documentation, RFC 9637
}
