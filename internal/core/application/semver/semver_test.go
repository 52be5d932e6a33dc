package semver

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The example of clause 11 of the specification, and what stands around it.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	ladder := []string{"0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10", "v2"}
	for i, older := range ladder {
		for _, newer := range ladder[i+1:] {
			if Compare(older, newer) >= 0 || Compare(newer, older) <= 0 {
				t.Errorf("%s must be older than %s", older, newer)
			}
		}
	}
	for _, same := range [][2]string{{"1", "1.0.0"}, {"1.0.0+a", "1.0.0+b"}, {"v1.2", "1.2.0"}, {"1.02.0", "1.2.0"}} {
		if Compare(same[0], same[1]) != 0 {
			t.Errorf("%s and %s are the same", same[0], same[1])
		}
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]bool{
		"1.2.3": true, "1": true, "v1.2-rc.1+build": true, "1.2.3-4": true,
		"": false, "1.2.3.4": false, "1.2 RC1": false, "1..2": false, "1.2-": false, "1.2-ä": false, "latest": false,
	} {
		if Valid(v) != want {
			t.Errorf("Valid(%q) = %v", v, !want)
		}
	}
}

func TestPrecedenceAgainstTheSuite(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../../../shared/data/versions/osv-scalibr/semver-versions.txt")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	defer file.Close()
	count, lines := 0, bufio.NewScanner(file)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) != 3 || strings.HasPrefix(f[0], "//") {
			continue
		}
		count++
		if got, want := min(1, max(-1, Compare(f[0], f[2]))), strings.Index("<=>", f[1])-1; got != want {
			t.Errorf("Compare(%s, %s) = %d, not %s", f[0], f[2], got, f[1])
		}
	}
	if count < 80 {
		t.Errorf("only %d lines", count)
	}
	t.Logf("%d lines", count)
}

func TestPrecedenceIsAnOrder(t *testing.T) {
	t.Parallel()
	versions := rapid.StringMatching(`v?[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-[0-9a-z]{1,3}(\.[0-9a-z]{1,3}){0,2})?(\+[a-z]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := versions.Draw(t, "a"), versions.Draw(t, "b"), versions.Draw(t, "c")
		if Compare(a, a) != 0 || Compare(a, b) != -Compare(b, a) {
			t.Fatalf("%s and %s", a, b)
		}
		if Compare(a, b) <= 0 && Compare(b, c) <= 0 && Compare(a, c) > 0 {
			t.Fatalf("%s <= %s <= %s", a, b, c)
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add("1.2.3-a.1+b", "1.2")
	f.Add("999999999999999999999999", "v1..2-")
	f.Fuzz(func(t *testing.T, a, b string) {
		if Compare(a, b) != -Compare(b, a) || Compare(a, a) != 0 {
			t.Errorf("%q and %q have no order", a, b)
		}
	})
}
