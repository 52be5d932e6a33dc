package e2e

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/patchwart/patchwart/internal/adapter/mail"
	"github.com/patchwart/patchwart/internal/adapter/mail/mailtest"
	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/server"
	"github.com/patchwart/patchwart/internal/stage"
)

// Where customers write to, and who verifies what they write.
const (
	deskAddress = "updates@helpdesk.example"
	verifier    = "mail.patchwart.test"
)

// deskEstate has a contact with a mailbox on the mail server of the tests.
const deskEstate = `
customers:
  - id: kuhn
    name: Bäckerei Kuhn GmbH
    contacts:
      - {id: erika, name: Erika Kuhn, email: ` + mailtest.Person + `, authority: [order]}
windows:
  - {name: always, days: [mon, tue, wed, thu, fri, sat, sun], start: "%s", hours: 24, zone: UTC}
contracts:
  - {id: c, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: always}
systems:
`

// milter starts OpenDKIM, which verifies what Postfix takes and says so in the mail's header. It believes the keys
// that the test gives it instead of the DNS's.
func milter(t *testing.T, key *rsa.PrivateKey) (port int) {
	t.Helper()
	if _, err := exec.LookPath("opendkim"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("opendkim is missing: scripts/require test installs it")
		}
		t.Skip("opendkim is missing: apt-get install opendkim")
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port = free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys := write("keys", "s1._domainkey."+mailtest.Domain+" v=DKIM1; k=rsa; p="+base64.StdEncoding.EncodeToString(public)+"\n")
	conf := write("opendkim.conf", fmt.Sprintf(`Mode v
Socket inet:%d@127.0.0.1
AuthservID %[2]s
AlwaysAddARHeader yes
RemoveARAll yes
RemoveARFrom %[2]s
InternalHosts 192.0.2.1
TestPublicKeys %[3]s
RequireSafeKeys no
UserID root
PidFile %[4]s/pid
`, port, verifier, keys, dir))
	cmd := exec.CommandContext(context.Background(), "opendkim", "-f", "-x", conf)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() })
	for range 100 {
		if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			_ = c.Close()
			return port
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("opendkim does not answer: %s", said.String())
	return 0
}

// mailer hands what RT sends to Postfix, as a program in the place of sendmail.
const mailer = `#!/usr/bin/perl
use strict; use warnings; use Net::SMTP;
local $/; my $mail = <STDIN>;
my ($head) = $mail =~ /\A(.*?\n)\n/s; $head =~ s/\n[ \t]+/ /g;
my %%to; $to{lc $_}++ for map { /[\w.+-]+\@[\w.-]+/g } $head =~ /^(?:To|Cc|Bcc): (.*)$/mig;
my $smtp = Net::SMTP->new('127.0.0.1', Port => %d) or die "no mail server";
$smtp->mail('` + deskAddress + `') && $smtp->to(grep { /patchwart\.test$/ } keys %%to) && $smtp->data($mail) && $smtp->quit or die $smtp->message;
`

// letter is a mail as a customer's program writes it.
type letter struct {
	from, id, text string
	results        string // a forged finding in its header
	key            crypto.Signer
}

func (p *play) deliver(s *mailtest.Servers, l letter) {
	p.Helper()
	raw := "From: Erika Kuhn <" + l.from + ">\r\nTo: <" + deskAddress + ">\r\nSubject: Updates\r\nDate: " + time.Now().Format(time.RFC1123Z) +
		"\r\nMessage-ID: <" + l.id + ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n" + l.results + "\r\n" + strings.ReplaceAll(l.text, "\n", "\r\n")
	if l.key != nil {
		var out bytes.Buffer
		p.ok(dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: mailtest.Domain, Selector: "s1", Signer: l.key, HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
			HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "Reply-To"}}))
		raw = out.String()
	}
	c, err := smtp.Dial(net.JoinHostPort("127.0.0.1", strconv.Itoa(s.SMTP)))
	p.ok(err)
	defer func() { _ = c.Close() }()
	p.ok(c.Mail(l.from))
	p.ok(c.Rcpt(deskAddress))
	w, err := c.Data()
	p.ok(err)
	_, err = w.Write([]byte(raw))
	p.ok(err)
	p.ok(w.Close())
	p.ok(c.Quit())
}

// TestAMailThroughTheHelpDeskBecomesARun, with the real things: Postfix takes a contact's signed mail, OpenDKIM
// verifies it, RT's mail gateway makes a ticket of it, the server reads that, plans, and a Debian host is updated;
// RT mails what happens to the contact. What looks the same and is not signed, and what strangers write, gets a ticket
// and an answer, and nothing is scheduled.
func TestAMailThroughTheHelpDeskBecomesARun(t *testing.T) {
	t.Parallel()
	needRoot(t)
	begun := time.Now()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tracker := rttest.Start(t)
	servers := mailtest.Start(t, mailtest.Extra{
		Main: fmt.Sprintf("smtpd_milters = inet:127.0.0.1:%d\nmilter_default_action = tempfail\nvirtual_mailbox_domains = patchwart.test, loose.test, helpdesk.example\n"+
			"transport_maps = regexp:{{.Dir}}/postfix/recipients-desk\n", milter(t, key)),
		Master:     "rtgate unix - n n - - pipe flags=R user=nobody argv=/usr/bin/rt-mailgate-5 --url " + tracker.URL + " --queue { " + rttest.Queue + " } --action correspond\n",
		Recipients: "/^updates@helpdesk\\.example$/ x\n",
		Files:      map[string]string{"postfix/recipients-desk": "/^updates@helpdesk\\.example$/ rtgate:\n"},
	})
	tracker.MailBy(t, fmt.Sprintf(mailer, servers.SMTP))
	client := tracker.Client(t, "patchwart")
	on, err := stage.Open(t.Context(), stage.Options{Agent: binary(t, "patchwart-agent"), RunLimit: 90 * time.Second, Lab: lab.Options{Progress: func(s string) { t.Log(s) }},
		Helpdesk: &server.Helpdesk{Desk: client, Name: "rt", Trusted: verifier, Every: time.Second, Field: "Patchwart-Stand", Statuses: map[string]string{"accepted": "open", "done": "resolved"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := on.Close(); err != nil {
			t.Error(err)
		}
	})
	doc := fmt.Appendf(nil, deskEstate, time.Now().UTC().Add(-time.Hour).Format("15:04"))
	if _, err := on.Client.Apply(t.Context(), "estate.yaml", fmt.Appendf(doc, oneSystem, "ticket1")); err != nil {
		t.Fatal(err)
	}
	p := furnish(t, on, "ticket1")
	d := p.next(nil)
	before := p.offer(d)
	t.Logf("all is set up after %s", time.Since(begun).Round(time.Second))

	const text = "Guten Tag,\n\nbitte spielen Sie auf ticket1 die Sicherheitsupdates ein.\n\nMit freundlichen Grüßen\nErika Kuhn\n"
	// A finding that the sender wrote himself is taken out by the mail server.
	p.deliver(servers, letter{from: mailtest.Person, id: "forged@" + mailtest.Domain, text: text, results: "Authentication-Results: " + verifier + "; spf=pass smtp.mailfrom=" + mailtest.Person + "\r\n"})
	p.deliver(servers, letter{from: "mallory@evil.example", id: "stranger@evil.example", text: text})
	messages := func() map[string]board.Message {
		list, err := on.Client.Messages(p.Context())
		p.ok(err)
		out := map[string]board.Message{}
		for _, m := range list {
			out[m.Message.Thread] = m
		}
		return out
	}
	ticketOf := func(id string) (desk.Ticket, []desk.Message) {
		got, err := client.Changed(p.Context(), 0)
		p.ok(err)
		for _, k := range got.Tickets {
			list, err := client.Messages(p.Context(), k.ID, 0)
			p.ok(err)
			if len(list) > 0 && list[0].MessageID == id {
				return k, list
			}
		}
		return desk.Ticket{}, nil
	}
	answers := func(list []desk.Message) (texts []string) {
		for _, m := range list {
			if m.Role == desk.Own && m.Kind == desk.Correspondence {
				texts = append(texts, m.Text)
			}
		}
		return texts
	}
	p.until("both are read", func() bool { return len(messages()) == 2 })
	for thread, m := range messages() {
		if m.Outcome.Kind != "unauthorised" || len(m.Orders) != 0 || m.Message.Sender.Standing.Verified() {
			t.Errorf("%s: %s, %+v", thread, m.Outcome.Kind, m.Message.Sender)
		}
	}
	for _, id := range []string{"forged@" + mailtest.Domain, "stranger@evil.example"} {
		p.until("the ticket "+id+" has its answer", func() bool {
			_, list := ticketOf(id)
			said := answers(list)
			return len(said) == 1 && strings.Contains(said[0], "nichts eingeplant") && !strings.Contains(said[0], "ticket1")
		})
	}
	if orders, err := on.Client.Orders(p.Context(), ""); err != nil || len(orders) != 0 {
		t.Fatalf("orders: %+v, %v", orders, err)
	}
	p.identical(before)

	p.deliver(servers, letter{from: mailtest.Person, id: "order@" + mailtest.Domain, text: text, key: key})
	var order board.OrderRow
	p.until("the mail is an order", func() bool {
		orders, err := on.Client.Orders(p.Context(), "")
		p.ok(err)
		if len(orders) == 0 {
			return false
		}
		order = orders[0]
		return order.Run != ""
	})
	if order.System != "ticket1" || order.Contact != "erika" || !strings.Contains(order.Text, "Sicherheitsupdates") || !strings.HasPrefix(order.Channel, "Ticket rt/") {
		t.Errorf("%+v", order)
	}
	if r := p.finish(order.Run); r.Outcome != verdict.Succeeded {
		t.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
	}
	p.renewed(d.Version)
	p.until("the ticket is done", func() bool {
		k, _ := ticketOf("order@" + mailtest.Domain)
		return k.Status == "resolved" && strings.Join(k.Fields["Patchwart-Stand"], "") == "erledigt"
	})
	_, list := ticketOf("order@" + mailtest.Domain)
	said := answers(list)
	for i, want := range []string{"ticket1", "eingeplant für", "haben begonnen", "ticket1"} {
		if i >= len(said) || !strings.Contains(said[i], want) {
			t.Errorf("answer %d does not say %q: %q", i, want, said)
		}
	}
	if len(said) != 4 {
		t.Errorf("%d answers", len(said))
	}
	// RT has mailed all of it to the contact.
	box, err := mail.New(mail.Config{Server: servers.IMAPServer(mailtest.Person, mail.Implicit), NoDNS: true})
	p.ok(err)
	defer box.Close()
	p.until("the contact has the report", func() bool {
		batch, err := box.Fetch(p.Context(), mail.Cursor{})
		p.ok(err)
		all := ""
		for _, r := range batch {
			all += r.Message.Text
		}
		return strings.Contains(all, "eingeplant für") && strings.Contains(all, strings.TrimSpace(strings.SplitN(said[len(said)-1], "\n", 2)[0]))
	})
	check, err := on.Client.VerifyRecord(p.Context())
	p.ok(err)
	if !check.Good {
		t.Errorf("record: %+v", check)
	}
	t.Logf("all of it took %s", time.Since(begun).Round(time.Second))
}
