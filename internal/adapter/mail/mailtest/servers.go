// Package mailtest tells the stories of a mailbox on real servers: Postfix and Dovecot from Debian, started by
// the test in a folder of its own, on ports of the loopback, with the machine's own configuration untouched.
package mailtest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

// Who has a mailbox on the servers. Mail to anybody else in Domain is refused at once, and to anybody in
// LooseDomain accepted and then returned.
const (
	Domain      = "patchwart.test"
	LooseDomain = "loose.test"
	Orders      = "auftrag@" + Domain
	Person      = "erika@" + Domain
	Password    = "only for the test" //nolint:gosec // it opens nothing but the test's own servers
)

// Extra is what a test needs of Postfix besides: lines for its configuration, and patterns of more recipients.
type Extra struct {
	Main, Master, Recipients string
	Files                    map[string]string // below Dir
}

// Servers are a running pair.
type Servers struct {
	ports
	Dir    string
	Client *tls.Config // trusts them
}

type ports struct{ IMAP, IMAPS, LMTP, Auth, SMTP, SMTPS int }

// Start starts the servers and stops them with the test. Without their packages, or without root, the test is
// skipped, except where CI is true.
func Start(t *testing.T, more ...Extra) *Servers {
	t.Helper()
	for tool, pkg := range map[string]string{"/usr/lib/dovecot/imap": "dovecot-imapd", "/usr/lib/dovecot/lmtp": "dovecot-lmtpd", "dovecot": "dovecot-core", "postfix": "postfix"} {
		if _, err := exec.LookPath(tool); err != nil {
			unable(t, tool+" is missing: apt-get install "+pkg)
		}
	}
	if os.Getuid() != 0 {
		unable(t, "the mail servers need root to start")
	}
	s := &Servers{Dir: t.TempDir()}
	for dir := s.Dir; dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) { // the servers' own users walk through
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // a folder of the test
			break
		}
	}
	s.ports = free(t)
	s.certificate(t)
	s.dovecot(t)
	s.postfix(t, more)
	return s
}

func unable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// IMAPServer is the mailbox server for a user.
func (s *Servers) IMAPServer(user string, how mail.Encryption) mail.Server {
	port := s.IMAPS
	if how != mail.Implicit {
		port = s.IMAP
	}
	return mail.Server{Host: "localhost", Port: port, TLS: how, Config: s.Client, User: user, Password: Password, Timeout: 20 * time.Second}
}

// SMTPServer is the sending server for a user.
func (s *Servers) SMTPServer(user string, how mail.Encryption) mail.Server {
	port := s.SMTPS
	if how != mail.Implicit {
		port = s.SMTP
	}
	return mail.Server{Host: "localhost", Port: port, TLS: how, Config: s.Client, User: user, Password: Password, Timeout: 20 * time.Second}
}

// free finds ports that nobody uses. Another program may take one before the servers do; then the test fails.
func free(t *testing.T) ports {
	t.Helper()
	var p ports
	for _, to := range []*int{&p.IMAP, &p.IMAPS, &p.LMTP, &p.Auth, &p.SMTP, &p.SMTPS} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		addr, ok := l.Addr().(*net.TCPAddr)
		if !ok {
			t.Fatal("no port")
		}
		*to = addr.Port
	}
	return p
}

func (s *Servers) certificate(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.write(t, "cert.pem", cert, 0o644)
	s.write(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), 0o600)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	s.Client = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

func (s *Servers) write(t *testing.T, name string, text []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a folder of the test
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *Servers) fill(t *testing.T, name, text string) string {
	t.Helper()
	var out bytes.Buffer
	if err := template.Must(template.New(name).Parse(text)).Execute(&out, s); err != nil {
		t.Fatal(err)
	}
	return s.write(t, name, out.Bytes(), 0o644)
}

const dovecotConf = `
base_dir = {{.Dir}}/dovecot
state_dir = {{.Dir}}/dovecot-state
log_path = {{.Dir}}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{{.Dir}}/cert.pem
ssl_key = <{{.Dir}}/key.pem
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{{.Dir}}/mail/%u
first_valid_uid = 1
default_process_limit = 30
default_client_limit = 200
passdb {
  driver = passwd-file
  args = scheme=plain username_format=%u {{.Dir}}/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home={{.Dir}}/mail/%u
}
namespace inbox {
  inbox = yes
  mailbox Erledigt {
    auto = create
  }
}
service imap-login {
  inet_listener imap {
    port = {{.IMAP}}
  }
  inet_listener imaps {
    port = {{.IMAPS}}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = {{.LMTP}}
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  inet_listener {
    port = {{.Auth}}
  }
}
`

func (s *Servers) dovecot(t *testing.T) {
	t.Helper()
	conf := s.fill(t, "dovecot.conf", dovecotConf)
	s.write(t, "users", []byte(Orders+":"+Password+"\n"+Person+":"+Password+"\n"), 0o644)
	home := filepath.Join(s.Dir, "mail")
	if err := os.MkdirAll(home, 0o755); err != nil { //nolint:gosec // a folder of the test
		t.Fatal(err)
	}
	if err := os.Chmod(home, 0o777); err != nil { //nolint:gosec // Dovecot changes to nobody before it makes the maildirs
		t.Fatal(err)
	}
	run(t, exec.CommandContext(context.Background(), "dovecot", "-F", "-c", conf), nil)
	s.await(t, s.IMAP, "dovecot.log")
}

const mainCf = `
compatibility_level = 3.6
config_directory = {{.Dir}}/postfix
queue_directory = {{.Dir}}/queue
data_directory = {{.Dir}}/postfix-data
maillog_file = {{.Dir}}/postfix.log
maillog_file_prefixes = {{.Dir}}
myhostname = mail.patchwart.test
mydomain = patchwart.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
virtual_mailbox_domains = patchwart.test, loose.test
virtual_mailbox_maps = regexp:{{.Dir}}/postfix/recipients
virtual_transport = lmtp:inet:127.0.0.1:{{.LMTP}}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {{.Dir}}/cert.pem
smtpd_tls_key_file = {{.Dir}}/key.pem
smtpd_tls_session_cache_database =
smtp_tls_session_cache_database =
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{{.Auth}}
smtpd_tls_auth_only = yes
bounce_queue_lifetime = 1m
queue_run_delay = 1s
minimal_backoff_time = 1s
`

const masterCf = `
127.0.0.1:{{.SMTP}} inet n - n - - smtpd
127.0.0.1:{{.SMTPS}} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

func (s *Servers) postfix(t *testing.T, more []Extra) {
	t.Helper()
	var main, master, recipients string
	for _, m := range more {
		main, master, recipients = main+m.Main, master+m.Master, recipients+m.Recipients
		for name, text := range m.Files {
			s.write(t, name, []byte(text), 0o644)
		}
	}
	conf := filepath.Dir(s.fill(t, "postfix/main.cf", mainCf+main))
	s.fill(t, "postfix/master.cf", masterCf+master)
	s.write(t, "postfix/recipients", []byte(`/^(auftrag|erika)@patchwart\.test$/ x`+"\n"+`/@loose\.test$/ x`+"\n"+recipients), 0o644)
	for _, dir := range []string{"queue", "postfix-data"} {
		if err := os.MkdirAll(filepath.Join(s.Dir, dir), 0o755); err != nil { //nolint:gosec // a folder of the test
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "chown", "postfix", filepath.Join(s.Dir, "postfix-data")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	run(t, exec.CommandContext(context.Background(), "postfix", "-c", conf, "start-fg"), exec.CommandContext(context.Background(), "postfix", "-c", conf, "stop"))
	s.await(t, s.SMTP, "postfix.log")
}

// run starts a server and ends it with the test: by stop if that is given, else by its own PID.
func run(t *testing.T, cmd, stop *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		if stop != nil {
			_ = stop.Run()
		} else {
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() && said.Len() > 0 {
			t.Logf("%s said: %s", filepath.Base(cmd.Path), said.String())
		}
	})
}

// await waits for a port to answer.
func (s *Servers) await(t *testing.T, port int, log string) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
		cancel()
		if err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatalf("port %d does not answer; %s", port, s.Log(log))
}

// Log is the end of a server's log, for a test that failed.
func (s *Servers) Log(name string) string {
	text, err := os.ReadFile(filepath.Join(s.Dir, name))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(string(text), "\n")
	return name + ":\n" + strings.Join(lines[max(0, len(lines)-25):], "\n")
}

// flags lists the files of a folder of Orders, whose names end in the flags.
func (s *Servers) flags(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.Dir, "mail", Orders) + folder)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, e := range entries {
		out.WriteString(e.Name() + "\n")
	}
	return out.String()
}
