package mailtest

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// Cable is a connection to a server that can be cut.
type Cable struct {
	Port  int
	Plugs atomic.Int32 // connections so far
	mu    sync.Mutex
	open  map[net.Conn]bool
}

// NewCable lays a cable to a port of the loopback.
func NewCable(t *testing.T, to int) *Cable {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no port")
	}
	c := &Cable{Port: addr.Port, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); c.Cut() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", "127.0.0.1:"+strconv.Itoa(to))
			if err != nil {
				_ = near.Close()
				continue
			}
			c.Plugs.Add(1)
			c.mu.Lock()
			c.open[near], c.open[far] = true, true
			c.mu.Unlock()
			go c.carry(near, far)
			go c.carry(far, near)
		}
	}()
	return c
}

func (c *Cable) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, to)
	delete(c.open, from)
}

// Cut ends all connections; new ones can be made.
func (c *Cable) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		_ = conn.Close()
	}
}
