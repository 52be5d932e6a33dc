package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// maxNames bounds the names of a certificate that are reported.
const maxNames = 100

// askTLS completes a handshake and reads the server's certificate. Who signed it is not asked: a host does not
// judge its own certificates, and the question is whether they are the ones from before.
func askTLS(ctx context.Context, address string, c estate.Check) (*verdict.Certificate, string, error) {
	ctx, cancel := context.WithTimeout(ctx, CheckLimit)
	defer cancel()
	d := tls.Dialer{Config: &tls.Config{
		ServerName: c.Host,
		MinVersion: tls.VersionTLS10, // what the service offered before, not what it should
		// The certificate is compared with the one from before, not with the world; nothing is sent.
		InsecureSkipVerify: true, //nolint:gosec // see above
	}}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, saw(err), err
	}
	defer func() { _ = conn.Close() }() // only the handshake was wanted
	secure, ok := conn.(*tls.Conn)
	if !ok || len(secure.ConnectionState().PeerCertificates) == 0 {
		return nil, "no certificate", nil
	}
	state := secure.ConnectionState()
	cert := certificate(state.PeerCertificates[0])
	name := "no name"
	if len(cert.Names) > 0 {
		name = cert.Names[0]
	}
	return cert, fmt.Sprintf("%s, %.100s, until %s", tls.VersionName(state.Version), name, cert.NotAfter.Format(time.DateOnly)), nil
}

// certificate takes what is compared: the names it is made out to, or its subject where it has none.
func certificate(x *x509.Certificate) *verdict.Certificate {
	c := &verdict.Certificate{NotAfter: x.NotAfter.UTC()}
	c.Names = append(c.Names, x.DNSNames...)
	for _, ip := range x.IPAddresses {
		c.Names = append(c.Names, ip.String())
	}
	if len(c.Names) == 0 && x.Subject.CommonName != "" {
		c.Names = []string{x.Subject.CommonName}
	}
	slices.Sort(c.Names)
	c.Names = slices.Compact(c.Names)
	if len(c.Names) > maxNames {
		c.Names = c.Names[:maxNames]
	}
	for i, n := range c.Names {
		c.Names[i] = printable(n)
	}
	return c
}

// printable keeps what strangers wrote to what can stand in a report.
func printable(s string) string {
	out := []byte(fmt.Sprintf("%.200s", s))
	for i, b := range out {
		if b < 0x20 || b > 0x7e {
			out[i] = '?'
		}
	}
	return string(out)
}

// dial opens a connection that is over at the limit of a check, whatever is read or written.
func dial(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, CheckLimit)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(CheckLimit)); err != nil {
		return nil, err
	}
	return conn, nil
}
