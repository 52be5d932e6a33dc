package webhook

import (
	"context"
	"net/netip"
	"time"
)

// SetLookup replaces the resolver of a sender.
func (s *Sender) SetLookup(f func(ctx context.Context, network, host string) ([]netip.Addr, error)) {
	s.guard.lookup = f
}

// SetNow replaces the clock of a sender.
func (s *Sender) SetNow(now time.Time) { s.now = func() time.Time { return now } }

// SetTimeout bounds a try more tightly.
func (s *Sender) SetTimeout(d time.Duration) { s.http.Timeout = d }

// Reachable asks a guard with these allowances.
func Reachable(a netip.Addr, allow ...netip.Prefix) bool { return (&guard{allow: allow}).reachable(a) }
