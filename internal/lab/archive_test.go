package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// target joins one line of apt's index targets.
func target(fields ...string) string { return strings.Join(fields, "\t") + "\n" }

func TestArchivesComeFromTheMachinesOwnApt(t *testing.T) {
	t.Parallel()
	others := target("DEP-11", "Debian", "bookworm", "main", "http://a/debian/") +
		target("Packages", "", "cloud-sdk-bookworm", "main", "https://cloud/apt/") +
		target("Packages", "NodeSource", "nodistro", "main", "https://node/") +
		target("Packages", "Docker CE", "bookworm", "main", "https://docker/")
	for name, test := range map[string]struct{ targets, release, security string }{
		"labels are known": {
			target("Packages", "Debian", "bookworm-updates", "main", "http://u/debian/") +
				target("Packages", "Debian", "bookworm", "main", "http://a/debian/") +
				target("Packages", "Debian-Security", "bookworm-security", "main", "http://s/debian-security/"),
			"http://a/debian/", "http://s/debian-security/",
		},
		"apt has never fetched an index": {
			target("Packages", "", "bookworm", "main", "http://a/debian/") +
				target("Packages", "", "bookworm-security", "main", "http://s/sec/"),
			"http://a/debian/", "http://s/sec/",
		},
		"another generation, named by role": {
			target("Packages", "Debian", "stable", "main", "http://a/debian/") +
				target("Packages", "", "stable-security", "main", "http://s/sec/"),
			"http://a/debian/", "http://s/sec/",
		},
		"the older name of security suites": {
			target("Packages", "Debian", "oldstable", "main", "http://a/debian/") +
				target("Packages", "Debian-Security", "buster/updates", "main", "http://s/sec/"),
			"http://a/debian/", "http://s/sec/",
		},
		"the wanted generation wins": {
			target("Packages", "Debian", "trixie", "main", "http://new/") +
				target("Packages", "Debian", "bookworm", "main", "http://old/") +
				target("Packages", "Debian-Security", "bookworm-security", "main", "http://s/"),
			"http://old/", "http://s/",
		},
		"no security source": {target("Packages", "Debian", "bookworm", "main", "http://a/"), "http://a/", ""},
		"nothing of Debian":  {"", "", ""},
	} {
		release, security := pickArchives(others+test.targets, "bookworm")
		if release != test.release || security != test.security {
			t.Errorf("%s: got %q and %q, want %q and %q", name, release, security, test.release, test.security)
		}
	}
}

func TestArchiveAddresses(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "mirrors")
	if err := os.WriteFile(list, []byte("# ours\n\nhttps://first/debian/ priority:1\nhttps://second/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		"http://a/debian/":            "http://a/debian",
		"https://a:8443/x/debian":     "https://a:8443/x/debian",
		"mirror+file:" + list + "/":   "https://first/debian",
		"mirror+file:/no/such/list":   "",
		"cdrom:[Debian 12]/":          "",
		"file:/srv/archive":           "",
		"copy:/srv/archive":           "",
		"http:///path-without-a-host": "",
	} {
		got, err := archiveURL(uri)
		if want == "" {
			if err == nil {
				t.Errorf("%s was accepted as %s", uri, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%s: got %v, %v, want %s", uri, got, err, want)
		}
	}
}

func TestAptSettings(t *testing.T) {
	t.Parallel()
	proxy, lenient := aptSettings("Acquire \"\";\nAcquire::http::Proxy \"http://cache:3142\";\nAcquire::Check-Valid-Until \"false\";\n")
	if proxy == nil || proxy.Host != "cache:3142" || !lenient {
		t.Errorf("got proxy %v, lenient %v", proxy, lenient)
	}
	proxy, lenient = aptSettings("Acquire::http::Proxy \"DIRECT\";\nAcquire::Check-Valid-Until \"true\";\n")
	if proxy != nil || lenient {
		t.Errorf("got proxy %v, lenient %v, want none", proxy, lenient)
	}
}

func TestExpiredMetadata(t *testing.T) {
	t.Parallel()
	text := []byte("Origin: Debian\nDate: Sat, 21 Nov 2026 00:53:02 UTC\nValid-Until: Sat, 28 Nov 2026 00:53:02 UTC\n")
	end := time.Date(2026, 11, 28, 0, 53, 2, 0, time.UTC)
	if expired(text, end.Add(-time.Second)) || !expired(text, end.Add(time.Second)) {
		t.Error("Valid-Until is not the boundary")
	}
	if expired([]byte("Origin: Debian\n"), end) {
		t.Error("metadata without an end ended")
	}
}

func TestRootKeyFollowsRecipeParentAndRelease(t *testing.T) {
	t.Parallel()
	key := func(p Profile, suite, release string) string {
		k, err := rootKey(p, suite, []byte(release))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	seen := map[string]string{}
	for _, p := range Profiles() {
		for _, suite := range []string{"bookworm", "trixie"} {
			for _, release := range []string{"12.1", "12.2"} {
				k, what := key(p, suite, release), string(p)+suite+release
				if seen[k] != "" {
					t.Errorf("%s and %s share a key", seen[k], what)
				}
				seen[k] = what
			}
		}
	}
	first, again := key(Web, "bookworm", "12.1"), key(Web, "bookworm", "12.1")
	if first != again {
		t.Error("the same root has two keys")
	}
	if _, err := rootKey("mail", "bookworm", nil); err == nil {
		t.Error("an unknown profile has a key")
	}
}
