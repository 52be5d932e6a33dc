package labtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
	"github.com/patchwart/patchwart/internal/wire"
)

// A real Debian web host gets its real security updates, exactly as ordered.
func TestRealSecurityUpdates(t *testing.T) {
	l := openLab(t)
	web := bootHost(t, l, lab.HostSpec{Name: "web1", Profile: lab.Web, Security: true})
	web.good(step{Do: "refresh"})
	f := web.do(step{Do: "facts"})
	if again := web.do(step{Do: "facts"}); again.Hash != f.Hash {
		t.Errorf("two looks at an idle host differ")
	}
	if f.Facts.OS.ID != "debian" || !f.Facts.Kernel.Container || f.Facts.Kernel.Arch != "amd64" || f.Facts.Indices.Refreshed == 0 || f.Facts.Reboot.Required {
		t.Errorf("%+v %+v %+v %+v", f.Facts.OS, f.Facts.Kernel, f.Facts.Indices, f.Facts.Reboot)
	}
	order := ordered(t, f.Facts)
	for _, p := range f.Facts.Pending {
		if len(p.Origins) != 1 || p.Origins[0].Label != "Debian-Security" || p.Size == 0 || p.Source == "" {
			t.Errorf("pending: %+v", p)
		}
	}
	listens := func(process string) bool {
		return slices.ContainsFunc(f.Facts.Listen, func(s fact.Listener) bool { return s.Process == process })
	}
	if !listens("nginx") || !listens("sshd") {
		t.Errorf("listening: %v", f.Facts.Listen)
	}
	dependencies := web.run("apt-mark", "showauto")
	s := step{
		Packages: order, Services: []string{"nginx.service"}, Limit: 20 * time.Minute,
		Checks: []wire.Check{{Name: "site", Kind: "http", Port: 80, Path: "/"}, {Name: "ssh", Kind: "tcp", Port: 22}},
	}
	s.Do = "observe"
	before := web.good(s).Seen
	for _, do := range []string{"precheck", "fetch", "install"} {
		s.Do = do
		web.good(s)
	}
	s.Do = "settle"
	settled := web.good(s)
	t.Logf("settled: %v; still old: %v", settled.Lines, settled.Reboot.Services)
	s.Do = "observe"
	after := web.good(s).Seen
	for _, p := range order {
		if got := after.Versions[p.Name+":"+p.Arch]; got != p.To {
			t.Errorf("%s is %s, ordered was %s", p.Name, got, p.To)
		}
	}
	for _, c := range after.Checks {
		if !c.Passed {
			t.Errorf("check %s: %s", c.Check.Name, c.Saw)
		}
	}
	if len(before.Units) != len(after.Units) || len(after.Broken) > 0 {
		t.Errorf("services before %v, after %v; broken %v", before.Units, after.Units, after.Broken)
	}
	if now := web.run("apt-mark", "showauto"); now != dependencies {
		t.Errorf("what was a dependency and what was wished for is mixed up:\n%s\n---\n%s", dependencies, now)
	}
	if left := web.do(step{Do: "facts"}).Facts.Pending; len(left) > 0 {
		t.Errorf("still pending: %v", left)
	}
	s.Do = "look up"
	if a := web.good(s); a.Found != run.FoundComplete {
		t.Errorf("%s: %s", a.Found, a.Detail)
	}
}

// The obstacles, on one host with packages made for them.
func TestObstacles(t *testing.T) {
	l := openLab(t)
	ours, vendor := securityRepo(t, l), vendorRepo(t, l)
	old := []lab.Deb{
		deb("lab-ok", "1.0", nil), deb("lab-auto", "1.0", nil), deb("lab-user", "1.0", func(d *lab.Deb) { d.Depends = "lab-auto" }),
		deb("lab-held", "1.0", nil), deb("lab-kept", "1.0", nil), deb("lab-old", "1.0", nil), deb("lab-fail", "1.0", nil),
		deb("lab-hang", "1.0", nil), deb("lab-hang2", "1.0", nil), deb("lab-tamper", "1.0", nil), deb("lab-svc", "1.0", serviceDeb(goodServer)),
		deb("lab-conf", "1.0", conffile("by the package\n")),
	}
	publish(t, ours, old...)
	publish(t, vendor, deb("vendor-tool", "1.0", nil))
	h := bootHost(t, l, lab.HostSpec{Name: "obst1", Profile: lab.Base, Repos: []*lab.Repo{ours, vendor}})
	h.run("apt-get", "-q", "update")
	h.run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "install", "lab-ok", "lab-user", "lab-held", "lab-kept", "lab-old",
		"lab-fail", "lab-hang", "lab-hang2", "lab-tamper", "lab-svc", "lab-conf", "vendor-tool")
	h.run("apt-mark", "hold", "lab-held")
	if err := h.WriteFile("/etc/lab.conf", []byte("by the customer\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	publish(t, vendor, deb("vendor-tool", "2.0", nil))
	publish(t, ours,
		deb("lab-ok", "1:1.1~x+deb12u1", func(d *lab.Deb) { d.Depends = "lab-dep" }), deb("lab-dep", "1.0", nil), deb("lab-auto", "1.1", nil),
		deb("lab-held", "1.1", nil), deb("lab-kept", "1.1", func(d *lab.Deb) { d.Fields = map[string]string{"Conflicts": "lab-old"} }),
		deb("lab-fail", "1.1", func(d *lab.Deb) { d.Postinst = "#!/bin/sh\necho cannot go on\nexit 1\n" }),
		deb("lab-hang", "1.1", func(d *lab.Deb) { d.Postinst = hang }), deb("lab-hang2", "1.1", func(d *lab.Deb) { d.Postinst = hang }),
		deb("lab-tamper", "1.1", nil), deb("lab-svc", "1.1", serviceDeb(brokenServer)), deb("lab-conf", "1.1", conffile("by the new package\n")))

	for _, story := range []struct {
		name string
		tell func(*testing.T, machine, *lab.Repo)
	}{
		{"a refresh that is not complete is trouble", storyRefresh},
		{"facts name what is due, held, kept back and from whom", storyFacts},
		{"reasons not to begin", storyPrecheck},
		{"a tampered package is not installed", storyTampered},
		{"an update keeps marks and the customer's configuration", storyInstall},
		{"a service that dies is seen, and revived after a restore", storyService},
		{"a script that fails", storyFails},
		{"a script that hangs is stopped with all it started", storyHangs},
		{"what a killed agent left running is ended", storyKilled},
	} {
		if !t.Run(story.name, func(t *testing.T) { story.tell(t, h.in(t), ours) }) {
			t.FailNow() // the next story stands on this one's host
		}
	}
}

func publish(t *testing.T, r *lab.Repo, debs ...lab.Deb) {
	t.Helper()
	if err := r.Publish(t.Context(), debs...); err != nil {
		t.Fatal(err)
	}
}

// hang starts children that try to get away, and never ends.
const hang = "#!/bin/sh\nsetsid sleep 4711 &\nenv -i setsid sleep 4712 &\n(sleep 4713 &)\necho waiting for an answer\nsleep 4714\n"

func conffile(text string) func(*lab.Deb) {
	return func(d *lab.Deb) {
		d.Files["/etc/lab.conf"] = lab.File{Content: text, Mode: 0o644}
		d.Conffiles = []string{"/etc/lab.conf"}
	}
}

// A web server that takes its time to come up, and its successor that does not come up at all.
const (
	goodServer = "#!/usr/bin/perl\nuse Socket; sleep 2; socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);\n" +
		"bind($s, sockaddr_in(8080, INADDR_ANY)) or die; listen($s, 5);\n" +
		"while (accept(my $c, $s)) { my $l = <$c>; while (<$c>) { last if /^\\s*$/ } print $c \"HTTP/1.0 200 OK\\r\\n\\r\\nwell\\n\"; close $c }\n"
	brokenServer = "#!/usr/bin/perl\ndie 'cannot go on'\n"
)

func serviceDeb(server string) func(*lab.Deb) {
	return func(d *lab.Deb) {
		d.Files["/usr/lib/lab-svc"] = lab.File{Content: server, Mode: 0o755}
		d.Files["/lib/systemd/system/lab-svc.service"] = lab.File{
			Content: "[Service]\nExecStart=/usr/lib/lab-svc\n[Install]\nWantedBy=multi-user.target\n", Mode: 0o644,
		}
		d.Postinst = "#!/bin/sh\nset -e\nsystemctl daemon-reload\nsystemctl enable -q lab-svc.service\nsystemctl restart lab-svc.service\n"
	}
}

func storyRefresh(t *testing.T, h machine, r *lab.Repo) {
	if f := h.do(step{Do: "facts"}).Facts.Indices; f.Refreshed != 0 {
		t.Errorf("refreshed before the first refresh: %+v", f)
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.Expire(t.Context()))
	h.bad(step{Do: "refresh"}, host.CodeExpired, "expired")
	must(r.Mend(t.Context()))
	must(r.Forge(t.Context()))
	h.bad(step{Do: "refresh"}, host.CodeSignature, "")
	must(r.Mend(t.Context()))
	must(h.CutNetwork(t.Context()))
	h.bad(step{Do: "refresh"}, host.CodeRefresh, "")
	must(h.RestoreNetwork(t.Context()))
	f := h.do(step{Do: "facts"}).Facts.Indices
	if f.Refreshed != 0 || len(f.Errors) != 1 || !strings.HasPrefix(f.Errors[0], host.CodeRefresh) {
		t.Errorf("after failed refreshes: %+v", f)
	}
	h.good(step{Do: "refresh"})
	if f := h.do(step{Do: "facts"}).Facts.Indices; f.Refreshed == 0 || len(f.Errors) != 0 {
		t.Errorf("after a good refresh: %+v", f)
	}
}

func storyFacts(t *testing.T, h machine, _ *lab.Repo) {
	f := h.do(step{Do: "facts"}).Facts
	want := []string{"lab-auto", "lab-conf", "lab-dep", "lab-fail", "lab-hang", "lab-hang2", "lab-ok", "lab-svc", "lab-tamper", "vendor-tool"}
	if got := pendingNames(f, false); !slices.Equal(got, want) {
		t.Errorf("pending %v, want %v", got, want)
	}
	if got := pendingNames(f, true); !slices.Equal(got, []string{"lab-held", "lab-kept"}) {
		t.Errorf("held or kept back: %v", got)
	}
	for _, p := range f.Pending {
		origin := "Debian"
		if p.Name == "vendor-tool" {
			origin = "Vendor"
		}
		if len(p.Origins) != 1 || p.Origins[0].Origin != origin || p.Origins[0].Component == "" {
			t.Errorf("%s comes from %+v", p.Name, p.Origins)
		}
		if p.Name == "lab-dep" && (p.Installed != "" || p.Source != "lab-dep") {
			t.Errorf("new package: %+v", p)
		}
	}
	for name, auto := range map[string]bool{"lab-auto": true, "lab-user": false} {
		if p, ok := f.Package(name, ""); !ok || p.Auto != auto {
			t.Errorf("%+v", p)
		}
	}
	if p, _ := f.Package("lab-held", ""); !p.Held || len(p.Origins) == 0 {
		t.Errorf("%+v", p)
	}
}

func storyPrecheck(t *testing.T, h machine, _ *lab.Repo) {
	f := h.do(step{Do: "facts"}).Facts
	one := func(name string) wire.Package { return ordered(t, f, name)[0] }
	h.good(step{Do: "precheck", Packages: ordered(t, f, "lab-ok", "lab-dep", "lab-auto")})

	changed := one("lab-ok")
	changed.From = "0.9"
	h.bad(step{Do: "precheck", Packages: []wire.Package{changed}}, host.CodeFacts, "lab-ok 1.0 ≠ 0.9")
	h.bad(step{Do: "precheck", Packages: []wire.Package{one("lab-ok")}}, host.CodePlan, "lab-dep 1.0")
	h.bad(step{Do: "precheck", Packages: []wire.Package{{Name: "lab-held", Arch: "all", From: "1.0", To: "1.1"}}}, host.CodeHeld, "lab-held")
	h.bad(step{Do: "precheck", Packages: []wire.Package{{Name: "lab-kept", Arch: "all", From: "1.0", To: "1.1"}}}, host.CodePlan, "lab-kept")
	gone := one("lab-auto")
	gone.To = "1.0.5"
	h.bad(step{Do: "precheck", Packages: []wire.Package{gone}}, host.CodeGone, "lab-auto 1.0.5")
	lower := one("lab-ok")
	lower.To, lower.From = "1.0", "1.0"
	h.bad(step{Do: "precheck", Packages: []wire.Package{lower}}, host.CodePlan, "lab-ok")

	before := h.walk()
	held := h.lockFor(8 * time.Second)
	h.bad(step{Do: "precheck", Packages: []wire.Package{one("lab-auto")}, LockWait: time.Second}, host.CodeLock, "host.test")
	if diff := lab.Diff(before, h.walk()); len(diff) > 0 {
		t.Errorf("the host differs from before the lock: %v", diff)
	}
	h.good(step{Do: "precheck", Packages: []wire.Package{one("lab-auto")}, LockWait: time.Minute}) // it is waited for
	if err := held(); err != nil {
		t.Error(err)
	}
	if err := h.FillDisk(30); err != nil {
		t.Fatal(err)
	}
	h.bad(step{Do: "precheck", Packages: []wire.Package{one("lab-auto")}}, host.CodeDisk, "MiB")
	if err := h.Unfill(); err != nil {
		t.Fatal(err)
	}
	proof.Obstacle(t, 3, "blocked", "Another program held dpkg's lock for longer than the host waits; the pre-check ended with the code lock_timeout and the holder's name, every path of the host was as before, and once the lock was free it passed (the agent's steps on a real host, without a server).")
}

// walk is the host as it is, but for what the agent and apt keep of their own.
func (m machine) walk() lab.Tree {
	m.t.Helper()
	tree, err := lab.Walk(m.Root(), append(lab.BootVolatile(),
		lab.Exception{Path: "/var/lib/patchwart/", Reason: "stamps of the steps"},
		lab.Exception{Path: "/var/cache/apt/", Reason: "apt's derived caches, made anew from the lists"},
	))
	if err != nil {
		m.t.Fatal(err)
	}
	return tree
}

// lockFor lets another program on the host hold dpkg's lock for a while.
func (m machine) lockFor(d time.Duration) (wait func() error) {
	m.t.Helper()
	text, err := json.Marshal(step{Do: "hold lock", Limit: d})
	if err != nil {
		m.t.Fatal(err)
	}
	cmd, err := m.Command(m.t.Context(), "/usr/bin/env", stepEnv+"="+string(text), agentOnHost)
	if err != nil {
		m.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 3)); err != nil {
		m.t.Fatal(err)
	}
	return cmd.Wait
}

func storyTampered(t *testing.T, h machine, r *lab.Repo) {
	f := h.do(step{Do: "facts"}).Facts
	if err := r.Tamper("lab-tamper"); err != nil {
		t.Fatal(err)
	}
	h.bad(step{Do: "fetch", Packages: ordered(t, f, "lab-tamper")}, host.CodeSignature, "")
	// A file of the right name and size that is there already is not trusted either.
	order := ordered(t, f, "lab-auto")
	h.good(step{Do: "fetch", Packages: order})
	file := "/var/cache/apt/patchwart/archives/lab-auto_1.1_all.deb"
	h.run("dd", "if=/dev/zero", "of="+file, "bs=1", "seek=200", "count=8", "conv=notrunc", "status=none")
	spoilt := h.run("sha256sum", file)
	h.good(step{Do: "fetch", Packages: order})
	if h.run("sha256sum", file) == spoilt {
		t.Error("a spoilt file in the cache was taken for a download")
	}
}

func storyInstall(t *testing.T, h machine, _ *lab.Repo) {
	f := h.do(step{Do: "facts"}).Facts
	order := ordered(t, f, "lab-ok", "lab-dep", "lab-auto", "lab-conf")
	if a := h.do(step{Do: "look up", Packages: order}); a.Found != run.FoundOther {
		t.Errorf("before anything was done: %s", a.Found)
	}
	h.good(step{Do: "fetch", Packages: order})
	a := h.good(step{Do: "install", Packages: order, Limit: 5 * time.Minute})
	if !slices.ContainsFunc(a.Lines, func(l string) bool { return strings.HasPrefix(l, "Setting up lab-ok") }) {
		t.Errorf("lines: %q", a.Lines)
	}
	if got := h.run("apt-mark", "showauto", "lab-ok", "lab-dep", "lab-auto", "lab-conf", "lab-user"); got != "lab-auto\nlab-dep" {
		t.Errorf("dependencies are %q, want what was one and what is new", got)
	}
	if got := h.run("cat", "/etc/lab.conf"); got != "by the customer" {
		t.Errorf("the customer's configuration is now %q", got)
	}
	if got := h.run("find", "/var/cache/apt/patchwart", "-name", "*.deb"); got != "" {
		t.Errorf("downloads are left: %s", got)
	}
	if a := h.do(step{Do: "look up", Packages: order}); a.Found != run.FoundComplete {
		t.Errorf("%s: %s", a.Found, a.Detail)
	}
	h.bad(step{Do: "install", Packages: order, Limit: time.Minute}, host.CodeFacts, "lab-ok")
	now := h.do(step{Do: "facts"}).Facts
	if p, ok := now.Package("vendor-tool", ""); !ok || p.Version != "1.0" {
		t.Errorf("somebody else's package was touched: %+v", p)
	}
}

func storyService(t *testing.T, h machine, _ *lab.Repo) {
	order := ordered(t, h.do(step{Do: "facts"}).Facts, "lab-svc")
	s := step{
		Order: "run-svc", Packages: order, Services: []string{"lab-svc.service"}, Limit: time.Minute, Patience: 4 * time.Second,
		Checks: []wire.Check{{Name: "site", Kind: "http", Port: 8080, Path: "/"}},
	}
	with := func(do string) step { s.Do = do; return s }
	before := h.good(with("observe")).Seen
	if !before.Checks[0].Passed {
		t.Fatalf("%+v", before.Checks)
	}
	working := h.run("cat", "/usr/lib/lab-svc")
	h.good(with("fetch"))
	h.good(with("install"))
	after := h.good(with("observe")).Seen
	if after.Checks[0].Passed || after.Checks[0].Saw != "connection refused" {
		t.Errorf("the check saw %+v", after.Checks)
	}
	if !slices.ContainsFunc(after.Units, func(u fact.Unit) bool { return u.Name == "lab-svc.service" && u.Active == "failed" }) {
		t.Errorf("services: %v", after.Units)
	}
	// What a restore does to the files; reviving the service is the machine's part.
	if err := h.WriteFile("/usr/lib/lab-svc", []byte(working+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Was = before
	h.good(with("revive"))
	s.Patience = 30 * time.Second // it takes two seconds to come up, and is waited for
	restored := h.good(with("observe")).Seen
	if !restored.Checks[0].Passed {
		t.Errorf("after the restore: %+v %v", restored.Checks, restored.Units)
	}
}

func storyFails(t *testing.T, h machine, _ *lab.Repo) {
	order := ordered(t, h.do(step{Do: "facts"}).Facts, "lab-fail")
	h.good(step{Do: "fetch", Packages: order})
	trouble := h.bad(step{Do: "install", Packages: order, Limit: time.Minute}, host.CodeApply, "lab-fail")
	if !strings.Contains(trouble.Detail, "cannot go on") {
		t.Errorf("what the script said is lost: %s", trouble.Detail)
	}
	if a := h.do(step{Do: "look up", Packages: order}); a.Found != run.FoundOther || !strings.Contains(a.Detail, "lab-fail") {
		t.Errorf("%s: %s", a.Found, a.Detail)
	}
	f := h.do(step{Do: "facts"}).Facts
	if !slices.Equal(f.Dpkg.Broken, []string{"lab-fail"}) {
		t.Errorf("broken: %v", f.Dpkg.Broken)
	}
	h.bad(step{Do: "precheck", Packages: ordered(t, f, "lab-hang")}, host.CodeInterrupted, "lab-fail")
	mend(t, h, "lab-fail")
}

// mend is what an administrator does about a half-configured package.
func mend(t *testing.T, h machine, name string) {
	t.Helper()
	if err := h.WriteFile("/var/lib/dpkg/info/"+name+".postinst", []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	h.run("dpkg", "--configure", "-a")
}

func storyHangs(t *testing.T, h machine, _ *lab.Repo) {
	order := ordered(t, h.do(step{Do: "facts"}).Facts, "lab-hang")
	h.good(step{Do: "fetch", Packages: order})
	// The limit has to be long enough for a busy machine to come to the script, which never ends by itself.
	trouble := h.bad(step{Do: "install", Packages: order, Limit: 25 * time.Second}, host.CodeHung, "waiting for an answer")
	t.Log(trouble.Detail)
	nothingLeft(t, h)
	mend(t, h, "lab-hang")
}

// nothingLeft holds that nothing of a stopped installation runs any more. What was killed a moment ago may still be
// in the list until the kernel has taken it down.
func nothingLeft(t *testing.T, h machine) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		list, err := h.Processes()
		if err != nil {
			t.Fatal(err)
		}
		left := ""
		for _, p := range list {
			if line := strings.Join(p.Args, " "); strings.Contains(line, "sleep 47") || strings.Contains(line, "apt-get") || strings.Contains(line, "dpkg") {
				left += line + "\n"
			}
		}
		if left == "" {
			return
		}
		if time.Now().After(end) {
			t.Errorf("still running: %s", left)
			return
		}
	}
}

func storyKilled(t *testing.T, h machine, _ *lab.Repo) {
	order := ordered(t, h.do(step{Do: "facts"}).Facts, "lab-hang2")
	h.good(step{Do: "fetch", Packages: order})
	text, err := json.Marshal(step{Do: "install", Packages: order, Limit: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	cmd, err := h.Command(t.Context(), "/usr/bin/env", stepEnv+"="+string(text), agentOnHost)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	agent := 0
	for hanging := false; !hanging || agent == 0; {
		list, err := h.Processes()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			line := strings.Join(p.Args, " ")
			hanging = hanging || line == "sleep 4714"
			if line == agentOnHost {
				agent = p.HostPID
			}
		}
		time.Sleep(50 * time.Millisecond) // until the script hangs
	}
	list, err := h.Processes()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if strings.Join(p.Args, " ") == agentOnHost {
			if err := h.Signal(t.Context(), p.PID, unix.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed
	if a := h.do(step{Do: "look up", Packages: order}); a.Found != run.FoundOther {
		t.Errorf("in the middle: %s", a.Found)
	}
	h.good(step{Do: "kill leftovers"})
	nothingLeft(t, h)
	mend(t, h, "lab-hang2")
	if a := h.do(step{Do: "look up", Packages: order}); a.Found != run.FoundComplete {
		t.Errorf("mended by hand: %s: %s", a.Found, a.Detail)
	}
}
