package debian

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, file string) []Installed {
	t.Helper()
	var list []Installed
	if err := Status(file, func(p Installed) { list = append(list, p) }); err != nil {
		t.Fatal(err)
	}
	return list
}

const statusFile = `Package: nginx
Status: install ok installed
Architecture: amd64
Version: 1.22.1-9+b1
Source: nginx-src (1.22.1-9)
Description: small
 Package: not a field

Package: openssl
Status: hold ok installed
Architecture: amd64
Version: 3.0.9-1

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1.0

Package: halfway
Status: install reinstreq half-installed
Architecture: amd64
Version: 2.0

Package: linux-image-6.1.0-12-amd64
Status: install ok installed
Architecture: amd64
Source: linux-signed-amd64 (6.1.52+1)
Version: 6.1.52-1
`

// What counts is whose files are on the disk: a hold keeps them there, a removal leaves configuration
// only, an interrupted installation leaves something.
func TestWhatIsOnTheHost(t *testing.T) {
	t.Parallel()
	want := []Installed{
		{Name: "nginx", Arch: "amd64", Version: "1.22.1-9+b1", Source: "nginx-src", SourceVersion: "1.22.1-9"},
		{Name: "openssl", Arch: "amd64", Version: "3.0.9-1", Source: "openssl", SourceVersion: "3.0.9-1"},
		{Name: "halfway", Arch: "amd64", Version: "2.0", Source: "halfway", SourceVersion: "2.0"},
		{Name: "linux-image-6.1.0-12-amd64", Arch: "amd64", Version: "6.1.52-1", Source: "linux", SourceVersion: "6.1.52-1"},
	}
	for _, file := range []string{statusFile, strings.TrimRight(statusFile, "\n"), strings.ReplaceAll(statusFile, "\n", "\r\n"), "\n\n" + statusFile} {
		if diff := cmp.Diff(want, read(t, file)); diff != "" {
			t.Error(diff)
		}
	}
	if got := read(t, ""); got != nil {
		t.Errorf("nothing gave %v", got)
	}
}

func TestAStatusFileThatIsNone(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"<html>\n":                        "line 1: \"<html>\" is no field",
		"Package: a\nStatus: installed\n": "three words",
		"Package: a\nStatus: install ok wonderful\nVersion: 1\n": "no package state",
		"Status: install ok installed\nVersion: 1\n\n":           "ends at line 3 has no field Package",
		"Package: a\nStatus: install ok installed\n":             "no field Version",
		"Package: a\nPackage: b\n":                               "line 2: a second field Package",
		" lost\n":                                                "continues no field",
	} {
		err := Status(file, func(Installed) {})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, version, source, wantSource, wantVersion string }{
		{"curl", "7.88.1-10", "", "curl", "7.88.1-10"},
		{"libcurl4", "7.88.1-10", "curl", "curl", "7.88.1-10"},
		{"libdb5.3", "5.3.28+dfsg2-1+b2", "db5.3 (5.3.28+dfsg2-1)", "db5.3", "5.3.28+dfsg2-1"},
		{"linux-image-6.1.0-12-amd64", "6.1.52-1", "linux-signed-amd64 (6.1.52+1)", "linux", "6.1.52-1"},
		{"linux-image-6.1.0-12-arm64", "6.1.52-1+b2", "linux-signed-arm64 (6.1.52+1)", "linux", "6.1.52-1"},
		{"linux-image-6.1.0-12-amd64-unsigned", "6.1.52-1", "linux", "linux", "6.1.52-1"},
		{"linux-libc-dev", "6.1.52-1", "linux", "linux", "6.1.52-1"},
	} {
		if s, v := Origin(c.name, c.version, c.source); s != c.wantSource || v != c.wantVersion {
			t.Errorf("%s %s (%s) comes of %s %s, want %s %s", c.name, c.version, c.source, s, v, c.wantSource, c.wantVersion)
		}
	}
}

func TestImageOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"linux-image-6.1.0-12-amd64":          "6.1.0-12-amd64",
		"linux-image-6.1.0-12-amd64-unsigned": "6.1.0-12-amd64",
		"linux-image-amd64":                   "",
		"linux-headers-6.1.0-12-amd64":        "",
		"nginx":                               "",
	} {
		if got := ImageOf(name); got != want {
			t.Errorf("%s boots %q, want %q", name, got, want)
		}
	}
}

func TestReleaseNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"12", "12.7", "bookworm", "Debian:12", "debian 12", "bookworm-security", " Bookworm "} {
		if got, ok := Codename(name); !ok || got != "bookworm" {
			t.Errorf("%q is %q", name, got)
		}
	}
	if got, ok := Codename("unstable"); !ok || got != "sid" {
		t.Errorf("unstable is %q", got)
	}
	for _, name := range []string{"", "noble", "1", "120", "debian"} {
		if got, ok := Codename(name); ok {
			t.Errorf("%q is %q", name, got)
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add(statusFile)
	f.Add("Package: a\nStatus: x y z")
	f.Fuzz(func(t *testing.T, file string) {
		_ = Status(file, func(p Installed) {
			if p.Name == "" || p.Version == "" || p.Source == "" && p.Name != "" && !strings.Contains(file, "Source:") {
				t.Errorf("half an entry: %+v", p)
			}
		})
	})
}
