package labtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/wire"
)

const agentOnHost = "/usr/local/bin/host.test"

// machine is a lab host with the test binary on it.
type machine struct {
	*lab.Host
	t *testing.T
}

// securityRepo is a loopback repository that says of itself what Debian's security archive says.
func securityRepo(t *testing.T, l *lab.Lab) *lab.Repo {
	t.Helper()
	return repo(t, l, lab.RepoSpec{Name: "local", Origin: "Debian", Label: "Debian-Security", Suite: "oldstable-security", Codename: "bookworm-security"})
}

// vendorRepo is a loopback repository of somebody else.
func vendorRepo(t *testing.T, l *lab.Lab) *lab.Repo {
	t.Helper()
	return repo(t, l, lab.RepoSpec{Name: "vendor", Origin: "Vendor", Label: "Vendor Tools", Suite: "stable", Codename: "stable"})
}

func repo(t *testing.T, l *lab.Lab, spec lab.RepoSpec) *lab.Repo {
	t.Helper()
	r, err := l.Repo(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// openLab says why this machine cannot run lab hosts. In CI it must.
func openLab(t *testing.T) *lab.Lab {
	t.Helper()
	reason := ""
	if os.Geteuid() != 0 {
		reason = "lab hosts need root: run the tests as root"
	} else if missing := lab.Missing(); len(missing) > 0 {
		reason = fmt.Sprintf("lab hosts need tools that are missing: %v", missing)
	}
	if reason != "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(reason)
		}
		t.Skip(reason)
	}
	l, err := lab.Open(t.Context(), lab.Options{Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func bootHost(t *testing.T, l *lab.Lab, spec lab.HostSpec) machine {
	t.Helper()
	h, err := l.Host(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.WriteFile(agentOnHost, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := h.Boot(t.Context()); err != nil {
		t.Fatal(err)
	}
	return machine{h, t}
}

// in is the same host, as part of another story.
func (m machine) in(t *testing.T) machine { return machine{m.Host, t} }

func (m machine) run(argv ...string) string {
	m.t.Helper()
	out, err := m.Run(m.t.Context(), argv...)
	if err != nil {
		m.t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// do carries out a step on the host.
func (m machine) do(s step) answer {
	m.t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		m.t.Fatal(err)
	}
	out, err := m.Run(context.WithoutCancel(m.t.Context()), "/usr/bin/env", stepEnv+"="+string(text), agentOnHost)
	if err != nil {
		m.t.Fatalf("%s: %v\n%s", s.Do, err, out)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		m.t.Fatalf("%s: %v\n%s", s.Do, err, out)
	}
	if a.Error != "" {
		m.t.Fatalf("%s: %s", s.Do, a.Error)
	}
	m.t.Logf("%s took %s on the host", s.Do, a.Took.Round(time.Millisecond))
	return a
}

// try is do for what may fail.
func (m machine) try(s step) (answer, error) {
	m.t.Helper()
	var a answer
	text, err := json.Marshal(s)
	if err != nil {
		m.t.Fatal(err)
	}
	out, err := m.Run(context.WithoutCancel(m.t.Context()), "/usr/bin/env", stepEnv+"="+string(text), agentOnHost)
	if err == nil {
		err = json.Unmarshal(out, &a)
	}
	return a, err
}

// dies carries out a step in the middle of which the agent is killed.
func (m machine) dies(s step) {
	m.t.Helper()
	if a, err := m.try(s); err == nil && a.Error == "" && a.Calls > 0 && s.Die <= 2*a.Calls {
		m.t.Fatalf("%s lived: %+v", s.Do, a)
	}
}

// good is do for what has to go well.
func (m machine) good(s step) answer {
	m.t.Helper()
	a := m.do(s)
	if a.Trouble != nil {
		m.t.Fatalf("%s: %v\n%s", s.Do, a.Trouble, a.Trouble.Detail)
	}
	return a
}

// bad is do for what has to end with a code, and whose sentence has to name something in both languages.
func (m machine) bad(s step, code, names string) *host.Trouble {
	m.t.Helper()
	a := m.do(s)
	switch {
	case a.Trouble == nil:
		m.t.Fatalf("%s: no trouble, want %s", s.Do, code)
	case a.Trouble.Code != code:
		m.t.Fatalf("%s: %v\n%s\nwant %s", s.Do, a.Trouble, a.Trouble.Detail, code)
	case !strings.Contains(a.Trouble.Text.DE, names) || !strings.Contains(a.Trouble.Text.EN, names):
		m.t.Errorf("%s: %+v does not name %q", s.Do, a.Trouble.Text, names)
	}
	m.t.Logf("%s: %s", a.Trouble.Code, a.Trouble.Text.DE)
	return a.Trouble
}

// ordered picks packages from what is pending.
func ordered(t *testing.T, f fact.Facts, names ...string) []wire.Package {
	t.Helper()
	var list []wire.Package
	for _, p := range f.Pending {
		if (len(names) == 0 || slices.Contains(names, p.Name)) && !p.Held {
			list = append(list, wire.Package{Name: p.Name, Arch: p.Arch, From: p.Installed, To: p.Candidate})
		}
	}
	if len(list) < len(names) || len(list) == 0 {
		t.Fatalf("of %v only %v is pending", names, list)
	}
	return list
}

func pendingNames(f fact.Facts, held bool) []string {
	var names []string
	for _, p := range f.Pending {
		if p.Held == held {
			names = append(names, p.Name)
		}
	}
	return names
}

func deb(name, version string, change func(*lab.Deb)) lab.Deb {
	d := lab.Deb{Name: name, Version: version, Files: map[string]lab.File{"/usr/share/" + name + "/version": {Content: version + "\n", Mode: 0o644}}}
	if change != nil {
		change(&d)
	}
	return d
}
