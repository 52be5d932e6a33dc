package mail_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/adapter/mail"
	"github.com/patchwart/patchwart/internal/core/fault"
)

func order() mail.Outgoing {
	return mail.Outgoing{
		MessageID: "w1@hoster.example", From: mail.Address{Name: "Hoster, Technik", Address: "technik@hoster.example"},
		To: []mail.Address{{Name: "Erika Müller", Address: "erika@kunde.example"}}, Subject: "Ihre Bestätigung für größere Updates",
		Text: "Wir werden die Updates einspielen.\n", Date: time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC),
	}
}

func outbox(t testing.TB, s *mail.Signing) *mail.Outbox {
	t.Helper()
	o, err := mail.NewOutbox(mail.Server{Host: "127.0.0.1", Port: 1, Timeout: time.Second}, "", s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func composed(t testing.TB, m mail.Outgoing, s *mail.Signing) string {
	t.Helper()
	raw, err := mail.Compose(outbox(t, s), m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// signingKey is a file with an Ed25519 key and the record that the DNS holds for it.
func signingKey(t testing.TB) (file, record string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
}

func TestAMailSaysThatAProgramWroteIt(t *testing.T) {
	t.Parallel()
	m := order()
	m.Calendar, m.Method = []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), "REQUEST"
	m.InReplyTo, m.References = "x@kunde.example", []string{"w0@hoster.example", "bad>\r\nBcc: <evil@evil.example", "x@kunde.example"}
	raw := composed(t, m, nil)
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	for _, want := range []string{
		"Auto-Submitted: auto-generated", "Precedence: bulk", "X-Auto-Response-Suppress: OOF, AutoReply", "Message-ID: <w1@hoster.example>",
		"In-Reply-To: <x@kunde.example>", "References: <w0@hoster.example>\r\n <x@kunde.example>", "MIME-Version: 1.0", "multipart/alternative",
	} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in\n%s", want, head)
		}
	}
	if strings.Contains(raw, "evil") {
		t.Errorf("%s", head)
	}
	if text, calendar := strings.Index(body, "text/plain; charset=UTF-8"), strings.Index(body, "text/calendar; method=REQUEST; charset=UTF-8"); text < 0 || calendar < text {
		t.Errorf("%s", body)
	}
	for l := range strings.SplitSeq(raw, "\r\n") {
		if len(l) > 998 || strings.ContainsAny(l, "\r\n") {
			t.Errorf("line %q", l)
		}
	}
}

func TestWhatCannotBeSentIsNeverTried(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*mail.Outgoing){
		"no recipient":                   func(m *mail.Outgoing) { m.To = nil },
		"too many":                       func(m *mail.Outgoing) { m.To = make([]mail.Address, 51) },
		"a line break in an address":     func(m *mail.Outgoing) { m.To[0].Address = "a@b.example>\r\nRCPT TO:<c@d.example" },
		"a name in the address":          func(m *mail.Outgoing) { m.To[0].Address = "Erika <a@b.example>" },
		"two addresses in one":           func(m *mail.Outgoing) { m.To[0].Address = "a@b.example, c@d.example" },
		"a quoted local part":            func(m *mail.Outgoing) { m.To[0].Address = `"a b"@b.example` },
		"an umlaut in the local part":    func(m *mail.Outgoing) { m.To[0].Address = "jürgen@b.example" },
		"no domain":                      func(m *mail.Outgoing) { m.To[0].Address = "erika" },
		"an option to a mail program":    func(m *mail.Outgoing) { m.To[0].Address = "" },
		"a line break in a name":         func(m *mail.Outgoing) { m.To[0].Name = "Erika\r\nBcc: x@y.example" },
		"a line break in the subject":    func(m *mail.Outgoing) { m.Subject = "x\r\nBcc: x@y.example" },
		"no subject":                     func(m *mail.Outgoing) { m.Subject = " " },
		"no identifier":                  func(m *mail.Outgoing) { m.MessageID = "" },
		"a line break in an identifier":  func(m *mail.Outgoing) { m.MessageID = "a@b\r\nBcc: x" },
		"no date":                        func(m *mail.Outgoing) { m.Date = time.Time{} },
		"a calendar without a method":    func(m *mail.Outgoing) { m.Calendar = []byte("x") },
		"a method with more in it":       func(m *mail.Outgoing) { m.Calendar, m.Method = []byte("x"), "REQUEST; x=y" },
		"a bad sender":                   func(m *mail.Outgoing) { m.From.Address = "technik" },
		"a bad address for bounces":      func(m *mail.Outgoing) { m.Envelope = "x\r\ny@z.example" },
		"a bad address for replies":      func(m *mail.Outgoing) { m.ReplyTo.Address = "x\r\ny@z.example" },
		"a mail answered without a name": func(m *mail.Outgoing) { m.InReplyTo = "x>\r\nBcc: <y" },
	} {
		m := order()
		m.To = append([]mail.Address{}, m.To...)
		change(&m)
		_, err := outbox(t, nil).Send(t.Context(), m) // there is nobody at that port
		var no *mail.SendError
		if !errors.As(err, &no) || !no.Permanent || no.Code != 0 || fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := outbox(t, nil).Send(t.Context(), order())
	var no *mail.SendError
	if !errors.As(err, &no) || no.Permanent || no.Unknown || fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("nobody there: %+v", err)
	}
}

// Whatever the words are, they come out as they went in, and add no field.
func TestWordsComeBack(t *testing.T) {
	t.Parallel()
	o := outbox(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		m := order()
		m.Subject = rapid.StringMatching(`[ -~äöüß€„“]{1,120}x`).Draw(t, "subject")
		m.To[0].Name = rapid.StringMatching(`([ -~äöüß]{0,60}x)?`).Draw(t, "name")
		m.Text = rapid.StringMatching(`x([ -~äöüß.]{0,100}\n){0,10}x`).Draw(t, "text")
		raw, err := mail.Compose(o, m)
		if err != nil {
			if m.Subject == strings.TrimSpace(m.Subject) && m.To[0].Name == strings.TrimSpace(m.To[0].Name) {
				t.Fatal(err)
			}
			return
		}
		got, err := mail.Parse(t.Context(), []byte(raw), mail.Reading{Whole: true})
		if err != nil || len(got.To) != 1 || got.To[0].Address != "erika@kunde.example" {
			t.Fatalf("%v %+v\n%s", err, got, raw)
		}
		if one := strings.Join(strings.Fields(got.Subject), " "); one != strings.Join(strings.Fields(m.Subject), " ") || got.Text != m.Text {
			t.Fatalf("%q %q\n%s", got.Subject, got.Text, raw)
		}
		if strings.ContainsAny(m.To[0].Name, "äöüß") {
			m.To[0].Name = strings.ReplaceAll(m.To[0].Name, `\`, "/")
		}
		if strings.Join(strings.Fields(got.To[0].Name), " ") != strings.Join(strings.Fields(m.To[0].Name), " ") {
			t.Fatalf("%q, want %q\n%s", got.To[0].Name, m.To[0].Name, raw)
		}
	})
}

func TestAKeyThatOthersCanReadIsRefused(t *testing.T) {
	t.Parallel()
	key, _ := signingKey(t)
	open := filepath.Join(t.TempDir(), "open.pem")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(open, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := filepath.Join(t.TempDir(), "weak.pem")
	if err := os.WriteFile(weak, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(short)}), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, file := range map[string]string{"chmod 600": open, "too short": weak, "no file with": t.TempDir(), "cannot be opened": "/nowhere"} {
		if _, err := mail.NewOutbox(mail.Server{Host: "x", Port: 25}, "", &mail.Signing{Domain: "hoster.example", Selector: "s1", KeyFile: file}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestPlainIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.IsLoopback() || n.IP.To4() == nil {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort(n.IP.String(), "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		o, err := mail.NewOutbox(mail.Server{Host: n.IP.String(), Port: l.Addr().(*net.TCPAddr).Port, TLS: mail.Plain, Timeout: time.Second}, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Send(t.Context(), order()); err == nil || !strings.Contains(err.Error(), "only this machine") {
			t.Errorf("%s: %v", n.IP, err)
		}
		return
	}
	t.Skip("this machine has no address but the loopback")
}

func TestAConfigurationThatCannotWorkIsSaid(t *testing.T) {
	t.Parallel()
	for _, s := range []mail.Server{{Host: "x"}, {Host: "x", Port: 25, TLS: "none"}, {Port: 25}} {
		if _, err := mail.NewOutbox(s, "", nil); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := mail.New(mail.Config{Server: mail.Server{Host: "x", Port: 993}}); fault.CodeOf(err) != fault.Invalid {
		t.Error("a mailbox without a user")
	}
}
