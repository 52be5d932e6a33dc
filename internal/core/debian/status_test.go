package debian

import (
	"encoding/csv"
	"os"
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
		{"linux-image-6.1.0-0.deb11.21-amd64", "6.1.90-1~deb11u1", "linux-signed-6.1-amd64 (6.1.90+1~deb11u1)", "linux-6.1", "6.1.90-1~deb11u1"},
		{"linux-image-5.15.0-91-generic", "5.15.0-91.101", "linux-signed", "linux", "5.15.0-91.101"},
		{"linux-image-6.8.0-45-generic", "6.8.0-45.45~22.04.1", "linux-signed-hwe-6.8", "linux-hwe-6.8", "6.8.0-45.45~22.04.1"},
		{"linux-image-6.8.0-1036-aws", "6.8.0-1036.38", "linux-signed-aws", "linux-aws", "6.8.0-1036.38"},
		{"linux-modules-6.8.0-45-generic", "6.8.0-45.45~22.04.1", "linux-hwe-6.8", "linux-hwe-6.8", "6.8.0-45.45~22.04.1"},
		{"linux-image-generic", "5.15.0.91.88", "linux-meta", "linux-meta", "5.15.0.91.88"},
		{"linux-signedness", "1-1", "linux-signedness", "linux-signedness", "1-1"},
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
		"linux-image-6.8.0-45-generic":        "6.8.0-45-generic",
		"linux-image-unsigned-6.8.0-45-kvm":   "6.8.0-45-kvm",
		"linux-image-unsigned-hwe":            "",
		"linux-modules-6.8.0-45-generic":      "",
		"nginx":                               "",
	} {
		if got := ImageOf(name); got != want {
			t.Errorf("%s boots %q, want %q", name, got, want)
		}
	}
}

func TestKernelOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"linux-image-6.1.0-12-amd64":           "6.1.0-12-amd64",
		"linux-modules-6.8.0-45-generic":       "6.8.0-45-generic",
		"linux-modules-extra-6.8.0-45-generic": "6.8.0-45-generic",
		"linux-modules-nvidia-535-generic":     "",
		"linux-modules-extra-aws":              "",
		"linux-headers-6.8.0-45-generic":       "",
		"linux-tools-common":                   "",
	} {
		if got := KernelOf(name); got != want {
			t.Errorf("%s is of %q, want %q", name, got, want)
		}
	}
	for source, want := range map[string]bool{"linux": true, "linux-hwe-6.8": true, "linux-6.1": true, "linuxinfo": false, "nginx": false} {
		if Kernel(source) != want {
			t.Errorf("%s is a kernel: %v", source, !want)
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

func TestUbuntuReleaseNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"22.04", "22.04.5", "22.04 LTS", "22.04:LTS", "Ubuntu:22.04:LTS", "ubuntu 22.04", "jammy", "jammy-security", " Jammy "} {
		if got, ok := UbuntuCodename(name); !ok || got != "jammy" {
			t.Errorf("%q is %q", name, got)
		}
	}
	for _, name := range []string{"", "22", "22.4", "22.041", "ubuntu", "lts", "bookworm", "12.10", "14.10"} {
		if got, ok := UbuntuCodename(name); ok {
			t.Errorf("%q is %q", name, got)
		}
	}
}

// A name is of one distribution: 14.04 is Ubuntu's, although Debian 14 will have point releases.
func TestReleasesOfBoth(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"14.04": "trusty", "14.1": "forky", "12": "bookworm", "12.10": "bookworm", "24.04": "noble", "Ubuntu:25.10": "questing", "Debian:13": "trixie", "sid": "sid"} {
		if got, ok := Release(name); !ok || got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	seen := map[string]bool{}
	for _, name := range Releases() {
		if got, ok := Release(name); !ok || got != name || seen[name] {
			t.Errorf("%q is %q, seen before: %v", name, got, seen[name])
		}
		seen[name] = true
	}
	for codename, want := range map[string]string{"jammy": "Ubuntu", "bookworm": "Debian", "sid": "Debian", "virginia": "", "": ""} {
		if got := Distribution(codename); got != want {
			t.Errorf("%q is of %q", codename, got)
		}
	}
}

// The releases of Ubuntu against distro-info-data.
func TestUbuntuReleasesAgainstDistroInfo(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../../shared/data/eol/distro-info-data_2026.10.12-1/ubuntu.csv")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	defer file.Close()
	lines := csv.NewReader(file)
	lines.FieldsPerRecord = -1
	rows, err := lines.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, row := range rows[1:] {
		number, _, _ := strings.Cut(row[0], " ")
		listed[row[2]] = number
		if _, ok := UbuntuCodename(row[2]); !ok && Compare(number, "16") > 0 {
			t.Errorf("%s (%s) is missing", number, row[2])
		}
	}
	for _, r := range ubuntu {
		if listed[r.codename] != r.number {
			t.Errorf("%s is %s here, %q there", r.codename, r.number, listed[r.codename])
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
