package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Encryption is how a connection is kept private.
type Encryption string

// The ways. There is no "if the server has it": whoever sits in between would say that it has not.
const (
	Implicit Encryption = "implicit" // TLS from the first byte; also when nothing is said
	StartTLS Encryption = "starttls" // TLS before anything that matters
	Plain    Encryption = "plain"    // none; only to this machine
)

// Server is where mail is read or sent.
type Server struct {
	Host     string
	Port     int
	TLS      Encryption
	Config   *tls.Config // nil: the machine's certificate authorities, TLS 1.2 or newer
	User     string      // empty: no login (sending only)
	Password string
	Timeout  time.Duration // for one exchange with the server; 0: a minute
}

const connectTime = 20 * time.Second

func (s Server) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return time.Minute
}

func (s Server) config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.Config != nil {
		c = s.Config.Clone()
		c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	}
	if c.ServerName == "" {
		c.ServerName = s.Host
	}
	return c
}

// check says what is wrong with the configuration.
func (s Server) check() error {
	switch {
	case s.Host == "" || s.Port <= 0 || s.Port > 65535:
		return invalid("Der Mailserver braucht Namen und Port.", "The mail server needs a name and a port.")
	case s.TLS != "" && s.TLS != Implicit && s.TLS != StartTLS && s.TLS != Plain:
		return invalid("Verschlüsselung ist implicit, starttls oder plain.", "Encryption is implicit, starttls or plain.")
	}
	return nil
}

// dial connects, with TLS where that comes first. The connection closes when ctx ends.
func (s Server) dial(ctx context.Context) (net.Conn, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, min(connectTime, s.timeout()))
	defer cancel()
	raw, err := (&net.Dialer{KeepAlive: time.Minute}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, unreachable(err)
	}
	switch s.TLS {
	case Plain:
		if peer, ok := raw.RemoteAddr().(*net.TCPAddr); !ok || !peer.IP.IsLoopback() {
			_ = raw.Close()
			return nil, invalid("Ohne Verschlüsselung geht es nur zu diesem Rechner selbst.", "Without encryption only this machine itself can be reached.")
		}
	case StartTLS:
	default:
		conn := tls.Client(raw, s.config())
		if err := conn.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, unreachable(err)
		}
		return conn, nil
	}
	return raw, nil
}

func invalid(de, en string) error {
	return &fault.Error{Code: fault.Invalid, Text: lang.T(de, en)}
}

// unreachable is the fault for a server that does not answer as it should; another time it may.
func unreachable(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	var certificate *tls.CertificateVerificationError
	text := lang.T("Der Mailserver ist nicht zu erreichen.", "The mail server cannot be reached.")
	switch {
	case errors.As(err, &certificate):
		text = lang.T("Das Zertifikat des Mailservers ist nicht gültig.", "The certificate of the mail server is not valid.")
	case errors.Is(err, context.DeadlineExceeded):
		text = lang.T("Der Mailserver antwortet nicht in der Zeit.", "The mail server does not answer in time.")
	}
	return &fault.Error{Code: fault.Unavailable, Text: text, Cause: err}
}
