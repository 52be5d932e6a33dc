package dpkg

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Excerpts of the status files of real hosts of the releases 11, 12 and 13.
func TestStatusOfRealHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		release string
		count   int
		want    Package
	}{
		{"11", 12, Package{
			Name: "openssl", Arch: "amd64", Version: "1.1.1w-0+deb11u1", Source: "openssl", SourceVersion: "1.1.1w-0+deb11u1",
			Section: "utils", Want: "install", Flag: "ok", State: "installed", SizeKiB: 1471,
		}},
		{"12", 15, Package{
			Name: "libbrotli1", Arch: "amd64", Version: "1.0.9-2+b6", Source: "brotli", SourceVersion: "1.0.9-2",
			Section: "libs", Want: "install", Flag: "ok", State: "installed", SizeKiB: 783,
		}},
		{"13", 11, Package{
			Name: "zlib1g", Arch: "amd64", Version: "1:1.3.dfsg+really1.3.1-1+deb13u1", Source: "zlib", SourceVersion: "1:1.3.dfsg+really1.3.1-1+deb13u1",
			Section: "libs", Want: "install", Flag: "ok", State: "installed", SizeKiB: 172,
		}},
	} {
		s, err := ParseStatus(bytes.NewReader(golden(t, "status-"+c.release+".txt")))
		if err != nil {
			t.Fatalf("release %s: %v", c.release, err)
		}
		if len(s.Packages) != c.count {
			t.Errorf("release %s: %d packages, want %d", c.release, len(s.Packages), c.count)
		}
		if got, _ := s.Find(c.want.Name, c.want.Arch); got != c.want {
			t.Errorf("release %s:\n got %+v\nwant %+v", c.release, got, c.want)
		}
		if s.Native() != "amd64" || len(s.Broken()) != 0 {
			t.Errorf("release %s: native %q, broken %v", c.release, s.Native(), s.Broken())
		}
	}
}

const states = `Package: dpkg
Status: install ok installed
Architecture: amd64
Version: 1.21.22

Package: held
Status: hold ok installed
Architecture: amd64
Version: 1.0

Package: half
Status: install ok half-configured
Architecture: amd64
Version: 2.0
Description: its script failed
 in the middle: Status: install ok installed

Package: reinst
Status: install reinstreq installed
Architecture: i386
Version: 1

Package: waiting
Status: install ok triggers-pending
Architecture: all
Version: 1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: never
Status: unknown ok not-installed
Architecture: amd64
`

func TestHalfDonePackagesAreNamed(t *testing.T) {
	t.Parallel()
	s, err := ParseStatus(strings.NewReader(states))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Broken(), []string{"half", "reinst:i386", "waiting"}; !slices.Equal(got, want) {
		t.Errorf("broken: %v, want %v", got, want)
	}
	if _, there := s.Find("gone", "amd64"); there {
		t.Error("a removed package whose configuration is kept counts as installed")
	}
	if p, _ := s.Find("held", "amd64"); !p.Held() {
		t.Error("the hold was not seen")
	}
	// A package that was for the host's architecture may be for all in the next version.
	if _, there := s.Find("waiting", "amd64"); !there {
		t.Error("an architecture-independent package is not found under the host's architecture")
	}
	if _, there := s.Find("held", "i386"); there {
		t.Error("a package of another architecture is taken for this one")
	}
}

func TestDamagedStatusIsAnErrorNotASmallHost(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no name":     "Status: install ok installed\nVersion: 1\n",
		"no state":    "Package: a\nVersion: 1\n",
		"binary":      "Package: a\nStatus: install ok installed\n\x00\x01\x02\n",
		"endless":     "Package: a\nStatus: install ok installed\nX: " + strings.Repeat("y", maxLine+10) + "\n",
		"half a word": "Package: a\nStatus: install ok\n",
	} {
		if _, err := ParseStatus(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDependenciesAreToldFromWishes(t *testing.T) {
	t.Parallel()
	auto, err := ParseAuto(bytes.NewReader(golden(t, "auto-12.txt")))
	if err != nil {
		t.Fatal(err)
	}
	if len(auto) != 117 {
		t.Errorf("%d automatic packages, want 117", len(auto))
	}
	if !auto.Has(Package{Name: "nginx-common", Arch: "all"}, "amd64") {
		t.Error("nginx-common came as a dependency")
	}
	if auto.Has(Package{Name: "nginx", Arch: "amd64"}, "amd64") {
		t.Error("nginx was asked for")
	}
}

func TestDatabaseOfAHost(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := Database{Root: root}
	if _, err := d.Status(); err == nil {
		t.Error("a host without a package database has no status")
	}
	if auto, err := d.Auto(); err != nil || len(auto) != 0 {
		t.Errorf("a host where apt noted nothing: %v, %v", auto, err)
	}
	if cut, err := d.Interrupted(); err != nil || cut {
		t.Errorf("without a journal: %v, %v", cut, err)
	}
	for _, dir := range []string{journalDir, Dir + "/info"} {
		if err := os.MkdirAll(root+dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(path, text string) {
		if err := os.WriteFile(root+path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(journalDir+"/tmp.i", "being written")
	if cut, _ := d.Interrupted(); cut {
		t.Error("dpkg's scratch file is no journal entry")
	}
	write(journalDir+"/0003", "Package: half")
	if cut, _ := d.Interrupted(); !cut {
		t.Error("a journal entry left behind means that dpkg was stopped in the middle")
	}
	write(Dir+"/info/libssl3:amd64.list", "/.\n/usr\n/usr/lib\n")
	if n := d.Files(Package{Name: "libssl3", Arch: "amd64"}); n != 3 {
		t.Errorf("%d files, want 3", n)
	}
	write(statusFile, states)
	if s, err := d.Status(); err != nil || len(s.Packages) != 5 {
		t.Errorf("%d packages, %v", len(s.Packages), err)
	}
}

func FuzzStatus(f *testing.F) {
	f.Add(golden(f, "status-12.txt"))
	f.Add([]byte(states))
	f.Add([]byte(":\n\n:"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseStatus(bytes.NewReader(text))
		if err == nil {
			for _, p := range s.Packages {
				if got, ok := s.Find(p.Name, p.Arch); !ok || got.Name != p.Name {
					t.Errorf("%q is listed and cannot be found", p.Name)
				}
			}
			s.Broken()
		}
		if auto, err := ParseAuto(bytes.NewReader(text)); err == nil && len(auto) > len(text) {
			t.Error("more packages than bytes")
		}
	})
}
