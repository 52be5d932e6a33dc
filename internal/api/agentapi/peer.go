package agentapi

import (
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// known lets a host in by its verified client certificate and hands its name on.
func (s *service) known(h func(w http.ResponseWriter, r *http.Request, system string) (any, error)) func(http.ResponseWriter, *http.Request) (any, error) {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		cert := peer(r)
		if cert == nil {
			return nil, &problem{http.StatusUnauthorized, "certificate",
				"a client certificate of this server's authority is needed; enrol the host first"}
		}
		system, ok := s.backend.Known(r.Context(), Serial(cert))
		if !ok || system == "" {
			s.log.WarnContext(r.Context(), "unknown or revoked certificate", "serial", Serial(cert), "name", cert.Subject.CommonName, "remote", r.RemoteAddr)
			return nil, &problem{http.StatusForbidden, "unknown_certificate",
				"the client certificate is not, or no longer, known; enrol the host again"}
		}
		return h(w, r, system)
	}
}

// peer returns the client's certificate if a chain of it was verified for that use.
func peer(r *http.Request) *x509.Certificate {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.VerifiedChains[0]) < 2 {
		return nil
	}
	cert := r.TLS.VerifiedChains[0][0]
	if cert.IsCA || !slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		return nil
	}
	return cert
}

// limiter bounds how often somebody without a certificate may ask, by address and over all.
type limiter struct {
	each  rate.Limit
	all   *rate.Limiter
	mu    sync.Mutex
	byWho map[netip.Addr]*visitor
}

type visitor struct {
	limit *rate.Limiter
	seen  time.Time
}

const (
	burst       = 5
	maxVisitors = 4096
)

func newLimiter(each rate.Limit) *limiter {
	return &limiter{each: each, all: rate.NewLimiter(10*each, 10*burst), byWho: map[netip.Addr]*visitor{}}
}

// allow reports whether the address may ask now. When there are too many addresses to remember, the
// one seen longest ago is forgotten; the limit over all still holds then.
func (l *limiter) allow(remote string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := addressOf(remote)
	v := l.byWho[who]
	if v == nil {
		if len(l.byWho) >= maxVisitors {
			l.forget()
		}
		v = &visitor{limit: rate.NewLimiter(l.each, burst)}
		l.byWho[who] = v
	}
	v.seen = now
	// The own limit is asked first: a noisy address must not use up what is there for all.
	return v.limit.AllowN(now, 1) && l.all.AllowN(now, 1)
}

func (l *limiter) forget() {
	var oldest netip.Addr
	var seen time.Time
	for who, v := range l.byWho {
		if seen.IsZero() || v.seen.Before(seen) {
			oldest, seen = who, v.seen
		}
	}
	delete(l.byWho, oldest)
}

// addressOf is the address that counts as one visitor: of IPv6 the /64, which is one customer's.
func addressOf(remote string) netip.Addr {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.Masked().Addr()
		}
	}
	return addr
}
