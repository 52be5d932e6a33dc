package mail

import (
	"errors"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// greet brings the conversation to where mail can be given: TLS, then who we are.
func (o *Outbox) greet(t *talk) (*smtp.Client, error) {
	if err := t.turn(); err != nil {
		return nil, err
	}
	c, err := smtp.NewClient(t.conn, o.server.Host)
	if err != nil {
		return nil, answered(err)
	}
	c.SkipSMTPUTF8(true) // addresses are ASCII
	if err := c.Hello(o.hello); err != nil {
		return nil, answered(err)
	}
	if o.server.TLS == StartTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return nil, &SendError{Fault: &fault.Error{Code: fault.Unavailable, Text: lang.T("Der Mailserver bietet keine Verschlüsselung an.", "The mail server offers no encryption.")}}
		}
		if err := t.turn(); err != nil {
			return nil, err
		}
		if err := c.StartTLS(o.server.config()); err != nil {
			return nil, answered(err)
		}
	}
	if o.server.User == "" {
		return c, nil
	}
	if err := t.turn(); err != nil {
		return nil, err
	}
	if err := c.Auth(o.login(c)); err != nil {
		said := answered(err)
		var no *SendError
		if errors.As(said, &no) && no.Code != 0 {
			// A password can be put right; the mail is not to be given up for it.
			no.Permanent = false
			no.Fault = &fault.Error{Code: fault.Forbidden, Text: lang.T("Der Mailserver nimmt die Anmeldung nicht an.", "The mail server does not accept the login."), Cause: err}
		}
		return nil, said
	}
	return c, nil
}

// login chooses how the password is given: PLAIN, or LOGIN to servers that have nothing else.
func (o *Outbox) login(c *smtp.Client) smtp.Auth {
	_, ways := c.Extension("AUTH")
	plain := false
	for way := range strings.FieldsSeq(strings.ToUpper(ways)) {
		plain = plain || way == "PLAIN"
	}
	alone := o.server.TLS == Plain // to this machine only, see dial
	if !plain && strings.Contains(strings.ToUpper(ways), "LOGIN") {
		return smtp.LoginAuth(o.server.User, o.server.Password, o.server.Host, alone)
	}
	return smtp.PlainAuth("", o.server.User, o.server.Password, o.server.Host, alone)
}

// answered makes a SendError of the server's no (RFC 5321 4.2.1: 4 not now, 5 never); other errors stay.
func answered(err error) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return err
	}
	out := &SendError{Permanent: said.Code >= 500 && said.Code < 600, Code: said.Code}
	code, words := fault.Unavailable, line(said.Msg)
	if out.Permanent {
		code = fault.Refused
	}
	out.Fault = &fault.Error{Code: code, Cause: err, Text: lang.Textf(
		"Der Mailserver nimmt die Nachricht nicht an: %[1]d %[2]s", "The mail server does not accept the mail: %[1]d %[2]s", said.Code, words)}
	return out
}

// words is what the server said.
func (e *SendError) words() string {
	var said *textproto.Error
	if errors.As(e.Fault, &said) {
		return line(said.Error())
	}
	return ""
}

// failure is a SendError without an answer of the server.
func failure(err error, permanent bool) *SendError {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = &fault.Error{Code: fault.Unavailable, Text: lang.T("Die Verbindung zum Mailserver ist abgebrochen.", "The connection to the mail server broke."), Cause: err}
	}
	return &SendError{Permanent: permanent, Fault: f}
}
