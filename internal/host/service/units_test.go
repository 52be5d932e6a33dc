package service

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fact"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A real Debian 12 web host, asked for two services by name besides.
func TestServicesOfARealHost(t *testing.T) {
	t.Parallel()
	all, err := ParseUnits(bytes.NewReader(golden(t, "units-12.txt")))
	if err != nil {
		t.Fatal(err)
	}
	units, failed := Running(all, "cron.service", "gone.service")
	names := make([]string, 0, len(units))
	for _, u := range units {
		names = append(names, u.Name+"="+u.Active)
	}
	want := []string{
		"dbus.service=active", "gone.service=inactive", "mariadb.service=active", "nginx.service=active", "php8.2-fpm.service=active",
		"ssh.service=active", "systemd-journal-flush.service=active", "systemd-journald.service=active", "systemd-logind.service=active",
		"systemd-remount-fs.service=active", "systemd-sysusers.service=active", "systemd-tmpfiles-setup-dev.service=active",
		"systemd-tmpfiles-setup.service=active", "systemd-update-utmp.service=active", "systemd-user-sessions.service=active",
	}
	if !slices.Equal(names, want) || len(failed) != 0 {
		t.Errorf("got  %v\nwant %v\nfailed %v", names, want, failed)
	}
}

func TestJobsAreNoPromises(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit    Unit
		promise bool
	}{
		{Unit{Name: "nginx.service", Type: "forking", Wanted: true}, true},
		{Unit{Name: "started-by-hand.service", Type: "simple"}, true},
		{Unit{Name: "backup.service", Type: "simple", TriggeredBy: []string{"backup.timer"}}, false},
		{Unit{Name: "systemd-hostnamed.service", Type: "dbus"}, false},
		{Unit{Name: "systemd-logind.service", Type: "dbus", Wanted: true}, true},
		{Unit{Name: "systemd-journald.service", Type: "notify", Wanted: true, TriggeredBy: []string{"systemd-journald.socket"}}, true},
		{Unit{Name: "sshd@3-192.0.2.1:22-192.0.2.9:4711.service", Type: "simple", TriggeredBy: []string{"sshd.socket"}}, false},
		{Unit{Name: "run-u12.service", Type: "simple", Transient: true}, false},
		{Unit{Name: "user@1000.service", Type: "notify"}, false},
		{Unit{Name: "watch.service", Type: "simple", TriggeredBy: []string{"watch.path"}}, false},
	} {
		if got := c.unit.Promise(); got != c.promise {
			t.Errorf("%s: promise %v, want %v", c.unit.Name, got, c.promise)
		}
	}
}

func TestWhatFailedIsAlwaysSeen(t *testing.T) {
	t.Parallel()
	units, failed := Running([]Unit{
		{Name: "backup.service", Active: "failed", Sub: "failed", TriggeredBy: []string{"backup.timer"}},
		{Name: "patchwart-agent.service", Active: "active"},
		{Name: "starting.service", Active: "activating"},
	}, "patchwart-agent.service")
	if !slices.Equal(failed, []string{"backup.service"}) || !slices.Equal(units, []fact.Unit{{Name: "backup.service", Active: "failed", Sub: "failed"}}) {
		t.Errorf("units %v, failed %v", units, failed)
	}
}

func TestUnitsThatAreOnTheirWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit Unit
		want bool
	}{
		{Unit{Active: "activating", Type: "notify"}, true},
		{Unit{Active: "activating", Type: "oneshot"}, false}, // a job that runs
		{Unit{Active: "deactivating"}, true},
		{Unit{Active: "reloading"}, true},
		{Unit{Active: "active"}, false},
		{Unit{Active: "failed"}, false},
	} {
		if got := c.unit.Coming(); got != c.want {
			t.Errorf("%+v: %v", c.unit, got)
		}
	}
}

func TestRealNeedrestart(t *testing.T) {
	t.Parallel()
	found, err := ParseNeedrestart(bytes.NewReader(golden(t, "needrestart-12.txt")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"cron.service", "dbus.service", "ssh.service", "systemd-journald.service", "systemd-logind.service", Manager}
	if !slices.Equal(found.Services, want) || found.Kernel != KernelUnknown {
		t.Errorf("%+v, want %v", found, want)
	}
}

func TestNeedrestartOnAHostWithItsOwnKernel(t *testing.T) {
	t.Parallel()
	found, err := ParseNeedrestart(strings.NewReader(`NEEDRESTART-VER: 3.6
NEEDRESTART-KCUR: 6.1.0-13-amd64
NEEDRESTART-KEXP: 6.1.0-18-amd64
NEEDRESTART-KSTA: 3
NEEDRESTART-UCSTA: 1
NEEDRESTART-SVC: nginx.service
NEEDRESTART-SVC: -H root@elsewhere.service
NEEDRESTART-SVC: /etc/init.d/old
NEEDRESTART-SESS: admin @ session #5
`))
	if err != nil || found.Kernel != KernelVersion || found.Running != "6.1.0-13-amd64" || found.Expected != "6.1.0-18-amd64" {
		t.Errorf("%+v, %v", found, err)
	}
	if !slices.Equal(found.Services, []string{"nginx.service"}) {
		t.Errorf("only names of units may reach systemctl: %v", found.Services)
	}
}

func TestServicesThatAreLeftRunning(t *testing.T) {
	t.Parallel()
	for name, spare := range map[string]bool{
		"dbus.service": true, "systemd-logind.service": true, "getty@tty1.service": true, "NetworkManager.service": true,
		"docker.service": true, "patchwart-agent.service": true, "user@0.service": true,
		"nginx.service": false, "ssh.service": false, "cron.service": false, "systemd-journald.service": false, "dbus-monitor.service": false,
	} {
		why, got := Spared(name, "patchwart-agent.service")
		if got != spare || got && (why.DE == "" || why.EN == "") {
			t.Errorf("%s: spared %v (%v)", name, got, why)
		}
	}
}

func TestCodeThatIsNoLongerOnDisk(t *testing.T) {
	t.Parallel()
	const aside = "/var/lib/patchwart/restore"
	for line, want := range map[string]bool{
		"7f775b319000-7f775b336000 r-xp 00004000 fe:00 10873415   /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1 (deleted)": true,
		"7f775b319000-7f775b336000 r-xp 00004000 fe:00 10873415   /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1":           false,
		"7f775b336000-7f775b342000 r--p 00021000 fe:00 10873415   /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1 (deleted)": false, // no code
		"7f775b319000-7f775b336000 r-xp 00004000 fe:00 1   /var/lib/patchwart/restore/run-1/aside/usr/lib/libx.so.2":    true,
		"7f775b319000-7f775b336000 r-xp 00004000 fe:00 1   /memfd:jit (deleted)":                                        false,
		"7f775b319000-7f775b336000 rwxp 00004000 fe:00 1   /tmp/ffi8x1 (deleted)":                                       false,
		"7f775b319000-7f775b336000 r-xp 00000000 00:00 0":                                                               false,
		"7ffd0-7ffd1 r-xp 00000000 00:00 0   [vdso]":                                                                    false,
	} {
		if got := replacedCode(line, aside); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestServiceOfAProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for text, want := range map[string]string{
		"0::/system.slice/nginx.service\n":                                               "nginx.service",
		"0::/system.slice/system-php.slice/php@8.service\n":                              "php@8.service",
		"0::/payload/system.slice/cron.service\n":                                        "cron.service",
		"9:name=systemd:/system.slice/old.service\n8:pids:/\n":                           "old.service",
		"0::/init.scope\n":                                                               Manager,
		"0::/user.slice/user-0.slice/session-1.scope\n":                                  "",
		"0::/user.slice/user-1.slice/user@1.service/app.slice/x.service\n":               "",
		"9:name=systemd:/system.slice/a.service\n0::/system.slice/b.service\n8:pids:/\n": "b.service",
	} {
		path := dir + "/cgroup"
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := unitOf(path); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A host of three processes: one runs replaced code, one does not, one is over while it is looked at.
func TestReplacedOnAHost(t *testing.T) {
	t.Parallel()
	proc := t.TempDir()
	process := func(pid, group, maps string) {
		if err := os.MkdirAll(proc+"/"+pid, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"cgroup": group, "maps": maps} {
			if text == "" {
				continue
			}
			if err := os.WriteFile(proc+"/"+pid+"/"+name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	process("10", "0::/system.slice/nginx.service\n", "1-2 r-xp 0 fe:00 1   /usr/sbin/nginx\n3-4 r-xp 0 fe:00 2   /usr/lib/libssl.so.3 (deleted)\n")
	process("11", "0::/system.slice/cron.service\n", "1-2 r-xp 0 fe:00 1   /usr/sbin/cron\n")
	process("12", "0::/system.slice/over.service\n", "")
	if got := Replaced(proc, ""); !slices.Equal(got, []string{"nginx.service"}) {
		t.Errorf("%v", got)
	}
}

func FuzzUnits(f *testing.F) {
	f.Add(golden(f, "units-12.txt"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := ParseUnits(bytes.NewReader(text))
		if err != nil {
			return
		}
		units, failed := Running(all, "own.service", "asked.service")
		if len(units) > len(all) || len(failed) > len(all) {
			t.Error("more than there is")
		}
	})
}

func FuzzNeedrestart(f *testing.F) {
	f.Add(golden(f, "needrestart-12.txt"))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := ParseNeedrestart(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, s := range found.Services {
			if strings.HasPrefix(s, "-") || strings.ContainsAny(s, " /\x00\n") {
				t.Errorf("%q would reach systemctl", s)
			}
		}
	})
}

func FuzzMaps(f *testing.F) {
	f.Add("7f-8f r-xp 0 fe:00 1 /usr/lib/x (deleted)", "/aside/")
	f.Fuzz(func(_ *testing.T, line, aside string) { replacedCode(line, aside) })
}
