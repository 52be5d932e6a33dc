package mailtest

import (
	"context"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

func TestSmoke(t *testing.T) {
	s := Start(t)
	o, err := mail.NewOutbox(s.SMTPServer(Person, mail.StartTLS), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := o.Send(t.Context(), mail.Outgoing{MessageID: "a@b.test", From: mail.Address{Name: "Erika Müller", Address: Person}, To: []mail.Address{{Address: Orders}}, Subject: "Grüße", Text: "Schöne Grüße\naus Köln", Date: time.Now()})
	if err != nil {
		t.Fatal(err, s.Log("postfix.log"))
	}
	t.Log(a)
	b, err := mail.New(mail.Config{Server: s.IMAPServer(Orders, mail.Implicit), NoDNS: true, Done: "Erledigt"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	b.Watch(ctx, mail.Cursor{}, func(_ context.Context, r mail.Received) error {
		t.Logf("%+v", r)
		if r.Refused.EN != "" {
			t.Error(r.Refused)
		}
		cancel()
		return nil
	}, func(err error) { t.Log(err) })
	t.Log(s.Log("postfix.log"), s.Log("dovecot.log"))
}
