package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// crashEnv makes the test binary open a lab, boot a host and wait to be killed.
const crashEnv = "LAB_TEST_CRASH"

func TestMain(m *testing.M) {
	if os.Getenv(crashEnv) != "" {
		openAndHang()
	}
	os.Exit(m.Run())
}

// needLab says why this machine cannot run lab hosts. In CI it must.
func needLab(t *testing.T) {
	t.Helper()
	reason := ""
	if os.Geteuid() != 0 {
		reason = "lab hosts need root: run the tests as root"
	} else if missing := Missing(); len(missing) > 0 {
		reason = "lab hosts need " + describeMissing(missing)
	}
	switch {
	case reason == "":
	case os.Getenv("CI") == "true":
		t.Fatal(reason)
	default:
		t.Skip(reason)
	}
}

func openLab(t *testing.T) *Lab {
	t.Helper()
	needLab(t)
	l, err := Open(t.Context(), Options{Progress: func(line string) { t.Log(line) }})
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

func newHost(t *testing.T, l *Lab, spec HostSpec) *Host {
	t.Helper()
	h, err := l.Host(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func bootHost(t *testing.T, l *Lab, spec HostSpec) *Host {
	t.Helper()
	h := newHost(t, l, spec)
	check(t, h.Boot(t.Context()))
	return h
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, h *Host, argv ...string) string {
	t.Helper()
	out, err := h.Run(t.Context(), argv...)
	check(t, err)
	return string(out)
}

// refused runs a command that must fail and gives what it complained about.
func refused(t *testing.T, h *Host, argv ...string) string {
	t.Helper()
	_, err := h.Run(t.Context(), argv...)
	var failure *ExitError
	if !errors.As(err, &failure) {
		t.Fatalf("%v on host %s: got %v, want a failure of the command", argv, h.Name(), err)
	}
	if failure.Code <= 0 {
		t.Fatalf("%v ended with status %d", argv, failure.Code)
	}
	return failure.Stderr
}

func TestRealHosts(t *testing.T) {
	l := openLab(t)
	for name, story := range map[string]func(*testing.T, *Lab){
		"a host is a real Debian with real pending security updates": storyRealDebian,
		"each profile boots, and a boot changes only named places":   storyProfiles,
		"files go onto a host and never past it":                     storyFiles,
		"a local repository is trusted as far as its signature":      storyRepository,
		"the network is cut and restored":                            storyNetwork,
		"a full disk is full":                                        storyDisk,
		"a host goes off, on, down and up again":                     storyPower,
		"a power cut loses what was not flushed":                     storyPowerCut,
		"a saved disk comes back identical":                          storySave,
		"processes belong to one host":                               storyProcesses,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, l)
		})
	}
}

func storyRealDebian(t *testing.T, l *Lab) {
	h := bootHost(t, l, HostSpec{Name: "real", Security: true})
	if got := strings.TrimSpace(run(t, h, "systemctl", "is-system-running")); got != "running" {
		t.Errorf("service manager: %s, want running", got)
	}
	if got := strings.TrimSpace(run(t, h, "cat", "/proc/1/comm")); got != "systemd" {
		t.Errorf("process 1 is %s, want systemd", got)
	}
	if got := strings.TrimSpace(run(t, h, "hostname")); got != "real" {
		t.Errorf("host name %q, want real", got)
	}
	run(t, h, "apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update")
	pending := regexp.MustCompile(`(?m)^Inst .*Debian-Security:`).FindAllString(run(t, h, "apt-get", "-s", "upgrade"), -1)
	if len(pending) < 5 {
		t.Errorf("%d security updates pending, want several", len(pending))
	}
	t.Logf("%d security updates pending", len(pending))

	if text := refused(t, h, "ls", "/nowhere"); !strings.Contains(text, "/nowhere") {
		t.Errorf("standard error is lost: %q", text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := h.Run(ctx, "sleep", "60"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a command beyond its deadline: %v", err)
	}
	if list := run(t, h, "ps", "-e", "-o", "args"); strings.Contains(list, "sleep 60") {
		t.Error("the command outlived its deadline")
	}
}

func storyProfiles(t *testing.T, l *Lab) {
	infos, err := l.Prepare(t.Context(), Base, Web, DB)
	check(t, err)
	for _, info := range infos {
		t.Logf("%s: %d files, built in %v (cached: %v)", info.Profile, info.Files, info.BuildTime, info.Cached)
	}
	services := map[Profile][]string{Base: {"systemd-journald"}, Web: {"nginx", "php8.2-fpm", "ssh"}, DB: {"mariadb"}}
	for _, p := range []Profile{Base, Web, DB} {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, l, HostSpec{Name: "profile-" + string(p), Profile: p, Security: true})
			before, err := Walk(h.Root(), BootVolatile())
			check(t, err)
			check(t, h.Boot(t.Context()))
			for _, service := range services[p] {
				run(t, h, "systemctl", "is-active", service)
			}
			check(t, h.Poweroff(t.Context()))
			off, err := Walk(h.Root(), BootVolatile())
			check(t, err)
			for _, line := range Diff(before, off) {
				t.Error("after one boot:", line)
			}
			check(t, h.Boot(t.Context()))
			check(t, h.PowerCut(t.Context()))
			cut, err := Walk(h.Root(), BootVolatile())
			check(t, err)
			for _, line := range Diff(before, cut) {
				t.Error("after a power cut:", line)
			}
		})
	}
}

func storyFiles(t *testing.T, l *Lab) {
	h := newHost(t, l, HostSpec{Name: "files"})
	check(t, h.WriteFile("/opt/new/place/tool", []byte("#!/bin/sh\necho here\n"), 0o755)) // still off
	check(t, h.Boot(t.Context()))
	if got := run(t, h, "/opt/new/place/tool"); got != "here\n" {
		t.Errorf("got %q", got)
	}
	// /var/run is an absolute link: it must lead to the host's /run, which is not on its disk.
	check(t, h.WriteFile("/var/run/lab-test", []byte("volatile"), 0o600))
	if got := run(t, h, "stat", "-c", "%a %s", "/run/lab-test"); got != "600 8\n" {
		t.Errorf("got %q", got)
	}
	if _, err := os.Stat("/run/lab-test"); err == nil {
		t.Fatal("a host's file went to this machine")
	}
	got, err := h.ReadFile("/run/lab-test")
	check(t, err)
	if string(got) != "volatile" {
		t.Errorf("read back %q", got)
	}
	check(t, h.Remove("/run/lab-test"))
	check(t, h.Remove("/run/lab-test"))
	if _, err := h.ReadFile("/run/lab-test"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after removal: %v", err)
	}
	run(t, h, "ln", "-s", "/../../../../etc/hostname", "/opt/out")
	if got, err := h.ReadFile("/opt/out"); err != nil || string(got) != "files\n" {
		t.Errorf("a link out of the host led to %q, %v", got, err)
	}
}

func storyRepository(t *testing.T, l *Lab) {
	ctx := t.Context()
	r, err := l.Repo(ctx, RepoSpec{Name: "local", Origin: "Debian", Label: "Debian-Security", Suite: "stable-security"})
	check(t, err)
	page := func(version, content string) Deb {
		return Deb{
			Name: "lab-page", Version: version, Files: map[string]File{
				"/usr/share/lab/page": {Content: content}, "/etc/lab-page.conf": {Content: "colour=blue\n", Mode: 0o640},
				"/usr/bin/lab-page": {Link: "/usr/share/lab/page"},
			}, Conffiles: []string{"/etc/lab-page.conf"}, Postinst: "#!/bin/sh\necho \"$@\" >>/var/lib/lab-page\n",
		}
	}
	check(t, r.Publish(ctx, page("1:1.0", "one")))
	h := bootHost(t, l, HostSpec{Name: "repo", Repos: []*Repo{r}})
	update := []string{"apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"}
	run(t, h, update...)
	run(t, h, "apt-get", "-y", "install", "lab-page")
	if got := run(t, h, "cat", "/usr/bin/lab-page", "/var/lib/lab-page"); got != "oneconfigure \n" {
		t.Errorf("installed: %q", got)
	}

	check(t, r.Publish(ctx, page("1:1.1", "two")))
	run(t, h, update...)
	if got := run(t, h, "apt-get", "-s", "upgrade"); !strings.Contains(got, "Inst lab-page [1:1.0] (1:1.1 Debian-Security:stable-security [all])") {
		t.Errorf("the update is not offered as the label says: %s", got)
	}
	check(t, r.Tamper("lab-page"))
	if text := refused(t, h, "apt-get", "-y", "-o", "Acquire::Retries=0", "upgrade"); !strings.Contains(text, "Hash Sum mismatch") {
		t.Errorf("a tampered package: %s", text)
	}
	if got := run(t, h, "cat", "/usr/bin/lab-page"); got != "one" {
		t.Errorf("the tampered package arrived: %q", got)
	}

	check(t, r.Expire(ctx))
	if text := refused(t, h, update...); !strings.Contains(text, "expired") {
		t.Errorf("expired metadata: %s", text)
	}
	check(t, r.Mend(ctx))
	check(t, r.Forge(ctx))
	if text := refused(t, h, update...); !strings.Contains(text, "BADSIG") {
		t.Errorf("forged metadata: %s", text)
	}
	check(t, r.Mend(ctx))
	run(t, h, update...)
	check(t, h.RemoveRepo(r))
	run(t, h, update...)
	if got := run(t, h, "apt-cache", "policy", "lab-page"); strings.Contains(got, "1:1.1") {
		t.Errorf("the host still knows the repository: %s", got)
	}
	check(t, h.AddRepo(r))
	run(t, h, update...)
}

func storyNetwork(t *testing.T, l *Lab) {
	h := bootHost(t, l, HostSpec{Name: "cable"})
	listener, err := net.Listen("tcp", net.JoinHostPort(l.Gateway().String(), "0"))
	check(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _, _ := net.SplitHostPort(r.RemoteAddr)
		_, _ = io.WriteString(w, from)
	}), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	ask := []string{"curl", "-sS", "--max-time", "1", "http://" + listener.Addr().String()}

	if got := run(t, h, ask...); got != h.Addr().String() {
		t.Errorf("this machine sees %q, want the host's address %v", got, h.Addr())
	}
	check(t, h.CutNetwork(t.Context()))
	refused(t, h, ask...)
	check(t, h.RestoreNetwork(t.Context()))
	if got := run(t, h, "curl", "-sS", "--retry", "20", "--retry-all-errors", "--retry-delay", "1", ask[4]); got != h.Addr().String() {
		t.Errorf("after restoring: %q", got)
	}
	// There is no way out but the lab.
	if text := refused(t, h, "curl", "-sS", "--max-time", "2", "http://192.0.2.1/"); text == "" {
		t.Error("a foreign address did not fail with a reason")
	}
}

func storyDisk(t *testing.T, l *Lab) {
	h := bootHost(t, l, HostSpec{Name: "disk", DiskMiB: 1024})
	free, err := h.FreeMiB()
	check(t, err)
	if free < 200 || free > 1024 {
		t.Errorf("%d MiB free on a disk of 1024", free)
	}
	check(t, h.FillDisk(20))
	if left, err := h.FreeMiB(); err != nil || left < 15 || left > 25 {
		t.Errorf("%d MiB left, %v, want about 20", left, err)
	}
	write := []string{"dd", "if=/dev/zero", "of=/root/big", "bs=1M", "count=60", "status=none"}
	if text := refused(t, h, write...); !strings.Contains(text, "No space left") {
		t.Errorf("a full disk: %s", text)
	}
	check(t, h.Remove("/root/big"))
	check(t, h.Unfill())
	run(t, h, write...)
}

func storyPower(t *testing.T, l *Lab) {
	ctx := t.Context()
	h := bootHost(t, l, HostSpec{Name: "power"})
	if h.Boot(ctx) == nil {
		t.Error("a host that is on was booted")
	}
	id := run(t, h, "cat", "/etc/machine-id", "/proc/sys/kernel/random/boot_id")
	check(t, h.Poweroff(ctx))
	if h.Running() || h.PID() != 0 {
		t.Error("the host is off and says it runs")
	}
	if _, err := h.Run(ctx, "true"); err == nil {
		t.Error("a command ran on a host that is off")
	}
	check(t, h.Boot(ctx))
	again := run(t, h, "cat", "/etc/machine-id", "/proc/sys/kernel/random/boot_id")
	if again == id || again[:32] != id[:32] {
		t.Errorf("machine and boot identity went from %q to %q", id, again)
	}
	boots := h.Boots()
	run(t, h, "systemctl", "reboot")
	check(t, h.WaitBoots(ctx, boots+1))
	if h.Boots() != 3 {
		t.Errorf("%d boots, want 3", h.Boots())
	}
	check(t, h.Kill())
	check(t, h.Boot(ctx))
	run(t, h, "systemctl", "poweroff")
	check(t, h.WaitOff(ctx))
}

func storyPowerCut(t *testing.T, l *Lab) {
	h := bootHost(t, l, HostSpec{Name: "cut"})
	run(t, h, "dd", "if=/dev/urandom", "of=/root/flushed", "bs=1M", "count=2", "conv=fsync", "status=none")
	run(t, h, "dd", "if=/dev/urandom", "of=/root/unflushed", "bs=1M", "count=2", "status=none")
	check(t, h.PowerCut(t.Context()))
	if h.Running() {
		t.Fatal("the host is on without power")
	}
	flushed, err := os.Stat(filepath.Join(h.Root(), "root/flushed"))
	check(t, err)
	if flushed.Size() != 2<<20 {
		t.Errorf("flushed data is gone: %d bytes left", flushed.Size())
	}
	if info, err := os.Stat(filepath.Join(h.Root(), "root/unflushed")); err == nil && info.Size() == 2<<20 {
		t.Error("data that was never flushed survived: that was no power cut")
	}
	check(t, h.Boot(t.Context()))
	run(t, h, "test", "-s", "/root/flushed")
}

func storySave(t *testing.T, l *Lab) {
	ctx := t.Context()
	h := newHost(t, l, HostSpec{Name: "saved"})
	before, err := Walk(h.Root(), nil)
	check(t, err)
	if len(before) < 5000 {
		t.Fatalf("a walk over a Debian root saw %d paths", len(before))
	}
	if h.Revert(ctx, "clean") == nil {
		t.Error("reverted to nothing")
	}
	// A host that boots meanwhile must not keep this one's file system alive (it would, by a hidden copy of its mount).
	bootHost(t, l, HostSpec{Name: "neighbour"})
	check(t, h.Save(ctx, "clean"))

	hostname := filepath.Join(h.Root(), "etc/hostname")
	file, err := os.OpenFile(hostname, os.O_WRONLY, 0)
	check(t, err)
	_, err = file.WriteAt([]byte("x"), 0)
	check(t, errors.Join(err, file.Close()))
	check(t, os.Chmod(filepath.Join(h.Root(), "usr/bin/passwd"), 0o755))
	check(t, unix.Setxattr(filepath.Join(h.Root(), "usr/bin/curl"), "security.lab", []byte{7}, 0))
	check(t, os.Remove(filepath.Join(h.Root(), "etc/issue")))
	check(t, os.Symlink("/nowhere", filepath.Join(h.Root(), "etc/issue.lab")))
	after, err := Walk(h.Root(), nil)
	check(t, err)
	lines := Diff(before, after)
	for i, want := range []string{
		"/etc/hostname: content", "/etc/issue: vanished", "/etc/issue.lab: appeared (link)",
		"/usr/bin/curl: xattrs [] → [security.lab=07]", "/usr/bin/passwd: mode 4755 → 0755",
	} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("difference %d: want %q in %q", i, want, lines)
		}
	}
	if len(lines) != 5 {
		t.Errorf("5 things were changed, %d were found", len(lines))
	}

	check(t, h.Revert(ctx, "clean"))
	reverted, err := Walk(h.Root(), nil)
	check(t, err)
	for _, line := range Diff(before, reverted) {
		t.Error("after reverting:", line)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	l := openLab(t)
	second := openLab(t)
	if l.Name() == second.Name() || l.Gateway() == second.Gateway() {
		t.Fatalf("two labs share a name or an address: %s, %s", l.Name(), second.Name())
	}
	h := bootHost(t, l, HostSpec{Name: "gone"})
	leader := h.PID()
	_, err := l.Repo(t.Context(), RepoSpec{Name: "gone"})
	check(t, err)
	if left := traces(t, l.Name(), l.number); len(left) < 6 {
		t.Fatalf("the test finds only %v of a living lab", left)
	}
	check(t, l.Close())
	for _, trace := range traces(t, l.Name(), l.number) {
		t.Error("left behind:", trace)
	}
	if alive(leader) {
		t.Error("the host's process 1 lives on")
	}
	if left := traces(t, second.Name(), second.number); len(left) == 0 {
		t.Error("closing one lab took another one down")
	}
	if _, err := l.Host(t.Context(), HostSpec{Name: "late"}); err == nil {
		t.Error("a closed lab made a host")
	}
	check(t, l.Close())
}

func TestNextLabRemovesWhatACrashedOneLeft(t *testing.T) {
	needLab(t)
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), crashEnv+"=1")
	child.Stderr = os.Stderr
	stdout, err := child.StdoutPipe()
	check(t, err)
	check(t, child.Start())
	var name string
	var number, leader int
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		_, err = fmt.Sscan(line, &name, &number, &leader)
	}
	check(t, errors.Join(child.Process.Kill(), err))
	_ = child.Wait()
	if left := traces(t, name, number); len(left) < 6 {
		t.Fatalf("the crash left only %v", left)
	}
	next := openLab(t)
	check(t, next.Close())
	for _, trace := range traces(t, name, number) {
		t.Error("left behind by the crash:", trace)
	}
	if alive(leader) {
		t.Error("the crashed lab's host lives on")
	}
}

// openAndHang is the child of the crash test: it never ends by itself.
func openAndHang() {
	ctx := context.Background()
	l, err := Open(ctx, Options{})
	if err == nil {
		var h *Host
		if h, err = l.Host(ctx, HostSpec{Name: "orphan"}); err == nil {
			if err = h.Boot(ctx); err == nil {
				fmt.Println(l.Name(), l.number, h.PID())
				select {}
			}
		}
		err = errors.Join(err, l.Close())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// alive says whether a process runs; one that has ended and whose parent has not noticed yet does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// traces looks for everything on this machine that carries a lab's name or number.
func traces(t *testing.T, name string, number int) []string {
	t.Helper()
	var found []string
	table, err := os.ReadFile("/proc/self/mountinfo")
	check(t, err)
	for line := range strings.Lines(string(table)) {
		if strings.Contains(line, "/"+name+"-") {
			found = append(found, "mount "+line)
		}
	}
	interfaces, err := net.Interfaces()
	check(t, err)
	for _, i := range interfaces {
		if i.Name == name || strings.HasPrefix(i.Name, name+"h") {
			found = append(found, "interface "+i.Name)
		}
	}
	patterns := []string{
		"/run/netns/" + name + "-*", "/run/systemd/nspawn/*/" + name + "-*",
		filepath.Join(DefaultCacheDir, "work", name+"-*"), filepath.Join(registryDir, fmt.Sprint(number)),
		filepath.Join(DefaultCacheDir, "roots", "build-*"),
	}
	for _, top := range hierarchies() {
		patterns = append(patterns, filepath.Join(top, groupPath(number)))
	}
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		check(t, err)
		found = append(found, matches...)
	}
	loops, err := filepath.Glob("/sys/block/loop*/loop/backing_file")
	check(t, err)
	for _, loop := range loops {
		if file, err := os.ReadFile(loop); err == nil && strings.Contains(string(file), "/"+name+"-") {
			found = append(found, "loop device of "+string(file))
		}
	}
	return found
}
