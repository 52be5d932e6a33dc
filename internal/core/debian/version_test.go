package debian

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

func TestVersionOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		older, newer string
	}{
		{"3.0.20-1~deb12u2", "3.0.22-1~deb12u2"},
		{"1.0~rc1", "1.0"},
		{"1.0-1", "1.0-1+deb12u1"},
		{"9:1", "10:0"},
		{"2.0", "1:1.0"},
		{"1.0-9", "1.0-10"},
		{"1.0a", "1.0+"},
		{"", "0a"},
	} {
		if Compare(c.older, c.newer) >= 0 || Compare(c.newer, c.older) <= 0 {
			t.Errorf("%q must be older than %q", c.older, c.newer)
		}
	}
	for _, c := range []struct{ a, b string }{{"1.0", "0:1.0"}, {"1.0", "1.00"}, {"1.0-0", "1.0"}, {"007", "7"}} {
		if Compare(c.a, c.b) != 0 {
			t.Errorf("%q and %q are the same", c.a, c.b)
		}
	}
}

// The vectors of dpkg's and apt's own test suites.
func TestVersionOrderAgainstDpkgAndApt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"dpkg-testsuite.tsv", "apt-testsuite.tsv"} {
		file, err := os.Open("../../../../shared/data/versions/" + name)
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the shared data is missing: %v", err)
			}
			t.Skipf("the shared data is not beside the project: %v", err)
		}
		lines := bufio.NewScanner(file)
		count := 0
		for lines.Scan() {
			f := strings.Split(lines.Text(), "\t")
			if len(f) != 3 {
				continue
			}
			want, err := strconv.Atoi(f[2])
			if err != nil {
				continue
			}
			count++
			if got := sign(Compare(f[0], f[1])); got != want {
				t.Errorf("%s: Compare(%q, %q) = %d, want %d", name, f[0], f[1], got, want)
			}
		}
		file.Close()
		if count < 20 {
			t.Errorf("%s: only %d vectors", name, count)
		}
	}
}

// 97,969 pairs of real versions of the archive and of advisories, with mutations of them, as libapt
// orders them.
func TestVersionOrderAgainstTheWholeArchive(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../../shared/data/versions/debian-real-pairs-libapt.tsv.zst")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	defer file.Close()
	unpacked, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer unpacked.Close()
	lines, count, wrong := bufio.NewScanner(unpacked), 0, 0
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		want, err := strconv.Atoi(f[len(f)-1])
		if len(f) != 3 || err != nil {
			continue // the line of names
		}
		count++
		if got := sign(Compare(f[0], f[1])); got != want {
			if wrong++; wrong <= 10 {
				t.Errorf("Compare(%q, %q) = %d, want %d", f[0], f[1], got, want)
			}
		}
	}
	if err := lines.Err(); err != nil || count < 97_000 {
		t.Errorf("only %d pairs: %v", count, err)
	}
	t.Logf("%d pairs, %d in another order", count, wrong)
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// An order that contradicts itself would make an update look like a downgrade.
func TestVersionOrderIsAnOrder(t *testing.T) {
	t.Parallel()
	version := rapid.StringMatching(`([0-9]:)?[0-9][a-z0-9.+~]{0,8}(-[a-z0-9.+~]{0,6})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := version.Draw(t, "a"), version.Draw(t, "b"), version.Draw(t, "c")
		if sign(Compare(a, b)) != -sign(Compare(b, a)) {
			t.Fatalf("%q and %q", a, b)
		}
		if Compare(a, a) != 0 {
			t.Fatalf("%q is not itself", a)
		}
		if Compare(a, b) <= 0 && Compare(b, c) <= 0 && Compare(a, c) > 0 {
			t.Fatalf("%q ≤ %q ≤ %q, and yet %[1]q > %[3]q", a, b, c)
		}
	})
}

func FuzzVersion(f *testing.F) {
	f.Add("1:2.0-1~deb12u1", "2.0")
	f.Add("", "~")
	f.Fuzz(func(t *testing.T, a, b string) {
		if sign(Compare(a, b)) != -sign(Compare(b, a)) {
			t.Errorf("%q and %q", a, b)
		}
	})
}
