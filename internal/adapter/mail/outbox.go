package mail

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail/smtp"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var reasonUnwritten = lang.T("Die Nachricht war nicht zu schreiben.", "The mail could not be written.")

// maxSend bounds one mail from the first to the last byte.
const maxSend = 5 * time.Minute

// Outbox sends mail through one server.
type Outbox struct {
	server Server
	hello  string
	signer *dkim.SignOptions
}

// Signing is a key for DKIM signatures.
type Signing struct {
	Domain   string // d=
	Selector string // s=
	KeyFile  string // PEM, RSA of 2048 bits or more or Ed25519; readable by its owner only
}

// NewOutbox makes an outbox and connects nowhere. hello is the name of this machine as the server is to know
// it; empty: "localhost". signing may be nil.
func NewOutbox(s Server, hello string, signing *Signing) (*Outbox, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if hello == "" {
		hello = "localhost"
	}
	if !ascii(hello) {
		return nil, invalid("Der Name dieses Rechners ist nicht zu gebrauchen.", "The name of this machine cannot be used.")
	}
	o := &Outbox{server: s, hello: hello}
	if signing != nil {
		signer, err := signing.load()
		if err != nil {
			return nil, err
		}
		o.signer = signer
	}
	return o, nil
}

// SendError says that the server did not accept a mail. It is permanent, or another try may help.
type SendError struct {
	Permanent bool
	// Unknown: the connection broke after the last byte and before the answer. The server may have the mail, and
	// another try may make a second one with the same Message-ID.
	Unknown bool
	Code    int               // of the server's answer; 0: it gave none
	Refused map[string]string // recipients that were refused, with the server's words
	Fault   *fault.Error
}

// Error is the English sentence, for logs.
func (e *SendError) Error() string { return e.Fault.Error() }

// Unwrap returns the fault in words.
func (e *SendError) Unwrap() error { return e.Fault }

// Accepted is what the server said when it took a mail.
type Accepted struct {
	MessageID string
	Answer    string // in the server's words, often with its queue number
}

// Send hands a mail to the server, for all recipients or for none. Success means that the server has taken over
// the duty to deliver or to report. The error is always a *SendError.
func (o *Outbox) Send(ctx context.Context, m Outgoing) (Accepted, error) {
	l, err := m.compose(o.signer)
	if err != nil {
		return Accepted{}, failure(err, true)
	}
	ctx, cancel := context.WithTimeout(ctx, maxSend)
	defer cancel()
	conn, err := o.server.dial(ctx)
	if err != nil {
		return Accepted{}, failure(err, false)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	t := talk{conn: conn, timeout: o.server.timeout()}
	answer, err := o.exchange(&t, l)
	if err == nil {
		return Accepted{MessageID: m.MessageID, Answer: line(answer)}, nil
	}
	var sent *SendError
	if errors.As(err, &sent) {
		return Accepted{}, sent
	}
	out := failure(cause(ctx, err), false)
	out.Unknown = t.over
	return Accepted{}, out
}

// talk is one conversation. Each exchange has its own time.
type talk struct {
	conn    net.Conn
	timeout time.Duration
	over    bool // the last byte may be with the server
}

func (t *talk) turn() error { return t.conn.SetDeadline(time.Now().Add(t.timeout)) }

func (o *Outbox) exchange(t *talk, l letter) (answer string, err error) {
	c, err := o.greet(t)
	if err != nil {
		return "", err
	}
	if err := t.turn(); err != nil {
		return "", err
	}
	if err := c.Mail(l.from); err != nil {
		return "", answered(err)
	}
	var refused *SendError
	for _, to := range l.to {
		if err := t.turn(); err != nil {
			return "", err
		}
		err := c.Rcpt(to)
		if err == nil {
			continue
		}
		said := answered(err)
		var no *SendError
		if !errors.As(said, &no) {
			return "", said
		}
		if refused == nil {
			refused = no
			refused.Refused = map[string]string{}
		}
		refused.Refused[to] = no.words()
		refused.Permanent = refused.Permanent && no.Permanent // one that may come right is worth another try
	}
	if refused != nil {
		_ = c.Quit()
		return "", refused
	}
	if err := t.turn(); err != nil {
		return "", err
	}
	w, err := c.Data()
	if err != nil {
		return "", answered(err)
	}
	if _, err := w.Write(l.raw); err != nil {
		return "", err
	}
	if err := t.turn(); err != nil {
		return "", err
	}
	t.over = true
	if err := w.Close(); err != nil {
		return "", answered(err)
	}
	if d, ok := w.(*smtp.DataCloser); ok {
		answer = d.ServerResponse()
	}
	_ = c.Quit() // the mail is the server's, whatever it says now
	return answer, nil
}
