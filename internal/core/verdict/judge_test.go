package verdict_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// ordered is the change of the stories: nginx with its security update.
func ordered() []verdict.Ordered {
	return []verdict.Ordered{{Package: "nginx", Arch: "amd64", From: "1.22.1-9", To: "1.22.1-9+deb12u3"}}
}

func check(name string, passed bool, saw string) verdict.CheckResult {
	return verdict.CheckResult{Check: estate.Check{Name: name, Kind: estate.CheckHTTP, Port: 80, Path: "/"}, Passed: passed, Saw: saw}
}

// well is a web host on which everything is well, with nginx in that version.
func well(version string) verdict.Observation {
	return verdict.Observation{
		Versions: map[string]string{"nginx:amd64": version},
		Units: []fact.Unit{
			{Name: "exim4.service", Active: "active", Sub: "running"},
			{Name: "networking.service", Active: "active", Sub: "exited"},
			{Name: "nginx.service", Active: "active", Sub: "running"},
			{Name: "old.service", Active: "failed", Sub: "failed"},
		},
		Listen: []fact.Listener{
			{Proto: "tcp", Address: "0.0.0.0", Port: 443, Process: "nginx"},
			{Proto: "udp", Address: "0.0.0.0", Port: 40123, Process: "named"},
		},
		Checks: []verdict.CheckResult{check("shop", true, "HTTP 200"), check("blog", false, "HTTP 500")},
	}
}

func TestDidItWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		change  func(before, after *verdict.Observation)
		outcome verdict.Outcome
		codes   string // of the reasons, in their order
		says    string // part of the first reason in English
	}{
		{"all is as ordered", func(_, _ *verdict.Observation) {}, verdict.Succeeded, "", ""},

		{"the package is still the old one", func(_, a *verdict.Observation) { a.Versions["nginx:amd64"] = "1.22.1-9" }, verdict.Unknown, "version_differs", "nginx is 1.22.1-9 instead of 1.22.1-9+deb12u3."},
		{"the package is newer than ordered", func(_, a *verdict.Observation) { a.Versions["nginx:amd64"] = "1.22.1-9+deb12u4" }, verdict.Unknown, "version_differs", "1.22.1-9+deb12u4"},
		{"the package is gone", func(_, a *verdict.Observation) { delete(a.Versions, "nginx:amd64") }, verdict.Unknown, "version_differs", "nginx is – instead"},
		{"only the other architecture was updated", func(_, a *verdict.Observation) {
			a.Versions = map[string]string{"nginx:arm64": "1.22.1-9+deb12u3"}
		}, verdict.Unknown, "version_differs", ""},
		{"nothing was observed at all", func(_, a *verdict.Observation) { *a = verdict.Observation{} }, verdict.Unknown,
			"version_differs unit_lost unit_lost unit_lost port_lost check_failed", ""},

		{"the new package is half-installed", func(_, a *verdict.Observation) { a.Broken = []string{"nginx"} }, verdict.Unknown, "package_broken", "nginx is half-installed."},
		{"another package was half-installed before and still is", func(b, a *verdict.Observation) {
			b.Broken, a.Broken = []string{"mariadb-server"}, []string{"mariadb-server"}
		}, verdict.Succeeded, "", ""},
		{"the ordered package was half-installed before, and the change did not mend it", func(b, a *verdict.Observation) {
			b.Broken, a.Broken = []string{"nginx"}, []string{"nginx"}
		}, verdict.Unknown, "package_broken", ""},
		{"likewise in a foreign architecture", func(b, a *verdict.Observation) {
			b.Broken, a.Broken = []string{"nginx:amd64"}, []string{"nginx:amd64"}
		}, verdict.Unknown, "package_broken", ""},

		{"nginx has failed", func(_, a *verdict.Observation) { a.Units[2].Active = "failed" }, verdict.Unknown, "unit_lost", "nginx.service ran before and no longer does (failed)."},
		{"nginx is gone", func(_, a *verdict.Observation) { a.Units = a.Units[:2] }, verdict.Unknown, "unit_lost", "(–)"},
		{"nginx flaps: it is just being started again", func(_, a *verdict.Observation) { a.Units[2].Active, a.Units[2].Sub = "activating", "auto-restart" }, verdict.Unknown, "unit_lost", "(activating)"},
		{"the mail server's init script is active, its process is gone", func(_, a *verdict.Observation) { a.Units[0].Sub = "exited" }, verdict.Unknown, "unit_lost", "exim4.service ran before and no longer does (exited)."},
		{"nginx reloads: it has not stopped", func(_, a *verdict.Observation) { a.Units[2].Sub = "reload-signal" }, verdict.Succeeded, "", ""},
		{"a service that was starting before is no promise", func(b, a *verdict.Observation) {
			b.Units[2].Active, a.Units[2].Active = "activating", "inactive"
		}, verdict.Succeeded, "", ""},
		{"a service that had failed before is mended by the change", func(_, a *verdict.Observation) { a.Units[3].Active = "active" }, verdict.Succeeded, "", ""},
		{"a new service came along", func(_, a *verdict.Observation) {
			a.Units = append(a.Units, fact.Unit{Name: "new.service", Active: "active", Sub: "running"})
		}, verdict.Succeeded, "", ""},

		{"nobody listens on 443", func(_, a *verdict.Observation) { a.Listen = nil }, verdict.Unknown, "port_lost", "Nobody listens on tcp/443 any more (before: nginx)."},
		{"443 is served over UDP only", func(_, a *verdict.Observation) { a.Listen[0].Proto = "udp" }, verdict.Unknown, "port_lost", "tcp/443"},
		{"443 is served by another process, on another address", func(_, a *verdict.Observation) {
			a.Listen[0].Address, a.Listen[0].Process = "::", "nginx: master"
		}, verdict.Succeeded, "", ""},
		{"a resolver asks from another port: ephemeral ports are no promises", func(_, a *verdict.Observation) { a.Listen = a.Listen[:1] }, verdict.Succeeded, "", ""},
		{"32767 is the last port that is one", func(b, _ *verdict.Observation) { b.Listen[1].Port = 32767 }, verdict.Unknown, "port_lost", "udp/32767"},
		{"32768 is the first that is none", func(b, _ *verdict.Observation) { b.Listen[1].Port = 32768 }, verdict.Succeeded, "", ""},

		{"the shop answers with an error", func(_, a *verdict.Observation) { a.Checks[0] = check("shop", false, "HTTP 500") }, verdict.Unknown, "check_failed", "Check shop passed before and no longer does: HTTP 500."},
		{"the shop was not asked again", func(_, a *verdict.Observation) { a.Checks = a.Checks[1:] }, verdict.Unknown, "check_failed", "Check shop passed before and no longer does: not checked."},
		{"the blog was down before, and nobody is blamed for that", func(_, a *verdict.Observation) { a.Checks[1].Saw = "HTTP 502" }, verdict.Succeeded, "", ""},

		{"a kernel waits for the reboot", func(_, a *verdict.Observation) {
			a.Reboot = fact.Reboot{Required: true, Expected: "6.1.0-41-amd64"}
		}, verdict.NotEffective, "not_effective", "Installed, but not yet effective: kernel 6.1.0-41-amd64."},
		{"the distribution asks for a reboot and names no kernel", func(_, a *verdict.Observation) { a.Reboot.Required = true }, verdict.NotEffective, "not_effective", "not yet effective: reboot of the system."},
		{"services still use the old files", func(_, a *verdict.Observation) { a.Reboot.Services = []string{"dbus.service", "getty@tty1.service"} }, verdict.NotEffective, "not_effective", "not yet effective: dbus.service and getty@tty1.service."},
		{"both", func(_, a *verdict.Observation) {
			a.Reboot = fact.Reboot{Required: true, Expected: "6.1.0-41-amd64", Services: []string{"dbus.service"}}
		}, verdict.NotEffective, "not_effective", "not yet effective: kernel 6.1.0-41-amd64 and dbus.service."},
		{"a reboot that was due before is still due: not green either", func(b, a *verdict.Observation) {
			b.Reboot.Required, a.Reboot.Required = true, true
		}, verdict.NotEffective, "not_effective", ""},
		{"a kernel waits, and the shop is down: that comes first", func(_, a *verdict.Observation) {
			a.Reboot.Required, a.Checks[0].Passed = true, false
		}, verdict.Unknown, "check_failed", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before, after := well("1.22.1-9"), well("1.22.1-9+deb12u3")
			c.change(&before, &after)
			v, ok := verdict.Judge(ordered(), before, after)
			var codes []string
			for _, r := range v.Reasons {
				if notAlready(r) { // what was broken before is told by a test of its own
					codes = append(codes, r.Code)
				}
				if r.Text.DE == "" || r.Text.EN == "" {
					t.Errorf("%s is not said in both languages: %+v", r.Code, r.Text)
				}
			}
			if v.Outcome != c.outcome || ok != (c.outcome != verdict.Unknown) || strings.Join(codes, " ") != c.codes {
				t.Fatalf("%s (keep: %v) because of %v", v.Outcome, ok, v.Reasons)
			}
			if c.says != "" && !strings.Contains(v.Reasons[0].Text.EN, c.says) {
				t.Fatalf("says %q", v.Reasons[0].Text.EN)
			}
			if v.Before == nil || v.After == nil || cmp.Diff(before, *v.Before) != "" || cmp.Diff(after, *v.After) != "" {
				t.Fatal("the verdict does not carry what it rests on")
			}
		})
	}
}

// TestTheVerdictShowsWhatIsThereNow: the changes are those ordered, each with the version that was
// found, and the order itself stays as it was.
func TestTheVerdictShowsWhatIsThereNow(t *testing.T) {
	t.Parallel()
	order := append(ordered(), verdict.Ordered{Package: "curl", Arch: "amd64", To: "8"})
	v, _ := verdict.Judge(order, well("1.22.1-9"), well("1.22.1-9+deb12u3"))
	want := append(ordered(), verdict.Ordered{Package: "curl", Arch: "amd64", To: "8"})
	want[0].Now = "1.22.1-9+deb12u3"
	if diff := cmp.Diff(want, v.Changes); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	if order[0].Now != "" {
		t.Fatal("the order was changed")
	}
}

// TestGermanHasNoEnglishInIt: what is not known is said in the reader's language.
func TestGermanHasNoEnglishInIt(t *testing.T) {
	t.Parallel()
	before, after := well("1"), well("1.22.1-9+deb12u3")
	after.Checks = nil
	after.Reboot.Required = true
	v, _ := verdict.Judge(ordered(), before, after)
	if got, want := v.Reasons[0].Text.DE, "Prüfung shop ging vorher und geht nicht mehr: nicht geprüft."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	after.Checks = before.Checks
	after.Reboot.Services = []string{"dbus.service"}
	v, _ = verdict.Judge(ordered(), before, after)
	if got, want := v.Reasons[0].Text.DE, "Installiert, aber noch nicht wirksam: Neustart des Systems und dbus.service."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWaitingDoesNotMendWhatGaveUp(t *testing.T) {
	t.Parallel()
	seen := func(active ...string) verdict.Observation {
		var o verdict.Observation
		for i, a := range active {
			o.Units = append(o.Units, fact.Unit{Name: []string{"shop.service", "mail.service"}[i], Active: a})
		}
		return o
	}
	restless := seen("active")
	restless.Flapping = []string{"shop.service"}
	for _, c := range []struct {
		story         string
		before, after verdict.Observation
		want          bool
	}{
		{"both run", seen("active", "active"), seen("active", "active"), false},
		{"one failed", seen("active", "active"), seen("active", "failed"), true},
		{"one is on its way", seen("active", "active"), seen("active", "activating"), false},
		{"one is not seen at all", seen("active", "active"), seen("active"), false},
		{"one had failed before", seen("active", "failed"), seen("active", "failed"), false},
		{"one came and went before", restless, seen("failed"), false},
	} {
		if got := len(verdict.GaveUp(c.before, c.after)) > 0; got != c.want {
			t.Errorf("%s: %v", c.story, got)
		}
	}
}
