package fact_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// webHost is an ordinary web server, every field filled, lists in their order.
func webHost() fact.Facts {
	main := fact.Origin{Origin: "Debian", Label: "Debian", Suite: "oldstable", Codename: "bookworm", Component: "main", Site: "mirror.example"}
	security := fact.Origin{Origin: "Debian", Label: "Debian-Security", Suite: "oldstable-security", Codename: "bookworm-security", Component: "main", Site: "security.debian.org"}
	return fact.Facts{
		Host:   "web1",
		OS:     fact.OS{ID: "debian", Version: "12", Codename: "bookworm", Name: "Debian GNU/Linux 12 (bookworm)"},
		Kernel: fact.Kernel{Running: "6.1.0-40-amd64", Arch: "amd64", Container: true},
		Packages: []fact.Package{
			{Name: "libc6", Arch: "amd64", Version: "2.36-9+deb12u9", Source: "glibc", SourceVersion: "2.36-9+deb12u9", Section: "libs", Auto: true, Origins: []fact.Origin{main}},
			{Name: "libc6", Arch: "i386", Version: "2.36-9+deb12u9", Source: "glibc", SourceVersion: "2.36-9+deb12u9", Section: "libs", Auto: true, Origins: []fact.Origin{main}},
			{Name: "nginx", Arch: "amd64", Version: "1.22.1-9", Source: "nginx", SourceVersion: "1.22.1-9", Section: "httpd", Held: true, Origins: []fact.Origin{main, security}},
		},
		Pending: []fact.Pending{
			{Name: "nginx", Arch: "amd64", Installed: "1.22.1-9", Candidate: "1.22.1-9+deb12u3", Source: "nginx", Origins: []fact.Origin{security}, Held: true, Phased: true, Size: 527_000},
		},
		Indices:      fact.Indices{Refreshed: 1_795_000_000, Errors: []string{"W: the mirror is slow"}},
		Units:        []fact.Unit{{Name: "nginx.service", Active: "active", Sub: "running"}},
		Failed:       []string{"logrotate.service"},
		Listen:       []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 443, Process: "nginx"}},
		Reboot:       fact.Reboot{Required: true, Expected: "6.1.0-41-amd64", Services: []string{"dbus.service"}},
		Dpkg:         fact.Dpkg{Broken: []string{"mariadb-server"}},
		Tools:        []string{"apt-get", "needrestart"},
		DiskFree:     64 << 20,
		Applications: []application.Found{{Kind: application.Image, Name: "shop", Title: "Shop", Version: "1.2", Digest: "sha256:1", Path: "/var/lib/docker/image/overlay2/repositories.json", Ecosystem: "x", Dev: true, Owner: "customer"}},
		Partial:      true,
		Measures:     []fact.Measure{{ID: "g1", Holds: true, Saw: "x"}},
		Root:         []fact.Holder{{Way: fact.ByAccount, Who: "root", From: "/etc/passwd"}},
		Conffiles:    []fact.Conffile{{Path: "/etc/a.conf", Offered: "/etc/a.conf.dpkg-dist", Diff: "-a\n+b\n"}},
		Fragments:    []fact.Fragment{{Name: "nginx-no-upload", SHA256: "x", Target: "/etc/nginx/conf.d/x.conf", Service: "nginx.service"}},
		Dumps:        []fact.Dump{{Of: "MariaDB", Path: "/var/backups/mysql", Made: 1795650000, Hours: 26, Problem: lang.T("x", "x")}},
		Points:       []fact.Point{{ID: "wo-1", Driver: "files", Created: 1_795_000_000, Complete: true, Bytes: 4096, Expires: 1_795_259_200}},
	}
}

func TestFindingAnInstalledPackage(t *testing.T) {
	t.Parallel()
	f := webHost()
	for _, c := range []struct {
		what, name, arch string
		version, in      string // in empty: not there
	}{
		{"by name", "nginx", "", "1.22.1-9", "amd64"},
		{"by name and architecture", "nginx", "amd64", "1.22.1-9", "amd64"},
		{"of two architectures, the first", "libc6", "", "2.36-9+deb12u9", "amd64"},
		{"of two architectures, the second", "libc6", "i386", "2.36-9+deb12u9", "i386"},
		{"of an architecture that is not installed", "nginx", "arm64", "", ""},
		{"that is not installed, in the middle of the list", "mariadb-server", "", "", ""},
		{"that would be the first", "a", "", "", ""},
		{"that would be the last", "zsh", "", "", ""},
		{"of which only the beginning is known", "ngin", "", "", ""},
		{"without a name", "", "", "", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			p, ok := f.Package(c.name, c.arch)
			if ok != (c.in != "") || p.Version != c.version || p.Arch != c.in || ok && p.Name != c.name {
				t.Fatalf("got %+v, %v", p, ok)
			}
		})
	}
	if p, ok := (fact.Facts{}).Package("nginx", ""); ok {
		t.Fatalf("found %+v on a host that has reported nothing", p)
	}
}

func TestFactsSurviveTheWire(t *testing.T) {
	t.Parallel()
	f := webHost()
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var got fact.Facts
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, got); diff != "" {
		t.Fatalf("what arrives differs:\n%s", diff)
	}
	if got.Hash() != f.Hash() {
		t.Fatal("the same facts have another hash on the other side")
	}
}
