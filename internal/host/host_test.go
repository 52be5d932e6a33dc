package host

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/wire"
)

const fewPackages = `Package: dpkg
Status: install ok installed
Architecture: amd64
Version: 1.21.22
Installed-Size: 6000

Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.20-1
Installed-Size: 2000

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2026b

Package: held
Status: hold ok installed
Architecture: amd64
Version: 1.0
`

func few(t *testing.T) dpkg.Status {
	t.Helper()
	s, err := dpkg.ParseStatus(strings.NewReader(fewPackages))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hostAt is a machine whose files are a package database in a directory.
func hostAt(t *testing.T, status string) *Machine {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(root+dpkg.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(root+dpkg.Dir+"/status", []byte(status), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := New(Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatIsInstalledHasToBeWhatTheOrderWasClosedOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story string
		order wire.Package
		code  string
	}{
		{"as it was", wire.Package{Name: "openssl", Arch: "amd64", From: "3.0.20-1", To: "3.0.22-1"}, ""},
		{"new along with others", wire.Package{Name: "new", Arch: "amd64", To: "1"}, ""},
		{"from all to the host's architecture", wire.Package{Name: "tzdata", Arch: "amd64", From: "2026b", To: "2026f"}, ""},
		{"somebody updated it", wire.Package{Name: "openssl", Arch: "amd64", From: "3.0.19-1", To: "3.0.22-1"}, CodeFacts},
		{"somebody removed it", wire.Package{Name: "gone", Arch: "amd64", From: "1", To: "2"}, CodeFacts},
		{"somebody installed it", wire.Package{Name: "openssl", Arch: "amd64", To: "3.0.22-1"}, CodeFacts},
		{"put on hold", wire.Package{Name: "held", Arch: "amd64", From: "1.0", To: "1.1"}, CodeHeld},
	} {
		trouble := asOrdered(few(t), []wire.Package{c.order})
		switch {
		case c.code == "" && trouble != nil:
			t.Errorf("%s: %v", c.story, trouble)
		case c.code != "" && (trouble == nil || trouble.Code != c.code || !strings.Contains(trouble.Text.DE, c.order.Name)):
			t.Errorf("%s: %v, want %s", c.story, trouble, c.code)
		}
	}
}

func TestPlanIsTheOrderNoMoreAndNoLess(t *testing.T) {
	t.Parallel()
	openssl := wire.Package{Name: "openssl", Arch: "amd64", From: "3.0.20-1", To: "3.0.22-1"}
	tz := wire.Package{Name: "tzdata", Arch: "all", From: "2026b", To: "2026f"}
	plan := func(changes ...apt.Change) apt.Plan { return apt.Plan{Changes: changes} }
	for _, c := range []struct {
		story           string
		order           []wire.Package
		plan            apt.Plan
		missing, beyond int
	}{
		{"the same", []wire.Package{openssl, tz}, plan(apt.Change{Name: "openssl", Arch: "amd64", Version: "3.0.22-1"}, apt.Change{Name: "tzdata", Arch: "all", Version: "2026f"}), 0, 0},
		{"one would be left", []wire.Package{openssl, tz}, plan(apt.Change{Name: "openssl", Arch: "amd64", Version: "3.0.22-1"}), 1, 0},
		{"another version", []wire.Package{openssl}, plan(apt.Change{Name: "openssl", Arch: "amd64", Version: "3.0.23-1"}), 1, 0},
		{"another architecture besides", []wire.Package{openssl}, plan(apt.Change{Name: "openssl", Arch: "amd64", Version: "3.0.22-1"}, apt.Change{Name: "openssl", Arch: "i386", Version: "3.0.22-1"}), 0, 1},
		{"one more", []wire.Package{openssl}, plan(apt.Change{Name: "openssl", Arch: "amd64", Version: "3.0.22-1"}, apt.Change{Name: "libnew", Arch: "amd64", Version: "1"}), 0, 1},
		{"a removal", nil, apt.Plan{Removed: []string{"openssl"}}, 0, 1},
	} {
		missing, beyond := differences(c.order, c.plan, few(t))
		if len(missing) != c.missing || len(beyond) != c.beyond {
			t.Errorf("%s: missing %v, beyond %v", c.story, missing, beyond)
		}
	}
}

// After a crash, only a clean database with every ordered version, all of it on disk, counts as done.
func TestLookingUpAnInterruptedChange(t *testing.T) {
	t.Parallel()
	order := []wire.Package{{Name: "openssl", Arch: "amd64", From: "3.0.19-1", To: "3.0.20-1"}}
	halfDone := strings.Replace(fewPackages, "install ok installed\nArchitecture: all", "install ok unpacked\nArchitecture: all", 1)
	for _, c := range []struct {
		story, status string
		stamp         *applying
		order         []wire.Package
		want          run.Found
		says          string
	}{
		{"done and flushed", fewPackages, &applying{Boot: "earlier", Flushed: true}, order, run.FoundComplete, ""},
		{"done, and then the power failed", fewPackages, &applying{Boot: "earlier"}, order, run.FoundOther, "started anew"},
		{"never begun", fewPackages, nil, order, run.FoundOther, "not noted"},
		{"half done", halfDone, &applying{Boot: "earlier", Flushed: true}, order, run.FoundOther, "tzdata"},
		{"another version", fewPackages, &applying{Boot: "earlier", Flushed: true}, []wire.Package{{Name: "openssl", Arch: "amd64", To: "3.0.22-1"}}, run.FoundOther, "openssl 3.0.20-1"},
	} {
		m := hostAt(t, c.status)
		if c.stamp != nil {
			if err := m.save(applyStamp, *c.stamp); err != nil {
				t.Fatal(err)
			}
		}
		found, says := m.LookUp(t.Context(), c.order)
		if found != c.want || !strings.Contains(says, c.says) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.story, found, says, c.want, c.says)
		}
	}
}

func TestSameBootIsFlushedAndComplete(t *testing.T) {
	t.Parallel()
	m := hostAt(t, fewPackages)
	boot, err := m.Boot()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.save(applyStamp, applying{Boot: boot}); err != nil {
		t.Fatal(err)
	}
	found, says := m.LookUp(t.Context(), []wire.Package{{Name: "openssl", Arch: "amd64", To: "3.0.20-1"}})
	var stamp applying
	if _, err := m.load(applyStamp, &stamp); err != nil || found != run.FoundComplete || !stamp.Flushed {
		t.Errorf("%s (%s), %+v, %v", found, says, stamp, err)
	}
}

func TestEveryCodeHasSentencesInBothLanguages(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "trouble.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes++
		got := trouble(code, same("the subject"), "")
		if got.Code != code || !strings.Contains(got.Text.DE, "the subject") || !strings.Contains(got.Text.EN, "the subject") {
			t.Errorf("%s: %+v", code, got)
		}
		if strings.Contains(got.Text.DE+got.Text.EN, "!") || got.Text.DE == got.Text.EN {
			t.Errorf("%s: %+v", code, got.Text)
		}
		return true
	})
	if codes != len(sentences) || codes < 15 {
		t.Errorf("%d codes and %d sentences", codes, len(sentences))
	}
}

func TestTroubleStaysShort(t *testing.T) {
	t.Parallel()
	got := trouble(CodeApply, same(strings.Repeat("ä", 5000)), strings.Repeat("ö", 5000)+" the end")
	if len(got.Text.DE) > 900 || len(got.Detail) > run.MaxDetail || !strings.HasSuffix(got.Detail, "the end") {
		t.Errorf("%d bytes of text, %d of detail", len(got.Text.DE), len(got.Detail))
	}
	if odd := trouble("no such code", same("x"), ""); odd.Code != CodeHost {
		t.Errorf("%+v", odd)
	}
	if got := list(strings.Fields("a b c d e f g h i j")); got != lang.T("a, b, c, d, e, f, g, h und 2 weitere", "a, b, c, d, e, f, g, h and 2 more") {
		t.Errorf("%+v", got)
	}
	var err error = got
	var again *Trouble
	if !errors.As(err, &again) || !strings.HasPrefix(err.Error(), CodeApply+": ") {
		t.Errorf("%v", err)
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	m := hostAt(t, fewPackages)
	if got := m.fits([]need{{"/usr", 1 << 20, 10}, {"/var", 1 << 20, 10}}); got != nil {
		t.Errorf("two mebibytes: %v", got)
	}
	// Each of them would fit, together they do not: both lie on the same file system.
	got := m.fits([]need{{"/usr", 1 << 61, 0}, {"/boot", 1 << 61, 0}})
	if got == nil || got.Code != CodeDisk || !strings.Contains(got.Text.EN, "MiB") {
		t.Errorf("%v", got)
	}
	if got := m.fits([]need{{"/usr", 0, 1 << 60}}); got != nil && !strings.Contains(got.Text.EN, "inodes") {
		t.Errorf("%v", got)
	}
	huge := apt.Plan{Changes: []apt.Change{{Name: "openssl", Arch: "amd64", Version: "2", Size: 1 << 60}}}
	if got := m.room(nil, huge, few(t)); got == nil || got.Code != CodeDisk {
		t.Errorf("a download larger than the disk: %v", got)
	}
}

func TestKernelTakesRoomInBoot(t *testing.T) {
	t.Parallel()
	m := hostAt(t, fewPackages)
	if got := m.kernelSize(); got != kernelAtBoot {
		t.Errorf("without a kernel to go by: %d", got)
	}
	if err := os.Mkdir(m.path("/boot"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"vmlinuz-6.1.0-9-amd64": 1000, "initrd.img-6.1.0-9-amd64": 4000, "vmlinuz-6.1.0-8-amd64": 2000, "memtest.bin": 99999} {
		if err := os.WriteFile(m.path("/boot/"+name), make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := m.kernelSize(); got != 6000 {
		t.Errorf("%d, want a fifth more than 5000", got)
	}
}

func TestStampsOutliveACrash(t *testing.T) {
	t.Parallel()
	m := hostAt(t, fewPackages)
	if known, err := m.load(refreshStamp, &refreshed{}); known || err != nil {
		t.Errorf("before the first: %v, %v", known, err)
	}
	want := refreshed{Complete: 7, Errors: []string{"x"}}
	if err := m.save(refreshStamp, want); err != nil {
		t.Fatal(err)
	}
	left := m.path(m.state(".indices.json-123"))
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := New(m.opt)
	if err != nil {
		t.Fatal(err)
	}
	if again.run.Mark != m.run.Mark || len(m.run.Mark) != 32 {
		t.Errorf("the mark changed from %q to %q", m.run.Mark, again.run.Mark)
	}
	var got refreshed
	if known, err := again.load(refreshStamp, &got); !known || err != nil || got.Complete != 7 || !slices.Equal(got.Errors, want.Errors) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a crash left half-written is still there")
	}
	info, err := os.Stat(filepath.Dir(left))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(m.path(m.state(applyStamp)), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, says := m.LookUp(t.Context(), nil); found != run.FoundOther {
		t.Errorf("a damaged stamp: %s (%s)", found, says)
	}
}

func TestEverythingThatWasWellIsBack(t *testing.T) {
	t.Parallel()
	well := func() verdict.Observation {
		return verdict.Observation{
			Units:  []fact.Unit{{Name: "nginx.service", Active: "active"}, {Name: "old.service", Active: "failed"}},
			Listen: []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 80}},
			Checks: []verdict.CheckResult{{Check: wire.Check{Name: "site"}, Passed: true}, {Check: wire.Check{Name: "long broken"}}},
		}
	}
	if !allBack(well(), well()) {
		t.Error("nothing changed")
	}
	for story, change := range map[string]func(*verdict.Observation){
		"a service stopped":       func(o *verdict.Observation) { o.Units[0].Active = "failed" },
		"a service is gone":       func(o *verdict.Observation) { o.Units = nil },
		"a port is closed":        func(o *verdict.Observation) { o.Listen = nil },
		"a check no longer holds": func(o *verdict.Observation) { o.Checks[0].Passed = false },
	} {
		now := well()
		change(&now)
		if allBack(well(), now) {
			t.Errorf("%s, and nobody waits for it", story)
		}
	}
	moved := well()
	moved.Listen[0].Address = "::"
	if !allBack(well(), moved) {
		t.Error("the port is served on another address")
	}
}

func TestFailedPackagesAreReadFromDpkg(t *testing.T) {
	t.Parallel()
	output := "dpkg: error processing package lab-fail (--configure):\r\n subprocess returned error exit status 1\r\n" +
		"Errors were encountered while processing:\r\n lab-fail\r\n /tmp/x/lab-two.deb\r\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n"
	if got := failedPackages(output); !slices.Equal(got, []string{"lab-fail", "/tmp/x/lab-two.deb"}) {
		t.Errorf("%q", got)
	}
	if got := failedPackages("all is well"); got != nil {
		t.Errorf("%q", got)
	}
}

// What is newer and not in apt's plan is open, and is never silently left out.
func TestHeldAndKeptBackPackagesArePending(t *testing.T) {
	t.Parallel()
	known := map[string]fact.Origin{"repo": {Origin: "Debian", Label: "Debian-Security"}}
	policies := map[string]apt.Policy{
		"openssl": {Candidate: "3.0.22-1", Versions: []apt.Version{{Version: "3.0.22-1", Sources: []string{"repo"}}}},
		"held":    {Candidate: "1.1", Versions: []apt.Version{{Version: "1.1", Sources: []string{"repo"}}}},
		"tzdata":  {Candidate: "2026a"}, // a downgrade is nothing due
	}
	plan := apt.Plan{Changes: []apt.Change{{Name: "openssl", Arch: "amd64", Version: "3.0.22-1", Size: 5}, {Name: "libnew", Arch: "amd64", Version: "1"}}}
	got := pending(few(t), plan, true, policies, known, map[string]string{"libnew": "openssl"})
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	if p := got[0]; p.Name != "openssl" || p.Installed != "3.0.20-1" || p.Held || p.Size != 5 || len(p.Origins) != 1 {
		t.Errorf("%+v", p)
	}
	if p := got[1]; p.Name != "libnew" || p.Installed != "" || p.Source != "openssl" {
		t.Errorf("%+v", p)
	}
	if p := got[2]; p.Name != "held" || !p.Held || p.Candidate != "1.1" || len(p.Origins) != 1 {
		t.Errorf("%+v", p)
	}
	// apt-get was ended in the middle: what is newer is due, and not on hold because nobody could plan it.
	for _, p := range pending(few(t), apt.Plan{}, false, policies, known, nil) {
		if p.Held != (p.Name == "held") {
			t.Errorf("without a plan: %+v", p)
		}
	}
}
