package labtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/wire"
)

// What the agent keeps of a narrow view, and the pins it asks apt under.
const (
	viewNote = "/var/lib/patchwart/host/view.json"
	pins     = "/var/lib/patchwart/host/pins"
)

// A run reads only the lists of the repositories that offer what is ordered, and does what it would do with all of them.
func TestNarrowView(t *testing.T) {
	l := openLab(t)
	ours, vendor := securityRepo(t, l), vendorRepo(t, l)
	all := []string{"lab-one", "lab-two", "lab-tamper", "lab-needs", "lab-both"}
	for _, name := range all {
		publish(t, ours, deb(name, "1.0", nil))
	}
	publish(t, vendor, deb("vendor-tool", "1.0", nil))
	h := bootHost(t, l, lab.HostSpec{Name: "view1", Profile: lab.Web, Security: true, Repos: []*lab.Repo{ours, vendor}})
	h.run("apt-get", "-q", "update")
	h.run(append([]string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "install", "vendor-tool"}, all...)...)
	publish(t, vendor, deb("vendor-tool", "2.0", nil), deb("lab-dep", "1.0", nil), deb("lab-both", "1.1", func(d *lab.Deb) { d.Description = "built by the vendor" }))
	publish(t, ours, deb("lab-one", "1.1", func(d *lab.Deb) { d.Depends = "lab-new" }), deb("lab-new", "1.0", nil), deb("lab-two", "1.1", nil),
		deb("lab-tamper", "1.1", nil), deb("lab-needs", "1.1", func(d *lab.Deb) { d.Depends = "lab-dep" }), deb("lab-both", "1.1", nil))
	h.good(step{Do: "refresh"})
	f := h.do(step{Do: "facts"}).Facts

	for _, story := range []struct {
		name string
		tell func(*testing.T, machine, *lab.Repo, fact.Facts)
	}{
		{"a look asks for what is due with the lists that offer it", storyDue},
		{"real security updates are planned the same", storySamePlan},
		{"what the narrow view does not show is asked of all lists", storyFallsBack},
		{"what is tampered with or not signed is refused", storyRefused},
		{"lists that are replaced in the middle", storyReplaced},
		{"a run reads the host's own lists and caches no more", storyNarrowRun},
	} {
		if !t.Run(story.name, func(t *testing.T) { story.tell(t, h.in(t), ours, f) }) {
			t.FailNow() // the next story stands on this one's host
		}
	}
}

// narrow says whether the pre-check ended with a narrow view that download and installation will use.
func (m machine) narrow() bool {
	return m.run("sh", "-c", "test -e "+viewNote+" && test -e "+apt.ViewDir+"/pkgcache.bin && echo yes || echo no") == "yes"
}

// call is what a call of apt prints on the host.
func (m machine) call(c command.Call) string {
	return m.run(append(append([]string{"env", "LC_ALL=C.UTF-8"}, c.Env...), append([]string{c.Tool}, c.Args...)...)...)
}

// changes is the plan of a call, as apt prints it.
func (m machine) changes(view apt.View) []apt.Change {
	m.t.Helper()
	plan, err := apt.ParsePlan(strings.NewReader(m.call(apt.WouldInstall(pins, view)) + "\n"))
	if err != nil || len(plan.Removed) > 0 {
		m.t.Fatalf("%+v, %v", plan, err)
	}
	return plan.Changes
}

// security picks what comes from Debian's own security archive.
func security(t *testing.T, f fact.Facts) []wire.Package {
	t.Helper()
	var names []string
	for _, p := range f.Pending {
		if !strings.HasPrefix(p.Name, "lab-") && p.Name != "vendor-tool" {
			names = append(names, p.Name)
		}
	}
	return ordered(t, f, names...)
}

// storyDue: a look asks for a plan with few lists where all that is due needs nothing else, and with all of them
// otherwise. Either way it is what apt says of all lists.
func storyDue(t *testing.T, h machine, _ *lab.Repo, _ fact.Facts) {
	const real, log = "/usr/bin/apt-get.real", "/srv/asked"
	look := func() (plans string, pending []fact.Pending) {
		h.run("mv", "/usr/bin/apt-get", real)
		h.run("sh", "-c", `printf '#!/bin/sh\necho "$*" >> `+log+`\nexec `+real+` "$@"\n' > /usr/bin/apt-get; chmod 755 /usr/bin/apt-get; : > `+log)
		f := h.do(step{Do: "facts"}).Facts
		h.run("mv", real, "/usr/bin/apt-get")
		for line := range strings.Lines(h.run("cat", log)) {
			switch {
			case strings.HasPrefix(line, "upgrade") && strings.Contains(line, apt.DueDir):
				plans += "few "
			case strings.HasPrefix(line, "upgrade"):
				plans += "all "
			}
		}
		plan, err := apt.ParsePlan(strings.NewReader(h.call(apt.WouldUpgrade(apt.View{})) + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		var planned []apt.Change
		for _, p := range f.Pending {
			if !p.Held {
				planned = append(planned, apt.Change{Name: p.Name, Arch: p.Arch, Version: p.Candidate, Size: p.Size})
			}
		}
		if len(planned) < 2 || !slices.Equal(planned, plan.Changes) {
			t.Errorf("the look has %v\napt says %v", planned, plan.Changes)
		}
		return plans, f.Pending
	}
	if plans, _ := look(); plans != "few all " {
		t.Errorf("where updates need packages that are not there, apt was asked with %s", plans)
	}
	h.run("apt-mark", "hold", "lab-one", "lab-needs")
	plans, pending := look()
	if plans != "few " {
		t.Errorf("where all that is due needs nothing else, apt was asked with %s", plans)
	}
	held := 0
	for _, p := range pending {
		if p.Held {
			held++
		}
	}
	if held != 2 {
		t.Errorf("%d packages are shown on hold, want 2", held)
	}
	h.run("apt-mark", "unhold", "lab-one", "lab-needs")
	if left := h.run("ls", apt.CacheDir); strings.Contains(left, "due") {
		t.Errorf("a look left its view: %s", left)
	}
}

func storySamePlan(t *testing.T, h machine, _ *lab.Repo, f fact.Facts) {
	order := security(t, f)
	h.good(step{Do: "precheck", Packages: order})
	if !h.narrow() {
		t.Fatal("the pre-check of security updates needed all lists")
	}
	narrow, full := h.changes(apt.Narrow()), h.changes(apt.View{})
	if !slices.Equal(narrow, full) || len(narrow) != len(order) {
		t.Errorf("narrow %v\nfull %v", narrow, full)
	}
	if got := h.run("sh", "-c", "ls "+apt.ViewLists(apt.ViewDir)+" | grep -c security"); got != "2" {
		t.Errorf("the view of the security archive has %s files of it", got)
	}
}

func storyFallsBack(t *testing.T, h machine, _ *lab.Repo, f fact.Facts) {
	// The dependency is in the vendor's list only, which the order does not name.
	trouble := h.bad(step{Do: "precheck", Packages: ordered(t, f, "lab-needs")}, host.CodePlan, "lab-dep 1.0")
	if strings.Contains(trouble.Text.EN, "missing") {
		t.Errorf("the refusal rests on what the narrow view did not show: %s", trouble.Text.EN)
	}
	if h.narrow() {
		t.Error("a refusal left a view")
	}
	// Ordered along with it, both lists are shown.
	h.good(step{Do: "precheck", Packages: ordered(t, f, "lab-needs", "lab-dep")})
	if !h.narrow() {
		t.Error("two small repositories needed all lists")
	}
	// Two who built something of their own under one version are both shown.
	h.good(step{Do: "precheck", Packages: ordered(t, f, "lab-both")})
	if got := h.run("sh", "-c", "ls "+apt.ViewLists(apt.ViewDir)+" | grep -c InRelease"); got != "2" || !h.narrow() {
		t.Errorf("of two repositories with the version, %s are shown", got)
	}
	gone := ordered(t, f, "lab-two")[0]
	gone.To = "1.0.5"
	h.bad(step{Do: "precheck", Packages: []wire.Package{gone}}, host.CodeGone, "lab-two 1.0.5")
	if h.narrow() {
		t.Error("a refusal left a view")
	}
}

func storyRefused(t *testing.T, h machine, r *lab.Repo, f fact.Facts) {
	if err := r.Tamper("lab-tamper"); err != nil {
		t.Fatal(err)
	}
	order := ordered(t, f, "lab-tamper")
	h.good(step{Do: "precheck", Packages: order})
	if !h.narrow() {
		t.Fatal("no narrow view")
	}
	h.bad(step{Do: "fetch", Packages: order}, host.CodeSignature, "")

	// The same lists without a signature, as left by a repository that stopped signing.
	file := h.run("sh", "-c", "ls /var/lib/apt/lists/*local*InRelease")
	unsigned := strings.TrimSuffix(file, "InRelease") + "Release"
	h.run("mv", file, unsigned)
	order = ordered(t, f, "lab-two")
	if a := h.do(step{Do: "precheck", Packages: order}); a.Trouble == nil {
		t.Logf("the plan alone asks for no signature; narrow: %v", h.narrow())
		h.bad(step{Do: "fetch", Packages: order}, host.CodeSignature, "")
		h.run("rm", "-f", viewNote)
		h.bad(step{Do: "fetch", Packages: order}, host.CodeSignature, "") // like with all lists
	} else if a.Trouble.Code != host.CodeSignature {
		t.Errorf("%v", a.Trouble)
	}
	h.run("mv", unsigned, file)
	h.good(step{Do: "fetch", Packages: order})
}

func storyReplaced(t *testing.T, h machine, r *lab.Repo, f fact.Facts) {
	order := ordered(t, f, "lab-two")
	h.good(step{Do: "precheck", Packages: order})
	if !h.narrow() {
		t.Fatal("no narrow view")
	}
	publish(t, r, deb("lab-two", "1.2", nil))
	h.run("apt-get", "-q", "update")
	h.good(step{Do: "fetch", Packages: order}) // the ordered version is still offered
	if got := h.run("ls", apt.ArchiveDir); !strings.Contains(got, "lab-two_1.1_") || strings.Contains(got, "1.2") {
		t.Errorf("downloaded: %s", got)
	}
	// Without the list, there is nothing to be had, and nothing happens.
	h.good(step{Do: "precheck", Packages: order})
	h.run("sh", "-c", "mkdir /srv/away && mv /var/lib/apt/lists/*local*Packages* /srv/away/")
	h.bad(step{Do: "fetch", Packages: order}, host.CodeFetch, "lab-two 1.1")
	h.run("sh", "-c", "mv /srv/away/* /var/lib/apt/lists/")
}

func storyNarrowRun(t *testing.T, h machine, _ *lab.Repo, f fact.Facts) {
	order := append(ordered(t, f, "lab-one", "lab-new"), security(t, f)...)
	h.run("apt-mark", "hold", "lab-two", "lab-tamper", "lab-needs", "lab-both", "vendor-tool") // apt has no plan to make afterwards
	s := step{Packages: order, Limit: 20 * time.Minute}
	with := func(do string) { s.Do = do; h.good(s) }
	with("precheck")
	caches := h.run("sh", "-c", "sha256sum /var/cache/apt/*.bin; ls -l --time-style=full-iso /var/lib/apt/lists")
	with("fetch")
	if !h.narrow() {
		t.Fatal("no narrow view")
	}
	// apt's cache of the view is damaged: apt sees it, and reads the lists anew.
	h.run("dd", "if=/dev/urandom", "of="+apt.ViewDir+"/pkgcache.bin", "bs=4096", "seek=100", "count=100", "conv=notrunc", "status=none")
	if now := h.run("sh", "-c", "sha256sum /var/cache/apt/*.bin; ls -l --time-style=full-iso /var/lib/apt/lists"); now != caches {
		t.Errorf("the host's own lists or caches changed:\n%s\n---\n%s", caches, now)
	}
	s.Do = "install between looks"
	now := h.good(s).Facts
	for _, p := range order {
		if have, ok := now.Package(p.Name, p.Arch); !ok || have.Version != p.To || p.From == "" && !have.Auto {
			t.Errorf("%s %s is %+v", p.Name, p.To, have)
		}
	}
	if p, _ := now.Package("vendor-tool", ""); p.Version != "1.0" {
		t.Errorf("somebody else's package was touched: %+v", p)
	}
	if got := h.run("sh", "-c", "find "+apt.CacheDir+" ! -type d; ls "+viewNote+" 2>/dev/null || true"); got != "" {
		t.Errorf("left after the run: %s", got)
	}
}
