package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"mime"
	"net"
	"net/smtp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/patchwart/patchwart/internal/adapter/mail"
	"github.com/patchwart/patchwart/internal/adapter/mail/mailtest"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// person writes mails as people do, through the real mail server, signed by the domain or not.
type person struct {
	*testing.T
	servers *mailtest.Servers
	key     ed25519.PrivateKey
}

func (p *person) write(id, inReplyTo, subject, text string, signed bool) {
	p.Helper()
	raw := "From: Eva Kuhn <" + mailtest.Person + ">\r\nTo: <" + mailtest.Orders + ">\r\nSubject: " + mime.QEncoding.Encode("utf-8", subject) + "\r\nDate: " + time.Now().Format(time.RFC1123Z) +
		"\r\nMessage-ID: <" + id + ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
	if inReplyTo != "" {
		raw += "In-Reply-To: <" + inReplyTo + ">\r\nReferences: <" + inReplyTo + ">\r\n"
	}
	raw += "\r\n" + strings.ReplaceAll(text, "\n", "\r\n") + "\r\n"
	if signed {
		var out bytes.Buffer
		if err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: mailtest.Domain, Selector: "s1", Signer: p.key,
			HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Type", "Content-Transfer-Encoding", "Reply-To"}}); err != nil {
			p.Fatal(err)
		}
		raw = out.String()
	}
	s := p.servers.SMTPServer(mailtest.Person, mail.Implicit)
	conn, err := tls.Dial("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), s.Config)
	if err != nil {
		p.Fatal(err)
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		p.Fatal(err)
	}
	defer c.Close()
	step := func(err error) {
		p.Helper()
		if err != nil {
			p.Fatal(err)
		}
	}
	step(c.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host)))
	step(c.Mail(mailtest.Person))
	step(c.Rcpt(mailtest.Orders))
	w, err := c.Data()
	step(err)
	_, err = w.Write([]byte(raw))
	step(err)
	step(w.Close())
	step(c.Quit())
}

// TestAMailThroughRealServersBecomesARun: written by the customer's contact, signed by his domain, delivered by
// Postfix, read from Dovecot; the confirmation is in his mailbox and in the thread, the order runs on its host, and
// the same words without the signature schedule nothing.
func TestAMailThroughRealServersBecomesARun(t *testing.T) {
	servers := mailtest.Start(t)
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	box, err := mail.New(mail.Config{Server: servers.IMAPServer(mailtest.Orders, mail.Implicit), Every: time.Second,
		LookupTXT: func(context.Context, string) ([]string, error) {
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := mail.NewOutbox(servers.SMTPServer(mailtest.Orders, mail.Implicit), "patchwart.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	o := open(t)
	doc := strings.ReplaceAll(officeEstate, "eva@kuhn.example", mailtest.Person)
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(doc)); err != nil {
		t.Fatal(err)
	}
	if err := o.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.config.Mailbox = box
	o.config.Post = &Postbox{Outbox: out, From: mail.Address{Name: "Hoster GmbH", Address: mailtest.Orders}, Domain: mailtest.Domain}
	o.start()
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	eva := &person{T: t, servers: servers, key: key}
	const text = "Guten Tag,\n\nbitte spielen Sie auf db1 die Sicherheitsupdates ein.\n\nViele Grüße\nEva Kuhn"
	kept := func(n int) []string {
		t.Helper()
		for range 300 {
			list, err := o.server.Messages(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(list) >= n {
				var kinds []string
				for _, m := range list {
					kinds = append(kinds, string(m.Outcome.Kind))
				}
				return kinds
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("fewer than %d messages were kept\n%s", n, servers.Log("postfix.log"))
		return nil
	}
	eva.write("unsigned@"+mailtest.Domain, "", "db1", text, false)
	if kinds := kept(1); kinds[0] != string(intake.KindUnauthorised) {
		t.Fatalf("without a signature: %v", kinds)
	}
	if orders, _ := o.server.Orders(t.Context(), ""); len(orders) != 0 {
		t.Fatalf("an unproven sender ordered: %+v", orders)
	}
	eva.write("first@"+mailtest.Domain, "", "Updates für db1", text, true)
	kept(2)
	orders, err := o.server.Orders(t.Context(), "db1")
	if err != nil || len(orders) != 1 || orders[0].Channel != "Mail first@"+mailtest.Domain || !strings.Contains(orders[0].Text, "Viele Grüße") {
		t.Fatalf("%+v, %v", orders, err)
	}
	db.await()
	db.work("")
	if row := o.stateOf(orders[0].ID); row.State != mandate.Done {
		t.Errorf("%+v", row)
	}
	// Both got an answer; the one to the order stands in its thread and names the system.
	read, err := mail.New(mail.Config{Server: servers.IMAPServer(mailtest.Person, mail.Implicit), NoDNS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	answered := false
	for range 100 {
		batch, err := read.Fetch(t.Context(), mail.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range batch {
			if r.Message.InReplyTo == "first@"+mailtest.Domain {
				answered = true
				if !strings.Contains(r.Message.Text, "db1") || r.Message.Subject != "Re: Updates für db1" || !r.Message.Auto.Automatic() {
					t.Errorf("%+v", r.Message)
				}
			}
		}
		if answered {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !answered {
		t.Errorf("no confirmation came\n%s", servers.Log("postfix.log"))
	}
	o.verify()
}
