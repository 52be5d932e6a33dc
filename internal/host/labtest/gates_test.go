package labtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/wire"
)

// Servers of a package that is updated: one that runs, and one that dies each time after a moment.
const (
	steadyServer   = "#!/bin/sh\nexec sleep infinity\n"
	flappingServer = "#!/bin/sh\nsleep 1\nexit 1\n"
)

func flapDeb(server string) func(*lab.Deb) {
	return func(d *lab.Deb) {
		d.Files["/usr/lib/lab-flap"] = lab.File{Content: server, Mode: 0o755}
		d.Files["/lib/systemd/system/lab-flap.service"] = lab.File{
			Content: "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/usr/lib/lab-flap\nRestart=always\nRestartSec=500ms\n[Install]\nWantedBy=multi-user.target\n", Mode: 0o644,
		}
		d.Postinst = "#!/bin/sh\nset -e\nsystemctl daemon-reload\nsystemctl enable -q lab-flap.service\nsystemctl restart lab-flap.service\n"
	}
}

// What keeps a run from beginning, and what a run is not blamed for, on a host with a real database and a real
// web server.
func TestGates(t *testing.T) {
	l := openLab(t)
	ours := securityRepo(t, l)
	publish(t, ours, deb("lab-ok", "1.0", nil), deb("lab-flap", "1.0", flapDeb(steadyServer)))
	h := bootHost(t, l, lab.HostSpec{Name: "gates1", Profile: lab.DB, Repos: []*lab.Repo{ours}})
	h.run("apt-get", "-q", "update")
	h.run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "--no-install-recommends", "install", "lab-ok", "lab-flap", "nginx-light", "restic")
	h.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=www.kuhn.example", "-addext", "subjectAltName=DNS:www.kuhn.example",
		"-keyout", "/etc/ssl/private/kuhn.key", "-out", "/etc/ssl/kuhn.pem")
	for path, text := range map[string]string{
		"/etc/nginx/conf.d/kuhn.conf":              "server { listen 443 ssl; ssl_certificate /etc/ssl/kuhn.pem; ssl_certificate_key /etc/ssl/private/kuhn.key; }\n",
		"/etc/systemd/system/lab-broken.service":   "[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n",
		"/etc/systemd/system/lab-restless.service": "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sh -c 'sleep 1; exit 1'\nRestart=always\nRestartSec=200ms\n[Install]\nWantedBy=multi-user.target\n",
	} {
		if err := h.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h.run("systemctl", "daemon-reload")
	h.run("systemctl", "reload-or-restart", "nginx.service")
	h.run("systemctl", "enable", "-q", "--now", "lab-restless.service")
	if _, err := h.Run(t.Context(), "systemctl", "start", "lab-broken.service"); err == nil {
		t.Fatal("what is to be broken before works")
	}
	publish(t, ours, deb("lab-ok", "1.1", nil), deb("lab-flap", "1.1", flapDeb(flappingServer)))
	h.good(step{Do: "refresh"})

	for _, story := range []struct {
		name string
		tell func(*testing.T, machine)
	}{
		{"a database's next series needs a dump", storyConversion},
		{"a backup is demanded", storyBackup},
		{"what was broken before is not the update's fault", storyAlready},
		{"a service that restarts again and again is broken", storyFlapping},
	} {
		if !t.Run(story.name, func(t *testing.T) { story.tell(t, h.in(t)) }) {
			t.FailNow() // the next story stands on this one's host
		}
	}
}

func storyConversion(t *testing.T, h machine) {
	installed := h.run("dpkg-query", "-W", "-f", "${Version}", "mariadb-server")
	next := step{Do: "reversible", Packages: []wire.Package{{Name: "mariadb-server", Arch: "all", From: installed, To: "1:11.8.3-0+deb13u1"}}}
	h.bad(next, host.CodeConversion, "/var/lib/mysql")
	same := next
	same.Packages = []wire.Package{{Name: "mariadb-server", Arch: "all", From: installed, To: strings.Replace(installed, "-0+deb", "-9+deb", 1)}}
	h.good(same)
	h.run("sh", "-c", "mkdir -p /var/backups/mysql && mariadb-dump --all-databases > /var/backups/mysql/all.sql")
	next.Dumps = []conversion.Dump{{Of: "MariaDB", Path: "/var/backups/mysql"}}
	h.bad(next, host.CodeConversion, "/var/backups/mysql") // it might still be being written
	h.run("touch", "-d", "1 hour ago", "/var/backups/mysql/all.sql")
	h.good(next)
	h.run("touch", "-d", "2 days ago", "/var/backups/mysql/all.sql")
	h.bad(next, host.CodeConversion, "48")
	own := "- {name: Lab, packages: [lab-ok], every: true, data: [/var/lib/lab], dump: {de: eine Kopie, en: a copy}}\n"
	if err := h.WriteFile(host.MoreConversions, []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	ours := step{Do: "reversible", Packages: []wire.Package{{Name: "lab-ok", Arch: "amd64", From: "1.0", To: "1.1"}}}
	h.bad(ours, host.CodeConversion, "/var/lib/lab")
	h.run("chmod", "0666", host.MoreConversions)
	h.bad(ours, host.CodeHost, "conversions")
	h.run("rm", host.MoreConversions)
	h.good(ours)
}

func storyBackup(t *testing.T, h machine) {
	s := step{Do: "backed up", Demand: backup.Demand{MaxAgeHours: 24, VerifiedMaxAgeDays: 7}}
	h.bad(s, backup.CodeUndeclared, "host.yaml")
	h.run("sh", "-c", "umask 077; mkdir -p /etc/patchwart; echo secret > /etc/patchwart/restic.key; restic --no-cache -q -r /srv/backup -p /etc/patchwart/restic.key init")
	s.Source = backup.Source{Tool: backup.Restic, Repository: "/srv/backup", PasswordFile: "/etc/patchwart/restic.key"}
	h.bad(s, backup.CodeMissing, "")
	h.run("restic", "--no-cache", "-q", "-r", "/srv/backup", "-p", "/etc/patchwart/restic.key", "backup", "/etc/nginx")
	h.good(s)
	s.Source.Tool = backup.Borg
	h.bad(s, backup.CodeTool, "borg")
}

// checks are what is asked of the host's services.
var checks = []wire.Check{
	{Name: "tls", Kind: "tls", Port: 443, Host: "www.kuhn.example"}, {Name: "mariadb", Kind: "mysql", Port: 3306}, {Name: "nobody", Kind: "redis", Port: 6379},
}

// update carries out an order and gives the verdict on it.
func (m machine) update(s step, names ...string) verdict.Verdict {
	m.t.Helper()
	s.Packages, s.Limit, s.Checks = ordered(m.t, m.do(step{Do: "facts"}).Facts, names...), 5*time.Minute, checks
	with := func(do string) answer { s.Do = do; return m.good(s) }
	before := with("observe").Seen
	for _, do := range []string{"precheck", "fetch", "install", "settle"} {
		with(do)
	}
	var changes []verdict.Ordered
	for _, p := range s.Packages {
		changes = append(changes, verdict.Ordered{Package: p.Name, Arch: p.Arch, From: p.From, To: p.To})
	}
	v, _ := verdict.Judge(changes, before, with("observe").Seen)
	for _, c := range v.After.Checks {
		m.t.Logf("%s: %v, %s, %+v", c.Check.Name, c.Passed, c.Saw, c.Certificate)
	}
	return v
}

func reasons(v verdict.Verdict, code string) (all string) {
	for _, why := range v.Reasons {
		if why.Code == code {
			all += why.Text.EN + "\n"
		}
	}
	return all
}

func storyAlready(t *testing.T, h machine) {
	began := time.Now()
	v := h.update(step{Order: "run-ok", Patience: 5 * time.Minute}, "lab-ok")
	if took := time.Since(began); took > 4*time.Minute {
		t.Errorf("what was restless before was waited for: %s", took)
	}
	if v.Outcome != verdict.Succeeded {
		t.Fatalf("%s: %+v", v.Outcome, v.Reasons)
	}
	for _, name := range []string{"lab-broken.service", "lab-restless.service", "nobody"} {
		if !strings.Contains(reasons(v, "already_broken"), name) {
			t.Errorf("nobody says that %s was broken before: %+v", name, v.Reasons)
		}
	}
	c := v.After.Checks
	if !c[0].Passed || c[0].Certificate == nil || !slices.Equal(c[0].Certificate.Names, []string{"www.kuhn.example"}) {
		t.Errorf("TLS: %+v", c[0])
	}
	if !c[1].Passed || !strings.Contains(c[1].Saw, "MariaDB") {
		t.Errorf("MariaDB: %+v", c[1])
	}
}

func storyFlapping(t *testing.T, h machine) {
	v := h.update(step{Order: "run-flap", Patience: 15 * time.Second}, "lab-flap")
	if v.Outcome != verdict.Unknown || !strings.Contains(reasons(v, "flapping"), "lab-flap.service") || strings.Contains(reasons(v, "flapping"), "lab-restless") {
		t.Errorf("%s: %+v", v.Outcome, v.Reasons)
	}
}
