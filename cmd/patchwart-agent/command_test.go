package main

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/agent"
	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call runs the program as a shell would.
func call(locale, in string, args ...string) (code int, out, err string) {
	var o, e bytes.Buffer
	env := func(name string) string {
		if name == "LANG" {
			return locale
		}
		return ""
	}
	code = command{in: strings.NewReader(in), out: &o, err: &e, env: env}.main(context.Background(), args)
	return code, o.String(), e.String()
}

func TestCallsAndTheirExitCodes(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	for _, c := range []struct {
		args []string
		lang string
		code int
		says string // on standard output if the code is 0, else on standard error
	}{
		{[]string{"version"}, "", exitOK, "patchwart-agent "},
		{[]string{"help"}, "de_DE.UTF-8", exitOK, "Rückgabewerte"},
		{[]string{"--help"}, "en_GB.UTF-8", exitOK, "Exit codes"},
		{[]string{"status", "-h"}, "en_GB.UTF-8", exitOK, "Exit codes"},
		{nil, "en", exitUsage, "Exit codes"},
		{[]string{"reboot"}, "en", exitUsage, "There is no command \"reboot\""},
		{[]string{"reboot"}, "", exitUsage, "Den Befehl \"reboot\" gibt es nicht"},
		{[]string{"status", "--colour"}, "en", exitUsage, "-colour. Help"},
		{[]string{"status", "web1"}, "en", exitUsage, "\"web1\" is not expected"},
		{[]string{"status", "--state", state}, "en", exitNotFound, "not enrolled yet. Call patchwart-agent enrol"},
		{[]string{"run", "--state", state}, "de", exitNotFound, "noch nicht angemeldet"},
		{[]string{"enrol"}, "en", exitUsage, "--token-file is missing"},
		{[]string{"enrol", "--token-file", "-", "--server", "here"}, "en", exitInvalid, "is not an address"},
		{[]string{"unit"}, "", exitOK, "ExecStart=/"},
	} {
		code, out, err := call(c.lang, "token\n", c.args...)
		said := err
		if c.code == exitOK {
			said = out
		}
		if code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%v: code %d, want %d; it says %q, want %q", c.args, code, c.code, said, c.says)
		}
		if c.code != exitOK && c.args != nil && strings.Count(said, "\n") != 1 {
			t.Errorf("%v: an error of more than a line: %q", c.args, said)
		}
	}
}

func TestEnrolFromStandardInputAndFromAFile(t *testing.T) {
	s := agenttest.New(t)
	state := filepath.Join(t.TempDir(), "state")
	enrol := func(in string, more ...string) (int, string, string) {
		return call("en", in, append([]string{"enrol", "--server", s.URL, "--name", "web1", "--authority", s.Authority(), "--state", state}, more...)...)
	}
	if code, out, err := enrol(s.Token("web1")+"\n", "--token-file", "-"); code != exitOK || !strings.Contains(out, "web1 is enrolled with "+s.URL) {
		t.Fatalf("code %d, %q, %q", code, out, err)
	}
	code, out, _ := call("en", "", "status", "--state", state)
	if code != exitOK || !strings.Contains(out, "No order under way.") || !strings.Contains(out, "Last contact with the server: never yet.") {
		t.Errorf("status: code %d, %q", code, out)
	}
	code, out, _ = call("en", "", "status", "--state", state, "--json")
	var status agent.Status
	if err := json.Unmarshal([]byte(out), &status); code != exitOK || err != nil || status.System != "web1" || status.Order != nil {
		t.Errorf("status: code %d, %v, %q", code, err, out)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(s.Token("web1")), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, err := enrol("", "--token-file", file); code != exitConflict || !strings.Contains(err, "--again") {
		t.Errorf("enrolled twice: code %d, %q", code, err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, err := enrol("", "--token-file", file, "--again"); code != exitInvalid || !strings.Contains(err, "root only") {
		t.Errorf("a token that everybody can read: code %d, %q", code, err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, err := enrol("", "--token-file", file, "--again"); code != exitOK {
		t.Errorf("again: code %d, %q", code, err)
	}
	if code, _, err := enrol("used-up\n", "--token-file", "-", "--again"); code != exitForbidden || strings.Contains(err, "used-up") {
		t.Errorf("a bad token: code %d, %q", code, err)
	}
}

func TestFactsAreSummedUp(t *testing.T) {
	f := fact.Facts{
		Host: "web1", OS: fact.OS{Name: "Debian GNU/Linux 12 (bookworm)"}, Kernel: fact.Kernel{Running: "6.1.0-1"},
		Packages: []fact.Package{{Name: "nginx"}},
		Pending:  []fact.Pending{{Name: "nginx", Installed: "1.0", Candidate: "1.1", Held: true, Origins: []fact.Origin{{Label: "Debian-Security", Suite: "stable-security"}}}},
		Failed:   []string{"cron.service"}, Reboot: fact.Reboot{Required: true, Expected: "6.1.0-2"},
	}
	var lines []string
	for _, l := range summary(f) {
		lines = append(lines, l.In(lang.EN))
	}
	want := `web1: Debian GNU/Linux 12 (bookworm), kernel 6.1.0-1.
Packages: 1 installed, 1 with a new version.
  nginx 1.0 → 1.1  Debian-Security/stable-security (on hold)
Failed services: cron.service.
A reboot is pending (kernel 6.1.0-2).`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got:\n%s", got)
	}
}

// TestBinaryIsSmallAndStatic builds the program as it is delivered.
func TestBinaryIsSmallAndStatic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "patchwart-agent")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if most := int64(15 << 20); info.Size() > most {
		t.Errorf("the binary has %d bytes, more than %d", info.Size(), most)
	}
	t.Logf("stripped binary: %.1f MiB", float64(info.Size())/(1<<20))
	bin, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer bin.Close()
	if libs, err := bin.ImportedLibraries(); err != nil || len(libs) > 0 {
		t.Errorf("the binary needs %v, %v", libs, err)
	}
}
