package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
	"github.com/patchwart/patchwart/internal/stage/stagetest"
)

// The one stage of the tests that play at the same time, each with a host of its own; opened by the first
// that needs it.
var theatre struct {
	sync.Once
	stage *stage.Stage
	err   error
}

// serveEnv has this program serve instead of testing: the server that random runs kill.
const serveEnv = "PATCHWART_TEST_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveEnv) != "" {
		if err := stage.ServeApart(context.Background(), os.Stdin, os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	rttest.Stop()
	if theatre.stage != nil {
		if err := theatre.stage.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "close the stage:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// binary is the path of a built program.
func binary(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("bin/%s is missing: run 'make build' first", name)
	}
	return path
}

func needRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("not root: CI must run these tests")
		}
		t.Skip("not root: real hosts need root; run 'sudo make lab'")
	}
}

// oneSystem is a system of the stage's estate.
const oneSystem = `
  - name: %s
    contract: c
    admin_access: provider
    services: [nginx.service, patient.service]
    checks:
      - {name: portal, kind: http, port: 80, path: /portal, status: 200}
`

// patients are the hosts: one for each test that runs beside the others.
var patients = []string{"patient1", "patient2", "patient3", "patient4", "patient5", "barred1", "struck1", "crash1", "crash2"}

// play is a managed host with a package of its own, whose next version the test writes.
type play struct {
	*testing.T
	name  string
	stage *stage.Stage
	host  *lab.Host
	repo  *lab.Repo
	spec  lab.HostSpec
	known *lab.Memory // nil: a walk reads every byte
	turn  int         // counts versions
}

// open opens the stage with an estate of all patients.
func open(t *testing.T) {
	theatre.Do(func() {
		ctx := context.Background()
		if theatre.stage, theatre.err = stage.Open(ctx, stage.Options{
			Agent: binary(t, "patchwart-agent"), RunLimit: 90 * time.Second, Lab: lab.Options{Progress: func(s string) { t.Log(s) }},
		}); theatre.err != nil {
			return
		}
		doc := stagetest.Estate(time.Now())
		names := patients
		for _, name := range []string{"barred1", "crash1", "crash2"} {
			for n := range moreSystems {
				names = append(names, fmt.Sprintf("%s-%d", name, n+1))
			}
		}
		for _, name := range names {
			doc = fmt.Appendf(doc, oneSystem, name)
		}
		_, theatre.err = theatre.stage.Client.Apply(ctx, "estate.yaml", doc)
	})
	if theatre.err != nil {
		t.Fatal(theatre.err)
	}
}

// patient makes a web host with the package "patient" installed, and enrols it. Every turn of a test leaves
// it verified new or as before.
func patient(t *testing.T, name string, changes ...func(*lab.HostSpec)) *play {
	t.Helper()
	needRoot(t)
	open(t)
	return furnish(t, theatre.stage, name, changes...)
}

// furnish makes the host on a stage.
func furnish(t *testing.T, on *stage.Stage, name string, changes ...func(*lab.HostSpec)) *play {
	t.Helper()
	p := &play{T: t, name: name, stage: on}
	ctx := t.Context()
	var err error
	p.repo, err = p.stage.Lab.Repo(ctx, lab.RepoSpec{Name: name, Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security"})
	p.ok(err)
	spec := lab.HostSpec{Name: name, Profile: lab.Web, Repos: []*lab.Repo{p.repo}}
	for _, change := range changes {
		change(&spec)
	}
	p.spec = spec
	p.host, err = p.stage.Lab.Host(ctx, spec)
	p.ok(err)
	p.ok(p.host.Boot(ctx))
	p.ok(p.repo.Publish(ctx, p.next(nil)))
	if spec.Profile == lab.Base { // a small web host
		p.inside("apt-get", "-q", "update")
		p.inside("apt-get", "-qy", "install", "--no-install-recommends", "nginx")
	}
	p.ok(p.host.WriteFile("/etc/nginx/sites-available/default", []byte("server {\n\tlisten 80 default_server;\n\tinclude /usr/share/patient/nginx.conf;\n}\n"), 0o644))
	p.inside("apt-get", "-q", "update")
	p.inside("apt-get", "-qy", "install", "patient")
	if spec.Btrfs { // as on every host that boots from one
		p.inside("apt-get", "-qy", "install", "--no-install-recommends", "btrfs-progs")
	}
	if spec.Profile == lab.Base { // runs by the hundred: apt reads what the test publishes, not sixty thousand packages
		p.ok(p.host.Remove("/etc/apt/sources.list.d/debian.sources"))
		p.inside("apt-get", "-q", "update")
	}
	p.ok(p.stage.Enrol(ctx, p.host))
	p.ok(p.stage.AwaitFacts(ctx, name))
	return p
}

// small makes the host a small web server, for tests with many runs.
func small(s *lab.HostSpec) { s.Profile = lab.Base }

func (p *play) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *play) inside(argv ...string) string {
	p.Helper()
	out, err := p.host.Run(p.Context(), argv...)
	p.ok(err)
	return string(bytes.TrimSpace(out))
}

// active demands that each unit runs: asked about several at once, systemctl is content with one that does.
func (p *play) active(units ...string) {
	p.Helper()
	for _, u := range units {
		p.inside("systemctl", "is-active", u)
	}
}

// next is the next good version of the package: a service, a page, a file in /etc, a new file each time.
// bad makes it ill.
func (p *play) next(bad func(*lab.Deb)) lab.Deb {
	p.turn++
	v := fmt.Sprintf("1.%d-1", p.turn)
	d := lab.Deb{
		Name: "patient", Version: v, Depends: "nginx",
		Files: map[string]lab.File{
			"/usr/share/patient/nginx.conf":           {Content: fmt.Sprintf("location = /portal { default_type text/plain; return 200 \"%s\\n\"; }\n", v)},
			"/usr/share/patient/only-in-" + v:         {Content: v},
			"/usr/bin/patient":                        {Content: "#!/bin/sh\nexec sleep infinity\n", Mode: 0o755},
			"/usr/lib/systemd/system/patient.service": {Content: "[Service]\nExecStart=/usr/bin/patient\n[Install]\nWantedBy=multi-user.target\n"},
			"/etc/patient.conf":                       {Content: "# " + v + "\n"},
			"/usr/share/patient/suid":                 {Content: v, Mode: 0o4755},
		},
		Conffiles: []string{"/etc/patient.conf"},
		Postinst:  "#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl daemon-reload; systemctl enable -q patient.service; systemctl restart patient.service; systemctl reload-or-restart nginx.service; fi\n",
	}
	if bad != nil {
		bad(&d)
	}
	return d
}

// outside are the paths that the walk passes over, each with its reason.
func outside() []lab.Exception {
	return append(lab.BootVolatile(),
		lab.Exception{Path: "/var/lib/patchwart-agent/", Reason: "the agent's journal, which tells of this very run"},
		lab.Exception{Path: "/var/lib/patchwart/", Reason: "the restore points themselves"},
		lab.Exception{Path: "/var/lib/apt/lists/partial/", Reason: "lists that apt downloaded and did not accept: it uses none of them"},
		lab.Exception{Path: "/var/cache/apt/", Reason: "downloaded packages and apt's derived caches, made anew from the lists"},
	)
}

func (p *play) walk() lab.Tree {
	p.Helper()
	p.inside("sync")
	t, err := p.look()
	p.ok(err)
	return t
}

// look walks the host as it is.
func (p *play) look() (lab.Tree, error) {
	if p.known != nil {
		return atRest(p.host, p.known.Walk)
	}
	return atRest(p.host, lab.Walk)
}

// atRest walks a host. Its agent may begin to refresh the package lists at any moment: a walk that caught apt at it is
// not of a host at rest, and is done again. One that an end by force left so is told as it is.
func atRest(h *lab.Host, walk func(root string, except []lab.Exception) (lab.Tree, error)) (lab.Tree, error) {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		t, err := walk(h.Root(), outside())
		if err != nil || !beingFetched(t) || time.Now().After(end) {
			return t, err
		}
	}
}

// beingFetched tells whether apt was refreshing its lists: while it does, one is the download helper's, and
// unreadable for others, until apt has taken it over.
func beingFetched(t lab.Tree) bool {
	for path, e := range t {
		if strings.HasPrefix(path, "/var/lib/apt/lists/") && e.Type == "file" && e.UID != 0 {
			return true
		}
	}
	return false
}

func TestAWalkThatCaughtAptAtItsListsIsTold(t *testing.T) {
	t.Parallel()
	const list = "/var/lib/apt/lists/repo.lab.test_InRelease"
	for _, c := range []struct {
		story string
		tree  lab.Tree
		want  bool
	}{
		{"the list is the download helper's", lab.Tree{list: {Type: "file", Mode: 0o600, UID: 42}}, true},
		{"apt has taken it over", lab.Tree{list: {Type: "file", Mode: 0o644}}, false},
		{"the helper's folder is always there", lab.Tree{"/var/lib/apt/lists/auxfiles": {Type: "dir", Mode: 0o700, UID: 42}}, false},
		{"somebody else's file", lab.Tree{"/srv/InRelease": {Type: "file", Mode: 0o600, UID: 42}}, false},
	} {
		if got := beingFetched(c.tree); got != c.want {
			t.Errorf("%s: %v", c.story, got)
		}
	}
}

// offer publishes a version and lets the host and the server know of it. It returns the host as it is
// before anything is done.
func (p *play) offer(d lab.Deb) lab.Tree {
	p.Helper()
	p.ok(p.repo.Publish(p.Context(), d))
	p.refresh()
	p.inside("systemctl", "restart", "patchwart-agent.service")
	p.until("the server knows that "+d.Version+" is due", func() bool {
		rows, err := p.stage.Client.Due(p.Context(), p.name)
		return err == nil && len(rows) == 1 && rows[0].Finding.Candidate == d.Version
	})
	return p.quiet()
}

// quiet is walk when nobody refreshes the package lists.
func (p *play) quiet() lab.Tree {
	p.Helper()
	p.until("nobody refreshes the package lists", func() bool {
		return !strings.Contains(p.inside("ps", "-eo", "comm="), "apt-get")
	})
	return p.walk()
}

// refresh brings the host's package lists up to date.
func (p *play) refresh() {
	p.Helper()
	p.until("the package lists are free to be refreshed", func() bool { // the agent may be at it
		_, err := p.host.Run(p.Context(), "apt-get", "-q", "update")
		return err == nil
	})
}

// order places the customer's order, has it planned, and returns the run's ID.
func (p *play) order() string {
	p.Helper()
	_, err := p.stage.Client.PlaceOrder(p.Context(), board.OrderRequest{
		System: p.name, Contact: "eva", Channel: "Ticket 1", Text: "Bitte die Sicherheitsupdates einspielen.", Explicit: true, Scope: estate.ScopeSecurity,
	})
	p.ok(err)
	planned, err := p.stage.Client.Plan(p.Context(), p.name, false)
	p.ok(err)
	if len(planned.Slots) != 1 {
		sys, err := p.stage.Client.System(p.Context(), p.name)
		p.ok(err)
		p.Fatalf("not planned: %+v; the host says %+v, %+v", planned, sys.Facts.Indices, sys.Facts.Pending)
	}
	return planned.Slots[0].Run
}

// finish waits for the end of a run.
func (p *play) finish(id string) board.Run {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 6*time.Minute)
	defer cancel()
	for {
		r, err := p.stage.Client.Run(ctx, id)
		p.ok(err)
		if r.Stage == board.Over {
			return r
		}
		if _, err := p.stage.Client.Watch(ctx, id, r.State.Seq, 20*time.Second); err != nil {
			p.ok(errors.Join(err, ctx.Err()))
		}
	}
}

func (p *play) until(what string, done func() bool) {
	p.Helper()
	for end := time.Now().Add(90 * time.Second); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("after 90 seconds, not: %s", what)
		}
	}
}

// identical holds that the host is as it was.
func (p *play) identical(before lab.Tree) {
	p.Helper()
	if diff := lab.Diff(before, p.walk()); len(diff) > 0 {
		p.Errorf("the host differs from before in %d paths:\n%s", len(diff), strings.Join(diff[:min(len(diff), 40)], "\n"))
	}
}

// renewed holds that the host is verified new: the version, a clean package database, running services.
func (p *play) renewed(version string) {
	p.Helper()
	if got := p.inside("dpkg-query", "-W", "-f", "${Version} ${Status}", "patient"); got != version+" install ok installed" {
		p.Errorf("installed is %q, not %s", got, version)
	}
	if audit := p.inside("dpkg", "--audit"); audit != "" {
		p.Errorf("dpkg --audit: %s", audit)
	}
	p.active("patient.service", "nginx.service")
}
