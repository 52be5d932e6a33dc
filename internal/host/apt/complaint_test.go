package apt

import (
	"strings"
	"testing"
)

// What apt-get update of the releases 11, 12 and 13 really said.
func TestComplaintsOfRealRefreshes(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]Kind{
		"good": "", "expired": KindExpired, "404": KindGone, "refused": KindNetwork, "nokey": KindSignature,
	} {
		for _, release := range []string{"11", "12", "13"} {
			lines, kind := Complaints(string(golden(t, "update-"+what+"-"+release+".txt")))
			if kind != want || (len(lines) > 0) != (want != "") {
				t.Errorf("%s on release %s: %q (%v), want %q", what, release, kind, lines, want)
			}
		}
	}
}

func TestComplaints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want Kind
	}{
		{"W: Target Packages (main/binary-amd64/Packages) is configured multiple times in /etc/apt/sources.list:1", ""},
		{"W: http://x/InRelease: Key is stored in legacy trusted.gpg keyring (/etc/apt/trusted.gpg), see the DEPRECATION section", ""},
		{"N: Download is performed unsandboxed as root", ""},
		{"W: An error occurred during the signature verification. The repository is not updated", KindSignature},
		{"E: Failed to fetch http://x/a.deb  Hash Sum mismatch", KindSignature},
		{"E: Failed to fetch http://x/a.deb  File has unexpected size (5 != 7). Mirror sync in progress?", KindSignature},
		{"E: Failed to fetch http://x/a.deb  404  Not Found [IP: 192.0.2.10 80]", KindGone},
		{"E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (apt-get)", KindLock},
		{"E: Problem renaming the file /var/cache/apt/pkgcache.bin.lOdSwo to /var/cache/apt/pkgcache.bin - rename (2: No such file or directory)", KindLock},
		{"E: Problem renaming the file /etc/apt/x to /etc/apt/y - rename (13: Permission denied)", KindOther},
		{"E: You don't have enough free space in /var/cache/apt/archives/.", KindSpace},
		{"E: Sub-process /usr/bin/dpkg returned an error code (1)", KindOther},
		{"dpkg: error: dpkg frontend lock was locked by another process", KindOther},
		{"W: Some index files failed to download. They have been ignored, or old ones used instead.", KindNetwork},
		{"E: a\nE: b is not signed.\nE: Failed to fetch c", KindSignature},
	} {
		if _, got := Complaints(c.text); got != c.want {
			t.Errorf("%.60q: %q, want %q", c.text, got, c.want)
		}
	}
	lines, _ := Complaints(strings.Repeat("E: again\n", 1000))
	if len(lines) > maxComplaints {
		t.Errorf("%d complaints are kept", len(lines))
	}
}

func FuzzComplaints(f *testing.F) {
	f.Add(string(golden(f, "update-nokey-13.txt")))
	f.Fuzz(func(t *testing.T, text string) {
		lines, kind := Complaints(text)
		if (kind == "") != (len(lines) == 0) || len(lines) > maxComplaints {
			t.Errorf("%q, %d lines", kind, len(lines))
		}
	})
}
