package composer

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

func TestOrderOfReleases(t *testing.T) {
	t.Parallel()
	ladder := []string{"5.0.0-wild", "5.0.0-dev", "5.0.0-alpha2", "5.0.0-beta1", "5.0.0beta10", "5.0.0-RC1", "5.0.0", "5.0.0-p1", "5.0.0.1", "v5.0.1", "5.1", "5.10.0", "12.4.10"}
	for i, older := range ladder {
		for _, newer := range ladder[i+1:] {
			if older == "5.0.0-p1" && newer == "5.0.0.1" {
				continue // a patch level stands above a further number
			}
			if Compare(older, newer) >= 0 || Compare(newer, older) <= 0 {
				t.Errorf("%s must be older than %s", older, newer)
			}
		}
		if Compare(older, older) != 0 {
			t.Errorf("%s is not itself", older)
		}
	}
	if Compare("1.0", "1.0.0") >= 0 {
		t.Error("PHP pads nothing: 1.0 is older than 1.0.0")
	}
	if c, ok := Order("1.0", "v1.0.0"); !ok || c != 0 {
		t.Error("Composer pads: 1.0 is v1.0.0")
	}
}

// What Composer's documentation says about the forms of a version.
func TestNormalForm(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{
		"1": "1.0.0.0", "v1.2": "1.2.0.0", "12.4.10": "12.4.10.0", "4.0.10.20": "4.0.10.20",
		"2.0-dev": "2.0.0.0-dev", "2.0.0rc2": "2.0.0.0-RC2", "2.0.0.RC-2": "2.0.0.0-RC2", "3.1_b": "3.1.0.0-beta", "3.1pl4-dev": "3.1.0.0-patch4-dev", "5.1.0-stable": "5.1.0.0",
		"2.x-dev": "2.9999999.9999999.9999999-dev", "2.1.x-dev": "2.1.9999999.9999999-dev",
		"1.0.0+build.5": "1.0.0.0", "1.5 as 1.4": "1.5.0.0", "1.5@beta": "1.5.0.0",
		"2026.11.27": "2026.11.27.0", "2026-11-27": "2026.11.27", "20261127": "20261127",
	} {
		if got, ok := Normalize(v); !ok || got != want {
			t.Errorf("Normalize(%q) = %q %v, not %q", v, got, ok, want)
		}
	}
	for _, v := range []string{"", "dev-main", "main", "1.0.0.0.0", "1.0-wild", "1.0 beta", "1.0-b.", strings.Repeat("1", Longest+1)} {
		if got, ok := Normalize(v); ok {
			t.Errorf("Normalize(%q) = %q", v, got)
		}
	}
	// A branch has no place among releases, and the end of a line stands above its releases.
	if Orderable("dev-main") || Orderable("main") || !Orderable("6.7.2-7") {
		t.Error("what begins with a number has an order, a named branch has none")
	}
	if c, ok := Order("2.1.x-dev", "2.1.400"); !ok || c <= 0 {
		t.Errorf("the branch 2.1.x-dev: %d %v", c, ok)
	}
}

// vectors gives the lines of scalibr's packagist suites: "a < b".
func vectors(t testing.TB, name string) io.Reader {
	t.Helper()
	file, err := os.Open("../../../../../shared/data/versions/osv-scalibr/" + name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	t.Cleanup(func() { file.Close() })
	if !strings.HasSuffix(name, ".zst") {
		return file
	}
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(z.Close)
	return z
}

// All lines of the suites: those of PHP, of Composer, and pairs of real versions in the order in which
// packagist.org has them.
func TestOrderAgainstTheSuites(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]int{"packagist-versions.txt": 95, "packagist-versions-generated.txt.zst": 10_630} {
		count, normal, special, lines := 0, 0, 0, bufio.NewScanner(vectors(t, name))
		for lines.Scan() {
			f := strings.Fields(lines.Text())
			if len(f) != 3 || strings.HasPrefix(f[0], "//") {
				continue
			}
			count++
			want := strings.Index("<=>", f[1]) - 1
			if got := sign(Compare(f[0], f[2])); got != want {
				t.Errorf("%s: Compare(%s, %s) = %d, not %s", name, f[0], f[2], got, f[1])
			}
			// Normal forms say the same, except where PHP sees no padding, no words in capitals but RC, and in
			// "stable" nothing that it knows.
			if got, ok := Order(f[0], f[2]); ok && strings.Count(f[0], ".") == strings.Count(f[2], ".") && !strings.Contains(lines.Text(), "#") {
				normal++
				excuse := strings.Contains(lines.Text(), "ALPHA") || strings.Contains(lines.Text(), "BETA") || strings.Contains(lines.Text(), "-stable")
				if sign(got) != want && excuse {
					special++
				} else if sign(got) != want {
					t.Errorf("%s: Order(%s, %s) = %d, not %s", name, f[0], f[2], got, f[1])
				}
			}
		}
		if count < least {
			t.Errorf("%s: only %d lines", name, count)
		}
		if special > 4 {
			t.Errorf("%s: %d lines are excused from the comparison by normal form", name, special)
		}
		t.Logf("%s: %d lines, %d of them by normal form too, %d excused", name, count, normal, special)
	}
}

func sign(c int) int { return min(1, max(-1, c)) }

// versions draws what people call releases.
func versions() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		v := rapid.SampledFrom([]string{"", "", "", "v"}).Draw(t, "v") + rapid.StringMatching(`(0|[1-9][0-9]{0,2}|[0-9]{18,25})(\.(0|[1-9][0-9]?)){0,4}`).Draw(t, "numbers")
		if rapid.Bool().Draw(t, "stability?") {
			v += rapid.SampledFrom([]string{"-", "", "_", "."}).Draw(t, "mark") +
				rapid.SampledFrom([]string{"dev", "alpha", "a", "beta", "b", "RC", "rc", "p", "pl", "patch"}).Draw(t, "word") +
				rapid.StringMatching(`([.-]?[0-9]{1,2})?`).Draw(t, "number")
		}
		return v
	})
}

func TestOrderIsAnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := versions().Draw(t, "a"), versions().Draw(t, "b"), versions().Draw(t, "c")
		for name, compare := range map[string]func(a, b string) int{"Compare": Compare, "Order": func(a, b string) int { c, _ := Order(a, b); return c }} {
			if compare(a, a) != 0 || sign(compare(a, b)) != -sign(compare(b, a)) {
				t.Fatalf("%s: %s and %s", name, a, b)
			}
			if name == "Order" && compare(a, b) < 0 && compare(b, c) < 0 && compare(a, c) >= 0 {
				t.Fatalf("%s: %s < %s < %s", name, a, b, c)
			}
		}
	})
}

func FuzzOrder(f *testing.F) {
	for _, v := range []string{"1.0", "v1.2-b3", "dev-main", "1.x-dev", "2026-11-27", "6.7.2-7", "1.0.0+x", "1..#p", "\xff.1", "1.0 as 2.0"} {
		f.Add(v, "1.0.0")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if Compare(a, b) != -Compare(b, a) || Compare(a, a) != 0 {
			t.Errorf("%q and %q have no order", a, b)
		}
		if n, ok := Normalize(a); ok {
			if c, orderable := Order(a, n); !orderable && !strings.HasPrefix(n, "dev-") || len(n) > Longest+40 {
				t.Errorf("%q → %q: %d", a, n, c)
			}
		}
	})
}

func BenchmarkOrder(b *testing.B) {
	for b.Loop() {
		Order("v12.4.10", "12.4.11")
	}
}
