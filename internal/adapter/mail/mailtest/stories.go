package mailtest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

// Stories are what a mailbox and an outbox must do with real servers. They are told one after the other: each
// begins behind the last message of the one before.
func Stories(t *testing.T, s *Servers) {
	for _, story := range []struct {
		name string
		tell func(*testing.T, *Servers)
	}{
		{"a mail arrives with its umlauts, signed and believed", arrives},
		{"a reply stays in its thread", replies},
		{"a recipient that the server does not know is refused at once and for good", refusedRecipient},
		{"a mail that comes back is recognised", bounces},
		{"a connection that is cut is taken up again", cut},
		{"nothing is read twice by one who begins again at the cursor", again},
		{"nothing is lost when taking fails", fails},
		{"what was taken is marked and moved, and nothing else is", moved},
		{"a wrong password and a wrong certificate are said", wrong},
		{"a mailbox that was made anew is read from its start", anew},
	} {
		t.Run(story.name, func(t *testing.T) { story.tell(t, s) })
	}
}

var count int

func outgoing(to, subject, text string) mail.Outgoing {
	count++
	return mail.Outgoing{
		MessageID: fmt.Sprintf("story-%d.%d@%s", count, time.Now().UnixNano(), Domain), From: mail.Address{Name: "Erika Müller-Lüdenscheidt", Address: Person},
		To: []mail.Address{{Name: "Aufträge", Address: to}}, Subject: subject, Text: text, Date: time.Now().Truncate(time.Second),
	}
}

func send(t *testing.T, s *Servers, m mail.Outgoing) mail.Outgoing {
	t.Helper()
	out, err := mail.NewOutbox(s.SMTPServer(Person, mail.StartTLS), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Send(t.Context(), m); err != nil {
		t.Fatalf("%v\n%s", err, s.Log("postfix.log"))
	}
	return m
}

func (s *Servers) config(user string) mail.Config {
	return mail.Config{Server: s.IMAPServer(user, mail.Implicit), NoDNS: true, Every: 30 * time.Second}
}

// end is the place behind all that is in the mailbox of Orders now.
func (s *Servers) end(t *testing.T) mail.Cursor {
	t.Helper()
	b, err := mail.New(s.config(Orders))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var at mail.Cursor
	for {
		batch, err := b.Fetch(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 {
			return at
		}
		at = batch[len(batch)-1].At
	}
}

func arrives(t *testing.T, s *Servers) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key := s.write(t, "dkim.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
	out, err := mail.NewOutbox(s.SMTPServer(Person, mail.Implicit), "patchwart.test", &mail.Signing{Domain: Domain, Selector: "s1", KeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	m := outgoing(Orders, "Bitte spielen Sie die Sicherheitsupdates für „größere“ Systeme ein – heute, wenn es geht, und zwar überall", strings.Repeat("Schöne Grüße aus Köln € ß\n.\n.. ein Punkt am Anfang\n", 40))
	m.Calendar, m.Method = []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"), "PUBLISH"
	m.To = append(m.To, mail.Address{Address: Orders}) // twice the same is once
	taken, err := out.Send(t.Context(), m)
	if err != nil || !strings.Contains(taken.Answer, "queued") {
		t.Fatalf("%v %v\n%s", taken, err, s.Log("postfix.log"))
	}
	c := s.config(Orders)
	c.NoDNS, c.LookupTXT = false, func(_ context.Context, name string) ([]string, error) {
		if name != "s1._domainkey."+Domain {
			return nil, fmt.Errorf("asked for %s", name)
		}
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	got := Watch(t, c, mail.Cursor{}, 0).Await(t, s, 1)[0]
	switch r := got.Message; {
	case !got.Refused.IsZero() || r.MessageID != m.MessageID || r.Subject != m.Subject || r.From != m.From || r.Text != strings.Trim(m.Text, "\n") || r.Cut:
		t.Errorf("%+v", got)
	case !r.Date.Equal(m.Date) || len(r.To) != 1 || r.To[0] != m.To[0] || time.Since(got.Arrived) > time.Hour:
		t.Errorf("date %v, arrived %v, to %v", r.Date, got.Arrived, r.To)
	case len(r.Attachments) != 1 || r.Attachments[0].Type != "text/calendar" || !r.Auto.Automatic() || r.Auto.NullSender:
		t.Errorf("attachments %+v, %+v", r.Attachments, r.Auto)
	}
	if j := mail.Judge(got.Message, ""); j.Standing != mail.Aligned {
		t.Errorf("%+v, %+v", j, got.Message.Auth)
	}
}

func replies(t *testing.T, s *Servers) {
	after := s.end(t)
	first := send(t, s, outgoing(Orders, "Auftrag", "Bitte einspielen."))
	m := outgoing(Orders, "Re: Auftrag", "Ja.\n\n> Wirklich?\n>> Bitte einspielen.")
	m.InReplyTo = first.MessageID
	for i := range 60 { // long enough to be folded
		m.References = append(m.References, fmt.Sprintf("an-older-one-%d.0123456789@%s", i, Domain))
	}
	send(t, s, m)
	got := Watch(t, s.config(Orders), after, 0).Await(t, s, 2)[1].Message
	if got.InReplyTo != first.MessageID || got.Text != m.Text || len(got.References) != 50 ||
		got.References[49] != first.MessageID || got.References[48] != m.References[59] {
		t.Errorf("%+v", got)
	}
}

func refusedRecipient(t *testing.T, s *Servers) {
	after := s.end(t)
	out, err := mail.NewOutbox(s.SMTPServer(Person, mail.StartTLS), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := outgoing("nobody@"+Domain, "An niemanden", "x")
	m.To = append(m.To, mail.Address{Address: Orders})
	_, err = out.Send(t.Context(), m)
	var no *mail.SendError
	if !errors.As(err, &no) || !no.Permanent || no.Code != 550 || no.Unknown || len(no.Refused) != 1 || !strings.Contains(no.Refused["nobody@"+Domain], "5.1.1") {
		t.Fatalf("%+v", err)
	}
	if s.end(t) != after {
		t.Error("the mail went to one of its recipients although the other was refused")
	}
}

func bounces(t *testing.T, s *Servers) {
	m := send(t, s, outgoing("nobody@"+LooseDomain, "Kommt zurück", "x"))
	got := Watch(t, s.config(Person), mail.Cursor{}, 0).Await(t, s, 1)[0].Message
	if !got.Auto.NullSender || !got.Auto.Automatic() || got.Auto.Submitted != "auto-replied" || len(got.Auto.Failures) != 1 {
		t.Fatalf("%+v", got)
	}
	f := got.Auto.Failures[0]
	if f.Recipient != "nobody@"+LooseDomain || !f.Permanent() || f.Status != "5.1.1" || f.MessageID != m.MessageID || f.Diagnostic == "" {
		t.Errorf("%+v", f)
	}
}

func cut(t *testing.T, s *Servers) {
	cable := NewCable(t, s.IMAPS)
	c := s.config(Orders)
	c.Server.Port = cable.Port
	r := Watch(t, c, s.end(t), 0)
	for i := range 4 {
		send(t, s, outgoing(Orders, fmt.Sprint("Nummer ", i), "x"))
		r.Await(t, s, i+1)
		cable.Cut()
		if i == 2 { // and once more while it is coming back
			time.Sleep(10 * time.Millisecond)
			cable.Cut()
		}
	}
	got, _ := r.Taken()
	for i, m := range got {
		if m.Message.Subject != fmt.Sprint("Nummer ", i) {
			t.Errorf("%d: %q", i, m.Message.Subject)
		}
	}
	if n := cable.Plugs.Load(); len(got) != 4 || n < 4 {
		t.Errorf("%d messages over %d connections", len(got), n)
	}
}

func again(t *testing.T, s *Servers) {
	after := s.end(t)
	for i := range 45 { // more than one batch
		send(t, s, outgoing(Orders, fmt.Sprint("Nummer ", i), "x"))
	}
	r := Watch(t, s.config(Orders), after, 0)
	r.Await(t, s, 10)
	r.Stop()
	first, at := r.Taken()
	r = Watch(t, s.config(Orders), at, 0)
	second := r.Await(t, s, 45-len(first))
	seen := map[string]bool{}
	for _, m := range append(first, second...) {
		if seen[m.Message.Key()] {
			t.Errorf("%s twice", m.Message.Key())
		}
		seen[m.Message.Key()] = true
	}
	if len(seen) != 45 {
		t.Errorf("%d messages", len(seen))
	}
}

func fails(t *testing.T, s *Servers) {
	after := s.end(t)
	for i := range 3 {
		send(t, s, outgoing(Orders, fmt.Sprint("Nummer ", i), "x"))
	}
	r := Watch(t, s.config(Orders), after, 5)
	for i, m := range r.Await(t, s, 3) {
		if m.Message.Subject != fmt.Sprint("Nummer ", i) {
			t.Errorf("%d: %q", i, m.Message.Subject)
		}
	}
	r.Stop()
	if r.offered != 8 || len(r.trouble) < 5 || !errors.Is(r.trouble[0], errFull) {
		t.Errorf("offered %d times, trouble %v", r.offered, r.trouble)
	}
}

func moved(t *testing.T, s *Servers) {
	after := s.end(t)
	m := send(t, s, outgoing(Orders, "Wird verschoben", "x"))
	left := send(t, s, outgoing(Orders, "Bleibt", "x"))
	c := s.config(Orders)
	c.Done = "Erledigt"
	b, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var batch []mail.Received
	for range 100 {
		if batch, err = b.Fetch(t.Context(), after); err != nil {
			t.Fatal(err)
		}
		if len(batch) == 2 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(batch) != 2 || batch[0].Message.MessageID != m.MessageID {
		t.Fatalf("%+v", batch)
	}
	for range 2 { // the second time there is nothing to do
		if err := b.Accepted(t.Context(), batch[0].At); err != nil {
			t.Fatal(err)
		}
	}
	rest, err := b.Fetch(t.Context(), after)
	if err != nil || len(rest) != 1 || rest[0].Message.MessageID != left.MessageID {
		t.Fatalf("%+v %v", rest, err)
	}
	c = s.config(Orders)
	c.Folder = "Erledigt"
	done, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer done.Close()
	if in, err := done.Fetch(t.Context(), mail.Cursor{}); err != nil || len(in) != 1 || in[0].Message.MessageID != m.MessageID {
		t.Fatalf("%+v %v", in, err)
	}
	if seen, unseen := s.flags(t, "/.Erledigt/cur"), s.flags(t, "/cur"); !strings.Contains(seen, ":2,S") || strings.Count(unseen, "\n") == 0 {
		t.Errorf("moved: %s", seen)
	}
}

func wrong(t *testing.T, s *Servers) {
	c := s.config(Orders)
	c.Server.Password = "wrong"
	for want, change := range map[string]func(*mail.Server){
		"login":       func(m *mail.Server) { m.Password = "wrong" },
		"certificate": func(m *mail.Server) { m.Config = nil },
	} {
		c := s.config(Orders)
		change(&c.Server)
		b, err := mail.New(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Fetch(t.Context(), mail.Cursor{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("reading: %v", err)
		}
		server := s.SMTPServer(Person, mail.Implicit)
		change(&server)
		out, err := mail.NewOutbox(server, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = out.Send(t.Context(), outgoing(Orders, "Nie", "x"))
		var no *mail.SendError
		if !errors.As(err, &no) || no.Permanent || !strings.Contains(err.Error(), want) {
			t.Errorf("sending: %v", err)
		}
	}
	// Plain works to this machine, and the password is never given without TLS where the server forbids it.
	b, err := mail.New(mail.Config{Server: s.IMAPServer(Orders, mail.Plain), NoDNS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Fetch(t.Context(), mail.Cursor{}); err != nil {
		t.Errorf("plain to this machine: %v", err)
	}
	b, err = mail.New(mail.Config{Server: s.IMAPServer(Orders, mail.StartTLS), NoDNS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Fetch(t.Context(), mail.Cursor{}); err != nil {
		t.Errorf("starttls: %v", err)
	}
}

func anew(t *testing.T, s *Servers) {
	end := s.end(t)
	end.Validity--
	b, err := mail.New(s.config(Orders))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	got, err := b.Fetch(t.Context(), end)
	if err != nil || len(got) != 20 || got[0].At.UID != 1 || got[0].At.Validity != end.Validity+1 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
}
