package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
	"github.com/patchwart/patchwart/internal/stage/stagetest"
)

// fleetSystem is a system of the fleets.
const fleetSystem = `
  - name: %s
    contract: c
    admin_access: provider
    services: [nginx.service, patient.service, mariadb.service, ssh.service]
    checks:
      - {name: portal, kind: http, port: 80, path: /portal, status: 200}
`

// watched are the services that every contender who checks anything checks.
var watched = []string{"nginx.service", "patient.service", "mariadb.service", "ssh.service"}

// ground is where fleets are updated: hosts with a saved disk each, one loopback repository, and a server.
type ground struct {
	testing.TB
	ctx    context.Context
	dir    string
	agent  string
	lab    *lab.Lab
	repo   *lab.Repo
	stage  *stage.Stage
	client *client.Client
	warden warden
	hosts  []*lab.Host

	key      string // of Ansible
	public   []byte
	plays    int
	version  int               // of the local packages, counted up
	security map[string][]byte // by host: its source of real security updates
}

func newGround(b testing.TB, most int) *ground {
	g := &ground{TB: b, ctx: context.Background(), dir: b.TempDir(), security: map[string][]byte{}}
	var err error
	g.agent, err = filepath.Abs("../../../bin/patchwart-agent")
	must(b, err)
	g.warden.program, err = filepath.Abs("../../../bin/patchwart")
	must(b, err)
	for _, program := range []string{g.agent, g.warden.program} {
		if _, err := os.Stat(program); err != nil {
			b.Fatalf("%s is missing: run 'make build' first", program)
		}
	}
	g.lab, err = lab.Open(g.ctx, lab.Options{Progress: func(l string) { fmt.Fprintln(os.Stderr, l) }})
	must(b, err)
	b.Cleanup(func() { must(b, g.lab.Close()) })
	g.repo, err = g.lab.Repo(g.ctx, lab.RepoSpec{Name: "fleet", Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security"})
	must(b, err)
	must(b, g.repo.Publish(g.ctx, g.packages(false)...))
	g.public = g.makeKey()
	g.warden.data = filepath.Join(g.dir, "server")
	g.warden.console = freePort(b, "127.0.0.1").String()
	g.warden.agents = netip.AddrPortFrom(g.lab.Gateway(), freePort(b, g.lab.Gateway().String()).Port())
	g.start()
	b.Cleanup(g.stop)
	doc := stagetest.Estate(time.Now())
	for n := range most {
		doc = fmt.Appendf(doc, fleetSystem, hostName(n+1))
	}
	_, err = g.client.Apply(g.ctx, "estate.yaml", doc)
	must(b, err)
	g.stop()
	return g
}

func hostName(n int) string { return "fleet" + strconv.Itoa(n) }

func hostNumber(name string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "fleet"))
	return n
}

// frail says on which hosts the faulty version of the package does not run: every fourth, beginning with the first.
func frail(n int) bool { return n%4 == 1 }

// packages is the next version of the two small packages: a service with a page, and its data. The faulty one does
// not start where a configuration of old times lies.
func (g *ground) packages(faulty bool) []lab.Deb {
	v := fmt.Sprintf("1.%d-1", g.version)
	g.version++
	program := "#!/bin/sh\nexec sleep infinity\n"
	if faulty {
		program = "#!/bin/sh\n[ -e /etc/patient-of-old ] && exit 1\nexec sleep infinity\n"
	}
	return []lab.Deb{{
		Name: "patient", Version: v, Depends: "nginx, patient-data (>= " + v + ")",
		Files: map[string]lab.File{
			"/usr/bin/patient":                        {Content: program + "# " + v + "\n", Mode: 0o755},
			"/usr/lib/systemd/system/patient.service": {Content: "[Service]\nExecStart=/usr/bin/patient\n[Install]\nWantedBy=multi-user.target\n"},
			"/usr/share/patient/only-in-" + v:         {Content: v},
			"/etc/patient.conf":                       {Content: "# " + v + "\n"},
		},
		Conffiles: []string{"/etc/patient.conf"},
		Postinst:  "#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl daemon-reload; systemctl enable -q patient.service; systemctl restart patient.service || true; fi\n",
	}, {
		Name: "patient-data", Version: v,
		Files: map[string]lab.File{
			"/usr/share/patient/nginx.conf": {Content: fmt.Sprintf("location = /portal { default_type text/plain; return 200 \"%s\\n\"; }\n", v)},
			"/usr/share/patient/data":       {Content: strings.Repeat(v+"\n", 20000)},
		},
	}}
}

// fleet gives the first n hosts, and makes those that are not there yet.
func (g *ground) fleet(n int) []*lab.Host {
	if len(g.hosts) < n {
		g.start()
		var fresh []*lab.Host
		for i := len(g.hosts); i < n; i++ {
			h, err := g.lab.Host(g.ctx, lab.HostSpec{Name: hostName(i + 1), Profile: lab.Fleet, Security: true, Repos: []*lab.Repo{g.repo}})
			must(g, err)
			fresh = append(fresh, h)
		}
		must(g, each(fresh, 2, g.furnish))
		for _, h := range fresh {
			source, err := h.ReadFile(securitySource)
			must(g, err)
			g.security[h.Name()] = source
		}
		g.hosts = append(g.hosts, fresh...)
		g.stop()
	}
	return g.hosts[:n]
}

const securitySource = "/etc/apt/sources.list.d/debian-security.sources"

// furnish makes a managed host of a fresh one: the package, its page, Ansible's way in, the agent; and saves its disk.
func (g *ground) furnish(h *lab.Host) error {
	if err := h.Boot(g.ctx); err != nil {
		return err
	}
	files := map[string]string{
		"/etc/nginx/sites-available/default": "server {\n\tlisten 80 default_server;\n\tinclude /usr/share/patient/nginx.conf;\n}\n",
		"/root/.ssh/authorized_keys":         string(g.public),
	}
	if frail(hostNumber(h.Name())) {
		files["/etc/patient-of-old"] = "old\n"
	}
	for name, content := range files {
		if err := h.WriteFile(name, []byte(content), 0o600); err != nil {
			return err
		}
	}
	for _, argv := range [][]string{
		{"chmod", "700", "/root/.ssh"},
		{"apt-get", "-q", "update"},
		{"apt-get", "-qy", "install", "patient"},
		{"systemctl", "reload-or-restart", "nginx.service"},
	} {
		if _, err := h.Run(g.ctx, argv...); err != nil {
			return err
		}
	}
	if err := errors.Join(g.stage.Enrol(g.ctx, h), g.stage.AwaitFacts(g.ctx, h.Name()), prepared(g.ctx, h)); err != nil {
		return err
	}
	if _, err := h.Run(g.ctx, "systemctl", "disable", "--now", "patchwart-agent.service"); err != nil {
		return err
	}
	return errors.Join(h.Poweroff(g.ctx), h.Save(g.ctx, "ready"))
}

// prepared waits until an agent at rest has read what the next restore point would have to read, as it has on a
// host that has been managed for a while.
func prepared(ctx context.Context, h *lab.Host) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		_, err := h.Run(ctx, "test", "-e", "/var/lib/patchwart/restore/.sums")
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		time.Sleep(time.Second)
	}
}

// ready puts the hosts' disks back, boots them, and gives them what is pending in a workload. All other hosts are off.
func (g *ground) ready(hosts []*lab.Host, w workload) {
	must(g, each(g.hosts, 2, func(h *lab.Host) error {
		if !h.Running() {
			return nil
		}
		return h.Poweroff(g.ctx)
	}))
	if w.local {
		must(g, g.repo.Publish(g.ctx, g.packages(w.failing)...))
	}
	must(g, each(hosts, 3, func(h *lab.Host) error {
		if err := h.Revert(g.ctx, "ready"); err != nil {
			return err
		}
		if err := h.Boot(g.ctx); err != nil { // where many hosts boot side by side, one in hundreds does not
			fmt.Fprintln(os.Stderr, "boots once more:", err)
			if err := h.Boot(g.ctx); err != nil {
				return err
			}
		}
		if !w.local {
			if err := h.RemoveRepo(g.repo); err != nil {
				return err
			}
		}
		if !w.real {
			if err := h.Remove(securitySource); err != nil {
				return err
			}
		}
		for _, argv := range [][]string{{"apt-get", "-q", "update"}, {"apt-get", "clean"}, {"sync"}} {
			if _, err := h.Run(g.ctx, argv...); err != nil {
				return err
			}
		}
		n, err := pending(g.ctx, h)
		if err == nil && n == 0 {
			err = fmt.Errorf("%s: nothing is pending", h.Name())
		}
		return err
	}))
}

// pending counts the updates that apt would install on a host.
func pending(ctx context.Context, h *lab.Host) (int, error) {
	out, err := h.Run(ctx, "apt-get", "-s", "upgrade")
	n := 0
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "Inst ") {
			n++
		}
	}
	return n, err
}

// updated says whether nothing is pending on a host any more, its packages are whole, and its services run.
func (g *ground) updated(h *lab.Host) bool {
	n, err := pending(g.ctx, h)
	if err != nil || n > 0 {
		return false
	}
	audit, err := h.Run(g.ctx, "dpkg", "--audit")
	return err == nil && len(audit) == 0 && g.running(h)
}

// running says whether all watched services run. The status of systemctl would be good if one of them did.
func (g *ground) running(h *lab.Host) bool {
	out, _ := h.Run(g.ctx, append([]string{"systemctl", "is-active"}, watched...)...)
	states := strings.Fields(string(out))
	return len(states) == len(watched) && !slices.ContainsFunc(states, func(s string) bool { return s != "active" })
}

// aside are the paths that the walk passes over: what every boot changes, and what each contender keeps of its own.
func aside() []lab.Exception {
	return append(lab.BootVolatile(),
		lab.Exception{Path: "/var/lib/patchwart-agent/", Reason: "Patchwart's journal, which tells of this very run"},
		lab.Exception{Path: "/var/lib/patchwart/", Reason: "Patchwart's restore points themselves"},
		lab.Exception{Path: "/var/backups/before-update.tar", Reason: "the play's restore point itself"},
		lab.Exception{Path: "/root/.ansible", Reason: "Ansible's working directory"},
		lab.Exception{Path: "/var/lib/unattended-upgrades/", Reason: "what unattended-upgrade remembers of its last time"},
		lab.Exception{Path: "/var/lib/apt/lists/", Reason: "package lists: downloaded again by everybody"},
		lab.Exception{Path: "/var/lib/apt/periodic/", Reason: "when lists were refreshed"},
		lab.Exception{Path: "/var/cache/apt/", Reason: "downloaded packages and apt's derived caches, made anew from the lists"},
	)
}

// walk reads the root of a host from outside.
func (g *ground) walk(h *lab.Host) (lab.Tree, error) {
	if _, err := h.Run(g.ctx, "sync"); err != nil {
		return nil, err
	}
	return lab.Walk(h.Root(), aside())
}

// show appends what a program said to a file of its own, if a folder was named for that.
func (g *ground) show(program string, said []byte) {
	if *fleetLog == "" {
		return
	}
	must(g, os.MkdirAll(*fleetLog, 0o755))
	name := filepath.Join(*fleetLog, strings.ReplaceAll(program, " ", "-")+".log")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	must(g, err)
	_, err = fmt.Fprintf(f, "%s\n%s\n", time.Now().Format(time.DateTime), said)
	must(g, errors.Join(err, f.Close()))
}
