package apt

import (
	"bytes"
	"os"
	"reflect"
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

// What real hosts of the releases 11, 12 and 13 answered.
func TestOriginsOfRealHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		release, name, installed, candidate string
		from                                []fact.Origin // of the candidate
	}{
		{"11", "openssl", "1.1.1w-0+deb11u1", "1.1.1w-0+deb11u8", []fact.Origin{security("oldoldstable", "bullseye")}},
		{"12", "libssl3", "3.0.20-1~deb12u2", "3.0.22-1~deb12u2", []fact.Origin{security("oldstable", "bookworm")}},
		{"12", "adduser", "3.134", "3.134", []fact.Origin{release12}},
		{"13", "openssl", "3.5.9-1~deb13u1", "3.5.9-1~deb13u1", []fact.Origin{
			{Origin: "Debian", Label: "Debian", Suite: "stable", Codename: "trixie", Component: "main", Site: "archive.example.net"},
		}},
		{"13", "needrestart", "3.11-1", "3.11-1.1~deb13u2", []fact.Origin{security("stable", "trixie")}},
	} {
		policies, err := ParsePolicies(bytes.NewReader(golden(t, "policies-"+c.release+".txt")))
		if err != nil {
			t.Fatalf("release %s: %v", c.release, err)
		}
		known, err := ParseRepositories(bytes.NewReader(golden(t, "repositories-"+c.release+".txt")))
		if err != nil {
			t.Fatalf("release %s: %v", c.release, err)
		}
		p := policies[c.name]
		if p.Installed != c.installed || p.Candidate != c.candidate {
			t.Errorf("release %s: %s: installed %q, candidate %q; want %q, %q", c.release, c.name, p.Installed, p.Candidate, c.installed, c.candidate)
		}
		if got := Origins(p.Sources(p.Candidate), known); !reflect.DeepEqual(got, c.from) {
			t.Errorf("release %s: %s comes from %+v, want %+v", c.release, c.name, got, c.from)
		}
	}
}

var release12 = fact.Origin{Origin: "Debian", Label: "Debian", Suite: "oldstable", Codename: "bookworm", Component: "main", Site: "archive.example.net"}

func security(suite, codename string) fact.Origin {
	return fact.Origin{
		Origin: "Debian", Label: "Debian-Security", Suite: suite + "-security", Codename: codename + "-security",
		Component: "main", Site: "archive.example.net",
	}
}

func TestPackageThatIsNotInstalledAndPackageNobodyKnows(t *testing.T) {
	t.Parallel()
	policies, err := ParsePolicies(bytes.NewReader(golden(t, "policies-12.txt")))
	if err != nil {
		t.Fatal(err)
	}
	kernel := policies["linux-image-amd64"]
	if kernel.Installed != "" || kernel.Candidate == "" || len(kernel.Versions) != 2 {
		t.Errorf("a kernel that could be installed: %+v", kernel)
	}
	if _, known := policies["nonexistent-package"]; known {
		t.Error("a package nobody knows has a policy")
	}
}

// A version that no repository offers, because somebody installed it by hand or the archive dropped
// it, has no origin; the host's own database is none.
func TestVersionFromNowhereHasNoOrigin(t *testing.T) {
	t.Parallel()
	text := "own-tool:\n  Installed: 1.0\n  Candidate: 1.0\n  Version table:\n *** 1.0 100\n        100 /var/lib/dpkg/status\n"
	policies, err := ParsePolicies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := Origins(policies["own-tool"].Sources("1.0"), nil); len(got) != 0 {
		t.Errorf("origins: %+v", got)
	}
}

func TestPinnedHeldAndForeignPackages(t *testing.T) {
	t.Parallel()
	text := `libc6:i386:
  Installed: 2.36-9+deb12u4
  Candidate: 2.36-9+deb12u10
  Package pin: 2.36-9+deb12u10
  Version table:
     2.40-1 -10
        -10 https://vendor.example/apt any/main i386 Packages
     2.36-9+deb12u10 1002 (phased 20%)
       1002 http://archive.example.net/debian bookworm/main i386 Packages
 *** 2.36-9+deb12u4 100
        100 /var/lib/dpkg/status
`
	policies, err := ParsePolicies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := policies["libc6:i386"]
	if p.Candidate != "2.36-9+deb12u10" || len(p.Versions) != 3 {
		t.Fatalf("%+v", p)
	}
	if got, want := p.Sources("2.36-9+deb12u10"), []string{"http://archive.example.net/debian bookworm/main i386 Packages"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// A repository that apt no longer describes still counts as a stranger, by its site.
	if got := Origins(p.Sources("2.40-1"), nil); len(got) != 1 || got[0].Site != "vendor.example" || got[0].Origin != "" {
		t.Errorf("%+v", got)
	}
}

func TestLocalRepository(t *testing.T) {
	t.Parallel()
	policies, err := ParsePolicies(bytes.NewReader(golden(t, "policies-local.txt")))
	if err != nil {
		t.Fatal(err)
	}
	known, err := ParseRepositories(bytes.NewReader(golden(t, "repositories-local.txt")))
	if err != nil {
		t.Fatal(err)
	}
	if got := Origins(policies["lab-dep"].Sources("1:1.1~a"), known); len(got) != 1 || got[0] != (fact.Origin{}) {
		t.Errorf("a repository without a release file has one origin without a name, got %+v", got)
	}
}

func TestReleaseWithCommas(t *testing.T) {
	t.Parallel()
	o := release(fact.Origin{}, "v=1,o=Vendor, Inc,a=any,n=any,l=Tools, stable,c=main,b=amd64")
	want := fact.Origin{Origin: "Vendor, Inc", Label: "Tools, stable", Suite: "any", Codename: "any", Component: "main"}
	if o != want {
		t.Errorf("%+v, want %+v", o, want)
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	text := "Package: linux-image-6.1.0-50-amd64\nVersion: 6.1.192-2\nSource: linux-signed-amd64 (6.1.192+2)\n\nPackage: lab-dep\nVersion: 1\n\n"
	sources, err := ParseSources(strings.NewReader(text))
	if err != nil || len(sources) != 1 || sources["linux-image-6.1.0-50-amd64"] != "linux-signed-amd64" {
		t.Errorf("%v, %v", sources, err)
	}
}

func FuzzPolicies(f *testing.F) {
	f.Add(golden(f, "policies-12.txt"))
	f.Add([]byte("a:\n *** 1 2\n        3 x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		policies, err := ParsePolicies(bytes.NewReader(text))
		if err != nil {
			return
		}
		for name, p := range policies {
			if p.Name != name || len(p.Versions) > maxVersions {
				t.Errorf("%q: %+v", name, p)
			}
			for _, v := range p.Versions {
				Origins(v.Sources, nil)
			}
		}
	})
}

func FuzzRepositories(f *testing.F) {
	f.Add(golden(f, "repositories-12.txt"))
	f.Add([]byte(" 500 x\n     release ,,=\n     origin\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		known, err := ParseRepositories(bytes.NewReader(text))
		if err == nil && len(known) > maxSources {
			t.Errorf("%d repositories", len(known))
		}
		if _, err := ParseSources(bytes.NewReader(text)); err != nil {
			return
		}
	})
}
