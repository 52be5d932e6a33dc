// Package rttest starts a real Request Tracker 5 for the tests, from Debian's packages, with SQLite in a directory of
// its own on a loopback port, with the machine's own configuration untouched.
package rttest

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/rt"
)

// The queues of the desk.
const (
	Queue      = "Kunden' Updates/Patches" // with all that TicketSQL and addresses stumble over
	Elsewhere  = "Vertrieb"
	standalone = "/usr/share/request-tracker5/libexec/standalone_httpd"
)

//go:embed desk.pl
var furniture string

// Desk is a running RT.
type Desk struct {
	URL    string
	Tokens map[string]string // by user
	dir    string
	log    *bytes.Buffer
	server *exec.Cmd
}

var (
	theDesk  *Desk
	errDesk  error
	deskOnce sync.Once
)

var errNoRT = errors.New("RT 5 is not installed: run scripts/require helpdesk as root")

// Stop stops the desk of a package's tests, at their end.
func Stop() {
	if theDesk != nil {
		_ = theDesk.server.Process.Kill()
		_ = theDesk.server.Wait()
		_ = os.RemoveAll(theDesk.dir)
	}
}

// Start is the one desk of all tests in a package: to furnish it takes seconds. The package's TestMain has to Stop
// it. Without RT the test is skipped, except where CI is true.
func Start(t *testing.T) *Desk {
	t.Helper()
	if testing.Short() {
		t.Skip("a real RT is started: not in short mode")
	}
	deskOnce.Do(func() { theDesk, errDesk = start() })
	switch {
	case errors.Is(errDesk, errNoRT) && os.Getenv("CI") != "true":
		t.Skip(errDesk)
	case errDesk != nil:
		t.Fatal(errDesk)
	}
	return theDesk
}

func start() (d *Desk, err error) {
	for _, tool := range []string{standalone, "rt-setup-database-5", "rt-mailgate-5", "perl"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, errNoRT
		}
	}
	dir, err := os.MkdirTemp("", "patchwart-rt-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	free, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	at, ok := free.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.New("no port")
	}
	port := at.Port
	_ = free.Close()
	config := fmt.Sprintf(`use utf8;
Set($rtname, 'helpdesk.example');
Set($Organization, 'helpdesk.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, %d);
Set($CorrespondAddress, 'updates@helpdesk.example');
Set($CommentAddress, 'intern@helpdesk.example');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '%[2]s/rt.sqlite');
Set($MailCommand, 'sendmailpipe');
Set($SendmailPath, '%[2]s/sendmail');
Set($SendmailArguments, '');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($Timezone, 'Europe/Berlin');
Set($BcryptCost, 4); # RT's own takes a third of a second for each request with a token
$RT::VarPath = '%[2]s';
$RT::MasonDataDir = '%[2]s/mason';
$RT::MasonSessionDir = '%[2]s/session';
1;
`, port, dir)
	for _, sub := range []string{"mason", "session"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	// What RT sends is kept, one file each, until somebody wants it elsewhere: see MailBy.
	if err := os.MkdirAll(filepath.Join(dir, "sent"), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "sendmail"), []byte("#!/bin/sh\nexec cat >\"$(mktemp '"+dir+"/sent/XXXXXX')\"\n"), 0o700); err != nil { //nolint:gosec // a program
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "RT_SiteConfig.pm"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	d = &Desk{dir: dir, URL: fmt.Sprintf("http://127.0.0.1:%d", port), log: &bytes.Buffer{}}
	if out, err := d.command("rt-setup-database-5", "--action", "init", "--dba", "root", "--dba-password", "", "--skip-create").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("set up RT's database: %w\n%s", err, out)
	}
	furnish := d.command("perl", "-")
	furnish.Stdin = strings.NewReader(furniture)
	furnish.Stderr = d.log
	out, err := furnish.Output()
	if err != nil {
		return nil, fmt.Errorf("furnish RT: %w\n%s", err, d.log)
	}
	if err := json.Unmarshal(out, &d.Tokens); err != nil {
		return nil, fmt.Errorf("furnish RT: %w\n%s", err, out)
	}
	d.server = d.command(standalone, "--host", "127.0.0.1", "--port", fmt.Sprint(port))
	d.server.Stdout, d.server.Stderr = d.log, d.log
	d.server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // not to outlive a test that is killed
	if err := d.server.Start(); err != nil {
		return nil, err
	}
	for range 1200 {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, d.URL+"/REST/2.0/rt", nil)
		if err != nil {
			return nil, err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			return d, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	_ = d.server.Process.Kill()
	_ = d.server.Wait()
	return nil, fmt.Errorf("RT does not answer within two minutes:\n%s", d.log)
}

// command is a program of RT with the desk's configuration.
func (d *Desk) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Env = append(os.Environ(), "RT_SITE_CONFIG="+d.dir+"/RT_SiteConfig.pm", "RT_SITE_CONFIG_DIR=/dev/null", "TZ=UTC", "LC_ALL=C.UTF-8")
	return cmd
}

// Sent are the mails that RT has sent so far and that were kept here.
func (d *Desk) Sent(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "sent", "*"))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(files))
	for i, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = string(text)
	}
	return out
}

// MailBy has RT hand what it sends to a program from now on, on its standard input.
func (d *Desk) MailBy(t *testing.T, program string) {
	t.Helper()
	path := filepath.Join(d.dir, "sendmail")
	if err := os.WriteFile(path+".new", []byte(program), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// Client is a client with the token of a user.
func (d *Desk) Client(t *testing.T, user string, queues ...string) *rt.Client {
	t.Helper()
	if queues == nil {
		queues = []string{Queue}
	}
	c, err := rt.Open(rt.Config{URL: d.URL, TokenFile: Secret(t, d.Tokens[user]), Queues: queues})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Mail hands a mail to the desk's mail gateway, as a mail server does.
func (d *Desk) Mail(t *testing.T, to, text string) {
	t.Helper()
	cmd := d.command("rt-mailgate-5", "--url", d.URL, "--queue", to, "--action", "correspond")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mail gateway: %v\n%s", err, out)
	}
}

// Call makes a request as a user, beside the client that is tested.
func (d *Desk) Call(t *testing.T, user, method, path string, body any) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, d.URL+"/REST/2.0"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+d.Tokens[user])
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, out, err)
	}
	return out
}

// Ticket makes a ticket over REST2 and returns its number.
func (d *Desk) Ticket(t *testing.T, user, in, subject string) int64 {
	t.Helper()
	var made struct {
		ID json.Number `json:"id"`
	}
	out := d.Call(t, user, http.MethodPost, "/ticket", map[string]string{"Queue": in, "Subject": subject, "Requestor": "petra@kunde.example", "Content": subject, "ContentType": "text/plain"})
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	id, err := made.ID.Int64()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Secret is a file that nobody else can read.
func Secret(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
