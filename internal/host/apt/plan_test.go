package apt

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/wire"
)

func TestPlansOfRealHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		release string
		changes int
		bytes   int64
		one     Change
	}{
		{"11", 33, 0, Change{Name: "openssl", Arch: "amd64", Version: "1.1.1w-0+deb11u8", Size: 860116}},
		{"12", 37, 39_700_000, Change{Name: "mariadb-common", Arch: "all", Version: "1:10.11.19-0+deb12u1", Size: 27624}},
		{"13", 1, 68988, Change{Name: "needrestart", Arch: "all", Version: "3.11-1.1~deb13u2", Size: 68988}},
	} {
		p, err := ParsePlan(bytes.NewReader(golden(t, "plan-"+c.release+".txt")))
		if err != nil {
			t.Fatalf("release %s: %v", c.release, err)
		}
		if len(p.Changes) != c.changes || len(p.Kept)+len(p.Removed) != 0 {
			t.Errorf("release %s: %d changes, kept %v, removed %v", c.release, len(p.Changes), p.Kept, p.Removed)
		}
		if !slices.Contains(p.Changes, c.one) {
			t.Errorf("release %s: %+v is missing", c.release, c.one)
		}
		// apt prints the sum in three figures: "Need to get 39.7 MB".
		if got := p.Download(); c.bytes > 0 && (got < c.bytes-50_000 || got > c.bytes+50_000) {
			t.Errorf("release %s: %d bytes to download, apt says %d", c.release, got, c.bytes)
		}
	}
}

func TestPlanWithNewHeldAndKeptPackages(t *testing.T) {
	t.Parallel()
	p, err := ParsePlan(bytes.NewReader(golden(t, "plan-kept.txt")))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"lab-held", "lab-kept"}; !slices.Equal(p.Kept, want) {
		t.Errorf("kept back: %v, want %v", p.Kept, want)
	}
	if !slices.Contains(p.Changes, Change{Name: "lab-dep", Arch: "amd64", Version: "1:1.1~a", Size: 720}) {
		t.Error("the new dependency is missing, or its version is not read back from its quoted name")
	}
}

func TestNothingToDoIsOnlyBelievedWhenAptSaysSo(t *testing.T) {
	t.Parallel()
	p, err := ParsePlan(strings.NewReader("Reading package lists...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"))
	if err != nil || len(p.Changes) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	for name, text := range map[string]string{
		"silence":          "",
		"cut off":          "Reading package lists...\nBuilding dependency tree...\n",
		"counts more":      "2 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n'http://x/a_1_all.deb' a_1_all.deb 5 \n",
		"counts less":      "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n'http://x/a_1_all.deb' a_1_all.deb 5 \n",
		"unreadable":       "1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n'http://x/a_1_all.deb' a_1_all 5 \n",
		"size is no size":  "1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n'http://x/a_1_all.deb' a_1_all.deb -5 \n",
		"summary is words": "some upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n",
	} {
		if _, err := ParsePlan(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestRemovalsAreSeen(t *testing.T) {
	t.Parallel()
	p, err := ParsePlan(strings.NewReader("The following packages will be REMOVED:\n  lab-old* other\n0 upgraded, 0 newly installed, 2 to remove and 0 not upgraded.\n"))
	if err != nil || !slices.Equal(p.Removed, []string{"lab-old", "other"}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestNamesOfDownloads(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]wire.Package{
		"mariadb-common_1%3a10.11.19-0+deb12u1_all.deb": {Name: "mariadb-common", To: "1:10.11.19-0+deb12u1", Arch: "all"},
		"libssl3_3.0.22-1~deb12u2_amd64.deb":            {Name: "libssl3", To: "3.0.22-1~deb12u2", Arch: "amd64"},
	} {
		if got := ArchiveName(c.Name, c.To, c.Arch); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	output := "Get:1 http://x/debian bookworm/main amd64 rsync amd64 3.5 [1 kB]\nGet:2 file:/srv/repo ./ lab-ok 1.1 [724 B]\n"
	if TakenInPlace(output, "rsync", "3.5") || !TakenInPlace(output, "lab-ok", "1.1") || TakenInPlace(output, "lab-ok", "1.0") {
		t.Error("what lies on the host's own disk is not told from what was downloaded")
	}
}

func TestPinsNameExactlyTheOrder(t *testing.T) {
	t.Parallel()
	got, err := Pins([]wire.Package{
		{Name: "openssl", Arch: "amd64", From: "3.0.20-1", To: "3.0.22-1~deb12u2"},
		{Name: "tzdata", Arch: "all", To: "2026f-0+deb12u1"},
		{Name: "libc6", Arch: "i386", To: "2.36-9"},
	}, "amd64")
	want := `Package: *
Pin: release a=now
Pin-Priority: 1001

Package: openssl:amd64
Pin: version 3.0.22-1~deb12u2
Pin-Priority: 1002

Package: tzdata
Pin: version 2026f-0+deb12u1
Pin-Priority: 1002

Package: libc6:i386
Pin: version 2.36-9
Pin-Priority: 1002
`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	for _, bad := range []wire.Package{
		{Name: "a\nPackage: *", Arch: "amd64", To: "1"}, {Name: "a", Arch: "amd64", To: "1*"},
		{Name: "a", Arch: "amd64", To: "/./"}, {Name: "a", Arch: "amd64", To: ""}, {Name: "?x", Arch: "amd64", To: "1"},
	} {
		if _, err := Pins([]wire.Package{bad}, "amd64"); err == nil {
			t.Errorf("%+v was written into apt's preferences", bad)
		}
	}
}

// No call may carry a word that apt could take for a command or an option of somebody else's making.
func TestCallsAreFixed(t *testing.T) {
	t.Parallel()
	install := Install("/p", View{}, 0, 0)
	for _, want := range []string{"--no-remove", "--no-install-recommends", "Dir::Etc::preferences=/p", "Dpkg::Options::=--force-confold", "Dir::Bin::Methods::http=false"} {
		if !slices.Contains(install.Args, want) {
			t.Errorf("install lacks %s", want)
		}
	}
	if slices.Contains(install.Args, "--allow-downgrades") || slices.Contains(install.Args, "--allow-unauthenticated") {
		t.Error("install may downgrade or take what is not signed")
	}
	if !slices.Contains(install.Env, "NEEDRESTART_SUSPEND=1") || !slices.Contains(install.Env, "DEBIAN_FRONTEND=noninteractive") {
		t.Error("install may ask, or restart services on its own")
	}
	if p := Policies([]string{"-x"}); p.Args[1] != "--" {
		t.Error("a name could pass for an option")
	}
}

func FuzzPlan(f *testing.F) {
	f.Add(golden(f, "plan-12.txt"))
	f.Add(golden(f, "plan-kept.txt"))
	f.Add([]byte("'"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParsePlan(bytes.NewReader(text))
		if err == nil && p.counted != len(p.Changes) {
			t.Error("an incomplete plan was accepted")
		}
		for _, c := range p.Changes {
			if c.Name == "" || c.Version == "" || c.Arch == "" || c.Size < 0 {
				t.Errorf("%+v", c)
			}
		}
		TakenInPlace(string(text), "a", "1")
	})
}
