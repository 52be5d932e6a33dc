package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
)

const greetingLimit = 5 * time.Second

// SSH asks a listening sshd for its greeting (RFC 4253 section 4.2), on the address it listens on, and
// goes away again. nil means that it greeted.
func SSH(ctx context.Context, l fact.Listener) error {
	ctx, cancel := context.WithTimeout(ctx, greetingLimit)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(near(l.Address), strconv.Itoa(l.Port)))
	if err != nil {
		return fmt.Errorf("%s", saw(err))
	}
	defer func() { _ = conn.Close() }() // only its greeting was wanted
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetReadDeadline(deadline); err != nil {
			return err
		}
	}
	greeting, err := bufio.NewReader(io.LimitReader(conn, 1024)).ReadString('\n')
	if !strings.HasPrefix(greeting, "SSH-") {
		if err != nil {
			return fmt.Errorf("%s", saw(err))
		}
		return fmt.Errorf("no SSH greeting")
	}
	return nil
}

// near is the loopback address for a socket that listens on all addresses.
func near(address string) string {
	a, err := netip.ParseAddr(address)
	switch {
	case err != nil || !a.IsUnspecified():
		return address
	case a.Is4():
		return "127.0.0.1"
	}
	return "::1"
}
