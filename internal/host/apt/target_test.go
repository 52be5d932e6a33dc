package apt

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

const (
	debianMain     = "http://archive.lab.test/debian bookworm/main amd64 Packages"
	debianSecurity = "http://archive.lab.test/debian-security bookworm-security/main amd64 Packages"
	ownDisk        = "file:/srv/flat ./ Packages"
)

// A host with Debian's archive, its security archive (kept compressed), and a flat repository on its own disk.
func TestListsOfARealHost(t *testing.T) {
	t.Parallel()
	targets, err := ParseTargets(bytes.NewReader(golden(t, "targets-12.txt")))
	if err != nil {
		t.Fatal(err)
	}
	want := []Target{
		{debianMain, ListsDir + "/archive.lab.test_debian_dists_bookworm_main_binary-amd64_Packages", ListsDir + "/archive.lab.test_debian_dists_bookworm_"},
		{ownDisk, ListsDir + "/_srv_flat_._Packages", ListsDir + "/_srv_flat_._"},
		{debianSecurity, ListsDir + "/archive.lab.test_debian-security_dists_bookworm-security_main_binary-amd64_Packages.lz4", ListsDir + "/archive.lab.test_debian-security_dists_bookworm-security_"},
	}
	if !slices.Equal(targets, want) {
		t.Errorf("%+v", targets)
	}
}

// Releases 11 and 13 name their lists the same way; the host of release 13 has packages of two architectures.
func TestListsOfOtherReleases(t *testing.T) {
	t.Parallel()
	for release, want := range map[string][]string{
		"11": {"http://archive.lab.test/debian bullseye/main amd64 Packages", "http://archive.lab.test/debian-security bullseye-security/main amd64 Packages"},
		"13": {
			"http://archive.lab.test/debian trixie/main amd64 Packages", "http://archive.lab.test/debian trixie/main i386 Packages",
			"http://archive.lab.test/debian-security trixie-security/main amd64 Packages",
		},
	} {
		targets, err := ParseTargets(bytes.NewReader(golden(t, "targets-"+release+".txt")))
		var names []string
		for _, l := range targets {
			names = append(names, l.Name)
			if !strings.Contains(l.Release, "_dists_") || !strings.HasSuffix(l.Release, "_") || strings.Contains(l.Release, "main") {
				t.Errorf("release %s: %+v", release, l)
			}
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("release %s: %v, %v", release, names, err)
		}
		foreign, err := Offering(targets, want[1:2])
		if err != nil || len(foreign) != len(want)-1 {
			t.Errorf("release %s: %v, %v", release, foreign, err)
		}
	}
}

// A repository is shown whole or not at all, and none that offers an ordered version may be missing.
func TestWhichListsAnOrderNeeds(t *testing.T) {
	t.Parallel()
	list := func(name, file string) Target { return Target{Name: name, File: file, Release: file[:1]} }
	security, foreign, extra := list("s main amd64", "s1"), list("s main i386", "s2"), list("s contrib amd64", "s3")
	vendor, main := list("v main amd64", "v1"), list("d main amd64", "d1")
	all := []Target{main, security, vendor, foreign, extra}
	for _, c := range []struct {
		story   string
		sources []string
		want    []Target // nil = there is no narrow view
	}{
		{"security updates", []string{"s main amd64"}, []Target{security, foreign, extra}},
		{"of which one is installed already", []string{"s main amd64", "/var/lib/dpkg/status"}, []Target{security, foreign, extra}},
		{"two repositories offer the same version", []string{"s main i386", "v main amd64"}, []Target{security, vendor, foreign, extra}},
		{"one of them has no list that is known", []string{"s main amd64", "cdrom:[Debian] bookworm/main amd64 Packages"}, nil},
		{"nobody offers it any more", []string{"/var/lib/dpkg/status"}, nil},
		{"nothing is ordered", nil, nil},
	} {
		got, err := Offering(all, c.sources)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v, %v", c.story, got, err)
		}
	}
	twice := []Target{list("s", "a"), list("s", "b")}
	if got, err := Offering(twice, []string{"s"}); err != nil || len(got) != 2 {
		t.Errorf("two repositories of one name: %v, %v", got, err)
	}
}

func TestOddListsAreNoLists(t *testing.T) {
	t.Parallel()
	const good = "Created-By: Packages\nDescription: http://x s/main amd64 Packages\nMetaKey: main/binary-amd64/Packages\nFilename: /var/lib/apt/lists/x_dists_s_main_binary-amd64_Packages.xz\n"
	if got, err := ParseTargets(strings.NewReader(good)); err != nil || len(got) != 1 || got[0].Release != ListsDir+"/x_dists_s_" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := ParseTargets(strings.NewReader(strings.Replace(good, ": Packages", ": Translations", 1))); err != nil || len(got) != 0 {
		t.Errorf("no list of packages: %+v, %v", got, err)
	}
	for story, change := range map[string][2]string{
		"somewhere else":           {"/var/lib/apt/lists/x", "/srv/lists/x"},
		"further down":             {"/var/lib/apt/lists/x", "/var/lib/apt/lists/partial/x"},
		"up again":                 {"/var/lib/apt/lists/x", "/var/lib/apt/lists/../x"},
		"hidden":                   {"lists/x", "lists/.x"},
		"of nobody":                {"x_dists_s_main", "main"},
		"not named after its key":  {"MetaKey: main/", "MetaKey: contrib/"},
		"in an unknown packing":    {"Packages.xz", "Packages.rar"},
		"without a key":            {"MetaKey: main/binary-amd64/Packages", "MetaKey:"},
		"without a name":           {"Description: http://x s/main amd64 Packages", "Description:"},
		"no field":                 {"MetaKey: ", "MetaKey "},
		"the same field twice":     {"Description:", "MetaKey: x\nDescription:"},
		"a field of several lines": {"MetaKey: ", "MetaKey:\n "},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if got, err := ParseTargets(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %+v", story, got)
		}
	}
	if _, err := ParseTargets(strings.NewReader(strings.Repeat(good+"\n", maxTargets+1))); err == nil {
		t.Error("any number of lists")
	}
}

// Two repositories built something of their own under one version: apt lists the version twice, and both count.
func TestEveryoneWhoOffersAVersion(t *testing.T) {
	t.Parallel()
	p := Policy{Versions: []Version{{"2", []string{"ours"}}, {"2", []string{"vendor"}}, {"1", []string{"debian"}}}}
	if got := p.Offers("2"); !slices.Equal(got, []string{"ours", "vendor"}) {
		t.Errorf("%v", got)
	}
	if got := p.Offers("3"); got != nil {
		t.Errorf("%v", got)
	}
}

// Without a view, apt is called as ever; with one, neither lists nor caches of the host's own are used.
func TestViewsInCalls(t *testing.T) {
	t.Parallel()
	for _, view := range []View{{}, Narrow()} {
		for name, args := range map[string][]string{
			"plan": WouldInstall("/pins", view).Args, "fetch": Fetch("/pins", view, 0, 0).Args, "install": Install("/pins", view, 0, 0).Args,
		} {
			said := strings.Join(args, " ")
			for _, option := range []string{"Dir::State::lists=" + ViewDir + "/lists", "Dir::Cache::pkgcache=" + ViewDir + "/pkgcache.bin", "Dir::Cache::srcpkgcache="} {
				if strings.Contains(said, option) != view.IsNarrow() {
					t.Errorf("%s, narrow %v: %s", name, view.IsNarrow(), said)
				}
			}
			if !strings.Contains(said, "APT::Get::AllowUnauthenticated=false") || !strings.Contains(said, "Dir::Etc::preferences=/pins") {
				t.Errorf("%s: %s", name, said)
			}
		}
	}
}

func FuzzTargets(f *testing.F) {
	f.Add(golden(f, "targets-12.txt"))
	f.Add([]byte("Created-By: Packages\nMetaKey: Packages\nDescription: x\nFilename: /var/lib/apt/lists/x_Packages\n"))
	f.Add([]byte(":\n \n\nFilename: /var/lib/apt/lists/\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		targets, err := ParseTargets(bytes.NewReader(text))
		if err != nil && targets != nil || len(targets) > maxTargets {
			t.Errorf("%d lists, %v", len(targets), err)
		}
		for _, l := range targets {
			base, ok := strings.CutPrefix(l.File, ListsDir+"/")
			if !ok || strings.ContainsAny(base, "/\x00") || strings.HasPrefix(base, ".") || l.Name == "" || !strings.HasPrefix(l.File, l.Release) || len(l.Release) <= len(ListsDir)+1 {
				t.Errorf("%+v", l)
			}
		}
	})
}
