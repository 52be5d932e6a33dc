package host

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
)

// nginxIs is a host with dpkg and nginx, of which nginx is as told.
func nginxIs(t *testing.T, version, state, selection string) dpkg.Status {
	t.Helper()
	status, err := dpkg.ParseStatus(strings.NewReader("Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21\n\n" +
		"Package: nginx\nStatus: " + selection + " ok " + state + "\nArchitecture: amd64\nVersion: " + version + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// nginxMayBe are apt's policies on that host: dpkg is as it should be, and nginx has a candidate.
func nginxMayBe(candidate string) map[string]apt.Policy {
	return map[string]apt.Policy{"dpkg": {Name: "dpkg", Installed: "1.21", Candidate: "1.21"}, "nginx": {Name: "nginx", Installed: "1.22-1", Candidate: candidate,
		Versions: []apt.Version{{Version: "1.22-2"}, {Version: "1.22-1"}}}}
}

// On a host where apt would leave every package as it is, nobody has to ask it for a plan.
func TestAptIsAskedForAPlanOnlyWhereOneIsNeeded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story    string
		status   dpkg.Status
		policies map[string]apt.Policy
		want     bool
	}{
		{"all is up to date", nginxIs(t, "1.22-1", "installed", "install"), nginxMayBe("1.22-1"), false},
		{"there is an update", nginxIs(t, "1.22-1", "installed", "install"), nginxMayBe("1.22-2"), true},
		{"the update is on hold", nginxIs(t, "1.22-1", "installed", "hold"), nginxMayBe("1.22-2"), false},
		{"what is on hold is half-done", nginxIs(t, "1.22-1", "half-configured", "hold"), nginxMayBe("1.22-2"), true},
		{"the administrator's pin asks for an older version", nginxIs(t, "1.22-1", "installed", "install"), nginxMayBe("1.18-1"), true},
		{"a package is half-done", nginxIs(t, "1.22-1", "half-configured", "install"), nginxMayBe("1.22-1"), true},
		{"apt does not know a package", nginxIs(t, "1.22-1", "installed", "install"), map[string]apt.Policy{"dpkg": {Candidate: "1.21"}}, true},
	} {
		if got := anythingElse(c.status, c.policies); got != c.want {
			t.Errorf("%s: %t", c.story, got)
		}
	}
}

// A few lists are asked only where nothing but newer versions of what is installed is to come.
func TestWhatIsDueIsPlannedFromFewListsOnlyIfThatIsAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story            string
		state, selection string
		candidate        string
		few              bool
	}{
		{"an update", "installed", "install", "1.22-2", true},
		{"nothing", "installed", "install", "1.22-1", false},
		{"an update on hold", "installed", "hold", "1.22-2", false},
		{"an older version by a pin", "installed", "install", "1.18-1", false},
		{"no version at all by a pin", "installed", "install", "", false},
		{"a package half-done", "half-configured", "install", "1.22-2", false},
	} {
		due, err := upgradable(nginxIs(t, "1.22-1", c.state, c.selection), nginxMayBe(c.candidate))
		if c.few != (err == nil) || c.few && !maps.Equal(due, map[string]string{"nginx": c.candidate}) {
			t.Errorf("%s: %v, %v", c.story, due, err)
		}
	}
	due := map[string]string{"nginx": "1.22-2"}
	nginx := apt.Change{Name: "nginx", Arch: "amd64", Version: "1.22-2"}
	for story, c := range map[string]struct {
		plan apt.Plan
		few  bool
	}{
		"just that":               {apt.Plan{Changes: []apt.Change{nginx}}, true},
		"another version":         {apt.Plan{Changes: []apt.Change{{Name: "nginx", Arch: "amd64", Version: "1.22-3"}}}, false},
		"a package besides":       {apt.Plan{Changes: []apt.Change{nginx, {Name: "libnew", Arch: "amd64", Version: "1"}}}, false},
		"another package instead": {apt.Plan{Changes: []apt.Change{{Name: "libnew", Arch: "amd64", Version: "1.22-2"}}}, false},
		"kept back":               {apt.Plan{Kept: []string{"nginx"}}, false},
		"something goes":          {apt.Plan{Changes: []apt.Change{nginx}, Removed: []string{"libold"}}, false},
		"given to others first":   {apt.Plan{Changes: []apt.Change{nginx}, Phased: []string{"other"}}, false},
	} {
		if err := allDue(c.plan, due, nginxIs(t, "1.22-1", "installed", "install")); (err == nil) != c.few {
			t.Errorf("%s: %v", story, err)
		}
	}
}

// stateOf is the packageState of a host that can be read.
func stateOf(t *testing.T, m *Machine) uint64 {
	t.Helper()
	state, err := m.packageState()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// What apt said before an update serves for the look after it if the update is all that happened, and only once.
func TestAptIsAskedOnceAroundAnUpdate(t *testing.T) {
	t.Parallel()
	both := func(p map[string]apt.Policy) map[string]apt.Policy { // two who built something of their own under one version
		nginx := p["nginx"]
		nginx.Versions = append(nginx.Versions, apt.Version{Version: "1.22-2"})
		p["nginx"] = nginx
		return p
	}
	for _, c := range []struct {
		story    string
		status   dpkg.Status
		policies map[string]apt.Policy
		change   func(*testing.T, *Machine)
		want     bool
	}{
		{"nothing happened", nginxIs(t, "1.22-1", "installed", "install"), nginxMayBe("1.22-2"), nil, true},
		{"the update came", nginxIs(t, "1.22-2", "installed", "install"), nginxMayBe("1.22-2"), nil, true},
		{"it came from one of two", nginxIs(t, "1.22-2", "installed", "install"), both(nginxMayBe("1.22-2")), nil, false},
		{"it came and is half-done", nginxIs(t, "1.22-2", "half-configured", "install"), nginxMayBe("1.22-2"), nil, false},
		{"another version came", nginxIs(t, "1.22-3", "installed", "install"), nginxMayBe("1.22-2"), nil, false},
		{"a package came that nobody asked about", nginxIs(t, "1.22-2", "installed", "install"), map[string]apt.Policy{"dpkg": nginxMayBe("")["dpkg"]}, nil, false},
		{"lists came meanwhile", nginxIs(t, "1.22-2", "installed", "install"), nginxMayBe("1.22-2"), func(t *testing.T, m *Machine) {
			put(t, m, security.File, "a new list")
		}, false},
		{"a pin came meanwhile", nginxIs(t, "1.22-2", "installed", "install"), nginxMayBe("1.22-2"), func(t *testing.T, m *Machine) {
			put(t, m, "/etc/apt/preferences.d/own", "Package: *\nPin: version 1.18-1\nPin-Priority: 1001\n")
		}, false},
	} {
		m := hostAt(t, fewPackages)
		offers, err := m.offerState()
		if err != nil {
			t.Fatal(err)
		}
		m.keep(answers{offers: offers, policies: c.policies})
		if c.change != nil {
			c.change(t, m)
		}
		// This machine has no tools: whoever asks apt gets an error, or nothing.
		first, err := m.ask(t.Context(), nil, c.status, stateOf(t, m))
		if known := err == nil && first.used; known != c.want {
			t.Errorf("%s: known %t, want %t", c.story, known, c.want)
		}
		if !first.used {
			continue
		}
		m.keep(first)
		if second, err := m.ask(t.Context(), nil, c.status, stateOf(t, m)); err == nil && second.used {
			t.Errorf("%s: apt is not asked by the next look either", c.story)
		}
	}
}

// A host is looked at every few minutes, and right before each update. As long as nothing changes, apt is asked once an hour,
// and what it said still serves for the one look after the update.
func TestLooksAtTheSameStateShareAnAnswer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC)
	m := hostAt(t, fewPackages)
	m.opt.Now = func() time.Time { return now }
	before, after := nginxIs(t, "1.22-1", "installed", "install"), nginxIs(t, "1.22-2", "installed", "install")
	// This machine has no tools: whoever asks apt gets an error, or nothing.
	known := func(status dpkg.Status) (known, used bool) {
		a, err := m.ask(t.Context(), nil, status, stateOf(t, m))
		if err != nil || len(a.policies) == 0 {
			return false, false
		}
		m.keep(a)
		return true, a.used
	}
	say := func() {
		offers, err := m.offerState()
		if err != nil {
			t.Fatal(err)
		}
		m.keep(answers{asked: now, state: stateOf(t, m), offers: offers, policies: nginxMayBe("1.22-2")})
	}
	say()
	for _, minutes := range []int{1, 20, 38} {
		now = now.Add(time.Duration(minutes) * time.Minute)
		if known, used := known(before); !known || used {
			t.Errorf("after another %d minutes: known %t, used up %t", minutes, known, used)
		}
	}
	put(t, m, "/var/lib/dpkg/status", "nginx 1.22-2")
	if known, used := known(after); !known || !used {
		t.Errorf("after the update: known %t, used up %t", known, used)
	}
	if known, _ := known(after); known {
		t.Error("apt is not asked by the next look either")
	}
	for story, later := range map[string]time.Duration{"an hour later": time.Hour, "with a clock that was set back": -time.Minute} {
		say()
		now = now.Add(later)
		if known, _ := known(before); known {
			t.Errorf("apt is not asked %s", story)
		}
	}
}
